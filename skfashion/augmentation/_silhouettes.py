"""Where the garment is in images on a black background.

Shape letters: N images, C channels, H x W pixels.
"""

from .._lazy import torch
from ._photometric import black_and_white
from ._ranges import plain
from ._resampling import working_dtype

VISIBLE = 0.06  # a pixel belongs to the garment from this brightness on; 0 is black, 1 white


def silhouette_of(pixels, black, white):
    """Return which pixels belong to the garment: (N, 1, H, W), bool."""
    return pixels.amax(1, keepdim=True) > black + VISIBLE * (white - black)


def silhouette_in(batch):
    """Return which pixels of a batch of any dtype belong to the garment: (N, 1, H, W), bool."""
    pixels = batch.to(working_dtype(batch))
    return silhouette_of(pixels, *black_and_white(pixels, batch.dtype))


def boxes_of(silhouette):
    """Return the boxes around garments, from the image's centre and in pixels.

    Returns
    -------
    x, y, width, height : Tensor of shape (N, 1, 1)
        The centre of each box and its sides; the whole image where there is no garment.
    """
    (x, width), (y, height) = (_extent(silhouette.any(axis)[:, 0]) for axis in (2, 3))
    return x, y, width, height


def _extent(occupied):
    """Return the middle and the length of what is occupied along an axis, from (N, side)."""
    side = occupied.shape[1]
    pixel = torch.arange(side, device=occupied.device)
    first = torch.where(occupied, pixel, side).amin(1)
    last = torch.where(occupied, pixel, -1).amax(1)
    empty = last < 0
    first, last = torch.where(empty, 0, first), torch.where(empty, side - 1, last)
    middle, length = (first + last - (side - 1)) / 2, last - first + 1
    return middle[:, None, None], length[:, None, None]


def sample_chosen(p, n, generator):
    """Sample which images are changed, each with probability p: (N, 1, 1, 1), bool."""
    return torch.rand((n, 1, 1, 1), generator=generator, device=generator.device) < plain(p)
