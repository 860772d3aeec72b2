"""The CNNs of Fashion-MNIST as scikit-learn classifiers."""

from ._base import ImageClassifier
from ._cnn import CNN1ConvClassifier, CNN3ConvClassifier, CNN4ConvClassifier
from ._lenet import CNN5Classifier, LeNet5Classifier
from ._module import ModuleClassifier
from ._residual import V6Classifier, V7Classifier
from ._v5 import V5Classifier
from ._vgg import MiniVGGClassifier, V1Classifier, V2Classifier, V3Classifier, V4Classifier
from ._vgg19 import VGG19Classifier

__all__ = [
    "CNN1ConvClassifier",
    "CNN3ConvClassifier",
    "CNN4ConvClassifier",
    "CNN5Classifier",
    "ImageClassifier",
    "LeNet5Classifier",
    "MiniVGGClassifier",
    "ModuleClassifier",
    "V1Classifier",
    "V2Classifier",
    "V3Classifier",
    "V4Classifier",
    "V5Classifier",
    "V6Classifier",
    "V7Classifier",
    "VGG19Classifier",
]
