"""Seconds of training until a network reaches an accuracy: skfashion and plain skorch.

skorch trains as its user would have it: Adam at 1e-3, batches of 64, float32. skfashion trains as
its defaults say, or as ``--what`` says. Each training is a process of its own with all cores; the
systems alternate from seed to seed. The test set only reports. skfashion's learning rate falls over
a number of epochs that is fixed beforehand, so each of its rows is one length of training, whose
accuracy at the end counts. skorch continues until the highest accuracy or ``--max-epochs``, and is
scored after each epoch, while the clock stands still.

Each training is put into ``benchmarks/results/time_to_accuracy.json`` as soon as it is done, in
the place of one of the same kind, network and seed; the table shows what is in there.

    python benchmarks/time_to_accuracy.py --seeds 0 1 2
    python benchmarks/time_to_accuracy.py --what "MiniVGGClassifier(max_epochs=3)"
"""

import statistics
import time
from functools import partial
from math import inf

import torch
from _environment import (
    arguments,
    environment,
    fashion_mnist,
    in_own_process,
    merge,
    processor,
    read,
    torch_and_dates,
)
from _in_torch import NETWORKS, as_floats, plain_skorch
from skorch.callbacks import Callback
from torch import nn

import skfashion
from skfashion.inference import resolve_device

TARGETS = [0.905, 0.922, 0.9422]
ROWS = ['LeNet5Classifier(activation="relu", pooling="max")', "MiniVGGClassifier()"]
MAX_EPOCHS = {"LeNet-5": 20, "mini_VGG": 12, "v5": 12}
NAMES = {"LeNet5Classifier": "LeNet-5", "MiniVGGClassifier": "mini_VGG", "V5Classifier": "v5"}
ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "elu": nn.ELU}
POOLINGS = {"max": nn.MaxPool2d, "avg": nn.AvgPool2d}
PLAIN = "plain skorch"
RESULT = "time_to_accuracy"


def main():
    parser = arguments(__doc__, "time_to_accuracy", show=True)
    parser.add_argument("--what", nargs="+", default=ROWS, help="calls of LeNet5, MiniVGG, V5")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--max-epochs", type=int, help="skorch's; default: by the network")
    parser.add_argument("--images", type=int, help="train on fewer, to try the script")
    parser.add_argument("--without-skorch", action="store_true")
    args = parser.parse_args()
    for i, seed in enumerate([] if args.show else args.seeds):
        trainings = [(what, what) for what in args.what]
        if not args.without_skorch:
            trainings += [(PLAIN, what) for what in one_of_each_network(args.what)]
        for system, what in trainings[:: -1 if i % 2 else 1]:
            row = in_own_process(run, system, what, seed, args.images, args.max_epochs)
            row["in_turns"] = not args.without_skorch
            print(f"{system}, {row['network']}, seed {seed}: {row['reached']}", flush=True)
            merge(
                args.json,
                "seconds until the test accuracy is first reached; null: not reached",
                [row],
                key=("system", "network", "seed"),
            )
    print(markdown(read(args.json)["rows"]))


def estimator(what):
    """Return the estimator that a row says."""
    return eval(what, vars(skfashion))


def network_of(classifier):
    """Return the network's name, and what distinguishes LeNet-5s."""
    name = NAMES[type(classifier).__name__]
    if name == "LeNet-5":
        name += f", {classifier.activation}, {classifier.pooling}"
    return name


def one_of_each_network(rows):
    return {network_of(estimator(what)): what for what in rows}.values()


# In a process of its own.


def run(system, what, seed, n_images, max_epochs):
    """Train once; return the accuracies after each epoch and the seconds up to there."""
    classifier = estimator(what).set_params(random_state=seed)
    X, y = fashion_mnist()
    X, y = X[:n_images], y[:n_images].astype("int64")
    X_test, y_test = fashion_mnist("test")
    if system == PLAIN:
        max_epochs = max_epochs or MAX_EPOCHS[network_of(classifier).partition(",")[0]]
        data = as_floats(X), y, as_floats(X_test), y_test
        watch, n_epochs = train_plain(classifier, *data, max_epochs)
    else:
        watch, n_epochs = train_ours(classifier, X, y, X_test, y_test)
    return {
        "system": system,
        "network": network_of(classifier),
        "seed": seed,
        "reached": {str(target): watch.reached(target) for target in TARGETS},
        "epochs": n_epochs,
        "accuracies": watch.accuracies,
        "seconds": [round(seconds, 2) for seconds in watch.seconds],
        "images": len(X),
        "environment": environment(),
    }


