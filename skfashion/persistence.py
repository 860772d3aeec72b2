"""Fitted classifiers in files that hold no code.

A pickle runs what its author wrote into it. These files cannot: they have numbers, strings,
lists and tensors alone, and from them a classifier is made by the constructors of classes that
are known already. So a model that comes from a stranger can be opened.

This module is below the estimators, which make themselves known to it by :func:`register`.
"""

import os
import sys
import uuid
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import sklearn
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ._lazy import torch
from .augmentation import Augmentation

__all__ = ["load", "save"]

FORMAT = 1  # one more whenever older versions could no longer read what is written
FITTED = (
    "classes_",
    "n_features_in_",
    "feature_names_in_",
    "image_shape_",
    "mean_",
    "std_",
    "n_iter_",
    "best_epoch_",
    "precision_",
)
_ZIP = b"PK\x03\x04"  # how a file of torch begins

_classes = {}  # the classes of classifiers by their names


def register(cls):
    """Make a class of classifiers known, so that its objects can be loaded.

    Parameters
    ----------
    cls : type
        A subclass of :class:`skfashion.estimators.ImageClassifier`.
    """
    _classes[cls.__name__] = cls


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
        If it is no classifier of this package, nor derived from one.
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
    if type(estimator).__name__ not in _classes:
        raise TypeError(
            f"save writes the classifiers of skfashion, not a {type(estimator).__name__}; "
            "joblib.dump writes any estimator, to a file that only those should load who "
            "trust its author."
        )
    check_is_fitted(estimator)
    parameters, left_out = _plain_items(estimator.get_params(deep=False))
    content = {
        "skfashion": FORMAT,
        "versions": _versions(),
        "class": type(estimator).__name__,
        "parameters": parameters,
        "fitted": {n: encode(getattr(estimator, n)) for n in FITTED if hasattr(estimator, n)},
        "history": [_plain_items(row)[0] for row in estimator.history_],
        "weights": {n: w.detach().cpu() for n, w in estimator.module_.state_dict().items()},
    }
    with _new_file(Path(path)) as file:
        torch.save(content, file)
    if left_out:
        warnings.warn(
            f"{', '.join(left_out)} of {type(estimator).__name__} cannot be stored in a file that "
            "holds no code: the loaded classifier will have the default instead.",
            stacklevel=2,
        )


def load(path, device="auto"):
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
    """
    from .training import resolve_device

    content = _read(Path(path))
    cls = _classes.get(content["class"])
    if cls is None:
        raise ValueError(
            f"{path} holds a {content['class']}, which is not known here; known are "
            f"{', '.join(sorted(_classes))}. If it is a class of your own, import it first."
        )
    unknown = sorted(set(content["parameters"]) - set(cls().get_params(deep=False)))
    if unknown:
        raise ValueError(
            f"{path} was written by skfashion {content['versions'].get('skfashion')}, where "
            f"{cls.__name__} had parameters that it has not in {_versions()['skfashion']}: "
            f"{', '.join(unknown)}."
        )
    with _damage_explained(path):
        parameters = {name: decode(value) for name, value in content["parameters"].items()}
        parameters["device"] = _choose_device(parameters.get("device", "auto"), device)
    resolved = resolve_device(parameters["device"])
    with _damage_explained(path):
        estimator = cls(**parameters)
        for name in FITTED:
            if name in content["fitted"]:
                setattr(estimator, name, decode(content["fitted"][name]))
        estimator.device_ = str(resolved)
        estimator.precision_ = _resolve_precision(estimator, resolved)
        history = [{n: decode(value) for n, value in row.items()} for row in content["history"]]
        estimator._restore(content["weights"], history)
    return estimator


def _versions():
    # The package imports this module before it is complete itself, hence not at the top.
    package = sys.modules[__package__]
    versions = {"skfashion": package, "numpy": np, "scikit-learn": sklearn, "torch": torch}
    return {name: str(module.__version__) for name, module in versions.items()}


def _choose_device(stored, device):
    from .training import is_present

    if device != "auto":
        return device
    return stored if stored == "auto" or is_present(stored) else "auto"


def _resolve_precision(estimator, device):
    from .training import resolve_precision

    # A classifier may come from hardware that is fast at bfloat16 to one that is not.
    if estimator.precision == "auto" and estimator.precision_ == "bfloat16":
        return resolve_precision("auto", device)
    return estimator.precision_


# ---------------------------------------------------------------------------------------
# Files
# ---------------------------------------------------------------------------------------


@contextmanager
def _new_file(path):
    """Open a file to write; it gets its name when it is complete."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent} to write {path.name} to.")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: give the name of a file.")
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with open(unfinished, "xb") as file:
            yield file
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _read(path):
    """Return the content of a file that `save` has written, with all its keys there."""
    with open(path, "rb") as file:
        # Only torch's present format: what older ones hold is not for this reader.
        if file.read(len(_ZIP)) != _ZIP:
            raise ValueError(f"{path} is not a file that skfashion's save has written.")
        file.seek(0)
        try:
            # weights_only is what keeps code out: nothing but plain types is built.
            content = torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ValueError(
                f"{path} cannot be read: it is damaged or cut short, or is not a file that "
                "skfashion's save has written."
            ) from error
    if not isinstance(content, dict) or not isinstance(content.get("skfashion"), int):
        raise ValueError(f"{path} is not a file that skfashion's save has written.")
    with _damage_explained(path):
        written_by = content["versions"]["skfashion"]
    if content["skfashion"] > FORMAT:
        raise ValueError(
            f"{path} was written by skfashion {written_by}, in a format that this version, "
            f"{_versions()['skfashion']}, does not know yet. Upgrade skfashion."
        )
    keys = {"class", "parameters", "fitted", "history", "weights"}
    with _damage_explained(path):
        if missing := keys - set(content):
            raise KeyError(*missing)
    return content


