"""Parts of networks are made by their names."""

import pytest
import torch

from skfashion.networks import _layers


@pytest.mark.parametrize("name", _layers.ACTIVATIONS)
def test_every_activation_that_can_be_chosen_is_monotonic(name):
    y = _layers.activation_layer(name)(torch.linspace(-5, 5, 1001))
    assert (y.diff() >= 0).all()


@pytest.mark.parametrize("name", _layers.POOLINGS)
def test_pools_divide_the_size(name):
    assert _layers.pooling_layer(name, 3)(torch.zeros(1, 2, 9, 6)).shape == (1, 2, 3, 2)


def test_unknown_names():
    with pytest.raises(ValueError, match="activation='rellu' is not known.* mean 'relu'"):
        _layers.activation_layer("rellu")
    with pytest.raises(ValueError, match="pooling='mean' is not known; it can be 'max', 'avg'"):
        _layers.pooling_layer("mean")


def test_order_of_dense_layers():
    layers, n_features = _layers.dense_layers(
        6, (5, 4), activation="relu", dropout=0.5, flat_norm=True, batch_norm=True
    )
    names = [type(layer).__name__ for layer in layers]
    each = ["Linear", "ReLU", "BatchNorm", "Dropout"]
    assert names == ["BatchNorm", *each, *each]
    assert n_features == 4
    layers, _ = _layers.dense_layers(6, 5, activation="tanh", norm_first=True, last_norm=True)
    assert [type(x).__name__ for x in layers] == ["BatchNorm", "Linear", "Tanh", "BatchNorm"]
