"""A coarse classifier, and a fine one within each group of similar classes."""

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, get_tags, indexable
from sklearn.utils import _safe_indexing as rows_of
from sklearn.utils._param_validation import Interval
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import (
    _check_method_params,
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    has_fit_parameter,
)

from ._docs import document
from ._groups import check_groups, confused_groups, pairwise_confusion


def _both_have_proba(meta):
    parts = (meta.coarse, meta.fine)
    if hasattr(meta, "coarse_"):
        parts = (meta.coarse_, *meta.fine_)
    for part in parts:
        part.predict_proba  # noqa: B018  an AttributeError says what is missing
    return True


class CoarseToFineClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """A coarse classifier that merges similar classes, and a fine one within each group of them.

    For the coarse classifier, each group is one class. For each group, a fine classifier is fitted
    on the samples of its classes alone. The probability of a class is that of its group times that
    of the class within the group.

    Parameters
    ----------
    coarse : classifier
        It is cloned, and fitted on all samples. A group has the label of its first class.
    fine : classifier
        It is cloned for each group, and fitted on the samples of that group.
    groups : list of lists of labels, default=None
        The groups; classes that are in none remain classes of their own. An empty list fits the
        coarse classifier alone. None finds the groups: `coarse` is cross-validated on the
        classes as they are, and classes that it confuses are joined.
    min_confusion : float, default=0.05
        For ``groups=None``, the fraction of the samples of two classes, taken for the other one,
        from which on both are in the same group. Classes can be in a group through others, too.
    cv : int, cross-validation generator or iterable, default=5
        For ``groups=None``, how the data is split. An int is the number of stratified folds.
    n_jobs : int, default=None
        Number of fits that run in parallel. None is 1, unless in a
        :func:`joblib.parallel_config` context; -1 is one for each processor.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the classes, sorted.
    groups_ : list of lists of labels
        The groups, in the order of `fine_`.
    coarse_ : classifier
        The fitted coarse classifier.
    fine_ : list of classifiers
        The fitted classifier of each group.
    confusion_ : ndarray of shape (n_classes, n_classes)
        For ``groups=None`` and three classes or more, the fraction of the samples of two classes
        that were taken for the other one.
    n_features_in_ : int
        Number of columns, if `coarse_` has it.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `coarse_` has them.

    See Also
    --------
    sklearn.ensemble.VotingClassifier : The mean of several classifiers over all classes.

    Notes
    -----
    How well a classifier tells the classes of a group apart, and how well the groups, are two
    questions, so `coarse` and `fine` may be different classifiers, and are searched separately:
    ``coarse__C``, ``fine__C``. `groups` can be searched, too.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.svm import SVC
    >>> from skfashion.ensemble import CoarseToFineClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X / 16
    >>> clf = CoarseToFineClassifier(
    ...     LogisticRegression(), LogisticRegression(C=10), groups=[[1, 8], [3, 5, 9]]
    ... )
    >>> clf.fit(X[:1200], y[:1200]).score(X[1200:], y[1200:]) > 0.9
    True
    >>> clf.coarse_.classes_
    array([0, 1, 2, 3, 4, 6, 7])
    >>> clf.set_params(groups=None, min_confusion=0.04).fit(X, y).groups_
    [[1, 8]]
    """

    _parameter_constraints: ClassVar[dict] = {
        "min_confusion": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(self, coarse, fine, groups=None, *, min_confusion=0.05, cv=5, n_jobs=None):
        self.coarse = coarse
        self.fine = fine
        self.groups = groups
        self.min_confusion = min_confusion
        self.cv = cv
        self.n_jobs = n_jobs

    def fit(self, X, y, sample_weight=None, **fit_params):
        """Fit the coarse classifier and a fine one for each group.

        Parameters
        ----------
        X : array-like of shape (n, ...)
            Samples of a kind that both classifiers take.
        y : array-like of shape (n,)
            Their labels, numbers or strings.
        sample_weight : array-like of shape (n,), default=None
            Weights of the samples, for both classifiers and for the confusion of classes.
        **fit_params : dict
            Metadata for the classifiers and for the splitter, where metadata routing is enabled.

        Returns
        -------
        self : object
            The fitted meta-estimator.

        Raises
        ------
        TypeError
            If `coarse` or `fine` is no classifier, or `groups` is no list of lists.
        ValueError
            If the groups do not fit the classes, or a parameter or the data are not what they
            have to be.
        """
        self._check_parameters()
        X, y = indexable(X, y)
        check_classification_targets(y)
        classes, codes = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if not len(codes):
            raise ValueError("Found 0 samples, while fit needs some of each class.")
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, codes, ensure_non_negative=True)
        if self.groups is not None:
            groups = check_groups(self.groups, classes)
        routed = self._routed(sample_weight, fit_params)

        confusion = None
        if self.groups is None:
            groups = []
            if len(classes) > 2:
                confusion = self._confusion(X, classes, codes, sample_weight, routed)
                groups = confused_groups(confusion, self.min_confusion)
        coarse, *fine = self._fit_parts(X, classes, codes, groups, routed)

        self.classes_ = classes
        self.groups_ = [classes[group].tolist() for group in groups]
        self.coarse_, self.fine_ = coarse, fine
        vars(self).pop("confusion_", None)
        if confusion is not None:
            self.confusion_ = confusion
        return self

    def _check_parameters(self):
        for name, part in (("coarse", self.coarse), ("fine", self.fine)):
            if isinstance(part, type) or not (hasattr(part, "fit") and is_classifier(part)):
                raise TypeError(
                    f"{name}={part!r} is not a classifier; give an object with fit and predict, "
                    "such as LeNet5Classifier()."
                )
        self._validate_params()

    def _routed(self, sample_weight, fit_params):
        """Return what goes to `fit` of both classifiers and to `split` of the splitter."""
        _raise_for_params(fit_params, self, "fit")
        given = {} if sample_weight is None else {"sample_weight": sample_weight}
        if _routing_enabled():
            return process_routing(self, "fit", **given, **fit_params)
        for name, part in (("coarse", self.coarse), ("fine", self.fine)):
            if given and not has_fit_parameter(part, "sample_weight"):
                raise ValueError(
                    f"{name}={part!r} does not take sample_weight. Fit without it or, for a "
                    "Pipeline whose steps do, enable scikit-learn's metadata routing and request "
                    "it there: step.set_fit_request(sample_weight=True)."
                )
        return Bunch(coarse=Bunch(fit=given), fine=Bunch(fit=given), splitter=Bunch(split={}))

    def _confusion(self, X, classes, codes, sample_weight, routed):
        """Return how often classes are confused in a cross-validation of `coarse`."""
        y = classes[codes]
        splitter = check_cv(self.cv, y, classifier=True)
        folds = list(splitter.split(X, y, **routed.splitter.split))
        if not folds:
            raise ValueError(f"cv={self.cv!r} has no splits; give at least one, or groups.")
        predicted = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_and_predict)(self.coarse, X, y, train, test, routed.coarse.fit)
            for train, test in folds
        )
        tested = np.concatenate([test for _, test in folds])
        weights = None if sample_weight is None else sample_weight[tested]
        matrix = confusion_matrix(
            y[tested], np.concatenate(predicted), labels=classes, sample_weight=weights
        )
        return pairwise_confusion(matrix)

    def _fit_parts(self, X, classes, codes, groups, routed):
        """Return the fitted coarse classifier and the fitted ones of the groups."""
        merged = codes.copy()
        parts = [(self.coarse, merged, np.arange(len(codes)), routed.coarse.fit)]
        for group in groups:
            inside = np.flatnonzero(np.isin(codes, group))
            merged[inside] = group[0]
            parts.append((self.fine, codes, inside, routed.fine.fit))
        fitted = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_on)(part, X, classes[labels], indices, params)
            for part, labels, indices, params in parts
        )
        for one, (_, labels, indices, _) in zip(fitted, parts, strict=True):
            wanted = classes[np.unique(labels[indices])]
            if not np.array_equal(one.classes_, wanted):
                raise ValueError(
                    f"{one!r} has the classes {list(one.classes_)} after fit, not those that it "
                    f"was given: {wanted.tolist()}."
                )
        return fitted

    @property
    def n_features_in_(self):
        """Number of columns."""
        return self.coarse_.n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the columns."""
        return self.coarse_.feature_names_in_

    @document
    def predict(self, X):
        """Return the most probable class of each sample.

        If a classifier has no `predict_proba`, it is the class that the fine classifier predicts
        of the group that the coarse one predicts.

        %(labels)s
        """
        check_is_fitted(self)
        if hasattr(self, "predict_proba"):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        predicted = np.array(self.coarse_.predict(X), dtype=self.classes_.dtype)
        (X,) = indexable(X)
        for labels, fine in zip(self.groups_, self.fine_, strict=True):
            inside = np.flatnonzero(predicted == labels[0])
            if len(inside):
                predicted[inside] = fine.predict(rows_of(X, inside))
        return predicted

    @available_if(_both_have_proba)
    @document
    def predict_proba(self, X):
        """Return the probability of each class for each sample.

        %(probabilities)s
        """
        check_is_fitted(self)
        coarse = self.coarse_.predict_proba(X)
        proba = np.zeros((len(coarse), len(self.classes_)))
        proba[:, np.searchsorted(self.classes_, self.coarse_.classes_)] = coarse
        for labels, fine in zip(self.groups_, self.fine_, strict=True):
            codes = np.searchsorted(self.classes_, labels)
            proba[:, codes] = proba[:, codes[:1]] * fine.predict_proba(X)
        return proba

    def get_metadata_routing(self):
        """Return where metadata goes.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
        """
        fit = MethodMapping().add(caller="fit", callee="fit")
        split = MethodMapping().add(caller="fit", callee="split")
        router = MetadataRouter(owner=self).add_self_request(self)
        router.add(coarse=self.coarse, method_mapping=fit)
        router.add(fine=self.fine, method_mapping=fit)
        return router.add(splitter=self.cv, method_mapping=split)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        parts = [get_tags(part).input_tags for part in (self.coarse, self.fine)]
        for name in ("allow_nan", "sparse", "three_d_array"):
            setattr(tags.input_tags, name, all(getattr(part, name) for part in parts))
        return tags


def _fit_on(classifier, X, y, indices, params):
    """Return a clone that is fitted on the samples of these indices."""
    params = _check_method_params(X, params=params, indices=indices)
    return clone(classifier).fit(rows_of(X, indices), rows_of(y, indices), **params)


def _fit_and_predict(classifier, X, y, train, test, params):
    """Return what a clone, fitted on the samples of `train`, predicts for those of `test`."""
    return _fit_on(classifier, X, y, train, params).predict(rows_of(X, test))
