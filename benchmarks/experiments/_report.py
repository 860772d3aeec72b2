"""The page of results: what was reported beside what was measured."""

import re
import statistics
from pathlib import Path

from ._harness import RESULTS, read

DOCS = Path(__file__).parents[2] / "docs"
NOT_MEASURED = "not measured"
OF_A_SEED = re.compile(r"random_state=\d+|(?<=\))[0-9a-f]{16}$")
INTRODUCTION = """# Results

The references' experiments, as scikit-learn's own tools run them: what they report, and what was
measured here. This page is generated from `benchmarks/results/experiments/*.json` by
`python -m benchmarks.experiments report`; the tests check that it is current. A row that nobody has
measured yet says so.

Two command lines reproduce a row, NAME being its section's:

```bash
pip install -e ".[plots]"
python -m benchmarks.experiments NAME --seeds 3
```

`--list` names the experiments, `--quick` tries one within a minute on a few drawn garments. A run
that was stopped goes on where it was: fits that are recorded are skipped. To measure a row anew,
remove its records. `--long` also runs, without a GPU, what takes over half an hour on two cores.

The test images only report. Nothing is chosen by them, and no training is stopped by them: a
stratified 10,000 of the 60,000 training images are held out for that, and networks learn from the
other 50,000 unless a row says otherwise. Figures are means and standard deviations over seeds. "By
its protocol" is the reference's schedule, "ours" another one, chosen on held-out images: shorter,
unless the row says longer. Seconds are of one fit, the median of those on the hardware of the row's
last fit; in brackets, how many times as long the reference took, on another machine.
"""


def write_report(folder=RESULTS, docs=DOCS):
    """Draw the pictures and write the page."""
    from ._pictures import draw

    (docs / "images").mkdir(parents=True, exist_ok=True)
    draw(folder, docs / "images")
    (docs / "results.md").write_text(page(folder))
    print(f"written to {docs / 'results.md'}")


def page(folder=RESULTS):
    """Return the page."""
    from .__main__ import load, names

    return "\n".join([INTRODUCTION, *(section(name, load(name), folder) for name in names())])


def section(name, module, folder):
    """Return the section of an experiment."""
    title, _, text = module.__doc__.strip().partition("\n")
    records = read(folder / f"{name}.json")
    parts = [f"## `{name}`\n", title, text.strip(), reported_table(module.REPORTED, records)]
    parts += [part for part in EXTRAS.get(name, lambda records: [])(records) if part]
    if records:
        parts.append(f"Measured on {'; '.join(sorted({machine(one) for one in records}))}.")
    return "\n\n".join(part for part in parts if part).replace("\n\n\n", "\n\n") + "\n"


def reported_table(reported, records):
    """Return the table of what was reported and what was measured."""
    rows = []
    for one in reported:
        cells = [one.row, one.accuracy]
        for protocol in ("reference", "ours"):
            fits = of_last_schedule(of(records, one.row, protocol))
            cells += [accuracy(fits), seconds(fits, one.seconds)]
        rows.append([*cells, one.seconds or "-", one.differs or "-"])
    head = ["row", "reported", "by its protocol", "seconds", "ours", "seconds", "its seconds"]
    return table([*head, "what differs"], rows)


def table(head, rows):
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def of(records, row, protocol="ours"):
    """Return the records of a row."""
    return [one for one in records if (one["row"], one["protocol"]) == (row, protocol)]


def of_last_schedule(fits):
    """Return those fits that have the schedule of the last one: schedules change.

    Of a seed and the same data, the last fit counts. Those that a search has found differ from seed
    to seed, and are all returned.
    """
    by_seed = {}
    for fit in fits:
        if "curve" in fit or schedule(fit) == schedule(fits[-1]):
            key = fit["seed"], fit.get("data", {}).get("train")
            by_seed.pop(key, None)  # the last fit comes last
            by_seed[key] = fit
    return list(by_seed.values())


def schedule(fit):
    """Return the parameters of a fit, without seed and weights of what it started from."""
    return {name: OF_A_SEED.sub("", text) for name, text in fit["parameters"].items()}


def spread(values, digits=4):
    """Return mean and standard deviation of values as a text."""
    deviation = f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else ""
    return f"{statistics.fmean(values):.{digits}f}{deviation}"


def accuracy(fits, part="test"):
    """Return the accuracy of fits on a part of the data, with their number."""
    values = [fit[part]["accuracy"] for fit in fits if fit[part]]
    if not values:
        return NOT_MEASURED
    return f"{spread(values)} ({len(values)} {'fit' if len(values) == 1 else 'fits'})"


