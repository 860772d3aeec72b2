"""The history of a training in a file.

A short one is JSON: a dictionary for each epoch, in which mini-batches are only counted, unless
they say something. A long one is of columns, since all that is no array is bounded: an array for
each number that the epochs, or their mini-batches, record.
"""

from itertools import chain

import numpy as np

from ..storage import COLUMNS, MAX_CELLS, MAX_ROWS, DamagedError, from_columns, to_columns
from ._values import decode_items, encode_items

MAX_BATCHES = 1 << 22  # of all epochs together
MAX_IN_JSON = 1 << 13  # numbers
MAX_OTHERS = 1 << 13  # what mini-batches record that is no number
N_RECORDS = COLUMNS + "n_records"  # of each epoch, how many mini-batches are in the table of these


def encode_history(history):
    """Return a history in plain values and arrays.

    skorch keeps a dictionary for each mini-batch, which is empty unless a callback fills it.
    Of the empty ones a file has the number.

    Parameters
    ----------
    history : skorch.history.History
        The history.

    Returns
    -------
    section : list of dict, or dict of str to object
        The rows of a short history, or what belongs to the columns of a long one.
    arrays : dict of str to ndarray
        The columns; none for a short one.
    n_left_out : int
        How many mini-batches say more than a file holds: of these it has the number alone.

    Raises
    ------
    ValueError
        If there are more epochs than a file holds.
    """
    records = [_records(row) for row in history]
    n_rows, n_cells = len(history), sum(map(len, history))
    batches = list(chain.from_iterable(records))
    n_of_batches = sum(map(len, batches))
    if n_cells + n_of_batches <= MAX_IN_JSON:
        return [with_counted_batches(encode_items(row)[0]) for row in history], {}, 0
    if n_rows > MAX_ROWS or n_cells > MAX_CELLS:
        raise ValueError(
            f"A history of {n_rows:,} epochs and {n_cells:,} values is too long for a model file, "
            f"which holds {MAX_ROWS:,} epochs and {MAX_CELLS:,} values at most. joblib.dump stores "
            "it."
        )
    epochs = [row | {"batches": len(row.get("batches", ()))} for row in history]
    of_epochs, arrays = _encode_table(epochs, "epochs")
    of_batches, columns = _encode_table(batches, "batches")
    n_left_out = 0
    is_too_much = n_rows + len(batches) > MAX_ROWS or n_of_batches > MAX_CELLS
    if is_too_much or len(of_batches["others"]) > MAX_OTHERS:
        n_left_out, records = len(batches), [[]] * n_rows
        of_batches, columns = _encode_table([], "batches")
    n_records = {N_RECORDS: np.array([len(part) for part in records], "<i8")}
    return {"epochs": of_epochs, "batches": of_batches}, arrays | columns | n_records, n_left_out


def _records(row):
    """Return the dictionaries of an epoch's mini-batches, if any of them says something."""
    batches = row.get("batches", ())
    return batches if any(batches) else []


def _encode_table(rows, table):
    columns, arrays, others = to_columns(rows, table)
    encoded = []
    for row, name, value in others:
        plain, _ = encode_items({name: value})
        encoded += [[row, plain]] if plain else []
    return {"n_rows": len(rows), "columns": columns, "others": encoded}, arrays


def decode_columns(section, arrays):
    """Return the rows of a long history.

    Parameters
    ----------
    section : dict of str to object
        What :func:`encode_history` returns; it comes from a file and may be anything.
    arrays : dict of str to ndarray
        The columns.

    Returns
    -------
    list of dict
        In which mini-batches that say nothing are counted, as in a short one.

    Raises
    ------
    DamagedError
        If they are more than a file holds, or do not fit together.
    Exception
        If the section is of another structure.
    """
    n_rows = [section[table]["n_rows"] for table in ("epochs", "batches")]
    if sum(n_rows) > MAX_ROWS:
        raise DamagedError(f"a history has {MAX_ROWS:,} rows at most")
    epochs, batches = (_decode_table(section[table], arrays) for table in ("epochs", "batches"))
    n_records = arrays[N_RECORDS]
    ends = n_records.cumsum()
    if n_records.shape != (len(epochs),) or (n_records < 0).any() or ends[-1:] != len(batches):
        raise DamagedError("the history has not as many mini-batches as its epochs say")
    for row, n, end in zip(epochs, n_records.tolist(), ends.tolist(), strict=True):
        if n:
            row["batches"] = batches[end - n : end]
    return epochs


def _decode_table(table, arrays):
    rows = from_columns(table["n_rows"], table["columns"], arrays)
    others = table["others"]
    decoded = decode_items(*[plain for _, plain in others])
    for (row, _), values in zip(others, decoded, strict=True):
        rows[row] |= values
    return rows


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
