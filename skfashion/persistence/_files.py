"""Fitted classifiers in files that hold no code."""

import platform
import warnings
from contextlib import nullcontext
from math import prod
from pathlib import Path

import numpy as np
import sklearn
from sklearn.utils.validation import check_is_fitted

from .. import _version, estimators
from .._images import PixelRange
from .._lazy import LazyModule, torch
from ..estimators import ImageClassifier, ModuleClassifier
from ..storage import known_subclasses, new_file
from ._checks import check_built_with, check_learned
from ._errors import ModelFileError, damage_explained
from ._formats import in_half_precision, read, write
from ._history import decode_columns, encode_history, with_batches, with_counted_batches
from ._settings import set_as, settings_of
from ._values import decode_items, encode_items, encode_parameters

inference = LazyModule("skfashion.inference")

PACKAGE = "skfashion."


def save(estimator, path, *, half_precision=False):
    """Write a fitted classifier to a file.

    The file has its parameters, what it has learned and its history, and what `set_output` and
    `set_fit_request` have set, but not the state of its optimizer. It holds no code, so that
    :func:`load` can open files of any origin.

    Parameters
    ----------
    estimator : ImageClassifier
        A fitted classifier.
    path : str or path-like
        The file, which is overwritten if it exists: completely, or not at all.
    half_precision : bool, default=False
        Whether weights are rounded to float16, for a file of half the size. The classifier that
        is loaded computes as before, with these weights; its probabilities differ in the third
        digit.

    Raises
    ------
    NotFittedError
        If the classifier is not fitted.
    TypeError
        If it is no instance of :class:`~skfashion.ImageClassifier` or a subclass, or its network
        depends on something that such a file cannot hold, or has learned such a thing, as labels
        that are dates.
    ValueError
        If a parameter was set to what `fit` would refuse, or is too large for such a file, or a
        weight is too large for half precision.
    OSError
        If the file cannot be written.

    Warns
    -----
    UserWarning
        If a parameter, such as `callbacks`, is neither plain, nor an augmentation, nor an
        optimizer, or is too large, such as weights in `init_from`: it is left out, and named, and
        the loaded classifier has the default instead. So are the callbacks of `set_callbacks`, and
        the `module` of a :class:`~skfashion.ModuleClassifier`, which `load` takes again.
        If callbacks have recorded more numbers for each mini-batch than a file holds (some
        200,000 mini-batches): the history in the file is of the epochs alone.

    See Also
    --------
    load : Read such a file.

    Notes
    -----
    The file is one of safetensors, whose metadata have all but the weights as JSON. Each byte of
    it is under a SHA-256, so that no damage goes unseen. It is written under another name, flushed
    to the disk and renamed: after a crash there is the old file or the new one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfashion import LeNet5Classifier, load, save
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> clf = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(clf, Path(folder, "lenet5.skfashion"))
    ...     again = load(Path(folder, "lenet5.skfashion"))
    >>> bool((again.predict_proba(X) == clf.predict_proba(X)).all())
    True
    """
    if not isinstance(estimator, ImageClassifier):
        raise TypeError(
            f"save writes the classifiers of skfashion, not a {type(estimator).__name__}; "
            "joblib.dump writes any estimator, to a file that only those should load who "
            "trust its author."
        )
    check_is_fitted(estimator)
    ImageClassifier._check_parameters(estimator)  # of others, load would refuse the file
    parameters, left_out = encode_parameters(estimator.get_params(deep=False))
    fitted = estimator.fitted_network_
    state = fitted.state() | {"pixel_range": fitted.pixel_range and tuple(fitted.pixel_range)}
    weights = state.pop("weights")
    built_with = _encoded(estimator, fitted.parameters, "its network depends on it")
    learned = _encoded(
        estimator,
        estimator._learned_attributes() | _with_underscore(state),
        "it was learned: labels can be numbers, bools and strings",
    )
    history, columns, n_left_out = encode_history(estimator.history_)
    content = {
        "versions": _versions(),
        "class": type(estimator).__name__,
        "module": type(estimator).__module__,
        "parameters": parameters,
        "left_out": left_out,
        "built_with": built_with,
        "fitted": learned,
        "settings": settings_of(estimator),
        "history": history,
    }
    if half_precision:
        weights = in_half_precision(weights)
    with new_file(Path(path)) as file:
        write(file, content, weights, columns)
    _warn_of(estimator, left_out, n_left_out)


