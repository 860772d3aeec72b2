"""Arguments of more than one kind of command, and how they are checked."""

import argparse

from .._options import choose

GREATEST_SEED = 2**32 - 1  # NumPy's
METHODS = ("auto", "u2netp", "grabcut", "border", "colour")


def one_of(what, names):
    """Return a function that refuses all but some names, and offers the nearest.

    Parameters
    ----------
    what : str
        What the names are names of.
    names : iterable of str
        The known names.

    Returns
    -------
    callable
        For the `type` of an argparse option: returns the name, or raises ArgumentTypeError.
    """

    def check(text):
        try:
            return choose(what, text, dict.fromkeys(names, text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(error) from None

    return check


def whole_number(least, most):
    """Return a function that refuses all but the whole numbers from `least` to `most`."""

    def check(text):
        digits = text.lstrip("0") or "0"
        # The length first: Python refuses to read thousands of digits, in words of its own.
        whole = text.isdecimal() and len(digits) <= len(str(most))
        if not whole or not least <= int(digits) <= most:
            raise argparse.ArgumentTypeError(
                f"{_shortened(text)} is not a whole number from {least} to {most}"
            )
        return int(digits)

    return check


def fraction(text):
    """Return a number from 0 to 1, or refuse the text.

    Parameters
    ----------
    text : str
        What was given.

    Returns
    -------
    float

    Raises
    ------
    argparse.ArgumentTypeError
        If it is anything else.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{_shortened(text)} is not a number from 0 to 1")
    return value


def _shortened(text):
    return repr(text if len(text) <= 40 else text[:37] + "...")


def add_device(add, default):
    """Add the option of the device.

    Parameters
    ----------
    add : callable
        ``add_argument`` of a parser or group.
    default : object
        What takes the option's place where it is not given.
    """
    add(
        "--device",
        default=default,
        metavar="NAME",
        help="auto, cpu, cuda, cuda:1, mps (default: auto, a GPU if there is one)",
    )


def add_method(add):
    """Add the option of how garments are cut out.

    Parameters
    ----------
    add : callable
        ``add_argument`` of a parser or group.
    """
    add(
        "--method",
        default="auto",
        type=one_of("method", METHODS),
        metavar="NAME",
        help=f"how the garment is cut out: {', '.join(METHODS)} (default: auto, which takes "
        "u2netp if it can be downloaded, else grabcut)",
    )
