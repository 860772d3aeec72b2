"""Augmentations that change the outline, tone, texture and light of garments on black."""

from .._lazy import torch
from ._photometric import PhotometricAugmentation
from ._ranges import check_number, limits_of, plain, sample_uniform
from ._resampling import positions_of, resample
from ._silhouettes import sample_chosen, silhouette_of
from ._smoothing import blurred, smooth_noise
from ._texts import documented

LEAST = 0.08  # a garment on black is never as dark as its background


@documented
class RandomRaggedOutline(PhotometricAugmentation):
    """Move the outline of each garment at random, as when a photo's cut-out is not exact.

    Where it moves inwards, the garment is eaten away. Where it moves outwards, the garment
    grows, in the grey of its nearest part.

    Parameters
    ----------
    displacement : float, default=0.9
        Largest strength: the standard deviation of the outline's displacement along each axis,
        in pixels, which is sampled uniformly from 0 to `displacement` for each image. At least
        0.
    sigma : float, default=1.5
        Standard deviation of the Gaussian filter that smooths the displacements, in pixels: the
        larger, the longer the dents. At least 0.5.
    %(photometric)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomRaggedOutline
    >>> image = np.zeros((1, 28, 28), dtype=np.uint8)
    >>> image[0, 8:20, 8:20] = 200
    >>> ragged = RandomRaggedOutline(3.0, random_state=0).fit_transform(image)
    >>> bool((ragged[image == 0] > 0).any()), bool((ragged[image > 0] < 200).any())
    (True, True)
    """

    def __init__(self, displacement=0.9, sigma=1.5, *, random_state=None):
        self.displacement = displacement
        self.sigma = sigma
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("displacement", self.displacement, 0)
        check_number("sigma", self.sigma, 0.5)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        n, _, height, width = pixels.shape
        strength = sample_uniform(0, plain(self.displacement), (n, 1, 1, 1), generator)
        field = strength * smooth_noise((n, 2, height, width), plain(self.sigma), generator)
        before = silhouette_of(pixels, black, white).to(pixels.dtype)  # (N, 1, H, W)
        after = resample(before, [field], "constant", 0.0, whole_pixels=False)
        near = blurred(torch.cat([(pixels - black) * before, before], dim=1), 2.0)
        grey = near[:, :-1] / near[:, -1:].clamp(min=1e-3)  # around each pixel, garment only
        inside = before.bool()
        eaten = (pixels - black) * (after - 1)
        grown = black + grey * after - pixels
        return torch.where(inside, eaten, torch.where(after > 0, grown, 0.0))


@documented
class RandomMissingParts(PhotometricAugmentation):
    """Leave out random parts of each garment, as when a cut-out misses them.

    Parameters
    ----------
    amount : float, default=0.05
        Largest fraction of the garment that is left out, which is sampled uniformly from 0 to
        `amount` for each image. From 0 to 0.5.
    sigma : float, default=3.0
        Size of the parts: the standard deviation of the Gaussian filter that smooths the noise
        from which they are drawn, in pixels. At least 0.5.
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomMissingParts
    >>> images = np.full((50, 28, 28), 200, dtype=np.uint8)
    >>> left = RandomMissingParts(0.5, random_state=0).fit_transform(images)
    >>> bool(0.6 < (left > 0).mean() < 0.9)
    True
    """

    def __init__(self, amount=0.05, sigma=3.0, *, random_state=None):
        self.amount = amount
        self.sigma = sigma
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("amount", self.amount, 0, 0.5)
        check_number("sigma", self.sigma, 0.5)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        n, _, height, width = pixels.shape
        amount = sample_uniform(0, plain(self.amount), (n, 1, 1, 1), generator)
        noise = smooth_noise((n, 1, height, width), plain(self.sigma), generator)
        # The noise is standard normal: this fraction of it is below the threshold.
        return torch.where(noise < torch.special.ndtri(amount), black - pixels, 0.0)


@documented
class RandomTone(PhotometricAugmentation):
    """Give each garment the brightness and contrast that the photo converter gives its own.

    A gamma curve is drawn for each image. Then the mean and the standard deviation of the
    garment's pixels are made `mean` and `std`. Black stays black.
    :class:`skfashion.photos.FashionMNISTConverter` does the same to photos, with `match_tone`.

    Parameters
    ----------
    p : float, default=0.9
        Probability that an image is changed.
    gamma : float, default=0.4
        Largest exponent's logarithm: the exponent is sampled log-uniformly from
        ``exp(-gamma)`` to ``exp(gamma)``. From 0 to 3.
    mean : float, default=0.647
        Mean of the garment's pixels: 0 is black, 1 is white. From 0 to 1.
    std : float, default=0.188
        Standard deviation of the garment's pixels, in the same unit. Contrast is changed by a
        factor of 0.5 to 1.5, so that smooth garments stay so. From 0 to 1.
    %(photometric)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomTone
    >>> image = np.array([[[0, 20, 30, 40]]], dtype=np.uint8)
    >>> RandomTone(1.0, gamma=0.0).fit_transform(image)
    array([[[  0, 150, 165, 180]]], dtype=uint8)
    """

    def __init__(self, p=0.9, gamma=0.4, mean=0.647, std=0.188, *, random_state=None):
        self.p = p
        self.gamma = gamma
        self.mean = mean
        self.std = std
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("p", self.p, 0, 1)
        check_number("gamma", self.gamma, 0, 3)
        check_number("mean", self.mean, 0, 1)
        check_number("std", self.std, 0, 1)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        n, most = len(pixels), plain(self.gamma)
        chosen = sample_chosen(self.p, n, generator)
        exponent = sample_uniform(-most, most, (n, 1, 1, 1), generator).exp()
        inside = silhouette_of(pixels, black, white)  # (N, 1, H, W)
        tone = ((pixels - black) / (white - black)).clamp(0, 1) ** exponent
        n_inside = inside.sum((1, 2, 3), keepdim=True).clamp(min=1) * pixels.shape[1]

        def mean_of(values):
            return (values * inside).sum((1, 2, 3), keepdim=True) / n_inside

        mean = mean_of(tone)
        std = mean_of((tone - mean).square()).sqrt()
        gain = (plain(self.std) / std.clamp(min=1e-3)).clamp(0.5, 1.5)
        tone = ((tone - mean) * gain + plain(self.mean)).clamp(LEAST, 1)
        return torch.where(inside & chosen, black + tone * (white - black) - pixels, 0.0)


