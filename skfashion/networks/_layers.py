"""What the networks are built from.

Shape letters, here and in every network: N images, C channels, H x W pixels, D features of
the last hidden layer, K classes.
"""

from functools import partial

from torch import nn

from .._options import choose
from ._batch_norm import BatchNorm
from ._fast import AvgPool2d, Conv2d, Dropout, MaxPool2d, Sequential
from ._initialization import Linear, initialization_for
from ._parameters import dropout_rates, switch, widths

ACTIVATIONS = {
    "relu": nn.ReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "elu": nn.ELU,
    "leaky_relu": nn.LeakyReLU,
}
POOLINGS = {"max": MaxPool2d, "avg": AvgPool2d}


def activation_layer(name):
    """Return a new activation layer by its name."""
    return choose("activation", name, ACTIVATIONS)()


def pooling_layer(name, size=2):
    """Return a new pooling layer by its name, which divides height and width by `size`."""
    return choose("pooling", name, POOLINGS)(size)


def dropout_layers(rate):
    """Return a list with a dropout layer, empty if the rate is 0."""
    return [Dropout(rate)] if rate > 0 else []


def plain_convolution(n_in, n_out, size=3, padding=1):
    """Return a convolution that no activation follows, with torch's default initialization."""
    return Conv2d(int(n_in), int(n_out), size, padding=padding)


def convolution(
    n_in, n_out, *, activation, size=3, padding=1, batch_norm=False, begins_as_identity=False
):
    """Return a list of layers: convolution, batch normalization if wanted, activation."""
    activate = activation_layer(activation)
    layer = plain_convolution(n_in, n_out, size, padding)
    layer.initialization = initialization_for(activation)
    layer.begins_as_identity = begins_as_identity
    norms = [BatchNorm(n_out)] if switch("batch_norm", batch_norm) else []
    return [layer, *norms, activate]


def hidden_layers(units, activation, dropout, **options):
    """Return :func:`dense_layers` as a function of the number of inputs alone."""
    return partial(dense_layers, units=units, activation=activation, dropout=dropout, **options)


def dense_layers(
    n_inputs,
    units,
    *,
    activation,
    dropout=0.0,
    batch_norm=False,
    norm_first=False,
    flat_norm=False,
    last_norm=False,
    parameter="hidden_dropout",
):
    """Return hidden dense layers: linear, activation, dropout, for each width.

    Parameters
    ----------
    n_inputs : int
        Number of inputs.
    units : int or sequence of int
        Widths of the layers.
    activation : str
        Name of the activation.
    dropout : float or sequence of float, default=0.0
        Dropout rate after each layer.
    batch_norm : bool, default=False
        Whether a batch normalization follows each activation.
    norm_first : bool, default=False
        Whether one stands before each linear layer.
    flat_norm : bool, default=False
        Whether one stands before all layers.
    last_norm : bool, default=False
        Whether one stands after all layers.
    parameter : str, default="hidden_dropout"
        What the user calls the dropout rates, for the message of an error.

    Returns
    -------
    layers : Sequential
        The layers.
    n_features : int
        Number of outputs of the last one.
    """
    layers = [BatchNorm(n_inputs)] if flat_norm else []
    units = widths("hidden_units", units)
    rates = dropout_rates(parameter, dropout, len(units))
    for width, rate in zip(units, rates, strict=True):
        layers += [BatchNorm(n_inputs)] if norm_first else []
        linear = Linear(n_inputs, width)
        linear.initialization = initialization_for(activation)
        layers += [linear, activation_layer(activation)]
        layers += [BatchNorm(width)] if batch_norm else []
        layers += dropout_layers(rate)
        n_inputs = width
    layers += [BatchNorm(n_inputs)] if last_norm else []
    return Sequential(*layers), n_inputs
