"""Images as they come, and as they are drawn."""

from collections.abc import Mapping

import numpy as np
from sklearn.utils import column_or_1d

from .._images import check_image_shape, pixel_range, shape_of_images, shape_of_rows
from ..augmentation._frames import pixels_of

WHITES = (1, 255, 65535)


def as_images(X, image_shape=None):
    """Return images as an array (n, H, W, C).

    Parameters
    ----------
    X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
        Images.
    image_shape : tuple of int, default=None
        (H, W) or (H, W, C). None reads it from X.

    Returns
    -------
    ndarray of shape (n, H, W, C)

    Raises
    ------
    ValueError
        If X has no images, has something else than real numbers, or is not of that shape.
    TypeError
        If X is sparse.
    """
    if hasattr(X, "toarray"):
        raise TypeError("X is sparse; wanted: a dense array of images, such as X.toarray().")
    try:
        images = np.asarray(X)
    except ValueError as error:
        raise ValueError(
            f"X is no array: are its images of different sizes? Give them one size. ({error})"
        ) from error
    wanted = None if image_shape is None else check_image_shape(image_shape)
    images = _as_numbers(X, images)
    if images.ndim < 2 or not images.size:
        raise ValueError(
            f"X has the shape {images.shape}; wanted: at least one image, as (n, H, W), "
            "(n, H, W, C), (n, C, H, W) or flat rows (n, H*W*C)."
        )
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        raise ValueError("X has pixels that are NaN or infinite; images are finite numbers.")
    if images.ndim == 2:
        shape = wanted or shape_of_rows(images.shape[1])
        if np.prod(shape) != images.shape[1]:
            raise ValueError(
                f"X has {images.shape[1]} columns, but images of shape {shape} (height, width, "
                f"channels) have {np.prod(shape)} pixels."
            )
        return images.reshape(len(images), *shape)
    shape, channels_first = shape_of_images(images.shape, wanted)
    if wanted not in (None, shape):
        raise ValueError(f"X has images of shape {shape}, but image_shape is {wanted}.")
    return images.transpose(0, 2, 3, 1) if channels_first else images.reshape(-1, *shape)


def _as_numbers(X, images):
    """Return images of a dtype of real numbers; pandas gives its nullable ones as objects."""
    if images.dtype.kind in "buif":
        return images
    dtype, wanted = images.dtype, "convert them with X.astype(float), say."
    if dtype.kind == "O":
        try:
            return pixels_of(X)
        except (TypeError, ValueError) as error:
            wanted = f"{error}"
    raise ValueError(f"X has the dtype {dtype}; images are real numbers: {wanted}")


def drawable(images):
    """Return images with values from 0 to 1, as matplotlib draws them.

    White is that of the scale that the pixels seem to be on, 1, 255 or 65535, and the largest
    pixel where they are on none of these, or where it would be dark on it. Black is 0, and the
    smallest pixel where that is negative.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        Images.

    Returns
    -------
    ndarray of shape (n, H, W), (n, H, W, 3) or (n, H, W, 4)
        Of other numbers of channels than 1, 3 and 4, the mean of the channels.
    """
    low, high, _ = pixel_range(images)
    black = min(low, 0)
    white = next((white for white in WHITES if white / 8 < high <= white and not black), high)
    if images.shape[3] == 2 or images.shape[3] > 4:
        images = images.mean(axis=3, keepdims=True)
    scaled = (images.astype(float) - black) / ((white - black) or 1)
    return scaled[..., 0] if scaled.shape[3] == 1 else scaled.clip(0, 1)


def check_n(name, n):
    """Return a number of images or layers, or raise ValueError if it is none."""
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
        raise ValueError(f"{name}={n!r} is not a whole number of at least 1.")
    return int(n)


def classes_of(y):
    """Return the classes of labels, sorted, and the code of each label.

    Raises
    ------
    ValueError
        If y has several columns, or labels that cannot be sorted.
    """
    y = column_or_1d(y)
    try:
        return np.unique(y, return_inverse=True)
    except TypeError as error:
        kinds = sorted({type(label).__name__ for label in y.tolist()})
        raise ValueError(
            f"y has labels of the types {', '.join(kinds)}, which cannot be sorted; wanted: all "
            "numbers, or all strings."
        ) from error


def names_of(classes, display_labels):
    """Return the names of classes, as an array of str.

    Raises
    ------
    ValueError
        If there are not as many names as classes.
    """
    if display_labels is None:
        return np.array([str(label) for label in classes], dtype=object)
    if isinstance(display_labels, str | Mapping) or len(display_labels) != len(classes):
        came = f"{len(display_labels)} names"
        if isinstance(display_labels, str):
            came = f"the string {display_labels!r}"
        elif isinstance(display_labels, Mapping):
            came = f"the dict {display_labels!r}"
        raise ValueError(
            f"display_labels is {came}; wanted: a sequence of {len(classes)} names, one for each "
            f"of the classes {np.asarray(classes)[:10].tolist()}, in this order."
        )
    return np.array([str(name) for name in display_labels], dtype=object)
