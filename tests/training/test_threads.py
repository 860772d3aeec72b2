"""What trainings that run side by side, or after one another, leave to each other."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import joblib
import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier
from skfashion.training import ImageData

X = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
Y = np.arange(64) % 2


def fit(**parameters):
    return LeNet5Classifier(**{"random_state": 0, "max_epochs": 2} | parameters).fit(X, Y)


@pytest.fixture
def four_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(before)


class Together(Callback):
    """Wait for the others after the first batch, and note the threads of the next ones."""

    def __init__(self, barrier):
        self.barrier = barrier
        self.seen = []

    def on_batch_end(self, net, training=False, **kwargs):
        self.seen.append(torch.get_num_threads())
        if len(self.seen) in (1, 4):
            self.barrier.wait(timeout=60)


@pytest.mark.parametrize(("n_trainings", "share"), [(1, 4), (2, 2), (3, 1), (5, 1)])
def test_trainings_in_threads_share_the_cores(four_threads, n_trainings, share):
    barrier = threading.Barrier(n_trainings)
    watchers = [Together(barrier) for _ in range(n_trainings)]
    with ThreadPoolExecutor(n_trainings) as pool:
        list(pool.map(lambda watcher: fit(batch_size=16, callbacks=[watcher]), watchers))
    assert all(set(watcher.seen[1:4]) == {share} for watcher in watchers)
    assert torch.get_num_threads() == 4
    with ThreadPoolExecutor(1) as pool:  # a thread that is new
        assert pool.submit(torch.get_num_threads).result() == 4


def test_the_net_alone_leaves_the_threads_as_they_are(four_threads):
    net = fit().net_
    data = ImageData.from_numpy(X[..., None], Y, device=torch.device(net.device))
    net.partial_fit((data, None), epochs=1)
    assert torch.get_num_threads() == 4


def test_threads_are_as_before_if_a_training_fails(four_threads):
    class Failure(Callback):
        def on_batch_end(self, net, **kwargs):
            raise RuntimeError("of a user's callback")

    with pytest.raises(RuntimeError, match="of a user's callback"):
        fit(callbacks=[Failure()])
    assert torch.get_num_threads() == 4


@pytest.mark.slow
def test_worker_processes_share_the_cores():
    images, labels = X, Y

    def threads_of_a_fit():  # by value to the worker, which cannot import this file
        LeNet5Classifier(max_epochs=1, random_state=0).fit(images, labels)
        return torch.get_num_threads()

    with joblib.Parallel(n_jobs=2) as parallel:
        counts = parallel(joblib.delayed(threads_of_a_fit)() for _ in range(2))
    assert sum(counts) <= max(2, os.cpu_count())


@pytest.mark.slow
def test_a_process_can_end_while_a_thread_trains():
    """As after Ctrl-C in a search whose fits are in threads."""
    script = """
        import threading, time, numpy as np
        from skfashion import LeNet5Classifier
        X = np.random.default_rng(0).integers(0, 256, (256, 28, 28), dtype=np.uint8)
        classifier = LeNet5Classifier(max_epochs=100_000)
        fit = classifier.fit
        threading.Thread(target=fit, args=(X, np.arange(256) % 2), daemon=True).start()
        time.sleep(8)
        print("end", flush=True)
    """
    run = subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, run.stdout) == (0, "end\n"), run.stderr
