"""Transfer learning from VGG-19."""

import warnings
from dataclasses import dataclass
from typing import Any

from ._base import ImageClassifier


@dataclass(kw_only=True, repr=False, eq=False)
class VGG19Classifier(ImageClassifier):
    """VGG-19 trained on ImageNet, frozen, under a small head that is trained.

    The convolutions are those of [1]_, the head that of [2]_. Grey images are copied to three
    channels, all are resized, scaled to the range of the training pixels, and normalized as
    ImageNet's. The convolutions have 20,024,384 parameters; the head, on ten classes and
    images of 150 x 150, 4,199,946, which are the trainable ones. As long as the convolutions
    are frozen and nothing is augmented, their output is precomputed once per fit and kept in
    memory.

    Parameters
    ----------
    weights : str, path-like or None, default=None
        File or URL of torchvision's state dict of VGG-19, of which no more than tensors is
        loaded. The official one is
        ``"https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"``; a hash in the name
        is checked. None takes random convolutions, with a warning.
    image_size : int, default=150
        Height and width to which images are resized, at least 32.
    fine_tune : int, default=0
        How many of the five blocks of convolutions, counted from the last, are trained with
        the head.
    hidden_units : int or tuple of int, default=(512,)
        Widths of the head's hidden layers; a single number is one layer.
    dropout : float or tuple of float, default=0.5
        Dropout rate after each hidden layer; one for all, or one for each.

    Attributes
    ----------
    mean_, std_ : ndarray of shape (C,)
        The smallest training pixel, and how far the largest is above it, alike in all
        channels.

    Notes
    -----
    The protocol of the reference is ``VGG19Classifier(weights=..., optimizer="adam",
    lr=1e-3, weight_decay=0.0, lr_schedule=None, label_smoothing=0.0, ema_decay=None,
    batch_size=256, max_epochs=50)``.

    References
    ----------
    .. [1] K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image
       recognition", ICLR 2015.
    .. [2] J. Le, "The 4 Convolutional Neural Network Models That Can Classify Your
       Fashion Images (2024)".

    Examples
    --------
    >>> import warnings
    >>> from skfashion import VGG19Classifier
    >>> from skfashion.datasets import make_garments
    >>> X, y = make_garments(40, random_state=0, return_X_y=True)
    >>> clf = VGG19Classifier(image_size=32, max_epochs=1)
    >>> with warnings.catch_warnings():  # random convolutions here
    ...     warnings.simplefilter("ignore")
    ...     clf.fit(X, y).predict(X).shape
    (40,)
    """

    lr: float = 1e-3
    max_epochs: int = 50  # as the reference; cheap, on features that are kept
    weights: Any = None
    image_size: int = 150
    fine_tune: int = 0
    hidden_units: tuple = (512,)
    dropout: Any = 0.5

    _network_name = "VGG19"
    _when_restored = {"weights": None}  # a saved network has its weights: no need to get them

    def _check_parameters(self):
        super()._check_parameters()
        if self.weights is None:
            warnings.warn(
                "weights=None: the convolutions of VGG-19 are random. Give the path or URL of "
                "torchvision's VGG-19 weights for those trained on ImageNet.",
                stacklevel=4,
            )