@contextmanager
def _damage_explained(path):
    try:
        yield
    except Exception as error:  # what a wrong content leads to has no end
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise ValueError(f"{path} is damaged ({reason}).") from error


# ---------------------------------------------------------------------------------------
# Values
# ---------------------------------------------------------------------------------------

# A value is stored as it is if it is one of these, else as a pair (kind, content).
PLAIN = (bool, int, float, str, type(None))


class NotPlainError(TypeError):
    """A value that cannot be stored without code."""


def encode(value):
    """Return a value in plain types, from which :func:`decode` makes it again.

    Parameters
    ----------
    value : object
        A number, string or None, a list, tuple or dictionary of such, a numpy array, an
        augmentation, a Pipeline of augmentations, or a class of ``torch.optim``.

    Returns
    -------
    bool, int, float, str, None, or tuple of (kind, content)

    Raises
    ------
    NotPlainError
        If it is none of these.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if type(value) in PLAIN:
        return value
    if type(value) in (list, tuple):
        return type(value).__name__, [encode(part) for part in value]
    if type(value) is dict:
        return "dict", [(encode(key), encode(part)) for key, part in value.items()]
    if type(value) is np.ndarray:
        return "array", (_dtype_name(value.dtype), encode(value.tolist()))
    if isinstance(value, Augmentation):
        parameters = value.get_params(deep=False)
        return "augmentation", (type(value).__name__, encode(parameters))
    if type(value) is Pipeline:
        return "pipeline", encode([tuple(step) for step in value.steps])
    if isinstance(value, torch.device):
        return str(value)
    if isinstance(value, type) and getattr(torch.optim, value.__name__, None) is value:
        return "optimizer", value.__name__
    raise NotPlainError(f"{value!r} cannot be stored without code.")


def decode(value):
    """Return what :func:`encode` was given."""
    if type(value) in PLAIN:
        return value
    kind, content = value
    return DECODERS[kind](content)


def _plain_items(values):
    """Return the entries of a dictionary that can be stored, encoded, and the names of others."""
    plain, left_out = {}, []
    for name, value in values.items():
        try:
            plain[name] = encode(value)
        except NotPlainError:
            left_out.append(name)
    return plain, left_out


def _dtype_name(dtype):
    return "T" if dtype.kind == "T" else dtype.str  # numpy's strings of any length


def _array(content):
    dtype, values = content
    return np.array(decode(values), dtype=np.dtype(dtype))


def _augmentation(content):
    name, parameters = content
    known = {cls.__name__: cls for cls in _subclasses(Augmentation)}
    return known[name](**decode(parameters))


def _subclasses(cls):
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _subclasses(subclass)


def _optimizer(name):
    cls = getattr(torch.optim, name)
    if not (isinstance(cls, type) and issubclass(cls, torch.optim.Optimizer)):
        raise TypeError(f"torch.optim.{name} is no optimizer")
    return cls


DECODERS = {
    "list": lambda content: [decode(part) for part in content],
    "tuple": lambda content: tuple(decode(part) for part in content),
    "dict": lambda content: {decode(key): decode(part) for key, part in content},
    "array": _array,
    "augmentation": _augmentation,
    "pipeline": lambda content: Pipeline(decode(content)),
    "optimizer": _optimizer,
}
