"""
===========================================
Coarse-to-fine classification
===========================================

:class:`~skfashion.ensemble.CoarseToFineClassifier` finds confused classes by cross-validation,
trains a coarse classifier for which each group of them is one class, and a fine one within each
group.
"""

import matplotlib.pyplot as plt

from skfashion import CoarseToFineClassifier, LeNet5Classifier
from skfashion.datasets import make_garments

train, test = make_garments(600, random_state=0), make_garments(1000, random_state=1)
lenet = LeNet5Classifier(max_epochs=5, lr=0.004, batch_size=32, random_state=0)
two_steps = CoarseToFineClassifier(lenet, lenet, cv=3, min_confusion=0.05)
two_steps.fit(train.images, train.target)

names = train.target_names
for group in two_steps.groups_:
    print("a group:", ", ".join(names[group]))
print("test accuracy:", two_steps.score(test.images, test.target))

# %%
# Which classes are confused
# --------------------------
# The fraction of the garments of two classes that were predicted as the other one. Classes that are
# merged have their number in bold.
fig, ax = plt.subplots(figsize=(6.4, 5.6), layout="constrained")
drawn = ax.imshow(two_steps.confusion_, cmap="Blues")
fig.colorbar(drawn, ax=ax, shrink=0.8)
ax.set_xticks(range(10), names, rotation=45, ha="right")
ax.set_yticks(range(10), names)
for i, row in enumerate(two_steps.confusion_):
    for j, value in enumerate(row):
        if value >= 0.01:
            joined = value >= two_steps.min_confusion
            color = "white" if value > two_steps.confusion_.max() / 2 else "black"
            weight = "bold" if joined else "normal"
            ax.text(j, i, f"{value:.2f}", ha="center", va="center", color=color, weight=weight)
