"""What every augmentation is, and how several are put together."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array, check_random_state

from .._images import as_rows, shape_of_images, shape_of_rows
from .._lazy import torch


class Augmentation(TransformerMixin, BaseEstimator, metaclass=ABCMeta):
    """Base of all augmentations: random changes to images that leave their class as it is.

    A new one is a class with parameters and a method :meth:`augment`. In the `augment`
    parameter of an estimator it is drawn anew for each image and epoch, on the estimator's
    device, in training alone. As a step of a Pipeline, `fit_transform` augments and
    `transform` leaves the images as they are, so that here too what is random happens in
    training alone.
    """

    @abstractmethod
    def augment(self, batch, generator):
        """Change each image of a batch, each by its own random numbers.

        Parameters
        ----------
        batch : Tensor of shape (N, C, H, W)
            Images of any dtype, on any device. It is not changed in place.
        generator : torch.Generator
            Where all random numbers are drawn from, on the batch's device.

        Returns
        -------
        Tensor of shape (N, C, H, W)
            The changed images, of the batch's dtype, on its device.
        """

    def check(self):
        """Raise ValueError or TypeError for a parameter that is out of its range."""

    def fit(self, X=None, y=None):
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        X, y : object, default=None
            Ignored.

        Returns
        -------
        self : object
        """
        self.check()
        return self

    def fit_transform(self, X, y=None):
        """Return augmented images.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images; flat rows are taken as squares.
        y : object, default=None
            Ignored.

        Returns
        -------
        ndarray of X's shape and dtype
        """
        self.check()
        X = check_array(X, ensure_2d=False, allow_nd=True)
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        if X.ndim == 2:
            shape, channels_first = shape_of_rows(X.shape[1]), False
        else:
            shape, channels_first = shape_of_images(X.shape)
        height, width, channels = shape
        images = np.array(as_rows(X, channels_first)).reshape(-1, height, width, channels)
        batch = torch.from_numpy(images).permute(0, 3, 1, 2)  # (n, C, H, W)
        changed = self.augment(batch, torch.Generator().manual_seed(seed))
        if not channels_first:
            changed = changed.permute(0, 2, 3, 1)
        return np.ascontiguousarray(changed.numpy()).reshape(X.shape)

    def transform(self, X):
        """Return the images as they are: what is random happens in training alone.

        Parameters
        ----------
        X : array-like
            Images.

        Returns
        -------
        X : array-like
            The same object.
        """
        return X

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.three_d_array = True
        return tags


def as_augmentation(augment):
    """Return one function ``(batch, generator) -> batch`` for an `augment` parameter.

    Parameters
    ----------
    augment : Augmentation, list or tuple of them, Pipeline of them, or None
        What to apply, in this order.

    Returns
    -------
    callable or None
        None if there is nothing to apply.

    Raises
    ------
    TypeError
        If something in it cannot augment.
    """
    if augment is None:
        return None
    if isinstance(augment, Pipeline):
        steps = [step for _, step in augment.steps]
    else:
        steps = list(augment) if isinstance(augment, list | tuple) else [augment]
    steps = [step for step in steps if step is not None and step != "passthrough"]
    for step in steps:
        if isinstance(step, type) or not hasattr(step, "augment"):
            raise TypeError(
                f"augment holds {step!r}, which is no augmentation: give an instance such as "
                "RandomShift(2), a list of them, a Pipeline of them, or None."
            )
        if hasattr(step, "check"):
            step.check()

    def apply(batch, generator):
        for step in steps:
            batch = step.augment(batch, generator)
        return batch

    return apply if steps else None
