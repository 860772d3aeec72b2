"""What the parameters of classifiers are stored as."""

from functools import partial

import numpy as np
import pytest
import torch
from sklearn.pipeline import Pipeline

from skfashion.augmentation import Augmentation, RandomHorizontalFlip, RandomShift
from skfashion.persistence._values import VALUES, decode_items, encode_items, optimizers
from skfashion.storage import DamagedError, NotPlainError


class Darker(Augmentation):
    def __init__(self, factor=2):
        self.factor = factor

    def augment(self, batch, generator):
        return batch // self.factor


@pytest.mark.parametrize(
    "augment",
    [
        RandomShift(1, fill_mode="edge"),
        [RandomShift(3), [RandomHorizontalFlip(p=0.25, random_state=3)]],
        Pipeline([("shift", RandomShift(1)), ("none", "passthrough"), ("darker", Darker(3))]),
        Pipeline([("shift", RandomShift(1))], verbose=True),
    ],
    ids=["one", "nested lists", "pipeline", "verbose pipeline"],
)
def test_augmentations_come_back(augment):
    assert repr(VALUES.decode(VALUES.encode(augment))) == repr(augment)


@pytest.mark.parametrize(
    "value",
    [
        partial(print),
        partial(torch.optim.SGD, [1]),
        partial(torch.optim.SGD, hook=print),
        print,
        object(),
        {1, 2},
        1j,
        b"",
        np.datetime64("2020-01-01"),
        {"a": [print]},
    ],
)
def test_not_plain(value):
    with pytest.raises(NotPlainError, match="without code"):
        VALUES.encode(value)


def test_optimizers_and_devices_come_back():
    for value in (torch.optim.SGD, torch.optim.AdamW, torch.device("cuda", 1)):
        assert VALUES.decode(VALUES.encode(value)) == value
    settings = partial(torch.optim.SGD, momentum=0.5, nesterov=True)
    again = VALUES.decode(VALUES.encode(settings))
    assert (again.func, again.keywords) == (settings.func, settings.keywords)
    assert "Optimizer" not in optimizers()


def test_items_that_cannot_be_stored_are_named():
    plain, left_out = encode_items({"lr": 0.1, "callbacks": [print], "name": "bag"})
    assert decode_items(plain, {}) == [{"lr": 0.1, "name": "bag"}, {}]
    assert left_out == ["callbacks"]


@pytest.mark.parametrize("items", [3, [("lr", 1)], {3: 4}])
def test_what_are_no_items(items):
    with pytest.raises(TypeError, match="values by name are expected"):
        decode_items(items)


@pytest.mark.parametrize(
    "plain",
    [
        ("optimizer", "lr_scheduler"),
        ("augmentation", ("Popen", 3)),
        ("partial", ("Popen", ("dict", []))),
        ("partial", ("SGD", ("dict", [(3, 4)]))),
        ("pipeline", ("dict", [("shell", "rm")])),
    ],
)
def test_what_is_stored_by_nobody(plain):
    with pytest.raises(DamagedError):
        VALUES.decode(plain)


def test_pipelines_of_the_first_format_come_back():
    steps = [("shift", RandomShift(1))]
    old = ("pipeline", VALUES.encode(steps))
    assert repr(VALUES.decode(old)) == repr(Pipeline(steps))
