"""What each layer makes of an image."""

import copy

import numpy as np
import pytest
import torch
from torch.nn import functional

from skfashion.inspection import ActivationMapDisplay


def test_an_axes_for_the_image_and_one_for_each_layer(fitted, data):
    display = ActivationMapDisplay.from_estimator(fitted, data[0])
    labels = [ax.get_ylabel() for ax in display.axes_]
    assert labels[0] == "the image"
    assert labels[1].startswith("convolutions.1\nReLU, 6 maps of 28 x 28")
    assert labels[2].startswith("convolutions.4\nReLU, 16 maps of 10 x 10")
    np.testing.assert_allclose(display.images_[0].get_array(), data[0][0] / 255)


def test_the_maps_are_those_of_the_network(fitted, data):
    maps = ActivationMapDisplay.from_estimator(fitted, data[0]).maps["convolutions.1"]
    conv = fitted.module_.convolutions[0]
    x = torch.tensor((data[0][:1, None] - fitted.mean_) / fitted.std_, dtype=torch.float32)
    with torch.no_grad():
        wanted = functional.conv2d(x, conv.weight, conv.bias, padding=2).relu()[0]
    np.testing.assert_allclose(maps, wanted, atol=1e-5)


def test_dead_maps_are_crossed_out(fitted, data):
    broken = copy.deepcopy(fitted)
    with torch.no_grad():
        broken.module_.convolutions[0].bias[2] = -1e6
    display = ActivationMapDisplay.from_estimator(broken, data[0][:40])
    assert display.dead["convolutions.1"].tolist() == [False, False, True, False, False, False]
    assert len(display.axes_[1].lines) == 2
    assert display.axes_[1].get_ylabel().endswith("\n1 dead")
    (left, right), _ = display.axes_[1].lines[0].get_data()
    assert display.images_[1].get_array()[:, int(left + 0.5) : int(right + 0.5)].max() == 0


def test_a_map_that_any_image_wakes_is_not_dead(fitted, data):
    blank = np.zeros_like(data[0][:1])
    alone = ActivationMapDisplay.from_estimator(fitted, blank).dead["convolutions.4"]
    among = ActivationMapDisplay.from_estimator(fitted, np.concatenate([blank, data[0][:40]]))
    assert among.dead["convolutions.4"].sum() <= alone.sum()
    assert not among.dead["convolutions.1"].any()


def test_only_so_many_maps(fitted, data):
    display = ActivationMapDisplay.from_estimator(fitted, data[0], n_maps=4)
    assert display.images_[2].get_array().shape == (10, 43)
    assert "16 maps" in display.axes_[2].get_ylabel()


@pytest.mark.parametrize("layers", ["convolutions.5", ["convolutions.0", "convolutions"]])
def test_chosen_layers(layers, fitted, data):
    display = ActivationMapDisplay.from_estimator(fitted, data[0][:3], layers=layers)
    assert list(display.maps) == ([layers] if isinstance(layers, str) else layers)


def test_errors(fitted, data):
    with pytest.raises(ValueError, match=r"layers='convolution.1' .* mean 'convolutions.1'"):
        ActivationMapDisplay.from_estimator(fitted, data[0], layers=["convolution.1"])
    with pytest.raises(ValueError, match="layers='hidden.0' is not known"):
        ActivationMapDisplay.from_estimator(fitted, data[0], layers=["hidden.0"])
    with pytest.raises(ValueError, match=r"layers=\[\] has no name"):
        ActivationMapDisplay.from_estimator(fitted, data[0], layers=[])
    with pytest.raises(ValueError, match="n_maps=0"):
        ActivationMapDisplay.from_estimator(fitted, data[0], n_maps=0)


def test_images_in_reverse_order(fitted, data):
    X = data[0]
    maps = ActivationMapDisplay.from_estimator(fitted, X[::-1]).maps
    wanted = ActivationMapDisplay.from_estimator(fitted, X[::-1].copy()).maps
    for name, of_layer in maps.items():
        assert (of_layer == wanted[name]).all()


@pytest.mark.parametrize("layers", [3, []])
def test_layers_without_names(fitted, data, layers):
    with pytest.raises(ValueError, match="layers=.* has no name of a layer"):
        ActivationMapDisplay.from_estimator(fitted, data[0], layers=layers)
