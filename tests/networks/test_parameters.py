"""Numbers are taken as grids of parameters give them; anything else is named in an error."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from skfashion.networks import _parameters


@pytest.mark.parametrize(
    "value", [5, np.int64(5), np.uint8(5), np.array(5), torch.tensor(5)], ids=repr
)
def test_whole_numbers(value):
    number = _parameters.whole_number("width", value)
    assert number == 5
    assert type(number) is int


@pytest.mark.parametrize(
    "value", [True, np.True_, np.array(True), 5.0, "5", None, np.array([5]), 0, -3], ids=repr
)
def test_no_whole_numbers(value):
    with pytest.raises(ValueError, match="^width is a whole number of at least 1, not "):
        _parameters.whole_number("width", value)


@pytest.mark.parametrize(
    "value",
    [(64, 32), [64, 32], np.array([64, 32]), torch.tensor([64, 32]), (np.int64(64), np.array(32))],
    ids=repr,
)
def test_widths(value):
    assert _parameters.widths("hidden_units", value) == (64, 32)


@pytest.mark.parametrize("value", [64, np.int64(64), np.array(64), (64,), np.array([64])], ids=repr)
def test_one_width(value):
    assert _parameters.widths("hidden_units", value) == (64,)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("64", "hidden_units='64' are no widths: give a whole number, or a tuple"),
        (b"64", "are no widths"),
        (None, "hidden_units=None are no widths"),
        (False, "hidden_units=False are no widths"),
        (64.0, "are no widths"),
        ({64, 32}, "are no widths"),
        (np.ones((2, 2), int), "are no widths"),
        (np.array([64.0, 32.0]), "Each of hidden_units is a whole number of at least 1, not 64.0"),
        ((64, "32"), "Each of hidden_units .* not '32'"),
        ((64, (32,)), r"Each of hidden_units .* not \(32,\)"),
        (np.array([True]), "Each of hidden_units .* not True"),
    ],
)
def test_no_widths(value, message):
    with pytest.raises(ValueError, match=message):
        _parameters.widths("hidden_units", value)


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array(0.5), Fraction(1, 2)], ids=repr)
def test_one_dropout_rate_for_all(value):
    assert _parameters.dropout_rates("dropout", value, 3) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("value", [(0.5, 0), [0.5, np.int64(0)], np.array([0.5, 0.0])], ids=repr)
def test_dropout_rates_for_each(value):
    assert _parameters.dropout_rates("dropout", value, 2) == (0.5, 0.0)


@pytest.mark.parametrize(
    "value", [1, -0.1, np.nan, "0.5", None, True, False, (0.5, "a"), np.array([0.5, 1.0])], ids=repr
)
@pytest.mark.parametrize("n_layers", [2, 0])
def test_no_dropout_rates(value, n_layers):
    with pytest.raises(
        ValueError, match="dropout.*(from 0 to less than 1, not|rates for 0 layers)"
    ):
        _parameters.dropout_rates("dropout", value, n_layers)


@pytest.mark.parametrize("value", [True, np.True_, np.array(True), 1, np.int64(1)], ids=repr)
def test_switches(value):
    assert _parameters.switch("batch_norm", value) is True


@pytest.mark.parametrize("value", ["yes", None, 2, 0.5, np.array([True]), (True,)], ids=repr)
def test_no_switches(value):
    with pytest.raises(ValueError, match="^batch_norm is True or False, not "):
        _parameters.switch("batch_norm", value)


@pytest.mark.parametrize("value", [np.float64(0.5), np.array(0.5)], ids=repr)
def test_not_negative(value):
    assert _parameters.not_negative("l2", value) == 0.5


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, "1", None, True, (1,)], ids=repr)
def test_negative(value):
    with pytest.raises(ValueError, match="^l2 is a number of at least 0, not "):
        _parameters.not_negative("l2", value)


@pytest.mark.parametrize("value", [(28, 20, 1), [np.int64(28), 20, 1], np.array([28, 20, 1])])
def test_shape_of_images(value):
    assert _parameters.shape_of_images(value) == (28, 20, 1)
