"""The one door by which data come in."""

from math import prod

import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split
from sklearn.utils import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, validate_data

from .._images import as_rows, check_image_shape, shape_of_images, shape_of_rows


def check_images(estimator, X, y="no_validation", *, reset):
    """Check images, and labels if there are any, and lay the images out.

    Parameters
    ----------
    estimator : ImageClassifier
        For whom. With ``reset=True`` its `n_features_in_`, `feature_names_in_` and
        `image_shape_` are set, else X is held against them.
    X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
        Images of any real dtype.
    y : array-like of shape (n,), optional
        Labels.
    reset : bool
        Whether these are the first data that the estimator meets.

    Returns
    -------
    images : ndarray of shape (n, H, W, C)
        uint8 if X was that, else in the estimator's floating-point type.
    y : ndarray of shape (n,)
        Only if y was given.
    """
    if not reset and isinstance(y, str) and _needs_no_check(estimator, X):
        return X.reshape(len(X), -1).reshape(len(X), *estimator.image_shape_)
    X, shape = _flatten(X, None if reset else estimator.image_shape_)
    floating = np.float64 if estimator.precision == "float64" else np.float32
    # A dtype in the list is kept; every other becomes the first.
    checked = validate_data(estimator, X, y, reset=reset, dtype=[floating, np.uint8])
    rows = checked if isinstance(y, str) else checked[0]
    if reset:
        estimator.image_shape_ = _resolve_shape(estimator.image_shape, shape, rows.shape[1])
    elif shape not in (None, estimator.image_shape_):
        raise ValueError(
            f"X has images of shape {shape} (height, width, channels), but "
            f"{type(estimator).__name__} was fitted on images of shape {estimator.image_shape_}."
        )
    images = rows.reshape(len(rows), *estimator.image_shape_)
    return images if isinstance(y, str) else (images, checked[1])


def _needs_no_check(estimator, X):
    """Return whether X can only be what the estimator knows: uint8, in the shape of `fit`.

    Spares a prediction of a single image .1 ms, a fifth of what LeNet-5's takes.
    """
    if type(X) is not np.ndarray or X.dtype != np.uint8 or not len(X):
        return False
    height, width, channels = shape = estimator.image_shape_
    known = X.shape[1:] in (shape, (estimator.n_features_in_,)) or (
        channels == 1 and X.shape[1:] == (height, width)
    )
    return known and not hasattr(estimator, "feature_names_in_")


def _flatten(X, expected):
    """Return X as flat rows, and (H, W, C) if its axes tell that, else None."""
    if issparse(X) or hasattr(X, "columns"):
        return X, None
    if getattr(X, "ndim", 0) < 3:
        try:
            array = np.asarray(X)
        except ValueError:  # rows of different lengths: scikit-learn says it best
            return X, None
        if array.ndim < 3:
            return X, None
        X = array
    shape, channels_first = shape_of_images(X.shape, expected)
    return as_rows(np.asarray(X), channels_first), shape


def _resolve_shape(image_shape, shape, n_columns):
    """Return (H, W, C) from the parameter `image_shape`, the axes of X, and its columns."""
    if image_shape is None:
        return shape or shape_of_rows(n_columns)
    wanted = check_image_shape(image_shape)
    if shape not in (None, wanted):
        raise ValueError(f"X has images of shape {shape}, but image_shape={image_shape}.")
    if prod(wanted) != n_columns:
        raise ValueError(
            f"X has {n_columns} columns, but images of image_shape={image_shape} have "
            f"{prod(wanted)} pixels."
        )
    return wanted


def check_classes(classes):
    """Return classes that there are at least two of.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    if len(classes) < 2:
        raise ValueError(
            f"A classifier needs at least 2 classes, but y has one class only: {classes[0]!r}."
        )
    return classes


def encode(y, classes, name="y"):
    """Return the codes of labels, (n,) int64.

    Raises
    ------
    ValueError
        If a label is not among the classes.
    """
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"{name} has labels that are not among the classes {_shown(classes)}: "
            f"{_shown(unknown)}. Name all classes in the first call of partial_fit, or fit anew."
        )
    return np.searchsorted(classes, y).astype(np.int64)


def _shown(values, most=10):
    shown = ", ".join(repr(value) for value in values[:most].tolist())
    return f"[{shown}{', ...' if len(values) > most else ''}]"


def check_weights(sample_weight, class_weight, images, y):
    """Return the weight of each image, or None if all weigh the same.

    Parameters
    ----------
    sample_weight : array-like of shape (n,) or None
        Weights given to fit.
    class_weight : dict, "balanced" or None
        The parameter.
    images : ndarray of shape (n, ...)
        The images.
    y : ndarray of shape (n,)
        Their labels.

    Returns
    -------
    ndarray of shape (n,), dtype float64, or None
    """
    if sample_weight is None and class_weight is None:
        return None
    weights = _check_sample_weight(
        sample_weight, images, dtype=np.float64, ensure_non_negative=True
    )
    if class_weight is not None:
        # Weights of 0 are images that are not there, for the balance of classes too.
        weights = weights.copy()
        there = weights > 0
        weights[there] *= compute_sample_weight(class_weight, y[there])
    return weights


def hold_out(codes, fraction, seed):
    """Return the indices of a stratified training and validation part.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Codes of the classes.
    fraction : float
        Share of the validation part.
    seed : int
        Where the draw starts from.

    Returns
    -------
    train, valid : ndarray of int

    Raises
    ------
    ValueError
        If a class would be missing from either part.
    """
    classes = np.unique(codes)
    try:
        parts = train_test_split(
            np.arange(len(codes)), test_size=fraction, stratify=codes, random_state=seed
        )
        complete = all(len(np.unique(codes[part])) == len(classes) for part in parts)
    except ValueError:
        complete = False
    if not complete:
        raise ValueError(
            f"validation_fraction={fraction} of {len(codes)} images in {len(classes)} classes "
            f"leaves a class out of the training or the validation part (the smallest class has "
            f"{np.bincount(codes)[classes].min()} images). Give another fraction, more images, "
            "or a validation set of your own: fit(X, y, X_val=..., y_val=...)."
        )
    return parts
