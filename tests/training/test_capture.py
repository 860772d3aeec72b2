"""Captured steps, with a stand-in for what a GPU captures."""

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, GradientNormClipping

from skfashion import MiniVGGClassifier
from skfashion.training import _net
from skfashion.training._capture import CapturedStep

X = np.random.default_rng(0).integers(0, 256, (70, 28, 28), dtype=np.uint8)
Y = np.arange(70) % 2


def fitted(**parameters):
    return MiniVGGClassifier(
        width=4, max_epochs=4, batch_size=16, random_state=0, device="cpu", **parameters
    ).fit(X, Y)


@pytest.fixture
def captured(monkeypatch):
    """Let trainings on the CPU capture their steps; return the sizes of what was replayed."""
    sizes = []

    def capture(step, device, generators):
        def replay():
            sizes.append(len(step.args[0][0]))
            return step()

        return replay

    monkeypatch.setattr(_net, "capture_cuda_graph", capture)
    monkeypatch.setattr(_net.ImageNet, "_can_capture", lambda net, data: True)
    return sizes


@pytest.mark.parametrize("parameters", [{}, {"batch_norm": True, "dropout": 0.5}])
def test_a_captured_training_is_the_same(captured, monkeypatch, parameters):
    with_capture = fitted(**parameters)
    assert captured == [16] * 7  # of 4 * 5 steps 4 have 6 images, and 11 come before
    monkeypatch.undo()
    without = fitted(**parameters)
    np.testing.assert_array_equal(with_capture.predict_proba(X), without.predict_proba(X))
    for column in ("train_loss", "train_acc"):
        assert with_capture.history_[:, column] == without.history_[:, column]


def test_what_cannot_be_captured_is_run():
    def capture(step):
        raise RuntimeError("operation not permitted when stream is capturing")

    seen = []
    step = CapturedStep(lambda batch: seen.append(batch), capture, n_before=1)
    for i in range(3):
        step((torch.full((2,), i),))
    assert [int(batch[0][0]) for batch in seen] == [0, 1, 2]


def test_a_last_batch_is_not_what_is_captured():
    captured = []

    def capture(step):
        captured.append(len(step.args[0][0]))
        return step

    step = CapturedStep(lambda batch: {"size": torch.tensor(len(batch[0]))}, capture, n_before=1)
    sizes = [int(step((torch.ones(size),))["size"]) for size in (4, 2, 4, 4, 2)]
    assert sizes == [4, 2, 4, 4, 2]
    assert captured == [4]


class Listener(Callback):
    def on_grad_computed(self, net, **kwargs):
        pass


class OnGPU:
    is_cuda = True


def can_capture(classifier, *, weights=None):
    data = type("Data", (), {"images": OnGPU, "weights": weights})
    for group in classifier.net_.optimizer_.param_groups:
        group["capturable"] = True
    return classifier.net_._can_capture(data)


def test_captured_only_if_the_gpu_does_all():
    plain = fitted()
    assert not plain.net_._can_capture(type("Data", (), {"images": torch.ones(1), "weights": None}))
    assert can_capture(plain)
    assert not can_capture(plain, weights=torch.ones(70))
    assert not can_capture(fitted(callbacks=[Listener()]))
    assert not can_capture(fitted(callbacks=[GradientNormClipping(1.0)]))
    assert not fitted(optimizer="sgd").net_.optimizer_.param_groups[0].get("capturable")
