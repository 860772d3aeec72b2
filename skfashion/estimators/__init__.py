"""The CNNs of Fashion-MNIST as scikit-learn classifiers."""

from ._base import ImageClassifier
from ._lenet import LeNet5Classifier
from ._v5 import V5Classifier
from ._vgg import MiniVGGClassifier

__all__ = ["ImageClassifier", "LeNet5Classifier", "MiniVGGClassifier", "V5Classifier"]
