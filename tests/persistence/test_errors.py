"""Files that are not as `save` writes them raise one error."""

import pytest

from skfashion import ModelFileError
from skfashion.persistence._errors import damage_explained


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("of torch"), RecursionError()])
def test_whatever_a_content_leads_to_names_the_file(error):
    wanted = pytest.raises(ModelFileError, match="model.bin is damaged")
    with wanted as raised, damage_explained("model.bin"):
        raise error
    assert raised.value.__cause__ is error
    assert isinstance(raised.value, ValueError)


def test_a_long_reason_is_cut():
    with pytest.raises(ModelFileError) as raised, damage_explained("model.bin"):
        raise ValueError("x" * 10_000)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("error", [FileNotFoundError("gone"), ModelFileError("a reason")])
def test_what_is_said_already_is_left(error):
    with pytest.raises(type(error)) as raised, damage_explained("model.bin"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_is_no_damage(error):
    with pytest.raises(error), damage_explained("model.bin"):
        raise error
