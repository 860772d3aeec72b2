"""The history of a training in a file."""

import pytest

from skfashion.persistence._history import encode_history, with_batches, with_counted_batches
from skfashion.persistence._values import decode_items
from skfashion.storage import DamagedError

EMPTY = {"epoch": 1, "batches": [{}, {}, {}], "train_loss": float("nan")}
FULL = {"epoch": 2, "batches": [{"loss": 0.5}, {}], "train_loss": 0.25}


def test_comes_back():
    again = with_batches(decode_items(*encode_history([EMPTY, FULL])))
    assert repr(again) == repr([EMPTY, FULL])


def test_empty_batches_are_counted():
    assert [type(row["batches"]) for row in encode_history([EMPTY, FULL])] == [int, tuple]
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
