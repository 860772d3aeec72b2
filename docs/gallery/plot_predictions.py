"""
Garments of the test set, and what a classifier takes them for
==============================================================

The first garment of each class, and below it one of that class that the classifier takes
for something else, if there is one. Draws ``docs/images/predictions.png`` with the model
that the main job writes:

    python -m skfashion
    python docs/gallery/plot_predictions.py skfashion-output/minivgg.skfashion
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from skfashion import load
from skfashion.datasets import fetch_fashion_mnist

DOCS = Path(__file__).parents[1]
REAL_DATA = DOCS.parents[1] / "shared" / "fashion-mnist"
RIGHT, WRONG = "#1a7f37", "#c93c37"


def main():
    classifier = load(sys.argv[1])
    home = REAL_DATA if REAL_DATA.exists() else None
    test = fetch_fashion_mnist(subset="test", data_home=home)
    names = test.target_names
    probabilities = classifier.predict_proba(test.images)
    predicted = classifier.classes_[probabilities.argmax(axis=1)]
    truth = names[test.target]
    figure, axes = plt.subplots(2, 10, figsize=(12.5, 3.6), layout="constrained")
    for column, name in enumerate(names):
        for row, right in enumerate((True, False)):
            found = np.flatnonzero((truth == name) & ((predicted == truth) == right))
            ax = axes[row, column]
            ax.set(xticks=[], yticks=[])
            if not len(found):
                ax.set_axis_off()
                continue
            ax.imshow(test.images[found[0]], cmap="gray")
            ax.set_title(name if row == 0 else f"is: {name}", fontsize=9, color="0.25")
            label = f"{predicted[found[0]]}\n{probabilities[found[0]].max():.0%}"
            ax.set_xlabel(label, fontsize=9, color=RIGHT if right else WRONG)
            for spine in ax.spines.values():
                spine.set_visible(False)
    figure.savefig(DOCS / "images" / "predictions.png", dpi=80)


if __name__ == "__main__":
    main()
