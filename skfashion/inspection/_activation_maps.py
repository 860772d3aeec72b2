"""What each layer makes of an image."""

import numpy as np

from ._axes import (
    EMPHASIS,
    TEXT_SIZE,
    bare,
    corner_of,
    make_axes,
    mosaic,
    pyplot,
    row_label,
    show_image,
)
from ._classifiers import as_array, choose_layer, classifier_and_images, map_layers, record
from ._images import check_n, drawable
from ._texts import documented


@documented
class ActivationMapDisplay:
    """The feature maps of an image, layer by layer, and which of them are dead.

    Each map is drawn on a scale of its own, from its smallest to its largest value. One that has
    the same value everywhere, for all images that were given, is dead: it is crossed out.

    Make one with :meth:`from_estimator`.

    Parameters
    ----------
    image : ndarray of shape (H, W, C)
        The image.
    maps : dict of str to ndarray of shape (n_maps, H', W')
        The feature maps of each layer.
    dead : dict of str to ndarray of bool, shape (n_maps,)
        Which of them are dead.
    kinds : dict of str to str
        What kind of layer each is.
    n_maps : int, default=16
        Most maps that are shown of a layer.

    Attributes
    ----------
    %(drawn)s
        The first has the image, each other one a layer.
    images_ : list of matplotlib AxesImage
        What is drawn in each of them.
    """

    def __init__(self, image, *, maps, dead, kinds, n_maps=16):
        self.image = image
        self.maps = maps
        self.dead = dead
        self.kinds = kinds
        self.n_maps = n_maps

    @classmethod
    @documented
    def from_estimator(cls, estimator, X, *, layers=None, n_maps=16, ax=None):
        """Draw what the layers of a classifier make of the first of several images.

        Parameters
        ----------
        %(fitted)s
        %(images)s
            The first one is drawn. The first 256 say which maps are dead: give as many as you
            can.
        layers : list of str, default=None
            Names of layers, as ``estimator.module_.named_modules()`` has them. None takes the
            activation after each convolution.
        n_maps : int, default=16
            Most maps that are shown of a layer, from the first on.
        %(of_fitted)s

        Examples
        --------
        >>> from skfashion.inspection import ActivationMapDisplay
        %(fitted_example)s
        >>> display = ActivationMapDisplay.from_estimator(fitted, X)
        >>> {name: maps.shape for name, maps in display.maps.items()}
        {'convolutions.1': (6, 28, 28), 'convolutions.4': (16, 10, 10)}
        """
        pyplot()
        n_maps = check_n("n_maps", n_maps)
        classifier, images = classifier_and_images(estimator, X, 256)
        kinds, default = map_layers(classifier, images)
        layers = [layers] if isinstance(layers, str) else layers
        if layers is not None and not (np.ndim(layers) == 1 and len(layers)):
            raise ValueError(
                f"layers={layers!r} has no name of a layer: give at least one, or leave it out."
            )
        wanted = [choose_layer("layers", one, kinds) for one in layers or default]
        lowest, highest, maps = {}, {}, {}
        for start in range(0, len(images), 16):  # in chunks, which bound the memory
            chunk = images[start : start + 16]
            outputs = record(classifier, chunk, lambda name, layer: name in wanted).outputs
            for name, output in outputs.items():
                low, high = output.amin((0, 2, 3)), output.amax((0, 2, 3))
                lowest[name] = low.minimum(lowest.get(name, low))
                highest[name] = high.maximum(highest.get(name, high))
                maps.setdefault(name, as_array(output[0]))
        display = cls(
            images[0],
            maps={name: maps[name] for name in wanted},
            dead={name: as_array(lowest[name]) == as_array(highest[name]) for name in wanted},
            kinds={name: kinds[name] for name in wanted},
            n_maps=n_maps,
        )
        return display.plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        n_rows = len(self.maps) + 1
        n_columns = min(self.n_maps, 8)
        heights = [1.2] + [
            -(-min(len(maps), self.n_maps) // n_columns) for maps in self.maps.values()
        ]
        cell = (0.72 * n_columns + 1.6, 0.75 * sum(heights) / n_rows)
        self.figure_, axes = make_axes(ax, n_rows, 1, cell, height_ratios=heights)
        self.axes_ = axes.ravel()
        self.images_ = [show_image(self.axes_[0], drawable(self.image[None])[0])]
        row_label(self.axes_[0], "the image")
        for ax, name in zip(self.axes_[1:], self.maps, strict=True):
            self._draw_layer(ax, name, n_columns)
        for ax in self.axes_:
            ax.set_anchor("W")
        return self

    def _draw_layer(self, ax, name, n_columns):
        """Draw the maps of a layer as one image, and cross the dead ones out."""
        bare(ax)
        maps, dead = self.maps[name][: self.n_maps], self.dead[name]
        low, high = (f(maps, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
        tiles = (maps - low) / np.where(high > low, high - low, 1)
        n, n_places = len(tiles), -(-len(tiles) // n_columns) * n_columns
        height, width = shape = tiles.shape[1:]
        gap = max(1, width // 14)
        tiles = np.concatenate([tiles, np.full((n_places - n, *shape), np.nan)])
        whole = mosaic(tiles, n_columns, gap)
        self.images_.append(ax.imshow(whole, interpolation="nearest", vmin=0, vmax=1))
        for i in np.flatnonzero(dead[:n]):
            x, y = corner_of(i, (height, width), n_columns, gap)
            for ends in ((y, y + height), (y + height, y)):
                ax.plot([x, x + width], ends, color=EMPHASIS, linewidth=1.5)
        size = f"{len(self.maps[name])} maps of {height} x {width}"
        n_dead = f"\n{dead.sum()} dead" if dead.any() else ""
        row_label(ax, f"{name}\n{self.kinds[name]}, {size}{n_dead}")
        ax.yaxis.label.set(fontsize=TEXT_SIZE - 1)
