"""How arrays of images are laid out, and on which scale their pixels are.

Shape letters: n images, H x W pixels, C channels. Images are (n, H, W), (n, H, W, C),
(n, C, H, W) or rows (n, H*W*C); inside the package they are (n, H, W, C).
"""

import warnings
from math import inf, isqrt, prod
from typing import NamedTuple

import numpy as np

CHANNELS = (1, 3, 4)  # grey, RGB, RGB with transparency
LEAST_LABELLED_SIDE = 8
LABELS_LEFT_IN = {
    1: ("one", "is the label column still in X?"),
    10: ("ten", "are the one-hot labels of ten classes still in X?"),
}
LEAST_FRACTIONAL_WHITE = 8  # of scales up to 255: more than rounding and noise add to 1.0
# Fraction of an image's pixels, without the black ones. Of bytes after fractions nearly all are
# outside; of images that a scaler of single pixels has not seen, a few at the border.
MOST_OUTSIDE = 0.25
CHUNK = 1 << 16  # pixels that are looked at at once


def square_side(n):
    """Return the side of a square of n pixels, 0 if there is none."""
    side = isqrt(max(n, 0))
    return side if side * side == n else 0


def shape_of_rows(n_columns, *, has_image_shape=True):
    """Infer the shape of the images whose pixels are the columns of flat rows.

    Parameters
    ----------
    n_columns : int
        Number of columns.
    has_image_shape : bool, default=True
        Whether the caller has a parameter `image_shape`, for the messages.

    Returns
    -------
    tuple of int
        (H, W, C): a square, grey or RGB; else one row of pixels, with a warning.

    Raises
    ------
    ValueError
        If the columns are those of square images of at least 8 pixels a side, grey or RGB,
        and 1 or 10 more: then labels were most likely left in X.
    """
    if side := square_side(n_columns):
        return side, side, 1
    if n_columns % 3 == 0 and (side := square_side(n_columns // 3)):
        return side, side, 3
    _check_labels_left_in(n_columns, has_image_shape)
    shape = "image_shape=(H, W) or (H, W, C)" if has_image_shape else "(n, H, W) or (n, H, W, C)"
    mend = f"Give their shape as {shape}" if has_image_shape else f"Reshape X to {shape}"
    warnings.warn(
        f"X has {n_columns} columns, which is neither a square nor three times a square: they "
        f"are read as one-row images. {mend} if they are not.",
        UserWarning,
        stacklevel=2,
    )
    return 1, n_columns, 1


def _check_labels_left_in(n_columns, has_image_shape):
    """Raise ValueError if the columns seem to be those of square images and of labels."""
    for n_labels, (number, question) in LABELS_LEFT_IN.items():
        for channels in (1, 3):
            n_pixels = n_columns - n_labels
            side = square_side(n_pixels // channels) if n_pixels % channels == 0 else 0
            if side < LEAST_LABELLED_SIDE:
                continue
            size = f"{side} x {side}" + (" x 3" if channels == 3 else "")
            mend = (
                "give the shape of the images as image_shape=(H, W), (H, W, C), or "
                f"(1, {n_columns}) for rows of that many values"
                if has_image_shape
                else "reshape X to (n, H, W), (n, H, W, C), or "
                f"(n, 1, {n_columns}) for rows of that many values"
            )
            raise ValueError(
                f"X has {n_columns} columns, {number} more than the {n_pixels} pixels of "
                f"{size} images: {question} If so, give X without "
                f"labels; if not, {mend}."
            )


def check_image_shape(image_shape):
    """Return an `image_shape` parameter as (H, W, C).

    Raises
    ------
    ValueError
        If it is not a sequence of two or three whole numbers of at least 1.
    """
    try:
        shape = tuple(int(size) for size in image_shape)
        good = shape == tuple(image_shape) and len(shape) in (2, 3) and min(shape) >= 1
    except (TypeError, ValueError):
        good = False
    if not good:
        raise ValueError(
            f"image_shape={image_shape!r} is not a shape: give (H, W) for grey images or "
            "(H, W, C) for images of C channels."
        )
    return shape if len(shape) == 3 else (*shape, 1)


def shape_of_images(shape, expected=None):
    """Return (H, W, C) of an array of images, and whether channels come first in it.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array: (n, H, W), (n, H, W, C) or (n, C, H, W).
    expected : tuple of int, optional
        The expected (H, W, C), which decides where both layouts are possible.

    Returns
    -------
    image_shape : tuple of int
        (H, W, C).
    channels_first : bool
        Whether the array is (n, C, H, W).

    Raises
    ------
    ValueError
        If the array does not have three or four axes.
    """
    if len(shape) == 3:
        return (*shape[1:], 1), False
    if len(shape) != 4:
        raise ValueError(
            f"X has {len(shape)} dimensions: {tuple(shape)}. Images are (n, H, W), "
            "(n, H, W, C), (n, C, H, W), or flat rows (n, H*W*C)."
        )
    last, first = tuple(shape[1:]), (*shape[2:], shape[1])
    if expected in (last, first):
        return expected, expected != last
    channels_first = shape[1] in CHANNELS and shape[3] not in CHANNELS
    return (first, True) if channels_first else (last, False)


def as_rows(images, channels_first):
    """Return images as rows (n, H*W*C), channels last; a view where that is possible."""
    if channels_first:
        images = images.transpose(0, 2, 3, 1)
    return images.reshape(len(images), prod(images.shape[1:]))


def as_native(array):
    """Return an array in a dtype that torch can have: in native byte order, at most float64.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion._images import as_native
    >>> as_native(np.array([1, 258], ">u2")).dtype
    dtype('uint16')
    """
    dtype = array.dtype.newbyteorder("=")
    if dtype.kind == "f" and dtype.itemsize > 8:
        dtype = np.dtype(np.float64)
    return array.astype(dtype, copy=False)


def suggestion_for_single_image(shape, image_shape):
    """Return a hint if an array seems to be one image instead of several.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    image_shape : tuple of int
        (H, W, C) of an image.

    Returns
    -------
    str
        Sentences to put behind an error message, with a space before them. Empty if the shape
        is not that of one image: (H, W, C), (H*W*C,), and (H, W) of a grey one, (C, H, W) of
        others.

    Examples
    --------
    >>> from skfashion._images import suggestion_for_single_image
    >>> suggestion_for_single_image((28, 28), (28, 28, 1)).strip()
    'X has the shape (28, 28): is that one image without its batch axis? Give X[None], ...'
    >>> suggestion_for_single_image((10, 28, 28), (28, 28, 1))
    ''
    """
    shape, (height, width, channels) = tuple(shape), image_shape
    of_one_image = [(height, width, channels), (prod(image_shape),)]
    # With one channel (1, H, W) is a batch of one image already.
    of_one_image.append((height, width) if channels == 1 else (channels, height, width))
    if shape not in of_one_image:
        return ""
    return (
        f" X has the shape {shape}: is that one image without its batch axis? Give X[None], of "
        f"shape {(1, *shape)}."
    )


class PixelRange(NamedTuple):
    """What is known of the scale of images.

    Parameters
    ----------
    low, high : float
        Least and largest value of the pixels; inf and -inf if there are none.
    whole : bool
        Whether all pixels are whole numbers.
    """

    low: float
    high: float
    whole: bool


def pixel_range(array):
    """Return the range of an array's pixels.

    Parameters
    ----------
    array : ndarray of any shape
        Images of any real dtype. Floats are looked at in chunks, without a copy of them all.

    Returns
    -------
    PixelRange

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion._images import pixel_range
    >>> pixel_range(np.array([[0.0, 2.0], [0.5, 1.0]]))
    PixelRange(low=0.0, high=2.0, whole=False)
    """
    if array.size == 0:
        return PixelRange(inf, -inf, True)
    if array.dtype.kind != "f":
        return PixelRange(float(array.min()), float(array.max()), True)
    low, high, whole = inf, -inf, True
    flags = ["external_loop", "buffered"]
    for chunk in np.nditer(array, flags=flags, buffersize=CHUNK, order="K"):
        low, high = min(low, float(chunk.min())), max(high, float(chunk.max()))
        whole = whole and bool((np.floor(chunk) == chunk).all())
    return PixelRange(low, high, whole)


def merged(a, b):
    """Return the range of the pixels of two pieces together, each a `PixelRange`."""
    return PixelRange(min(a.low, b.low), max(a.high, b.high), a.whole and b.whole)


def scale_mismatch(seen, new):
    """Return whether images are on another scale than those before them.

    Bytes after fractions of 1, say, or the reverse. Images that are dark, bright or of low
    contrast are not a mismatch, nor are images of a single value.

    Parameters
    ----------
    seen : PixelRange
        Range of the images that were learned from.
    new : PixelRange
        Range of the new ones.

    Returns
    -------
    bool
        True if the new images cannot be on the scale of the others. False if that is not
        certain, or if either has no pixels.

    Examples
    --------
    >>> from skfashion._images import PixelRange, scale_mismatch
    >>> scale_mismatch(PixelRange(0, 255, True), PixelRange(0, 1, False))
    True
    >>> scale_mismatch(PixelRange(0, 255, True), PixelRange(0, 9, True))
    False
    """
    if seen.low >= seen.high or new.low > new.high:
        return False
    low, high = _limits(seen)
    if new.low < low or new.high > high:
        return True
    return new.low < new.high and _is_far_smaller(seen, new)


def few_are_outside(seen, images):
    """Return whether some pixels are outside a scale, but no image as a whole is.

    Where pixels are scaled one by one, as by scikit-learn's MinMaxScaler, one at the border that
    is black in nearly all training images can be very large in another image.

    Parameters
    ----------
    seen : PixelRange
        Range of the images that were learned from.
    images : ndarray of shape (n, H, W, C)
        Other images.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion._images import PixelRange, few_are_outside
    >>> image = np.linspace(0, 1, 784).reshape(1, 28, 28, 1)
    >>> few_are_outside(PixelRange(0, 1, False), 255 * image)
    False
    >>> image[0, 0, 0] = 160
    >>> few_are_outside(PixelRange(0, 1, False), image)
    True
    """
    low, high = _limits(seen)
    outside = ((images < low) | (images > high)).sum(axis=(1, 2, 3))
    not_black = np.count_nonzero(images, axis=(1, 2, 3))
    return bool(outside.any() and (outside <= MOST_OUTSIDE * not_black).all())


def _limits(seen):
    """Return the least and the largest pixel that can be on the scale of a range."""
    low, high = _scale(seen)
    margin = (high - low) / 10
    return low - margin, high + margin


def _scale(seen):
    """Return the limits of the smallest known scale that holds a range, else of a wide one."""
    if seen.low >= 0 and seen.high <= 1:
        return 0, 1
    if seen.low >= -1 and seen.high <= 1:
        return -1, 1
    if seen.low >= 0 and (seen.whole or seen.high > LEAST_FRACTIONAL_WHITE):
        for white in (255, 65535):
            if seen.high <= white:
                return 0, white
    width = seen.high - seen.low
    return seen.low - 2 * width, seen.high + 2 * width


def _is_far_smaller(seen, new):
    """Return whether values within a scale are too close to 0 to be on it."""
    largest_seen, largest = (max(-low, high) for low, high, _ in (seen, new))
    if new.whole and (seen.whole or largest > 1):
        # Whole numbers are dark pixels of the same scale, unless bytes come after 16 bits.
        sixteen_bits = seen.low >= 0 and 255 < seen.high <= 65535
        return sixteen_bits and new.low >= 0 and largest <= 255 and largest < largest_seen / 64
    bytes_or_more = seen.low >= 0 and _scale(seen)[1] >= 255
    if bytes_or_more and -new.low > largest / 64:  # more than a rounding error below 0
        return largest < largest_seen / 16  # standardized, or from -1 to 1
    # Fractions of bytes are far smaller than 1 / 64. Among pixels that were standardized one by
    # one, a few can be that much larger than all those of another image.
    return largest < largest_seen / (64 if seen.whole else 200)
