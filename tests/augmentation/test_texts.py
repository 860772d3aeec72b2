"""What the docstrings of several augmentations say of the same parameters."""

import inspect

import pytest

from skfashion import augmentation

CLASSES = [
    value
    for name, value in vars(augmentation).items()
    if isinstance(value, type) and name in augmentation.__all__
]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_text_is_put_in_its_place(cls):
    for documented in (cls, *vars(cls).values()):
        text = inspect.getdoc(documented) if callable(documented) else ""
        assert "%(" not in (text or "")


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_every_parameter_has_a_text(cls):
    text = inspect.getdoc(cls)
    for name in inspect.signature(cls).parameters:
        assert f"{name} : " in text or f"{name}, " in text or f", {name} :" in text, name
