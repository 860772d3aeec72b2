"""Rows of numbers as columns, which a file of tensors holds as arrays.

What is no array in such a file is bounded, and a history of many epochs is not.
"""

import numpy as np

from ._values import DamagedError

# The first character is one that no name in a state dict begins with.
COLUMNS = ".history/"
MAX_ROWS = 1 << 18  # of all tables of a file
MAX_CELLS = 1 << 20
_BEYOND = 1 << 63  # integers of 64 bits
_DTYPES = {float: np.dtype("<f8"), int: np.dtype("<i8"), bool: np.dtype("?")}


def to_columns(rows, table):
    """Return the numbers of rows as columns.

    Parameters
    ----------
    rows : list of dict of str to object
        The rows, which need not have the same names.
    table : str
        What the names of the arrays begin with, after `COLUMNS`.

    Returns
    -------
    columns : list of [str, str, str or None]
        For each column its name, and the names of the arrays of its values and of the rows that
        have it, None if all have it.
    arrays : dict of str to ndarray
        These arrays.
    others : list of (int, str, object)
        Row, name and value of all that is neither float, int of 64 bits nor bool.
    """
    cells, others = {}, []
    for i, row in enumerate(rows):
        for name, value in row.items():
            value = value.item() if isinstance(value, np.generic) else value
            if type(value) in _DTYPES and (type(value) is not int or -_BEYOND <= value < _BEYOND):
                places, values = cells.setdefault((name, type(value)), ([], []))
                places.append(i)
                values.append(value)
            else:
                others.append((i, name, value))
    columns, arrays = [], {}
    for (name, kind), (places, values) in cells.items():
        array_name = f"{COLUMNS}{table}/{name}/{kind.__name__}"
        arrays[array_name] = np.array(values, _DTYPES[kind])
        rows_name = None
        if len(places) < len(rows):
            rows_name = f"{array_name}/rows"
            arrays[rows_name] = np.array(places, "<i8")
        columns.append([name, array_name, rows_name])
    return columns, arrays, others


def from_columns(n_rows, columns, arrays):
    """Return the rows that :func:`to_columns` was given, without what is no number.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    columns : list of [str, str, str or None]
        As `to_columns` returns them; they may come from a file and be anything.
    arrays : dict of str to ndarray
        The arrays.

    Returns
    -------
    list of dict of str to float, int or bool

    Raises
    ------
    DamagedError
        If they are more than a file may have, or do not fit together.
    KeyError, TypeError, ValueError
        If they are nothing that `to_columns` returns.
    """
    if type(n_rows) is not int or not 0 <= n_rows <= MAX_ROWS:
        raise DamagedError(f"a table has {MAX_ROWS:,} rows at most, not {n_rows!s:.80}")
    rows, n_cells = [{} for _ in range(n_rows)], 0
    for name, array_name, rows_name in columns:
        values = arrays[array_name]
        places = np.arange(n_rows) if rows_name is None else arrays[rows_name]
        n_cells += values.size
        if type(name) is not str or values.dtype not in _DTYPES.values() or n_cells > MAX_CELLS:
            raise DamagedError(f"{name!s:.80} is no column, or one too many")
        if values.shape != places.shape or not _are_rows(places, n_rows):
            raise DamagedError(f"{name[:80]} has not a value for each of its rows")
        for place, value in zip(places.tolist(), values.tolist(), strict=True):
            rows[place][name] = value
    return rows


def _are_rows(places, n_rows):
    """Return whether an array has numbers of rows in increasing order."""
    if places.ndim != 1 or places.dtype.kind != "i":
        return False
    within = not len(places) or (places[0] >= 0 and places[-1] < n_rows)
    return within and bool(np.all(np.diff(places) > 0))