def train_ours(classifier, X, y, X_test, y_test):
    classifier.fit(X[:256], y[:256])  # what takes long the first time only
    watch = Watch(lambda classifier: classifier.predict(X_test), y_test)
    watch.start()
    watch.note(classifier.fit(X, y))
    return watch, classifier.n_iter_


def train_plain(classifier, X, y, X_test, y_test, max_epochs):
    name = network_of(classifier).partition(",")[0]
    network = NETWORKS[name]
    if name == "LeNet-5":
        layers = ACTIVATIONS[classifier.activation], POOLINGS[classifier.pooling]
        network = partial(network, *layers)
    how = {"batch_size": 64, "device": str(resolve_device("auto"))}
    plain_skorch(network, max_epochs=1, **how).fit(X[:256], y[:256])
    torch.manual_seed(classifier.random_state)
    watch = Watch(lambda net: net.predict(X_test), y_test, stop_at=max(TARGETS))
    net = plain_skorch(network, max_epochs=max_epochs, callbacks=[watch], **how)
    watch.start()
    net.fit(X, y)
    return watch, len(watch.seconds)


class Watch(Callback):
    """Note accuracy and time after each epoch; the clock stands still for the former."""

    def __init__(self, predict, y_test, stop_at=inf):
        self.predict = predict
        self.y_test = y_test
        self.stop_at = stop_at

    def start(self):
        """Start the clock."""
        self.begin = time.perf_counter()
        self.accuracies, self.seconds = [], []

    def note(self, classifier):
        """Note time and accuracy."""
        arrived = time.perf_counter()
        self.seconds.append(arrived - self.begin)
        self.accuracies.append(float((self.predict(classifier) == self.y_test).mean()))
        self.begin += time.perf_counter() - arrived

    def on_epoch_end(self, net, **kwargs):
        """Note them; end the training if that is accurate enough."""
        self.note(net)
        if self.accuracies[-1] >= self.stop_at:
            raise KeyboardInterrupt  # skorch's way for a callback to end a training

    def reached(self, target):
        """Return the seconds to the first epoch that was as accurate, None if none was."""
        epochs = zip(self.accuracies, self.seconds, strict=True)
        return next((round(seconds, 2) for acc, seconds in epochs if acc >= target), None)


# The table.


def markdown(rows):
    """Return the table of README.md: medians over seeds, and ratios to plain skorch."""
    lines = [
        f"| network | what | seeds | epochs | {' | '.join(map(str, TARGETS))} | processor |",
        f"|{' --- |' * (5 + len(TARGETS))}",
    ]
    groups = {}
    for row in rows:
        groups.setdefault((processor(row["environment"]), row["network"]), []).append(row)
    for where, network in sorted(groups, key=lambda key: key[0]):
        runs = groups[where, network]
        systems = sorted(
            dict.fromkeys(row["system"] for row in runs), key=lambda system: system != PLAIN
        )
        of = {system: [run for run in runs if run["system"] == system] for system in systems}
        times = {system: [median(of[system], t) for t in TARGETS] for system in systems}
        for system in systems:
            name = system if system == PLAIN else f"`{system}`"
            in_turns = all(run.get("in_turns", True) for run in of[system])
            plain = times.get(PLAIN, times[system]) if in_turns else times[system]
            cells = [cell(*pair) for pair in zip(times[system], plain, strict=True)]
            epochs = max(run["epochs"] for run in of[system])
            counts = str(len(of[system])), str(epochs)
            lines.append(f"| {' | '.join([network, name, *counts, *cells, where])} |")
    lines.append(
        "\nSeconds of training until the test accuracy is reached, median over seeds; -: not "
        "reached in so many epochs; in brackets, how many times as long plain skorch takes, where "
        f"the two were measured in turns; {torch_and_dates(rows)}."
    )
    return "\n".join(lines)


def median(runs, target):
    """Return the median over seeds, where an accuracy that is not reached takes forever."""
    reached = [run["reached"][str(target)] for run in runs]
    return statistics.median(inf if seconds is None else seconds for seconds in reached)


def cell(seconds, plain):
    if seconds == inf:
        return "-"
    ratio = "" if plain in (inf, seconds) else f" (x {plain / seconds:.2f})"
    return f"{seconds:.0f}{ratio}"


if __name__ == "__main__":
    main()
