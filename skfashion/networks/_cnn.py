"""Networks of one, three and four 3 x 3 convolutions without padding."""

from ._batch_norm import BatchNorm
from ._docs import documented
from ._layers import convolution, dropout_layers, hidden_layers, pooling_layer
from ._network import Network
from ._parameters import dropout_rates, whole_number


@documented
class PlainCNN(Network):
    """Base class of these networks.

    Parameters
    ----------
    %(images)s
    width : int
        Channels of the first convolution.
    stages : sequence of (int, bool, bool)
        For each convolution, its channels as a multiple of `width`, whether a 2 x 2 pooling
        layer follows, and whether a dropout layer follows.
    %(activation)s
    dropout : float or sequence of float
        Dropout rate of each stage that has one; one for all, or one for each.
    %(hidden_units)s
    %(hidden_dropout)s
    batch_norm : bool, default=False
        Whether a batch normalization follows each activation.
    %(generator)s
    """

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        width,
        stages,
        activation,
        dropout,
        hidden_units,
        hidden_dropout,
        batch_norm=False,
        generator=None,
    ):
        rates = iter(dropout_rates("dropout", dropout, sum(drops for *_, drops in stages)))
        width = whole_number("width", width)
        layers, n_in = [], image_shape[2]
        for factor, pools, drops in stages:
            n_out = factor * width
            layers += convolution(n_in, n_out, padding=0, activation=activation)
            layers += [BatchNorm(n_out)] if batch_norm else []
            layers += [pooling_layer("max")] if pools else []
            layers += dropout_layers(next(rates)) if drops else []
            n_in = n_out
        hidden = hidden_layers(hidden_units, activation, hidden_dropout, batch_norm=batch_norm)
        super().__init__(image_shape, n_classes, layers, hidden, generator=generator)


@documented
class CNN1Conv(PlainCNN):
    """One convolution. On 28 x 28: (N, C, 28, 28), (N, 32, 13, 13), D.

    Parameters
    ----------
    %(images)s
    **parameters : dict
        All of :class:`PlainCNN` but `stages` and `batch_norm`.
    """

    least_size = (4, 4)

    def __init__(self, image_shape, n_classes, **parameters):
        stages = [(1, True, True)]
        super().__init__(image_shape, n_classes, stages=stages, **parameters)


@documented
class CNN3Conv(PlainCNN):
    """Three. On 28 x 28: (N, C, 28, 28), (N, 32, 13, 13), (N, 64, 5, 5), (N, 128, 3, 3), D.

    Parameters
    ----------
    %(images)s
    **parameters : dict
        Others of :class:`CNN1Conv`.
    """

    least_size = (18, 18)

    def __init__(self, image_shape, n_classes, **parameters):
        stages = [(1, True, True), (2, True, True), (4, False, True)]
        super().__init__(image_shape, n_classes, stages=stages, **parameters)


@documented
class CNN4Conv(PlainCNN):
    """Four. On 28 x 28: (N, C, 28, 28), (N, 32, 12, 12), (N, 64, 10, 10), (N, 128, 4, 4), D.

    A batch normalization follows each activation.

    Parameters
    ----------
    %(images)s
    **parameters : dict
        Others of :class:`CNN1Conv`.
    """

    least_size = (16, 16)

    def __init__(self, image_shape, n_classes, **parameters):
        stages = [(1, False, False), (1, True, True), (2, False, True), (4, True, True)]
        super().__init__(image_shape, n_classes, stages=stages, batch_norm=True, **parameters)
