"""The classifier within an estimator, and what its layers make of images."""

from dataclasses import dataclass

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._lazy import LazyModule, torch
from .._options import choose
from .._wrappers import wrapped
from ..estimators import ImageClassifier
from ..estimators._validation import check_images, refuse_single_image

inference = LazyModule("skfashion.inference")

ACTIVATIONS = "torch.nn.modules.activation"  # where torch has them


def find_classifier(estimator, X=None):
    """Return the classifier of this package that is within an estimator, and what it gets of X.

    Parameters
    ----------
    estimator : object
        A classifier, a Pipeline that ends in one, or a search or FrozenEstimator of these.
    X : array-like, default=None
        What the estimator is given.

    Returns
    -------
    classifier : ImageClassifier
        It is fitted.
    X : array-like
        What the steps before it make of X.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    TypeError
        If there is none within it.
    """
    found = estimator
    while not isinstance(found, ImageClassifier):
        within = wrapped(found)
        if within is None:
            raise TypeError(_is_none(estimator, found))
        if isinstance(found, Pipeline):
            check_is_fitted(found)
            if X is not None and len(found.steps) > 1:
                X = found[:-1].transform(X)
        found = within
    check_is_fitted(found)
    return found, X


def _is_none(estimator, found):
    if isinstance(estimator, type):
        return f"estimator is the class {estimator.__name__}: give a fitted instance of it."
    where = "" if found is estimator else f" ends in {type(found).__name__}, which"
    mend = ""
    if hasattr(found, "refit"):
        mend = " A search has one after fit, with refit=True."
    return (
        f"estimator, of type {type(estimator).__name__},{where} is no classifier of skfashion; "
        "wanted: a fitted one such as LeNet5Classifier, alone, as the last step of a Pipeline, "
        f"or in a search.{mend}"
    )


def classifier_and_images(estimator, X, n_images):
    """Return the classifier within an estimator, and the first images as it gets them.

    Returns
    -------
    classifier : ImageClassifier
    images : ndarray of shape (n, H, W, C)
    """
    if not hasattr(X, "__getitem__"):
        raise TypeError(f"X is of type {type(X).__name__}; wanted: an array of images.")
    if isinstance(estimator, ImageClassifier) and hasattr(estimator, "n_features_in_"):
        refuse_single_image(estimator, X)  # of which the first rows would be taken
    first = X.iloc[:n_images] if hasattr(X, "iloc") else X[:n_images]
    classifier, first = find_classifier(estimator, first)
    return classifier, check_images(classifier, first)


@dataclass
class Recording:
    """Outputs of layers for images.

    Parameters
    ----------
    logits : Tensor of shape (n, K)
        The output of the network.
    outputs : dict of str to Tensor
        The outputs of the layers, by their names.
    """

    logits: object
    outputs: dict


def record(classifier, images, wanted, *, grad=False):
    """Run a copy of a classifier's network, and record what its layers make of images.

    Parameters
    ----------
    classifier : ImageClassifier
        It is fitted.
    images : ndarray of shape (n, H, W, C)
        Pixels, as the training images had them.
    wanted : callable
        Takes the name and the layer, returns whether its output is recorded.
    grad : bool, default=False
        Whether the outputs can be differentiated by.

    Returns
    -------
    Recording
        The outputs are in the order in which the layers are called.
    """
    outputs = {}

    def watch(name):
        def hook(layer, inputs, output):
            if isinstance(output, torch.Tensor):
                outputs.pop(name, None)  # of a layer that is called again, the last call counts
                outputs[name] = output
                return output.clone()  # the next layer may overwrite what it gets
            return None

        return hook

    with inference.neutral_torch(grad=grad):
        fitted = classifier.fitted_network_.copy()
        network = fitted.network.eval()
        for name, layer in network.named_modules():
            if wanted(name, layer):
                layer.register_forward_hook(watch(name))
        pixels = inference.as_tensor(images).to(fitted.device).permute(0, 3, 1, 2)
        x = inference.scaled(pixels, *fitted.scale()).to(fitted.dtype)  # (n, C, H, W)
        # Also where the first layers are frozen, their outputs can be differentiated by.
        logits = network(x.requires_grad_(grad))
    return Recording(logits, outputs)


def map_layers(classifier, images):
    """Return the layers that make feature maps, and which of them are worth a look.

    Parameters
    ----------
    classifier : ImageClassifier
        It is fitted.
    images : ndarray of shape (n, H, W, C)
        The first one is sent through.

    Returns
    -------
    kinds : dict of str to str
        The layers whose output is (n, C, H, W), and their classes, as they are called.
    default : list of str
        Of each convolution the activation after it, or itself if none follows before the next.

    Raises
    ------
    ValueError
        If there are none.
    """
    modules = dict(classifier.module_.named_modules())
    outputs = record(classifier, images[:1], lambda name, layer: True).outputs
    kinds, default, after = {}, [], False
    for name, output in outputs.items():
        if not name or output.ndim != 4:
            continue
        layer = modules[name]
        kinds[name] = type(layer).__name__
        if isinstance(layer, torch.nn.modules.conv._ConvNd):
            default.append(name)
            after = True
        elif after and any(kind.__module__ == ACTIVATIONS for kind in type(layer).__mro__):
            default[-1] = name
            after = False
    if not kinds:
        raise ValueError(
            f"The network {type(classifier.module_).__name__} has no layer that makes feature "
            "maps, of shape (n, C, H, W): there is nothing to show. Networks with convolutions "
            "have such layers."
        )
    return kinds, default or list(kinds)


def choose_layer(parameter, name, kinds):
    """Return a layer's name, or raise ValueError with the nearest one."""
    choose(parameter, name, kinds)
    return name


def as_array(tensor):
    """Return a tensor as a float array."""
    return np.asarray(tensor.detach().cpu().numpy(), dtype=float)
