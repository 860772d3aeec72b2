"""A coarse classifier and a fine one within a group, beside the plain one at equal seconds.

The idea of document 003: T-shirts, pullovers and shirts are one class of a first network, and a
second one tells the three apart. The two see each training image of a group twice as often as the
others; the plain network trains for as many epochs more as make up for that. The groups are the
document's, or those that a cross-validation on training images finds. LeNet-5 shows it on two
cores, mini_VGG on a GPU or with `--long`.
"""

import numpy as np
from sklearn.base import clone

from skfashion import LeNet5Classifier, MiniVGGClassifier, RandomHorizontalFlip
from skfashion.ensemble import CoarseToFineClassifier

from ._harness import Reported

GROUP = [0, 2, 6]  # T-shirts, pullovers, shirts
KINDS = {"the document's group": [GROUP], "groups that were found": None}
FINE, PLAIN = "coarse to fine", "plain, as many seconds"
FLIPS = {"augment": RandomHorizontalFlip(), "tta": "flip"}
LENET5 = LeNet5Classifier(activation="relu", pooling="max", **FLIPS)
NETWORKS = {"LeNet-5": LENET5, "mini_VGG": MiniVGGClassifier(max_epochs=8, **FLIPS)}
LONG = ("mini_VGG",)
REPORTED = [
    Reported(f"{name}, {what}, {which}", "-", differs="The document names the idea, and no figure.")
    for name in NETWORKS
    for which in KINDS
    for what in (FINE, PLAIN)
]
N_FOUND_ON = 12_000  # images


def run(experiment):
    """Train coarse to fine, and the plain network for as long."""
    data = experiment.data
    for which, groups in KINDS.items():
        if groups is None:
            groups = found_groups(experiment)
        fraction = np.isin(data.y, [label for group in groups for label in group]).mean()
        for name, network in NETWORKS.items():
            if name not in LONG or experiment.has_time_for(f"{name}, {which}"):
                compare(experiment, name, network, which, groups, fraction)


def compare(experiment, name, network, which, groups, fraction):
    """Train a network coarse to fine, and plain for as many epochs more as that takes."""
    data = experiment.data
    for seed in experiment.seeds:
        part = clone(network).set_params(random_state=seed)
        fine = CoarseToFineClassifier(part, part, groups=groups)
        plain = clone(part).set_params(max_epochs=round(part.max_epochs * (1 + fraction)))
        for what, classifier in ((FINE, fine), (PLAIN, plain)):
            row = f"{name}, {what}, {which}"
            experiment.recorded(classifier, row).fit(data.X, data.y)


def found_groups(experiment):
    """Return the groups that LeNet-5 confuses in a cross-validation of training images."""
    data, lenet = experiment.data, clone(LENET5).set_params(max_epochs=4, random_state=0)
    experiment.shorten(lenet)
    few = slice(N_FOUND_ON)
    return CoarseToFineClassifier(lenet, lenet, cv=3).fit(data.X[few], data.y[few]).groups_
