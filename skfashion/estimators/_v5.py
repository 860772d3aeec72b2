"""The classifier on the network v5."""

from dataclasses import dataclass

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class V5Classifier(ImageClassifier):
    """v5: three modules of two batch-normalized convolutions, and two hidden dense layers.

    The network is the model v5 of [1]_. On 28 x 28 grey images and ten classes it has 902,154
    trainable parameters. Images under 16 x 16 are enlarged to that.

    Parameters
    ----------
    width : int, default=64
        Channels of each module's first convolution; the second has twice as many.
    activation : {"relu", "tanh", "sigmoid", "elu", "leaky_relu"}, default="relu"
        Activation after each convolution and hidden dense layer.
    dropout : float or tuple of float, default=0.2
        Dropout rate after each module; one for all, or one for each.
    hidden_dropout : float or tuple of float, default=0.5
        Dropout rate after each hidden dense layer; one for all, or one for each.
    hidden_units : int or tuple of int, default=(512, 512)
        Widths of the hidden dense layers; a single number is one layer.
    l2 : float, default=1e-5
        Factor of the sum of the dense layers' squared weights that is added to the loss.

    See Also
    --------
    MiniVGGClassifier : More parameters, less computation.

    Notes
    -----
    The protocol of the reference is ``V5Classifier(optimizer="adam", lr=3e-4,
    weight_decay=0.0, lr_schedule=None, label_smoothing=0.0, ema_decay=None, batch_size=512,
    max_epochs=100, patience=None, early_stopping=True, validation_fraction=1/6,
    augment=[RandomShift(3), RandomHorizontalFlip()])``.

    References
    ----------
    .. [1] Jakub Czerny, "Fashion MNIST", the report of the repository
       fashion-mnist-assignment, the model v5. It has no date.

    Examples
    --------
    >>> from skfashion import V5Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> clf = V5Classifier(max_epochs=1, random_state=0).fit(X, y)
    >>> clf.n_parameters_
    902154
    """

    warmup_fraction: float = 0.1
    batch_size: int = 64
    max_epochs: int = 10
    width: int = 64
    activation: str = "relu"
    dropout: float = 0.2
    hidden_dropout: float = 0.5
    hidden_units: tuple = (512, 512)
    l2: float = 1e-5

    _network_name = "V5"
