"""Any torch module is a network, with all that the package's networks have."""

import copy
import itertools
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from skfashion import networks
from skfashion.networks import WrappedNetwork, as_network, sample_weights
from skfashion.networks._batch_norm import BatchNorm

SHAPE = (12, 10, 1)


class Functional(nn.Module):
    """As many write their modules: flattened by view, the last layers called in forward."""

    def __init__(self, n_classes=4):
        super().__init__()
        self.fc2 = nn.Linear(8, n_classes)  # the order of the attributes does not count
        self.conv = nn.Conv2d(1, 3, 3)
        self.fc1 = nn.Linear(3 * 10 * 8, 8)
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        x = torch.relu(self.conv(x)).view(-1, 3 * 10 * 8)
        self.last_hidden = torch.relu(self.fc1(x))
        return self.fc2(input=self.last_hidden)


def test_what_a_training_asks_of_a_network():
    module = Functional()
    network = as_network(module, SHAPE, 4)
    assert isinstance(network, WrappedNetwork)
    assert network.module is module
    assert network.n_classes == 4
    assert network.n_features_out == 8
    assert network.working_size(5, 7) == (5, 7)
    assert network.penalty() is None
    assert network.scaling == "standard"
    assert network.precomputes is False
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    network.assume(torch.tensor([0.7, 0.1, 0.1, 0.1]))
    assert all(torch.equal(weights[n], value) for n, value in network.state_dict().items())
    assert set(weights) == {f"module.{name}" for name in module.state_dict()}


@pytest.mark.parametrize("n_images", [1, 5])
@pytest.mark.parametrize("grad", [True, False])
def test_features_are_the_last_dense_layers_input(n_images, grad):
    network = as_network(Functional(), SHAPE, 4)
    x = torch.randn(n_images, 1, 12, 10)
    with torch.set_grad_enabled(grad):
        features = network.features(x)
        assert features.shape == (n_images, 8)
        assert torch.equal(features, network.module.last_hidden)
        assert torch.equal(network.embed(x), features)
        torch.testing.assert_close(network.module.fc2(features), network(x))
    assert features.requires_grad == grad
    assert not network.module.fc2._forward_pre_hooks


@pytest.mark.parametrize("n_channels", [1, 3])
def test_images_whose_channels_lie_together(n_channels):
    """As the package lays out its mini-batches: modules that flatten by view work all the same."""
    module = nn.Sequential(nn.Conv2d(n_channels, 3, 3), Flat(), nn.Linear(3 * 10 * 8, 4))
    network = as_network(module, (12, 10, n_channels), 4)
    x = torch.randn(5, 12, 10, n_channels).permute(0, 3, 1, 2)
    torch.testing.assert_close(network(x), module(x.clone(memory_format=torch.contiguous_format)))


class Flat(nn.Module):
    def forward(self, x):
        return x.view(-1, 3 * 10 * 8)


def dense():
    """Return a module that keeps nothing from one call to the next: threads can share it."""
    return nn.Sequential(nn.Flatten(), nn.Linear(120, 8), nn.ReLU(), nn.Linear(8, 4)).eval()


def test_threads_have_their_own_features():
    module = dense()
    network = as_network(module, SHAPE, 4)
    images = torch.randn(40, 3, 1, 12, 10)
    with ThreadPoolExecutor(4) as pool:
        for found, x in zip(pool.map(network.features, images), images, strict=True):
            torch.testing.assert_close(found, module[:-1](x))


def test_a_thread_ends_while_another_one_calls_the_layer():
    module = dense()
    network, images = as_network(module, SHAPE, 4), torch.randn(2, 3, 1, 12, 10)
    first_ended, second_called = threading.Event(), threading.Event()
    calls, second = itertools.count(), []

    def meet(layer, inputs):
        if next(calls) == 0:
            second.append(pool.submit(network.features, images[1]))
            assert second_called.wait(30)
        else:
            second_called.set()
            assert first_ended.wait(30)

    module[-1].register_forward_pre_hook(meet)
    with ThreadPoolExecutor(1) as pool:
        found = [network.features(images[0])]
        first_ended.set()
        found.append(second[0].result())
    for features, x in zip(found, images, strict=True):
        torch.testing.assert_close(features, module[:-1](x))


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(nn.Conv2d(1, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        nn.Sequential(
            nn.Linear(10, 5), nn.Flatten(), nn.Unflatten(1, (4, 15)), nn.AvgPool1d(15), nn.Flatten()
        ),
    ],
)
def test_other_features(module):
    """Without dense layers the logits; a dense layer over more axes is flattened."""
    network = as_network(module, SHAPE, 4)
    x = torch.randn(3, 1, 12, 10)
    features = network.features(x)
    assert features.shape == (3, network.n_features_out)
    expected = x.flatten(1) if isinstance(module[0], nn.Linear) else module(x)
    torch.testing.assert_close(features, expected)


