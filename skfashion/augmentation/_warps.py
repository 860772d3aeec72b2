"""Augmentations that turn, scale, slant and bend images."""

from .._lazy import torch
from ._geometric import GeometricAugmentation, unmoved
from ._ranges import check_number, draw_between, limits_of


class RandomRotation(GeometricAugmentation):
    """Turn each image about its centre by a random angle.

    Parameters
    ----------
    degrees : float or pair of float, default=10.0
        A number is the largest angle, in degrees, to both sides; a pair are the limits. Every
        angle in between is as likely. Positive angles turn anticlockwise. From -180 to 180.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomRotation
    >>> RandomRotation((90, 90)).fit_transform(np.array([[[1, 2], [3, 4]]]))
    array([[[2, 4],
            [1, 3]]])
    """

    def __init__(self, degrees=10.0, *, fill_mode="constant", fill_value=0.0, random_state=None):
        self.degrees = degrees
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        super().check()
        self._limits()

    def _limits(self):
        return limits_of("degrees", self.degrees, centre=0.0, lowest=-180.0, highest=180.0)

    def draw(self, shape, generator):
        """Draw the rotations: (N, 2, 3)."""
        angle = draw_between(*self._limits(), shape[0], generator).deg2rad_()
        matrix = unmoved(shape[0], generator)
        matrix[:, 0, 0] = matrix[:, 1, 1] = angle.cos()
        matrix[:, 1, 0] = angle.sin()
        matrix[:, 0, 1] = -matrix[:, 1, 0]
        return matrix


class RandomZoom(GeometricAugmentation):
    """Enlarge or shrink each image about its centre by a random factor.

    Parameters
    ----------
    zoom : float or pair of float, default=0.1
        A number is the largest distance of the factor from 1, to both sides; a pair are the
        limits. Every factor in between is as likely: 1.1 makes an image ten per cent larger,
        so that its margin gets lost, 0.9 smaller, so that something comes in. From 0.1 to 10.
    keep_aspect : bool, default=True
        Whether width and height have the same factor; if not, each draws its own.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomZoom
    >>> RandomZoom((2, 2)).fit_transform(np.array([[[0.0, 2.0, 4.0, 6.0]]]))
    array([[[1.5, 2.5, 3.5, 4.5]]])
    """

    def __init__(
        self,
        zoom=0.1,
        *,
        keep_aspect=True,
        fill_mode="constant",
        fill_value=0.0,
        random_state=None,
    ):
        self.zoom = zoom
        self.keep_aspect = keep_aspect
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        super().check()
        self._limits()
        if not isinstance(self.keep_aspect, bool):
            raise TypeError(f"keep_aspect={self.keep_aspect!r} is neither True nor False.")

    def _limits(self):
        return limits_of("zoom", self.zoom, centre=1.0, lowest=0.1, highest=10.0)

    def draw(self, shape, generator):
        """Draw the factors: (N, 2, 3)."""
        size = (1 if self.keep_aspect else 2, shape[0])
        factor = draw_between(*self._limits(), size, generator)
        matrix = unmoved(shape[0], generator)
        matrix[:, 0, 0] = 1 / factor[0]
        matrix[:, 1, 1] = 1 / factor[-1]
        return matrix


class RandomShear(GeometricAugmentation):
    """Slant each image by a random angle: its rows slide along each other.

    Parameters
    ----------
    degrees : float or pair of float, default=10.0
        A number is the largest angle, in degrees, by which upright lines lean to either side;
        a pair are the limits. Every angle in between is as likely. Positive angles lean to
        the right, as italics do; the row in the middle stays. From -80 to 80.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomShear
    >>> upright = np.array([[[0, 7, 0], [0, 7, 0], [0, 7, 0]]])
    >>> RandomShear((45, 45)).fit_transform(upright)
    array([[[0, 0, 7],
            [0, 7, 0],
            [7, 0, 0]]])
    """

    def __init__(self, degrees=10.0, *, fill_mode="constant", fill_value=0.0, random_state=None):
        self.degrees = degrees
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        super().check()
        self._limits()

    def _limits(self):
        return limits_of("degrees", self.degrees, centre=0.0, lowest=-80.0, highest=80.0)

    def draw(self, shape, generator):
        """Draw the slants: (N, 2, 3)."""
        angle = draw_between(*self._limits(), shape[0], generator).deg2rad_()
        matrix = unmoved(shape[0], generator)
        matrix[:, 0, 1] = angle.tan()
        return matrix


class RandomElasticDeformation(GeometricAugmentation):
    """Bend each image by a smooth random field of displacements.

    Each pixel draws a displacement; neighbours are then averaged with a Gaussian, so that
    pixels that are near each other move alike.

    Parameters
    ----------
    displacement : float, default=1.0
        How far pixels move, in pixels: the standard deviation of their displacement along each
        axis, the same at every pixel and for every `sigma`. The fields of [1]_ for 29 x 29
        pixels, ``alpha=34`` and ``sigma=4``, have 1.4. At least 0.
    sigma : float, default=4.0
        Standard deviation of the Gaussian, in pixels: how far apart pixels still move alike.
        At least 0.5.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    References
    ----------
    .. [1] P. Y. Simard, D. Steinkraus and J. C. Platt, "Best practices for convolutional
       neural networks applied to visual document analysis", ICDAR 2003,
       :doi:`10.1109/ICDAR.2003.1227801`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomElasticDeformation
    >>> image = np.zeros((1, 9, 9), dtype=np.uint8)
    >>> image[0, 4] = 255
    >>> bent = RandomElasticDeformation(2.0, random_state=0).fit_transform(image)
    >>> bool((bent[0, 4] < 255).any())
    True
    """

    def __init__(
        self,
        displacement=1.0,
        sigma=4.0,
        *,
        fill_mode="constant",
        fill_value=0.0,
        random_state=None,
    ):
        self.displacement = displacement
        self.sigma = sigma
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        super().check()
        check_number("displacement", self.displacement, 0)
        check_number("sigma", self.sigma, 0.5)

    def draw(self, shape, generator):
        """Draw the fields: (N, 2, H, W)."""
        n, _, height, width = shape
        size = (n, 2, height, width)
        noise = torch.randn(size, generator=generator, device=generator.device)
        down, across = (_averaging(side, self.sigma, noise.device) for side in (height, width))
        return self.displacement * (down @ noise @ across.T)


def _averaging(size, sigma, device):
    """Return a Gaussian average along an axis as a matrix, (size, size).

    The squares of a row's weights add up to 1, at the border as in the middle, so that the
    average of standard normal noise is standard normal everywhere.
    """
    pixel = torch.arange(size, device=device, dtype=torch.float32)
    weight = torch.exp(-((pixel[:, None] - pixel) ** 2) / (2 * sigma**2))
    return weight / weight.square().sum(1, keepdim=True).sqrt()
