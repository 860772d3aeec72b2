"""A name that is not known is answered with the nearest one."""

import pytest

from skfashion._options import choose

OPTIONS = {"adam": 1, "sgd": 2}


def test_the_value_of_a_name():
    assert choose("optimizer", "sgd", OPTIONS) == 2


@pytest.mark.parametrize("value", ["Adam", "adamm"])
def test_the_nearest_name_is_offered(value):
    with pytest.raises(ValueError, match=f"optimizer='{value}' .* Did you mean 'adam'?"):
        choose("optimizer", value, OPTIONS)


@pytest.mark.parametrize("value", ["xyz", None, 3, [0], {}])
def test_nothing_is_offered_if_nothing_is_near(value):
    with pytest.raises(ValueError, match=r"it can be 'adam', 'sgd'\.$"):
        choose("optimizer", value, OPTIONS)
