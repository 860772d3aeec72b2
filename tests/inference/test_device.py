"""Which device is used; what of it needs no GPU to be told."""

import multiprocessing
import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inference import resolve_device

X, Y = make_garments(60, random_state=0, return_X_y=True)
SMALL = {"max_epochs": 1, "random_state": 0}
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@pytest.fixture
def four_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)


def test_cpu_where_there_is_nothing_else(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto") == torch.device("cpu")


@pytest.mark.parametrize(
    ("process", "index"), [("MainProcess", 0), ("LokyProcess-1", 0), ("LokyProcess-7", 2)]
)
def test_workers_spread_over_the_gpus(four_gpus, monkeypatch, process, index):
    monkeypatch.setattr(multiprocessing.current_process(), "_config", {}, raising=False)
    monkeypatch.setattr(multiprocessing.current_process(), "_name", process)
    assert resolve_device("auto") == torch.device("cuda", index)
    assert resolve_device("cuda:1") == torch.device("cuda", 1)


@pytest.mark.parametrize(("worker", "index"), [(0, 0), (5, 1), ("tcp://10.0.0.1", 0), (None, 0)])
def test_workers_of_dask_spread_over_the_gpus(four_gpus, monkeypatch, worker, index):
    def get_worker():
        if worker is None:
            raise ValueError("No worker found")
        return SimpleNamespace(name=worker)

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(get_worker=get_worker))
    assert resolve_device("auto") == torch.device("cuda", index)


def test_a_gpu_too_many(four_gpus):
    with pytest.raises(ValueError, match="'cuda:4' is not on this machine; it has cpu, cuda:0"):
        resolve_device("cuda:4")


def test_pickle_from_a_gpu_is_used_on_the_cpu():
    """What a classifier says that was fitted on a GPU which is not here."""
    classifier = LeNet5Classifier(**SMALL).fit(X, Y)
    expected = classifier.predict_proba(X)
    classifier.fitted_network_.device = "cuda:3"
    again = pickle.loads(pickle.dumps(classifier))
    assert again.device_ == "cpu"
    np.testing.assert_array_equal(again.predict_proba(X), expected)
    again.partial_fit(X, Y)


@needs_gpu
def test_gpu_learns_what_the_cpu_learns():
    parameters = SMALL | {"precision": "float32", "max_epochs": 4}
    cpu = LeNet5Classifier(**parameters, device="cpu").fit(X, Y).predict_proba(X)
    gpu = LeNet5Classifier(**parameters, device="cuda").fit(X, Y)
    np.testing.assert_allclose(gpu.predict_proba(X), cpu, atol=0.05)
    again = pickle.loads(pickle.dumps(gpu))
    np.testing.assert_array_equal(again.predict_proba(X), gpu.predict_proba(X))


@needs_gpu
def test_gpu_is_reproducible():
    first, second = (
        LeNet5Classifier(**SMALL, device="cuda").fit(X, Y).predict_proba(X) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
