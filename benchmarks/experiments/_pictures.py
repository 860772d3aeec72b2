"""The pictures of the page of results."""

import numpy as np

from ._harness import read


def draw(folder, images):
    """Draw those pictures whose records are there."""
    from .lenet5 import GRID_ROW
    from .v5_vote import SUFFIX, VOTE

    def of(name, row):
        fits = [one for one in read(folder / f"{name}.json") if one["row"] == row]
        return [one for one in fits if one["protocol"] == "ours"]

    grid = [one for one in of("lenet5", GRID_ROW) if one["validation"]]
    if grid:
        draw_effects(grid, images / "results_effects.png")
        draw_curves(grid, images / "results_curves.png")
    searches = [one for one in read(folder / "optuna_search.json") if one.get("curve")]
    if searches:
        draw_searches(searches, images / "results_searches.png")
    if found := of("v5_vote", VOTE) + of("v5_vote", VOTE + SUFFIX):
        draw_confusion(found[-1], images / "results_confusion.png")


def draw_searches(fits, path):
    """Draw the best held-out accuracy so far of each search, over its seconds, and their means."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
    rows = list(dict.fromkeys(fit["row"] for fit in fits))
    for row, color, style in zip(
        rows, ("0.5", "#0072b2", "#d55e00"), (":", "--", "-"), strict=False
    ):
        curves = [np.transpose(fit["curve"]) for fit in fits if fit["row"] == row]
        for seconds, best in curves:
            ax.step(seconds, best, where="post", color=color, alpha=0.35, linewidth=0.8)
        start = max(seconds[0] for seconds, _ in curves)  # each has its first trial
        moments = np.linspace(start, max(seconds[-1] for seconds, _ in curves), 500)
        so_far = [best[np.searchsorted(s, moments, side="right") - 1] for s, best in curves]
        ax.plot(moments, np.mean(so_far, axis=0), style, color=color, linewidth=2, label=row)
    ax.set_xlabel("seconds of search")
    ax.set_ylabel("best held-out accuracy")
    ax.legend()
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_effects(fits, path):
    """Draw the held-out accuracies of all fits of the grid, option by option."""
    import matplotlib.pyplot as plt

    from ._report import options

    groups = options(fits)
    figure, axes = plt.subplots(
        1, len(groups), figsize=(12.5, 3.2), sharey=True, layout="constrained"
    )
    for ax, (name, by_value) in zip(axes, groups.items(), strict=True):
        for i, those in enumerate(by_value.values()):
            values = [fit["validation"]["accuracy"] for fit in those]
            x = np.linspace(i - 0.15, i + 0.15, len(values))
            ax.plot(x, values, ".", color="0.6")
            ax.plot(i, np.mean(values), "_", color="#c93c37", markersize=22, markeredgewidth=2)
        ax.set_xticks(range(len(by_value)), by_value)
        ax.set_title(name, fontsize=10)
    axes[0].set_ylabel("held-out accuracy")
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_curves(fits, path):
    """Draw loss and accuracy, epoch by epoch, of the best and the worst fit."""
    import matplotlib.pyplot as plt

    ordered = sorted(fits, key=lambda fit: fit["validation"]["accuracy"])
    figure, axes = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    for what, fit, color in (("best", ordered[-1], "#1a7f37"), ("worst", ordered[0], "#c93c37")):
        for ax, kind in zip(axes, ("loss", "acc"), strict=True):
            for part, style in (("train", "--"), ("valid", "-")):
                curve = fit["history"][f"{part}_{kind}"]
                label = f"{what}, {'training' if part == 'train' else 'held out'}"
                ax.plot(range(1, len(curve) + 1), curve, style, color=color, label=label)
            ax.set_xlabel("epoch")
    axes[0].set_ylabel("loss")
    axes[1].set_ylabel("accuracy")
    axes[1].legend(fontsize=8)
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_confusion(fit, path):
    """Draw the confusion matrix of a fit on the test images."""
    import matplotlib.pyplot as plt
    from sklearn.metrics import ConfusionMatrixDisplay

    from skfashion.datasets._base import TARGET_NAMES

    confusion = np.array(fit["test"]["confusion"])
    figure, ax = plt.subplots(figsize=(6.5, 6), layout="constrained")
    ConfusionMatrixDisplay(confusion, display_labels=TARGET_NAMES).plot(
        ax=ax, cmap="Greens", xticks_rotation=45, colorbar=False, im_kw={"vmax": confusion.max()}
    )
    figure.savefig(path, dpi=80)
    plt.close(figure)
