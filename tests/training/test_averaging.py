"""Moving averages of the weights."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from skorch.callbacks import Callback, Unfreezer

from skfashion import CNN5Classifier, LeNet5Classifier, ModuleClassifier
from skfashion.training._averaging import AveragedWeights

QUICK = {"max_epochs": 3, "batch_size": 16, "random_state": 0, "precision": "float32"}


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (80, 28, 28), dtype=np.uint8), np.arange(80) % 4


@given(
    values=st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=30),
    decay=st.floats(0, 0.99),
)
def test_average_lies_among_the_weights_of_the_steps(values, decay):
    layer = torch.nn.Linear(1, 1, bias=False)
    layer.weight.data.fill_(values[0])
    averages = AveragedWeights(layer, decay)
    with averages.in_training():
        for value in values:
            layer.weight.data.fill_(value)
            averages.step()
    assert min(values) - 1e-3 <= layer.weight.item() <= max(values) + 1e-3


def test_weights_of_the_beginning_are_forgotten():
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(layer.weight, 1000.0)
    averages = AveragedWeights(layer, 0.99)
    with averages.in_training():
        for _ in range(40):
            layer.weight.data.zero_()
            averages.step()
    assert abs(layer.weight.item()) < 0.01


def test_the_next_epoch_goes_on_from_the_last_step():
    layer = torch.nn.Linear(1, 1, bias=False)
    averages = AveragedWeights(layer, 0.9)
    with averages.in_training():
        for value in range(8):
            layer.weight.data.fill_(value)
            averages.step()
    assert layer.weight.item() < 7
    with averages.in_training():
        assert layer.weight.item() == 7


def test_training_itself_is_the_same_without(images):
    X, y = images
    averaged = LeNet5Classifier(**QUICK, ema_decay=0.9).fit(X, y)
    last = LeNet5Classifier(**QUICK, ema_decay=None).fit(X, y)
    assert averaged.history_[:, "train_loss"] == last.history_[:, "train_loss"]
    assert not np.array_equal(averaged.predict_proba(X), last.predict_proba(X))


def test_without_memory_it_is_the_last_step(images):
    X, y = images
    forgetting = CNN5Classifier(**QUICK, ema_decay=0.0).fit(X, y)
    last = CNN5Classifier(**QUICK, ema_decay=None).fit(X, y)
    np.testing.assert_array_equal(forgetting.predict_proba(X), last.predict_proba(X))


def test_what_is_validated_is_what_predicts(images):
    X, y = images
    classifier = LeNet5Classifier(**QUICK, ema_decay=0.99).fit(X, y, X_val=X, y_val=y)
    assert classifier.history_[-1]["valid_acc"] == pytest.approx(classifier.score(X, y))


@pytest.mark.slow
def test_a_network_is_of_use_before_the_training_ends(fashion_mnist):
    X, y, X_test, y_test = fashion_mnist
    how = {"max_epochs": 2, "batch_size": 64, "lr_schedule": None, "random_state": 0}
    how |= {"activation": "relu", "pooling": "max"}
    scores = [
        LeNet5Classifier(**how, ema_decay=decay).fit(X[:15_000], y[:15_000]).score(X_test, y_test)
        for decay in (0.99, None)
    ]
    assert scores[0] > scores[1]


def test_buffers_that_have_no_average():
    network = torch.nn.BatchNorm1d(2)
    network.register_buffer("mask", torch.tensor([0.0, float("-inf")]))
    network.register_buffer("expanded", torch.zeros(1).expand(3))
    averages = AveragedWeights(network, 0.9)
    for _ in range(8):
        with averages.in_training():
            network(torch.randn(4, 2))
            averages.step()
    assert network.mask.tolist() == [0.0, float("-inf")]
    assert network.expanded.tolist() == [0.0] * 3
    assert network.running_mean.isfinite().all()


def test_buffers_that_are_no_statistics_are_as_after_the_last_step():
    network = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 3))
    network.register_buffer("n_steps", torch.zeros(()))
    averages = AveragedWeights(network, 0.9)
    for _ in range(6):
        with averages.in_training():
            network.n_steps = network.n_steps + 1
            network(torch.randn(4, 3))
            averages.step()
    assert network.n_steps == 6
    for vector in (network.parametrizations.weight[0]._u, network.parametrizations.weight[0]._v):
        assert vector.norm() == pytest.approx(1)


def test_statistics_that_a_module_replaces():
    network = torch.nn.Module()
    network.register_buffer("running_mean", torch.zeros(1))
    averages = AveragedWeights(network, 0.9)
    with averages.in_training():
        for value in range(8):
            network.running_mean = torch.full((1,), float(value))
            averages.step()
    assert 0 < network.running_mean < 7
    with averages.in_training():
        assert network.running_mean == 7


def test_weights_that_a_callback_unfreezes_are_averaged(images):
    def build(image_shape, n_classes):
        network = torch.nn.Sequential(
            torch.nn.Flatten(), torch.nn.Linear(784, 8), torch.nn.ReLU(), torch.nn.Linear(8, 4)
        )
        network[1].requires_grad_(False)
        return network

    class Note(Callback):
        def on_batch_end(self, net, training=False, **kwargs):
            if training:
                self.last_ = net.module_.module[1].weight.detach().clone()

    note = Note()
    callbacks = [Unfreezer("module.1.*", at=2), note]
    classifier = ModuleClassifier(module=build, **QUICK, callbacks=callbacks).fit(*images)
    (used,) = (cb for cb in classifier.net_.callbacks_ if type(cb[1]) is Note)
    now = classifier.module_.module[1].weight
    assert now.requires_grad
    assert not torch.equal(now, used[1].last_)
