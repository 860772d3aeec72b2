"""Small networks in the manner of VGG: pairs of 3 x 3 convolutions, each followed by a pool."""

from torch import nn

from ._layers import (
    BatchNorm,
    Network,
    convolution,
    dense_layers,
    dropout_layers,
    pooling_layer,
)


class PairedVGG(Network):
    """What the small VGGs have in common; each of them says its own by a few words.

    Parameters
    ----------
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.
    widths : sequence of int
        Channels of each pair of convolutions.
    activation : str
        Name of the activation.
    hidden_units : sequence of int
        Widths of the hidden dense layers.
    hidden_dropout : float or sequence of float
        Dropout rate after each hidden dense layer.
    dropout : float, default=0.0
        Dropout rate after the last pool.
    pooling : {"max", "avg"}, default="max"
        Kind of pooling.
    batch_norm : bool, default=False
        Whether a batch normalization stands between convolution and activation.
    flat_norm : bool, default=False
        Whether the flattened features are batch-normalized.
    first_padding, last_padding : int, default=1
        Padding of the first and the last convolution.
    last_pool : int, default=2
        By what the last pool divides height and width.
    hidden_parameter : str, default="hidden_dropout"
        What the user calls `hidden_dropout`, for the message of an error.
    """

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        widths,
        activation,
        hidden_units,
        hidden_dropout,
        dropout=0.0,
        pooling="max",
        batch_norm=False,
        flat_norm=False,
        first_padding=1,
        last_padding=1,
        last_pool=2,
        hidden_parameter="hidden_dropout",
    ):
        layers, n_in = [], image_shape[2]
        for i, width in enumerate(widths):
            last = i == len(widths) - 1
            paddings = first_padding if i == 0 else 1, last_padding if last else 1
            for n_inputs, padding in zip((n_in, width), paddings, strict=True):
                layers += convolution(
                    n_inputs,
                    width,
                    padding=padding,
                    activation=activation,
                    batch_norm=batch_norm,
                )
            layers.append(pooling_layer(pooling, last_pool if last else 2))
            n_in = width

        def hidden(n_flat):
            dense, n_features = dense_layers(
                n_flat,
                hidden_units,
                activation=activation,
                dropout=hidden_dropout,
                parameter=hidden_parameter,
            )
            return nn.Sequential(*([BatchNorm(n_flat)] if flat_norm else []), *dense), n_features

        layers += dropout_layers(dropout)
        super().__init__(image_shape, n_classes, layers, hidden)


class MiniVGG(PairedVGG):
    """mini_VGG: two pairs of convolutions and one hidden dense layer.

    On 28 x 28: (N, C, 28, 28), padded to (N, 32, 32, 32), (N, 32, 16, 16), (N, 64, 8, 8), D.

    Parameters
    ----------
    image_shape, n_classes
        As in :class:`PairedVGG`.
    width : int, default=32
        Channels of the first pair of convolutions; the second has twice as many.
    activation, pooling, batch_norm, hidden_units
        As in :class:`PairedVGG`.
    dropout : float or sequence of float, default=0.0
        Dropout rate after each hidden dense layer.
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
        super().__init__(
            image_shape,
            n_classes,
            widths=(width, 2 * width),
            activation=activation,
            pooling=pooling,
            batch_norm=batch_norm,
            hidden_units=hidden_units,
            hidden_dropout=dropout,
            hidden_parameter="dropout",
            first_padding=3,
        )


class V1(PairedVGG):
    """v1: three pairs of convolutions, of c, 2c and 3c channels.

    On 28 x 28: (N, C, 28, 28), (N, 32, 14, 14), (N, 64, 7, 7), (N, 96, 3, 3), D.
    """

    least_size = (8, 8)

    def __init__(self, image_shape, n_classes, *, width=32, **parameters):
        widths = width, 2 * width, 3 * width
        super().__init__(image_shape, n_classes, widths=widths, **parameters)


class V2(PairedVGG):
    """v2: three pairs of convolutions, of c, 2c and 4c channels.

    On 28 x 28: (N, C, 28, 28), (N, 64, 14, 14), (N, 128, 7, 7), (N, 256, 3, 3), D.
    """

    least_size = (8, 8)

    def __init__(self, image_shape, n_classes, *, width=64, **parameters):
        widths = width, 2 * width, 4 * width
        super().__init__(image_shape, n_classes, widths=widths, **parameters)


class V3(V2):
    """v3: v2 with a last convolution without padding and a last pool of 3 x 3.

    On 28 x 28: (N, C, 28, 28), (N, 64, 14, 14), (N, 128, 7, 7), (N, 256, 1, 1), D.
    """

    least_size = (20, 20)

    def __init__(self, image_shape, n_classes, **parameters):
        super().__init__(image_shape, n_classes, last_padding=0, last_pool=3, **parameters)


class V4(V2):
    """v4: v2 with batch-normalized flat features and wider dense layers."""

    def __init__(self, image_shape, n_classes, **parameters):
        super().__init__(image_shape, n_classes, flat_norm=True, **parameters)
