"""The network that its author called v5."""

from torch import nn

from ._layers import (
    BatchNorm,
    Network,
    convolution,
    dense_layers,
    dropout_layers,
    pooling_layer,
)


class V5(Network):
    """v5: three modules of two batch-normalized 3 x 3 convolutions, and two dense layers.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    width : int, default=64
        Channels of each module's first convolution; the second has twice as many.
    activation : str, default="relu"
        Name of the activation.
    dropout : float, default=0.2
        Dropout rate after each module.
    hidden_dropout : float, default=0.5
        Dropout rate after each hidden dense layer.
    hidden_units : sequence of int, default=(512, 512)
        Widths of the hidden dense layers.
    l2 : float, default=1e-5
        Factor of the sum of the dense layers' squared weights (not their biases) that is
        added to the training loss.

    References
    ----------
    J. Czerny, "Fashion MNIST", the model v5.
    """

    least_size = (16, 16)

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width=64,
        activation="relu",
        dropout=0.2,
        hidden_dropout=0.5,
        hidden_units=(512, 512),
        l2=1e-5,
    ):
        def module(n_in, padding=1):
            return [
                *convolution(n_in, width, activation=activation),
                BatchNorm(width),
                *convolution(width, 2 * width, padding=padding, activation=activation),
                pooling_layer("max"),
                *dropout_layers(dropout),
            ]

        convolutions = [  # (N, C, 28, 28)
            *module(image_shape[2]),  # (N, 128, 14, 14)
            BatchNorm(2 * width),
            *module(2 * width),  # (N, 128, 7, 7)
            BatchNorm(2 * width),
            *module(2 * width, padding=0),  # (N, 128, 2, 2)
        ]

        def hidden(n_flat):
            layers, n_features = dense_layers(
                n_flat,
                hidden_units,
                activation=activation,
                dropout=hidden_dropout,
                parameter="hidden_dropout",
            )
            return nn.Sequential(BatchNorm(n_flat), *layers), n_features

        super().__init__(image_shape, n_classes, convolutions, hidden, l2)
