"""Layers that are faster than torch's compute the same."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skfashion.networks import _fast

LAYOUTS = [torch.contiguous_format, torch.channels_last]


def outputs_and_gradients(layer, x):
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    y = layer(x)
    y.mul(torch.linspace(-1, 1, y.numel()).view_as(y)).sum().backward()
    return [y, x.grad, *(p.grad for p in layer.parameters())]


@settings(max_examples=25, deadline=None)
@given(
    layout=st.sampled_from(LAYOUTS),
    channels=st.integers(1, 20),
    height=st.integers(2, 13),
    width=st.integers(2, 13),
    size=st.integers(1, 3),
)
def test_average_pool(layout, channels, height, width, size):
    x = torch.randn(3, channels, max(height, size), max(width, size))
    x = x.to(memory_format=layout)
    ours = outputs_and_gradients(_fast.AvgPool2d(size), x)
    torch.testing.assert_close(ours, outputs_and_gradients(nn.AvgPool2d(size), x))


@settings(max_examples=25, deadline=None)
@given(
    layout=st.sampled_from(LAYOUTS),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
    n_images=st.sampled_from([1, 3, _fast.MANY]),
    height=st.integers(3, 13),
    width=st.integers(3, 13),
    size=st.integers(1, 3),
)
def test_max_pool(layout, dtype, n_images, height, width, size):
    x = torch.randn(n_images, 5, height, width).to(dtype=dtype, memory_format=layout)
    expected = nn.MaxPool2d(size)(x)
    with torch.no_grad():
        assert torch.equal(_fast.MaxPool2d(size)(x), expected)
    if dtype == torch.float32:
        ours = outputs_and_gradients(_fast.MaxPool2d(size), x)
        torch.testing.assert_close(ours, outputs_and_gradients(nn.MaxPool2d(size), x))


@settings(max_examples=25, deadline=None)
@given(size=st.sampled_from([1, 3, 5]), padding=st.integers(0, 6), side=st.integers(5, 12))
def test_convolution_with_much_padding(size, padding, side):
    ours = _fast.Conv2d(2, 3, size, padding)
    theirs = nn.Conv2d(2, 3, size, padding=padding)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 2, side, side)
    results = outputs_and_gradients(ours, x), outputs_and_gradients(theirs, x)
    torch.testing.assert_close(*results, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("activation", _fast.RISING)
@pytest.mark.parametrize("inside", [nn.MaxPool2d(2), nn.MaxPool2d(3), nn.AvgPool2d(2)])
def test_activation_around_a_pool(activation, inside):
    layers = [nn.Conv2d(1, 4, 3), activation(), inside, nn.Conv2d(4, 4, 2), activation()]
    x = torch.randn(2, 1, 14, 14)
    ours = outputs_and_gradients(_fast.Sequential(*layers), x)
    nn.Sequential(*layers).zero_grad()
    torch.testing.assert_close(ours, outputs_and_gradients(nn.Sequential(*layers), x))


def test_every_activation_that_can_be_chosen_rises():
    from skfashion.networks._layers import ACTIVATIONS

    x = torch.linspace(-5, 5, 1001)
    for activation in ACTIVATIONS.values():
        assert activation in _fast.RISING
        assert (activation()(x).diff() >= 0).all()


class TestDropout:
    @pytest.mark.parametrize("rate", [0.01, 0.2, 0.25, 0.5, 0.9])
    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
    def test_rate_and_mean(self, rate, dtype):
        y = _fast.Dropout(rate)(torch.ones(400_003, dtype=dtype))
        kept = (y != 0).double()
        spread = (rate * (1 - rate) / len(y)) ** 0.5
        assert abs(kept.mean() - (1 - rate)) < 5 * spread + 2**-16
        assert (y[y != 0] == torch.tensor(1 / (1 - rate), dtype=dtype)).double().mean() > 0.999 or (
            y[y != 0] - 1 / (1 - rate)
        ).abs().max() < 1e-2

    def test_neighbours_are_independent(self):
        dropped = (_fast.Dropout(0.5)(torch.ones(400_000)) == 0).double()
        for shift in (1, 2, 3, 4, 8):
            both = (dropped[shift:] * dropped[:-shift]).mean()
            assert abs(both - 0.25) < 0.005
        assert abs(dropped.view(-1, 4).mean(0) - 0.5).max() < 0.01

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_gradient_is_dropped_where_the_value_is(self, layout):
        x = torch.randn(4, 6, 5, 3).to(memory_format=layout).requires_grad_()
        y = _fast.Dropout(0.4)(x)
        y.sum().backward()
        torch.testing.assert_close(y, x.grad * x)
        assert y.is_contiguous(memory_format=layout)

    def test_nothing_is_dropped_in_prediction(self):
        x = torch.randn(10)
        assert torch.equal(_fast.Dropout(0.5).eval()(x), x)

    def test_values_that_lie_apart(self):
        x = torch.ones(8, 6)[:, ::2]
        y = _fast.Dropout(0.5)(x)
        assert y.shape == x.shape
        assert set(y.flatten().tolist()) == {0.0, 2.0}

    def test_seed_decides(self):
        draws = []
        for seed in (0, 0, 1):
            torch.manual_seed(seed)
            draws.append(_fast.Dropout(0.5)(torch.ones(100)))
        assert torch.equal(draws[0], draws[1])
        assert not torch.equal(draws[0], draws[2])
