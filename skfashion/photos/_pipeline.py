"""Photographs in, classes out: a pipeline of segmenter, converter and classifier."""

import math

import numpy as np
from sklearn.ensemble import BaseEnsemble
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._docs import substitute
from .._images import shape_of_rows
from .._options import choose
from ._converter import FashionMNISTConverter
from ._segmenter import GarmentSegmenter
from ._views import VIEWS, check_n_views, seen_in

MAX_SIZE = 512  # of photos on their way into 28 x 28 pixels
# The mean pixel of what a classifier was trained on, from black, 0, to white, 1. That of
# Fashion-MNIST is .29, that of photos about .5, and that of products on white about .8.
DARK, LIGHT = 0.42, 0.65
OFF = 0.1  # how far interpolation takes fractions of 1 below black or above white
STYLES = {
    "black": {"background": "black", "negate": True, "match_tone": True},
    "photo": {"background": "photo", "negate": False, "match_tone": False, "margin": 0.05},
    "white": {"background": "white", "negate": False, "match_tone": False},
}


OF_PHOTOS = """Parameters
----------
X : list of str, path-like, PIL.Image.Image, ndarray or Garment
    Photos; see :meth:`GarmentSegmenter.transform`.
**params : object
    What the last step's method takes besides.

Returns
-------"""
document = substitute(of_photos=OF_PHOTOS)


def _final_has(method):
    return lambda self: hasattr(self.steps[-1][1], method)


class PhotoPipeline(Pipeline):
    """A Pipeline from photographs to classes, with equal probabilities if there is no garment.

    A photo without a garment becomes a black image, for which a classifier often predicts a high
    probability. Here all classes are then equally probable. `predict` still returns one of them:
    use `predict_proba` if photos may have no garment.

    Parameters
    ----------
    steps : list of tuple
        Names and estimators, as for :class:`~sklearn.pipeline.Pipeline`: the last one but
        one gives images in which no garment is a single value.
    transform_input : list of str, default=None
        As for Pipeline.
    memory : str or joblib.Memory, default=None
        As for Pipeline.
    verbose : bool, default=False
        As for Pipeline.
    n_views : int, default=1
        Number of views of a garment over which the probabilities are averaged, from 1 to 12: as it
        is and mirrored, then both rotated by 8 degrees to either side, then all of these wider by
        an eighth. The best number depends on how the classifier was trained. The first step has to
        give garments.

    See Also
    --------
    make_photo_pipeline : Makes one, with an example.
    """

    def __init__(self, steps, *, transform_input=None, memory=None, verbose=False, n_views=1):
        super().__init__(steps, transform_input=transform_input, memory=memory, verbose=verbose)
        self.n_views = n_views

    @available_if(_final_has("predict"))
    @document
    def predict(self, X, **params):
        """Return the most probable class of each photo.

        %(of_photos)s
        ndarray of shape (n_photos,)

        Raises
        ------
        ValueError
            If `n_views` is not from 1 to 12, or the classifier has no probabilities to average.
        """
        check_n_views(self.n_views)
        if self.n_views == 1:
            return super().predict(X, **params)
        self._check_probabilities()
        return self.classes_[self.predict_proba(X, **params).argmax(axis=1)]

    @available_if(_final_has("score"))
    def score(self, X, y=None, sample_weight=None, **params):
        """Return the accuracy on photos, of `n_views` views each.

        Parameters
        ----------
        X : list of str, path-like, PIL.Image.Image, ndarray or Garment
            Photos.
        y : array-like of shape (n_photos,)
            Their classes.
        sample_weight : array-like of shape (n_photos,), default=None
            Their weights.
        **params : object
            What the last step's `score` takes besides, for a single view.

        Returns
        -------
        float
        """
        if self.n_views == 1:
            return super().score(X, y, sample_weight=sample_weight, **params)
        return accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    @available_if(_final_has("predict_proba"))
    @document
    def predict_proba(self, X, **params):
        """Return the probabilities of the classes.

        %(of_photos)s
        ndarray of shape (n_photos, n_classes)
            Where no garment was found, all are 1 / n_classes.
        """
        check_n_views(self.n_views)
        check_is_fitted(self)
        last = self.steps[-1][1]
        of_views, blank = [], None
        for images in self._views(X):
            of_views.append(last.predict_proba(images, **params))
            if blank is None:
                blank = _is_blank(images)
        probabilities = np.mean(of_views, axis=0)
        probabilities[blank] = 1 / probabilities.shape[1]
        return probabilities

    @available_if(_final_has("decision_function"))
    @document
    def decision_function(self, X, **params):
        """Return the values of the classes, of which the largest is that of the predicted one.

        %(of_photos)s
        ndarray of shape (n_photos, n_classes), or (n_photos,) for two classes
            Of several views, the logarithms of the mean probabilities; for two classes, the
            second's minus the first's. Where no garment was found, all are alike.

        Raises
        ------
        ValueError
            If `n_views` is not from 1 to 12, or the classifier has no probabilities to average.
        """
        check_n_views(self.n_views)
        check_is_fitted(self)
        if self.n_views > 1:
            self._check_probabilities()
            probabilities = self.predict_proba(X, **params)
            logarithms = np.log(np.maximum(probabilities, np.finfo(float).tiny))
            return logarithms[:, 1] - logarithms[:, 0] if logarithms.shape[1] == 2 else logarithms
        (images,) = self._views(X)
        values = np.array(self.steps[-1][1].decision_function(images, **params), dtype=float)
        values[_is_blank(images)] = 0.0
        return values

    @available_if(_final_has("predict_log_proba"))
    @document
    def predict_log_proba(self, X, **params):
        """Return the logarithms of what :meth:`predict_proba` returns.

        %(of_photos)s
        ndarray of shape (n_photos, n_classes)
        """
        check_n_views(self.n_views)
        if self.n_views > 1:
            return np.log(self.predict_proba(X, **params))
        check_is_fitted(self)
        (images,) = self._views(X)
        logarithms = np.array(self.steps[-1][1].predict_log_proba(images, **params))
        logarithms[_is_blank(images)] = -math.log(logarithms.shape[1])
        return logarithms

    def _check_probabilities(self):
        if not hasattr(self, "predict_proba"):
            raise ValueError(
                f"n_views={self.n_views} averages probabilities, and {self.steps[-1][1]!r} has no "
                "predict_proba: set n_views=1, or calibrate it by CalibratedClassifierCV."
            )

    def _views(self, X):
        """Yield what the last step is given of photos, for one view after another."""
        if self.n_views == 1:
            yield self[:-1].transform(X)
            return
        garments = self[:1].transform(X)
        for view in VIEWS[: self.n_views]:
            yield self[1:-1].transform([seen_in(garment, view) for garment in garments])


