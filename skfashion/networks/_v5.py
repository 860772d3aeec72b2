"""The network v5."""

from ._docs import documented
from ._layers import BatchNorm, convolution, dropout_layers, hidden_layers, pooling_layer
from ._network import Network
from ._parameters import dropout_rates, whole_number


@documented
class V5(Network):
    """v5: three modules of two batch-normalized 3 x 3 convolutions, and two dense layers.

    Parameters
    ----------
    %(images)s
    width : int, default=64
        Channels of each module's first convolution; the second has twice as many.
    activation : str, default="relu"
        Name of the activation.
    %(stage_dropout)s
    %(hidden_dropout)s
    %(hidden_units)s
    %(l2)s
    %(generator)s

    References
    ----------
    Jakub Czerny, "Fashion MNIST", the report of the repository fashion-mnist-assignment, the
    model v5. It has no date.
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
        generator=None,
    ):
        width = whole_number("width", width)
        rates = iter(dropout_rates("dropout", dropout, 3))

        def module(n_in, padding=1):
            return [
                *convolution(n_in, width, activation=activation),
                BatchNorm(width),
                *convolution(width, 2 * width, padding=padding, activation=activation),
                pooling_layer("max"),
                *dropout_layers(next(rates)),
            ]

        convolutions = [  # (N, C, 28, 28)
            *module(image_shape[2]),  # (N, 128, 14, 14)
            BatchNorm(2 * width),
            *module(2 * width),  # (N, 128, 7, 7)
            BatchNorm(2 * width),
            *module(2 * width, padding=0),  # (N, 128, 2, 2)
        ]

        hidden = hidden_layers(hidden_units, activation, hidden_dropout, flat_norm=True)
        super().__init__(image_shape, n_classes, convolutions, hidden, l2, generator=generator)
