"""The one place where data come in."""

import warnings
from dataclasses import dataclass, field
from math import prod

import numpy as np
from scipy.sparse import issparse
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from .._images import (
    as_rows,
    check_image_shape,
    few_are_outside,
    pixel_range,
    scale_mismatch,
    shape_of_images,
    shape_of_rows,
    suggestion_for_single_image,
)
from ._weights import check_class_weight, check_sample_weight, with_class_weight

# The fitted attributes that scikit-learn's validation sets, about the columns of X.
LEARNED_OF_COLUMNS = ("n_features_in_", "feature_names_in_")


@dataclass
class TrainingSet:
    """Checked data to train on.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        Pixels; uint8 if they came so.
    codes : ndarray of shape (n,), dtype int64
        Codes of the classes.
    weights : ndarray of shape (n,) or None
        Weights, none of them 0.
    pixel_range : PixelRange
        The smallest and the largest pixel.
    learned : dict of str to object
        Fitted attributes that follow from the data alone.
    """

    images: np.ndarray
    codes: np.ndarray
    weights: np.ndarray | None
    pixel_range: tuple
    learned: dict = field(default_factory=dict)

    def part(self, indices):
        """Return the images of these indices, with their codes and weights."""
        weights = None if self.weights is None else self.weights[indices]
        parts = self.images[indices], self.codes[indices], weights
        return TrainingSet(*parts, self.pixel_range, self.learned)


def read_training_set(estimator, X, y, sample_weight=None, *, classes=None, known=False):
    """Check images, labels and weights, and lay the images out.

    Parameters
    ----------
    estimator : ImageClassifier
        The estimator that is fitted; it is not changed.
    X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
        Images of any real dtype.
    y : array-like of shape (n,)
        Labels.
    sample_weight : array-like of shape (n,), default=None
        Weights.
    classes : array-like of shape (n_classes,), default=None
        All classes. None takes those of y.
    known : bool, default=False
        Whether the estimator is fitted and trained further: X and y are checked against what it
        knows.

    Returns
    -------
    TrainingSet
        Without the images of weight 0.

    Raises
    ------
    ValueError
        If anything is invalid.

    Warns
    -----
    UserWarning
        If the pixels cannot be on the scale of the images before them.
    """
    if known:
        _check_image_shape_is_the_same(estimator)
        images, y = check_images(estimator, X, y)
        learned = _learned_of_columns(estimator)
    else:
        images, y, learned = _learn_images(estimator, X, y)
    seen = pixel_range(images)
    check_classification_targets(y)
    weights = check_sample_weight(sample_weight, images)
    of_y = classes is None and not known
    # Also classes of which all images have weight 0: a vote, or a stack, counts on their columns.
    classes = estimator.classes_ if known else check_classes(y if of_y else classes)
    images, y, weights = _without_zeros(images, y, weights)
    if of_y and (y == y[0]).all():
        raise ValueError(
            "A classifier needs at least 2 classes, but the images whose weight is not 0 are of "
            f"one class only: {y[0]!r}."
        )
    codes = encode(y, classes)
    class_weight = check_class_weight(estimator.class_weight, codes, classes)
    weights = with_class_weight(weights, class_weight, codes)
    images, codes, weights = _without_zeros(images, codes, weights)
    if not len(images):
        raise ValueError(
            f"class_weight={estimator.class_weight!r} makes all weights zero: no image counts."
        )
    return TrainingSet(images, codes, weights, seen, learned | {"classes_": classes})


def _without_zeros(images, y, weights):
    """Return images, labels and weights without the images of weight 0."""
    if weights is None or weights.all():
        return images, y, weights
    there = weights > 0
    return images[there], y[there], weights[there]


