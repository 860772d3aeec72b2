"""Rows as columns, and back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfashion.storage import COLUMNS, DamagedError, _columns, from_columns, to_columns

NUMBERS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
ROWS = st.lists(st.dictionaries(st.text(max_size=3), NUMBERS, max_size=4), max_size=8)


def and_back(rows):
    columns, arrays, others = to_columns(rows, "epochs")
    assert not others
    return from_columns(len(rows), columns, arrays)


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_come_back_as_they_were(rows):
    again = and_back(rows)
    assert again == rows
    assert [{n: type(v) for n, v in row.items()} for row in again] == [
        {n: type(v) for n, v in row.items()} for row in rows
    ]


def test_what_json_has_not():
    again = and_back([{"loss": math.nan}, {"loss": -math.inf}, {"loss": np.float32(0.5)}])
    assert math.isnan(again[0]["loss"])
    assert [row["loss"] for row in again[1:]] == [-math.inf, 0.5]


def test_the_arrays_can_be_read_by_themselves():
    columns, arrays, _ = to_columns([{"loss": 2.0, "n": 3}, {"loss": 1.0}], "epochs")
    assert arrays[COLUMNS + "epochs/loss/float"].tolist() == [2.0, 1.0]
    assert arrays[COLUMNS + "epochs/n/int"].tolist() == [3]
    assert [name for name, *_ in columns] == ["loss", "n"]


@pytest.mark.parametrize("value", ["text", None, [1.0], 2**63, 1j, np.str_("text")])
def test_what_is_no_number_is_returned(value):
    _, arrays, others = to_columns([{}, {"a": value, "b": 1.0}], "epochs")
    assert others == [(1, "a", value)]
    assert arrays.keys() == {COLUMNS + "epochs/b/float", COLUMNS + "epochs/b/float/rows"}


VALUES = {"v": np.array([1.0, 2.0]), "rows": np.array([0, 2])}


@pytest.mark.parametrize(
    ("n_rows", "columns", "changes"),
    [
        (-1, [], {}),
        (True, [], {}),
        (_columns.MAX_ROWS + 1, [], {}),
        (10**30, [], {}),
        (3, [["a", "v", None]], {}),
        (3, [[7, "v", "rows"]], {}),
        (3, [["a", "v", "rows"]], {"rows": np.array([0, 3])}),
        (3, [["a", "v", "rows"]], {"rows": np.array([2, 0])}),
        (3, [["a", "v", "rows"]], {"rows": np.array([0, 0])}),
        (3, [["a", "v", "rows"]], {"rows": np.array([-1, 0])}),
        (3, [["a", "v", "rows"]], {"rows": np.array([0.0, 1.0])}),
        (3, [["a", "v", "rows"]], {"rows": np.array([[0, 1]]), "v": np.array([[1.0, 2.0]])}),
        (3, [["a", "v", "rows"]], {"v": np.array([1, 2], np.int8)}),
        (3, [["a", "v", "rows"]], {"v": np.array(1.0)}),
        (2, [["a", "v", None]] * 6, {}),
    ],
)
def test_what_does_not_fit_together(n_rows, columns, changes, monkeypatch):
    monkeypatch.setattr(_columns, "MAX_CELLS", 10)
    with pytest.raises(DamagedError, match="rows at most|no column|each of its rows"):
        from_columns(n_rows, columns, VALUES | changes)