@documented
class RandomTexture(PhotometricAugmentation):
    """Add smooth noise to the pixels of each garment, as creases and prints do.

    Parameters
    ----------
    std : float, default=0.08
        Largest standard deviation of the noise, as a fraction of the distance from black to
        white. That of each image is sampled uniformly from 0 to `std`. At least 0.
    sigma : float, default=0.8
        Standard deviation of the Gaussian filter that smooths the noise, in pixels: the
        larger, the wider the creases. At least 0.1.
    %(photometric)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomTexture
    >>> image = np.zeros((1, 28, 28), dtype=np.uint8)
    >>> image[0, 8:20, 8:20] = 150
    >>> creased = RandomTexture(0.2, random_state=0).fit_transform(image)
    >>> bool((creased[image == 0] == 0).all()), bool(creased[image > 0].std() > 1)
    (True, True)
    """

    def __init__(self, std=0.08, sigma=0.8, *, random_state=None):
        self.std = std
        self.sigma = sigma
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("std", self.std, 0)
        check_number("sigma", self.sigma, 0.1)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        n, _, height, width = pixels.shape
        std = sample_uniform(0, plain(self.std), (n, 1, 1, 1), generator) * (white - black)
        noise = smooth_noise((n, 1, height, width), plain(self.sigma), generator)
        return torch.where(silhouette_of(pixels, black, white), noise * std, 0.0)


@documented
class RandomLight(PhotometricAugmentation):
    """Light each image from a random side: brightness rises from one end to the other.

    Parameters
    ----------
    amount : float, default=0.3
        Largest strength, which is sampled uniformly from 0 to `amount` for each image:
        distances from black are multiplied by up to ``1 + amount`` at one end and ``1 -
        amount`` at the other one. From 0 to 1.
    %(photometric)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomLight
    >>> image = np.full((1, 28, 28), 100, dtype=np.uint8)
    >>> lit = RandomLight(0.5, random_state=0).fit_transform(image)
    >>> bool(lit.max() > 100 > lit.min() > 50)
    True
    """

    def __init__(self, amount=0.3, *, random_state=None):
        self.amount = amount
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("amount", self.amount, 0, 1)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        n = len(pixels)
        amount = sample_uniform(0, plain(self.amount), (n, 1, 1, 1), generator)
        side = sample_uniform(-torch.pi, torch.pi, (n, 1, 1, 1), generator)
        x, y = positions_of(pixels.shape, pixels.device)
        across, down = x / max(pixels.shape[3] / 2, 1), y / max(pixels.shape[2] / 2, 1)
        light = (across * side.cos() + down * side.sin()) / 2**0.5  # from -1 to 1
        return (pixels - black) * (amount * light)


@documented
class RandomSharpness(PhotometricAugmentation):
    """Blur or sharpen each image.

    Parameters
    ----------
    amount : float or pair of float, default=(-0.5, 1.0)
        Range of the strength, which is sampled uniformly; a number is the largest strength in
        both directions. -1 replaces each pixel by the mean of its surroundings, 1 adds as much
        as that takes away. From -1 to 5.
    sigma : float, default=1.0
        Standard deviation of the Gaussian filter, in pixels. At least 0.1.
    %(photometric)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomSharpness
    >>> image = np.array([[[0, 0, 90, 90]]], dtype=np.uint8)
    >>> blurred = RandomSharpness((-1, -1)).fit_transform(image)
    >>> bool(0 < blurred[0, 0, 1] < blurred[0, 0, 2] < 90)
    True
    """

    def __init__(self, amount=(-0.5, 1.0), sigma=1.0, *, random_state=None):
        self.amount = amount
        self.sigma = sigma
        self.random_state = random_state

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        self._limits()
        check_number("sigma", self.sigma, 0.1)

    def _limits(self):
        return limits_of("amount", self.amount, centre=0.0, lowest=-1.0, highest=5.0)

    def change(self, pixels, black, white, generator):
        """Return what is added to each pixel."""
        amount = sample_uniform(*self._limits(), (len(pixels), 1, 1, 1), generator)
        return amount * (pixels - blurred(pixels, plain(self.sigma)))
