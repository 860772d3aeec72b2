"""Compare training recipes on a held-out part of the training data.

Every choice of a default is made here: the last 10,000 of the 60,000 training images are
held out, the test set is not read. Each recipe is one line of JSON in
``benchmarks/results/recipes.jsonl``, written as soon as it is measured.

    python benchmarks/recipes.py MiniVGGClassifier "max_epochs=5, label_smoothing=0.05"

Names such as RandomShift can be used in the recipe; an empty one is the defaults. With
``--by-epoch`` the held-out images are scored after each epoch, too, which is counted in the
seconds. Several recipes are compared with the first one in pairs of the same seed. With
``--show``, all that was measured is printed, told by what it changes of the defaults of today.

    python benchmarks/recipes.py --show
"""

import json
import statistics
import time

from _environment import RESULTS, arguments, environment, fashion_mnist, processor

import skfashion


def markdown():
    """Return all recipes that were measured as a table, the best of an estimator first."""
    rows = [json.loads(line) for line in (RESULTS / "recipes.jsonl").read_text().splitlines()]
    groups = {}
    for row in rows:
        beside = ", one thread, beside other work" if row["threads"] == 1 else ""
        key = row["estimator"], changes(row), processor(row) + beside
        groups.setdefault(key, {})[row["seed"]] = row  # of a seed the last measurement counts
    lines = [
        "| estimator | recipe | seeds | held-out accuracy | seconds | processor |",
        f"|{' --- |' * 6}",
    ]
    groups = {key: list(by_seed.values()) for key, by_seed in groups.items()}
    order = sorted(groups, key=lambda key: (key[0], -mean(groups[key], "held_out_accuracy")))
    for key in order:
        group = groups[key]
        epochs = ""
        if all("by_epoch" in row for row in group):
            each = zip(*(row["by_epoch"][:-1] for row in group), strict=True)
            epochs = ", ".join(f"{statistics.fmean(one):.4f}" for one in each)
        spread = ""
        if len(group) > 1:
            spread = f" ± {statistics.stdev(row['held_out_accuracy'] for row in group):.4f}"
        lines.append(
            f"| {key[0]} | {key[1]} | {len(group)} "
            f"| {mean(group, 'held_out_accuracy'):.4f}{spread}"
            f"{f' (before: {epochs})' if epochs else ''} "
            f"| {mean(group, 'fit_seconds'):.0f} | {key[2]} |"
        )
    versions = ", ".join(sorted({row["torch"] for row in rows}))
    lines.append(
        f"\nMeans and standard deviations over seeds; torch {versions}. In brackets, the held-out "
        "accuracies after the epochs before the last."
    )
    return "\n".join(lines)


def mean(rows, column):
    return statistics.fmean(row[column] for row in rows)


def paired(rows):
    """Return what each recipe gains on the first one, seed by seed, with standard errors."""
    accuracy = {(row["recipe"], row["seed"]): row["held_out_accuracy"] for row in rows}
    recipes = list(dict.fromkeys(row["recipe"] for row in rows))
    seeds = sorted({row["seed"] for row in rows})
    lines = []
    for recipe in recipes[1:]:
        gains = [accuracy[recipe, seed] - accuracy[recipes[0], seed] for seed in seeds]
        error = statistics.stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
        lines.append(f"{recipe!r}: {statistics.fmean(gains):+.4f} ± {error:.4f} to {recipes[0]!r}")
    return "\n".join(lines)


def changes(row):
    """Return what a recipe changes of the defaults of today, as in a call."""
    defaults = getattr(skfashion, row["estimator"])().get_params(deep=False)
    changed = (
        f"{name}={' '.join(value.split())}"  # that of a pipeline has several lines
        for name, value in row["parameters"].items()
        if name != "random_state" and value != repr(defaults[name])
    )
    recipe = ", ".join(changed) or "**the defaults**"
    return f"{recipe}; {row['images']:,} images" if row.get("images") else recipe


def main():
    parser = arguments(__doc__, show=True)
    parser.add_argument("estimator", nargs="?", help="class name, such as MiniVGGClassifier")
    parser.add_argument("recipes", nargs="*", default=[""], help="parameters, as in a call")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--held-out", type=int, default=10_000)
    parser.add_argument("--images", type=int, help="train on fewer")
    parser.add_argument("--by-epoch", action="store_true", help="score after each epoch, too")
    args = parser.parse_args()
    if args.show:
        print(markdown())
        return
    X, y = fashion_mnist()
    valid = slice(-args.held_out, None)
    train = slice(args.images or len(X) - args.held_out)
    estimator_class = getattr(skfashion, args.estimator)
    rows = []
    for seed in args.seeds:
        for recipe in args.recipes:
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
            if args.images:
                row["images"] = args.images
            rows.append(row)
            print(row, flush=True)
            RESULTS.mkdir(exist_ok=True)
            with (RESULTS / "recipes.jsonl").open("a") as file:
                file.write(json.dumps(row | environment()) + "\n")
    print(paired(rows))


if __name__ == "__main__":
    main()
