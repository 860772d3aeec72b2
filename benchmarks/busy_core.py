"""A training step while another process keeps one core busy.

Trains alone and with such a process, each with all of torch's threads, with one thread, as the
package does by itself, and with all threads in processes whose environment tells them to wait for
one another otherwise; by turns, each training in a process of its own. Prints a table, and puts its
rows into ``benchmarks/results/busy_core.json``.

    python benchmarks/busy_core.py
    python benchmarks/busy_core.py --show
"""

import multiprocessing
import os
import statistics
import time
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

import torch
from _environment import (
    arguments,
    environment,
    fashion_mnist,
    in_own_process,
    in_turns,
    merge,
    read,
)
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier, MiniVGGClassifier
from skfashion.training._threads import StepThreads

CLASSIFIERS = {"LeNet-5": LeNet5Classifier, "mini_VGG": MiniVGGClassifier}
BATCH_SIZE = 64
WAITING = "OMP_WAIT_POLICY=passive", "GOMP_SPINCOUNT=1000"
WAYS = "all threads", "one thread", "by itself", *WAITING


class Clock(Callback):
    """Note the milliseconds of each step."""

    def on_train_begin(self, net, **kwargs):
        """Begin."""
        self.times = []
        self.start = time.perf_counter()

    def on_batch_end(self, net, **kwargs):
        """Note one."""
        now = time.perf_counter()
        self.times.append(1000 * (now - self.start))
        self.start = now


def keep_busy():
    """Compute forever."""
    while True:
        sum(range(100_000))


@contextmanager
def busy_process():
    """Let a process keep a core busy inside."""
    process = multiprocessing.get_context("spawn").Process(target=keep_busy, daemon=True)
    process.start()
    time.sleep(2)
    try:
        yield
    finally:
        process.kill()
        process.join()


def main():
    parser = arguments(__doc__, "busy_core", show=True)
    parser.add_argument("--networks", nargs="+", choices=CLASSIFIERS, default=list(CLASSIFIERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60, help="of each training, about")
    args = parser.parse_args()
    if not args.show:
        for network in args.networks:
            for row in measure(network, args.rounds, args.seconds):
                merge(
                    args.json,
                    "milliseconds of a step of 64 images, mean of all trainings",
                    [row],
                    key=("cpu", "network", "beside"),
                )
    print(markdown(read(args.json)["rows"]))


def measure(network, rounds, seconds):
    """Yield the rows of a network, as soon as each is measured: alone, and with a busy process."""
    first = in_own_process(train, network, "all threads", 20)
    n_steps = min(60_000 // BATCH_SIZE, int(1000 * seconds / statistics.median(first)))
    where = environment()
    for beside, surroundings in (("nothing", nullcontext), ("a busy process", busy_process)):
        times = {way: [] for way in WAYS}
        with surroundings():
            for way in in_turns(WAYS, rounds):
                mean = statistics.fmean(train_with(network, way, n_steps))
                print(f"{network}, beside {beside}, {way}: {mean:.1f} ms", flush=True)
                times[way].append(mean)
        yield {
            "network": network,
            "beside": beside,
            "milliseconds": {way: round(statistics.median(ms), 2) for way, ms in times.items()},
            "all": {way: [round(one, 2) for one in ms] for way, ms in times.items()},
            "steps": n_steps,
            "cpu": where["cpu"],
            "environment": where,
        }


def train_with(network, way, n_steps):
    """Return the milliseconds of the steps of a training in a process of its own."""
    name, _, value = way.partition("=")
    with patch.dict(os.environ, {name: value} if value else {}):
        return in_own_process(train, network, way, n_steps)


def train(network, way, n_steps):
    """Return the milliseconds of the steps of a training, without the first few."""
    X, y = fashion_mnist()
    n_images = n_steps * BATCH_SIZE
    clock = Clock()
    classifier = CLASSIFIERS[network](max_epochs=1, batch_size=BATCH_SIZE, callbacks=[clock])
    fixed = patch.object(StepThreads, "after_step", lambda *_: None)
    with nullcontext() if way == "by itself" else fixed:
        if way == "one thread":
            torch.set_num_threads(1)
        classifier.fit(X[:n_images], y[:n_images])
    return clock.times[5:]


def markdown(rows):
    """Return the table of docs/design.md."""
    lines = [
        f"| network | beside | {' | '.join(WAYS)} | processor |",
        f"|{' --- |' * (len(WAYS) + 3)}",
    ]
    for row in rows:
        times = " | ".join(
            f"{row['milliseconds'][way]:.1f} ms" if way in row["milliseconds"] else ""
            for way in WAYS
        )
        lines.append(f"| {row['network']} | {row['beside']} | {times} | {row['cpu']} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
