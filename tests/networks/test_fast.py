"""Layers that are faster than torch's compute the same."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from skfashion.networks import _fast
from skfashion.networks._initialization import initialize
from skfashion.networks._layers import ACTIVATIONS

LAYOUTS = [torch.contiguous_format, torch.channels_last]


def outputs_and_gradients(layer, x):
    x = x.clone(memory_format=torch.preserve_format).requires_grad_()
    y = layer(x)
    y.mul(torch.linspace(-1, 1, y.numel()).view_as(y)).sum().backward()
    return [y, x.grad, *(p.grad for p in layer.parameters())]


@settings(max_examples=25, deadline=None)
@given(
    layout=st.sampled_from(LAYOUTS),
    dtype=st.sampled_from([torch.float32, torch.bfloat16]),
    channels=st.integers(1, 20),
    height=st.integers(2, 13),
    width=st.integers(2, 13),
    size=st.integers(1, 3),
)
def test_average_pool(layout, dtype, channels, height, width, size):
    x = torch.randn(3, channels, max(height, size), max(width, size))
    x = x.to(dtype=dtype, memory_format=layout)
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
    initialize(ours)
    theirs = nn.Conv2d(2, 3, size, padding=padding)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 2, side, side)
    results = outputs_and_gradients(ours, x), outputs_and_gradients(theirs, x)
    torch.testing.assert_close(*results, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("activation", ACTIVATIONS.values())
@pytest.mark.parametrize("inside", [nn.MaxPool2d(2), nn.MaxPool2d(3), nn.AvgPool2d(2)])
def test_activation_around_a_pool(activation, inside):
    layers = [nn.Conv2d(1, 4, 3), activation(), inside, nn.Conv2d(4, 4, 2), activation()]
    x = torch.randn(2, 1, 14, 14)
    ours = outputs_and_gradients(_fast.Sequential(*layers), x)
    nn.Sequential(*layers).zero_grad()
    torch.testing.assert_close(ours, outputs_and_gradients(nn.Sequential(*layers), x))


@pytest.mark.parametrize(
    "activation", [nn.LeakyReLU(-0.5), nn.ELU(-2.0), nn.Hardswish(), nn.GELU()]
)
def test_activations_that_fall_run_before_the_pool(activation):
    layers = [nn.Conv2d(1, 4, 3), activation, nn.MaxPool2d(2)]
    x = torch.randn(2, 1, 14, 14)
    assert torch.equal(_fast.Sequential(*layers)(x), nn.Sequential(*layers)(x))


def test_subclasses_of_layers_run_as_they_are():
    class Kept(nn.Conv2d):
        def forward(self, x):
            self.output = super().forward(x)
            return self.output

    class Falling(nn.ReLU):
        def forward(self, x):
            return -super().forward(x)

    layers = [Kept(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3), Falling(), nn.MaxPool2d(2)]
    x = torch.randn(2, 1, 14, 14)
    assert torch.equal(_fast.Sequential(*layers)(x), nn.Sequential(*layers)(x))
    assert layers[0].output.min() < 0


@pytest.mark.parametrize("first", [nn.Identity(), nn.Dropout(0.5), nn.Sequential(), None])
def test_images_are_not_overwritten(first):
    x = torch.randn(40, 1, 4, 4)
    layers = [nn.ReLU()] if first is None else [first, nn.ReLU()]
    kept = x.clone()
    with torch.no_grad():
        _fast.Sequential(*layers).eval()(x)
        _fast.Sequential(_fast.MaxPool2d(1), nn.ReLU()).eval()(x)
    assert torch.equal(x, kept)


def test_part_of_the_layers():
    layers = _fast.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
    x = torch.randn(2, 1, 6, 6)
    assert torch.equal(layers[:3](x).flatten(1), layers(x))
    layers.append(nn.ReLU())
    assert torch.equal(layers(x), layers[:4](x))
    del layers[2]
    assert layers(x).shape == (2, 4 * 4 * 4)


def test_every_activation_that_can_be_chosen_rises():
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

    def test_rate_close_to_1(self):
        y = _fast.Dropout(1 - 1e-7)(torch.ones(1000))
        assert torch.isfinite(y).all()

    def test_own_generator(self):
        before = torch.get_rng_state()
        layer, draws = _fast.Dropout(0.5), []
        for seed in (0, 0, 1):
            layer.generator = torch.Generator().manual_seed(seed)
            draws.append(layer(torch.ones(100)))
        assert torch.equal(draws[0], draws[1])
        assert not torch.equal(draws[0], draws[2])
        assert torch.equal(torch.get_rng_state(), before)

    def test_own_generator_draws_what_torchs_global_one_draws(self):
        layer = _fast.Dropout(0.5)
        torch.manual_seed(5)
        expected = layer(torch.ones(100))
        layer.generator = torch.Generator().manual_seed(5)
        assert torch.equal(layer(torch.ones(100)), expected)

    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
    def test_mask_as_other_devices_draw_it(self, dtype, layout):
        layer = _fast.Dropout(0.25)
        draws = []
        for _ in range(2):
            layer.generator = torch.Generator().manual_seed(0)
            x = torch.ones(40, 10, 30, 30, dtype=dtype).to(memory_format=layout).requires_grad_()
            draws.append(layer._by_device(x))
        draws[0].sum().backward()
        assert torch.equal(*draws)
        assert draws[0].dtype == dtype
        assert draws[0].is_contiguous(memory_format=layout)
        assert abs((draws[0] == 0).float().mean() - 0.25) < 5e-3
        kept = draws[0][draws[0] != 0].float()
        torch.testing.assert_close(kept, torch.full_like(kept, 4 / 3), rtol=5e-3, atol=0)

    @pytest.mark.parametrize(
        "again", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
    )
    def test_copies_have_no_generator(self, again):
        layers = nn.Sequential(_fast.Dropout(0.5), nn.Linear(2, 2))
        layers[0].generator = generator = torch.Generator()
        copied = again(layers)
        if copied[0] is not layers[0]:
            assert copied[0].generator is None
        assert again(layers[0]).generator is None
        assert layers[0].generator is generator
        assert copied(torch.ones(3, 2)).shape == (3, 2)