def _encoded(estimator, values, why):
    """Return values encoded, all of which are needed, but for a user's module."""
    encoded, not_stored = encode_items(values)
    if needed := sorted(set(not_stored) - {"module"}):
        raise TypeError(
            f"{', '.join(needed)} of {type(estimator).__name__} cannot be stored in a file that "
            f"holds no code, and {why}. joblib.dump stores all of it."
        )
    return encoded


def _warn_of(estimator, left_out, n_batches):
    """Warn of parameters, and of mini-batches in the history, that a file is without."""
    if "module" in left_out and _needs_module(type(estimator)):
        left_out = [name for name in left_out if name != "module"]
        warnings.warn(
            f"module of {type(estimator).__name__} cannot be stored in a file that holds no code: "
            "give it again, as load(path, module=...).",
            stacklevel=3,
        )
    if hasattr(estimator, "_skl_callbacks"):
        left_out = [*left_out, "the callbacks of set_callbacks"]
    if left_out:
        warnings.warn(
            f"{', '.join(left_out)} of {type(estimator).__name__} cannot be stored in a file that "
            "holds no code, or is too large for it: the loaded classifier will have the default "
            "instead.",
            stacklevel=3,
        )
    if n_batches:
        warnings.warn(
            f"What {n_batches:,} mini-batches have recorded in history_ is more than a model file "
            "holds: the history of the loaded classifier has that of the epochs alone.",
            stacklevel=3,
        )


def load(path, device="auto", *, module=None):
    """Read a classifier that :func:`save` has written.

    On the same machine its predictions are bit-identical. It can be cloned, refitted, and trained
    further with `partial_fit` or `warm_start`.

    Parameters
    ----------
    path : str or path-like
        The file.
    device : str, default="auto"
        Device to compute on. "auto" keeps the classifier's parameter `device` if there is such a
        device here, and otherwise uses a GPU if there is one.
    module : callable, default=None
        The parameter `module` of a :class:`~skfashion.ModuleClassifier`, which is code and
        not in the file.

    Returns
    -------
    ImageClassifier
        A fitted classifier of the class that was saved.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ModelFileError
        If it is not a file that `save` has written, is damaged, was written by a newer
        version, or holds a class or something else that is not known or not possible here.
        It is a ValueError.
    ValueError
        If the device is not there.

    See Also
    --------
    save : Write such a file.

    Notes
    -----
    Files may come from untrusted sources. Nothing that a file names is imported or executed:
    classes are looked up by their names among those of the package, and those of your own that you
    have imported. All that the file says is checked before it is used, and it can take no more
    memory than some 100 MB and three times its size. Whether the predictions of such a classifier
    are good is another question. A file or URL among its parameters is opened when it is refitted,
    not before.

    Files of formats 1 to 3 can be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfashion import LeNet5Classifier, load
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y).save(Path(folder, "model"))
    ...     clf = load(Path(folder, "model"), device="cpu")
    >>> clf.predict(X[:3]).shape
    (3,)
    """
    path = Path(path)
    with open(path, "rb") as file:
        stored = read(file, path)
        return _restored(stored, path, device, module)


