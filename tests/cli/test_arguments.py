"""How arguments are checked."""

import argparse

import pytest

from skfashion.cli._arguments import fraction, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("0012", 12), ("٣", 3)])
def test_whole_numbers(text, number):
    assert whole_number(0, 12)(text) == number


@pytest.mark.parametrize("text", ["", " ", "13", "-1", "+1", "1.0", "1e1", "1_0", "²", "9" * 9999])
def test_what_is_none(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number from 0 to 12") as e:
        whole_number(0, 12)(text)
    assert len(str(e.value)) < 100


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("1", 1), (".25", 0.25), ("1e-2", 0.01)])
def test_fractions(text, number):
    assert fraction(text) == number


@pytest.mark.parametrize("text", ["", "1.01", "-0.1", "nan", "inf", "50%", "half", "9" * 9999])
def test_what_is_no_fraction(text):
    with pytest.raises(argparse.ArgumentTypeError, match="is not a number from 0 to 1") as e:
        fraction(text)
    assert len(str(e.value)) < 100
