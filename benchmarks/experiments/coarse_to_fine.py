"""A coarse classifier and a fine one within a group, beside the plain one at equal seconds.

The idea of document 003: T-shirts, pullovers and shirts are one class of a first network, and a
second one tells the three apart. The two see each training image of a group twice as often as the
others; the plain network trains for as many epochs more as make up for that. The groups are the
document's, or those that a cross-validation on training images finds.
"""

import numpy as np
from sklearn.base import clone

from skfashion import LeNet5Classifier, MiniVGGClassifier, RandomHorizontalFlip
from skfashion.ensemble import CoarseToFineClassifier

from ._harness import Reported

GROUP = [0, 2, 6]  # T-shirts, pullovers, shirts
KINDS = {"the document's group": [GROUP], "groups that were found": None}
FINE, PLAIN = "coarse to fine", "plain, as many seconds"
REPORTED = [
    Reported(f"{what}, {which}", "-", differs="The document names the idea, and no figure.")
    for which in KINDS
    for what in (FINE, PLAIN)
]
N_FOUND_ON = 12_000  # images
LENET5 = LeNet5Classifier(activation="relu", pooling="max", max_epochs=4, random_state=0)
MINI_VGG = MiniVGGClassifier(max_epochs=8, augment=RandomHorizontalFlip(), tta="flip")


def run(experiment):
    """Train coarse to fine, and the plain network for as long."""
    data = experiment.data
    for which, groups in KINDS.items():
        if groups is None:
            groups = found_groups(experiment)
        fraction = np.isin(data.y, [label for group in groups for label in group]).mean()
        for seed in experiment.seeds:
            part = clone(MINI_VGG).set_params(random_state=seed)
            fine = CoarseToFineClassifier(part, part, groups=groups)
            plain = clone(part).set_params(max_epochs=round(part.max_epochs * (1 + fraction)))
            for what, classifier in ((FINE, fine), (PLAIN, plain)):
                experiment.recorded(classifier, f"{what}, {which}").fit(data.X, data.y)


def found_groups(experiment):
    """Return the groups that LeNet-5 confuses in a cross-validation of training images."""
    data, lenet = experiment.data, clone(LENET5)
    experiment.shorten(lenet)
    few = slice(N_FOUND_ON)
    return CoarseToFineClassifier(lenet, lenet, cv=3).fit(data.X[few], data.y[few]).groups_
