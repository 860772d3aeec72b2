"""One, three and four convolutions, before and after a training with augmentation."""

from sklearn.base import clone
from sklearn.model_selection import train_test_split

from skfashion import (
    CNN1ConvClassifier,
    CNN3ConvClassifier,
    CNN4ConvClassifier,
    RandomHorizontalFlip,
)
from skfashion.augmentation import rotate_shift_shear_zoom

from ._harness import PLAIN, Reported

STEPS = (
    "10 epochs, then 50 more with augmentation that start from these weights; Adam's moments "
    "start anew. The short schedule is one training."
)
REPORTED = [
    Reported("1 convolution", ".9104", differs="10 epochs; 48,000 images, as there."),
    Reported("1 convolution, augmentation", ".9229", differs=STEPS),
    Reported("3 convolutions", ".9079", differs="As with 1 convolution."),
    Reported("3 convolutions, augmentation", ".9117", differs=STEPS),
    Reported("4 convolutions", ".9052", differs="As with 1 convolution."),
    Reported("4 convolutions, augmentation", ".9352", differs=STEPS),
]

REFERENCE = PLAIN | {
    "optimizer": "adam",
    "lr": 1e-3,
    "batch_size": 256,
    "max_epochs": 10,
}
CLASSES = {
    "1 convolution": CNN1ConvClassifier,
    "3 convolutions": CNN3ConvClassifier,
    "4 convolutions": CNN4ConvClassifier,
}
# Epochs without and with augmentation. Dropout in their convolutional parts makes the two larger
# ones learn slowly.
EPOCHS = {"1 convolution": (8, 12), "3 convolutions": (16, 30), "4 convolutions": (8, 24)}


def run(experiment):
    """Train the three networks without and with augmentation, by both schedules."""
    data = experiment.data
    train, valid = train_test_split(range(len(data.y)), test_size=0.2, random_state=0)
    fit_on = {"X": data.X[train], "y": data.y[train]}
    fit_on |= {"X_val": data.X[valid], "y_val": data.y[valid]}
    for seed in experiment.seeds:
        for row, classifier in CLASSES.items():
            without, with_flips = EPOCHS[row]
            one = classifier(max_epochs=without, random_state=seed)
            experiment.recorded(one, row).fit(**fit_on)
            one = clone(one).set_params(
                max_epochs=with_flips, augment=RandomHorizontalFlip(), tta="flip"
            )
            experiment.recorded(one, f"{row}, augmentation").fit(**fit_on)

    for seed in experiment.seeds:
        for row, classifier in CLASSES.items():
            one = classifier(**REFERENCE, random_state=seed)
            before = experiment.recorded(one, row, protocol="reference", keep=True).fit(**fit_on)
            after = clone(one).set_params(
                max_epochs=50, augment=rotate_shift_shear_zoom(), init_from=before.fitted()
            )
            fit = experiment.recorded(after, f"{row}, augmentation", protocol="reference")
            fit.fit(**fit_on)
