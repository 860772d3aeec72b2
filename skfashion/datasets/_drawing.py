"""The pencils of make_garments: shapes and fabrics for many images at once.

Legend of shapes: N images, H = W = 28 rows and columns. Parameters that differ from image
to image are (N, 1, 1), what depends on the row only is (N, H, 1), on the column only
(N, 1, W); numpy's broadcasting puts them together. All is float32. Lengths are in pixels,
the centre of the top left pixel lies at (0.5, 0.5), and y points down.
"""

from itertools import pairwise

import numpy as np

from ._base import HEIGHT, WIDTH

X = np.arange(0.5, WIDTH, dtype=np.float32).reshape(1, 1, WIDTH)
Y = np.arange(0.5, HEIGHT, dtype=np.float32).reshape(1, HEIGHT, 1)

TURN = np.float32(2 * np.pi)


class Dice:
    """Random numbers of shape (N, 1, 1), one an image.

    Parameters
    ----------
    rng : RandomState instance
        Where the numbers come from.
    n : int
        The number of images.
    """

    def __init__(self, rng, n):
        self.rng = rng
        self.n = n

    def uniform(self, low, high):
        """Draw numbers from [low, high), which may differ from image to image."""
        return low + (high - low) * self.rng.random_sample((self.n, 1, 1)).astype(np.float32)

    def normal(self, mean, deviation):
        """Draw normal numbers, cut at 2.5 standard deviations."""
        z = self.rng.standard_normal((self.n, 1, 1)).astype(np.float32)
        return mean + deviation * np.clip(z, -2.5, 2.5)

    def chance(self, probability):
        """Draw True with a probability, which may differ from image to image."""
        return self.rng.random_sample((self.n, 1, 1)) < probability

    def kind(self, *probabilities):
        """Draw 0, 1, ... with the given probabilities."""
        steps = np.cumsum(probabilities)[:-1] / np.sum(probabilities)
        return np.searchsorted(steps, self.rng.random_sample((self.n, 1, 1)), side="right")

    def quantiles(self, *values):
        """Draw from the distribution whose quantiles 0, .05, .25, .5, .75, .95, 1 are given."""
        steps = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)
        u = self.rng.random_sample((self.n, 1, 1))
        return np.interp(u, steps, values).astype(np.float32)

    def field(self, rows, columns):
        """Draw smooth random images, (N, H, W), from a grid of normal numbers."""
        grid = self.rng.standard_normal((self.n, rows, columns)).astype(np.float32)
        return _stretch(rows, HEIGHT) @ grid @ _stretch(columns, WIDTH).T

    def grain(self):
        """Draw independent normal numbers for all pixels, (N, H, W)."""
        return self.rng.standard_normal((self.n, HEIGHT, WIDTH)).astype(np.float32)


def _stretch(n_in, n_out):
    """Make the matrix (n_out, n_in) that interpolates n_in numbers linearly at n_out places."""
    position = np.linspace(0, n_in - 1, n_out, dtype=np.float32)
    return np.clip(1 - np.abs(position[:, None] - np.arange(n_in)), 0, 1).astype(np.float32)


def cover(depth):
    """Turn signed depths below an edge, positive inside, to the covered fraction of each pixel."""
    return np.clip(depth + 0.5, 0, 1)


def between(t, low, high):
    """Give the signed depth of `t` inside the interval from `low` to `high`."""
    return np.minimum(t - low, high - t)


def profile(t, *knots):
    """Evaluate a piecewise linear function at `t`.

    Parameters
    ----------
    t : ndarray, broadcastable to (N, H, W)
        Where to evaluate.
    *knots : tuples (place, value)
        The corners, by rising place; both may differ from image to image. Beyond the
        first and the last knot the function is constant.

    Returns
    -------
    values : ndarray, broadcastable to (N, H, W)
    """
    result = knots[0][1]
    for (left, value), (right, next_value) in pairwise(knots):
        width = np.maximum(right - left, 1e-3)
        result = result + (next_value - value) * np.clip((t - left) / width, 0, 1)
    return result


def stroke(x, y, start, end, radius):
    """Give the signed depth inside a line with round ends, (N, H, W)."""
    (x0, y0), (x1, y1) = start, end
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / np.maximum(dx * dx + dy * dy, 1e-3)
    along = np.clip(along, 0, 1)
    return radius - np.hypot(x - x0 - along * dx, y - y0 - along * dy)


def ring(x, y, center, radii, thickness):
    """Give the signed depth inside an elliptic ring, (N, H, W)."""
    scale = np.hypot((x - center[0]) / radii[0], (y - center[1]) / radii[1])
    # Close to the ring, the distance to it is that in `scale` times the radius there.
    return thickness / 2 - np.abs(scale - 1) * np.minimum(*radii)


def blur(image):
    """Smooth images, (N, H, W), with the kernel (1, 2, 1) / 4 along both axes."""
    padded = np.pad(image, ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 16


def paint(image, shade, mask):
    """Put `shade` over `image` where `mask` is 1."""
    return image + (shade - image) * mask


def fabric(dice, *, plain, stripes=0.0, checks=0.0, flowers=0.0, folds=0.06, noise=0.04):
    """Make cloth, (N, H, W), around brightness 1.

    Parameters
    ----------
    dice : Dice
        Where the random numbers come from.
    plain, stripes, checks, flowers : float
        Relative probabilities of these patterns.
    folds : float
        How strong vertical folds are.
    noise : float
        How strong the grain of the cloth is.

    Returns
    -------
    cloth : ndarray of shape (N, H, W)
    """
    pattern = dice.kind(plain, stripes, checks, flowers)
    # Light falls from one side, and differently on the upper and the lower part.
    cloth = 1 + dice.normal(0, 0.05) * (X - WIDTH / 2) / 7 + dice.normal(0, 0.05) * (Y - 14) / 10
    cloth = cloth + 0.04 * dice.field(6, 6)
    cloth = cloth + folds * dice.uniform(0, 2) * dice.field(4, 20)

    period = dice.uniform(2.2, 7)
    phase = dice.uniform(0, TURN)
    across = np.sin(TURN * Y / period + phase)
    down = np.sin(TURN * X / period + phase)
    sharp = dice.uniform(1, 4)
    banded = np.clip(sharp * across, -1, 1)
    checked = 0.5 * (np.clip(sharp * across, -1, 1) + np.clip(sharp * down, -1, 1))
    coarse = np.where(dice.chance(0.3), dice.field(12, 12), dice.field(21, 21))
    flowered = np.clip(2 * coarse + dice.uniform(-0.8, 0.8), -1, 1)
    contrast = dice.uniform(0.08, 0.45)
    cloth = cloth + contrast * (
        (pattern == 1) * banded + (pattern == 2) * checked + (pattern == 3) * flowered
    )
    return cloth + noise * (0.2 + 2 * dice.uniform(0, 1) ** 3) * dice.grain()
