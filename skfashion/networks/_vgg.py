"""Small VGG-like networks: pairs of 3 x 3 convolutions, each followed by a pooling layer."""

from ._docs import documented
from ._layers import convolution, dropout_layers, hidden_layers, pooling_layer
from ._network import Network
from ._parameters import dropout_rates, whole_number


@documented
class PairedVGG(Network):
    """Base class of the small VGG-like networks.

    Parameters
    ----------
    %(images)s
    width : int
        Channels of the first pair of convolutions.
    factors : sequence of int
        Channels of the convolutions of each pair, as multiples of `width`.
    %(activation)s
    %(hidden_units)s
    %(hidden_dropout)s
    dropout : float, default=0.0
        Dropout rate after the last pooling layer.
    %(pooling)s
    %(batch_norm)s
    begin_as_identities : bool, default=False
        Whether each convolution's first filters are initialized to the identity (Dirac).
    flat_norm : bool, default=False
        Whether the flattened features are batch-normalized.
    first_padding, last_padding : int, default=1
        Padding of the first and the last convolution.
    last_pool : int, default=2
        Size of the last pooling layer.
    hidden_parameter : str, default="hidden_dropout"
        Name of `hidden_dropout` in error messages.
    %(generator)s
    """

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width,
        factors,
        activation,
        hidden_units,
        hidden_dropout,
        dropout=0.0,
        pooling="max",
        batch_norm=False,
        begin_as_identities=False,
        flat_norm=False,
        first_padding=1,
        last_padding=1,
        last_pool=2,
        hidden_parameter="hidden_dropout",
        generator=None,
    ):
        width = whole_number("width", width)
        layers, n_in = [], image_shape[2]
        how = {"activation": activation, "batch_norm": batch_norm}
        how["begins_as_identity"] = begin_as_identities
        for i, factor in enumerate(factors):
            last = i == len(factors) - 1
            n_out = factor * width
            paddings = first_padding if i == 0 else 1, last_padding if last else 1
            for n_inputs, padding in zip((n_in, n_out), paddings, strict=True):
                layers += convolution(n_inputs, n_out, padding=padding, **how)
            layers.append(pooling_layer(pooling, last_pool if last else 2))
            n_in = n_out
        layers += dropout_layers(*dropout_rates("dropout", dropout, 1))
        hidden = hidden_layers(
            hidden_units,
            activation,
            hidden_dropout,
            flat_norm=flat_norm,
            parameter=hidden_parameter,
        )
        super().__init__(image_shape, n_classes, layers, hidden, generator=generator)


@documented
class MiniVGG(PairedVGG):
    """mini_VGG: two pairs of convolutions and one hidden dense layer.

    On 28 x 28: (N, C, 28, 28), padded to (N, 32, 32, 32), (N, 32, 16, 16), (N, 64, 8, 8), D.

    Each convolution's first filters are initialized to the identity (Dirac), the rest at random
    (He): it trains faster than from random filters alone.

    Parameters
    ----------
    %(images)s
    width : int, default=32
        Channels of the first pair of convolutions; the second has twice as many.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "elu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    %(pooling)s
    %(batch_norm)s
    %(dense_dropout)s
    %(hidden_units)s
    %(generator)s
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
        generator=None,
    ):
        super().__init__(
            image_shape,
            n_classes,
            width=width,
            factors=(1, 2),
            activation=activation,
            pooling=pooling,
            batch_norm=batch_norm,
            begin_as_identities=True,
            hidden_units=hidden_units,
            hidden_dropout=dropout,
            hidden_parameter="dropout",
            first_padding=3,
            generator=generator,
        )


@documented
class V1(PairedVGG):
    """v1: three pairs of convolutions, of c, 2c and 3c channels.

    On 28 x 28: (N, C, 28, 28), (N, 32, 14, 14), (N, 64, 7, 7), (N, 96, 3, 3), D.

    Parameters
    ----------
    %(images)s
    width : int, default=32
        Channels of the first pair of convolutions, c.
    **parameters : dict
        Others of :class:`PairedVGG`.
    """

    least_size = (8, 8)

    def __init__(self, image_shape, n_classes, *, width=32, **parameters):
        factors = 1, 2, 3
        super().__init__(image_shape, n_classes, width=width, factors=factors, **parameters)


@documented
class V2(PairedVGG):
    """v2: three pairs of convolutions, of c, 2c and 4c channels.

    On 28 x 28: (N, C, 28, 28), (N, 64, 14, 14), (N, 128, 7, 7), (N, 256, 3, 3), D.

    Parameters
    ----------
    %(images)s
    width : int, default=64
        Channels of the first pair of convolutions, c.
    **parameters : dict
        Others of :class:`V1`.
    """

    least_size = (8, 8)

    def __init__(self, image_shape, n_classes, *, width=64, **parameters):
        factors = 1, 2, 4
        super().__init__(image_shape, n_classes, width=width, factors=factors, **parameters)


@documented
class V3(V2):
    """v3: v2 with a last convolution without padding and a last 3 x 3 pooling layer.

    On 28 x 28: (N, C, 28, 28), (N, 64, 14, 14), (N, 128, 7, 7), (N, 256, 1, 1), D.

    Parameters
    ----------
    %(images)s
    **parameters : dict
        Others of :class:`V2`.
    """

    least_size = (20, 20)

    def __init__(self, image_shape, n_classes, **parameters):
        super().__init__(image_shape, n_classes, last_padding=0, last_pool=3, **parameters)


@documented
class V4(V2):
    """v4: v2 with batch-normalized flat features and wider dense layers.

    Parameters
    ----------
    %(images)s
    **parameters : dict
        Others of :class:`V2`.
    """

    def __init__(self, image_shape, n_classes, **parameters):
        super().__init__(image_shape, n_classes, flat_norm=True, **parameters)
