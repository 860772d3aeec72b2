"""Texts of docstrings that stand in several places, written once."""

import inspect
import re
from textwrap import dedent, indent

PLACEHOLDER = re.compile(r"^([ ]*)%\((\w+)\)s$", re.MULTILINE)


def substitute(**texts):
    r"""Return a decorator that fills the placeholders in a docstring.

    A placeholder is a line of its own, ``%(name)s``. The text that takes its place is
    indented as it was.

    Parameters
    ----------
    **texts : str
        What stands in place of each name.

    Returns
    -------
    callable
        A decorator of classes and functions; it returns what it was given.

    Raises
    ------
    KeyError
        If the docstring asks for a name that is not given.

    Examples
    --------
    >>> from skfashion._docs import substitute
    >>> @substitute(x="x : int\n    A number.")
    ... def f(x):
    ...     '''Do something.
    ...
    ...     %(x)s
    ...     '''
    >>> print(f.__doc__)  # doctest: -NORMALIZE_WHITESPACE
    Do something.
    <BLANKLINE>
    x : int
        A number.
    <BLANKLINE>
    """

    def fill(target):
        if target.__doc__:  # python -OO takes docstrings away
            target.__doc__ = PLACEHOLDER.sub(_text, inspect.cleandoc(target.__doc__) + "\n")
        return target

    def _text(match):
        # Not by cleandoc, which does not count the first line: "x : int" and what is below it.
        return indent(dedent(texts[match[2]]).strip(), match[1])

    return fill
