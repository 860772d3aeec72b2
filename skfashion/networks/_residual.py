"""Networks whose blocks add their input to what they make of it."""

from torch import nn

from ._layers import (
    BatchNorm,
    Network,
    activation_layer,
    convolution,
    dense_layers,
    dropout_layers,
    pooling_layer,
)


class Residual(nn.Module):
    """Add the input to what layers of the same shape make of it, and activate the sum."""

    def __init__(self, *layers, activation):
        super().__init__()
        self.layers = nn.Sequential(*layers)
        self.activation = activation_layer(activation)

    def forward(self, x):
        return self.activation(x + self.layers(x))


def bottleneck(width, inner, activation):
    """Return a residual block of a 1 x 1, a 3 x 3 and a 1 x 1 convolution."""
    return Residual(
        *convolution(width, inner, size=1, padding=0, activation=activation, batch_norm=True),
        *convolution(inner, inner, activation=activation, batch_norm=True),
        nn.Conv2d(inner, width, 1),
        BatchNorm(width),
        activation=activation,
    )


def basic(width, activation):
    """Return a residual block of two 3 x 3 convolutions."""
    return Residual(
        *convolution(width, width, activation=activation, batch_norm=True),
        nn.Conv2d(width, width, 3, padding=1),
        BatchNorm(width),
        activation=activation,
    )


class V6(Network):
    """v6: a ResNet of three bottleneck blocks.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    width : int
        Channels of the first block; the second has twice, the third three times as many.
    bottleneck_width : int
        Channels within the first block, likewise.
    activation : str
        Name of the activation.
    dropout : float
        Dropout rate after each block's pool.
    hidden_units : sequence of int
        Widths of the hidden dense layers, each of which follows a batch normalization.
    hidden_dropout : float or sequence of float
        Dropout rate after each hidden dense layer.
    l2 : float
        Factor of the sum of the dense layers' squared weights in the loss.
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
    ):
        def stage(factor, pool):
            return [
                bottleneck(factor * width, factor * bottleneck_width, activation),
                pooling_layer("max", pool),
                *dropout_layers(dropout),
            ]

        convolutions = [  # (N, C, 28, 28)
            nn.Conv2d(image_shape[2], width, 3, padding=1),
            *stage(1, 2),  # (N, 64, 14, 14)
            nn.Conv2d(width, 2 * width, 1),
            *stage(2, 2),  # (N, 128, 7, 7)
            nn.Conv2d(2 * width, 3 * width, 1),
            *stage(3, 3),  # (N, 192, 2, 2)
        ]

        def hidden(n_flat):
            dense, n_features = dense_layers(
                n_flat,
                hidden_units,
                activation=activation,
                dropout=hidden_dropout,
                parameter="hidden_dropout",
                norm_first=True,
            )
            return nn.Sequential(*dense, BatchNorm(n_features)), n_features

        super().__init__(image_shape, n_classes, convolutions, hidden, l2)


class V7(Network):
    """v7: a VGG of three residual blocks.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    width : int
        Channels of the first block, c; the second has 2c, the third 4c.
    activation : str
        Name of the activation of convolutions and blocks.
    dropout : float
        Dropout rate after each block's pool.
    hidden_units : sequence of int
        Widths of the hidden dense layers, which have LeakyReLU.
    hidden_dropout : float or sequence of float
        Dropout rate after each hidden dense layer.
    l2 : float
        Factor of the sum of the dense layers' squared weights in the loss.
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
    ):
        def stage(width):
            return [basic(width, activation), pooling_layer("max"), *dropout_layers(dropout)]

        def widen(width):
            return [BatchNorm(width), *convolution(width, 2 * width, activation=activation)]

        convolutions = [  # (N, C, 28, 28)
            nn.Conv2d(image_shape[2], width, 3, padding=1),
            *stage(width),  # (N, 64, 14, 14)
            *widen(width),
            *stage(2 * width),  # (N, 128, 7, 7)
            *widen(2 * width),
            *stage(4 * width),  # (N, 256, 3, 3)
        ]

        def hidden(n_flat):
            dense, n_features = dense_layers(
                n_flat,
                hidden_units,
                activation="leaky_relu",
                dropout=hidden_dropout,
                parameter="hidden_dropout",
            )
            return nn.Sequential(*dense, BatchNorm(n_features)), n_features

        super().__init__(image_shape, n_classes, convolutions, hidden, l2)
