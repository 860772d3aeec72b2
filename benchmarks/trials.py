"""What might train better: each idea alone, then together, in pairs of the same seed.

A classifier is fitted with mirrored images, and with that and one idea more, on part of the
training images, and scored on the last 10,000 of them, which are held out; the test set is not
read. Each fit is one line of JSON in ``benchmarks/results/trials.jsonl``, written as soon as it
ends. Before, all alternate on a few images: an idea that makes a fit slower gets so many images
fewer that all take the same processor time.

    python benchmarks/trials.py MiniVGGClassifier --seeds 0 1 2 3 4

Ideas that helped are in the package, so that the rows of ``convolutions begin as identities``, and
those beside them, are of the commit before mini_VGG's did; those of CNN5 are with label smoothing
of .05. Those that did not are here alone:
callbacks and functions of a few lines. With ``--show``, all that was measured is printed.
"""

import json
import statistics
import time

import numpy as np
import torch
from _environment import RESULTS, arguments, environment, fashion_mnist, in_turns
from skorch.callbacks import Callback

import skfashion
from skfashion import RandomHorizontalFlip
from skfashion.networks._batch_norm import BatchNorm

RESULT = RESULTS / "trials.jsonl"
HELD_OUT = 10_000
RUNNING = "batch normalization: statistics with dropout"
NONE = "RandomHorizontalFlip()"  # what the others are compared with, if it is among them


class AlternatingFlips(Callback):
    """Whether an image is first seen mirrored is drawn; from then on it alternates.

    So every second epoch shows each image as it is, and no image is shown alike twice running.
    """

    def on_train_begin(self, net, X=None, y=None, **_):
        """Draw which images are first seen mirrored."""
        data = X[0]
        data.images = data.images.clone()  # the user's array may lie below
        generator = torch.Generator().manual_seed(net.seed)
        self.mirrored_ = torch.rand(len(data), generator=generator) < 0.5
        self.n_epochs_ = 0

    def on_epoch_begin(self, net, dataset_train=None, **_):
        """Mirror those of the first epoch, and then all."""
        images = dataset_train.images  # (N, H, W, C)
        if self.n_epochs_ == 0:
            images[self.mirrored_] = images[self.mirrored_].flip(2)
        else:
            images.copy_(images.flip(2))
        self.n_epochs_ += 1


class QuickBatchNorm(Callback):
    """Batch normalization that forgets sooner, and whose biases move faster.

    Parameters
    ----------
    momentum : float, default=None
        Share of the latest mini-batch in the running statistics.
    bias_rate : float, default=1.0
        Learning rate of the biases, in learning rates.
    """

    def __init__(self, momentum=None, bias_rate=1.0):
        self.momentum = momentum
        self.bias_rate = bias_rate

    def on_train_begin(self, net, **_):
        """Set the layers' momentum, and give their biases a rate of their own."""
        layers = [layer for layer in net.module_.modules() if isinstance(layer, BatchNorm)]
        for layer in layers:
            layer.momentum = layer.momentum if self.momentum is None else self.momentum
        if self.bias_rate == 1.0:
            return
        [group] = net.optimizer_.param_groups
        biases = {id(layer.bias) for layer in layers}
        moved = [weight for weight in group["params"] if id(weight) in biases]
        group["params"] = [weight for weight in group["params"] if id(weight) not in biases]
        settings = {name: value for name, value in group.items() if name != "params"}
        settings["lr"] = group["lr"] * self.bias_rate
        net.optimizer_.add_param_group({"params": moved, **settings})


class RunningStatistics(Callback):
    """Batch normalizations after dropout predict with the statistics of the training steps."""

    def on_train_begin(self, net, **_):
        """Compute no others."""
        net.norms_ = []


