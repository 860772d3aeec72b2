"""Augmentations that rotate, zoom, shear and deform images."""

from .._lazy import torch
from ._geometric import FillingAugmentation, identity
from ._ranges import check_number, limits_of, plain, sample_uniform
from ._resampling import positions_of
from ._smoothing import smooth_noise
from ._texts import documented


class _RandomAngle(FillingAugmentation):
    """Base of the augmentations whose strength is an angle."""

    _largest = 180.0  # degrees

    def __init__(self, degrees=10.0, *, fill_mode="constant", fill_value=0.0, random_state=None):
        super().__init__(fill_mode=fill_mode, fill_value=fill_value, random_state=random_state)
        self.degrees = degrees

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        self._limits()

    def _limits(self):
        bounds = {"lowest": -self._largest, "highest": self._largest}
        return limits_of("degrees", self.degrees, centre=0.0, **bounds)

    def _angles(self, n, generator):
        """Sample angles in radians: (N,)."""
        return sample_uniform(*self._limits(), n, generator).deg2rad_()


@documented
class RandomRotation(_RandomAngle):
    """Rotate each image about its centre by a random angle.

    Parameters
    ----------
    degrees : float or pair of float, default=10.0
        Range of the angle in degrees, which is sampled uniformly. A number is the largest
        angle in both directions; a pair is the range itself, (low, high). Positive angles
        rotate anticlockwise. From -180 to 180.
    %(fill)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomRotation
    >>> RandomRotation((90, 90)).fit_transform(np.array([[[1, 2], [3, 4]]]))
    array([[[2, 4],
            [1, 3]]])
    """

    def draw(self, shape, generator):
        """Sample the rotations: (N, 2, 3)."""
        angle = self._angles(shape[0], generator)
        matrix = identity(shape[0], generator)
        matrix[:, 0, 0] = matrix[:, 1, 1] = angle.cos()
        matrix[:, 1, 0] = angle.sin()
        matrix[:, 0, 1] = -matrix[:, 1, 0]
        return matrix


@documented
class RandomShear(_RandomAngle):
    """Shear each image horizontally by a random angle: its rows are shifted sideways.

    Parameters
    ----------
    degrees : float or pair of float, default=10.0
        Range of the angle in degrees by which vertical lines lean, which is sampled
        uniformly. A number is the largest angle in both directions; a pair is the range
        itself, (low, high). Positive angles lean to the right, as italics do; the row in the
        middle stays. From -80 to 80.
    %(fill)s
    %(random_state)s

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

    _largest = 80.0

    def draw(self, shape, generator):
        """Sample the shears: (N, 2, 3)."""
        matrix = identity(shape[0], generator)
        matrix[:, 0, 1] = self._angles(shape[0], generator).tan()
        return matrix


@documented
class RandomZoom(FillingAugmentation):
    """Enlarge or shrink each image about its centre by a random factor.

    Parameters
    ----------
    zoom : float or pair of float, default=0.1
        Range of the factor, which is sampled uniformly. A number is the largest distance from
        1.0 in both directions; a pair is the range itself, (low, high). A factor of 1.1 makes
        an image ten per cent larger, so that its margin is cut off; 0.9 makes it smaller, so
        that its border is filled. From 0.1 to 10.
    keep_aspect : bool, default=True
        Whether width and height have the same factor. If not, there are two random factors.
    %(fill)s
    %(random_state)s

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
        super().__init__(fill_mode=fill_mode, fill_value=fill_value, random_state=random_state)
        self.zoom = zoom
        self.keep_aspect = keep_aspect

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        self._limits()
        if not isinstance(plain(self.keep_aspect), bool):
            raise TypeError(f"keep_aspect={self.keep_aspect!r} is neither True nor False.")

    def _limits(self):
        return limits_of("zoom", self.zoom, centre=1.0, lowest=0.1, highest=10.0)

    def draw(self, shape, generator):
        """Sample the factors: (N, 2, 3)."""
        size = (1 if self.keep_aspect else 2, shape[0])
        factor = sample_uniform(*self._limits(), size, generator)
        matrix = identity(shape[0], generator)
        matrix[:, 0, 0] = 1 / factor[0]
        matrix[:, 1, 1] = 1 / factor[-1]
        return matrix


@documented
class RandomElasticDeformation(FillingAugmentation):
    """Deform each image by a smooth random displacement field.

    Each pixel draws a displacement from a normal distribution. The field is then smoothed
    with a Gaussian filter, so that neighbouring pixels move alike.

    Parameters
    ----------
    displacement : float, default=1.0
        Standard deviation of the pixels' displacement along each axis, in pixels. It is the
        same at every pixel and for every `sigma`. The fields of [1]_ for 29 x 29 pixels,
        ``alpha=34`` and ``sigma=4``, have 1.4. At least 0.
    sigma : float, default=4.0
        Standard deviation of the Gaussian filter, in pixels: the larger, the smoother the
        field. At least 0.5.
    %(fill)s
    %(random_state)s

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
    >>> deformed = RandomElasticDeformation(2.0, random_state=0).fit_transform(image)
    >>> bool((deformed[0, 4] < 255).any())
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
        super().__init__(fill_mode=fill_mode, fill_value=fill_value, random_state=random_state)
        self.displacement = displacement
        self.sigma = sigma

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        check_number("displacement", self.displacement, 0)
        check_number("sigma", self.sigma, 0.5)

    def draw(self, shape, generator):
        """Sample the displacement fields: (N, 2, H, W)."""
        n, _, height, width = shape
        noise = smooth_noise((n, 2, height, width), plain(self.sigma), generator)
        return plain(self.displacement) * noise


@documented
class RandomPerspective(FillingAugmentation):
    """Tilt each image at random, as if it were photographed at an angle.

    Parameters
    ----------
    amount : float, default=0.2
        Largest tilt along each axis: what is at one border is magnified by up to
        ``1 + amount``, what is at the other one by as little as ``1 - amount``. Tilts are
        sampled uniformly from ``-amount`` to `amount`. From 0 to 0.45.
    %(fill)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomPerspective
    >>> images = np.full((2, 28, 28), 200, dtype=np.uint8)
    >>> tilted = RandomPerspective(0.3, random_state=0).fit_transform(images)
    >>> tilted.shape, bool((tilted == 0).any())
    ((2, 28, 28), True)
    """

    def __init__(self, amount=0.2, *, fill_mode="constant", fill_value=0.0, random_state=None):
        super().__init__(fill_mode=fill_mode, fill_value=fill_value, random_state=random_state)
        self.amount = amount

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        check_number("amount", self.amount, 0, 0.45)

    def draw(self, shape, generator):
        """Sample the tilts: (N, 2, H, W)."""
        height, width = shape[2:]
        amount = plain(self.amount)
        tilt = sample_uniform(-amount, amount, (2, shape[0], 1, 1), generator)
        x, y = positions_of(shape, tilt.device)
        # Positions are divided by their distance from the camera: 1 in the image's centre.
        distance = 1 + tilt[0] * x / max(width / 2, 1) + tilt[1] * y / max(height / 2, 1)
        return torch.stack([x / distance - x, y / distance - y], dim=1)
