"""Networks that are larger than their weights say."""

import resource

import pytest
import torch

from skfashion import V6Classifier, networks
from skfashion.inference import Budget
from skfashion.networks import V5, LeNet5

LENET = {"activation": "tanh", "pooling": "avg", "batch_norm": False, "dropout": 0.0}


def lenet(shape=(28, 28, 1), n_classes=10, hidden_units=(120, 84)):
    return LeNet5(shape, n_classes, hidden_units=hidden_units, **LENET)


def n_weights(network):
    return sum(weight.numel() for weight in network.state_dict().values())


def test_a_network_of_its_own_weights_is_built():
    expected = lenet()
    with Budget(n_weights(expected)):
        network = lenet()
    assert network.state_dict().keys() == expected.state_dict().keys()


@pytest.mark.parametrize(
    "build",
    [
        lambda: lenet(hidden_units=(10**9,)),
        lambda: lenet(hidden_units=(20_000, 20_000)),
        lambda: lenet(n_classes=10**9),
        lambda: lenet(shape=(10**5, 10**5, 1)),
        lambda: lenet(shape=(28, 28, 10**9)),
        lambda: lenet(hidden_units=[3000] * 900),
        lambda: V5((4000, 4000, 1), 10, width=16),
        lambda: V6Classifier(width=64).build_network((2000, 2000, 1), 10),
        lambda: networks.VGG19(
            (28, 28, 1), 3, image_size=5000, fine_tune=0, hidden_units=(8,), dropout=0, weights=None
        ),
    ],
)
def test_larger_ones_are_not(build):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match="out of proportion"), Budget(100_000):
        build()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB
    assert torch.is_grad_enabled()  # what building has switched off is switched on again
