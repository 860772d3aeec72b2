"""Figures, axes and what is drawn in them, for all displays."""

import textwrap

import numpy as np

from .._optional import import_optional

# Ten colours that also the colour-blind can tell apart, on light and on dark: M. A. Petroff,
# "Accessible color sequences for data visualization", 2021.
COLORS = [
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
]
MARKERS = "osD^vPX<>p"
EMPHASIS = "#e76300"
TEXT_SIZE = 9
LINE_WIDTH = 15  # characters, in a cell of 1.45 inches
LINE_HEIGHT = 0.17  # inches


def pyplot():
    """Return matplotlib's pyplot, or raise an ImportError that names the extra."""
    return import_optional("matplotlib.pyplot", "plots", "Pictures")


def wrapped(text, width=LINE_WIDTH):
    """Return a text in lines that are not wider than an image's cell."""
    lines = textwrap.wrap(str(text), width, max_lines=2, placeholder="...")
    return "\n".join(lines)


def n_lines(texts):
    """Return how many lines the longest of several texts has."""
    return max((text.count("\n") + 1 for text in texts), default=1)


def make_axes(ax, n_rows, n_columns, cell, **ratios):
    """Return a figure and axes, new ones or those that the user gives.

    Parameters
    ----------
    ax : Axes, array of Axes or None
        A single one is divided, if there is more than one to draw.
    n_rows, n_columns : int
        How many axes there are.
    cell : tuple of float
        Width and height of each, in inches, in a new figure.
    **ratios : sequence of float
        `width_ratios` and `height_ratios`.

    Returns
    -------
    figure : Figure
    axes : ndarray of Axes, shape (n_rows, n_columns)

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If what the user gives is no axes.
    ValueError
        If the user gives too few.
    """
    plt = pyplot()
    n_axes = n_rows * n_columns
    if ax is None:
        size = (max(cell[0] * n_columns, 2.5), max(cell[1] * n_rows, 1.5))
        figure = plt.figure(figsize=size, layout="constrained")
        figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)
        axes = figure.subplots(n_rows, n_columns, squeeze=False, gridspec_kw=ratios)
        return figure, axes
    given = np.array(ax, dtype=object).ravel()
    if not all(hasattr(one, "get_subplotspec") for one in given):
        raise TypeError(f"ax={ax!r}; wanted: matplotlib Axes, an array of them, or None.")
    if len(given) == 1 and n_axes > 1:
        place, figure = given[0].get_subplotspec(), given[0].figure
        if place is None:
            raise ValueError(
                f"ax is an Axes outside of any grid, which cannot be divided into {n_axes}: give "
                "one that plt.subplots has made, or as many as that."
            )
        given[0].set_axis_off()
        grid = place.subgridspec(n_rows, n_columns, **ratios)
        return figure, grid.subplots(squeeze=False)
    if len(given) < n_axes:
        raise ValueError(
            f"ax has {len(given)} axes, but the picture has {n_axes}: give a single one, which "
            f"is divided, or an array of {n_axes}, as plt.subplots({n_rows}, {n_columns}) gives."
        )
    for left_over in given[n_axes:]:
        left_over.set_axis_off()
    return given[0].figure, given[:n_axes].reshape(n_rows, n_columns)


def grid_of(n, n_columns):
    """Return the number of rows and of columns of a grid for n images."""
    n_columns = max(min(n, n_columns), 1)
    return max(-(-n // n_columns), 1), n_columns


def show_image(ax, image, cmap="gray", **how):
    """Draw an image with values from 0 to 1, without ticks and frame; return it as drawn."""
    bare(ax)
    limits = {"cmap": cmap, "vmin": 0, "vmax": 1} if image.ndim == 2 else {}
    return ax.imshow(image, interpolation="nearest", **limits | how)


def bare(ax):
    """Take ticks and frame away, and leave titles and labels."""
    ax.set(xticks=[], yticks=[])
    ax.patch.set_visible(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def row_label(ax, text):
    """Write on the left of a row of axes what is in it."""
    ax.set_ylabel(text, rotation=0, ha="right", va="center", fontsize=TEXT_SIZE)


def mosaic(tiles, n_columns, gap=1):
    """Return tiles side by side as one array, with NaN between them, which stays transparent.

    Parameters
    ----------
    tiles : ndarray of shape (n, h, w) or (n, h, w, 4)
        The tiles.
    n_columns : int
        How many are in a row.
    gap : int, default=1
        How many pixels are between them.

    Returns
    -------
    ndarray of shape (H, W) or (H, W, 4)

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.inspection._axes import mosaic
    >>> mosaic(np.ones((3, 1, 1)), 2)
    array([[ 1., nan,  1.],
           [nan, nan, nan],
           [ 1., nan, nan]])
    """
    n_rows, n_columns = grid_of(len(tiles), n_columns)
    height, width = tiles.shape[1] + gap, tiles.shape[2] + gap
    whole = np.full((n_rows * height - gap, n_columns * width - gap, *tiles.shape[3:]), np.nan)
    for i, tile in enumerate(tiles):
        top, left = i // n_columns * height, i % n_columns * width
        whole[top : top + height - gap, left : left + width - gap] = tile
    return whole


def corner_of(i, shape, n_columns, gap=1):
    """Return the left and upper edge of the i-th tile of a mosaic, in data coordinates."""
    n_columns = max(n_columns, 1)
    left = i % n_columns * (shape[1] + gap) - 0.5
    return left, i // n_columns * (shape[0] + gap) - 0.5
