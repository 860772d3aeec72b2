"""Weights of images and classes."""

from collections.abc import Mapping
from math import isfinite
from numbers import Real

import numpy as np
from sklearn.utils import compute_class_weight
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


def check_class_weight(class_weight, codes, classes):
    """Return the weight of each class, or None if there are none.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        The parameter.
    codes : ndarray of shape (n,)
        Codes of the classes of the training images.
    classes : ndarray of shape (n_classes,)
        All classes.

    Returns
    -------
    ndarray of shape (n_classes,), dtype float64, or None
        A class without training images has the weight 1, unless the dict has another.

    Raises
    ------
    ValueError
        If `class_weight` is not a dict of weights by class or "balanced".
    """
    if class_weight is None:
        return None
    each = np.ones(len(classes))
    if isinstance(class_weight, Mapping):
        _check(class_weight, classes.tolist())
        for code, label in enumerate(classes.tolist()):
            each[code] = class_weight.get(label, 1)
    elif isinstance(class_weight, str) and class_weight == "balanced":
        present = np.unique(codes)
        each[present] = compute_class_weight(class_weight, classes=present, y=codes)
    else:
        raise ValueError(
            f"class_weight={class_weight!r} is not known; give a dict of weights by class, "
            "'balanced' or None."
        )
    return each


def with_class_weight(weights, class_weight, codes):
    """Return sample weights times the weights of the images' classes.

    Parameters
    ----------
    weights : ndarray of shape (n,) or None
        Sample weights; None for 1 each.
    class_weight : ndarray of shape (n_classes,) or None
        As `check_class_weight` returns it.
    codes : ndarray of shape (n,)
        Codes of the images' classes.

    Returns
    -------
    ndarray of shape (n,), dtype float64, or None
    """
    if class_weight is None:
        return weights
    return class_weight[codes] if weights is None else weights * class_weight[codes]


def _check(class_weight, classes):
    for label, weight in class_weight.items():
        if not isinstance(weight, Real) or not isfinite(weight) or weight < 0:
            raise ValueError(
                f"class_weight[{label!r}]={weight!r} is not a weight: give a finite number of at "
                "least 0."
            )
    # As in scikit-learn: a part of the data can be without some of the classes, but a dict that
    # does not have all classes of the data, and has another one, most likely misspells one.
    unknown = [label for label in class_weight if label not in classes]
    if unknown and any(label not in class_weight for label in classes):
        raise ValueError(
            f"class_weight has a weight for {unknown[0]!r}, which is not among the classes "
            f"{classes}."
        )
