"""Weights are drawn once, from the distribution that suits what follows."""

import math

import pytest
import torch
from torch import nn

from skfashion.networks._initialization import DrawnLater, Linear, initialize
from skfashion.networks._layers import convolution, dense_layers, plain_convolution


def drawn(layer):
    initialize(layer, torch.Generator().manual_seed(0))
    return layer


@pytest.mark.parametrize(
    ("activation", "gain"),
    [("relu", 2**0.5), ("leaky_relu", 2**0.5), ("elu", 2**0.5), ("tanh", 5 / 3), ("sigmoid", 1)],
)
def test_variance_is_kept_from_layer_to_layer(activation, gain):
    layers = [drawn(convolution(40, 50, activation=activation)[0])]
    layers.append(drawn(dense_layers(360, (200,), activation=activation)[0][0]))
    for layer in layers:
        bound = gain * math.sqrt(3 / 360)
        assert bound * 0.98 < layer.weight.abs().max() <= bound
        assert abs(layer.weight.std() / (bound / math.sqrt(3)) - 1) < 0.02
        assert not layer.bias.any()


def test_plain_convolutions_are_drawn_as_torchs():
    ours = drawn(plain_convolution(8, 500, 3))
    theirs = nn.Conv2d(8, 500, 3)
    for value, other in ((ours.weight, theirs.weight), (ours.bias, theirs.bias)):
        assert abs(value.abs().max() / other.abs().max() - 1) < 0.02
        assert abs(value.std() / other.std() - 1) < 0.1


@pytest.mark.parametrize("make", [lambda: Linear(3, 2), lambda: plain_convolution(3, 2)])
def test_making_a_layer_draws_nothing(make):
    before = torch.get_rng_state()
    assert isinstance(make(), DrawnLater)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_generator_on_another_device():
    """The numbers are drawn where the generator is, and copied."""
    layer = Linear(3, 2, device="meta")
    initialize(layer, torch.Generator())
    assert layer.weight.device.type == "meta"


def test_layers_that_keep_their_weights():
    layer = Linear(3, 2)
    layer.initialization = None
    with torch.no_grad():
        layer.weight.fill_(7)
    initialize(layer)
    assert (layer.weight == 7).all()


def test_a_convolution_that_begins_as_an_identity():
    layer = drawn(convolution(3, 5, activation="relu", begins_as_identity=True)[0])
    x = torch.rand(2, 3, 6, 6)
    assert torch.allclose(layer(x)[:, :3], x)
    assert layer.weight[3:].abs().sum() > 0
