"""Augmentations that move pixels."""

from numbers import Integral, Real

from sklearn.utils import check_scalar

from .._lazy import torch
from .._options import choose
from ._base import Augmentation


class RandomShift(Augmentation):
    """Shift each image by a random number of whole pixels, up, down, left and right.

    Parameters
    ----------
    max_shift : int, default=2
        Most pixels that an image moves along each axis; every whole number from
        ``-max_shift`` to ``max_shift`` is as likely.
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
    >>> from skfashion.augmentation import RandomShift
    >>> image = np.zeros((1, 5, 5), dtype=np.uint8)
    >>> image[0, 2, 2] = 255
    >>> shifted = RandomShift(1, random_state=0).fit_transform(image)
    >>> shifted.shape, shifted.dtype, int(shifted.sum())
    ((1, 5, 5), dtype('uint8'), 255)
    """

    def __init__(self, max_shift=2, *, fill_mode="constant", fill_value=0.0, random_state=None):
        self.max_shift = max_shift
        self.fill_mode = fill_mode
        self.fill_value = fill_value
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        check_scalar(self.max_shift, "max_shift", Integral, min_val=0)
        check_scalar(self.fill_value, "fill_value", Real)
        choose("fill_mode", self.fill_mode, FILL_MODES)

    def augment(self, batch, generator):
        """Shift each image of a batch, (N, C, H, W)."""
        n, channels, height, width = batch.shape
        shift = torch.randint(
            -self.max_shift,
            self.max_shift + 1,
            (2, n, 1),
            generator=generator,
            device=batch.device,
        )
        source = FILL_MODES[self.fill_mode]
        rows, rows_inside = source(torch.arange(height, device=batch.device) + shift[0], height)
        columns, columns_inside = source(torch.arange(width, device=batch.device) + shift[1], width)
        index = (rows[:, :, None] * width + columns[:, None, :]).reshape(n, 1, -1)  # (N, 1, H*W)
        moved = batch.flatten(2).gather(2, index.expand(-1, channels, -1)).view(batch.shape)
        if self.fill_mode != "constant":
            return moved
        inside = (rows_inside[:, :, None] & columns_inside[:, None, :])[:, None]  # (N, 1, H, W)
        return moved.masked_fill_(~inside, self.fill_value)


class RandomHorizontalFlip(Augmentation):
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

    def __init__(self, p=0.5, *, random_state=None):
        self.p = p
        self.random_state = random_state

    def check(self):
        """Raise an error for a parameter that is out of its range."""
        check_scalar(self.p, "p", Real, min_val=0, max_val=1)

    def augment(self, batch, generator):
        """Mirror some images of a batch, (N, C, H, W)."""
        draw = torch.rand(len(batch), generator=generator, device=batch.device)
        return torch.where((draw < self.p).view(-1, 1, 1, 1), batch.flip(3), batch)


def _constant(position, size):
    return position.clamp(0, size - 1), (position >= 0) & (position < size)


def _edge(position, size):
    return position.clamp(0, size - 1), None


def _reflect(position, size):
    if size == 1:
        return torch.zeros_like(position), None
    period = 2 * (size - 1)
    position = position.remainder(period)
    return torch.minimum(position, period - position), None


# Which pixel along an axis stands at a position, and which positions are inside the image.
FILL_MODES = {"constant": _constant, "edge": _edge, "reflect": _reflect}
