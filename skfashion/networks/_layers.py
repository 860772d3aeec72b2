"""What the networks are built from.

Shape letters, here and in every network: N images, C channels, H x W pixels, D features of
the last hidden layer, K classes.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from numbers import Integral, Real

import torch
from torch import nn
from torch.nn import functional

from .._options import choose
from ._fast import AvgPool2d, Conv2d, Dropout, MaxPool2d, Sequential

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
}
IN_PLACE = (nn.ReLU, nn.LeakyReLU)
LEAST_SHARE = 1e-3  # of a class that may come later
POOLINGS = {"max": MaxPool2d, "avg": AvgPool2d}


class Network(nn.Module):
    """A convolutional part, hidden dense layers, and an output layer.

    A subclass says its layers by handing them to `__init__`, and the least image it can
    take as `least_size`; smaller images are resized up to that.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    convolutions : iterable of nn.Module
        Layers that take (N, C, H, W) to any (N, C', H', W').
    hidden : callable
        Takes the number of flattened inputs, gives ``(layers, D)``: the hidden dense layers
        and the number of features they end in.
    l2 : float, default=0.0
        Factor of the sum of the dense layers' squared weights (not their biases) that
        :meth:`penalty` adds to the training loss.
    """

    least_size = (1, 1)

    def __init__(self, image_shape, n_classes, convolutions, hidden, l2=0.0):
        super().__init__()
        if not isinstance(l2, Real) or l2 < 0:
            raise ValueError(f"l2 is a number of at least 0, not {l2!r}.")
        self.convolutions = Sequential(*convolutions)
        with torch.no_grad():
            height, width, channels = image_shape
            self.eval()  # normalizing by running statistics, which stay as they are
            n_flat = self.embed(torch.zeros(1, channels, height, width)).numel()
            self.train()
        self.hidden, n_features = hidden(n_flat)
        self.output = nn.Linear(n_features, n_classes)
        nn.init.zeros_(self.output.weight)
        self.assume(torch.ones(n_classes) / n_classes)
        self.l2 = l2

    def working_size(self, height, width):
        """Return the height and width at which images of this size are looked at."""
        return max(height, self.least_size[0]), max(width, self.least_size[1])

    def resize(self, x):
        """Resize images to the size at which the network works."""
        size = self.working_size(*x.shape[2:])
        if size == tuple(x.shape[2:]):
            return x
        return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)

    def embed(self, x):
        """Return the flattened output of the convolutions, (N, D')."""
        return self.flatten(self.convolutions(self.resize(x)))

    @staticmethod
    def flatten(x):
        """Return feature maps as rows, channels last: as they lie in memory, without a copy."""
        return x.permute(0, 2, 3, 1).flatten(1)  # (N, H' * W' * C')

    def features(self, x):
        """Return what the last hidden layer makes of the images, (N, D)."""
        return self.hidden(self.embed(x))

    def forward(self, x):
        """Return the logits of the images, (N, K)."""
        return self.output(self.features(x))

    def assume(self, shares):
        """Let a new network give each class the probability it has in the data, (K,).

        So it need not learn first what is frequent and what is rare.
        """
        with torch.no_grad():
            self.output.bias.copy_(shares.clamp(min=LEAST_SHARE).log())

    def penalty(self):
        """Return `l2` times the sum of the dense layers' squared weights, None for 0."""
        if not self.l2:
            return None
        dense = [layer for layer in self.modules() if isinstance(layer, nn.Linear)]
        return self.l2 * sum(layer.weight.square().sum() for layer in dense)


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalization over all but the second axis, which heeds sample weights.

    As torch's own, but for three things. Inside :func:`sample_weights` the batch's statistics
    are the weighted ones, so that a weight of 2 is the same as giving the image twice. The
    running statistics are plain means over the first batches, until the usual momentum
    forgets faster: so they are of use after a handful of steps. And a batch that has one
    value for each channel, of which no variance can be told, is normalized by them instead
    of being an error.
    """

    sample_weight = None
    n_batches = None

    def _check_input_dim(self, x):
        pass

    def forward(self, x):
        if not self.training or x.numel() == x.shape[1]:
            return functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        if self.n_batches is None:  # counted here as well: reading a tensor waits for its device
            self.n_batches = int(self.num_batches_tracked)
        self.n_batches += 1
        self.num_batches_tracked += 1
        momentum = max(self.momentum, 1 / self.n_batches)
        if self.sample_weight is not None:
            return self._weighted(x, momentum)
        return functional.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=True,
            momentum=momentum,
            eps=self.eps,
        )

    def _weighted(self, x, momentum):
        axes = [axis for axis in range(x.ndim) if axis != 1]
        channel = [1, -1] + [1] * (x.ndim - 2)
        weight = self.sample_weight.to(x.dtype).reshape([-1] + [1] * (x.ndim - 1))
        weight = weight.expand(-1, 1, *x.shape[2:])
        total = weight.sum()
        mean = (weight * x).sum(axes) / total  # (C,)
        deviation = x - mean.reshape(channel)
        variance = (weight * deviation.square()).sum(axes) / total  # (C,)
        with torch.no_grad():
            # Weights of 1 and more are counts; smaller ones say nothing of how many there are.
            count = total.clamp(min=x.numel() // x.shape[1])
            unbiased = variance * count / (count - 1)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), momentum)
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), momentum)
        x = deviation * (variance + self.eps).rsqrt().reshape(channel)
        return x * self.weight.reshape(channel) + self.bias.reshape(channel)


@contextmanager
def sample_weights(network, weight):
    """Let the batch normalizations of a network heed sample weights.

    Parameters
    ----------
    network : nn.Module
        The network.
    weight : Tensor of shape (N,) or None
        How often each image of the next batch counts; None for once each.
    """
    norms = [] if weight is None else [m for m in network.modules() if isinstance(m, BatchNorm)]
    for norm in norms:
        norm.sample_weight = weight
    try:
        yield
    finally:
        for norm in norms:
            del norm.sample_weight


def initialized(layer, activation):
    """Return a layer with weights drawn for the activation that follows it.

    He's initialization keeps the variance from layer to layer, where torch's default lets it
    shrink, so that deep networks without normalization need many steps to begin to learn.
    """
    gain = {"tanh": "tanh", "sigmoid": "sigmoid"}.get(activation, "relu")
    nn.init.kaiming_uniform_(layer.weight, nonlinearity=gain)
    nn.init.zeros_(layer.bias)
    return layer


def activation_layer(name):
    """Return a new activation layer by its name."""
    # In place, which saves writing a second tensor: what a convolution, a linear layer or a
    # batch normalization gives is read by nothing else.
    layer = choose("activation", name, ACTIVATIONS)
    return layer(inplace=True) if layer in IN_PLACE else layer()


def pooling_layer(name, size=2):
    """Return a new pooling layer by its name, which divides height and width by `size`."""
    return choose("pooling", name, POOLINGS)(size)


def check_width(width):
    """Return the width of a layer.

    Raises
    ------
    ValueError
        If it is not a whole number of at least 1.
    """
    if not isinstance(width, Integral) or width < 1:
        raise ValueError(f"The width of a layer is a whole number of at least 1, not {width!r}.")
    return int(width)


def dropout_layers(rate):
    """Return a list with a dropout layer, empty if the rate is 0.

    Raises
    ------
    ValueError
        If the rate is not a number from 0 to less than 1.
    """
    if not isinstance(rate, Real) or not 0 <= rate < 1:
        raise ValueError(f"A dropout rate is a number from 0 to less than 1, not {rate!r}.")
    return [Dropout(rate)] if rate > 0 else []


def rate_of_each(parameter, rates, n_layers):
    """Return a rate for each layer, from one for all of them or one for each.

    Raises
    ------
    ValueError
        If there are neither one nor as many as layers.
    """
    each = tuple(rates) if isinstance(rates, tuple | list) else (rates,) * n_layers
    if len(each) != n_layers:
        raise ValueError(
            f"{parameter}={rates!r} has {len(each)} rates for {n_layers} layers: give one for "
            "all, or one for each."
        )
    return each


def convolution(n_in, n_out, *, activation, size=3, padding=1, batch_norm=False):
    """Return a list of layers: convolution, batch normalization if wanted, activation."""
    return [
        initialized(Conv2d(n_in, check_width(n_out), size, padding=padding), activation),
        *([BatchNorm(n_out)] if batch_norm else []),
        activation_layer(activation),
    ]


def dense_layers(
    n_inputs,
    units,
    *,
    activation,
    dropout=0.0,
    batch_norm=False,
    norm_first=False,
    parameter="dropout",
):
    """Return hidden dense layers: linear, activation, dropout, for each width.

    Parameters
    ----------
    n_inputs : int
        Number of inputs.
    units : sequence of int
        Widths of the layers.
    activation : str
        Name of the activation.
    dropout : float or sequence of float, default=0.0
        Dropout rate after each layer.
    batch_norm : bool, default=False
        Whether a batch normalization follows each activation.
    norm_first : bool, default=False
        Whether one stands before each linear layer.
    parameter : str, default="dropout"
        What the user calls the dropout rates, for the message of an error.

    Returns
    -------
    layers : nn.Sequential
        The layers.
    n_features : int
        Number of outputs of the last one.
    """
    layers = []
    if not isinstance(units, Sequence):
        raise ValueError(f"hidden_units={units!r} are no widths: give a tuple, such as (256,).")
    rates = rate_of_each(parameter, dropout, len(units))
    for width, rate in zip(units, rates, strict=True):
        layers += [BatchNorm(n_inputs)] if norm_first else []
        linear = initialized(nn.Linear(n_inputs, check_width(width)), activation)
        layers += [linear, activation_layer(activation)]
        layers += [BatchNorm(width)] if batch_norm else []
        layers += dropout_layers(rate)
        n_inputs = width
    return nn.Sequential(*layers), n_inputs
