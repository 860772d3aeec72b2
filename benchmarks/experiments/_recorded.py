"""Estimators whose fits are recorded when they end, and not run again."""

import functools
import hashlib
import time
import warnings
from contextlib import contextmanager

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support
from sklearn.utils import get_tags

from skfashion import CoarseToFineClassifier, load

N_TRAIN_SCORED = 10_000  # training images that the accuracy on them is measured on, at the most
CURVES = ("train_loss", "train_acc", "valid_loss", "valid_acc")


class Recorded(ClassifierMixin, BaseEstimator):
    """An estimator that writes a record of each fit, and skips a fit whose record is there.

    It has the parameters of the estimator, and stands in its place in searches, votes and
    cross-validations, in any number of processes. The model of a fit that was skipped is read or
    trained when it is first needed, which for a search or a cross-validation is never: the score
    is in the record.

    Parameters
    ----------
    estimator : classifier
        What is fitted.
    experiment : Experiment
        Where the records go.
    row : str
        The row of the results that its fits belong to.
    protocol : {"ours", "reference"}, default="ours"
        Whose schedule it is.
    keep : bool, default=False
        Whether the model itself is kept, for votes.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    key_ : str
        What the fit is known by: a hash of the estimator, its parameters and its data.
    record_ : dict
        The record.
    """

    def __init__(self, estimator, experiment, row, protocol="ours", keep=False):
        self.estimator = estimator
        self.experiment = experiment
        self.row = row
        self.protocol = protocol
        self.keep = keep

    # Outwardly it is the estimator.

    def get_params(self, deep=True):
        """Return the estimator's parameters."""
        return self.estimator.get_params(deep)

    def set_params(self, **params):
        """Set the estimator's parameters."""
        self.estimator.set_params(**params)
        return self

    def __repr__(self, **how):
        return repr(self.estimator)

    def __sklearn_clone__(self):
        own = (self.experiment, self.row, self.protocol, self.keep)
        return Recorded(clone(self.estimator), *own)

    def __sklearn_tags__(self):
        return get_tags(self.estimator)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "key_")

    def __getstate__(self):
        # Processes hand over what a fit has become, without the data.
        self.fitted()
        return {name: value for name, value in vars(self).items() if name != "_fit_on"}

    # Fitting.

    def fit(self, X, y, **others):
        """Fit the estimator, or take the record of the same fit.

        Parameters
        ----------
        X, y : array-like
            The training data.
        **others
            What else the estimator's `fit` takes. With `X_val` and `y_val` these images are
            scored at once, else those that `score` gets.
        """
        self.experiment.shorten(self.estimator)
        self.classes_ = np.unique(y)
        self.key_ = digest(describe(self.estimator), X, y, *others.values())
        self._probabilities = {}
        self._is_trained = False
        self._fit_on = X, y, others
        found = self.experiment.find(self.key_)
        if found is None:
            self._train()
            found = self._describe_fit(X, y, others)
        self._record(found)
        return self

    def _train(self):
        import skfashion.training  # noqa: F401  (torch and skorch, else imported while time counts)

        X, y, others = self._fit_on
        start = time.perf_counter()
        with interrupted_by_ctrl_c():
            self.estimator.fit(X, y, **others)
        self._seconds = time.perf_counter() - start
        self._is_trained = True
        if self.keep:
            self.experiment.keep(self.estimator, self.key_)

    def fitted(self):
        """Return the fitted estimator, which is read or trained again if its fit was skipped."""
        if self.__sklearn_is_fitted__() and not self._is_trained:
            path = self.experiment.model(self.key_)
            if path.exists():
                self.estimator = load(path)
                self._is_trained = True
            else:
                self._train()
        return self.estimator

    def _describe_fit(self, X, y, others):
        experiment, estimator = self.experiment, self.estimator
        data = experiment.data
        members = [member.record_ for member in members_of(estimator)]
        history = getattr(estimator, "history_", None)
        record = {
            "key": self.key_,
            "estimator": type(estimator).__name__,
            "parameters": changes(estimator),
            "seed": seed_of(estimator),
            "seconds": round(self._seconds + sum(one["seconds"] for one in members), 2),
            "epochs": getattr(estimator, "n_iter_", None),
            "best_epoch": getattr(estimator, "best_epoch_", None),
            "n_parameters": n_parameters(estimator),
            "device": getattr(estimator, "device_", None),
            "precision": getattr(estimator, "precision_", None),
            "history": curves(history) if history else {},
            "images": len(y),
            "data": {"train": digest(X, y), "test": digest(data.X_test, data.y_test)},
            "train": figures(self, X[:N_TRAIN_SCORED], y[:N_TRAIN_SCORED]),
            "validation": None,
            "test": figures(self, data.X_test, data.y_test, with_confusion=True),
            "environment": experiment.environment,
        }
        if others.get("X_val") is not None:
            record["validation"] = figures(self, others["X_val"], others["y_val"])
        return record

    def _record(self, record):
        where = {"row": self.row, "protocol": self.protocol}
        self.record_ = self.experiment.add(where | record | where)

    # Predicting.

    def predict_proba(self, X):
        """Return probabilities, which are computed once for the same images."""
        of = digest(X)
        if of not in self._probabilities:
            self._probabilities[of] = self.fitted().predict_proba(X)
        return self._probabilities[of]

    def predict(self, X):
        """Return the most probable classes."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X, y):
        """Return the accuracy on validation images, and put it into the record.

        That on the training images is the record's, of 10,000 of them at the most.
        """
        images = digest(X, y)
        if images == self.record_["data"]["train"]:
            return self.record_["train"]["accuracy"]
        for part in ("validation", "test"):
            known = self.record_[part]
            if known and known["data"] == images:
                return known["accuracy"]
        self._record(self.record_ | {"validation": figures(self, X, y)})
        return self.record_["validation"]["accuracy"]


@contextmanager
def interrupted_by_ctrl_c():
    """Raise KeyboardInterrupt where a fit warns that Ctrl-C ended it: it has no record."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Ctrl-C ended")
        try:
            yield
        except UserWarning as warning:
            if not str(warning).startswith("Ctrl-C ended"):
                raise
            raise KeyboardInterrupt from warning


