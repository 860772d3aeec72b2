"""The gain of each optimization on a CPU: with it and without, alternately.

Without one, torch's or scikit-learn's own way takes its place and all else stays. The two ways
alternate, from one step of a training to the next, or call of ``predict``; those that last for
a whole training do so from training to training, in processes of their own. What counts is the
median of the differences of neighbours, which the machine's own ups and downs touch least.
Writes ``benchmarks/results/ablation.json``.

    python benchmarks/ablation.py
    python benchmarks/ablation.py --only "random bits"
"""

import itertools
import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from unittest.mock import patch

import torch
from _environment import (
    arguments,
    environment,
    fashion_mnist,
    in_own_process,
    merge,
    read,
    torch_and_dates,
)
from skorch.callbacks import Callback
from torch import nn

import skfashion
from skfashion.estimators import _validation
from skfashion.inference import FittedNetwork, resolve_precision
from skfashion.networks import _fast
from skfashion.training import DeviceBatches, _net, _optimizers


@dataclass(frozen=True)
class Optimisation:
    """One of them, what shows it, and how to do without.

    It is shown in steps of a training, or in calls of predict; `batch_size` is the images in a
    step or call. What is `lasting` is there for a whole training, or is not.
    """

    what: str
    classifier: str
    n_images: int
    without: Callable[[], AbstractContextManager] = nullcontext
    batch_size: int = 64
    shown_in: str = "step"
    lasting: bool = False
    parameters_without: tuple = ()


def by_torch(own, torchs):
    """Return what replaces the forward pass of a layer by that of torch's own."""
    return lambda: patch.object(own, "forward", torchs.forward)


def channels_first():
    """Give the network batches whose rows lie together, and not their pixels' channels."""
    make = DeviceBatches._batch

    def batch(self, order, part):
        images, targets = make(self, order, part)
        return torch.empty(images.shape).copy_(images), targets

    return patch.object(DeviceBatches, "_batch", batch)


def in_autocast():
    """Predict with the network itself."""

    def predictor(fitted):
        return fitted.network, fitted.dtype

    return patch.object(FittedNetwork, "_predictor", predictor)


OPTIMISATIONS = [
    Optimisation(  # where it is what "auto" takes
        "bfloat16",
        "MiniVGGClassifier",
        3840,
        lasting=True,
        parameters_without=(("precision", "float32"),),
    ),
    Optimisation("channels last", "MiniVGGClassifier", 12800, channels_first),
    *(
        Optimisation(
            "memory kept from step to step",
            classifier,
            n_images,
            lambda: patch.object(_net, "reused_memory", nullcontext),
            batch_size,
            lasting=True,
        )
        for classifier, n_images, batch_size in (
            ("MiniVGGClassifier", 3840, 64),
            ("MiniVGGClassifier", 5120, 512),
            ("LeNet5Classifier", 20480, 512),
        )
    ),
    Optimisation(
        "fused optimizer",
        "MiniVGGClassifier",
        3840,
        lambda: patch.dict(_optimizers.OPTIMIZERS, adamw=torch.optim.AdamW),
        lasting=True,
    ),
    Optimisation(
        "padding beforehand", "MiniVGGClassifier", 12800, by_torch(_fast.Conv2d, nn.Conv2d)
    ),
    Optimisation(
        "average pool as a convolution",
        "LeNet5Classifier",
        38400,
        by_torch(_fast.AvgPool2d, nn.AvgPool2d),
    ),
    Optimisation(
        "activation after the max pool",
        "V5Classifier",
        12800,
        by_torch(_fast.Sequential, nn.Sequential),
    ),
    Optimisation(
        "dropout by random bits", "V5Classifier", 12800, by_torch(_fast.Dropout, nn.Dropout)
    ),
    Optimisation(
        "max pool of slices in prediction",
        "MiniVGGClassifier",
        80 * 512,
        by_torch(_fast.MaxPool2d, nn.MaxPool2d),
        batch_size=512,
        shown_in="call",
    ),
    Optimisation(
        "weights rounded beforehand",
        "V5Classifier",
        2000,
        in_autocast,
        batch_size=1,
        shown_in="call",
    ),
    Optimisation(
        "no check of what is known",
        "LeNet5Classifier",
        4000,
        lambda: patch.object(_validation, "_needs_no_check", lambda *_: False),
        batch_size=1,
        shown_in="call",
    ),
]


def main():
    parser = arguments(__doc__, "ablation", show=True)
    parser.add_argument("--only", help="those whose name has this in it")
    parser.add_argument("--rounds", type=int, default=9, help="of trainings with and without")
    args = parser.parse_args()
    if not args.show:
        measure_all(args)
    print(markdown(read(args.json)["rows"]))


