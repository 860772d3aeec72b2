"""Augmentations that change the values of pixels and leave them where they are."""

from abc import abstractmethod
from numbers import Integral

from .._lazy import torch
from ._base import Augmentation
from ._ranges import check_extent, check_number, draw_between, limits_of
from ._resampling import as_dtype, fitting, working_dtype


class PhotometricAugmentation(Augmentation):
    """Base of the augmentations that make pixels lighter or darker.

    A new one says in :meth:`change` what is added to each pixel. Amounts are fractions of the
    way from black to white, so that they mean the same for integers and floats: black is 0
    and white 255 for integers and 1.0 for floats, or the image's own least and largest value
    where those go beyond (for standardised images, or floats up to 255). What comes out stays
    between black and white.
    """

    @abstractmethod
    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel.

        Parameters
        ----------
        pixels : Tensor of shape (N, C, H, W)
            Images as floats.
        black, white : float or Tensor of shape (N, 1, 1, 1)
            The values that stand for black and white.
        generator : torch.Generator
            Where all random numbers are drawn from, on the batch's device.

        Returns
        -------
        Tensor that broadcasts to (N, C, H, W)
        """

    def augment(self, batch, generator):
        """Change the pixels of a batch, (N, C, H, W)."""
        pixels = batch.to(working_dtype(batch))
        black, white = _black_and_white(pixels, batch.dtype)
        change = self.change(pixels, black, white, generator)
        return as_dtype((pixels + change).clamp(black, white), batch.dtype)


def _black_and_white(pixels, dtype):
    if dtype == torch.uint8:
        return 0.0, 255.0
    usual_white = 1.0 if dtype.is_floating_point or dtype == torch.bool else 255.0
    least = pixels.amin((1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    largest = pixels.amax((1, 2, 3), keepdim=True)
    return least.clamp(max=0.0), largest.clamp(min=usual_white)


def _factors(limits, n, generator):
    return draw_between(*limits, (n, 1, 1, 1), generator)


class RandomBrightness(PhotometricAugmentation):
    """Make each image lighter or darker: multiply what is above black by a random factor.

    Parameters
    ----------
    amount : float or pair of float, default=0.2
        A number is the largest distance of the factor from 1, to both sides; a pair are the
        limits. Every factor in between is as likely. From 0 to 10. What gets lighter than
        white (255 for integers, 1.0 for floats) is white.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Notes
    -----
    Black is 0 and white 255 for integers and 1.0 for floats, or the image's own least and
    largest value where those go beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomBrightness
    >>> RandomBrightness((2, 2)).fit_transform(np.array([[[0, 100, 200]]], dtype=np.uint8))
    array([[[  0, 200, 255]]], dtype=uint8)
    """

    def __init__(self, amount=0.2, *, random_state=None):
        self.amount = amount
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        self._limits()

    def _limits(self):
        return limits_of("amount", self.amount, centre=1.0, lowest=0.0, highest=10.0)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        return (pixels - black) * (_factors(self._limits(), len(pixels), generator) - 1)


class RandomContrast(PhotometricAugmentation):
    """Give each image more or less contrast: multiply distances from its mean by a factor.

    Parameters
    ----------
    amount : float or pair of float, default=0.2
        A number is the largest distance of the factor from 1, to both sides; a pair are the
        limits. Every factor in between is as likely. From 0 to 10. What goes beyond black or
        white (0 and 255 for integers, 0.0 and 1.0 for floats) is black or white.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Notes
    -----
    The mean is that of all the image's pixels and channels, so that grey stays grey. Black is
    0 and white 255 for integers and 1.0 for floats, or the image's own least and largest value
    where those go beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomContrast
    >>> RandomContrast((0.5, 0.5)).fit_transform(np.array([[[0, 100, 200]]], dtype=np.uint8))
    array([[[ 50, 100, 150]]], dtype=uint8)
    """

    def __init__(self, amount=0.2, *, random_state=None):
        self.amount = amount
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        self._limits()

    def _limits(self):
        return limits_of("amount", self.amount, centre=1.0, lowest=0.0, highest=10.0)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        from_mean = pixels - pixels.mean((1, 2, 3), keepdim=True)
        return from_mean * (_factors(self._limits(), len(pixels), generator) - 1)


class RandomNoise(PhotometricAugmentation):
    """Add Gaussian noise, drawn for each pixel and channel.

    Parameters
    ----------
    std : float, default=0.05
        Standard deviation of the noise, as a fraction of the way from black to white: 0.05 is
        12.75 of 255 for integers, 0.05 of 1.0 for floats. At least 0.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

    Notes
    -----
    Black is 0 and white 255 for integers and 1.0 for floats, or the image's own least and
    largest value where those go beyond. Values that would go beyond black or white are
    clipped, so that on a black ground half of the noise is not seen.

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
        """Raise an error for a parameter that is out of its range."""
        check_number("std", self.std, 0)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        noise = torch.randn(pixels.shape, generator=generator, device=pixels.device)
        return noise * (self.std * (white - black))


class RandomErasing(Augmentation):
    """Cover a rectangle of each image, at random.

    As in cutout [1]_, its centre is any pixel of the image, and what stands out is cut off: it
    covers less at the border. As in random erasing [2]_, only some of the images are covered.

    Parameters
    ----------
    size : int or float, default=0.25
        Height and width of the rectangle. An int is a number of pixels for both; a float from
        0.0 to below 1.0 a fraction of the image's height and width, rounded to whole pixels.
    p : float, default=0.5
        Probability that an image is covered.
    fill_value : float, default=0.0
        Value of the pixels that are covered, in the unit of X.
    random_state : int, RandomState instance or None, default=None
        Where `fit_transform` draws from; an estimator that holds this in its `augment`
        parameter draws from its own random state.

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
        """Raise an error for a parameter that is out of its range."""
        check_extent("size", self.size)
        check_number("p", self.p, 0, 1)
        check_number("fill_value", self.fill_value, float("-inf"))

    def augment(self, batch, generator):
        """Cover a part of some images of a batch, (N, C, H, W)."""
        n, _, height, width = batch.shape
        draw = torch.rand((3, n, 1), generator=generator, device=generator.device)
        rows = self._covered(draw[0], height)[:, None, :, None]  # (N, 1, H, 1)
        columns = self._covered(draw[1], width)[:, None, None, :]  # (N, 1, 1, W)
        covered = rows & columns & (draw[2] < self.p)[:, :, None, None]  # (N, 1, H, W)
        return torch.where(
            covered, batch.new_full((), fitting(self.fill_value, batch.dtype)), batch
        )

    def _covered(self, draw, side):
        """Return which pixels along an axis are covered: (N, side)."""
        length = self.size
        if not isinstance(length, Integral):
            length = max(1, round(length * side)) if length > 0 else 0
        first = (draw * side).long() - length // 2
        pixel = torch.arange(side, device=draw.device)
        return (pixel >= first) & (pixel < first + length)
