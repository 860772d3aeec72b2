"""The filters of a convolution."""

import numpy as np
import pytest

from skfashion.inspection import FilterDisplay


def test_the_first_convolution(fitted):
    display = FilterDisplay.from_estimator(fitted)
    weights = fitted.module_.convolutions[0].weight.detach().numpy()
    assert display.ax_.get_title() == "convolutions.0: 6 filters of 5 x 5"
    for i in range(6):
        tile = display.image_.get_array()[:, 6 * i : 6 * i + 5]
        np.testing.assert_allclose(tile, weights[i, 0])


def test_the_middle_of_the_scale_is_zero(fitted):
    low, high = FilterDisplay.from_estimator(fitted).image_.get_clim()
    assert low == -high
    np.testing.assert_allclose(high, fitted.module_.convolutions[0].weight.abs().max().item())


def test_several_channels(fitted):
    layer = "convolutions.3"
    display = FilterDisplay.from_estimator(fitted, layer=layer, n_filters=3, n_channels=4)
    assert display.image_.get_array().shape == (3 * 6 - 1, 4 * 6 - 1)
    assert display.ax_.get_title() == "convolutions.3: 3 of 16 filters of 5 x 5"
    assert display.ax_.get_xlabel() == "a column for each of 4 channels (of 6)"


def test_errors(fitted, dense):
    with pytest.raises(
        ValueError, match=r"layer='convolutions.1' is not known; .*'convolutions.3'"
    ):
        FilterDisplay.from_estimator(fitted, layer="convolutions.1")
    with pytest.raises(ValueError, match=r"WrappedNetwork has no convolution \(torch.nn.Conv2d\)"):
        FilterDisplay.from_estimator(dense)
    for name in ("n_filters", "n_channels"):
        with pytest.raises(ValueError, match=f"{name}=0"):
            FilterDisplay.from_estimator(fitted, **{name: 0})
