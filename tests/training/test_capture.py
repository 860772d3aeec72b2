"""Captured steps, with a stand-in for what a GPU captures."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback, Freezer, GradientNormClipping, LRScheduler, PrintLog

from skfashion import MiniVGGClassifier
from skfashion.training import _capture, _net
from skfashion.training._capture import CapturedStep, capture_cuda_graph, may_capture

X = np.random.default_rng(0).integers(0, 256, (70, 28, 28), dtype=np.uint8)
Y = np.arange(70) % 2


def fitted(**parameters):
    few = {"width": 4, "max_epochs": 4, "batch_size": 16, "random_state": 0, "device": "cpu"}
    return MiniVGGClassifier(**few | parameters).fit(X, Y)


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
    monkeypatch.setattr(_net, "may_capture", lambda n_steps: True)
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
    step((torch.full((2,), 0),))
    with pytest.warns(UserWarning, match="cannot be captured as a CUDA graph: operation not"):
        step((torch.full((2,), 1),))
    step((torch.full((2,), 2),))  # without another warning
    assert [int(batch[0][0]) for batch in seen] == [0, 1, 2]


def test_a_capture_that_fails_changes_nothing(captured, monkeypatch):
    def capture(step, device, generators):
        generators[0].manual_seed(77)  # whatever it is left in
        raise RuntimeError("operation not permitted when stream is capturing")

    monkeypatch.setattr(_net, "capture_cuda_graph", capture)
    with pytest.warns(UserWarning, match="cannot be captured"):
        failed = fitted(dropout=0.5)
    monkeypatch.undo()
    np.testing.assert_array_equal(fitted(dropout=0.5).predict_proba(X), failed.predict_proba(X))


def test_captured_in_the_main_thread_where_it_pays(monkeypatch):
    assert may_capture(1000)
    assert not may_capture(20)
    with ThreadPoolExecutor(1) as pool:
        assert not pool.submit(may_capture, 1000).result()
    monkeypatch.setattr(_capture, "_failed", ["a capture"])
    assert not may_capture(1000)


@pytest.fixture
def cuda(monkeypatch):
    """Stand in for what is asked of CUDA when a graph is captured; return what was called."""
    calls = []

    class Graph:
        def register_generator_state(self, generator):
            calls.append("register")

        def replay(self):
            calls.append("replay")

    @contextmanager
    def graph(graph, *, stream, capture_error_mode):
        calls.append((stream, capture_error_mode))
        yield

    monkeypatch.setattr(_capture, "_failed", [])
    monkeypatch.setattr(_capture, "_capture_stream", cache(lambda device: f"stream of {device}"))
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", graph)
    monkeypatch.setattr(torch.cuda, "device", lambda device: nullcontext())
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: f"before, {device}")
    monkeypatch.setattr(torch.cuda, "set_stream", calls.append)
    return calls


def test_each_gpu_has_a_stream_for_captures(cuda):
    for index in (0, 1):
        replay = capture_cuda_graph(lambda: {"loss": 1}, torch.device("cuda", index), ["a"])
        assert replay() == {"loss": 1}
    assert cuda == [
        *("register", ("stream of cuda:0", "thread_local"), "replay"),
        *("register", ("stream of cuda:1", "thread_local"), "replay"),
    ]


def test_the_stream_is_put_back_after_a_failure(cuda):
    def step():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        capture_cuda_graph(step, torch.device("cuda", 1))
    assert cuda[-1] == "before, cuda:1"
    assert not may_capture(1000)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
@pytest.mark.parametrize("optimizer", ["adamw", "adam", "rmsprop", "muon"])
def test_a_gpu_captures_what_it_would_do(optimizer, monkeypatch):
    parameters = {"batch_norm": True, "dropout": 0.5, "device": "cuda", "precision": "float32"}
    captured = fitted(max_epochs=30, optimizer=optimizer, **parameters)
    assert not _capture._failed
    monkeypatch.setattr(_net, "may_capture", lambda n_steps: False)
    plain = fitted(max_epochs=30, optimizer=optimizer, **parameters)
    np.testing.assert_allclose(plain.predict_proba(X), captured.predict_proba(X), atol=1e-3)


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


class Unknown(Callback):
    pass


class OnGPU:
    is_cuda = True


def can_capture(classifier, *, weights=None, rate=None):
    data = type("Data", (), {"images": OnGPU, "weights": weights})
    for group in classifier.net_.optimizer_.param_groups:
        group["capturable"] = True
        group["lr"] = torch.tensor(0.1) if rate is None else rate
    return classifier.net_._can_capture(data)


def test_captured_only_if_the_gpu_does_all_and_alike():
    plain = fitted()
    assert not plain.net_._can_capture(type("Data", (), {"images": torch.ones(1), "weights": None}))
    assert can_capture(plain)
    assert not can_capture(plain, weights=torch.ones(70))
    assert not can_capture(plain, rate=0.1)
    assert not fitted(optimizer="sgd").net_.optimizer_.param_groups[0].get("capturable")


@pytest.mark.parametrize(
    "callback", [Listener(), Unknown(), GradientNormClipping(1.0), Freezer("output.*")]
)
def test_callbacks_that_may_change_a_step(callback):
    assert not can_capture(fitted(callbacks=[callback]))


@pytest.mark.parametrize("callback", [LRScheduler("StepLR", step_size=1), PrintLog()])
def test_callbacks_that_do_not_change_a_step(callback):
    assert can_capture(fitted(callbacks=[callback]))


def test_hooks_on_the_module_are_called_in_each_step():
    classifier = fitted()
    handle = classifier.net_.module_.output.register_forward_hook(lambda *_: None)
    assert not can_capture(classifier)
    handle.remove()
    assert can_capture(classifier)


def test_gradients_are_let_go():
    assert all(weight.grad is None for weight in fitted().module_.parameters())
