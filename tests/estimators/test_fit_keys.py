"""What tells one fit from another, in this process and in others."""

import functools
import subprocess
import sys

import numpy as np
import pytest
import torch

from skfashion import LeNet5Classifier, ModuleClassifier, RandomShift
from skfashion.augmentation import RandomHorizontalFlip
from skfashion.estimators._fit_keys import _hash_of_state, _hash_of_value

SCRIPT = """
import functools, torch
from skfashion import RandomShift
from skfashion.estimators._fit_keys import _hash_of_value
values = [
    {"a": 1, "b": [2, "x"]}, RandomShift(2), torch.optim.Adam,
    functools.partial(torch.optim.SGD, momentum=0.5, dampening=0.1),
    lambda n: n in {"some", "words", "of", "a", "set"},
]
print([_hash_of_value("name", value) for value in values])
"""


@pytest.mark.slow
def test_a_hash_is_the_same_in_each_process():
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT], env={"PYTHONHASHSEED": seed}, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"[" in outputs.pop()


def of_width(width):
    return lambda image_shape, n_classes: torch.nn.LazyLinear(width)


def test_values_that_differ_have_other_hashes():
    values = [
        *(1, 2.5, "1", None, (1, 2), [1, 2], {"a": 1}, {"a": 2}),
        *(RandomShift(2), RandomShift(3), [RandomShift(2), RandomHorizontalFlip()]),
        *(torch.optim.Adam, torch.optim.AdamW),
        functools.partial(torch.optim.SGD, momentum=0.5),
        functools.partial(torch.optim.SGD, momentum=0.6),
        functools.partial(torch.optim.SGD, nesterov=0.5),
        *(of_width(3), of_width(4)),
        *(lambda n: n + 1, lambda n: n + 2),
    ]
    hashes = [_hash_of_value("name", value) for value in values]
    assert len(set(hashes)) == len(values)
    assert _hash_of_value("name", of_width(3)) == _hash_of_value("name", of_width(3))


def test_equal_values_may_be_one_object_or_two():
    one, two = (tuple(map(float, (1, 2))) for _ in range(2))
    assert one is not two
    assert _hash_of_value("name", [one, one]) == _hash_of_value("name", [one, two])


def test_weights_are_told_apart_by_all_that_is_used_of_them():
    weights = {"a": torch.tensor([1.0, 2.0], dtype=torch.float64), "b": torch.tensor(3)}
    states = [
        weights,
        weights | {"a": weights["a"] + 1e-12},
        weights | {"b": torch.tensor(3, dtype=torch.bfloat16)},
        weights | {"b": np.float32(3)},
        {"state_dict": weights},
        {"a": weights["a"]},
    ]
    assert len({_hash_of_state(state) for state in states}) == len(states)
    assert _hash_of_state(states[4] | {"epoch": 3}) == _hash_of_state(states[4])
    module = torch.nn.Linear(2, 3)
    assert _hash_of_state({"model": module}) == _hash_of_state({"model": module.state_dict()})


@pytest.mark.usefixtures("on_cpu")
def test_weights_within_a_checkpoint_of_another_author(tmp_path, garments):
    X, y = (part[:50] for part in garments)
    classifier = LeNet5Classifier(max_epochs=1, random_state=0)
    state = classifier.fit(X, y).module_.state_dict()
    arrays = {name: value.numpy() for name, value in state.items()}
    for i, init_from in enumerate([{"state_dict": state, "epoch": 3}, arrays]):
        saved = LeNet5Classifier(max_epochs=1, random_state=0, init_from=init_from)
        saved.set_params(checkpoint_dir=tmp_path / str(i)).fit(X, y)
        assert saved.n_iter_ == 1


def test_what_cannot_be_hashed_is_named(tmp_path, garments):
    class Inner:
        def __call__(self, image_shape, n_classes):
            return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(n_classes))

    X, y = (part[:50] for part in garments)
    classifier = ModuleClassifier(module=Inner(), checkpoint_dir=tmp_path)
    with pytest.raises(ValueError, match=r"module=.*Inner.*cannot be told .*checkpoint_dir=None"):
        classifier.fit(X, y)


def test_nothing_is_hashed_without_a_folder(monkeypatch, garments):
    monkeypatch.setattr("skfashion.estimators._fit_keys._fit_key", pytest.fail)
    X, y = (part[:50] for part in garments)
    LeNet5Classifier(max_epochs=1).fit(X, y)
