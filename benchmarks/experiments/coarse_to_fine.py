"""A coarse classifier and a fine one within a group, beside the plain one at equal seconds.

The idea of document 003: T-shirts, pullovers and shirts are one class of a first network, and a
second one tells the three apart. The two see each training image of a group twice as often as the
others; the plain network trains for as many epochs more as make up for that. The groups are the
document's, or those that a cross-validation on training images finds. No test image is used for a
choice.
"""

import time

import numpy as np
from sklearn.metrics import recall_score

from skfashion import LeNet5Classifier, MiniVGGClassifier, RandomHorizontalFlip
from skfashion.datasets import fetch_fashion_mnist
from skfashion.ensemble import CoarseToFineClassifier

from .._environment import data_home

GROUP = [0, 2, 6]  # T-shirts, pullovers, shirts


def load(quick):
    """Return training images and labels, test images and labels."""
    parts = []
    for subset, n in (("train", 2000), ("test", 1000)):
        X, y = fetch_fashion_mnist(subset=subset, data_home=data_home(), return_X_y=True)
        parts += [X[:n], y[:n]] if quick else [X, y]
    return parts


def find_groups(X, y):
    """Return the groups that LeNet-5 confuses in a cross-validation of training images."""
    lenet = LeNet5Classifier(activation="relu", pooling="max", max_epochs=4, random_state=0)
    return CoarseToFineClassifier(lenet, lenet, cv=3).fit(X[:12_000], y[:12_000]).groups_


def run(quick=False, seeds=3):
    """Run the experiment.

    Parameters
    ----------
    quick : bool, default=False
        LeNet-5 on few images, to see that it runs.
    seeds : int, default=3
        Number of seeds, counted from 0.

    Yields
    ------
    dict
        The result of a fit, as soon as it ends: accuracy on all test images and on those of the
        group, recall of each class of the group, and seconds of training.
    """
    X, y, X_test, y_test = load(quick)
    epochs = 4 if quick else 8
    network = LeNet5Classifier if quick else MiniVGGClassifier
    in_group = np.isin(y_test, GROUP)
    for which, groups in (("document", [GROUP]), ("found", find_groups(X, y))):
        fraction = np.isin(y, [label for group in groups for label in group]).mean()
        for seed in range(seeds):
            shared = {"augment": RandomHorizontalFlip(), "tta": "flip", "random_state": seed}
            part = network(max_epochs=epochs, **shared)
            classifiers = {
                "coarse to fine": CoarseToFineClassifier(part, part, groups=groups),
                "plain": network(max_epochs=round(epochs * (1 + fraction)), **shared),
            }
            for name, classifier in classifiers.items():
                start = time.perf_counter()
                classifier.fit(X, y)
                seconds = time.perf_counter() - start
                predicted = classifier.predict(X_test)
                recall = recall_score(y_test, predicted, labels=GROUP, average=None)
                yield {
                    "classifier": name,
                    "groups": which,
                    "labels": groups,
                    "seed": seed,
                    "fit_seconds": seconds,
                    "test_accuracy": float(np.mean(predicted == y_test)),
                    "test_accuracy_0_2_6": float(np.mean((predicted == y_test)[in_group])),
                    "test_recall_0_2_6": recall.tolist(),
                }