def members_of(estimator):
    """Return the recorded members of a vote; of other estimators, nothing."""
    if not isinstance(estimator, VotingClassifier):
        return []
    weights = estimator.weights or [1] * len(estimator.estimators)
    members = [frozen.estimator for _, frozen in estimator.estimators]
    return [member for member, weight in zip(members, weights, strict=True) if weight]


def n_parameters(estimator):
    """Return the number of trained parameters, of all parts together."""
    if isinstance(estimator, CoarseToFineClassifier):
        return sum(map(n_parameters, [estimator.coarse_, *estimator.fine_]))
    members = members_of(estimator)
    if members:
        return sum(member.record_["n_parameters"] for member in members)
    return getattr(estimator, "n_parameters_", None)


def seed_of(estimator):
    """Return the seed of an estimator or its parts; of a vote, None."""
    if isinstance(estimator, CoarseToFineClassifier):
        return seed_of(estimator.coarse)
    return getattr(estimator, "random_state", None)


def figures(classifier, X, y, *, with_confusion=False):
    """Return accuracy, loss, and precision and recall of each class."""
    classes = classifier.classes_
    probabilities = classifier.predict_proba(X)
    predicted = classes[probabilities.argmax(axis=1)]
    precision, recall, _, _ = precision_recall_fscore_support(
        y, predicted, labels=classes, zero_division=0
    )
    scored = {
        "images": len(y),
        "accuracy": round(float(np.mean(predicted == y)), 6),
        "loss": round(float(log_loss(y, probabilities, labels=classes)), 5),
        "precision": precision.round(4).tolist(),
        "recall": recall.round(4).tolist(),
        "data": digest(X, y),
    }
    if with_confusion:
        scored["confusion"] = confusion_matrix(y, predicted, labels=classes).tolist()
    return scored


def curves(history):
    """Return losses and accuracies, epoch by epoch."""
    return {
        name: [round(float(epoch[name]), 5) for epoch in history]
        for name in CURVES
        if name in history[0]
    }


def changes(estimator):
    """Return the parameters that differ from the defaults, as texts."""
    if isinstance(estimator, VotingClassifier):
        return {"members": describe(members_of(estimator))}
    if isinstance(estimator, CoarseToFineClassifier):
        own = {"groups": describe(estimator.groups)}
        return own | changes(estimator.coarse) | {"fine": describe(changes(estimator.fine))}
    defaults = type(estimator)().get_params(deep=False)
    now = {
        name: describe(value)
        for name, value in estimator.get_params(deep=False).items()
        if name != "random_state"
    }
    return {name: value for name, value in now.items() if value != describe(defaults[name])}


def describe(value):
    """Return a text that is the same for estimators and parameters that train the same."""
    if isinstance(value, FrozenEstimator):
        return describe(value.estimator)
    if isinstance(value, Recorded) and hasattr(value, "key_"):
        return f"{type(value.estimator).__name__} {value.key_}"
    if isinstance(value, BaseEstimator):
        params = value.get_params(deep=False)
        inner = ", ".join(f"{name}={describe(params[name])}" for name in sorted(params))
        weights = vars(value).get("fitted_network_")
        learned = digest(*weights.state()["weights"].values()) if weights else ""
        return f"{type(value).__name__}({inner}){learned}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(describe, value))}]"
    if isinstance(value, functools.partial):
        return f"{describe(value.func)}({describe(sorted(value.keywords.items()))})"
    if isinstance(value, type) or callable(value):
        return value.__qualname__
    return repr(value)


def digest(*values):
    """Return a hash of texts and arrays."""
    sha = hashlib.sha256()
    for value in values:
        if isinstance(value, str):
            sha.update(value.encode())
        else:
            array = np.ascontiguousarray(value)
            sha.update(f"{array.dtype}{array.shape}".encode())
            sha.update(array)
    return sha.hexdigest()[:16]