def _learn_images(estimator, X, y):
    """Check the first images that an estimator meets; return what is learned of their columns."""
    wanted = estimator.image_shape
    X, shape = _flatten(X, None if wanted is None else check_image_shape(wanted))
    probe = _probe(estimator)
    rows, y = validate_data(probe, X, y, reset=True, dtype=_dtypes(estimator.precision))
    shape = _resolve_shape(estimator.image_shape, shape, rows.shape[1])
    return rows.reshape(len(rows), *shape), y, _learned_of_columns(probe)


def _learned_of_columns(estimator):
    return {n: getattr(estimator, n) for n in LEARNED_OF_COLUMNS if hasattr(estimator, n)}


def _dtypes(precision):
    # A dtype in the list is kept; every other becomes the first.
    return [np.float64 if precision == "float64" else np.float32, np.uint8]


def check_images(estimator, X, y="no_validation"):
    """Check images that a fitted estimator is given, and labels if there are any.

    Parameters
    ----------
    estimator : ImageClassifier
        What X is checked against.
    X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
        Images.
    y : array-like of shape (n,), optional
        Labels.

    Returns
    -------
    images : ndarray of shape (n, H, W, C)
        uint8 if X was that, else in the floating-point type of the network.
    y : ndarray of shape (n,)
        Only if y was given.

    Raises
    ------
    ValueError
        If X or y is invalid, or of another shape than in `fit`.

    Warns
    -----
    UserWarning
        If the pixels cannot be on the scale of the training images.
    """
    if isinstance(y, str) and _needs_no_check(estimator, X):
        return X.reshape(len(X), -1).reshape(len(X), *estimator.image_shape_)
    refuse_single_image(estimator, X)
    fitted = estimator.fitted_network_
    return _compare(
        estimator, X, y, fitted.image_shape, fitted.pixel_range, _dtypes(fitted.precision)
    )


def check_validation_set(train, estimator, X, y, sample_weight=None):
    """Check a validation set against a training set.

    Parameters
    ----------
    train : TrainingSet
        The training set.
    estimator : ImageClassifier
        The estimator that is fitted; it is not changed.
    X, y : array-like
        Images and labels, as `fit` is given them.
    sample_weight : array-like of shape (n,), default=None
        Weights.

    Returns
    -------
    TrainingSet
        Without the images of weight 0. Classes weigh what they weigh in the training set.

    Raises
    ------
    ValueError
        If the images are of another shape than those of the training set, a label is not
        among its classes, or no image has a weight above 0.

    Warns
    -----
    UserWarning
        If the pixels cannot be on the scale of the training images.
    """
    probe = _probe(estimator)
    vars(probe).update(train.learned)
    dtypes = _dtypes(estimator.precision)
    images, y = _compare(
        probe, X, y, train.images.shape[1:], train.pixel_range, dtypes, name="X_val"
    )
    classes = train.learned["classes_"]
    codes = encode(y, classes, "y_val")
    weights = check_sample_weight(sample_weight, images)
    class_weight = check_class_weight(estimator.class_weight, train.codes, classes)
    weights = with_class_weight(weights, class_weight, codes)
    images, codes, weights = _without_zeros(images, codes, weights)
    if not len(images):
        raise ValueError("All weights of the validation images are zero: no image counts.")
    return TrainingSet(images, codes, weights, train.pixel_range)


def _probe(estimator):
    """Return an unfitted stand-in, for scikit-learn to note on it what it learns of X."""
    probe = object.__new__(type(estimator))
    vars(probe).update(estimator.get_params(deep=False))
    return probe


def _compare(estimator, X, y, expected, seen, dtypes, name="X"):
    """Check images, and labels if there are any, against what is known of the training set."""
    X, shape = _flatten(X, expected)
    checked = validate_data(estimator, X, y, reset=False, dtype=dtypes)
    rows = checked if isinstance(y, str) else checked[0]
    if shape not in (None, expected):
        raise ValueError(
            f"{name} has images of shape {shape} (height, width, channels), but "
            f"{type(estimator).__name__} was fitted on images of shape {expected}."
        )
    images = rows.reshape(len(rows), *expected)
    _compare_scale(seen, images, name)
    return images if isinstance(y, str) else (images, checked[1])


