"""What trainings that run side by side, or after one another, leave to each other."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from textwrap import dedent

import joblib
import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier
from skfashion.training import ImageData, ImageNet, _threads
from skfashion.training._threads import StepThreads, involuntary_switches

pytestmark = pytest.mark.usefixtures("on_cpu")

X = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
Y = np.arange(64) % 2


def fit(**parameters):
    return LeNet5Classifier(**{"random_state": 0, "max_epochs": 2} | parameters).fit(X, Y)


@contextmanager
def n_threads(n):
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def two_threads():
    with n_threads(2):
        yield


@pytest.fixture
def four_threads():
    with n_threads(4):
        yield


class Together(Callback):
    """Wait for the others between steps, and note how many compute at a time."""

    def __init__(self, barrier):
        self.barrier = barrier
        self.threads = []

    def on_batch_end(self, net, training=False, **kwargs):
        self.threads.append(torch.get_num_threads())
        if len(self.threads) in (1, 4):
            self.barrier.wait(timeout=60)


@pytest.mark.parametrize("n_trainings", [2, 3, 5])
def test_trainings_in_threads_are_what_they_are_alone(four_threads, n_trainings):
    """To the bit, which depends on how many threads a step has."""
    alone = fit(batch_size=16).predict_proba(X)
    barrier = threading.Barrier(n_trainings)
    watchers = [Together(barrier) for _ in range(n_trainings)]
    with ThreadPoolExecutor(n_trainings) as pool:
        fits = list(pool.map(lambda watcher: fit(batch_size=16, callbacks=[watcher]), watchers))
    for classifier, watcher in zip(fits, watchers, strict=True):
        np.testing.assert_array_equal(classifier.predict_proba(X), alone)
        assert set(watcher.threads) == {4}
    assert torch.get_num_threads() == 4


def test_steps_take_turns(monkeypatch):
    """One that began while another one runs would take cores from it."""
    running, most = set(), []
    step = ImageNet.train_step

    def train_step(net, *args, **kwargs):
        running.add(net)
        time.sleep(0.01)
        most.append(len(running))
        result = step(net, *args, **kwargs)
        running.remove(net)
        return result

    monkeypatch.setattr(ImageNet, "train_step", train_step)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: fit(batch_size=16), range(3)))
    assert set(most) == {1}
    assert len(most) == 3 * 2 * 4


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
        import threading, numpy as np
        from skorch.callbacks import Callback
        from skfashion import LeNet5Classifier
        trains = threading.Event()
        class Tell(Callback):
            def on_batch_end(self, net, **kwargs):
                trains.set()
        X = np.random.default_rng(0).integers(0, 256, (256, 28, 28), dtype=np.uint8)
        fit = LeNet5Classifier(max_epochs=100_000, callbacks=[Tell()]).fit
        threading.Thread(target=fit, args=(X, np.arange(256) % 2), daemon=True).start()
        trains.wait(50)
        print("end", flush=True)
    """
    run = subprocess.run(
        [sys.executable, "-c", dedent(script)], capture_output=True, text=True, timeout=60
    )
    assert (run.returncode, run.stdout) == (0, "end\n"), run.stderr


class Machine:
    """A machine of two cores, on which time passes in steps alone."""

    def __init__(self, seconds, *, busy):
        self.seconds = seconds  # of a step on one thread
        self.busy = busy
        self.now = 0.0
        self.n_switches = 0
        self.steps = StepThreads(2, n_switches=lambda: self.n_switches, clock=lambda: self.now)

    def step(self):
        """Return the number of threads that a step took, and its time."""
        n = self.steps.n
        seconds = self.seconds if n == 1 else self.seconds * (2 if self.busy else 0.6)
        self.now += seconds
        self.n_switches += round(seconds * (300 if self.busy and n > 1 else 3))
        self.steps.after_step(seconds)
        return n, seconds


@pytest.mark.parametrize("seconds", [0.002, 0.1, 0.5])
def test_alone_all_threads_are_used(two_threads, seconds):
    machine = Machine(seconds, busy=False)
    assert {machine.step()[0] for _ in range(2000)} == {2}


@pytest.mark.parametrize(("seconds", "n_steps"), [(0.01, 10_000), (0.1, 1000), (0.5, 300)])
def test_beside_a_busy_process_one_thread_is_used(two_threads, seconds, n_steps):
    machine = Machine(seconds, busy=True)
    times = [machine.step()[1] for _ in range(n_steps)]
    assert sum(times) < 1.15 * n_steps * seconds
    assert torch.get_num_threads() == machine.steps.n
    machine.steps.use_all()
    assert torch.get_num_threads() == 2


def test_all_threads_are_used_again_when_the_other_process_ends(two_threads):
    machine = Machine(0.1, busy=True)
    while machine.now < 60:
        machine.step()
    machine.busy = False
    while machine.now < 60 + 2 * StepThreads.LONGEST:
        machine.step()
    assert {machine.step()[0] for _ in range(200)} == {2}


def test_one_thread_that_is_no_faster_is_left(two_threads):
    """As where a step is too short to have any use of two."""
    machine = Machine(0.1, busy=True)
    machine.busy = False
    machine.steps.n_switches = lambda: 1000 * machine.now  # another process, on a third core
    n_single = sum(machine.step()[0] == 1 for _ in range(1000))
    assert 0 < n_single < 50


def test_a_training_beside_a_busy_process_takes_one_thread(two_threads, monkeypatch):
    """And leaves torch's threads as they were."""
    seen = []

    class Watch(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(torch.get_num_threads())

    def after_step(steps, seconds):
        if len(seen) == 3:
            steps._change()

    monkeypatch.setattr(StepThreads, "after_step", after_step)
    fit(batch_size=16, random_state=None, callbacks=[Watch()])
    assert seen[:3] == [2, 2, 2]
    assert set(seen[5:]) == {1}
    assert torch.get_num_threads() == 2
    seen.clear()
    fit(batch_size=16, callbacks=[Watch()])  # a seed keeps its bits
    assert set(seen) == {2}


def test_a_second_training_has_all_threads(two_threads, monkeypatch):
    """Though the first one has taken to a single one, which new threads would have as well."""
    seen, begun, done = [], threading.Event(), threading.Event()

    class First(Callback):
        def on_batch_end(self, net, **kwargs):
            net.step_threads_._change()
            begun.set()
            done.wait(60)

    class Second(Callback):
        def on_batch_end(self, net, **kwargs):
            seen.append(torch.get_num_threads())

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fit, max_epochs=1, random_state=None, callbacks=[First()])
        begun.wait(60)
        pool.submit(fit, batch_size=16, callbacks=[Second()]).result()
        done.set()
        first.result()
    assert set(seen) == {2}
    assert torch.get_num_threads() == 2


def test_where_the_system_does_not_count_switches(monkeypatch):
    """As on Windows, where nothing is ever tried."""
    monkeypatch.setattr(_threads, "resource", None)
    assert involuntary_switches() == 0
    machine = Machine(0.1, busy=True)
    machine.steps.n_switches = involuntary_switches
    machine.steps._look_in(StepThreads.FIRST)
    assert {machine.step()[0] for _ in range(500)} == {2}
