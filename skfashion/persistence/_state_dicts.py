"""Classifiers from weights that others have trained."""

import numpy as np
from sklearn.base import clone

from .._images import check_image_shape
from .._lazy import LazyModule

networks = LazyModule("skfashion.networks")
training = LazyModule("skfashion.training")


def from_state_dict(
    estimator, state, *, classes, image_shape, mean=0.0, std=1.0, flatten="channels_first"
):
    """Return a fitted classifier with the weights of another author's torch module.

    Layers are matched by their names if these are the network's own, and otherwise in the order
    in which they stand; see :func:`skfashion.networks.convert_state_dict`. The classifier
    predicts the same as that module, if that scaled its images by `mean` and `std`.

    Parameters
    ----------
    estimator : ImageClassifier
        A classifier whose parameters give the network the layers of that module. It is not
        changed.
    state : mapping, str or path-like
        State dict, or file that ``torch.save`` has written one to, of which no more than
        tensors is loaded.
    classes : array-like of shape (n_classes,)
        Labels of the outputs, in increasing order.
    image_shape : tuple of int
        (H, W) or (H, W, C) of the images.
    mean : float or array-like of shape (C,), default=0.0
        Mean that is subtracted from the pixels.
    std : float or array-like of shape (C,), default=1.0
        Standard deviation by which they are then divided. For a module that was trained on
        pixels from -1 to 1, and images that come as bytes, both are 127.5.
    flatten : {"channels_first", "channels_last"}, default="channels_first"
        Order of the flattened feature maps in the module's first dense layer; torch uses the
        first, Keras the second.

    Returns
    -------
    ImageClassifier
        A fitted classifier.

    Raises
    ------
    ValueError
        If layers do not fit, each of which is named, or another argument is not what it has to
        be.
    OSError
        If there is no such file.

    See Also
    --------
    load : Read a file of this package.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skfashion import LeNet5Classifier, from_state_dict
    >>> from skfashion.datasets import make_garments
    >>> other = nn.Sequential(
    ...     nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
    ...     nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    ...     nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    ... )
    >>> clf = from_state_dict(
    ...     LeNet5Classifier(activation="relu", pooling="max", precision="float32"),
    ...     other.state_dict(), classes=range(10), image_shape=(28, 28), mean=127.5, std=127.5,
    ... )
    >>> X = make_garments(100, random_state=0).images
    >>> logits = other(torch.from_numpy(X[:, None] / 127.5 - 1).float()).detach().numpy()
    >>> bool((abs(clf.decision_function(X) - logits) < 1e-4).all())
    True
    """
    shape = check_image_shape(image_shape)
    labels = np.asarray(list(classes))
    if len(labels) < 2 or not (labels[:-1] < labels[1:]).all():
        raise ValueError(
            f"classes={labels.tolist()} are not at least two labels in increasing order, as "
            "scikit-learn has them. Sort them, and the rows of the output layer likewise."
        )
    estimator = clone(estimator)
    estimator._check_parameters()
    network = estimator._architecture().new_network(shape, len(labels), seed=0)
    weights = networks.convert_state_dict(
        training.initial_state(state, "state"), network, flatten=flatten
    )
    estimator._restore(
        learned={
            "classes_": labels,
            "n_features_in_": int(np.prod(shape)),
            "n_iter_": 0,
            "best_epoch_": 0,
        },
        state={
            "image_shape": shape,
            "mean": _of_channels("mean", mean, shape[2]),
            "std": _of_channels("std", std, shape[2]),
            "precision": estimator.precision,
            "device": estimator.device,
            "weights": weights,
        },
        built_with=estimator._network_parameters(),
        history=[],
    )
    return estimator


def _of_channels(name, value, n_channels):
    value = np.asarray(value, float)
    if value.shape not in ((), (n_channels,)) or not np.isfinite(value).all():
        raise ValueError(f"{name}={value} is neither a number nor one for each channel.")
    if name == "std" and (value <= 0).any():
        raise ValueError(f"std={value} is not above 0.")
    return np.broadcast_to(value, n_channels).copy()
