"""Estimators of scikit-learn around another one."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def wrapped(estimator):
    """Return the estimator that another one predicts with, or None.

    Parameters
    ----------
    estimator : object
        A Pipeline gives its last step, a fitted search its best estimator, and a FrozenEstimator
        what it holds.

    Returns
    -------
    object
        None for every other estimator, an empty Pipeline, and a search without a best estimator.
    """
    if isinstance(estimator, Pipeline):
        return estimator.steps[-1][1] if len(estimator.steps) else None
    if isinstance(estimator, FrozenEstimator):
        return estimator.estimator
    return getattr(estimator, "best_estimator_", None)
