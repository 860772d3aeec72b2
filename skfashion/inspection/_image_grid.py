"""Images side by side."""

import numpy as np
from sklearn.utils import check_consistent_length

from ._axes import (
    LINE_HEIGHT,
    TEXT_SIZE,
    grid_of,
    make_axes,
    mosaic,
    n_lines,
    pyplot,
    row_label,
    show_image,
    wrapped,
)
from ._images import as_images, check_n, classes_of, drawable, names_of
from ._texts import documented


@documented
class ImageGridDisplay:
    """Images side by side, or a row of them for each class.

    Make one with :meth:`from_images`.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        The images.
    titles : sequence of str, default=None
        Titles above each of them, or labels next to each row.
    row_of : ndarray of shape (n,), default=None
        Row of each image, counted from 0, one for each title. None fills the rows one after
        another, and gives each image axes of its own.
    n_columns : int, default=10
        Most images in a row.
    cmap : str or matplotlib Colormap, default="gray"
        Colours of grey images.

    Attributes
    ----------
    %(drawn)s
    images_ : list of matplotlib AxesImage
        What is drawn in each of them.
    """

    def __init__(self, images, titles=None, *, row_of=None, n_columns=10, cmap="gray"):
        self.images = images
        self.titles = titles
        self.row_of = row_of
        self.n_columns = n_columns
        self.cmap = cmap

    @classmethod
    @documented
    def from_images(
        cls,
        X,
        y=None,
        *,
        titles=None,
        display_labels=None,
        n_images=None,
        n_columns=10,
        image_shape=None,
        cmap="gray",
        ax=None,
    ):
        """Draw images.

        Parameters
        ----------
        %(images)s
        y : array-like of shape (n,), default=None
            Their labels. If they are given, each class has a row with its first images.
        titles : sequence of str, default=None
            What stands above each image, without `y`.
        display_labels : sequence of str, default=None
            Names of the classes of `y`, in sorted order.
        n_images : int, default=None
            Number of images without `y`, from the first on. None draws the first 50.
        n_columns : int, default=10
            Most images in a row.
        %(of_images)s

        Examples
        --------
        >>> from skfashion.datasets import make_garments
        >>> from skfashion.inspection import ImageGridDisplay
        >>> garments = make_garments(100, random_state=0)
        >>> display = ImageGridDisplay.from_images(
        ...     garments.images, garments.target, display_labels=garments.target_names
        ... )
        >>> len(display.axes_)
        10
        """
        pyplot()
        images = as_images(X, image_shape)
        n_columns = check_n("n_columns", n_columns)
        row_of = None
        if y is None:
            images = images[: 50 if n_images is None else check_n("n_images", n_images)]
            if titles is not None and len(titles) < len(images):
                raise ValueError(
                    f"There are {len(titles)} titles for {len(images)} images: give each one, or "
                    "none."
                )
        else:
            if titles is not None or n_images is not None:
                raise ValueError(
                    "With y there is a row for each class: leave titles and n_images out; "
                    "display_labels and n_columns say what the rows are called and how long "
                    "they are."
                )
            check_consistent_length(images, y)
            classes, codes = classes_of(y)
            titles = names_of(classes, display_labels)
            firsts = [np.flatnonzero(codes == code)[:n_columns] for code in range(len(classes))]
            chosen = np.concatenate(firsts)
            images, row_of = images[chosen], codes[chosen]
        display = cls(images, titles, row_of=row_of, n_columns=n_columns, cmap=cmap)
        return display.plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        images, titles = drawable(np.asarray(self.images)), self.titles
        if self.row_of is None:
            rows = list(images)
            n_rows, n_columns = grid_of(len(rows), self.n_columns)
            titles = [] if titles is None else [wrapped(title, 12) for title in titles]
            cell = (1.0, 1.08 + LINE_HEIGHT * n_lines(titles) if titles else 1.0)
        else:
            n_columns = min(self.n_columns, np.bincount(self.row_of).max())
            rows = self._strips(images, n_columns)
            n_rows, n_columns, cell = len(rows), 1, (0.58 * n_columns + 0.95, 0.62)
        self.figure_, axes = make_axes(ax, n_rows, n_columns, cell)
        self.axes_ = axes.ravel()[: len(rows)]
        for left_over in axes.ravel()[len(rows) :]:
            left_over.set_axis_off()
        self.images_ = [
            show_image(ax, row, self.cmap) for ax, row in zip(self.axes_, rows, strict=True)
        ]
        for ax, title in zip(self.axes_, titles, strict=False):
            if self.row_of is None:
                ax.set_title(title, fontsize=TEXT_SIZE)
            else:
                row_label(ax, title)
        return self

    def _strips(self, images, n_columns):
        """Return the images of each row as one, all of the same width."""
        strips = []
        for row in range(len(self.titles)):
            tiles = images[self.row_of == row].astype(float)
            empty = np.full((n_columns - len(tiles), *tiles.shape[1:]), np.nan)
            strips.append(mosaic(np.concatenate([tiles, empty]), n_columns, gap=2))
        return strips
