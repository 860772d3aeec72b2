"""Which classes belong together."""

import re

import numpy as np
import pytest

from skfashion.ensemble._groups import check_groups, confused_groups, pairwise_confusion

NAMES = np.array(["boot", "coat", "dress", "shirt"])


@pytest.mark.parametrize(
    "groups",
    [
        [[3, 1]],
        ((1, 3),),
        [{1, 3}],
        np.array([[1, 3]]),
        [np.array([3.0, 1.0])],
    ],
)
def test_groups_of_any_kind(groups):
    (codes,) = check_groups(groups, np.arange(4))
    assert codes.tolist() == [1, 3]


def test_groups_of_names():
    first, second = check_groups([["shirt", np.str_("coat")], ("dress", "boot")], NAMES)
    assert first.tolist() == [1, 3]
    assert second.tolist() == [0, 2]


def test_no_groups():
    assert check_groups([], NAMES) == []


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ([["coat", "shirt"], ["dress", "coat"]], ValueError, "the class 'coat' 2 times"),
        ([["coat", "coat"]], ValueError, "the class 'coat' 2 times"),
        ([["coat", "skirt"]], ValueError, r"'skirt', which is not among the classes \['boot'"),
        ([[0, 1]], ValueError, "0, which is not among the classes"),
        ([["coat"]], ValueError, r"classes \['coat'\]; a group needs at least two"),
        ([["coat", "shirt"], []], ValueError, r"classes \[\]; a group needs at least two"),
        ([NAMES], ValueError, "all 4 classes in one group"),
        (["coat", "shirt"], TypeError, "'coat' where a list was wanted"),
        ("coat", TypeError, re.escape("such as [[0, 2, 6]] for one group")),
        ([0, 1], TypeError, "0 where a list was wanted"),
        (3, TypeError, "3 where a list was wanted"),
        ({"tops": ["coat", "shirt"]}, TypeError, "where a list was wanted"),
        ([[["coat"], ["shirt"]]], TypeError, r"\['coat'\] where a label was wanted"),
    ],
)
def test_wrong_groups(groups, error, message):
    with pytest.raises(error, match=message):
        check_groups(groups, NAMES)


def test_confusion_counts_both_directions():
    matrix = np.array([[6, 3, 1], [1, 9, 0], [0, 0, 20]])
    confusion = pairwise_confusion(matrix)
    assert confusion[0, 1] == confusion[1, 0] == 4 / 20
    assert confusion[0, 2] == 1 / 30
    assert confusion.diagonal().tolist() == [0, 0, 0]


def test_classes_without_samples_are_not_confused():
    assert not pairwise_confusion(np.diag([0, 0, 3])).any()


def confusion_of(pairs, n=6):
    confusion = np.zeros((n, n))
    for (one, other), fraction in pairs.items():
        confusion[one, other] = confusion[other, one] = fraction
    return confusion


@pytest.mark.parametrize(
    ("pairs", "groups"),
    [
        ({}, []),
        ({(1, 4): 0.04}, []),
        ({(1, 4): 0.05}, [[1, 4]]),
        ({(3, 4): 0.2, (0, 5): 0.1}, [[0, 5], [3, 4]]),
        ({(2, 3): 0.1, (3, 5): 0.1}, [[2, 3, 5]]),
        # All would be in one group: the least confused class remains apart.
        ({(i, i + 1): 0.5 - i / 10 for i in range(5)}, [[0, 1, 2, 3, 4]]),
    ],
)
def test_confused_classes_are_joined(pairs, groups):
    found = confused_groups(confusion_of(pairs), 0.05)
    assert [group.tolist() for group in found] == groups


@pytest.mark.parametrize(
    "confusion", [np.full((5, 5), 0.5), np.full((2, 2), 0.9), np.zeros((1, 1))]
)
def test_nothing_to_join(confusion):
    assert confused_groups(confusion, 0.05) == []
