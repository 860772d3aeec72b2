"""LeNet-5 and its variants."""

from ._docs import documented
from ._layers import convolution, hidden_layers, pooling_layer
from ._network import Network


@documented
class LeNet5(Network):
    """LeNet-5 for small images: two 5 x 5 convolutions and two hidden dense layers.

    Parameters
    ----------
    %(images)s
    activation : str, default="tanh"
        Name of the activation.
    pooling : {"avg", "max"}, default="avg"
        Kind of pooling.
    %(batch_norm)s
    %(dense_dropout)s
    %(hidden_units)s
    %(generator)s

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998.
    """

    least_size = (12, 12)

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        activation="tanh",
        pooling="avg",
        batch_norm=False,
        dropout=0.0,
        hidden_units=(120, 84),
        generator=None,
    ):
        def block(n_in, n_out, padding):
            layers = convolution(
                n_in, n_out, size=5, padding=padding, activation=activation, batch_norm=batch_norm
            )
            return [*layers, pooling_layer(pooling)]

        convolutions = [  # (N, C, 28, 28)
            *block(image_shape[2], 6, padding=2),  # (N, 6, 14, 14)
            *block(6, 16, padding=0),  # (N, 16, 5, 5)
        ]
        hidden = hidden_layers(hidden_units, activation, dropout, parameter="dropout")
        super().__init__(image_shape, n_classes, convolutions, hidden, generator=generator)
