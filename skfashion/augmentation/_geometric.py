"""What augmentations that move pixels have in common, and those that copy whole pixels."""

from abc import abstractmethod
from numbers import Integral

from .._lazy import torch
from .._options import choose
from ._base import Augmentation
from ._ranges import check_extent, check_number, draw_between
from ._resampling import FILL_MODES, resample


class GeometricAugmentation(Augmentation):
    """Base of the augmentations that move pixels.

    A new one says in :meth:`draw` where pixels come from. If it can bring in what was beyond
    the border, it has the parameters `fill_mode` and `fill_value`; without them, the edge
    stands there.

    Geometric augmentations that follow each other in an estimator's `augment` are applied in
    one resampling, as long as they fill alike: a chain of four interpolates each pixel once.
    """

    whole_pixels = False
    """Whether it only shifts by whole pixels and mirrors, so that pixels can be copied."""

    @abstractmethod
    def draw(self, shape, generator):
        """Draw where the pixels of each image come from.

        Parameters
        ----------
        shape : tuple of int
            (N, C, H, W) of the batch.
        generator : torch.Generator
            Where all random numbers are drawn from; its device is that of the result.

        Returns
        -------
        Tensor of shape (N, 2, 3) or (N, 2, H, W)
            A matrix per image, which maps (x, y, 1) in the changed image to (x, y) in the
            image before; or a field per image that is added to (x, y). Both are in pixels
            from the image's centre, x to the right and y down.
        """

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        if self.fill is not None:
            choose("fill_mode", self.fill_mode, FILL_MODES)
            check_number("fill_value", self.fill_value, float("-inf"))

    def augment(self, batch, generator):
        """Move the pixels of a batch, (N, C, H, W)."""
        return move([self], batch, generator)

    @property
    def fill(self):
        """What stands beyond the border: (fill_mode, fill_value), or None if it never shows."""
        if not hasattr(self, "fill_mode"):
            return None
        return self.fill_mode, self.fill_value if self.fill_mode == "constant" else 0.0


def move(steps, batch, generator):
    """Apply geometric augmentations that fill alike, in one resampling."""
    motions = [step.draw(batch.shape, generator) for step in steps]
    fill_mode, fill_value = next((step.fill for step in steps if step.fill), ("edge", 0.0))
    whole_pixels = all(step.whole_pixels for step in steps)
    return resample(batch, motions, fill_mode, fill_value, whole_pixels)


def unmoved(n, generator):
    """Return matrices, (N, 2, 3), that leave every pixel where it is."""
    return torch.eye(2, 3, device=generator.device).expand(n, -1, -1).clone()


class RandomShift(GeometricAugmentation):
    """Shift each image by a random distance up or down and left or right.

    Parameters
    ----------
    max_shift : int or float, default=2
        How far an image moves at most along each axis. An int is a number of pixels: every
        whole number from ``-max_shift`` to ``max_shift`` is as likely, and pixels are copied
        as they are. A float from 0.0 to below 1.0 is a fraction of the image's side: every
        distance up to it is as likely, and pixels are interpolated.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    See Also
    --------
    RandomWidthShift : Left and right only.
    RandomHeightShift : Up and down only.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomShift
    >>> image = np.zeros((1, 5, 5), dtype=np.uint8)
    >>> image[0, 2, 2] = 255
    >>> shifted = RandomShift(1, random_state=0).fit_transform(image)
    >>> shifted.shape, shifted.dtype, int(shifted.sum())
    ((1, 5, 5), dtype('uint8'), 255)
    """

    _axes = (1, 0)  # rows of the matrix: first y, then x

    def __init__(self, max_shift=2, *, fill_mode="constant", fill_value=0.0, random_state=None):
        self.max_shift = max_shift
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    @property
    def whole_pixels(self):
        """Whether pixels are copied."""
        return isinstance(self.max_shift, Integral)

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        super().check()
        check_extent("max_shift", self.max_shift)

    def draw(self, shape, generator):
        """Draw the shifts: (N, 2, 3)."""
        n, most, size = shape[0], self.max_shift, (len(self._axes), shape[0])
        if self.whole_pixels:
            options = {"generator": generator, "device": generator.device}
            shift = torch.randint(-most, most + 1, size, **options)
        else:
            shift = draw_between(-most, most, size, generator)
        matrix = unmoved(n, generator)
        for axis, distance in zip(self._axes, shift, strict=True):
            matrix[:, axis, 2] = distance if self.whole_pixels else distance * shape[3 - axis]
        return matrix


class RandomWidthShift(RandomShift):
    """Shift each image by a random distance left or right.

    Parameters
    ----------
    max_shift : int or float, default=2
        How far an image moves at most. An int is a number of pixels: every whole number from
        ``-max_shift`` to ``max_shift`` is as likely, and pixels are copied as they are. A
        float from 0.0 to below 1.0 is a fraction of the image's width: every distance up to
        it is as likely, and pixels are interpolated.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    See Also
    --------
    RandomShift : Along both axes.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomWidthShift
    >>> shift = RandomWidthShift(1, fill_mode="edge", random_state=1)
    >>> shift.fit_transform(np.array([[[1, 2, 3], [4, 5, 6]]]))
    array([[[1, 1, 2],
            [4, 4, 5]]])
    """

    _axes = (0,)


class RandomHeightShift(RandomShift):
    """Shift each image by a random distance up or down.

    Parameters
    ----------
    max_shift : int or float, default=2
        How far an image moves at most. An int is a number of pixels: every whole number from
        ``-max_shift`` to ``max_shift`` is as likely, and pixels are copied as they are. A
        float from 0.0 to below 1.0 is a fraction of the image's height: every distance up to
        it is as likely, and pixels are interpolated.
    fill_mode : {"constant", "edge", "reflect"}, default="constant"
        What comes in at the border: `fill_value`, the pixel at the edge, or the image's
        mirror image.
    fill_value : float, default=0.0
        Value of the pixels that come in if `fill_mode` is "constant", in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    See Also
    --------
    RandomShift : Along both axes.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomHeightShift
    >>> shift = RandomHeightShift(1, fill_value=9, random_state=1)
    >>> shift.fit_transform(np.array([[[1, 2], [3, 4]]]))
    array([[[9, 9],
            [1, 2]]])
    """

    _axes = (1,)


class RandomHorizontalFlip(GeometricAugmentation):
    """Mirror each image left to right, at random.

    Parameters
    ----------
    p : float, default=0.5
        Probability that an image is mirrored.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomHorizontalFlip
    >>> RandomHorizontalFlip(p=1.0).fit_transform(np.array([[[1, 2, 3]]]))
    array([[[3, 2, 1]]])
    """

    whole_pixels = True

    def __init__(self, p=0.5, *, random_state=None):
        self.p = p
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        check_number("p", self.p, 0, 1)

    def draw(self, shape, generator):
        """Draw which images are mirrored: (N, 2, 3)."""
        n = shape[0]
        mirrored = torch.rand(n, generator=generator, device=generator.device) < self.p
        matrix = unmoved(n, generator)
        matrix[:, 0, 0] -= 2.0 * mirrored
        return matrix
