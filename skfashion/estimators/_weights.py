"""Weights of images and classes."""

from collections.abc import Mapping
from math import isfinite
from numbers import Real

import numpy as np
from sklearn.utils import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight


def check_sample_weight(sample_weight, images):
    """Return sample weights as an array of shape (n,), or None if there are none.

    Raises
    ------
    ValueError
        If they are negative, all 0, or not one for each image.
    """
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, images, dtype=np.float64, ensure_non_negative=True)


def with_class_weight(weights, class_weight, y, classes):
    """Return sample weights times the weights of the classes.

    Parameters
    ----------
    weights : ndarray of shape (n,) or None
        Sample weights, none of them 0; None for 1 each.
    class_weight : dict, "balanced" or None
        The parameter.
    y : ndarray of shape (n,)
        Labels.
    classes : ndarray of shape (n_classes,)
        All classes.

    Returns
    -------
    ndarray of shape (n,), dtype float64, or None

    Raises
    ------
    ValueError
        If `class_weight` is not a dict of weights by class or "balanced".
    """
    if class_weight is None:
        return weights
    if isinstance(class_weight, Mapping):
        each = dict(zip(classes.tolist(), np.ones(len(classes)), strict=True))
        for label, weight in class_weight.items():
            _check(label, weight, each)
            each[label] = float(weight)
        factors = np.array(list(each.values()))[np.searchsorted(classes, y)]
    elif isinstance(class_weight, str) and class_weight == "balanced":
        factors = compute_sample_weight(class_weight, y)
    else:
        raise ValueError(
            f"class_weight={class_weight!r} is not known; give a dict of weights by class, "
            "'balanced' or None."
        )
    return factors if weights is None else weights * factors


def _check(label, weight, each):
    if label not in each:
        raise ValueError(
            f"class_weight has a weight for {label!r}, which is not among the classes {list(each)}."
        )
    if not isinstance(weight, Real) or not isfinite(weight) or weight < 0:
        raise ValueError(
            f"class_weight[{label!r}]={weight!r} is not a weight: give a finite number of at "
            "least 0."
        )
