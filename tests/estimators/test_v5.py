"""The classifier on v5 has the network of its reference."""

import pytest
import torch

from skfashion import V5Classifier


@pytest.mark.parametrize("activation", ["relu", "elu"])
def test_number_of_parameters(activation):
    network = V5Classifier(activation=activation).build_network((28, 28, 1), 10)
    assert sum(weight.numel() for weight in network.parameters()) == 902_154


def test_the_penalty_is_that_of_the_dense_layers():
    network = V5Classifier(width=4, l2=0.5).build_network((28, 28, 1), 10)
    dense = [x for x in network.modules() if isinstance(x, torch.nn.Linear)]
    wanted = 0.5 * sum(layer.weight.square().sum() for layer in dense)
    torch.testing.assert_close(network.penalty(), wanted)
    assert V5Classifier(width=4, l2=0).build_network((28, 28, 1), 10).penalty() is None
