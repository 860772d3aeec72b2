"""What every augmentation is."""

from abc import ABCMeta, abstractmethod
from math import prod

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.validation import validate_data

from .._images import as_native, as_rows, shape_of_images, shape_of_rows
from .._lazy import LazyModule, torch
from ._frames import as_set_output, framed_like, pixels_of
from ._texts import documented

torch_state = LazyModule("skfashion._torch_state")

CHUNK = 512  # images that fit_transform changes at once


class Augmentation(
    OneToOneFeatureMixin,
    TransformerMixin,
    BaseEstimator,
    metaclass=ABCMeta,
    # scikit-learn's own wrapper would rename the columns of the user's DataFrame in place, and
    # fail for arrays of more than two axes: `fit_transform` and `transform` call as_set_output.
    auto_wrap_output_keys=None,
):
    """Base of all augmentations: random changes to images that leave their class as it is.

    A new one is a class with parameters and a method :meth:`augment`. In the `augment`
    parameter of an estimator, it is applied at random to each image in each epoch, on the
    estimator's device, during training only. As a step of a Pipeline, `fit_transform`
    augments and `transform` returns the images unchanged, so that there too only training
    images are augmented.

    DataFrames stay DataFrames, with their columns and index.

    One that does not do the same to all classes sets `uses_targets` to True and takes the
    targets of the batch as a third argument, ``augment(batch, generator, targets=None)``: codes
    of the classes, (N,), in the order of `classes_`.

    Attributes
    ----------
    n_features_in_ : int
        Number of values of an image, H*W*C. Set by `fit` and `fit_transform` if they are
        given X, as is the next one.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if it has names that are all strings.
    """

    uses_targets = False
    """Whether `augment` takes the targets of the batch."""

    @abstractmethod
    def augment(self, batch, generator):
        """Change each image of a batch at random, independently of the others.

        Parameters
        ----------
        batch : Tensor of shape (N, C, H, W)
            Images of any dtype, on any device. It is not changed in place.
        generator : torch.Generator
            Source of all random numbers, on the batch's device.

        Returns
        -------
        Tensor of shape (N, C, H, W)
            The changed images, of the batch's dtype, on its device.
        """

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""

    @documented
    def fit(self, X=None, y=None):
        """Check the parameters, and note the names and the number of features.

        An augmentation learns nothing from images, so that calling this is optional.

        Parameters
        ----------
        %(images)s
            None checks the parameters only.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : object
            The augmentation.

        Raises
        ------
        TypeError, ValueError
            If a parameter is invalid, or X is not an array of images.
        """
        self.check()
        if X is not None:
            self._note_features(X, pixels_of(X))
        return self

    @documented
    def fit_transform(self, X, y=None):
        """Return augmented images.

        Parameters
        ----------
        %(images)s
        y : array-like of shape (n,), default=None
            Labels. Ignored unless `uses_targets`; None then stands for unknown ones.

        Returns
        -------
        ndarray or DataFrame
            Of X's shape and dtype. A DataFrame if X is one, with the same columns and index;
            columns of different dtypes get their common one. `set_output` applies to flat
            rows; images with axes for height and width stay an array.

        Raises
        ------
        TypeError, ValueError
            If a parameter is invalid, or X is not an array of images.
        """
        self.check()
        pixels = pixels_of(X)
        self._note_features(X, pixels)
        with torch_state.neutral_torch():
            changed = self._augmented(pixels, y if self.uses_targets else None)
        return as_set_output(self, framed_like(X, changed) if changed.ndim == 2 else changed)

    def transform(self, X):
        """Return the images unchanged: they are augmented during training only.

        Parameters
        ----------
        X : array-like or DataFrame
            Images.

        Returns
        -------
        X : array-like or DataFrame
            The same object, unless `set_output` asks for another container.
        """
        return as_set_output(self, X)

    def _note_features(self, X, pixels):
        """Set `n_features_in_` and `feature_names_in_`."""
        rows = X
        if pixels.ndim != 2:
            shape_of_images(pixels.shape)
            rows = pixels.reshape(len(pixels), prod(pixels.shape[1:]))
        validate_data(self, rows, skip_check_array=True)

    def _augmented(self, pixels, y):
        """Return an array of images augmented, in its own layout."""
        seed = check_random_state(getattr(self, "random_state", None)).randint(
            np.iinfo(np.int32).max
        )
        if pixels.ndim == 2:
            shape = shape_of_rows(pixels.shape[1], has_image_shape=False)
            channels_first = False
        else:
            shape, channels_first = shape_of_images(pixels.shape)
        images = np.array(as_native(as_rows(pixels, channels_first))).reshape(-1, *shape)
        batch = torch.from_numpy(images).permute(0, 3, 1, 2)  # (n, C, H, W)
        generator = torch.Generator().manual_seed(seed)
        # In chunks: intermediate results stay in the cache, and memory does not grow with n.
        parts = [(chunk, generator) for chunk in batch.split(CHUNK)]
        if y is not None:
            check_consistent_length(batch, y)
            codes = torch.from_numpy(np.unique(column_or_1d(y), return_inverse=True)[1])
            parts = [(*part, codes) for part, codes in zip(parts, codes.split(CHUNK), strict=True)]
        changed = torch.cat([self.augment(*part) for part in parts])
        if not channels_first:
            changed = changed.permute(0, 2, 3, 1)
        changed = np.ascontiguousarray(changed.numpy()).reshape(pixels.shape)
        return changed.astype(pixels.dtype, copy=False)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True  # `transform` returns what it is given
        tags.input_tags.three_d_array = True
        return tags
