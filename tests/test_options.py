"""Named options, and the name that was meant."""

import pytest

from skfashion._options import choose

OPTIONS = {"relu": 1, "leaky_relu": 2}


def test_a_known_name():
    assert choose("activation", "relu", OPTIONS) == 1


def test_none_may_be_one_of_the_options():
    options = {None: 0, "flip": 1}
    assert choose("tta", None, options) == 0
    with pytest.raises(ValueError, match=r"it can be None, 'flip'\. Did you mean 'flip'\?"):
        choose("tta", "flop", options)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("Relu", "activation='Relu' is not known; it can be 'relu', 'leaky_relu'.*mean 'relu'"),
        ("cosine", "it can be 'relu', 'leaky_relu'\\.$"),
        (3, "activation=3 is not known"),
        (None, "activation=None is not known"),
        (["relu"], "is not known"),
    ],
)
def test_another_value(value, message):
    with pytest.raises(ValueError, match=message):
        choose("activation", value, OPTIONS)
