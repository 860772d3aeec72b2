"""A table of a network's layers."""

import copy
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
HEADINGS = ("layer", "kind", "output", "parameters", "multiply-adds")
N_LEFT = 3  # columns of text, which are aligned on the left


class LayerSummary(NamedTuple):
    """A row of the table.

    Parameters
    ----------
    name : str
        Name of the layer in the network.
    kind : str
        Its class.
    output_shape : tuple of int or None
        Shape of what it makes of one image, channels first; None if it is not called.
    n_parameters : int
        Number of its parameters.
    n_multiply_adds : int
        Number of multiplications with an addition that it computes for one image.
    """

    name: str
    kind: str
    output_shape: tuple | None
    n_parameters: int
    n_multiply_adds: int


@dataclass(frozen=True)
class NetworkSummary:
    """The layers of a network, and what they cost.

    It prints as a table, in a notebook as one of HTML; ``pandas.DataFrame(summary.layers)`` is
    one to compute with.

    Parameters
    ----------
    name : str
        Class of the network.
    image_shape : tuple of int
        (H, W, C) of the images.
    layers : list of LayerSummary
        The rows, in the order in which the network names its layers.
    n_parameters : int
        Number of all parameters.
    n_trainable : int
        Number of those that are trained; the others are frozen.
    n_multiply_adds : int
        Number of multiply-adds for one image, of convolutions, dense layers, attention and other
        products of matrices. What a network computes outside of its layers is counted here alone.
    """

    name: str
    image_shape: tuple
    layers: list
    n_parameters: int
    n_trainable: int
    n_multiply_adds: int

    def __str__(self):
        rows = [HEADINGS, *self._cells(), self._totals()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(_aligned, row, widths, range(len(row)))).rstrip() for row in rows]
        rule = "-" * (sum(widths) + 2 * len(widths) - 2)
        lines = [self._title(), "", lines[0], rule, *lines[1:-1], rule, lines[-1]]
        return "\n".join([*lines, *([self._frozen()] if self._frozen() else [])])

    __repr__ = __str__

    def _repr_html_(self):
        def line(cells, tag="td"):
            sides = ["left"] * N_LEFT + ["right"] * (len(cells) - N_LEFT)
            return "".join(
                f'<{tag} style="text-align: {side}; padding: 0 0.8em">{escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            )

        body = "".join(f"<tr>{line(row)}</tr>" for row in self._cells())
        title = " ".join(filter(None, [self._title() + ".", self._frozen()]))
        return (
            '<table style="border-collapse: collapse; font-variant-numeric: tabular-nums">'
            f'<caption style="text-align: left; padding: 0.4em 0.8em">{escape(title)}</caption>'
            f"<thead><tr>{line(HEADINGS, 'th')}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot><tr>{line(self._totals(), 'th')}</tr></tfoot></table>"
        )

    def _title(self):
        return f"{self.name} for images of {_shown(self.image_shape)}"

    def _totals(self):
        return ("total", "", "", f"{self.n_parameters:,}", f"{self.n_multiply_adds:,}")

    def _frozen(self):
        n_frozen = self.n_parameters - self.n_trainable
        return f"{n_frozen:,} of the parameters are frozen." if n_frozen else ""

    def _cells(self):
        for layer in self.layers:
            output = "not called" if layer.output_shape is None else _shown(layer.output_shape)
            counts = (f"{n:,}" if n else "" for n in layer[3:])
            yield (layer.name or "(itself)", layer.kind, output, *counts)


def _shown(shape):
    return " x ".join(map(str, shape))


def _aligned(cell, width, place):
    return cell.ljust(width) if place < N_LEFT else cell.rjust(width)


def summarize_network(network, image_shape):
    """Return a table of the layers of a network.

    A copy of the network is run on one blank image: on torch's device "meta", where nothing is
    computed, or on its own device, if it cannot run there. The network's mode and hooks are not
    changed. Forward hooks are not called. Forward pre-hooks are, since they may compute weights
    (spectral norm, pruning).

    Parameters
    ----------
    network : nn.Module
        Takes images, (N, C, H, W).
    image_shape : tuple of int
        (H, W, C) of the images.

    Returns
    -------
    NetworkSummary
        A row for each layer, and the sums.

    Examples
    --------
    >>> from skfashion.networks import LeNet5, summarize_network
    >>> summary = summarize_network(LeNet5((28, 28, 1), 10), (28, 28, 1))
    >>> summary.layers[0]
    LayerSummary(name='convolutions.0', kind='Conv2d', output_shape=(6, 28, 28),
        n_parameters=156, n_multiply_adds=117600)
    >>> summary.n_multiply_adds
    416520
    """
    unwatched = copy.deepcopy(network).eval()
    for layer in unwatched.modules():
        layer._forward_hooks.clear()
    like = next((p for p in network.parameters() if p.is_floating_point()), torch.zeros(()))
    try:
        shapes, flops = _tried(copy.deepcopy(unwatched).to("meta"), image_shape, like.dtype, "meta")
    except Exception:  # a user's module may need the values
        shapes, flops = _tried(unwatched, image_shape, like.dtype, like.device)
    root = type(network).__name__
    rows = []
    for name, layer in _parts(network):
        n_parameters = sum(weight.numel() for weight in _weights(layer))
        of_layer = flops.get(".".join(filter(None, [root, name])), 0) if _is_whole(layer) else 0
        shape = shapes.get(name)
        rows.append(LayerSummary(name, type(layer).__name__, shape, n_parameters, of_layer // 2))
    weights = list(network.parameters())
    return NetworkSummary(
        name=root,
        image_shape=tuple(image_shape),
        layers=rows,
        n_parameters=sum(weight.numel() for weight in weights),
        n_trainable=sum(weight.numel() for weight in weights if weight.requires_grad),
        n_multiply_adds=flops.get("Global", 0) // 2,
    )


def _is_whole(layer):
    """Return whether a layer is a row as a whole, and not by its parts."""
    if not list(layer.children()):
        return True
    return type(layer).__module__.startswith("torch.nn.") and not isinstance(layer, CONTAINERS)


def _parts(module, name=""):
    """Yield the names and layers that are rows: those of the parts before what holds them."""
    if _is_whole(module):
        if not isinstance(module, CONTAINERS):  # an empty one
            yield name, module
        return
    for part, child in module.named_children():
        yield from _parts(child, f"{name}.{part}" if name else part)
    if next(module.parameters(recurse=False), None) is not None:
        yield name, module


def _weights(layer):
    return layer.parameters(recurse=_is_whole(layer))


def _tried(network, image_shape, dtype, device):
    """Return the shapes of the layers' outputs, and the operations by the layers' full names."""
    shapes = {}

    def watch(name):
        def hook(layer, inputs, output):
            if isinstance(output, tuple) and output:  # attention gives its weights as well
                output = output[0]
            if isinstance(output, torch.Tensor):
                shapes[name] = tuple(output.shape[1:])

        return hook

    for name, layer in network.named_modules():
        layer.register_forward_hook(watch(name))
    height, width, n_channels = image_shape
    x = torch.zeros(1, n_channels, height, width, dtype=dtype, device=device)
    # With gradients: without them, torch computes attention by an operation that is not counted.
    with torch.enable_grad(), FlopCounterMode(display=False) as counter:
        network(x)
    counts = counter.get_flop_counts()
    return shapes, {name: sum(by_operation.values()) for name, by_operation in counts.items()}