def _compare_scale(seen, images, name):
    if seen is None:  # loaded from a file that does not say
        return
    new = pixel_range(images)
    if scale_mismatch(seen, new) and not few_are_outside(seen, images):
        warnings.warn(
            f"{name} has pixels from {new.low:g} to {new.high:g}, the training images had them "
            f"from {seen.low:g} to {seen.high:g}: that cannot be the same scale. Give all images "
            "alike: X / 255, say, in both places or in none.",
            UserWarning,
            stacklevel=5,
        )


def _check_image_shape_is_the_same(estimator):
    wanted = estimator.image_shape
    if wanted is not None and check_image_shape(wanted) != tuple(estimator.image_shape_):
        raise ValueError(
            f"image_shape={wanted!r}, but the network was built for images of shape "
            f"{estimator.image_shape_}. Set that back to continue from it, or refit with "
            "warm_start=False."
        )


def _needs_no_check(estimator, X):
    """Return whether no check of X could fail: it is uint8, in the shape of `fit`.

    Without the checks a prediction of a single image by LeNet-5 takes a fifth less time.
    """
    if type(X) is not np.ndarray or X.dtype != np.uint8 or not X.size:
        return False
    seen = estimator.fitted_network_.pixel_range
    if seen is not None and not (seen.whole and seen.low >= 0 and 1 < seen.high <= 255):
        return False
    height, width, channels = shape = estimator.image_shape_
    known = X.shape[1:] in (shape, (estimator.n_features_in_,)) or (
        channels == 1 and X.shape[1:] == (height, width)
    )
    return known and not hasattr(estimator, "feature_names_in_")


def refuse_single_image(estimator, X):
    """Raise ValueError if X seems to be one image without its batch axis."""
    shape = getattr(X, "shape", None)
    if shape is None or issparse(X) or hasattr(X, "columns"):
        return
    if len(shape) == 2 and shape[1] == estimator.n_features_in_:
        return
    hint = suggestion_for_single_image(shape, estimator.image_shape_)
    if hint:
        raise ValueError(f"Reshape your data.{hint}")


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
    """Return classes, of which there have to be at least two.

    Raises
    ------
    ValueError
        If there are fewer.
    """
    classes = np.asarray(classes)
    if classes.ndim != 1 or (classes.dtype.kind == "f" and np.isnan(classes).any()):
        raise ValueError(f"classes={classes.tolist()} is not a list of labels without NaN.")
    classes = np.unique(classes)
    if not len(classes):
        raise ValueError("classes is empty: name all classes, or leave it out to take those of y.")
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
    # numpy may take the string "1" and the number 1 for the same.
    unknown = np.setdiff1d(y, classes) if _are_text(y) == _are_text(classes) else np.unique(y)
    if len(unknown):
        raise ValueError(
            f"{name} has labels that are not among the classes {_shown(classes)}: "
            f"{_shown(unknown)}. {_advice(y, classes, name)}"
        )
    return np.searchsorted(classes, y).astype(np.int64)


def _advice(y, classes, name):
    """Return what to do about labels that are not among the classes."""
    if _are_text(y) != _are_text(classes):
        return "Give all labels as strings, or all as numbers."
    if name == "y_val":
        return "Images of other classes than those of y cannot be validated on: leave them out."
    return "Name all classes in the first call of partial_fit, or refit, with warm_start=False."


def _are_text(labels):
    return len(labels) > 0 and isinstance(labels[0], str)


def _shown(values, most=10):
    shown = ", ".join(repr(value) for value in values[:most].tolist())
    return f"[{shown}{', ...' if len(values) > most else ''}]"


def hold_out(codes, fraction, seed):
    """Return the indices of a stratified training and validation part.

    Parameters
    ----------
    codes : ndarray of shape (n,)
        Codes of the classes.
    fraction : float
        Fraction of the validation part.
    seed : int
        Seed of the draw.

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
