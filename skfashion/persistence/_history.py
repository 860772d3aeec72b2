"""The history of a training in a file: mini-batches are only counted, unless they say something."""

from ..storage import DamagedError
from ._values import encode_items

MAX_BATCHES = 1 << 22  # of all epochs together


def encode_history(history):
    """Return the rows of a history in plain values.

    skorch keeps a dictionary for each mini-batch, which is empty unless a callback fills it.
    Of the empty ones a file has the number.

    Parameters
    ----------
    history : skorch.history.History
        The history.

    Returns
    -------
    list of dict of str to plain value
    """
    return [with_counted_batches(encode_items(row)[0]) for row in history]


def with_counted_batches(row):
    """Return an encoded row with the number of its mini-batches, if these are empty.

    Files of format 1 have all the empty dictionaries.
    """
    try:
        kind, batches = row["batches"]
        empty = kind == "list" and all(name == "dict" and not part for name, part in batches)
    except (TypeError, KeyError, ValueError):  # counted, or no row at all: that is found later
        return row
    return row | {"batches": len(batches)} if empty else row


def with_batches(rows):
    """Return the rows of a history with a dictionary for each mini-batch.

    Parameters
    ----------
    rows : list of dict
        The decoded rows, which are left as they are.

    Returns
    -------
    list of dict

    Raises
    ------
    DamagedError
        If they cannot be rows of a history.
    """
    n_batches, whole = 0, []
    for row in rows:
        batches = row.get("batches")
        if type(batches) is int and batches >= 0:
            n_batches += batches
            if n_batches > MAX_BATCHES:
                raise DamagedError(f"a history has {MAX_BATCHES:,} mini-batches at most")
            batches = [{}] * batches
        if type(row.get("epoch")) is not int or type(batches) is not list:
            raise DamagedError("the history has a row without epoch or batches")
        whole.append(row | {"batches": batches})
    return whole
