"""Classifiers on LeNet-5."""

from dataclasses import dataclass

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class LeNet5Classifier(ImageClassifier):
    """LeNet-5: two convolutions and two hidden dense layers, small and fast.

    On 28 x 28 grey images and ten classes it has 61,706 trainable parameters. The defaults
    are the classic; ``activation="relu", pooling="max"`` is more accurate. Images under
    12 x 12 are enlarged to that.

    Parameters
    ----------
    activation : {"tanh", "sigmoid", "relu", "elu", "leaky_relu"}, default="tanh"
        Activation after each convolution and hidden dense layer.
    pooling : {"avg", "max"}, default="avg"
        How each 2 x 2 pixels become one.
    batch_norm : bool, default=False
        Whether a batch normalization stands between convolution and activation.
    dropout : float, default=0.0
        Dropout rate after each hidden dense layer.
    hidden_units : tuple of int, default=(120, 84)
        Widths of the hidden dense layers.

    See Also
    --------
    MiniVGGClassifier : More accurate, slower.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998.

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

    activation: str = "tanh"
    pooling: str = "avg"
    batch_norm: bool = False
    dropout: float = 0.0
    hidden_units: tuple = (120, 84)

    _network_name = "LeNet5"