def measure_all(args):
    """Measure each optimisation, and put its row among the results."""
    for index, one in enumerate(OPTIMISATIONS):
        if one.what == "bfloat16" and resolve_precision("auto", torch.device("cpu")) != one.what:
            continue
        if args.only is None or args.only in one.what:
            if one.lasting:
                times = from_training_to_training(index, args.rounds)
            else:
                times = in_own_process(from_step_to_step, index)
            row = summary(one, times)
            print(markdown([row]).splitlines()[2], flush=True)
            merge(
                args.json,
                "milliseconds of a step or call with an optimisation and without, medians",
                [row],
                key=("what", "classifier", "batch_size"),
            )


def summary(one, times):
    """Return a row, from pairs of whether it was with the optimisation, and milliseconds."""
    pairs = [dict(pair) for pair in zip(times[::2], times[1::2], strict=False)]
    own, other = ([pair[way] for pair in pairs] for way in (True, False))
    differences = [pair[False] - pair[True] for pair in pairs]
    return {
        "what": one.what,
        "classifier": one.classifier,
        "batch_size": one.batch_size,
        "shown_in": one.shown_in,
        "with_ms": round(statistics.median(own), 3),
        "without_ms": round(statistics.median(other), 3),
        "gain_ms": round(statistics.median(differences), 3),
        "gain_error": round(statistics.stdev(differences) / len(differences) ** 0.5, 3),
        "pairs": len(differences),
        "environment": environment(),
    }


def ways():
    """Yield forever whether to use an optimization: of each two, with it and without."""
    return itertools.cycle([True, False, False, True])


def from_training_to_training(index, rounds):
    """Return ways and milliseconds of a step, of whole trainings in two processes by turns."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as own, ProcessPoolExecutor(1, spawn) as other:
        turns = itertools.islice(ways(), 2 * rounds + 2)
        times = [(way, (own if way else other).submit(train, index, way).result()) for way in turns]
    return times[2:]  # without what takes long the first time only


def from_step_to_step(index):
    """Return ways and milliseconds, of steps or calls by turns in one process."""
    one = OPTIMISATIONS[index]
    X, y = fashion_mnist()
    turns = Turns(one.without)
    callbacks = [turns] if one.shown_in == "step" else []
    n_images = one.n_images if one.shown_in == "step" else 64
    classifier = estimator(one, callbacks=callbacks).fit(X[:n_images], y[:n_images])
    if one.shown_in == "call":
        with turns:
            for i in range(0, one.n_images, one.batch_size):
                classifier.predict(X[i : i + one.batch_size])
                turns.next()
    return turns.times[8:]  # without the first ones, which take longer


class Turns(Callback):
    """Alternate with an optimization and without; note the way and its milliseconds."""

    def __init__(self, without):
        self.without = without

    def __enter__(self):
        self.times = []
        self.ways = ways()
        self.patches = ExitStack()
        self.begin()
        return self

    def __exit__(self, *error):
        self.patches.close()

    def begin(self):
        """Begin a step."""
        self.way = next(self.ways)
        if not self.way:
            self.patches.enter_context(self.without())
        self.start = time.perf_counter()

    def next(self):
        """End a step and begin the next one, the other way."""
        self.times.append((self.way, 1000 * (time.perf_counter() - self.start)))
        self.patches.close()
        self.begin()

    def on_train_begin(self, net, **kwargs):
        """Begin the first step."""
        self.__enter__()

    def on_batch_end(self, net, **kwargs):
        """Go on."""
        self.next()

    def on_train_end(self, net, **kwargs):
        """Leave all as it was."""
        self.patches.close()


def train(index, own):
    """Return the milliseconds of a step, with the optimisation or without."""
    one = OPTIMISATIONS[index]
    X, y = (array[: one.n_images] for array in fashion_mnist())
    classifier = estimator(one, **({} if own else dict(one.parameters_without)))
    with nullcontext() if own else one.without():
        start = time.perf_counter()
        classifier.fit(X, y)
        seconds = time.perf_counter() - start
    return 1000 * seconds / -(-len(X) // one.batch_size)


def estimator(one, **parameters):
    """Return a new classifier that trains for one epoch."""
    make = getattr(skfashion, one.classifier)
    size = {} if one.shown_in == "call" else {"batch_size": one.batch_size}
    return make(max_epochs=1, random_state=0, **size, **parameters)


def markdown(rows):
    """Return the table of docs/design.md."""
    lines = ["| what | measured on | with it | without | gain | processor |", f"|{' --- |' * 6}"]
    for row in rows:
        batch = f"{row['batch_size']} image{'s' if row['batch_size'] > 1 else ''}"
        lines.append(
            f"| {row['what']} | a {row['shown_in']}, {row['classifier']}, {batch} "
            "| {with_ms:.2f} ms | {without_ms:.2f} ms "
            "| {gain_ms:.2f} ± {gain_error:.2f} ms | {environment[cpu]} |".format(**row)
        )
    pairs = [row["pairs"] for row in rows]
    lines.append(
        f"\nMedians, and standard errors of the gain, of {min(pairs)} to {max(pairs)} pairs; "
        f"{torch_and_dates(rows)}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
