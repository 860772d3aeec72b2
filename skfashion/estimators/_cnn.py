"""Classifiers on networks of one, three and four convolutions without padding."""

from dataclasses import dataclass
from typing import Any

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class PlainCNNClassifier(ImageClassifier):
    """What the networks of one, three and four convolutions have in common.

    Parameters
    ----------
    width : int, default=32
        Channels of the first convolution; later ones have two and four times as many.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    dropout : float or tuple of float, default=0.25
        Dropout rate of the dropout layers between the convolutions; one for all, or one for each.
    hidden_units : int or tuple of int, default=(128,)
        Widths of the hidden dense layers; a single number is one layer.
    hidden_dropout : float or tuple of float, default=0.0
        Dropout rate after each hidden dense layer; one for all, or one for each.

    References
    ----------
    .. [1] J. Le, "The 4 Convolutional Neural Network Models That Can Classify Your
       Fashion Images (2024)".
    """

    width: int = 32
    activation: str = "relu"
    dropout: Any = 0.25
    hidden_units: tuple = (128,)
    hidden_dropout: Any = 0.0


@dataclass(kw_only=True, repr=False, eq=False)
class CNN1ConvClassifier(PlainCNNClassifier):
    """One convolution, a pooling layer, and one hidden dense layer.

    The network is the one of [1]_ with one convolution. On 28 x 28 grey images and ten classes
    it has 693,962 trainable parameters. Images under 4 x 4 are enlarged to that.

    Notes
    -----
    The protocol of the reference is ``optimizer="adam", lr=1e-3, weight_decay=0.0,
    lr_schedule=None, label_smoothing=0.0, ema_decay=None, batch_size=256, max_epochs=10``,
    then ``set_params(warm_start=True, max_epochs=50, augment=rotate_shift_shear_zoom())``
    and `fit` once more.

    Examples
    --------
    >>> from skfashion import CNN1ConvClassifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> CNN1ConvClassifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    693962
    """

    dropout: Any = 0.2

    _network_name = "CNN1Conv"


@dataclass(kw_only=True, repr=False, eq=False)
class CNN3ConvClassifier(PlainCNNClassifier):
    """Three convolutions, two pooling layers, and one hidden dense layer.

    The network is the one of [1]_ with three convolutions. On 28 x 28 grey images and ten
    classes it has 241,546 trainable parameters. Images under 18 x 18 are enlarged to that.

    Notes
    -----
    The protocol of the reference is that of :class:`CNN1ConvClassifier`.

    Examples
    --------
    >>> from skfashion import CNN3ConvClassifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> CNN3ConvClassifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    241546
    """

    max_epochs: int = 16
    dropout: Any = (0.25, 0.25, 0.4)
    hidden_dropout: Any = 0.3

    _network_name = "CNN3Conv"


@dataclass(kw_only=True, repr=False, eq=False)
class CNN4ConvClassifier(PlainCNNClassifier):
    """Four batch-normalized convolutions, two pooling layers, two hidden dense layers.

    The network is the one of [1]_ with four convolutions. On 28 x 28 grey images and ten
    classes it has 1,219,754 trainable parameters. Images under 16 x 16 are enlarged to that.

    Notes
    -----
    The protocol of the reference is that of :class:`CNN1ConvClassifier`.

    Examples
    --------
    >>> from skfashion import CNN4ConvClassifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> CNN4ConvClassifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    1219754
    """

    max_epochs: int = 12
    hidden_units: tuple = (512, 128)
    hidden_dropout: Any = 0.5

    _network_name = "CNN4Conv"