def _is_blank(images):
    """Return which of some images have a single value, (n,) of bool."""
    rows = np.asarray(images).reshape(len(images), -1)
    return (rows == rows[:, :1]).all(axis=1)


def make_photo_pipeline(
    classifier,
    *,
    method="auto",
    image_shape=None,
    background="auto",
    negate="auto",
    match_tone="auto",
    pixel_range=None,
    max_size=MAX_SIZE,
    data_home=None,
    download_if_missing=True,
    memory=None,
    n_views=1,
):
    """Join a segmenter, a converter and a classifier into one that takes photographs.

    What a fitted classifier was trained on decides what is done to a photo: size, colour,
    the range of its pixels, and whether garments lie on black and are negated, as in
    Fashion-MNIST, or not. A classifier that is not fitted is given Fashion-MNIST's style.
    A fitted one can predict at once; `fit` retrains it on photos.

    Parameters
    ----------
    classifier : estimator
        A classifier of this package, or any other, which is given flat rows.
    method : {"auto", "u2netp", "grabcut", "border", "colour"}, default="auto"
        How garments are found; see :class:`GarmentSegmenter`.
    image_shape : tuple of int, default=None
        (H, W, C) of the images for the classifier. If None, what it was trained on, else
        (28, 28, 1).
    background : {"auto", "black", "white", "photo"}, default="auto"
        What surrounds the garment. "auto" takes black if the classifier was trained on dark
        images, or not yet; white if it was trained on bright ones; else the photo's own.
    negate : bool or "auto", default="auto"
        Whether intensities are negated. "auto" does so on black.
    match_tone : bool or "auto", default="auto"
        Whether brightness and contrast are made those of Fashion-MNIST. "auto" does so on
        black.
    pixel_range : tuple of float, default=None
        The values of black and white. If None, as the classifier has learned it, else
        (0, 255).
    max_size : int, default=512
        Photos are shrunk so that neither side has more pixels.
    data_home : str or path-like, default=None
        Where u2netp is; see :class:`GarmentSegmenter`.
    download_if_missing : bool, default=True
        Whether u2netp may be downloaded.
    memory : str or joblib.Memory, default=None
        Keeps what was cut out, so that a search over the classifier does it once.
    n_views : int, default=1
        Number of views of a garment, up to 12, over which the probabilities are averaged; see
        :class:`PhotoPipeline`.

    Returns
    -------
    pipeline : PhotoPipeline
        With the steps "segmenter", "converter" and "classifier".

    Raises
    ------
    ValueError
        If a parameter is not known.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.photos import make_photo_pipeline
    >>> X, y = make_garments(200, random_state=0, return_X_y=True)
    >>> classifier = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)
    >>> photo = np.full((300, 200, 3), 250, dtype=np.uint8)
    >>> photo[50:250, 50:150] = (20, 30, 60)
    >>> pipeline = make_photo_pipeline(classifier, method="border")
    >>> pipeline.predict([photo]).shape
    (1,)
    """
    check_n_views(n_views)
    learned = _learned_style(classifier)
    style = dict(
        STYLES[learned["background"] if background == "auto" else _choose_background(background)]
    )
    for name, value in {"negate": negate, "match_tone": match_tone}.items():
        if not (isinstance(value, str) and value == "auto"):
            style[name] = value
    segmenter = GarmentSegmenter(
        method,
        max_size=max_size,
        data_home=data_home,
        download_if_missing=download_if_missing,
    )
    converter = FashionMNISTConverter(
        image_shape=learned["image_shape"] if image_shape is None else image_shape,
        pixel_range=learned["pixel_range"] if pixel_range is None else pixel_range,
        flat=not _takes_images(classifier),
        **style,
    )
    steps = [("segmenter", segmenter), ("converter", converter), ("classifier", classifier)]
    pipeline = PhotoPipeline(steps, memory=memory, n_views=n_views)
    if _is_fitted(classifier):  # and can predict without a call of fit
        segmenter.fit()
        converter.fit()
    return pipeline


