"""Compare training recipes on a held-out part of the training data.

Every choice of a default is made here: the last 10,000 of the 60,000 training images are
held out, the test set is not read. Each recipe is one line of JSON in
``benchmarks/results/recipes.jsonl``, written as soon as it is measured.

    python benchmarks/recipes.py MiniVGGClassifier "max_epochs=5, label_smoothing=0.05"

Names such as RandomShift can be used in the recipe; an empty one is the defaults. With
``--by-epoch`` the held-out images are scored after each epoch, too, which is counted in the
seconds. With ``--show``, all that was measured is printed, told by what it changes of the
defaults of today.

    python benchmarks/recipes.py --show
"""

import argparse
import json
import time

from _environment import RESULTS, data_home, environment

import skfashion
from skfashion.datasets import fetch_fashion_mnist


def markdown():
    """Return all recipes that were measured as a table, the best of an estimator first."""
    rows = [json.loads(line) for line in (RESULTS / "recipes.jsonl").read_text().splitlines()]
    rows.sort(key=lambda row: (row["estimator"], -row["held_out_accuracy"]))
    lines = ["| estimator | recipe | seed | held-out accuracy | seconds |", f"|{' --- |' * 5}"]
    for row in rows:
        epochs = ", ".join(f"{accuracy:.4f}" for accuracy in row.get("by_epoch", [])[:-1])
        lines.append(
            f"| {row['estimator']} | {changes(row)} | {row['seed']} "
            f"| {row['held_out_accuracy']:.4f}{f' (before: {epochs})' if epochs else ''} "
            f"| {row['fit_seconds']:.0f} |"
        )
    machines = {row["cpu"] + ", torch " + row["torch"] for row in rows}
    lines.append(
        f"\nSeconds on {'; '.join(sorted(machines))}. In brackets, the held-out accuracies after "
        "the epochs before the last."
    )
    return "\n".join(lines)


def changes(row):
    """Return what a recipe changes of the defaults of today, as in a call."""
    defaults = getattr(skfashion, row["estimator"])().get_params(deep=False)
    changed = (
        f"{name}={value}"
        for name, value in row["parameters"].items()
        if name != "random_state" and value != repr(defaults[name])
    )
    return ", ".join(changed) or "**the defaults**"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("estimator", nargs="?", help="class name, such as MiniVGGClassifier")
    parser.add_argument("recipes", nargs="*", default=[""], help="parameters, as in a call")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--held-out", type=int, default=10_000)
    parser.add_argument("--by-epoch", action="store_true", help="score after each epoch, too")
    parser.add_argument("--show", action="store_true", help="print the table of what is there")
    args = parser.parse_args()
    if args.show:
        print(markdown())
        return
    X, y = fetch_fashion_mnist(data_home=data_home(), return_X_y=True)
    train, valid = slice(None, -args.held_out), slice(-args.held_out, None)
    estimator_class = getattr(skfashion, args.estimator)
    for recipe in args.recipes:
        for seed in args.seeds:
            classifier = eval(  # the author of the command line is the author of the recipe
                f"make({recipe}, random_state={seed})" if recipe else f"make(random_state={seed})",
                {**vars(skfashion), "make": estimator_class},
            )
            start = time.perf_counter()
            watched = {"X_val": X[valid], "y_val": y[valid]} if args.by_epoch else {}
            classifier.fit(X[train], y[train], **watched)
            seconds = time.perf_counter() - start
            row = {
                "estimator": args.estimator,
                "recipe": recipe,
                "parameters": {n: repr(v) for n, v in classifier.get_params(deep=False).items()},
                "seed": seed,
                "held_out_accuracy": classifier.score(X[valid], y[valid]),
                "train_accuracy": classifier.history_[-1]["train_acc"],
                "fit_seconds": round(seconds, 1),
            }
            if args.by_epoch:
                row["by_epoch"] = classifier.history_[:, "valid_acc"]
            print(row, flush=True)
            RESULTS.mkdir(exist_ok=True)
            with (RESULTS / "recipes.jsonl").open("a") as file:
                file.write(json.dumps(row | environment()) + "\n")


if __name__ == "__main__":
    main()
