"""Accuracy on the test set of Fashion-MNIST, and the time it takes to get there.

Each row is run with several seeds on an otherwise idle machine, the rows by turns; the test set
only reports. The main job is run as its user runs it, as a process of its own, and its whole time
is counted. Prints the table of README.md and writes ``benchmarks/results/accuracy.json``.

    python benchmarks/accuracy.py --seeds 0 1 2
    python benchmarks/accuracy.py --rows "python -m skfashion --epochs 16"
    python benchmarks/accuracy.py --seeds 2 --add  # a third seed to the two that are recorded
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product

import torch
from _environment import (
    arguments,
    data_home,
    environment,
    fashion_mnist,
    merge,
    processor,
    read,
    torch_and_dates,
)

import skfashion
from skfashion import RandomHorizontalFlip  # noqa: F401  (for the rows)

MAIN_JOB = "python -m skfashion"
ROWS = [
    MAIN_JOB,
    'LeNet5Classifier(activation="relu", pooling="max")',
]


def main_job(what, seed):
    """Run the main job as a row says; return its accuracy and the whole process's seconds."""
    options = what.removeprefix(MAIN_JOB).split()
    command = [sys.executable, "-m", "skfashion", *options, "--quiet", "--seed", str(seed)]
    if data_home():
        command += ["--data-home", str(data_home())]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run = subprocess.run(
            [*command, "--output", folder], check=True, capture_output=True, text=True
        )
        seconds = time.perf_counter() - start
    return float(re.search(r"test images: (0\.\d+)", run.stdout).group(1)), seconds


def fit_and_score(call, seed, data):
    """Fit what a row says; return its accuracy and the seconds that fitting took."""
    (X, y), (X_test, y_test) = data
    classifier = eval(call, vars(skfashion)).set_params(random_state=seed)
    start = time.perf_counter()
    classifier.fit(X, y)
    seconds = time.perf_counter() - start
    return classifier.score(X_test, y_test), seconds


def markdown(rows):
    """Return the table of README.md."""
    lines = ["| what | test accuracy | seconds | processor |", "| --- | --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: row["environment"]["cpu"]):
        beside = ", one thread, beside other work" if row.get("busy") else ""
        accuracy = f"{row['accuracy_mean']:.4f} ± {row['accuracy_std']:.4f}"
        lines.append(
            f"| `{row['what']}` | {accuracy} | {row['seconds_median']:.0f} "
            f"| {processor(row['environment'])}{beside} |"
        )
    seeds = sorted({len(row["seeds"]) for row in rows})
    lines.append(
        f"\nMean and standard deviation over {' or '.join(map(str, seeds))} seeds, median time: "
        f"of the command the whole process's, else that of `fit`; {torch_and_dates(rows)}."
    )
    return "\n".join(lines)


def recorded(name, environment):
    """Return the runs that are recorded of this machine and these versions, by row and seed."""
    runs = {}
    for row in read(name)["rows"]:
        if row["environment"] | {"date": None} == environment | {"date": None}:
            each = zip(row["accuracies"], row["seconds"], strict=True)
            runs[row["what"]] = dict(zip(row["seeds"], each, strict=True))
    return runs


def summary(what, runs, busy):
    """Return the row of what was run, by seed."""
    seeds = sorted(runs)
    accuracies, seconds = zip(*(runs[seed] for seed in seeds), strict=True)
    return {
        "what": what,
        "accuracy_mean": statistics.mean(accuracies),
        "accuracy_std": statistics.stdev(accuracies) if len(runs) > 1 else 0.0,
        "seconds_median": statistics.median(seconds),
        "busy": busy,
        "seeds": seeds,
        "accuracies": accuracies,
        "seconds": seconds,
        "environment": environment(),
    }


def main():
    parser = arguments(__doc__, "accuracy", show=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument(
        "--busy", action="store_true", help="on one core, while others work; the table says so"
    )
    parser.add_argument("--rows", nargs="+", default=ROWS, help="which rows to measure")
    parser.add_argument(
        "--add", action="store_true", help="to the seeds of a run that was stopped on this machine"
    )
    args = parser.parse_args()
    if args.show:
        print(markdown(read(args.json)["rows"]))
        return
    if args.busy:
        os.environ["OMP_NUM_THREADS"] = "1"
        torch.set_num_threads(1)
    data = fashion_mnist("train"), fashion_mnist("test")
    there = recorded(args.json, environment()) if args.add else {}
    runs = {what: there.get(what, {}) for what in args.rows}
    for seed, what in product(args.seeds, args.rows):
        is_job = what.startswith(MAIN_JOB)
        run = main_job(what, seed) if is_job else fit_and_score(what, seed, data)
        print(f"{what}, seed {seed}: {run[0]:.4f} in {run[1]:.1f} s", flush=True)
        runs[what][seed] = run
        # After each run: nothing is lost if it is interrupted.
        row = summary(what, runs[what], args.busy)
        merge(args.json, "test accuracy, and seconds to get there", [row], key=("what",))


if __name__ == "__main__":
    main()
