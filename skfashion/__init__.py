"""The CNNs of Fashion-MNIST as scikit-learn estimators."""

from . import augmentation, datasets
from .augmentation import RandomHorizontalFlip, RandomShift
from .estimators import LeNet5Classifier, MiniVGGClassifier, V5Classifier

__version__ = "0.1.0"

__all__ = [
    "LeNet5Classifier",
    "MiniVGGClassifier",
    "RandomHorizontalFlip",
    "RandomShift",
    "V5Classifier",
    "augmentation",
    "datasets",
]
