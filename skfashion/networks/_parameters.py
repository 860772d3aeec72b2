"""Checks of what users give for the parameters of a network.

Numbers may be Python's or NumPy's, arrays without axes among them; several numbers may be any
sequence, or an array. That is what comes from a grid of parameters.
"""

from collections.abc import Sequence
from numbers import Integral, Real


def plain(value):
    """Return Python's own number for one of NumPy's or an array without axes."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def whole_number(parameter, value, least=1, most=None):
    """Return a whole number as an int.

    Raises
    ------
    ValueError
        If it is none, a bool, or out of range.
    """
    number = plain(value)
    if (
        isinstance(number, Integral)
        and not isinstance(number, bool)
        and least <= number
        and (most is None or number <= most)
    ):
        return int(number)
    wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise ValueError(f"{parameter} is a whole number {wanted}, not {value!r}.")


def widths(parameter, value):
    """Return the widths of layers as a tuple of int, from one or several whole numbers.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    several = _several(value)
    if several is None:
        if not isinstance(plain(value), Integral) or isinstance(plain(value), bool):
            raise ValueError(
                f"{parameter}={value!r} are no widths: give a whole number, or a tuple of them, "
                "such as (256, 128)."
            )
        return (whole_number(parameter, value),)
    return tuple(whole_number(f"Each of {parameter}", width) for width in several)


def dropout_rates(parameter, value, n_layers):
    """Return a dropout rate for each layer, from one for all of them or one for each.

    Raises
    ------
    ValueError
        If a rate is not a number from 0 to less than 1, or there are neither one nor as many
        as layers.
    """
    several = _several(value)
    rates = (value,) * n_layers if several is None else several
    if len(rates) != n_layers:
        raise ValueError(
            f"{parameter}={value!r} has {len(rates)} rates for {n_layers} layers: give one for "
            "all, or one for each."
        )
    if several is None and not rates:
        rates = (value,)  # it is checked all the same
    return tuple(_rate(parameter, rate) for rate in rates)[:n_layers]


def not_negative(parameter, value):
    """Return a finite number of at least 0 as a float.

    Raises
    ------
    ValueError
        If it is none.
    """
    number = _real(value)
    if number is None or not 0 <= number < float("inf"):
        raise ValueError(f"{parameter} is a number of at least 0, not {value!r}.")
    return number


def switch(parameter, value):
    """Return a bool, from Python's or NumPy's, or from 0 or 1.

    Raises
    ------
    ValueError
        If it is anything else.
    """
    number = plain(value)
    if isinstance(number, Integral) and number in (0, 1):
        return bool(number)
    raise ValueError(f"{parameter} is True or False, not {value!r}.")


def shape_of_images(image_shape):
    """Return (H, W, C) as three int.

    Raises
    ------
    ValueError
        If they are not three whole numbers of at least 1.
    """
    shape = _several(image_shape)
    if shape is None or len(shape) != 3:
        raise ValueError(f"image_shape is (height, width, channels), not {image_shape!r}.")
    return tuple(whole_number("Each of image_shape", length) for length in shape)


def _rate(parameter, value):
    number = _real(value)
    if number is None or not 0 <= number < 1:
        raise ValueError(f"{parameter} is a number from 0 to less than 1, not {value!r}.")
    return number


def _real(value):
    number = plain(value)
    return float(number) if isinstance(number, Real) and not isinstance(number, bool) else None


def _several(value):
    """Return the values of a sequence or an array with one axis as a tuple, else None."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(value)
    return tuple(value.tolist()) if getattr(value, "ndim", 0) == 1 else None