def seconds(fits, reported):
    """Return the median seconds of fits, and how many times as long the reference took.

    Only those fits count that ran on the same hardware as the last one.
    """
    if not fits:
        return "-"
    median = statistics.median(
        fit["seconds"] for fit in fits if hardware(fit) == hardware(fits[-1])
    )
    ratio = f" (x {int(reported.split()[0]) / median:.1f})" if reported else ""
    return f"{median:.0f}{ratio}"


def hardware(record):
    """Return the GPU, if a fit ran on one, and the processor."""
    where = record["environment"]
    gpu = f"{where['gpu']}, " if where["gpu"] and record["device"] != "cpu" else ""
    return f"{gpu}{where['cpu']}"


def machine(record):
    """Return what a fit ran on, and with what."""
    where = record["environment"]
    threads = "one thread" if where["threads"] == 1 else f"{where['threads']} threads"
    beside = where.get("side_by_side", 1)
    shared = f", {beside} runs side by side" if beside > 1 else ""
    return f"{hardware(record)}, {threads}, torch {where['torch']}{shared}"


# What single experiments add.


def effects(records):
    """Return tables of the grid: the effect of each option, and the best and the worst model."""
    from .lenet5 import GRID_ROW, N_SETTINGS

    fits = [fit for fit in of(records, GRID_ROW) if fit["validation"]]
    if not fits:
        return [f"The grid: {NOT_MEASURED}."]
    rows = []
    for name, by_value in options(fits).items():
        for value, those in by_value.items():
            of_validation = [fit["validation"]["accuracy"] for fit in those]
            of_seconds = statistics.fmean(fit["seconds"] for fit in those)
            epochs = [epochs_to_converge(fit) for fit in those]
            train = statistics.fmean(fit["train"]["accuracy"] for fit in those)
            cells = [name, value, len(those), f"{train:.4f}", spread(of_validation)]
            rows.append([*cells, f"{of_seconds:.0f}", spread(epochs, 1)])
    head = ["option", "value", "fits", "train", "held out", "seconds", "epochs to converge"]
    ordered = sorted(fits, key=lambda fit: -fit["validation"]["accuracy"])
    extremes = [
        [what, *(settings(fit)[name] for name in OPTIONS)]
        + [f"{fit[part]['accuracy']:.4f}" for part in ("train", "validation", "test")]
        + [f"{fit['seconds']:.0f}", epochs_to_converge(fit)]
        for what, fit in (("best", ordered[0]), ("worst", ordered[-1]))
    ]
    return [
        "The effect of each option, mean and deviation over all settings of the others. Converged: "
        "within .005 of the fit's best accuracy on held-out images."
        + unfinished(len(fits), N_SETTINGS),
        table(head, rows),
        table(["", *OPTIONS, "train", "held out", "test", "seconds", "converged"], extremes),
        "![Effects](images/results_effects.png)",
        "![Learning curves of the best and the worst](images/results_curves.png)",
    ]


def unfinished(n, n_all):
    """Return a sentence about a grid that is not complete yet."""
    if n >= n_all:
        return ""
    return f" {n} of {n_all} settings are measured yet: options are not beside the same others."


OPTIONS = ("activation", "pooling", "optimizer", "dropout", "augment")


def settings(fit):
    """Return the options of a fit of the grid as texts."""
    from skfashion import LeNet5Classifier

    defaults = LeNet5Classifier().get_params(deep=False)
    texts = {name: fit["parameters"].get(name, repr(defaults[name])) for name in OPTIONS}
    augment = "none" if texts["augment"] == "None" else "shift and flip"
    return {name: text.strip("'") for name, text in texts.items()} | {"augment": augment}


def options(fits):
    """Return fits by option and value."""
    groups = {name: {} for name in OPTIONS}
    for fit in fits:
        for name, value in settings(fit).items():
            groups[name].setdefault(value, []).append(fit)
    return groups


def epochs_to_converge(fit):
    """Return the first epoch within .005 of the best held-out accuracy."""
    curve = fit["history"]["valid_acc"]
    return 1 + next(i for i, value in enumerate(curve) if value >= max(curve) - 0.005)


def search(records):
    """Return a table of the best candidates of CNN5's search."""
    from .cnn5_mini_vgg import SEARCH_ROW

    fits = [fit for fit in of(records, SEARCH_ROW) if fit["validation"]]
    if not fits:
        return [f"The search: {NOT_MEASURED}."]
    # More images first: what came that far has won the rounds before.
    fits.sort(key=lambda fit: (-fit["images"], -fit["validation"]["accuracy"]))
    rows = [
        [f"{fit['images']:,}"]
        + [fit["parameters"].get(*one) for one in (("lr", "0.01"), ("shuffle", "True"))]
        + [fit["parameters"].get("patience", "10"), fit["epochs"]]
        + [f"{fit['validation']['accuracy']:.4f}", f"{fit['seconds']:.0f}"]
        for fit in fits[:8]
    ]
    head = ["images", "lr", "shuffle", "patience", "epochs", "held out", "seconds"]
    return ["The search's last candidates:", table(head, rows)]


