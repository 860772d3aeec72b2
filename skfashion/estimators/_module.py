"""A classifier on a network of one's own."""

from dataclasses import dataclass
from typing import Any

from .._lazy import torch
from ._base import ImageClassifier, document


@dataclass(kw_only=True, repr=False, eq=False)
class ModuleClassifier(ImageClassifier):
    """A classifier on any torch module.

    The module is trained, and predicts, as the package's networks do: with augmentation, early
    stopping, class weights, bfloat16, files and all the rest.

    Parameters
    ----------
    module : callable, default=None
        Takes the shape of the images, (H, W, C), and the number of classes, K, and returns a
        ``torch.nn.Module`` that takes images, (N, C, H, W), and returns logits, (N, K). For
        other settings give a ``functools.partial``. It has to be given.

    See Also
    --------
    skfashion.load : Takes the callable as `module`, which a file cannot hold.

    Notes
    -----
    `transform` returns what the module gives to the last linear layer that it calls. Random
    numbers that a module draws in training come from the fit's seed, too: torch's global
    generators are lent to it for each step. Other such fits wait meanwhile; a thread that draws
    from the global generators by itself at the same time disturbs the numbers.

    After each epoch of `fit`, torch's batch normalizations that are called after a dropout layer
    of torch get the mean and variance that a part of the training images has there without
    dropout. One that the module keeps in evaluation mode is left as it is, and so are subclasses.

    With `checkpoint_dir`, the module's parameters and buffers are saved; a fit that resumes begins
    with whatever else the module keeps, such as plain attributes, as a new module has it.

    Examples
    --------
    >>> from torch import nn
    >>> from skfashion import ModuleClassifier
    >>> from skfashion.datasets import make_garments
    >>> def small_network(image_shape, n_classes):
    ...     height, width, n_channels = image_shape
    ...     return nn.Sequential(
    ...         nn.Conv2d(n_channels, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    ...         nn.Flatten(), nn.Linear(8 * (height // 2) * (width // 2), n_classes),
    ...     )
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> clf = ModuleClassifier(module=small_network, max_epochs=1, random_state=0)
    >>> clf.fit(X, y).predict_proba(X[:3]).shape
    (3, 10)
    """

    module: Any = None

    @document
    def build_network(self, image_shape, n_classes, generator=None):
        """Return a new network.

        %(of_network)s
        """
        if not callable(self.module) or isinstance(self.module, torch.nn.Module):
            raise ValueError(
                f"module={self.module!r} makes no network: give a function that takes the shape of "
                "the images, (H, W, C), and the number of classes, and returns a torch.nn.Module."
            )
        return self.module(image_shape, n_classes)
