"""Learning rate schedules, step by step."""

import functools

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier

pytestmark = pytest.mark.usefixtures("on_cpu")  # a GPU has its rate in a tensor


def lenet(**parameters):
    defaults = {"activation": "relu", "max_epochs": 2, "batch_size": 64, "random_state": 0}
    return LeNet5Classifier(**defaults | parameters)


class Watch(Callback):
    """Remember the learning rate of each batch."""

    def __init__(self):
        self.rates = []

    def on_batch_begin(self, net, training=False, **kwargs):
        if training:
            self.rates.append(net.optimizer_.param_groups[0]["lr"])


def rates(garments, **parameters):
    X, y = garments
    watch = Watch()
    lenet(callbacks=[watch], lr=1e-2, **parameters).fit(X, y)
    return np.array(watch.rates)


def test_constant(garments):
    np.testing.assert_allclose(rates(garments, lr_schedule=None), 1e-2)


@pytest.mark.parametrize(("warmup", "highest"), [({}, 10), ({"warmup_fraction": 0.1}, 4)])
def test_one_cycle(garments, warmup, highest):
    seen = rates(garments, lr_schedule="one-cycle", max_epochs=4, **warmup)
    assert len(seen) == 40
    assert seen.argmax() == highest
    assert seen.max() == pytest.approx(1e-2, rel=0.01)
    assert seen[-1] < 1e-4


def test_without_warmup_one_cycle_is_cosine(garments):
    one_cycle = rates(garments, lr_schedule="one-cycle", warmup_fraction=0)
    np.testing.assert_allclose(one_cycle, rates(garments, lr_schedule="cosine"))


def test_cosine(garments):
    seen = rates(garments, lr_schedule="cosine")
    assert (np.diff(seen) < 0).all()
    assert seen[0] == pytest.approx(1e-2, rel=0.01)
    assert seen[-1] < 1e-3


def test_step(garments):
    seen = rates(garments, lr_schedule="step", max_epochs=3)
    np.testing.assert_allclose(seen, np.repeat([1e-2, 1e-3, 1e-4], 10))


def test_optimizers(garments):
    X, y = garments
    wanted = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
        torch.optim.NAdam: torch.optim.NAdam,
        functools.partial(torch.optim.Adam, betas=(0.5, 0.9)): torch.optim.Adam,
    }
    for optimizer, kind in wanted.items():
        classifier = lenet(optimizer=optimizer, weight_decay=1e-3, max_epochs=1).fit(X, y)
        assert isinstance(classifier.net_.optimizer_, kind)
        group = classifier.net_.optimizer_.param_groups[0]
        assert group["weight_decay"] == 1e-3
        if optimizer == "sgd":
            assert group["momentum"] == 0.9
            assert group["nesterov"]
