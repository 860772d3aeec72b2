"""What every augmentation is."""

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array, check_random_state

from .._images import as_rows, shape_of_images, shape_of_rows
from .._lazy import torch

PART = 512  # images that fit_transform changes at once


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
        seed = check_random_state(getattr(self, "random_state", None)).randint(
            np.iinfo(np.int32).max
        )
        if X.ndim == 2:
            shape, channels_first = shape_of_rows(X.shape[1]), False
        else:
            shape, channels_first = shape_of_images(X.shape)
        height, width, channels = shape
        images = np.array(as_rows(X, channels_first)).reshape(-1, height, width, channels)
        batch = torch.from_numpy(images).permute(0, 3, 1, 2)  # (n, C, H, W)
        generator = torch.Generator().manual_seed(seed)
        # In parts: what is computed stays in the cache, and memory does not grow with n.
        changed = torch.cat([self.augment(part, generator) for part in batch.split(PART)])
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
