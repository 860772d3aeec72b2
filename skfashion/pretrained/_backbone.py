"""Features of images by a network that others have trained."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._lazy import LazyModule, torch

inference = LazyModule("skfashion.inference")

# Mean and standard deviation of the images of ImageNet, from 0 to 1, by which networks of
# torchvision and timm scale theirs.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class BackboneFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Features of images by a frozen backbone.

    The backbone is any torch module that makes features of images, as those of torchvision or
    timm do without their last layer. Its weights stay as they are, so nothing is learned here; a
    classifier behind it, such as LogisticRegression, is trained on the features.

    Parameters
    ----------
    module : torch.nn.Module
        Takes images, (N, C, H, W), scaled by `mean` and `std`, and returns features: (N, D), or
        maps of them, (N, D, h, w), of which the mean is taken. It is used as it is, not cloned.
    mean : sequence of float, default=(0.485, 0.456, 0.406)
        What is subtracted from pixels between 0 and 1, for each channel; that of ImageNet.
    std : sequence of float, default=(0.229, 0.224, 0.225)
        What the pixels are divided by then, for each channel; that of ImageNet.
    white : float, default=255
        The pixels' value of white, which becomes 1.
    batch_size : int, default=32
        How many images are given to the backbone at once.
    device : str, default="auto"
        Where to compute. "auto" takes a GPU where there is one. `module` is moved there.

    Attributes
    ----------
    device_ : str
        Where the backbone computes.
    n_features_out_ : int
        Number of features, D.

    See Also
    --------
    skfashion.ModuleClassifier : Trains a module of your own, all of it.
    skfashion.photos.FashionMNISTConverter : Makes such images of photos, in colour and of any
        size.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from torch import nn
    >>> from skfashion.pretrained import BackboneFeatures
    >>> backbone = nn.Sequential(nn.Conv2d(3, 16, 7, stride=4), nn.ReLU())
    >>> images = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), dtype=np.uint8)
    >>> BackboneFeatures(backbone).fit_transform(images).shape
    (20, 16)
    >>> classifier = make_pipeline(BackboneFeatures(backbone), LogisticRegression())
    >>> classifier.fit(images, np.arange(20) % 2).predict(images).shape
    (20,)
    """

    _parameter_constraints: ClassVar[dict] = {
        "white": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, module, *, mean=MEAN, std=STD, white=255, batch_size=32, device="auto"):
        self.module = module
        self.mean = mean
        self.std = std
        self.white = white
        self.batch_size = batch_size
        self.device = device

    def fit(self, X, y=None):
        """Check the parameters, and how many features the backbone makes of an image.

        Parameters
        ----------
        X : array-like of shape (n, H, W, C) or (n, H, W)
            Images, of which the first is tried.
        y : object, default=None
            Ignored: the backbone stays as it is.

        Returns
        -------
        self : BackboneFeatures
            The transformer itself.

        Raises
        ------
        TypeError
            If `module` is no torch module.
        ValueError
            If another parameter is invalid, the device does not exist, X is no array of such
            images, or the backbone does not return features of them.
        """
        self._check_parameters()
        images = self._checked(X)[:1]
        self.device_ = str(inference.resolve_device(self.device))
        self.n_features_out_ = self._features(images).shape[1]
        return self

    def transform(self, X):
        """Return the features of images.

        Parameters
        ----------
        X : array-like of shape (n, H, W, C) or (n, H, W)
            Images, black being 0. Of grey ones, each channel of the backbone gets the same.

        Returns
        -------
        ndarray of shape (n, D), dtype float32
            The features.

        Raises
        ------
        ValueError
            If X is no array of such images, or the backbone does not return features of them.
        """
        check_is_fitted(self)
        return self._features(self._checked(X))

    @property
    def _n_features_out(self):
        return self.n_features_out_

    def _check_parameters(self):
        if not isinstance(self.module, torch.nn.Module):
            raise TypeError(
                f"module={self.module!r} is no torch.nn.Module: give a network that makes "
                "features of images, without its last layer."
            )
        if len(self.mean) != len(self.std) or min(self.std) <= 0:
            raise ValueError(
                f"mean={self.mean!r} and std={self.std!r} do not go together: give one number for "
                "each channel, and std above 0."
            )
        self._validate_params()

    def _checked(self, X):
        """Return images, (n, H, W, C)."""
        images, n_channels = np.asarray(X), len(self.mean)
        if images.ndim == 3:
            images = images[..., None]
        if images.ndim != 4 or images.shape[3] not in (1, n_channels) or not len(images):
            raise ValueError(
                f"X has the shape {np.shape(X)}, and images of shape (n, H, W, {n_channels}) or "
                "(n, H, W) are wanted, at least one."
            )
        return np.broadcast_to(images, (*images.shape[:3], n_channels))

    def _features(self, images):
        """Return the features of images, (n, D)."""
        modes = [(layer, layer.training) for layer in self.module.modules()]
        self.module.eval().to(self.device_)
        try:
            with inference.neutral_torch():
                chunks = [
                    self._of_batch(images[start : start + self.batch_size])
                    for start in range(0, len(images), self.batch_size)
                ]
        finally:
            for layer, training in modes:
                layer.training = training
        return np.concatenate(chunks)

    def _of_batch(self, images):
        """Return the features of a mini-batch."""
        parameter = next(self.module.parameters(), torch.zeros(()))
        how = {"dtype": parameter.dtype, "device": self.device_}
        x = torch.as_tensor(np.array(images)).to(**how) / self.white  # a copy: X may be read-only
        mean, std = (torch.tensor(values, **how) for values in (self.mean, self.std))
        x = ((x - mean) / std).permute(0, 3, 1, 2).contiguous()  # (N, C, H, W)
        features = self.module(x)
        shape = getattr(features, "shape", type(features).__name__)
        if not isinstance(features, torch.Tensor) or features.ndim not in (2, 4):
            raise ValueError(
                f"module={type(self.module).__name__} returns {shape} for {len(x)} images, and "
                "features of shape (N, D) or (N, D, h, w) are wanted."
            )
        features = features.mean((2, 3)) if features.ndim == 4 else features  # (N, D)
        return features.float().cpu().numpy()

    def __sklearn_clone__(self):
        params = self.get_params(deep=False)  # with the same module: a copy would be as large
        return type(self)(**params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags
