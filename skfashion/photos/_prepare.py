"""From a photograph to an image in the style of Fashion-MNIST, by its authors' own steps."""

from pathlib import Path

import numpy as np

from .._optional import import_optional

TOLERANCE = 0.05  # largest difference from the background's colour, as a fraction of 255


def read_image(path):
    """Read an image file.

    Parameters
    ----------
    path : str or path-like
        A file of any format that OpenCV reads: JPEG, PNG, WebP, TIFF, BMP and more.

    Returns
    -------
    ndarray of shape (H, W, 3), dtype uint8
        Red, green and blue; rotated as its EXIF orientation says; on white where it is
        transparent.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If it is not an image.
    ImportError
        If OpenCV is not installed.
    """
    cv2 = _import_cv2()
    content = np.frombuffer(Path(path).read_bytes(), np.uint8)
    try:
        image = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
        if image is not None and image.ndim == 3 and image.shape[2] == 4:
            return cv2.cvtColor(_on_white(image), cv2.COLOR_BGR2RGB)
        image = cv2.imdecode(content, cv2.IMREAD_COLOR)  # applies the EXIF orientation
    except cv2.error:  # an empty file, or more pixels than OpenCV takes
        image = None
    if image is None:
        raise ValueError(f"{path} is not an image that OpenCV can read.")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def to_fashion_mnist(image, image_shape=(28, 28, 1)):
    """Convert a picture of one garment into an image like those of Fashion-MNIST.

    The steps are those of its authors [1]_: margins of the background's colour are trimmed,
    the longest edge is scaled, the image is sharpened, the shortest edge is extended with
    the garment in the centre, the intensities are negated, and the image is converted to
    grey. In addition, the background is stretched to black, since it need not be white as
    theirs was; its colour is the median along the border. A picture with a dark background is
    not negated. If it also has the size of the result, it is taken for an image of
    Fashion-MNIST and is only converted to grey.

    The background has to be plain: the garment is not segmented.

    Parameters
    ----------
    image : ndarray of shape (H, W), (H, W, 1) or (H, W, 3), dtype uint8
        The picture, grey or in RGB.
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
        If `image` is no such array, or C is neither 1 nor 3.
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
    cv2 = _import_cv2()
    image = _as_rgb(image)
    height, width, channels = image_shape
    if channels not in (1, 3):
        raise ValueError(f"image_shape={image_shape} has {channels} channels; give 1 or 3.")

    background = np.median(_border(image), axis=0)  # (3,)
    light = background.mean() > 127
    if light or image.shape[:2] != (height, width):
        image = _trim(image, background)
        image = _scale(image, height, width)
        image = _sharpen(image)
        image = _extend(image, height, width, background)
        image = _blacken(255 - image, 255 - background) if light else _blacken(image, background)
    if channels == 1:
        image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return image.reshape(height, width, channels)


def _import_cv2():
    return import_optional("cv2", "photos", "Photographs")


def _on_white(image):
    """Put an image with transparency, (H, W, 4), on white: (H, W, 3) uint8."""
    image = image / np.iinfo(image.dtype).max
    colour, opacity = image[:, :, :3], image[:, :, 3:]
    return np.rint(255 * (colour * opacity + 1 - opacity)).astype(np.uint8)


def _as_rgb(image):
    """Return a picture as (H, W, 3)."""
    image = np.asarray(image)
    grey = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 1)
    if not (grey or (image.ndim == 3 and image.shape[2] == 3)) or image.size == 0:
        raise ValueError(f"A picture is (H, W), (H, W, 1) or (H, W, 3), but came as {image.shape}.")
    if image.dtype != np.uint8:
        raise ValueError(f"A picture has uint8 pixels, 0 to 255, but came as {image.dtype}.")
    return np.repeat(image.reshape(*image.shape[:2], 1), 3, axis=2) if grey else image


def _border(image):
    """Return the outermost pixels of an image, (n, 3)."""
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


def _trim(image, background):
    """Remove the rows and columns at the edges that have the background's colour."""
    garment = (np.abs(image - background) > 255 * TOLERANCE).any(axis=2)  # (H, W)
    rows, columns = garment.any(axis=1).nonzero()[0], garment.any(axis=0).nonzero()[0]
    if not len(rows):
        return image
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scale(image, height, width):
    """Scale an image to fit into height x width, with its aspect ratio."""
    cv2 = _import_cv2()
    factor = min(height / image.shape[0], width / image.shape[1])
    size = [max(1, round(side * factor)) for side in image.shape[1::-1]]
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(image, size, interpolation=how)


def _sharpen(image):
    """Sharpen with a Gaussian kernel of radius and standard deviation 1."""
    offset = np.arange(-1, 2)
    kernel = -np.exp(-(offset[:, None] ** 2 + offset**2) / 2)  # (3, 3)
    kernel[1, 1] = -2 * kernel.sum()
    return _import_cv2().filter2D(image, -1, kernel / kernel.sum())


def _extend(image, height, width, background):
    """Put an image in the centre of height x width pixels of the background's colour."""
    extended = np.empty((height, width, 3), np.uint8)
    extended[:] = np.rint(background)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    extended[top : top + image.shape[0], left : left + image.shape[1]] = image
    return extended


def _blacken(image, background):
    """Stretch the intensities of an image so that the background's colour becomes black."""
    stretched = (image - background) * (255 / np.maximum(255 - background, 1))
    return np.rint(stretched.clip(0, 255)).astype(np.uint8)
