"""Classifiers on small VGG-like networks."""

from dataclasses import dataclass
from typing import Any

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class MiniVGGClassifier(ImageClassifier):
    """mini_VGG: two pairs of 3 x 3 convolutions and one hidden dense layer.

    On 28 x 28 grey images and ten classes it has 2,167,786 trainable parameters. The
    reference [1]_ counts about 4.8 million, since it takes the sizes of feature maps for those
    of kernels. Each convolution's first filters are initialized to the identity (Dirac), the
    rest at random (He).

    Parameters
    ----------
    width : int, default=32
        Channels of the first pair of convolutions; the second pair has twice as many.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    pooling : {"max", "avg"}, default="max"
        Pooling layer: maximum or mean of each 2 x 2 pixels.
    batch_norm : bool, default=False
        Whether to insert batch normalization between convolution and activation.
    dropout : float or tuple of float, default=0.0
        Dropout rate after each hidden dense layer; one for all, or one for each.
    hidden_units : int or tuple of int, default=(512,)
        Widths of the hidden dense layers; a single number is one layer.

    See Also
    --------
    LeNet5Classifier : Less accurate, faster.
    V5Classifier : Fewer parameters, more computation.

    References
    ----------
    .. [1] README of a repository on Fashion-MNIST, the section "mini_VGG network". It names
       neither its author nor a date.

    Examples
    --------
    >>> from skfashion import MiniVGGClassifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(500, random_state=0, return_X_y=True)
    >>> clf = MiniVGGClassifier(max_epochs=2, random_state=0).fit(X, y)
    >>> clf.predict_proba(X[:3]).shape
    (3, 10)
    >>> clf.n_parameters_
    2167786
    """

    warmup_fraction: float = 0.1
    max_epochs: int = 4
    batch_size: int = 64
    width: int = 32
    activation: str = "relu"
    pooling: str = "max"
    batch_norm: bool = False
    dropout: Any = 0.0
    hidden_units: tuple = (512,)

    _network_name = "MiniVGG"


@dataclass(kw_only=True, repr=False, eq=False)
class PairedVGGClassifier(ImageClassifier):
    """What v1 to v4 have in common: three pairs of 3 x 3 convolutions, each with a pooling layer.

    Parameters
    ----------
    width : int, default=64
        Channels of the first pair of convolutions, c.
    activation : {"relu", "leaky_relu", "tanh", "sigmoid", "elu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    dropout : float, default=0.0
        Dropout rate after the last pooling layer.
    hidden_units : int or tuple of int, default=(256, 256)
        Widths of the hidden dense layers; a single number is one layer.
    hidden_dropout : float or tuple of float, default=(0.0, 0.5)
        Dropout rate after each hidden dense layer; one for all, or one for each.

    References
    ----------
    .. [1] Jakub Czerny, "Fashion MNIST", the report of the repository
       fashion-mnist-assignment. It has no date.
    """

    width: int = 64
    activation: str = "relu"
    dropout: float = 0.0
    hidden_units: tuple = (256, 256)
    hidden_dropout: Any = (0.0, 0.5)


@dataclass(kw_only=True, repr=False, eq=False)
class V1Classifier(PairedVGGClassifier):
    """v1: pairs of convolutions of c, 2c and 3c channels, and one hidden dense layer.

    The network is the model v1 of [1]_. On 28 x 28 grey images and ten classes it has 259,434
    trainable parameters. Images under 8 x 8 are enlarged to that.

    Notes
    -----
    The protocol of the reference is ``V1Classifier(optimizer="adam", lr=1e-4,
    weight_decay=0.0, lr_schedule=None, label_smoothing=0.0, ema_decay=None, batch_size=64,
    max_epochs=30, augment=shift_flip(3))``.

    Examples
    --------
    >>> from skfashion import V1Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V1Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    259434
    """

    width: int = 32
    hidden_units: tuple = (64,)
    hidden_dropout: Any = 0.0

    _network_name = "V1"


@dataclass(kw_only=True, repr=False, eq=False)
class V2Classifier(PairedVGGClassifier):
    """v2: pairs of convolutions of c, 2c and 4c channels, and two hidden dense layers.

    The network is the model v2 of [1]_. On 28 x 28 grey images and ten classes it has
    1,802,698 trainable parameters. Images under 8 x 8 are enlarged to that.

    Notes
    -----
    The protocol of the reference is ``V2Classifier(optimizer="adam", lr=3e-4,
    weight_decay=0.0, lr_schedule=None, label_smoothing=0.0, ema_decay=None, batch_size=64,
    early_stopping=True, monitor="valid_acc", patience=10, augment=shift_flip(3))``.

    Examples
    --------
    >>> from skfashion import V2Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V2Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    1802698
    """

    _network_name = "V2"


@dataclass(kw_only=True, repr=False, eq=False)
class V3Classifier(PairedVGGClassifier):
    """v3: v2 with LeakyReLU, a last convolution without padding and a last 3 x 3 pooling layer.

    The network is the model v3 of [1]_. On 28 x 28 grey images and ten classes it has
    1,278,410 trainable parameters. Images under 20 x 20 are enlarged to that.

    Examples
    --------
    >>> from skfashion import V3Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V3Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    1278410
    """

    activation: str = "leaky_relu"
    hidden_dropout: Any = (0.2, 0.5)

    _network_name = "V3"


@dataclass(kw_only=True, repr=False, eq=False)
class V4Classifier(PairedVGGClassifier):
    """v4: v2 with LeakyReLU, batch-normalized flat features and wider dense layers.

    The network is the model v4 of [1]_. On 28 x 28 grey images and ten classes it has
    2,596,810 trainable parameters. Images under 8 x 8 are enlarged to that.

    Notes
    -----
    The protocol of the reference is that of :class:`V2Classifier`, with ``lr=1e-4``.

    Examples
    --------
    >>> from skfashion import V4Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> V4Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    2596810
    """

    activation: str = "leaky_relu"
    dropout: float = 0.2
    hidden_units: tuple = (512, 512)
    hidden_dropout: Any = 0.5

    _network_name = "V4"
