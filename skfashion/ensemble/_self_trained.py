"""A classifier that is adapted to unlabelled samples."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    MetaEstimatorMixin,
    _clone_parametrized,
    clone,
)
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from ._docs import document


class SelfTrainedClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Adapt a fitted classifier to a batch of unlabelled samples.

    It is for samples of another kind than those that the classifier was trained on: photos, say,
    where it was trained on Fashion-MNIST. Classes that it predicts too seldom in the batch get a
    larger weight. Then a second classifier is trained, on other features of the samples, with the
    most confident predictions of the first one as labels; and again, with its own most confident
    predictions.

    This is transductive: the prediction for a sample depends on the batch that `fit` was given.
    `transduction_` has the labels of that batch. Others of the same kind can be predicted as well.

    Parameters
    ----------
    estimator : classifier
        A fitted classifier with `predict_proba`. It is neither refitted nor cloned, not in a
        search either.
    features : transformer, default=None
        Makes features, (n, D), of samples; it is cloned and fitted on them. None takes those of
        `estimator`, by its `transform`; for photos, give those of a network that was trained on
        photos, such as :class:`~skfashion.pretrained.BackboneFeatures` makes.
    final_estimator : classifier, default=None
        It is cloned, and trained on the features. None is a LogisticRegression of standardized
        features.
    balance : float, default=0.5
        How much classes are balanced, from 0, not at all, to 1. The weight of a class is its mean
        probability in the batch to the power of ``-balance``.
    fraction : float, default=0.5
        Fraction of the labelled samples that are used for training: those with the most confident
        labels. Above 0 and up to 1.
    max_iter : int, default=3
        Maximum number of times that `final_estimator` is trained; it ends before if no label
        changes. With 0, only the classes are weighted.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the classes.
    class_weight_ : ndarray of shape (n_classes,)
        Their weights, 1 on average: of `final_estimator_`, or of `estimator` if there is none.
    features_ : transformer or None
        The fitted transformer.
    final_estimator_ : classifier or None
        The fitted classifier; None if `max_iter` is 0.
    n_iter_ : int
        How often it was trained.
    transduction_ : ndarray of shape (n,)
        The labels of the samples that `fit` was given.

    See Also
    --------
    sklearn.semi_supervised.SelfTrainingClassifier : For samples of which some are labelled. It
        keeps the labels that it begins with; here they are predicted again each time, as they come
        from a classifier and not from a person.

    Notes
    -----
    Samples of which the two most probable classes are equally probable, such as photos in which
    nothing was found, are not trained with. Where classes of `estimator` are not in the batch at
    all, balance them less.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> from skfashion.ensemble import SelfTrainedClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = LogisticRegression(max_iter=500).fit(X[:300], y[:300])
    >>> darker = X[300:] * 0.6 + 4  # images of another kind, without labels
    >>> adapted = SelfTrainedClassifier(clf, FunctionTransformer()).fit(darker)
    >>> adapted.score(darker, y[300:]) > clf.score(darker, y[300:])
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "balance": [Interval(Real, 0, 1, closed="both")],
        "fraction": [Interval(Real, 0, 1, closed="right")],
        "max_iter": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        estimator,
        features=None,
        final_estimator=None,
        *,
        balance=0.5,
        fraction=0.5,
        max_iter=3,
    ):
        self.estimator = estimator
        self.features = features
        self.final_estimator = final_estimator
        self.balance = balance
        self.fraction = fraction
        self.max_iter = max_iter

    def fit(self, X, y=None):
        """Adapt to unlabelled samples.

        Parameters
        ----------
        X : array-like or list
            Samples that `estimator` takes: images or photos, say.
        y : object, default=None
            Ignored: labels are not used.

        Returns
        -------
        self : SelfTrainedClassifier
            The fitted classifier.

        Raises
        ------
        NotFittedError
            If `estimator` is not fitted.
        TypeError
            If `estimator` has no `predict_proba`, or no `transform` where `features` is None.
        ValueError
            If a parameter is not what it has to be, there are no samples, or `estimator` is sure
            of fewer than two classes.
        """
        self._check_parameters()
        if not len(X):
            raise ValueError("Found 0 samples, while fit needs some to adapt to.")
        classes = self.estimator.classes_
        probabilities = np.asarray(self.estimator.predict_proba(X), dtype=float)
        weights, probabilities = self._balanced(probabilities)
        features = final = None
        n_iter = 0
        if self.max_iter:
            features = None if self.features is None else clone(self.features).fit(X)
            rows = self._rows(features, X)
            final, n_iter, weights, probabilities = self._self_trained(rows, probabilities)
        self.classes_, self.class_weight_ = classes, weights
        self.features_, self.final_estimator_, self.n_iter_ = features, final, n_iter
        self.transduction_ = classes[probabilities.argmax(axis=1)]
        return self

    def _check_parameters(self):
        for method in ("predict_proba", *(["transform"] if self._needs_transform() else [])):
            if not hasattr(self.estimator, method):
                mend = " Or give features." if method == "transform" else ""
                raise TypeError(
                    f"estimator={self.estimator!r} has no {method}: give a fitted classifier that "
                    f"has, such as MiniVGGClassifier().fit(X, y).{mend}"
                )
        try:
            check_is_fitted(self.estimator)
        except NotFittedError as error:
            raise NotFittedError(
                f"estimator={self.estimator!r} is not fitted: fit it on labelled samples first."
            ) from error
        self._validate_params()

    def _needs_transform(self):
        return self.features is None and self.max_iter != 0

    def _rows(self, features, X):
        """Return the features of samples, (n, D)."""
        transformer = self.estimator if features is None else features
        rows = np.asarray(transformer.transform(X))
        return rows.reshape(len(rows), -1)

    def _balanced(self, probabilities):
        """Return the weights of the classes, and the probabilities of a batch by them."""
        weights = np.maximum(probabilities.mean(axis=0), 1e-6) ** -self.balance
        weights /= weights.mean()
        return weights, _weighted(probabilities, weights)

    def _self_trained(self, rows, probabilities):
        """Return a classifier of the features, how often it was trained, weights, and labels.

        The classes are balanced after each training: else one that takes too much takes more with
        each.
        """
        n_classes = probabilities.shape[1]
        labels = final = weights = None
        for n_iter in range(1, self.max_iter + 1):
            sure = self._most_certain(probabilities)
            before, labels = labels, probabilities.argmax(axis=1)
            if before is not None and (before == labels).all():
                return final, n_iter - 1, weights, probabilities
            if len(np.unique(labels[sure])) < 2:
                raise ValueError(
                    f"{self.estimator!r} gives the same label to all samples of which it is sure: "
                    "there is nothing to train with. Give more samples, or set max_iter=0."
                )
            final = self._new_final_estimator().fit(rows[sure], labels[sure])
            weights, probabilities = self._balanced(_in_all_columns(final, rows, n_classes))
        return final, self.max_iter, weights, probabilities

    def _new_final_estimator(self):
        if self.final_estimator is not None:
            return clone(self.final_estimator)
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))

    def _most_certain(self, probabilities):
        """Return which samples are the most certain ones of their labels."""
        labels, certainty = probabilities.argmax(axis=1), probabilities.max(axis=1)
        second = np.partition(probabilities, -2, axis=1)[:, -2]
        undecided = certainty - second < 1e-9
        chosen = []
        for label in range(probabilities.shape[1]):
            of_label = np.flatnonzero((labels == label) & ~undecided)
            n_chosen = int(np.ceil(self.fraction * len(of_label)))
            chosen.append(of_label[np.argsort(-certainty[of_label], kind="stable")[:n_chosen]])
        return np.sort(np.concatenate(chosen))

    @document
    def predict_proba(self, X):
        """Return the probability of each class for each sample.

        %(probabilities)s
        """
        check_is_fitted(self)
        if self.final_estimator_ is None:
            probabilities = np.asarray(self.estimator.predict_proba(X), dtype=float)
        else:
            rows = self._rows(self.features_, X)
            probabilities = _in_all_columns(self.final_estimator_, rows, len(self.classes_))
        return _weighted(probabilities, self.class_weight_)

    @document
    def predict(self, X):
        """Return the most probable class of each sample.

        %(labels)s
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def __sklearn_is_fitted__(self):
        return "class_weight_" in vars(self)

    def __sklearn_clone__(self):
        other = _clone_parametrized(self)
        other.estimator = self.estimator  # a clone of it would not be fitted: nothing to adapt
        return other

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.no_validation = True
        inner = get_tags(self.estimator).input_tags
        for name in ("two_d_array", "three_d_array", "string", "sparse", "allow_nan"):
            setattr(tags.input_tags, name, getattr(inner, name))
        return tags


def _weighted(probabilities, weights):
    """Return probabilities times weights of the classes, so that they sum to 1 again."""
    weighted = probabilities * weights
    # Where the classes are equally probable nothing is known, and stays so.
    even = np.ptp(probabilities, axis=1) < 1e-12
    weighted[even] = probabilities[even]
    return weighted / weighted.sum(axis=1, keepdims=True)


def _in_all_columns(classifier, rows, n_classes):
    """Return the probabilities of a classifier that knows some of the classes, as codes."""
    probabilities = np.zeros((len(rows), n_classes))
    probabilities[:, classifier.classes_] = classifier.predict_proba(rows)
    return probabilities
