"""Texts that the docstrings of this package share."""

from .._docs import substitute

_OF_SAMPLES = """Parameters
----------
X : array-like of shape (n, ...) or list of length n
    Samples of the kind that `fit` was given.

Returns
-------
"""
LABELS = f"""{_OF_SAMPLES}ndarray of shape (n,)
    Labels."""
PROBABILITIES = f"""{_OF_SAMPLES}ndarray of shape (n, n_classes), dtype float64
    Probabilities, in the order of `classes_`."""

document = substitute(labels=LABELS, probabilities=PROBABILITIES)
