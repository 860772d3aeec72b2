"""Named options: one lookup whose error offers the name that was meant."""

from difflib import get_close_matches


def choose(parameter, value, options):
    """Return ``options[value]``, or raise an error that offers the nearest known name.

    Parameters
    ----------
    parameter : str
        Name of the parameter, for the message.
    value : object
        What the user gave.
    options : dict of str or None to object
        The known names and what they stand for.

    Returns
    -------
    object
        The value that belongs to the name.

    Raises
    ------
    ValueError
        If `value` is not one of the names.
    """
    if isinstance(value, str | None) and value in options:
        return options[value]
    known = ", ".join(repr(name) for name in options)
    near = get_close_matches(str(value).lower(), filter(None, options), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"{parameter}={value!r} is not known; it can be {known}.{hint}")