def test_a_single_dense_layer():
    module = nn.Sequential(nn.Flatten(), nn.Linear(120, 4))
    network = as_network(module, SHAPE, 4)
    x = torch.randn(3, 1, 12, 10)
    assert torch.equal(network.features(x), x.flatten(1))


def test_networks_are_returned_as_they_are(build):
    network = build("LeNet5")
    assert as_network(network, (28, 28, 1), 10) is network
    wrapped = as_network(Functional(), SHAPE, 4)
    assert as_network(wrapped, SHAPE, 4) is wrapped


def test_modules_stay_as_they_were():
    module = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), nn.Flatten(), nn.Linear(120, 4))
    module[0].eval()
    before, state = torch.get_rng_state(), copy.deepcopy(module.state_dict())
    as_network(module, SHAPE, 4)
    assert [layer.training for layer in module.modules()] == [True, False, True, True, True]
    assert all(torch.equal(state[name], value) for name, value in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), before)
    assert not networks.is_watched(module)


def test_double_precision_and_lazy_layers():
    assert as_network(Functional().double(), SHAPE, 4).n_features_out == 8
    lazy = nn.Sequential(nn.Flatten(), nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(4))
    assert as_network(lazy, SHAPE, 4).n_features_out == 8


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies(again):
    network = as_network(Functional(), SHAPE, 4)
    copied, x = again(network), torch.randn(3, 1, 12, 10)
    assert torch.equal(copied.features(x), network.features(x))
    assert torch.equal(copied(x), network(x))


def test_sample_weights_reach_the_packages_batch_normalizations():
    norm = BatchNorm(120)
    network = as_network(nn.Sequential(nn.Flatten(), norm, nn.Linear(120, 4)), SHAPE, 4)
    x = torch.randn(3, 1, 12, 10)
    with sample_weights(network, torch.tensor([1.0, 0.0, 0.0])):
        network(x)
    torch.testing.assert_close(norm.running_mean, x[0].flatten())


class Returns(nn.Module):
    def __init__(self, what):
        super().__init__()
        self.what = what

    def forward(self, x):
        return self.what(x)


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (None, "an object of type NoneType; wanted: a torch.nn.Module"),
        (lambda x: x, "an object of type function; wanted"),
        (Functional, "the class Functional; wanted"),
        (Functional(5), r"gives shape \(1, 5\) for 1 images; wanted: .* of shape \(1, 4\)"),
        (Returns(lambda x: x), r"gives shape \(1, 1, 12, 10\)"),
        (Returns(lambda x: x[:, 0, 0, :4].squeeze()), r"gives shape \(4,\) for 1 images"),
        (
            Returns(lambda x: x.flatten()[None, :4]),
            r"gives shape \(1, 4\) for 2 images; .* \(2, 4\)",
        ),
        (Returns(lambda x: x.flatten(1)[:, :4].long()), "gives a tensor of torch.int64"),
        (Returns(lambda x: (x, x)), "gives an object of type tuple"),
        (Returns(lambda x: None), "gives an object of type NoneType"),
        (Returns(lambda x: x.detach().numpy()), "gives an object of type ndarray"),
        (
            nn.Sequential(nn.Flatten(), nn.Linear(784, 4)),
            r"Sequential raises an error for blank images of shape \(1, 1, 12, 10\): "
            r"RuntimeError: .*mat1 and mat2",
        ),
        (networks.LeNet5(SHAPE, 5), r"gives shape \(2, 5\) .*wanted: .*\(2, 4\)"),
    ],
)
def test_modules_that_are_no_networks(module, message):
    with pytest.raises(ValueError, match=message):
        as_network(module, SHAPE, 4)


def test_a_subclass_of_network_is_tried_out():
    class Wrong(networks.LeNet5):
        def forward(self, x):
            return super().forward(x)[:, :2]

    with pytest.raises(ValueError, match=r"gives shape \(1, 2\)"):
        as_network(Wrong(SHAPE, 4), SHAPE, 4)


def test_a_failed_check_leaves_the_mode():
    module = Functional(5)
    with pytest.raises(ValueError, match="gives shape"):
        as_network(module, SHAPE, 4)
    assert module.training


def test_complex_weights_are_refused():
    """Their imaginary part would be lost in each conversion to another precision."""
    module = nn.Sequential(nn.Flatten(), nn.Linear(120, 2))
    module.register_parameter("filter", nn.Parameter(torch.ones(2, dtype=torch.complex64)))
    with pytest.raises(ValueError, match="has complex weights, which are not supported"):
        as_network(module, (12, 10, 1), 2)
