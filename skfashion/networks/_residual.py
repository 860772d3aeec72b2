"""Residual networks."""

from torch import nn

from ._batch_norm import BatchNorm
from ._docs import documented
from ._fast import Sequential, activate
from ._hooks import any_global_hook
from ._layers import (
    activation_layer,
    convolution,
    dropout_layers,
    hidden_layers,
    plain_convolution,
    pooling_layer,
)
from ._network import Network
from ._parameters import dropout_rates, whole_number


class Residual(nn.Module):
    """Residual block: add the input to the output of its layers, and activate the sum."""

    def __init__(self, *layers, activation):
        super().__init__()
        self.layers = Sequential(*layers)
        self.activation = activation_layer(activation)

    def forward(self, x):
        total = x + self.layers(x)
        source = None if any_global_hook() else self  # whose hooks get the activated sum
        return activate(self.activation, total, source)


def bottleneck(width, inner, activation):
    """Return a residual block of a 1 x 1, a 3 x 3 and a 1 x 1 convolution."""
    return Residual(
        *convolution(width, inner, size=1, padding=0, activation=activation, batch_norm=True),
        *convolution(inner, inner, activation=activation, batch_norm=True),
        plain_convolution(inner, width, 1, 0),
        BatchNorm(width),
        activation=activation,
    )


def basic(width, activation):
    """Return a residual block of two 3 x 3 convolutions."""
    return Residual(
        *convolution(width, width, activation=activation, batch_norm=True),
        plain_convolution(width, width),
        BatchNorm(width),
        activation=activation,
    )


@documented
class V6(Network):
    """v6: a ResNet of three bottleneck blocks.

    Parameters
    ----------
    %(images)s
    width : int
        Channels of the first block; the second has twice, the third three times as many.
    bottleneck_width : int
        Channels within the first block, likewise.
    %(activation)s
    %(stage_dropout)s
    hidden_units : int or sequence of int
        Widths of the hidden dense layers, each of which follows a batch normalization.
    %(hidden_dropout)s
    %(l2)s
    %(generator)s
    """

    least_size = (12, 12)

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width,
        bottleneck_width,
        activation,
        dropout,
        hidden_units,
        hidden_dropout,
        l2,
        generator=None,
    ):
        width = whole_number("width", width)
        inner = whole_number("bottleneck_width", bottleneck_width)
        rates = iter(dropout_rates("dropout", dropout, 3))

        def stage(factor, pool):
            return [
                bottleneck(factor * width, factor * inner, activation),
                pooling_layer("max", pool),
                *dropout_layers(next(rates)),
            ]

        convolutions = [  # (N, C, 28, 28)
            plain_convolution(image_shape[2], width),
            *stage(1, 2),  # (N, 64, 14, 14)
            plain_convolution(width, 2 * width, 1, 0),
            *stage(2, 2),  # (N, 128, 7, 7)
            plain_convolution(2 * width, 3 * width, 1, 0),
            *stage(3, 3),  # (N, 192, 2, 2)
        ]

        options = {"norm_first": True, "last_norm": True}
        hidden = hidden_layers(hidden_units, activation, hidden_dropout, **options)
        super().__init__(image_shape, n_classes, convolutions, hidden, l2, generator=generator)


@documented
class V7(Network):
    """v7: a VGG of three residual blocks.

    Parameters
    ----------
    %(images)s
    width : int
        Channels of the first block, c; the second has 2c, the third 4c.
    activation : str
        Name of the activation of convolutions and blocks.
    %(stage_dropout)s
    hidden_units : int or sequence of int
        Widths of the hidden dense layers, which have LeakyReLU.
    %(hidden_dropout)s
    %(l2)s
    %(generator)s
    """

    least_size = (8, 8)

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width,
        activation,
        dropout,
        hidden_units,
        hidden_dropout,
        l2,
        generator=None,
    ):
        rates = iter(dropout_rates("dropout", dropout, 3))
        width = whole_number("width", width)

        def stage(width):
            return [basic(width, activation), pooling_layer("max"), *dropout_layers(next(rates))]

        def widen(width):
            return [BatchNorm(width), *convolution(width, 2 * width, activation=activation)]

        convolutions = [  # (N, C, 28, 28)
            plain_convolution(image_shape[2], width),
            *stage(width),  # (N, 64, 14, 14)
            *widen(width),
            *stage(2 * width),  # (N, 128, 7, 7)
            *widen(2 * width),
            *stage(4 * width),  # (N, 256, 3, 3)
        ]

        hidden = hidden_layers(hidden_units, "leaky_relu", hidden_dropout, last_norm=True)
        super().__init__(image_shape, n_classes, convolutions, hidden, l2, generator=generator)
