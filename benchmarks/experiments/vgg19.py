"""VGG-19: a head on its frozen backbone, on random weights at small scale, or the real ones.

Without ``--weights`` the backbone is random, images have 32 x 32 pixels and 10,000 of them are
learned from: that the pipeline runs, not what ImageNet's features are worth. With the weights it is
the reference's protocol, all of it, which takes a GPU.
"""

import warnings

from skfashion import VGG19Classifier

from ._harness import PLAIN, Reported

REAL, RANDOM = "ImageNet's weights, 150 x 150", "random weights, 32 x 32, 10,000 images"
REPORTED = [
    Reported(REAL, ".7664", differs="The weights are not part of this package: give `--weights`."),
    Reported(RANDOM, "-", differs="Not in the reference."),
]
REFERENCE = PLAIN | {
    "optimizer": "adam",
    "lr": 1e-3,
    "batch_size": 256,
    "max_epochs": 50,
}


def run(experiment):
    """Train the head, on random features and, if there are weights, on ImageNet's."""
    data = experiment.data
    X, y = data.train_set
    n_images = 40 if experiment.quick else 10_000
    for seed in experiment.seeds:
        one = VGG19Classifier(image_size=32, random_state=seed)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="weights=None")
            fit = experiment.recorded(one, RANDOM)
            fit.fit(X[:n_images], y[:n_images], **data.validation)
        if experiment.weights:
            one = VGG19Classifier(**REFERENCE, weights=experiment.weights, random_state=seed)
            fit = experiment.recorded(one, REAL, protocol="reference")
            fit.fit(X, y, **data.validation)