def shifted(images, rows, columns):
    """Return images moved by whole pixels, black where they came from."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    height, width = images.shape[1:3]
    return padded[:, 1 - rows :, 1 - columns :][:, :height, :width]


def accuracies(classifier, X, y, *, all_views):
    """Return the accuracy of predictions from one view of an image, and from two and six."""

    def proba(tta, images):
        return classifier.set_params(tta=tta).predict_proba(images)

    images = X.reshape(-1, 28, 28)
    views = {"one": proba(None, images)}
    if all_views:
        views["flip"] = proba("flip", images)
        moved = [proba("flip", shifted(images, by, by)) for by in (-1, 1)]
        views["flip-shift"] = views["flip"] / 2 + sum(moved) / 4
    return {
        name: float((classifier.classes_[each.argmax(1)] == y).mean())
        for name, each in views.items()
    }


def ideas_for(estimator):
    """Return the ideas, the first of which is none, as functions that make parameters."""
    flip = {"augment": RandomHorizontalFlip()}
    if "batch_norm" in estimator().get_params() and not estimator().batch_norm:
        return {
            NONE: lambda: flip,
            "optimizer='muon'": lambda: flip | {"optimizer": "muon"},
            "alternating flips": lambda: {"callbacks": [AlternatingFlips()]},
            "label_smoothing=0.1": lambda: flip | {"label_smoothing": 0.1},
            "label_smoothing=0.2": lambda: flip | {"label_smoothing": 0.2},
            "muon, alternating flips": lambda: {
                "optimizer": "muon",
                "callbacks": [AlternatingFlips()],
            },
            "muon, batch_norm=True": lambda: flip | {"optimizer": "muon", "batch_norm": True},
        }
    return {
        NONE: lambda: flip,
        "optimizer='muon'": lambda: flip | {"optimizer": "muon"},
        RUNNING: lambda: flip | {"callbacks": [RunningStatistics()]},
        f"optimizer='muon', {RUNNING}": lambda: (
            flip | {"optimizer": "muon", "callbacks": [RunningStatistics()]}
        ),
        "batch normalization: momentum 0.4": lambda: flip | {"callbacks": [QuickBatchNorm(0.4)]},
        "batch normalization: rate of biases times 64": lambda: (
            flip | {"callbacks": [QuickBatchNorm(bias_rate=64.0)]}
        ),
        "batch normalization: both": lambda: flip | {"callbacks": [QuickBatchNorm(0.4, 64.0)]},
    }


def measured(args):
    """Return the rows of the same estimator and settings that are there, by idea and seed."""
    cpu = environment()["cpu"]
    lines = RESULT.read_text().splitlines() if RESULT.exists() else []
    rows = [row for row in map(json.loads, lines) if row["cpu"] == cpu]
    same = ("estimator", args.estimator), ("images", args.images)
    same += ("n_epochs", args.epochs), ("batch_size", args.batch_size)
    return {
        (row["idea"], row["seed"]): row
        for row in rows
        if all(row[name] == value for name, value in same)
    }


def relative_times(fit, ideas, rounds=3, images=640):
    """Return the processor time of a fit with each idea, in times of the first, by medians."""
    seconds = {name: [] for name in ideas}
    first = next(iter(ideas))
    fit(first, images, seed=0)  # not counted
    for name in in_turns(ideas, rounds):
        start = time.process_time()
        fit(name, images, seed=0)
        seconds[name].append(time.process_time() - start)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    return {name: median / medians[first] for name, median in medians.items()}


def markdown():
    """Return what was measured as a table: gains over none, with standard errors."""
    rows = [json.loads(line) for line in RESULT.read_text().splitlines()]
    lines = [
        "| estimator | training | idea | seeds | held-out accuracy | gain | gain of tta='flip' "
        "| gain of flips and shifts |",
        f"|{' --- |' * 8}",
    ]
    groups = {}
    for row in rows:
        key = (row["estimator"], row["n_epochs"], row["images"], row["batch_size"], row["cpu"])
        groups.setdefault(key, {}).setdefault(row["idea"], {})[row["seed"]] = row
    for (estimator, n_epochs, images, batch_size, _), ideas in groups.items():
        base = next(iter(ideas.values()))
        for idea, by_seed in ideas.items():
            seeds = sorted(set(by_seed) & set(base))
            accuracy = statistics.fmean(by_seed[seed]["accuracy"]["one"] for seed in seeds)
            gain = "" if by_seed is base else gains(by_seed, base, seeds, "one")
            of_views = (gains(by_seed, by_seed, seeds, view) for view in ("flip", "flip-shift"))
            lines.append(
                f"| {estimator} | {n_epochs} x {images:,}, {batch_size} | {idea} | {len(seeds)} "
                f"| {accuracy:.4f} | {gain} | {' | '.join(of_views)} |"
            )
    return "\n".join(
        [
            *lines,
            "\nGains are means of differences at the same seed, ± their standard error: to the "
            "first row with that training, and of views to the same network's prediction of one "
            "view. A training is epochs x images, and images in a mini-batch. "
            f"{', '.join(sorted({row['cpu'] for row in rows}))}; torch {rows[-1]['torch']}.",
        ]
    )


def gains(rows, base, seeds, view):
    seeds = [seed for seed in seeds if view in rows[seed]["accuracy"]]
    if not seeds:
        return ""
    each = [rows[seed]["accuracy"][view] - base[seed]["accuracy"]["one"] for seed in seeds]
    error = f" ± {statistics.stdev(each) / len(each) ** 0.5:.4f}" if len(each) > 1 else ""
    return f"{statistics.fmean(each):+.4f}{error}"


def main():
    parser = arguments(__doc__, show=True)
    parser.add_argument("estimator", nargs="?", help="class name, such as MiniVGGClassifier")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--images", type=int, default=50_000)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--ideas", nargs="+", help="only these, in this order")
    parser.add_argument("--views", nargs="+", default=[NONE], help="ideas with more views")
    args = parser.parse_args()
    if args.show:
        print(markdown())
        return
    X, y = fashion_mnist()
    estimator = getattr(skfashion, args.estimator)
    ideas = ideas_for(estimator)
    ideas = {name: ideas[name] for name in args.ideas or ideas}

    def fit(name, images, seed):
        classifier = estimator(
            max_epochs=args.epochs, batch_size=args.batch_size, random_state=seed, **ideas[name]()
        )
        return classifier.fit(X[:images], y[:images])

    there = measured(args)
    times = {name: row["relative_time"] for (name, _), row in there.items()}
    if not ideas.keys() <= times.keys():
        times = relative_times(fit, ideas)
    print(times, flush=True)
    for seed in args.seeds:
        for name in ideas:
            if (name, seed) in there:
                continue
            images = min(args.images, round(args.images / times[name]))
            start = time.perf_counter()
            classifier = fit(name, images, seed)
            row = {
                "estimator": args.estimator,
                "idea": name,
                "seed": seed,
                "n_epochs": args.epochs,
                "images": args.images,
                "images_of_idea": images,
                "relative_time": round(times[name], 3),
                "batch_size": args.batch_size,
                "fit_seconds": round(time.perf_counter() - start, 1),
                "accuracy": accuracies(
                    classifier, X[-HELD_OUT:], y[-HELD_OUT:], all_views=name in args.views
                ),
            }
            print(row, flush=True)
            RESULTS.mkdir(exist_ok=True)
            with RESULT.open("a") as file:
                file.write(json.dumps(row | environment()) + "\n")


if __name__ == "__main__":
    main()
