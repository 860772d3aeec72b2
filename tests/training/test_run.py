"""One training: from data and parameters to a fitted network."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from skfashion import LeNet5Classifier
from skfashion._images import pixel_range
from skfashion.networks import LeNet5
from skfashion.training import Architecture, Model, run

rng = np.random.default_rng(0)
IMAGES = rng.integers(0, 256, (60, 28, 28, 1), dtype=np.uint8)
TRAIN = SimpleNamespace(
    images=IMAGES, codes=np.arange(60) % 3, weights=None, pixel_range=pixel_range(IMAGES)
)


def parameters(**changes):
    usual = {"max_epochs": 2, "batch_size": 32, "precision": "float32"}
    return SimpleNamespace(**LeNet5Classifier(**usual | changes).get_params(deep=False))


def lenet(activation="tanh", **others):
    def build(image_shape, n_classes, generator):
        return LeNet5(image_shape, n_classes, activation=activation, generator=generator, **others)

    return Architecture(build, {"activation": activation} | others)


def train(architecture=None, **how):
    architecture = architecture or lenet()
    usual = {"parameters": parameters(), "n_classes": 3, "seed": 0}
    return run(TRAIN, architecture=architecture, **usual | how)


def test_makes_a_fitted_network():
    model = train()
    fitted = model.fitted
    assert (len(model.history), model.n_epochs, model.best_epoch) == (2, 2, 2)
    assert fitted.image_shape == (28, 28, 1)
    assert fitted.parameters == {"activation": "tanh"}
    assert fitted.pixel_range == (0, 255, True)
    assert fitted.logits(IMAGES).shape == (60, 3)
    assert not fitted.network.training


@pytest.mark.parametrize("piece", [False, True])
def test_goes_on_from_a_copy(piece):
    first = train()
    before = first.fitted.logits(IMAGES)
    second = train(start=first, piece=piece)
    np.testing.assert_array_equal(first.fitted.logits(IMAGES), before)
    assert len(first.history) == 2
    assert len(second.history) == (3 if piece else 4)
    assert not np.allclose(second.fitted.logits(IMAGES), before)


def test_goes_on_without_the_net():
    first = train()
    alone = Model(first.fitted, first.history)
    assert len(train(start=alone, piece=True).history) == 3


def test_new_parameters_are_taken_or_named():
    first = train()
    relu = train(lenet("relu"), start=first)
    assert relu.fitted.parameters == {"activation": "relu"}
    message = r"hidden_units=None, and its weights do not fit one with hidden_units=\(8,\)"
    with pytest.raises(ValueError, match=message):
        train(lenet(hidden_units=(8,)), start=first)


def test_a_network_that_draws_elsewhere_gets_the_generators_lent():
    def build(image_shape, n_classes, generator):
        return nn.Sequential(nn.Flatten(), nn.Linear(784, n_classes))

    foreign = Architecture(build, {}, native=False)
    before = torch.get_rng_state()
    first, second = (train(foreign).fitted.logits(IMAGES) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)
