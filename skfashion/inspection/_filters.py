"""The filters of a convolution."""

import numpy as np

from .._lazy import torch
from ._axes import TEXT_SIZE, bare, make_axes, mosaic, pyplot
from ._classifiers import as_array, choose_layer, find_classifier
from ._images import check_n
from ._texts import documented


@documented
class FilterDisplay:
    """The filters of a convolution, on one scale whose middle is 0.

    Filters on a single channel are drawn side by side. Those on several channels have a row
    each, with a column for each channel.

    Make one with :meth:`from_estimator`.

    Parameters
    ----------
    weights : ndarray of shape (n_filters, n_channels, height, width)
        The filters that are shown.
    layer : str
        Name of the convolution.
    shape : tuple of int
        Shape of all its weights.
    cmap : str or matplotlib Colormap, default="PuOr"
        Colours, of which the middle one is for 0.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure.
    ax_ : matplotlib Axes
        The axes with the filters.
    image_ : matplotlib AxesImage
        What is drawn in it.
    colorbar_ : matplotlib Colorbar
        The scale.
    """

    def __init__(self, weights, *, layer, shape, cmap="PuOr"):
        self.weights = weights
        self.layer = layer
        self.shape = shape
        self.cmap = cmap

    @classmethod
    @documented
    def from_estimator(
        cls, estimator, *, layer=None, n_filters=32, n_channels=16, cmap="PuOr", ax=None
    ):
        """Draw the filters of a classifier's convolution.

        Parameters
        ----------
        %(fitted)s
        layer : str, default=None
            Name of the convolution, as ``estimator.module_.named_modules()`` has it. None takes
            the first one.
        n_filters : int, default=32
            Most filters that are shown, from the first on.
        n_channels : int, default=16
            Most channels of each that are shown.
        cmap : str or matplotlib Colormap, default="PuOr"
            Colours, of which the middle one is for 0.
        %(of_fitted)s

        Examples
        --------
        >>> from skfashion.inspection import FilterDisplay
        %(fitted_example)s
        >>> FilterDisplay.from_estimator(fitted).weights.shape
        (6, 1, 5, 5)
        """
        pyplot()
        n_filters = check_n("n_filters", n_filters)
        n_channels = check_n("n_channels", n_channels)
        network = find_classifier(estimator)[0].module_
        convolutions = {
            name: part for name, part in network.named_modules() if _is_convolution(part)
        }
        if not convolutions:
            raise ValueError(
                f"The network {type(network).__name__} has no convolution (torch.nn.Conv2d): "
                "there are no filters to show."
            )
        layer = next(iter(convolutions)) if layer is None else layer
        weights = as_array(convolutions[choose_layer("layer", layer, convolutions)].weight)
        shown = weights[:n_filters, :n_channels]
        return cls(shown, layer=layer, shape=weights.shape, cmap=cmap).plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        n_filters, n_channels, height, width = self.weights.shape
        tiles = self.weights.reshape(-1, height, width)
        n_columns = min(n_filters, 8) if n_channels == 1 else n_channels
        gap = max(1, width // 5) if width > 1 else 0
        whole = mosaic(tiles, n_columns, gap)
        inch = 0.6 if n_channels == 1 else 0.35
        size = np.array(whole.shape[::-1]) / (width + gap) * inch
        self.figure_, axes = make_axes(ax, 1, 1, (size[0] + 1.4, size[1] + 0.9))
        self.ax_ = axes[0, 0]
        bare(self.ax_)
        self.ax_.patch.set(visible=True, facecolor="0.5", alpha=0.3)  # else 0 is as the gaps are
        most = np.abs(tiles).max() or 1
        limits = {"vmin": -most, "vmax": most}
        self.image_ = self.ax_.imshow(whole, cmap=self.cmap, interpolation="nearest", **limits)
        self.colorbar_ = self.figure_.colorbar(self.image_, ax=self.ax_, shrink=0.8)
        self.colorbar_.outline.set_visible(False)
        self.colorbar_.ax.tick_params(labelsize=TEXT_SIZE - 1)
        of_all = f"{n_filters}" if n_filters == self.shape[0] else f"{n_filters} of {self.shape[0]}"
        self.ax_.set_title(f"{self.layer}: {of_all} filters of {height} x {width}", fontsize=10)
        if n_channels > 1:
            of_all = f" (of {self.shape[1]})" if n_channels < self.shape[1] else ""
            self.ax_.set_xlabel(f"a column for each of {n_channels} channels{of_all}")
            self.ax_.set_ylabel("a row for each filter")
        return self


def _is_convolution(part):
    return isinstance(part, torch.nn.Conv2d) and isinstance(part.weight, torch.Tensor)
