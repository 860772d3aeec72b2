"""From a photograph to an image in the style of Fashion-MNIST, by its authors' own steps."""

import numpy as np

from .._images import check_image_shape
from . import _background
from ._masks import box_of, without_specks
from ._read import as_colour, import_cv2, on_white, shrink

TOLERANCE = 0.05  # largest difference from the background's colour, as a fraction of 255
MAX_SIZE = 1024  # a longer picture is shrunk to this before anything else
N_SIGMA = 5  # how many standard deviations of its noise belong to the background
MOST_TOLERANCE = 0.12  # up to this: a background that varies more is not plain


def to_fashion_mnist(image, image_shape=(28, 28, 1)):
    """Convert a picture of one garment into an image like those of Fashion-MNIST.

    The steps are those of its authors [1]_: margins of the background's colour are trimmed,
    the longest edge is scaled, the image is sharpened, the shortest edge is extended with
    the garment in the centre, the intensities are negated, and the image is converted to
    grey. In addition, the background is stretched to black, since it need not be white as
    theirs was: it is fitted along the border, evenly lit or not, with a frame or without.
    A garment that is brighter than its background is not negated. If a picture with a black
    background also has the size of the result, it is taken for an image of Fashion-MNIST
    and is only converted to grey.

    The background has to be plain: the garment is not segmented, unless the picture is
    transparent around it. :class:`GarmentSegmenter` finds garments on other backgrounds.

    Parameters
    ----------
    image : ndarray of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), dtype uint8
        The picture, grey, in RGB, or in RGB with transparency.
    image_shape : tuple of int, default=(28, 28, 1)
        (H, W, C) of the result, such as the `image_shape_` of a classifier. C = 3 keeps the
        colours.

    Returns
    -------
    ndarray of shape `image_shape`, dtype uint8
        A bright garment on black.

    Raises
    ------
    ValueError
        If `image` is no such array, `image_shape` is no shape, or C is neither 1 nor 3.
    ImportError
        If OpenCV is not installed.

    References
    ----------
    .. [1] H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST: a novel image dataset for
       benchmarking machine learning algorithms", 2017, :arxiv:`1708.07747`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.photos import to_fashion_mnist
    >>> photo = np.full((300, 200, 3), 250, dtype=np.uint8)  # white paper,
    >>> photo[50:250, 50:150] = (20, 30, 60)  # and a dark towel
    >>> image = to_fashion_mnist(photo)
    >>> image.shape, image.dtype
    ((28, 28, 1), dtype('uint8'))
    >>> int(image[0, 0, 0]), int(image[14, 14, 0])
    (0, 224)
    """
    cv2 = import_cv2()
    image = as_colour(np.asarray(image))
    height, width, channels = image_shape = check_image_shape(image_shape)
    if channels not in (1, 3):
        raise ValueError(f"image_shape={image_shape} has {channels} channels; give 1 or 3.")

    image = image if image.shape[:2] == (height, width) else shrink(image, MAX_SIZE)
    if image.shape[2] == 4 or image.shape[:2] != (height, width) or not _is_of_the_data_set(image):
        image, background, garment = _on_plain_background(image)
        sign = _side(image, background, garment)
        left, top, right, bottom = box_of(garment).astype(int) if garment.any() else _all(image)
        image = _scale(image[top:bottom, left:right], height, width)
        image = sharpened(image)
        image = _extend(image, height, width, background)
        image = _blacken(image, background, sign)
    if channels == 1:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return image.reshape(height, width, channels)


def _is_of_the_data_set(image):
    """Return whether a picture of the right size has a black background."""
    edge = _background.border(image)
    return np.median(edge) <= 127 and edge.min() == 0 and np.ptp(image, axis=2).max() == 0


def _all(image):
    return 0, 0, image.shape[1], image.shape[0]


def _on_plain_background(image):
    """Return a picture with an even background, the background's colour, and the garment.

    Returns
    -------
    image : ndarray of shape (H, W, 3), dtype uint8
        The picture; outside the garment, all pixels have one colour.
    background : ndarray of shape (3,), dtype float64
        That colour.
    garment : ndarray of shape (H, W), dtype bool
        Where the garment is.
    """
    if image.shape[2] == 4 and not (opaque := image[:, :, 3] > 127).all():
        image = on_white(image)
        # On white the white shirt would be gone.
        background = np.full(3, 0.0 if image[opaque].mean() > 127 else 255.0)
        return _cut_out(image, background, opaque), background, opaque
    image = image[:, :, :3]
    inset = _background.frame_width(image.astype(np.float32), 2 * 255 * TOLERANCE)
    image = image[inset : len(image) - inset, inset : image.shape[1] - inset]
    surface, noise = _background.light(image.astype(np.float32))
    background = np.rint(np.median(_background.border(surface), axis=0)).astype(float)
    tolerance = min(max(255 * TOLERANCE, N_SIGMA * noise), 255 * MOST_TOLERANCE)
    garment = without_specks((np.abs(image - surface) > tolerance).any(axis=2))
    even = np.rint((image - surface + background).clip(0, 255)).astype(np.uint8)
    return _cut_out(even, background, garment), background, garment


def _cut_out(image, background, garment):
    """Give the background its colour everywhere outside the outline of the garment."""
    cv2 = import_cv2()
    contours, _ = cv2.findContours(
        garment.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    inside = np.zeros(garment.shape, np.uint8)
    cv2.drawContours(inside, contours, -1, 1, cv2.FILLED)
    return np.where(inside[:, :, None] > 0, image, np.rint(background).astype(np.uint8))


def _side(image, background, garment):
    """Return -1 if a garment is darker than its background and is negated, else 1."""
    if not garment.any():
        return -1 if background.mean() > 127 else 1
    brighter = image[garment].mean(axis=1) > background.mean()
    return 1 if brighter.mean() > 0.5 else -1


def _scale(image, height, width):
    """Scale an image to fit into height x width, with its aspect ratio."""
    cv2 = import_cv2()
    factor = min(height / image.shape[0], width / image.shape[1])
    size = [max(1, round(side * factor)) for side in image.shape[1::-1]]
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=how)


def sharpened(image):
    """Sharpen with a Gaussian kernel of radius and standard deviation 1."""
    offset = np.arange(-1, 2)
    kernel = -np.exp(-(offset[:, None] ** 2 + offset**2) / 2)  # (3, 3)
    kernel[1, 1] = -2 * kernel.sum()
    return import_cv2().filter2D(image, -1, kernel / kernel.sum())


def _extend(image, height, width, background):
    """Put an image in the centre of height x width pixels of the background's colour."""
    extended = np.empty((height, width, 3), np.uint8)
    extended[:] = np.rint(background)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    extended[top : top + image.shape[0], left : left + image.shape[1]] = image
    return extended


def _blacken(image, background, sign):
    """Stretch the intensities of an image so that the background's colour becomes black.

    What differs from the background to the other side is as bright as what differs from it
    as much to this side.
    """
    room = background if sign < 0 else 255 - background
    stretched = np.abs(image - background) * (255 / np.maximum(room, 1))
    return np.rint(stretched.clip(0, 255)).astype(np.uint8)
