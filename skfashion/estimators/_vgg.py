"""Classifiers on small networks in the manner of VGG."""

from dataclasses import dataclass

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class MiniVGGClassifier(ImageClassifier):
    """mini_VGG: two pairs of 3 x 3 convolutions and one hidden dense layer.

    On 28 x 28 grey images and ten classes it has 2,167,786 trainable parameters. Its
    reference counts about 4.8 million, taking the sizes of feature maps for those of
    kernels.

    Parameters
    ----------
    width : int, default=32
        Channels of the first pair of convolutions; the second pair has twice as many.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    pooling : {"max", "avg"}, default="max"
        How each 2 x 2 pixels become one.
    batch_norm : bool, default=False
        Whether a batch normalization stands between convolution and activation.
    dropout : float, default=0.0
        Dropout rate after each hidden dense layer.
    hidden_units : tuple of int, default=(512,)
        Widths of the hidden dense layers.

    See Also
    --------
    LeNet5Classifier : Less accurate, faster.
    V5Classifier : Fewer parameters, more computation.

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

    width: int = 32
    activation: str = "relu"
    pooling: str = "max"
    batch_norm: bool = False
    dropout: float = 0.0
    hidden_units: tuple = (512,)

    _network_name = "MiniVGG"
