"""The history of a training in a file."""

import numpy as np
import pytest

from skfashion.persistence import _history
from skfashion.persistence._history import (
    decode_columns,
    encode_history,
    with_batches,
    with_counted_batches,
)
from skfashion.persistence._values import decode_items
from skfashion.storage import DamagedError

EMPTY = {"epoch": 1, "batches": [{}, {}, {}], "train_loss": float("nan")}
FULL = {"epoch": 2, "batches": [{"loss": 0.5}, {}], "train_loss": 0.25}


def test_comes_back():
    rows, columns, n_left_out = encode_history([EMPTY, FULL])
    assert not columns
    assert not n_left_out
    assert repr(with_batches(decode_items(*rows))) == repr([EMPTY, FULL])


def test_empty_batches_are_counted():
    rows, _, _ = encode_history([EMPTY, FULL])
    assert [type(row["batches"]) for row in rows] == [int, tuple]
    old = {"epoch": 1, "batches": ("list", [("dict", [])] * 4)}
    assert with_counted_batches(old) == {"epoch": 1, "batches": 4}


@pytest.mark.parametrize("row", [3, None, {}, {"batches": 3}, {"batches": ("list", 3)}])
def test_what_is_no_row_is_left_for_later(row):
    assert with_counted_batches(row) == row


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"batches": 1 << 40}, "mini-batches at most"),
        ({"batches": -1}, "without epoch or batches"),
        ({"batches": True}, "without epoch or batches"),
        ({"epoch": "1"}, "without epoch or batches"),
        ({"epoch": None}, "without epoch or batches"),
    ],
)
def test_wrong_rows(change, message):
    with pytest.raises(DamagedError, match=message):
        with_batches([FULL, EMPTY | change])


# A long history, in columns.

ODD = {
    "epoch": 3,
    "batches": [{"loss": 1.5, "size": 3}, {}, {"text": "a"}, {"loss": 2}],
    "train_loss": np.float32(0.5),
    "train_acc_best": True,
    "rates": [0.1, None],
    "note": "b",
}
LONG = [FULL, ODD, {"epoch": 4, "batches": []}, {"epoch": 5, "batches": [{}, {}]}]


@pytest.fixture
def in_columns(monkeypatch):
    monkeypatch.setattr(_history, "MAX_IN_JSON", 0)


@pytest.mark.usefixtures("in_columns")
@pytest.mark.parametrize("history", [LONG, LONG[:1], LONG[2:]])
def test_a_long_one_comes_back(history):
    section, columns, n_left_out = encode_history(history)
    assert with_batches(decode_columns(section, columns)) == history
    assert columns
    assert not n_left_out


@pytest.mark.usefixtures("in_columns")
def test_what_has_no_place_in_a_file_is_left_out():
    section, columns, _ = encode_history([FULL | {"net": object()}])
    assert with_batches(decode_columns(section, columns)) == [FULL]


@pytest.mark.usefixtures("in_columns")
@pytest.mark.parametrize(("name", "most"), [("MAX_ROWS", 15), ("MAX_CELLS", 16), ("MAX_OTHERS", 0)])
def test_too_many_mini_batches_are_counted(name, most, monkeypatch):
    monkeypatch.setattr(_history, name, most)
    more = ODD["batches"] * 4
    section, columns, n_left_out = encode_history([FULL, ODD | {"batches": more}])
    assert n_left_out == 18
    again = with_batches(decode_columns(section, columns))
    assert [row["batches"] for row in again] == [[{}] * 2, [{}] * 16]
    assert again[1]["rates"] == [0.1, None]


@pytest.mark.usefixtures("in_columns")
@pytest.mark.parametrize(("name", "most"), [("MAX_ROWS", 3), ("MAX_CELLS", 10)])
def test_too_many_epochs(name, most, monkeypatch):
    monkeypatch.setattr(_history, name, most)
    with pytest.raises(ValueError, match=r"of 4 epochs and 13 values is too long.*joblib\.dump"):
        encode_history(LONG)


def with_counts(counts):
    return lambda section, columns: columns | {_history.N_RECORDS: np.array(counts)}


def with_rows(n_rows):
    def change(section, columns):
        section["batches"]["n_rows"] = n_rows
        return columns

    return change


@pytest.mark.usefixtures("in_columns")
@pytest.mark.parametrize(
    "change",
    [
        with_counts([1, 4, 0, 0]),
        with_counts([6, 0, 0]),
        with_counts([-1, 7, 0, 0]),
        with_counts([[2, 4, 0, 0]]),
        with_rows(7),
        with_rows(1 << 18),
        with_rows(1 << 60),
    ],
)
def test_columns_that_do_not_fit_together(change):
    section, columns, _ = encode_history(LONG)
    with pytest.raises(DamagedError, match="history has"):
        decode_columns(section, change(section, columns))
