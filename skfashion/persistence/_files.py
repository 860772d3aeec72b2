"""Fitted classifiers in files that hold no code."""

import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import sklearn
from sklearn.utils.validation import check_is_fitted

from .. import _version, estimators
from .._images import PixelRange
from .._lazy import LazyModule, torch
from ..estimators import ImageClassifier, ModuleClassifier
from ..storage import known_subclasses, new_file
from ._values import decode_items, encode_items

inference = LazyModule("skfashion.inference")

FORMAT = 1  # one more whenever older versions could no longer read what is written
PACKAGE = "skfashion."
SECTIONS = ("versions", "parameters", "fitted", "weights")
_ZIP = b"PK\x03\x04"  # how a file of torch begins


def save(estimator, path):
    """Write a fitted classifier to a file.

    The file has its parameters, what it has learned and its history, but not the state of
    its optimizer. It holds no code, so that :func:`load` can open files of any origin.

    Parameters
    ----------
    estimator : ImageClassifier
        A fitted classifier.
    path : str or path-like
        The file, which is replaced if it is there: by a whole one, or not at all.

    Raises
    ------
    NotFittedError
        If the classifier is not fitted.
    TypeError
        If it is no instance of :class:`~skfashion.ImageClassifier` or a subclass.
    OSError
        If the file cannot be written.

    Warns
    -----
    UserWarning
        If a parameter is neither plain, nor an augmentation, nor a class of ``torch.optim``:
        it is left out, and the loaded classifier has the default instead.

    See Also
    --------
    load : Read such a file.

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
    parameters, left_out = encode_items(estimator.get_params(deep=False))
    fitted = estimator.fitted_network_
    state = fitted.state() | {"pixel_range": fitted.pixel_range and tuple(fitted.pixel_range)}
    weights = state.pop("weights")
    built_with, not_stored = encode_items(fitted.parameters)
    if needed := sorted(set(not_stored) - {"module"}):
        raise TypeError(
            f"{', '.join(needed)} of {type(estimator).__name__} cannot be stored in a file that "
            "holds no code, and its network depends on it. joblib.dump stores all of it."
        )
    content = {
        "skfashion": FORMAT,
        "versions": _versions(),
        "class": type(estimator).__name__,
        "parameters": parameters,
        "module": type(estimator).__module__,
        "built_with": built_with,
        "fitted": encode_items(estimator._learned_attributes() | _with_underscore(state))[0],
        "history": [encode_items(row)[0] for row in estimator.history_],
        "weights": weights,
    }
    with new_file(Path(path)) as file:
        torch.save(content, file)
    if left_out:
        warnings.warn(
            f"{', '.join(left_out)} of {type(estimator).__name__} cannot be stored in a file that "
            "holds no code: the loaded classifier will have the default instead.",
            stacklevel=2,
        )


def load(path, device="auto", *, module=None):
    """Read a classifier that :func:`save` has written.

    On the same machine it predicts the same to the bit. It can be cloned, fitted anew, and
    trained further with `partial_fit` or `warm_start`.

    Parameters
    ----------
    path : str or path-like
        The file.
    device : str, default="auto"
        Where to compute. "auto" keeps the classifier's parameter `device` if there is such
        a device here, and otherwise takes the best there is.
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
    ValueError
        If it is not a file that `save` has written, is damaged, was written by a newer
        version, holds a class that is not known, or the device is not there.

    See Also
    --------
    save : Write such a file.

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
    content = _read(Path(path))
    cls = _find_class(path, content, module)
    with _damage_explained(path):
        parameters = decode_items(content["parameters"])
        names = cls._get_param_names()
        unknown = sorted(set(parameters) - set(names))
    if unknown:
        raise ValueError(
            f"{path} was written by skfashion {content['versions'].get('skfashion')}, where "
            f"{cls.__name__} had parameters that it has not in {_version.__version__}: "
            f"{', '.join(unknown)}."
        )
    own_code = {} if module is None else {"module": module}
    with _damage_explained(path):
        wanted = _choose_device(parameters.get("device", "auto"), device)
        if "device" in names:  # a subclass with a constructor of its own may be without
            parameters["device"] = wanted
    resolved = inference.resolve_device(wanted)
    with _damage_explained(path):
        estimator = cls(**parameters | own_code)
        fitted = decode_items(content["fitted"])
        _check_learned(fitted)
        # Older files do not say what the network was built with.
        built_with = content.get("built_with", content["parameters"])
        built_with = decode_items(built_with) | own_code
        history = [decode_items(row) for row in content["history"]]
        estimator._restore(
            learned={n: fitted[n] for n in estimator._learned_names if n in fitted},
            state=_state(fitted, parameters, content["weights"], str(resolved)),
            built_with=built_with,
            history=history,
        )
    return estimator


