"""From a garment that was cut out to an image in the style of a data set."""

import math

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from .._images import check_image_shape
from .._options import choose
from ._masks import drawn_mask
from ._prepare import sharpened
from ._read import check_fraction, import_cv2
from ._segmenter import Garment, document

# The mean and the standard deviation of the pixels of a garment, as the median over the
# training images of Fashion-MNIST.
MEAN, STD = 165.0, 48.0
LEAST, MOST = 20, 255  # a garment on black is never as dark as its background
GAINS = (0.5, 1.5)  # how far the contrast of a garment is changed
BACKGROUNDS = ("black", "white", "photo")


class FashionMNISTConverter(TransformerMixin, BaseEstimator):
    """Make images in the style of Fashion-MNIST of garments that were cut out.

    The steps are those of the authors of Fashion-MNIST, applied to the garment alone: the
    longest edge is scaled, the image is sharpened, the shortest edge is extended with the
    garment in the centre, the intensities are negated, and the image is converted to grey.
    In addition, the background becomes black, and the brightness and contrast of the garment are
    made those of the data set: a white shirt would be black on black else. A grey picture
    on black that has the right size already is taken for an image of the data set, and is
    left as it is.

    Parameters
    ----------
    image_shape : tuple of int, default=(28, 28, 1)
        (H, W, C) of the images, such as the `image_shape_` of a classifier. C = 3 keeps the
        colours.
    background : {"black", "white", "photo"}, default="black"
        What surrounds the garment. "photo" leaves it in its photo, cropped around it.
    negate : bool, default=True
        Whether intensities are negated, as in Fashion-MNIST.
    match_tone : bool, default=True
        Whether the brightness and contrast of the garment are made those of Fashion-MNIST.
    sharpen : bool, default=True
        Whether to sharpen the image after it was scaled.
    margin : float, default=0.0
        How much room is left on each side, as a fraction of H and W.
    pixel_range : tuple of float, default=(0, 255)
        The values of black and white. (0, 255) gives uint8, all else float32.
    flat : bool, default=False
        Whether to return flat rows, for classifiers that take no images.

    See Also
    --------
    GarmentSegmenter : Cuts out the garments.
    make_photo_pipeline : Joins both with a classifier.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from skfashion.photos import FashionMNISTConverter, GarmentSegmenter
    >>> photo = np.full((180, 150, 3), 250, dtype=np.uint8)  # white paper,
    >>> photo[30:150, 40:110] = (20, 30, 60)  # and a dark towel
    >>> prepare = make_pipeline(GarmentSegmenter("border"), FashionMNISTConverter())
    >>> images = prepare.fit_transform([photo])
    >>> images.shape, images.dtype
    ((1, 28, 28, 1), dtype('uint8'))
    >>> int(images[0, 0, 0, 0]), int(images[0, 14, 14, 0])
    (0, 165)
    """

    def __init__(
        self,
        image_shape=(28, 28, 1),
        *,
        background="black",
        negate=True,
        match_tone=True,
        sharpen=True,
        margin=0.0,
        pixel_range=(0, 255),
        flat=False,
    ):
        self.image_shape = image_shape
        self.background = background
        self.negate = negate
        self.match_tone = match_tone
        self.sharpen = sharpen
        self.margin = margin
        self.pixel_range = pixel_range
        self.flat = flat

    @document
    def fit(self, X=None, y=None):
        """Check the parameters.

        Parameters
        ----------
        %(ignored)s

        Returns
        -------
        self : FashionMNISTConverter
            The converter.

        Raises
        ------
        ValueError
            If a parameter is not one that is known.
        """
        self._checked_shape()
        return self

    def transform(self, X):
        """Convert garments.

        Parameters
        ----------
        X : list of Garment
            What :meth:`GarmentSegmenter.transform` has returned.

        Returns
        -------
        images : ndarray of shape (n_photos, H, W, C), or (n_photos, H*W*C) if `flat`
            The images. Where no garment was found, all pixels have the value of black.

        Raises
        ------
        TypeError
            If X has anything else.
        ValueError
            If a parameter is not one that is known.
        """
        shape = self._checked_shape()
        if isinstance(X, Garment) or not hasattr(X, "__len__"):
            raise TypeError(
                f"X is a {type(X).__name__}, and a list of garments is wanted: what "
                "GarmentSegmenter().fit_transform(photos) returns."
            )
        black, white = self.pixel_range
        images = np.zeros((len(X), *shape), np.uint8)
        for image, garment in zip(images, X, strict=True):
            if not isinstance(garment, Garment):
                raise TypeError(
                    f"X has a {type(garment).__name__}, and garments are wanted: what "
                    "GarmentSegmenter().fit_transform(photos) returns."
                )
            if not garment.found:
                continue
            if self._is_of_the_data_set(garment, shape):
                image[:] = garment.image[:, :, : shape[2]]
            else:
                image[:] = self._converted(garment, shape)
        if (black, white) != (0, 255):
            scale = np.float32((white - black) / 255)
            images = images * scale + np.float32(black)
        return images.reshape(len(images), math.prod(shape)) if self.flat else images

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags

    def _is_of_the_data_set(self, garment, shape):
        same_size = garment.image.shape[:2] == shape[:2]
        return self.background == "black" and same_size and drawn_mask(garment.image) is not None

    def _checked_shape(self):
        choose("background", self.background, dict.fromkeys(BACKGROUNDS))
        shape = check_image_shape(self.image_shape)
        if shape[2] not in (1, 3):
            raise ValueError(
                f"image_shape={self.image_shape!r} has {shape[2]} channels; give 1 or 3."
            )
        check_fraction("margin", self.margin, 0.5)
        for name in ("negate", "match_tone", "sharpen", "flat"):
            if not isinstance(value := getattr(self, name), bool | np.bool_):
                raise ValueError(f"{name}={value!r} is neither True nor False.")
        try:
            black, white = self.pixel_range
            good = black < white and math.isfinite(white - black)
        except (TypeError, ValueError):
            good = False
        if not good:
            raise ValueError(
                f"pixel_range={self.pixel_range!r} is not (black, white), black being less."
            )
        return shape

    def _converted(self, garment, shape):
        """Return a garment as an image, (H, W, C), uint8."""
        height, width, channels = shape
        box = garment.box.astype(int)
        if self.background == "photo":
            box = _extended(box, width / height, self.margin)
            colour, opacity = _crop(garment.image, box), None
        else:
            left, top, right, bottom = box
            colour = garment.image[top:bottom, left:right]
            opacity = garment.mask[top:bottom, left:right]
        room = [max(1, round(side * (1 - 2 * self.margin))) for side in (height, width)]
        if opacity is None:
            room = [height, width]
            opacity = np.ones(colour.shape[:2], bool)
        colour, opacity = _scaled(colour, opacity, *room)
        if self.sharpen:
            colour = sharpened(colour)
        colour = self._toned(colour.astype(np.float32), opacity)
        if channels == 1:
            colour = colour @ np.float32([0.299, 0.587, 0.114])
        colour = colour.reshape(*colour.shape[:2], channels)
        background = 255.0 if self.background == "white" else 0.0
        image = np.full(shape, background, np.float32)
        top, left = (height - colour.shape[0]) // 2, (width - colour.shape[1]) // 2
        part = image[top : top + colour.shape[0], left : left + colour.shape[1]]
        part += opacity[:, :, None] * (colour - part)
        return np.rint(image.clip(0, 255)).astype(np.uint8)

    def _toned(self, colour, opacity):
        """Negate a garment, and give it the brightness and contrast of the data set."""
        if self.negate:
            colour = 255 - colour
        if not self.match_tone or self.background == "photo":
            return colour
        grey = (colour @ np.float32([0.299, 0.587, 0.114]))[opacity > 0.5]
        if grey.size == 0:
            return colour
        gain = np.clip(STD / max(grey.std(), 1.0), *GAINS)
        return np.clip((colour - grey.mean()) * gain + MEAN, LEAST, MOST)