def _restored(stored, path, device, module):
    """Return the classifier that a file holds."""
    content = stored.content
    cls = _find_class(path, content, module)
    own_code = {} if module is None else {"module": module}
    with damage_explained(path):
        parameters, built_with, fitted, history = _decoded(stored)
    names = cls._get_param_names()
    if unknown := sorted(set(parameters) - set(names)):
        raise ModelFileError(
            f"{path} was written by skfashion {content['versions']['skfashion']:.30}, where "
            f"{cls.__name__} had parameters that it has not in {_version.__version__}: "
            f"{', '.join(unknown):.300}."
        )
    with damage_explained(path):
        wanted = _choose_device(parameters.get("device", "auto"), device)
        if "device" in names:  # a subclass with a constructor of its own may be without
            parameters["device"] = wanted
    resolved = inference.resolve_device(wanted)
    with damage_explained(path):
        estimator = cls(**parameters | own_code)
        ImageClassifier._check_parameters(estimator)  # a subclass may warn those who fit
        check_learned(fitted, history)
        with _bounded(estimator, built_with, stored.layout):
            estimator._restore(
                learned={n: fitted[n] for n in estimator._learned_names if n in fitted},
                state=_state(fitted, parameters, stored.weights_for, str(resolved)),
                built_with=built_with | own_code,
                history=with_batches(history),
            )
        set_as(estimator, content.get("settings", {}))  # older files have none
    return estimator


def _decoded(stored):
    """Return parameters, those that the network was built with, fitted attributes and history."""
    content = stored.content
    # Older files do not say what the network was built with.
    built_with = content.get("built_with", content["parameters"])
    sections = content["parameters"], built_with, content["fitted"]
    if isinstance(content["history"], dict):
        return *decode_items(*sections), decode_columns(content["history"], stored.columns())
    decoded = decode_items(*sections, *map(with_counted_batches, content["history"]))
    return *decoded[:3], decoded[3:]


def _bounded(estimator, built_with, layout):
    """Bound what a network of the package takes: what one of the user's takes is not known."""
    if not estimator._architecture().native:
        return nullcontext()
    check_built_with(built_with)
    return inference.Budget(sum(prod(shape) for _, shape in layout.values()))


def _with_underscore(state):
    return {f"{name}_": value for name, value in state.items()}


def _state(fitted, parameters, weights, device):
    """Return what a FittedNetwork is made from, besides its network."""
    seen = fitted.get("pixel_range_")
    return {
        "image_shape": tuple(fitted["image_shape_"]),
        "mean": fitted["mean_"],
        "std": fitted["std_"],
        "pixel_range": None if seen is None else PixelRange(*seen),
        "precision": fitted["precision_"],
        "automatic": fitted.get("automatic_", parameters.get("precision") == "auto"),
        "weights": weights,
        "device": device,
    }


def _find_class(path, content, module):
    name = content["class"]
    known = known_subclasses(ImageClassifier)
    if str(content.get("module", PACKAGE)).startswith(PACKAGE):  # not a user's of that name
        own = set(estimators.__all__) & set(known)
        known |= {name: getattr(estimators, name) for name in own}
    cls = known.get(name)
    if cls is None:
        exported = ", ".join(sorted(name for name in known if not name.startswith("_")))
        raise ModelFileError(
            f"{path} holds a {name:.80}, which is not known here; known are {exported}. "
            "If it is a class of your own, import it first."
        )
    if module is None and _needs_module(cls):
        raise ModelFileError(f"{path} holds a {name}: give it as load(path, module=...).")
    if module is not None and not issubclass(cls, ModuleClassifier):
        raise ModelFileError(f"{path} holds a {name}: leave `module` out.")
    return cls


def _needs_module(cls):
    """Return whether a class has no network unless it is given a `module`."""
    takes = issubclass(cls, ModuleClassifier)
    return takes and cls.build_network is ModuleClassifier.build_network and not cls.module


def _versions():
    versions = {"numpy": np, "scikit-learn": sklearn, "torch": torch}
    return {"skfashion": _version.__version__, "python": platform.python_version()} | {
        name: str(package.__version__) for name, package in versions.items()
    }


def _choose_device(stored, device):
    if device != "auto":
        return device
    return stored if stored == "auto" or inference.is_present(stored) else "auto"
