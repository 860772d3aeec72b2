"""Classifiers on residual networks."""

from dataclasses import dataclass
from typing import Any

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class V6Classifier(ImageClassifier):
    """v6: a ResNet of three bottleneck blocks, and two hidden dense layers.

    The blocks are residual [2]_. The reference [1]_ gives no widths. Those here are ours: 64,
    128 and 192 channels as its other networks have them, half as many within the blocks, two
    dense layers of 256. On 28 x 28 grey images and ten classes that makes 490,186 trainable
    parameters. Images under 12 x 12 are enlarged to that.

    Parameters
    ----------
    width : int, default=64
        Channels of the first block; the second has twice, the third three times as many.
    bottleneck_width : int, default=32
        Channels within the first block; likewise in the others.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation within and after each block, and after each hidden dense layer.
    dropout : float or tuple of float, default=0.2
        Dropout rate after each block's pooling layer; one for all, or one for each.
    hidden_units : int or tuple of int, default=(256, 256)
        Widths of the hidden dense layers, each after a batch normalization; a single number is
        one layer.
    hidden_dropout : float or tuple of float, default=(0.2, 0.5)
        Dropout rate after each hidden dense layer; one for all, or one for each.
    l2 : float, default=1e-5
        Factor of the sum of the dense layers' squared weights that is added to the loss.

    References
    ----------
    .. [1] Jakub Czerny, "Fashion MNIST", the report of the repository
       fashion-mnist-assignment, the model v6. It has no date.

    .. [2] K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
       recognition", CVPR 2016.

    Examples
    --------
    >>> from skfashion import V6Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V6Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    490186
    """

    width: int = 64
    bottleneck_width: int = 32
    activation: str = "relu"
    dropout: float = 0.2
    hidden_units: tuple = (256, 256)
    hidden_dropout: Any = (0.2, 0.5)
    l2: float = 1e-5

    _network_name = "V6"


@dataclass(kw_only=True, repr=False, eq=False)
class V7Classifier(ImageClassifier):
    """v7: a VGG of three residual blocks, and two hidden dense layers.

    The blocks are residual [2]_. The reference [1]_ gives no widths; those here are 64, 128
    and 256 channels and dense layers of 512 and 256. On 28 x 28 grey images and ten classes
    that makes 3,235,594 trainable parameters. Images under 8 x 8 are enlarged to that.

    Parameters
    ----------
    width : int, default=64
        Channels of the first block; the second has twice, the third four times as many.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation within and after each block; the dense layers have LeakyReLU.
    dropout : float or tuple of float, default=0.25
        Dropout rate after each block's pooling layer; one for all, or one for each.
    hidden_units : int or tuple of int, default=(512, 256)
        Widths of the hidden dense layers; a single number is one layer.
    hidden_dropout : float or tuple of float, default=0.5
        Dropout rate after each hidden dense layer; one for all, or one for each.
    l2 : float, default=1e-5
        Factor of the sum of the dense layers' squared weights that is added to the loss.

    References
    ----------
    .. [1] Jakub Czerny, "Fashion MNIST", the report of the repository
       fashion-mnist-assignment, the model v7. It has no date.

    .. [2] K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
       recognition", CVPR 2016.

    Examples
    --------
    >>> from skfashion import V7Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V7Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    3235594
    """

    width: int = 64
    activation: str = "relu"
    dropout: float = 0.25
    hidden_units: tuple = (512, 256)
    hidden_dropout: Any = 0.5
    l2: float = 1e-5

    _network_name = "V7"
