"""What augmentations that move pixels have in common, and those that copy whole pixels."""

from abc import abstractmethod

from .._lazy import torch
from .._options import choose
from ._base import Augmentation
from ._ranges import check_extent, check_fill_value, check_number, plain, sample_uniform
from ._resampling import FILL_MODES, as_signed, resample
from ._texts import documented


class GeometricAugmentation(Augmentation):
    """Base of the augmentations that move pixels.

    A new one returns in :meth:`draw` where pixels come from. If positions beyond the border
    can be among them, it has the parameters `fill_mode` and `fill_value`; without these, the
    border is filled from the nearest pixel of the edge.

    Consecutive geometric augmentations in an estimator's `augment` are applied in one
    resampling if they fill the border alike: a chain of four interpolates each pixel once.
    """

    whole_pixels = False
    """Whether it only shifts by whole pixels and mirrors, so that pixels can be copied."""

    @abstractmethod
    def draw(self, shape, generator):
        """Sample where the pixels of each image come from.

        Parameters
        ----------
        shape : tuple of int
            (N, C, H, W) of the batch.
        generator : torch.Generator
            Source of all random numbers; its device is that of the result.

        Returns
        -------
        Tensor of shape (N, 2, 3) or (N, 2, H, W)
            A matrix per image, which maps (x, y, 1) in the changed image to (x, y) in the
            original one; or a displacement field per image, which is added to (x, y). Both
            are in pixels from the image's centre, x to the right and y down.
        """

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        if hasattr(self, "fill_mode"):
            choose("fill_mode", self.fill_mode, FILL_MODES)
            check_fill_value(self.fill_value)

    def augment(self, batch, generator):
        """Move the pixels of a batch, (N, C, H, W)."""
        return resample_at_once([self], batch, generator)

    @property
    def fill(self):
        """How the border is filled: (fill_mode, fill_value), or None if that never matters."""
        if not hasattr(self, "fill_mode"):
            return None
        return self.fill_mode, plain(self.fill_value) if self.fill_mode == "constant" else 0.0


class FillingAugmentation(GeometricAugmentation):
    """Base of the geometric augmentations that fill the border."""

    def __init__(self, *, fill_mode="constant", fill_value=0.0, random_state=None):
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state


def resample_at_once(steps, batch, generator):
    """Apply geometric augmentations that fill the border alike, in one resampling."""
    mappings = [step.draw(batch.shape, generator) for step in steps]
    fill_mode, fill_value = next((step.fill for step in steps if step.fill), ("edge", 0.0))
    whole_pixels = all(step.whole_pixels for step in steps)
    return resample(batch, mappings, fill_mode, fill_value, whole_pixels)


def identity(n, generator):
    """Return matrices that move no pixel: (N, 2, 3)."""
    return torch.eye(2, 3, device=generator.device).expand(n, -1, -1).clone()


@documented
class RandomShift(FillingAugmentation):
    """Shift each image vertically and horizontally, by two random distances.

    Parameters
    ----------
    %(max_shift)s
    %(fill)s
    %(random_state)s

    See Also
    --------
    RandomWidthShift : Horizontally only.
    RandomHeightShift : Vertically only.

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
        super().__init__(fill_mode=fill_mode, fill_value=fill_value, random_state=random_state)
        self.max_shift = max_shift

    @property
    def whole_pixels(self):
        """Whether pixels are copied."""
        return isinstance(plain(self.max_shift), int)

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        check_extent("max_shift", self.max_shift)

    def draw(self, shape, generator):
        """Sample the shifts: (N, 2, 3)."""
        n, most, size = shape[0], plain(self.max_shift), (len(self._axes), shape[0])
        if self.whole_pixels:
            options = {"generator": generator, "device": generator.device}
            shift = torch.randint(-most, most + 1, size, **options)
        else:
            shift = sample_uniform(-most, most, size, generator)
        matrix = identity(n, generator)
        for axis, distance in zip(self._axes, shift, strict=True):
            matrix[:, axis, 2] = distance if self.whole_pixels else distance * shape[3 - axis]
        return matrix


@documented
class RandomWidthShift(RandomShift):
    """Shift each image horizontally, by a random distance.

    %(shift_along_one_axis)s

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


@documented
class RandomHeightShift(RandomShift):
    """Shift each image vertically, by a random distance.

    %(shift_along_one_axis)s

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


@documented
class RandomHorizontalFlip(GeometricAugmentation):
    """Mirror images left to right, each with probability `p`.

    Parameters
    ----------
    %(p)s
    %(random_state)s

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
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("p", self.p, 0, 1)

    def augment(self, batch, generator):
        """Mirror images of a batch, (N, C, H, W)."""
        mirrored = self._choose(len(batch), generator)
        pixels = as_signed(batch)
        moved = torch.where(mirrored[:, None, None, None], pixels.flip(3), pixels)
        return moved.view(batch.dtype)

    def draw(self, shape, generator):
        """Sample which images are mirrored: (N, 2, 3)."""
        matrix = identity(shape[0], generator)
        matrix[:, 0, 0] -= 2.0 * self._choose(shape[0], generator)
        return matrix

    def _choose(self, n, generator):
        return torch.rand(n, generator=generator, device=generator.device) < plain(self.p)