def _choose_background(background):
    return choose("background", background, {name: name for name in ("auto", *STYLES)})


def _is_fitted(classifier):
    try:
        check_is_fitted(classifier)
    except NotFittedError:
        return False
    return True


def _takes_images(classifier):
    """Return whether a classifier takes arrays of images: it, or all in it, are this package's."""
    if not hasattr(classifier, "get_params") or isinstance(classifier, BaseEnsemble):
        return False  # scikit-learn's ensembles of one kind want rows
    if isinstance(classifier, Pipeline):
        return _takes_images(_steps(classifier)[0])
    parameters = classifier.get_params()
    if "image_shape" in parameters:
        return True
    inside = [
        value
        for name, value in parameters.items()
        if hasattr(value, "fit") and "__" not in name and name != "final_estimator"
    ]
    return bool(inside) and all(map(_takes_images, inside))


def _steps(pipeline):
    """Return the estimators of a Pipeline that do something."""
    return [step for _, step in pipeline.steps if step not in (None, "passthrough")]


def _learned_style(classifier):
    """Return `image_shape`, `background` and `pixel_range` of what a classifier was trained on."""
    style = {"image_shape": (28, 28, 1), "background": "black", "pixel_range": (0, 255)}
    inner = _with_images(classifier)
    if inner is not None:
        pixels = inner.pixel_range_
        style["image_shape"] = inner.image_shape_
        black, white = style["pixel_range"] = _black_and_white(pixels)
        mean = (float(np.mean(inner.mean_)) - black) / (white - black)
        style["background"] = "black" if mean < DARK else "white" if mean > LIGHT else "photo"
    elif _is_fitted(classifier) and hasattr(classifier, "n_features_in_"):
        style["image_shape"] = shape_of_rows(classifier.n_features_in_, has_image_shape=False)
    return style


def _with_images(classifier):
    """Return the fitted classifier of this package that is in an estimator, or None."""
    if not _is_fitted(classifier):
        return None
    if all(hasattr(classifier, name) for name in ("image_shape_", "pixel_range_", "mean_")):
        return classifier
    inside = [getattr(classifier, name, None) for name in ("best_estimator_", "estimator_")]
    inside += list(getattr(classifier, "estimators_", []))
    inside += [each.estimator for each in getattr(classifier, "calibrated_classifiers_", [])]
    if isinstance(classifier, Pipeline) and len(steps := _steps(classifier)) == 1:
        inside += steps  # behind another step it has seen what that has made of images
    found = (_with_images(estimator) for estimator in inside if hasattr(estimator, "fit"))
    return next((estimator for estimator in found if estimator is not None), None)


def _black_and_white(pixels):
    """Return the values of black and white on the scale of pixels that were learned from."""
    off = 0 if pixels.whole else OFF
    if pixels.low >= -off and pixels.high <= 1 + off:
        return 0, 1
    if pixels.low >= -1 - off and pixels.high <= 1 + off:
        return -1, 1
    if pixels.low >= 0 and pixels.whole:
        for white in (255, 65535):
            if white / 2 < pixels.high <= white:
                return 0, white
        return 0, pixels.high  # 16, or 12 bits
    if pixels.low >= 0 and 127 < pixels.high <= 255:
        return 0, 255
    return pixels.low, pixels.high  # standardized, say