def votes(records):
    """Return a table of recalls by class of the votes."""
    from skfashion.datasets._base import TARGET_NAMES

    from .v5_vote import DIFFERENT, SUFFIX, VOTE

    rows = [VOTE, DIFFERENT, VOTE + SUFFIX, DIFFERENT + SUFFIX]
    found = [
        (f"{row}, {protocol}", fit)
        for row, protocol in ((VOTE, "reference"), *((row, "ours") for row in rows))
        for fit in of(records, row, protocol)
    ]
    if not found:
        return []
    rows = [
        ["reported, vote of the five", *(REPORTED_RECALL.get(name, "-") for name in TARGET_NAMES)],
        *([what, *(f"{one:.3f}" for one in fit["test"]["recall"])] for what, fit in found),
    ]
    return [
        "Of each class, the fraction that is recognized:",
        table(["", *TARGET_NAMES], rows),
        "![Confusion of the vote](images/results_confusion.png)",
    ]


REPORTED_RECALL = {"T-shirt/top": ".911", "Pullover": ".926", "Coat": ".941", "Shirt": ".829"}


def intervals(records):
    """Return a table of cross-validated accuracies with corrected intervals."""
    from scipy.stats import t

    from .cross_validation import ESTIMATORS, N_SPLITS

    rows = []
    for name in ESTIMATORS:
        scores = [fit["validation"]["accuracy"] for fit in of(records, name) if fit["validation"]]
        if len(scores) < 2:
            rows.append([name, NOT_MEASURED, "-", len(scores)])
            continue
        n_test_to_train = 1 / (N_SPLITS - 1)
        error = statistics.stdev(scores) * (1 / len(scores) + n_test_to_train) ** 0.5
        half, mean = t.ppf(0.975, len(scores) - 1) * error, statistics.fmean(scores)
        rows.append([name, spread(scores), f"{mean - half:.4f} to {mean + half:.4f}", len(scores)])
    return [table(["estimator", "cross-validated accuracy", "95 % interval", "fits"], rows)]


def coarse_and_fine(records):
    """Return a table of accuracies on the classes of the document's group."""
    from .coarse_to_fine import GROUP, REPORTED

    rows = []
    for one in REPORTED:
        fits = of_last_schedule(of(records, one.row))
        if fits:
            inside = [statistics.fmean(fit["test"]["recall"][i] for i in GROUP) for fit in fits]
            shirts = [fit["test"]["recall"][6] for fit in fits]
            overall = [fit["test"]["accuracy"] for fit in fits]
            taken = [fit["seconds"] for fit in fits]
            rows.append([one.row, *map(spread, (overall, inside, shirts)), spread(taken, 0)])
    head = ["", "all classes", "T-shirts, pullovers, shirts", "shirts", "seconds"]
    return [table(head, rows)] if rows else []


def searches(records):
    """Return a table of how soon each search got how far, and the picture of it."""
    from .optuna_search import REPORTED, SECONDS

    moments = [SECONDS // 8, SECONDS // 4, SECONDS // 2, SECONDS]
    rows = []
    for one in REPORTED:
        fits = [fit for fit in of(records, one.row) if "curve" in fit]
        if fits:
            best = [
                [max((a for t, a in fit["curve"] if t <= moment), default=0.0) for fit in fits]
                for moment in moments
            ]
            trials = [fit["trials"] for fit in fits]
            pruned = [fit["pruned"] for fit in fits]
            rows.append([one.row, *map(spread, best), spread(trials, 0), spread(pruned, 0)])
    head = ["best held-out accuracy", *(f"after {moment} s" for moment in moments)]
    if not rows:
        return []
    picture = "![Best held-out accuracy over seconds](images/results_searches.png)"
    return [table([*head, "trials", "pruned"], rows), picture]


def photos(records):
    """Return a table of what the first one leaves out about photos."""
    from .photos import ROWS

    rows = []
    for row in ROWS:
        for fit in of(records, row)[-1:]:
            means = (fit["test"]["accuracy"], fit["mean_over_folders"], fit["not_found"])
            rows.append([row, fit["test"]["images"], *(f"{x:.3f}" for x in means), fit["ms"]])
    head = ["", "photos", "accuracy", "mean over folders", "no garment found", "ms a photo"]
    return [table(head, rows)] if rows else []


EXTRAS = {
    "photos": photos,
    "coarse_to_fine": coarse_and_fine,
    "optuna_search": searches,
    "cnn5_mini_vgg": search,
    "lenet5": effects,
    "v5_vote": votes,
    "cross_validation": intervals,
}