def _with_underscore(state):
    return {f"{name}_": value for name, value in state.items()}


def _state(fitted, parameters, weights, device):
    """Return what a FittedNetwork is made from beside its network."""
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
    cls = known.get(name)
    if str(content.get("module", PACKAGE)).startswith(PACKAGE):  # not a user's of that name
        cls = getattr(estimators, name, cls)
    if cls is None:
        exported = ", ".join(sorted(name for name in known if not name.startswith("_")))
        raise ValueError(
            f"{path} holds a {content['class']}, which is not known here; known are {exported}. "
            "If it is a class of your own, import it first."
        )
    takes = issubclass(cls, ModuleClassifier)
    needs = takes and cls.build_network is ModuleClassifier.build_network and not cls.module
    if module is None and needs:
        raise ValueError(f"{path} holds a {name}: give it as load(path, module=...).")
    if module is not None and not takes:
        raise ValueError(f"{path} holds a {name}: leave `module` out.")
    return cls


def _check_learned(fitted):
    """Raise ValueError, TypeError or KeyError if what a file says was learned is impossible."""
    height, width, n_channels = shape = fitted["image_shape_"]
    if not all(type(n) is int and n > 0 for n in shape):
        raise ValueError(f"image_shape_={shape} is no shape of images")
    if fitted["n_features_in_"] != height * width * n_channels:
        raise ValueError("n_features_in_ is not that of the images")
    for name in ("mean_", "std_"):
        values = np.asarray(fitted[name], float)
        if values.shape != (n_channels,) or not np.isfinite(values).all():
            raise ValueError(f"{name} is not a number for each channel")
    if (np.asarray(fitted["std_"]) <= 0).any():
        raise ValueError("std_ is not above 0")
    classes = fitted["classes_"]
    if classes.ndim != 1 or len(np.unique(classes)) != len(classes):
        raise ValueError("classes_ are not different labels")
    if not all(type(fitted[name]) is int for name in ("n_iter_", "best_epoch_")):
        raise TypeError("n_iter_ or best_epoch_ is no whole number")
    seen = fitted.get("pixel_range_")
    if seen is not None and [type(part) for part in seen] != [float, float, bool]:
        raise TypeError("pixel_range_ is no range")
    names = fitted.get("feature_names_in_")
    if names is not None and names.shape != (height * width * n_channels,):
        raise ValueError("feature_names_in_ has not a name for each pixel")


def _versions():
    versions = {"numpy": np, "scikit-learn": sklearn, "torch": torch}
    return {"skfashion": _version.__version__} | {
        name: str(package.__version__) for name, package in versions.items()
    }


def _choose_device(stored, device):
    if device != "auto":
        return device
    return stored if stored == "auto" or inference.is_present(stored) else "auto"


def _read(path):
    """Return the content of a file that `save` has written, with all its sections there."""
    with open(path, "rb") as file:
        # Only torch's present format: what older ones hold is not for this reader.
        if file.read(len(_ZIP)) != _ZIP:
            raise ValueError(f"{path} is not a file that skfashion's save has written.")
        file.seek(0)
        try:
            # weights_only is what keeps code out: nothing but plain types is built.
            with inference.neutral_torch():
                content = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ValueError(
                f"{path} cannot be read: it is damaged or cut short, or is not a file that "
                "skfashion's save has written."
            ) from error
    if not isinstance(content, dict) or type(content.get("skfashion")) is not int:
        raise ValueError(f"{path} is not a file that skfashion's save has written.")
    with _damage_explained(path):
        written_by = content["versions"]["skfashion"]
    if content["skfashion"] > FORMAT:
        raise ValueError(
            f"{path} was written by skfashion {written_by}, in a format that this version, "
            f"{_version.__version__}, does not know yet. Upgrade skfashion."
        )
    with _damage_explained(path):
        if wrong := [name for name in SECTIONS if not isinstance(content[name], dict)]:
            raise TypeError(f"{wrong[0]} is {type(content[wrong[0]]).__name__}")
        if not isinstance(content["class"], str) or not isinstance(content["history"], list):
            raise TypeError("class or history is of another type")
    return content


@contextmanager
def _damage_explained(path):
    try:
        yield
    except Exception as error:  # what a wrong content leads to has no end
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(f"{path} is damaged ({reason}).") from error
