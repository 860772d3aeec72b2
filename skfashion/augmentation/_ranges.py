"""Parameters that are the limits of what is drawn, and the drawing."""

from math import isfinite
from numbers import Integral, Real

from .._lazy import torch


def limits_of(name, value, *, centre, lowest, highest):
    """Return a parameter that says how far something varies as its limits (low, high).

    Parameters
    ----------
    name : str
        Name of the parameter, for the message.
    value : float or pair of float
        Distance from `centre` to both sides, or the limits themselves.
    centre : float
        What leaves an image as it is.
    lowest, highest : float
        What the limits have to stay between.

    Returns
    -------
    low, high : float

    Raises
    ------
    TypeError, ValueError
        If it is no number and no pair, or out of bounds.
    """
    if _is_number(value) and value < 0:
        raise ValueError(
            f"{name}={value!r} is negative: a number is the distance from {centre} to both "
            "sides. Give limits that differ as a pair (low, high)."
        )
    pair = (centre - value, centre + value) if _is_number(value) else value
    if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(map(_is_number, pair))):
        raise TypeError(f"{name}={value!r} is neither a number nor a pair of numbers (low, high).")
    low, high = pair
    if not lowest <= low <= high <= highest:
        raise ValueError(
            f"{name}={value!r} stands for values from {low} to {high}, which do not rise or "
            f"leave what is possible, {lowest} to {highest}."
        )
    return float(low), float(high)


def check_extent(name, value):
    """Check a length that is given in pixels or as a fraction of the image's side.

    Raises
    ------
    TypeError, ValueError
        If it is no whole number of at least 0 and no fraction from 0 to below 1.
    """
    if not _is_number(value):
        raise TypeError(
            f"{name}={value!r} is neither a whole number of pixels nor a fraction of the side."
        )
    if value < 0 or not (isinstance(value, Integral) or value < 1):
        raise ValueError(
            f"{name}={value!r} is out of range: give an int of at least 0 for pixels, or a float "
            "from 0.0 to below 1.0 for a fraction of the image's side."
        )


def check_number(name, value, lowest, highest=None):
    """Check a number that has to be finite and between two others.

    Raises
    ------
    TypeError, ValueError
        If it is no number, or out of bounds.
    """
    if not _is_number(value):
        raise TypeError(f"{name}={value!r} is not a number.")
    above = highest is not None and value > highest
    if not isfinite(value) or value < lowest or above:
        bounds = f"at least {lowest}" if highest is None else f"from {lowest} to {highest}"
        raise ValueError(f"{name}={value!r} is out of range: it has to be {bounds}.")


def draw_between(low, high, size, generator):
    """Draw numbers between two limits, each as likely, on the generator's device."""
    return torch.rand(size, generator=generator, device=generator.device) * (high - low) + low


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)
