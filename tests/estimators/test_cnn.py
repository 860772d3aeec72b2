"""The classifiers of one, three and four convolutions have the networks of their reference."""

import pytest

from skfashion import CNN1ConvClassifier, CNN3ConvClassifier, CNN4ConvClassifier


def counted(classifier, image_shape=(28, 28, 1)):
    network = classifier.build_network(image_shape, 10)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


@pytest.mark.parametrize(
    ("cls", "n_parameters"),
    [
        (CNN1ConvClassifier, 693_962),
        (CNN3ConvClassifier, 241_546),
        (CNN4ConvClassifier, 1_219_754),
    ],
)
def test_number_of_parameters(cls, n_parameters):
    assert counted(cls()) == n_parameters


def test_rates_for_each_layer():
    assert counted(CNN3ConvClassifier(dropout=[0.1, 0.2, 0.3])) == 241_546
    with pytest.raises(ValueError, match="dropout"):
        counted(CNN3ConvClassifier(dropout=(0.1, 0.2)))
