"""How weights are drawn: each once, in one place, from one generator."""

import math

import torch
from torch import nn
from torch.nn import functional

from ._batch_norm import BatchNorm

LEAST_ROWS = 4  # of a product of matrices whose rows do not depend on how many there are
GAINS = {
    "relu": nn.init.calculate_gain("relu"),
    "tanh": nn.init.calculate_gain("tanh"),
    "sigmoid": nn.init.calculate_gain("sigmoid"),
    "default": math.sqrt(1 / 3),  # torch's own: uniform up to 1 / sqrt(number of inputs)
}


class DrawnLater:
    """A layer that leaves its weights to :func:`initialize`.

    torch's layers draw from the global generator when they are made. These draw nothing then,
    and say by `initialization` what is to be drawn: a name of :data:`GAINS`, "zeros", or None
    for weights that stay as they are, since they were loaded. The first filters of a
    convolution that `begins_as_identity` are the identity (Dirac), the others are drawn.
    """

    initialization = "default"
    begins_as_identity = False

    def reset_parameters(self):
        """Do nothing."""


class Linear(DrawnLater, nn.Linear):
    """A dense layer whose weights are drawn by :func:`initialize`.

    In prediction, the outputs of a few images are bit-identical to those in a larger mini-batch:
    matrix products with fewer rows would add up in another order.
    """

    def forward(self, x):
        # In this order: an export to ONNX must not ask how many images there are.
        if not predicts_on_cpu(x) or x.ndim != 2 or len(x) >= LEAST_ROWS:
            return super().forward(x)
        n_missing = LEAST_ROWS - len(x)
        return super().forward(functional.pad(x, (0, 0, 0, n_missing)))[: len(x)]


def predicts_on_cpu(x):
    """Return whether a tensor is on the CPU and nothing is differentiated."""
    return x.device.type == "cpu" and not torch.is_grad_enabled()


def initialization_for(activation):
    """Return the name of the initialization for the activation that follows a layer.

    He's initialization keeps the variance from layer to layer, where torch's default lets it
    shrink, so that deep networks without normalization need many steps to begin to learn.
    """
    return activation if activation in ("tanh", "sigmoid") else "relu"


def initialize(module, generator=None):
    """Draw the weights of the package's own layers, in the order in which they stand.

    Batch normalizations are reset, which takes no random numbers.

    Parameters
    ----------
    module : nn.Module
        What has the layers. Layers of other kinds stay as they are.
    generator : torch.Generator, optional
        What the numbers are drawn from; torch's global generator by default.

    Examples
    --------
    >>> import torch
    >>> from skfashion.networks._initialization import Linear, initialize
    >>> layer = Linear(4, 2)
    >>> initialize(layer, torch.Generator().manual_seed(0))
    >>> bool(layer.weight.abs().max() <= 0.5)
    True
    """
    for layer in module.modules():
        if isinstance(layer, BatchNorm):
            layer.reset_parameters()
        if not isinstance(layer, DrawnLater) or layer.initialization is None:
            continue
        if layer.initialization == "zeros":
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
            continue
        bound = GAINS[layer.initialization] * math.sqrt(3 / layer.weight[0].numel())
        _draw(layer.weight, bound, generator)
        if layer.initialization == "default":
            _draw(layer.bias, bound, generator)
        else:
            nn.init.zeros_(layer.bias)
        if layer.begins_as_identity:
            with torch.no_grad():
                nn.init.dirac_(layer.weight[: layer.weight.shape[1]])


@torch.no_grad()
def _draw(parameter, bound, generator):
    """Draw uniformly from -bound to bound, where the generator is."""
    if generator is None or generator.device == parameter.device:
        parameter.uniform_(-bound, bound, generator=generator)
    else:
        drawn = torch.empty_like(parameter, device=generator.device)
        parameter.copy_(drawn.uniform_(-bound, bound, generator=generator))
