"""Named options, and the name that was meant."""

import pytest

from skfashion._options import choose

OPTIONS = {"relu": 1, "leaky_relu": 2}


def test_a_known_name():
    assert choose("activation", "relu", OPTIONS) == 1


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
