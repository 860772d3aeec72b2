"""Small networks in the manner of VGG."""

from functools import partial

from torch import nn

from ._layers import BatchNorm, Network, activation_layer, dense_layers, pooling_layer


class MiniVGG(Network):
    """mini_VGG: two pairs of 3 x 3 convolutions and one hidden dense layer.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    width : int, default=32
        Channels of the first pair of convolutions; the second has twice as many.
    activation : str, default="relu"
        Name of the activation.
    pooling : {"max", "avg"}, default="max"
        Kind of pooling.
    batch_norm : bool, default=False
        Whether a batch normalization stands between convolution and activation.
    dropout : float, default=0.0
        Dropout rate after each hidden dense layer.
    hidden_units : sequence of int, default=(512,)
        Widths of the hidden dense layers.
    """

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width=32,
        activation="relu",
        pooling="max",
        batch_norm=False,
        dropout=0.0,
        hidden_units=(512,),
    ):
        def convolution(n_in, n_out, padding=1):
            return [
                nn.Conv2d(n_in, n_out, 3, padding=padding),
                *([BatchNorm(n_out)] if batch_norm else []),
                activation_layer(activation),
            ]

        convolutions = nn.Sequential(  # (N, C, 28, 28)
            *convolution(image_shape[2], width, padding=3),  # (N, 32, 32, 32)
            *convolution(width, width),
            pooling_layer(pooling),  # (N, 32, 16, 16)
            *convolution(width, 2 * width),
            *convolution(2 * width, 2 * width),
            pooling_layer(pooling),  # (N, 64, 8, 8)
        )
        hidden = partial(dense_layers, units=hidden_units, activation=activation, dropout=dropout)
        super().__init__(image_shape, n_classes, convolutions, hidden)
