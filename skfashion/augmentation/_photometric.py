"""Augmentations that change the values of pixels and leave them where they are."""

from abc import abstractmethod

from .._lazy import torch
from ._base import Augmentation
from ._ranges import (
    check_extent,
    check_fill_value,
    check_number,
    limits_of,
    plain,
    sample_uniform,
)
from ._resampling import as_dtype, clip_to_dtype, where, working_dtype
from ._texts import documented


@documented
class PhotometricAugmentation(Augmentation):
    """Base of the augmentations that make pixels lighter or darker.

    A new one returns in :meth:`change` what is added to each pixel.

    Notes
    -----
    %(black_and_white)s
    """

    @abstractmethod
    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel.

        Parameters
        ----------
        pixels : Tensor of shape (N, C, H, W)
            Images as floats.
        black, white : float or Tensor of shape (N, 1, 1, 1)
            The values of black and white.
        generator : torch.Generator
            Source of all random numbers, on the batch's device.

        Returns
        -------
        Tensor that broadcasts to (N, C, H, W)
            Differences to the pixels.
        """

    def augment(self, batch, generator):
        """Change the pixels of a batch, (N, C, H, W)."""
        pixels = batch.to(working_dtype(batch))
        black, white = black_and_white(pixels, batch.dtype)
        change = self.change(pixels, black, white, generator)
        return as_dtype((pixels + change).clamp(black, white), batch.dtype)


def black_and_white(pixels, dtype):
    """Return the values of black and white: floats, or tensors of shape (N, 1, 1, 1)."""
    if dtype == torch.uint8:
        return 0.0, 255.0
    fractions = dtype.is_floating_point or dtype == torch.bool
    usual_white = 1.0 if fractions else min(255.0, torch.iinfo(dtype).max)
    lowest = pixels.amin((1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    highest = pixels.amax((1, 2, 3), keepdim=True)
    return lowest.clamp(max=0.0), highest.clamp(min=usual_white)


class _RandomFactor(PhotometricAugmentation):
    """Base of the augmentations that multiply distances from a value by a random factor."""

    def __init__(self, amount=0.2, *, random_state=None):
        self.amount = amount
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        self._limits()

    def _limits(self):
        return limits_of("amount", self.amount, centre=1.0, lowest=0.0, highest=10.0)

    @abstractmethod
    def _origin(self, pixels, black):
        """Return the value of each image that no factor changes."""

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        factor = sample_uniform(*self._limits(), (len(pixels), 1, 1, 1), generator)
        return (pixels - self._origin(pixels, black)) * (factor - 1)


@documented
class RandomBrightness(_RandomFactor):
    """Make each image lighter or darker: multiply distances from black by a random factor.

    %(random_factor)s

    Notes
    -----
    %(black_and_white)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomBrightness
    >>> RandomBrightness((2, 2)).fit_transform(np.array([[[0, 100, 200]]], dtype=np.uint8))
    array([[[  0, 200, 255]]], dtype=uint8)
    """

    def _origin(self, pixels, black):
        return black


@documented
class RandomContrast(_RandomFactor):
    """Raise or lower each image's contrast: multiply distances from its mean by a factor.

    %(random_factor)s

    Notes
    -----
    The mean is that of all the image's pixels and channels, so that grey stays grey.

    %(black_and_white)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomContrast
    >>> RandomContrast((0.5, 0.5)).fit_transform(np.array([[[0, 100, 200]]], dtype=np.uint8))
    array([[[ 50, 100, 150]]], dtype=uint8)
    """

    def _origin(self, pixels, black):
        return pixels.mean((1, 2, 3), keepdim=True)


@documented
class RandomNoise(PhotometricAugmentation):
    """Add Gaussian noise, drawn for each pixel and channel.

    Parameters
    ----------
    std : float, default=0.05
        Standard deviation of the noise, as a fraction of the distance from black to white:
        0.05 is 12.75 for integers from 0 to 255, and 0.05 for floats from 0.0 to 1.0. At
        least 0.
    %(random_state)s

    Notes
    -----
    %(black_and_white)s
    On a black background, half of the noise is clipped.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomNoise
    >>> grey = np.full((1, 28, 28), 0.5)
    >>> noisy = RandomNoise(0.1, random_state=0).fit_transform(grey)
    >>> round(float(noisy.std()), 2)
    0.1
    """

    def __init__(self, std=0.05, *, random_state=None):
        self.std = std
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("std", self.std, 0)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        noise = torch.randn(pixels.shape, generator=generator, device=pixels.device)
        return noise * (plain(self.std) * (white - black))


@documented
class RandomErasing(Augmentation):
    """Cover a rectangle of images, of each with probability `p`.

    As in cutout [1]_, the rectangle's centre is sampled uniformly from the image's pixels,
    and what lies beyond the border is cut off. As in random erasing [2]_, only some of the
    images are covered.

    Parameters
    ----------
    size : int or float, default=0.25
        Height and width of the rectangle. An int is a number of pixels for both. A float from
        0.0 to below 1.0 is a fraction of the image's height and width; the result is rounded
        to whole pixels.
    %(p)s
    fill_value : float, default=0.0
        Value of the pixels that are covered, in the unit of X.
    %(random_state)s

    References
    ----------
    .. [1] T. DeVries and G. W. Taylor, "Improved regularization of convolutional neural
       networks with cutout", 2017, :arxiv:`1708.04552`.
    .. [2] Z. Zhong, L. Zheng, G. Kang, S. Li and Y. Yang, "Random erasing data augmentation",
       AAAI 2020, :arxiv:`1708.04896`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomErasing
    >>> RandomErasing(1, p=1.0, random_state=0).fit_transform(np.full((1, 2, 3), 7))
    array([[[7, 0, 7],
            [7, 7, 7]]])
    """

    def __init__(self, size=0.25, p=0.5, *, fill_value=0.0, random_state=None):
        self.size = size
        self.p = p
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_extent("size", self.size)
        check_number("p", self.p, 0, 1)
        check_fill_value(self.fill_value)

    def augment(self, batch, generator):
        """Cover a part of some images of a batch, (N, C, H, W)."""
        n, _, height, width = batch.shape
        draw = torch.rand((3, n, 1), generator=generator, device=generator.device)
        rows = self._covered(draw[0], height)[:, None, :, None]  # (N, 1, H, 1)
        columns = self._covered(draw[1], width)[:, None, None, :]  # (N, 1, 1, W)
        covered = rows & columns & (draw[2] < plain(self.p))[:, :, None, None]  # (N, 1, H, W)
        fill_value = clip_to_dtype(plain(self.fill_value), batch.dtype)
        return where(covered, batch.new_full((), fill_value), batch)

    def _covered(self, draw, side):
        """Return which pixels along an axis are covered: (N, side)."""
        length = plain(self.size)
        if not isinstance(length, int):
            length = max(1, round(length * side)) if length > 0 else 0
        first = (draw * side).long() - length // 2
        pixel = torch.arange(side, device=draw.device)
        return (pixel >= first) & (pixel < first + length)
