"""Parameters that are numbers and ranges of numbers, and sampling from them.

Numbers may be numpy's, and pairs may be lists and arrays: grids of parameters are often made
with numpy.
"""

from math import isfinite
from numbers import Integral, Real

import numpy as np

from .._lazy import torch


def plain(value):
    """Return numpy's numbers and arrays as Python's numbers and lists, others as they are."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Real) and not isinstance(value, bool):
        return int(value) if isinstance(value, Integral) else float(value)
    return value


def limits_of(name, value, *, centre, lowest, highest):
    """Return the range that a parameter stands for.

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : float or pair of float
        Largest distance from `centre` in both directions, or the range itself.
    centre : float
        The value that changes nothing.
    lowest, highest : float
        Bounds of the range.

    Returns
    -------
    low, high : float

    Raises
    ------
    TypeError
        If it is neither a number nor a pair of numbers.
    ValueError
        If it is out of bounds.
    """
    limits = plain(value)
    if _is_number(limits):
        if limits < 0:
            raise ValueError(
                f"{name}={value!r} is negative: a number is the largest distance from {centre} "
                "in both directions. Give an asymmetric range as a pair (low, high)."
            )
        limits = [centre - limits, centre + limits]
    if not (isinstance(limits, list) and len(limits) == 2 and all(map(_is_number, limits))):
        raise TypeError(f"{name}={value!r} is neither a number nor a pair of numbers (low, high).")
    low, high = limits
    if not lowest <= low <= high <= highest:
        raise ValueError(
            f"{name}={value!r} stands for the range from {low} to {high}: it has to be in "
            f"increasing order and within {lowest} to {highest}."
        )
    return float(low), float(high)


def check_extent(name, value):
    """Return a length in pixels as an int, or a fraction of the image's side as a float.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is neither a whole number of at least 0 nor a fraction from 0 to below 1.
    """
    extent = plain(value)
    if not _is_number(extent):
        raise TypeError(
            f"{name}={value!r} is neither a whole number of pixels nor a fraction of the side."
        )
    if extent < 0 or not (isinstance(extent, int) or extent < 1):
        raise ValueError(
            f"{name}={value!r} is out of range: give an int of at least 0 for pixels, or a float "
            "from 0.0 to below 1.0 for a fraction of the image's side."
        )
    return extent


def check_number(name, value, lowest, highest=None):
    """Return a finite number within bounds as an int or a float.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite, or out of bounds.
    """
    number = plain(value)
    if not _is_number(number):
        raise TypeError(f"{name}={value!r} is not a number.")
    above = highest is not None and number > highest
    if not isfinite(number) or number < lowest or above:
        bounds = f"at least {lowest}" if highest is None else f"from {lowest} to {highest}"
        raise ValueError(f"{name}={value!r} is out of range: it has to be {bounds}.")
    return number


def check_fill_value(value):
    """Return the `fill_value` of an augmentation, any finite number, as an int or a float."""
    return check_number("fill_value", value, float("-inf"))


def check_classes(name, value):
    """Raise an error unless classes are given by their positions in `classes_`, or None.

    Raises
    ------
    TypeError
        If it is neither None nor a sequence of whole numbers.
    ValueError
        If one of them is negative.
    """
    codes = plain(value)
    if codes is None:
        return
    if not isinstance(codes, list) or not all(type(code) is int for code in codes):
        raise TypeError(
            f"{name}={value!r} is neither None nor a list of whole numbers: give the positions "
            "of the classes in classes_, which is sorted, such as [1, 4]."
        )
    if any(code < 0 for code in codes):
        raise ValueError(f"{name}={value!r} has a negative number: positions begin at 0.")


def sample_uniform(low, high, size, generator):
    """Return numbers sampled uniformly between two limits, on the generator's device."""
    return torch.rand(size, generator=generator, device=generator.device) * (high - low) + low


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)
