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
    """Return the public classes and functions, and the methods of a classifier, by their names."""
    rooms = [skfashion, skfashion.networks, skfashion.datasets, skfashion.augmentation]
    rooms.append(skfashion.inspection)
    public = [getattr(room, name) for room in rooms for name in room.__all__]
    classifier = skfashion.LeNet5Classifier
    public += [getattr(classifier, name, None) for name in dir(classifier)]
    ours = [
        one
        for one in public
        if (inspect.isclass(one) or inspect.isroutine(one))
        and str(getattr(one, "__module__", None)).startswith("skfashion.")
        and inspect.getdoc(one)
    ]
    return list({one.__qualname__: one for one in ours}.values())


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
