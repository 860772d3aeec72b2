"""Classifiers on LeNet-5."""

from dataclasses import dataclass

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class LeNet5Classifier(ImageClassifier):
    """LeNet-5: two convolutions and two hidden dense layers, small and fast.

    The network of [1]_ in its common form. On 28 x 28 grey images and ten classes it has
    61,706 trainable parameters. The defaults are the classic; ``activation="relu",
    pooling="max"`` is more accurate. Images under 12 x 12 are enlarged to that.

    Parameters
    ----------
    activation : {"tanh", "sigmoid", "relu", "elu", "leaky_relu"}, default="tanh"
        Activation after each convolution and hidden dense layer.
    pooling : {"avg", "max"}, default="avg"
        Pooling layer: mean or maximum of each 2 x 2 pixels.
    batch_norm : bool, default=False
        Whether to insert batch normalization between convolution and activation.
    dropout : float or tuple of float, default=0.0
        Dropout rate after each hidden dense layer; one for all, or one for each.
    hidden_units : int or tuple of int, default=(120, 84)
        Widths of the hidden dense layers; a single number is one layer.

    See Also
    --------
    MiniVGGClassifier : More accurate, slower.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86(11), 1998.

    Examples
    --------
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(1000, random_state=0, return_X_y=True)
    >>> clf = LeNet5Classifier(activation="relu", pooling="max", random_state=0)
    >>> clf.fit(X, y).predict(X[:3]).shape
    (3,)
    >>> clf.n_parameters_
    61706
    """

    lr: float = 1e-2
    max_epochs: int = 10
    activation: str = "tanh"
    pooling: str = "avg"
    batch_norm: bool = False
    dropout: float = 0.0
    hidden_units: tuple = (120, 84)

    _network_name = "LeNet5"


@dataclass(kw_only=True, repr=False, eq=False)
class CNN5Classifier(LeNet5Classifier):
    """CNN5: LeNet-5 with batch normalization, ELU, max pooling and dropout.

    On 28 x 28 grey images and ten classes it has 61,750 trainable parameters. The reference
    [1]_ says 60,865, a slip: 10,164 + 48,120 + 2,416 + 156 is 60,856, and leaves out the
    output layer and the batch normalization. In its author's code the hidden layers have 128
    and 64 units, ``hidden_units=(128, 64)``, with 62,850 parameters. The defaults are the
    reference's; ``dropout=0.2`` is more accurate.

    See Also
    --------
    LeNet5Classifier : The classic.

    Notes
    -----
    The protocol of the reference is ``CNN5Classifier(hidden_units=(128, 64),
    optimizer="sgd", lr=1e-3, weight_decay=0.0, lr_schedule=None, label_smoothing=0.0,
    ema_decay=None, shuffle=False, batch_size=64, max_epochs=150, early_stopping=True,
    patience=10)``.

    References
    ----------
    .. [1] README of a repository on Fashion-MNIST, the section "Lenet-5 based network". It names
       neither its author nor a date.

    Examples
    --------
    >>> from skfashion import CNN5Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> CNN5Classifier(max_epochs=1, random_state=0).fit(X, y).n_parameters_
    61750
    """

    max_epochs: int = 20
    label_smoothing: float = 0.0  # dropout keeps it from overfitting
    activation: str = "elu"
    pooling: str = "max"
    batch_norm: bool = True
    dropout: float = 0.5
