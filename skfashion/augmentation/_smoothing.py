"""Gaussian filters along both axes of images, and smooth random fields."""

from .._lazy import torch


def smooth_noise(size, sigma, generator):
    """Return normal noise that a Gaussian filter has smoothed.

    Parameters
    ----------
    size : tuple of int
        (N, C, H, W) of the noise.
    sigma : float
        Standard deviation of the filter, in pixels.
    generator : torch.Generator
        Source of all random numbers; its device is that of the result.

    Returns
    -------
    Tensor of shape (N, C, H, W), dtype float32
        Its standard deviation is 1 everywhere, for every `sigma`.
    """
    noise = torch.randn(size, generator=generator, device=generator.device)
    # The squares of a row's weights add up to 1, at the border as in the middle.
    down, across = (_weights(side, sigma, noise, norm=2) for side in size[2:])
    return down @ noise @ across.T


def blurred(pixels, sigma):
    """Return images that a Gaussian filter has smoothed: (N, C, H, W)."""
    down, across = (_weights(side, sigma, pixels, norm=1) for side in pixels.shape[2:])
    return down @ pixels @ across.T


def _weights(size, sigma, like, norm):
    """Return a Gaussian filter along an axis as a matrix, (size, size), of rows of norm 1."""
    pixel = torch.arange(size, device=like.device, dtype=like.dtype)
    weight = torch.exp(-((pixel[:, None] - pixel) ** 2) / (2 * sigma**2))
    return weight / torch.linalg.vector_norm(weight, ord=norm, dim=1, keepdim=True)
