"""Texts of docstrings that are written once."""

import inspect
import re
from itertools import pairwise

import pytest

import skfashion
import skfashion.networks
from skfashion._docs import substitute


def test_texts_take_the_place_of_their_names():
    @substitute(x="x : int\n    A number.")
    def function(x):
        """Do it.

        Parameters
        ----------
        %(x)s
        """

    wanted = "Do it.\n\nParameters\n----------\nx : int\n    A number.\n"
    assert function.__doc__ == wanted


def test_a_name_that_is_not_given():
    with pytest.raises(KeyError, match="y"):

        @substitute(x="x")
        def function():
            """Do it.

            %(y)s
            """


def test_without_docstrings():
    @substitute(x="x")
    def function(): ...

    assert function.__doc__ is None


def documented():
    """Return the public classes and functions, and the methods of a classifier."""
    rooms = [skfashion, skfashion.networks, skfashion.datasets, skfashion.augmentation]
    public = {getattr(room, name) for room in rooms for name in room.__all__}
    methods = {getattr(skfashion.LeNet5Classifier, n) for n in dir(skfashion.LeNet5Classifier)}
    return [
        one
        for one in public | methods
        if callable(one) and getattr(one, "__module__", "").startswith("skfashion.")
    ]


@pytest.mark.parametrize("one", documented(), ids=lambda one: one.__qualname__)
def test_entries_have_a_text_below_them(one):
    lines = inspect.getdoc(one).splitlines()
    assert not any("%(" in line for line in lines)
    section = None
    for line, following in pairwise([*lines, ""]):
        if re.fullmatch("-{3,}", following):
            section = line
        if section in ("Parameters", "Attributes") and re.match(r"[\w*, ]+ : ", line):
            assert following.startswith("    "), line
