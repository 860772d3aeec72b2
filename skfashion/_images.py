"""How arrays of images are laid out.

Shape letters: n images, H x W pixels, C channels. Images are (n, H, W), (n, H, W, C),
(n, C, H, W) or rows (n, H*W*C); inside the package they are (n, H, W, C).
"""

import warnings
from math import isqrt, prod

CHANNELS = (1, 3, 4)  # grey, RGB, RGB with transparency
LEAST_LABELLED_SIDE = 8


def square_side(n):
    """Return the side of a square of n pixels, 0 if there is none."""
    side = isqrt(n)
    return side if side * side == n else 0


def shape_of_rows(n_columns):
    """Guess the shape of the images whose pixels are the columns of flat rows.

    Parameters
    ----------
    n_columns : int
        Number of columns.

    Returns
    -------
    tuple of int
        (H, W, C): a square, grey or RGB; else one row of pixels, with a warning.

    Raises
    ------
    ValueError
        If the columns are one more than a square of 8 or more pixels a side: then the label
        is most likely among them.
    """
    if side := square_side(n_columns):
        return side, side, 1
    if n_columns % 3 == 0 and (side := square_side(n_columns // 3)):
        return side, side, 3
    if (side := square_side(n_columns - 1)) >= LEAST_LABELLED_SIDE:
        raise ValueError(
            f"X has {n_columns} columns, one more than the {side * side} pixels of {side} x "
            f"{side} images: is the label column still in X? If not, give the shape of the "
            "images as image_shape=(H, W)."
        )
    warnings.warn(
        f"X has {n_columns} columns, which is no square, nor three times one: they are taken as "
        "one-row images. Give their shape as image_shape=(H, W) or (H, W, C) if they are not.",
        UserWarning,
        stacklevel=2,
    )
    return 1, n_columns, 1


def check_image_shape(image_shape):
    """Return an `image_shape` parameter as (H, W, C).

    Raises
    ------
    ValueError
        If it is not two or three whole numbers of at least 1.
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
        (H, W, C) that is expected: it decides where both readings are possible.

    Returns
    -------
    image_shape : tuple of int
        (H, W, C).
    channels_first : bool
        Whether the array is (n, C, H, W).

    Raises
    ------
    ValueError
        If the array has not three or four axes.
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
