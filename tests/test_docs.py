"""Texts that are written once take the place of their placeholders."""

import pytest

from skfashion._docs import substitute


def test_a_text_is_indented_as_its_placeholder():
    @substitute(shape="shape : tuple\n    Of int.")
    def function():
        """Summary.

        Section
            %(shape)s
        """

    assert function.__doc__ == "Summary.\n\nSection\n    shape : tuple\n        Of int.\n"


def test_what_has_no_docstring_is_left():
    def function(): ...

    assert substitute(x="x")(function) is function
    assert function.__doc__ is None


def test_an_unknown_placeholder():
    def function():
        """Summary.

        %(other)s
        """

    with pytest.raises(KeyError, match="other"):
        substitute(x="x")(function)
