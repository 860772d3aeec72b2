"""Recorded steps, with a stand-in for what a GPU records."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, GradientNormClipping

from skfashion import MiniVGGClassifier
from skfashion.training import _net, resolve_optimizer
from skfashion.training._recording import RepeatedStep

X = np.random.default_rng(0).integers(0, 256, (70, 28, 28), dtype=np.uint8)
Y = np.arange(70) % 2


def fitted(**parameters):
    return MiniVGGClassifier(
        width=4, max_epochs=4, batch_size=16, random_state=0, device="cpu", **parameters
    ).fit(X, Y)


@pytest.fixture
def recorded(monkeypatch):
    """Let trainings on the CPU record their steps; return the sizes of what was repeated."""
    sizes = []

    def record(step, device):
        def repeat():
            sizes.append(len(step.args[0][0]))
            return step()

        return repeat

    monkeypatch.setattr(_net, "record_cuda_graph", record)
    monkeypatch.setattr(_net.ImageNet, "_can_record", lambda net, data: True)
    return sizes


@pytest.mark.parametrize("parameters", [{}, {"batch_norm": True, "dropout": 0.5}])
def test_a_recorded_training_is_the_same(recorded, monkeypatch, parameters):
    with_recording = fitted(**parameters)
    assert recorded == [16] * 7  # of 4 * 5 steps 4 have 6 images, and 11 come before
    monkeypatch.undo()
    without = fitted(**parameters)
    np.testing.assert_array_equal(with_recording.predict_proba(X), without.predict_proba(X))
    for column in ("train_loss", "train_acc"):
        assert with_recording.history_[:, column] == without.history_[:, column]


def test_what_cannot_be_recorded_is_run():
    def record(step):
        raise RuntimeError("operation not permitted when stream is capturing")

    seen = []
    step = RepeatedStep(lambda batch: seen.append(batch), record, n_before=1)
    for i in range(3):
        step((torch.full((2,), i),))
    assert [int(batch[0][0]) for batch in seen] == [0, 1, 2]


def test_a_last_batch_is_not_what_is_recorded():
    recorded = []

    def record(step):
        recorded.append(len(step.args[0][0]))
        return step

    step = RepeatedStep(lambda batch: {"size": torch.tensor(len(batch[0]))}, record, n_before=1)
    sizes = [int(step((torch.ones(size),))["size"]) for size in (4, 2, 4, 4, 2)]
    assert sizes == [4, 2, 4, 4, 2]
    assert recorded == [4]


class Listener(Callback):
    def on_grad_computed(self, net, **kwargs):
        pass


class OnGPU:
    is_cuda = True


def can_record(classifier, *, weights=None):
    data = type("Data", (), {"images": OnGPU, "weights": weights})
    for group in classifier.net_.optimizer_.param_groups:
        group["capturable"] = True
    return classifier.net_._can_record(data)


def test_recorded_only_if_the_gpu_does_all():
    plain = fitted()
    assert not plain.net_._can_record(type("Data", (), {"images": torch.ones(1), "weights": None}))
    assert can_record(plain)
    assert not can_record(plain, weights=torch.ones(70))
    assert not can_record(fitted(callbacks=[Listener()]))
    assert not can_record(fitted(callbacks=[GradientNormClipping(1.0)]))
    assert not fitted(optimizer="sgd").net_.optimizer_.param_groups[0].get("capturable")


@pytest.mark.parametrize("name", ["adam", "adamw", "rmsprop"])
def test_optimizers_of_a_gpu_keep_their_rate_there(name, monkeypatch):
    made = {}

    def tensor(value, device):
        made["lr"] = value, device
        return value

    device = torch.device("cuda", 0)
    weight = torch.nn.Parameter(torch.ones(1))
    monkeypatch.setattr(torch, "tensor", tensor)
    optimizer = resolve_optimizer(name, device)([weight], lr=0.1, weight_decay=0.0)
    assert made["lr"] == (0.1, device)
    assert optimizer.param_groups[0]["capturable"]
    assert not resolve_optimizer(name, torch.device("cpu"))([weight], lr=0.1).param_groups[0][
        "capturable"
    ]
