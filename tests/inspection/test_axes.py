"""Figures and axes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skfashion.inspection import ImageGridDisplay
from skfashion.inspection._axes import COLORS, corner_of, mosaic

IMAGES = np.arange(6 * 4).reshape(6, 2, 2).astype(float) / 24


def test_as_many_axes_as_there_are_images():
    _, axes = plt.subplots(2, 4)
    display = ImageGridDisplay.from_images(IMAGES, n_columns=3, ax=axes)
    assert list(display.axes_) == list(axes.ravel()[:6])
    assert not axes[1, 3].axison


def test_too_few_axes():
    _, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match="ax has 2 axes, but the picture has 6: .* array of 6"):
        ImageGridDisplay.from_images(IMAGES, ax=axes)


def test_what_is_no_axes():
    with pytest.raises(TypeError, match="ax='here'; wanted: matplotlib Axes"):
        ImageGridDisplay.from_images(IMAGES, ax="here")


def test_axes_outside_of_a_grid():
    ax = plt.figure().add_axes((0, 0, 1, 1))
    with pytest.raises(ValueError, match="cannot be divided into 6"):
        ImageGridDisplay.from_images(IMAGES, ax=ax)


def test_tiles_and_their_corners():
    tiles = np.arange(3.0)[:, None, None] * np.ones((1, 2, 3)) + 1
    whole = mosaic(tiles, 2, gap=1)
    assert whole.shape == (5, 7)
    for i, tile in enumerate(tiles):
        left, top = (int(edge + 0.5) for edge in corner_of(i, (2, 3), 2, gap=1))
        np.testing.assert_array_equal(whole[top : top + 2, left : left + 3], tile)


def simulated(colors, deficiency):
    """Return colours as they look with a colour vision deficiency (Machado et al., 2009)."""
    matrices = {
        "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
        "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    }
    linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
    linear = (linear @ np.array(matrices[deficiency]).T).clip(0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("deficiency", ["protanopia", "deuteranopia"])
def test_the_colour_blind_can_tell_the_colours_apart(deficiency):
    colors = simulated(plt.matplotlib.colors.to_rgba_array(COLORS)[:, :3], deficiency)
    distances = np.linalg.norm(colors[:, None] - colors, axis=2) + np.eye(len(COLORS))
    tab10 = plt.matplotlib.colors.to_rgba_array(plt.get_cmap("tab10").colors)[:, :3]
    tab10 = simulated(tab10, deficiency)
    theirs = np.linalg.norm(tab10[:, None] - tab10, axis=2) + np.eye(10)
    assert distances.min() > max(0.08, theirs.min())
