"""Which classes belong together."""

from collections import Counter
from collections.abc import Hashable

import numpy as np


def check_groups(groups, classes):
    """Return groups of labels as arrays of class codes.

    Parameters
    ----------
    groups : iterable of iterables of labels
        What the user gave.
    classes : ndarray of shape (n_classes,)
        The labels of all classes, sorted.

    Returns
    -------
    list of ndarray of int
        The codes of each group, sorted; the groups are in the order that was given.

    Raises
    ------
    TypeError
        If `groups` is not a list of groups of labels.
    ValueError
        If a group has fewer than two classes or an unknown one, a class comes twice, or one
        group has all classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.ensemble._groups import check_groups
    >>> check_groups([["coat", "shirt"]], np.array(["boot", "coat", "shirt"]))
    [array([1, 2])]
    """
    labels = [_labels_of(group, groups) for group in _listed(groups, groups)]
    code_of = {label: code for code, label in enumerate(classes.tolist())}
    for label in (label for group in labels for label in group):
        if label not in code_of:
            raise ValueError(
                f"groups={groups!r} has the label {label!r}, which is not among the classes "
                f"{classes.tolist()}."
            )
    counts = Counter(label for group in labels for label in group)
    label, n_times = next(iter(counts.most_common(1)), (None, 0))
    if n_times > 1:
        raise ValueError(
            f"groups={groups!r} has the class {label!r} {n_times} times; each class can be in "
            "one group only."
        )
    for group in labels:
        if len(group) < 2:
            raise ValueError(
                f"groups={groups!r} has a group with the classes {group}; a group needs at least "
                "two. Classes that belong to no group are left out of groups."
            )
        if len(group) == len(classes):
            raise ValueError(
                f"groups={groups!r} has all {len(classes)} classes in one group, so the coarse "
                "classifier would have nothing to tell apart. Leave at least one class out."
            )
    return [np.sort([code_of[label] for label in group]) for group in labels]


def _listed(values, groups):
    """Return what can be iterated over, and is no single label, as a list."""
    try:
        if isinstance(values, str | bytes | dict):
            raise TypeError
        return list(values)
    except TypeError:
        raise TypeError(
            f"groups={groups!r} has {values!r} where a list was wanted: groups are a list of lists "
            "of labels, such as [[0, 2, 6]] for one group of three classes."
        ) from None


def _labels_of(group, groups):
    labels = _listed(group, groups)
    for label in labels:
        if not isinstance(label, Hashable):
            raise TypeError(f"groups={groups!r} has {label!r} where a label was wanted.")
    return [label.item() if isinstance(label, np.generic) else label for label in labels]


def pairwise_confusion(matrix):
    """Return the fraction of the samples of two classes that are taken for the other one.

    Parameters
    ----------
    matrix : ndarray of shape (n_classes, n_classes)
        Weight of the samples of a class (row) that were taken for a class (column).

    Returns
    -------
    ndarray of shape (n_classes, n_classes), dtype float64
        Symmetric, 0 on the diagonal.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.ensemble._groups import pairwise_confusion
    >>> pairwise_confusion(np.array([[8, 2], [4, 6]]))
    array([[0. , 0.3],
           [0.3, 0. ]])
    """
    mistaken = (matrix + matrix.T).astype(float)
    np.fill_diagonal(mistaken, 0)
    n = matrix.sum(axis=1)
    n = n[:, np.newaxis] + n  # of both classes
    return np.divide(mistaken, n, out=np.zeros_like(mistaken), where=n > 0)


def confused_groups(confusion, min_confusion):
    """Return groups of classes that are often confused, directly or through others.

    Parameters
    ----------
    confusion : ndarray of shape (n_classes, n_classes)
        What :func:`pairwise_confusion` returns.
    min_confusion : float
        How often two classes are confused from which on they are in the same group.

    Returns
    -------
    list of ndarray of int
        The codes of each group. Where all classes would be in one group, those that are confused
        least remain apart.

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.ensemble._groups import confused_groups
    >>> confused_groups(np.array([[0, 0.2, 0], [0.2, 0, 0], [0, 0, 0]]), 0.1)
    [array([0, 1])]
    """
    # Imported when used: that takes long.
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(confusion) < 3:
        return []  # a group of two would be all classes
    tree = linkage(squareform(1 - confusion, checks=False), method="single")
    clusters = fcluster(tree, 1 - min_confusion, criterion="distance")
    if clusters.max() == 1:
        clusters = fcluster(tree, 2, criterion="maxclust")
    if clusters.max() == 1:  # all are confused equally often
        return []
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    groups = [codes for codes in members if len(codes) > 1]
    return sorted(groups, key=lambda codes: codes[0])
