"""What each optimisation of the engine gains on a CPU: with it and without, in turns.

Without one, torch's or scikit-learn's own way takes its place and all else stays. Both ways work
in processes of their own, once untimed and then in turns; what counts is the median of the
differences of neighbours, which the machine's own ups and downs touch least. Writes
``benchmarks/results/ablation.json``.

    python benchmarks/ablation.py
    python benchmarks/ablation.py --only "random bits"
"""

import argparse
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from unittest.mock import patch

import torch
from _environment import RESULTS, data_home, environment, merge
from joblib import Parallel, delayed
from sklearn.base import clone
from torch import nn

import skfashion
from skfashion.datasets import fetch_fashion_mnist
from skfashion.estimators import _validation
from skfashion.networks import _fast
from skfashion.training import DeviceBatches, ImageNet, _net, _schedules


def train(classifier, X, y):
    """Fit; return the number of steps."""
    classifier.fit(X, y)
    return -(-len(X) // classifier.batch_size)


def train_two(classifier, X, y):
    """Fit twice at once in two threads; return the number of steps of both."""
    fits = (delayed(train)(clone(classifier), X, y) for _ in range(2))
    return sum(Parallel(n_jobs=2, prefer="threads")(fits))


def predict_together(classifier, X, y):
    """Predict all images in one call; return the number of calls."""
    classifier.predict(X)
    return 1


def predict_singly(classifier, X, y):
    """Predict one image in each call; return the number of calls."""
    for i in range(len(X)):
        classifier.predict(X[i : i + 1])
    return len(X)


@dataclass(frozen=True)
class Optimisation:
    """One of them, what shows it, and how to do without."""

    what: str
    classifier: str
    n_images: int
    without: Callable[[], AbstractContextManager] = nullcontext
    batch_size: int = 64
    work: Callable = train
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

    def predictor(net):
        net._set_training(False)
        return net.module_

    return patch.object(ImageNet, "_predictor", predictor)


OPTIMISATIONS = [
    Optimisation(
        "bfloat16", "MiniVGGClassifier", 3840, parameters_without=(("precision", "float32"),)
    ),
    Optimisation("channels last", "MiniVGGClassifier", 3840, channels_first),
    *(
        Optimisation(
            "memory kept from step to step",
            classifier,
            n_images,
            lambda: patch.object(_net, "reused_memory", nullcontext),
            batch_size,
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
        lambda: patch.dict(_schedules.OPTIMIZERS, adamw=torch.optim.AdamW),
    ),
    Optimisation(
        "padding beforehand", "MiniVGGClassifier", 3840, by_torch(_fast.Conv2d, nn.Conv2d)
    ),
    Optimisation(
        "average pool as a convolution",
        "LeNet5Classifier",
        12800,
        by_torch(_fast.AvgPool2d, nn.AvgPool2d),
    ),
    Optimisation(
        "activation after the max pool",
        "V5Classifier",
        1280,
        by_torch(_fast.Sequential, nn.Sequential),
    ),
    Optimisation(
        "dropout by random bits", "V5Classifier", 1280, by_torch(_fast.Dropout, nn.Dropout)
    ),
    Optimisation(
        "max pool of slices in prediction",
        "V5Classifier",
        512,
        by_torch(_fast.MaxPool2d, nn.MaxPool2d),
        work=predict_together,
    ),
    Optimisation(
        "weights rounded beforehand", "V5Classifier", 300, in_autocast, work=predict_singly
    ),
    Optimisation(
        "no check of what is known",
        "LeNet5Classifier",
        1000,
        lambda: patch.object(_validation, "_needs_no_check", lambda *_: False),
        work=predict_singly,
    ),
    Optimisation(
        "cores shared by two trainings in threads",
        "LeNet5Classifier",
        1280,
        lambda: patch.object(_net, "take_share", lambda: None),
        work=train_two,
    ),
]
UNITS = {
    train: "step",
    train_two: "step of both",
    predict_together: "call of all images",
    predict_singly: "call of one image",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="those whose name has this in it")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", default="ablation", help="name of the result's file")
    parser.add_argument("--show", action="store_true", help="print the table of what is there")
    args = parser.parse_args()
    if not args.show:
        measure_all(args)
    print(markdown(json.loads((RESULTS / f"{args.json}.json").read_text())["rows"]))


def measure_all(args):
    """Measure each optimisation, and put its row among the results."""
    for index, one in enumerate(OPTIMISATIONS):
        if args.only is None or args.only in one.what:
            row = measure(index, args.rounds)
            print(markdown([row]).splitlines()[2], flush=True)
            merge(
                args.json,
                "milliseconds of a step or call with an optimisation and without, medians",
                [row],
                key=("what", "classifier", "batch_size"),
            )


def measure(index, rounds):
    """Return a row: with and without in turns, the other one first in every other round."""
    one = OPTIMISATIONS[index]
    times = {True: [], False: []}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as own_way, ProcessPoolExecutor(1, spawn) as other_way:
        for i in range(rounds + 1):
            for own in (True, False) if i % 2 else (False, True):
                seconds = (own_way if own else other_way).submit(run, index, own).result()
                if i:
                    times[own].append(1000 * seconds)
    differences = [other - own for own, other in zip(times[True], times[False], strict=True)]
    return {
        "what": one.what,
        "classifier": one.classifier,
        "batch_size": one.batch_size,
        "images": one.n_images,
        "unit": UNITS[one.work],
        "with_ms": round(statistics.median(times[True]), 3),
        "without_ms": round(statistics.median(times[False]), 3),
        "gain_ms": round(statistics.median(differences), 3),
        "gain_deviation": round(statistics.stdev(differences), 3),
        "rounds": rounds,
        "environment": environment(),
    }


@cache
def images():
    """Return the training images and their labels, read once in each process."""
    return fetch_fashion_mnist(data_home=data_home(), return_X_y=True)


def run(index, own):
    """Return the seconds of a step or call, with the optimisation or without."""
    one = OPTIMISATIONS[index]
    X, y = (array[: one.n_images] for array in images())
    make = getattr(skfashion, one.classifier)
    parameters = {} if own else dict(one.parameters_without)
    classifier = make(max_epochs=1, batch_size=one.batch_size, random_state=0, **parameters)
    with nullcontext() if own else one.without():
        if one.work in (predict_together, predict_singly):
            classifier.fit(X[:64], y[:64])
            classifier.predict(X[:1])
        start = time.perf_counter()
        n_units = one.work(classifier, X, y)
        return (time.perf_counter() - start) / n_units


def markdown(rows):
    """Return the table of docs/design.md."""
    lines = ["| what | measured on | with it | without | gain |", f"|{' --- |' * 5}"]
    for row in rows:
        trained = f", batches of {row['batch_size']}" if "step" in row["unit"] else ""
        unit = row["unit"].replace("all images", f"{row['images']} images")
        lines.append(
            f"| {row['what']} | a {unit}, {row['classifier']}{trained} "
            "| {with_ms:.2f} ms | {without_ms:.2f} ms "
            "| {gain_ms:.2f} ± {gain_deviation:.2f} ms |".format(**row)
        )
    where = rows[-1]["environment"]
    rounds = " to ".join(map(str, sorted({row["rounds"] for row in rows})))
    lines.append(
        f"\nMedians and standard deviations of {rounds} pairs; {where['cpu']}, torch "
        f"{where['torch']}, {where['date']}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