def _scaled(colour, opacity, height, width):
    """Scale a cut-out into height x width, with its aspect ratio: its colours and opacity.

    A pixel of the result has the mean colour of the garment in it, without the background's.
    """
    cv2 = import_cv2()
    factor = min(height / colour.shape[0], width / colour.shape[1])
    size = [max(1, round(side * factor)) for side in colour.shape[1::-1]]
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    weight = opacity[:, :, None].astype(np.float32)
    weighted = np.concatenate([colour * weight, weight], axis=2)
    small = cv2.resize(weighted, size, interpolation=how)
    opacity = small[:, :, 3]
    inside = opacity > 0.01
    mean = small[inside, :3].sum(axis=0) / max(opacity[inside].sum(), 1e-6)
    colour = np.where(
        inside[:, :, None], small[:, :, :3] / np.maximum(opacity, 0.01)[:, :, None], mean
    )
    return np.rint(colour.clip(0, 255)).astype(np.uint8), opacity


def _extended(box, ratio, margin):
    """Return a box of an aspect ratio, width / height, around another and its margin."""
    left, top, right, bottom = box
    x, y = (left + right) / 2, (top + bottom) / 2
    width, height = ((side / (1 - 2 * margin)) for side in (right - left, bottom - top))
    width, height = max(width, height * ratio), max(height, width / ratio)
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return np.rint(box).astype(int)


def _crop(image, box):
    """Crop an image; where the box goes beyond it, its outermost pixels are repeated."""
    left, top, right, bottom = box
    rows = np.arange(top, max(bottom, top + 1)).clip(0, image.shape[0] - 1)
    columns = np.arange(left, max(right, left + 1)).clip(0, image.shape[1] - 1)
    return image[rows[:, None], columns]
