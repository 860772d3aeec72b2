"""Where random numbers come from."""

import copy
import pickle

import pytest
import torch
from torch import nn

from skfashion import networks
from skfashion.networks import is_native, set_dropout_generator


def test_dropout_generator_decides(build, network_name):
    network = build(network_name, small=True)
    x, before, draws = torch.randn(4, 1, 28, 28), torch.get_rng_state(), []
    for seed in (0, 0, 1):
        set_dropout_generator(network, torch.Generator().manual_seed(seed))
        draws.append(network.features(x))
    assert torch.equal(torch.get_rng_state(), before)
    torch.testing.assert_close(draws[0], draws[1])
    drops = any(isinstance(layer, nn.Dropout) for layer in network.modules())
    assert torch.equal(draws[0], draws[2]) != drops


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_copies_draw_from_torchs_global_generator(build, again):
    network = build("CNN5")
    generator = torch.Generator().manual_seed(0)
    set_dropout_generator(network, generator)
    state = generator.get_state()
    copied = again(network)
    before = torch.get_rng_state()
    copied(torch.randn(4, 1, 28, 28))
    assert torch.equal(generator.get_state(), state)
    assert not torch.equal(torch.get_rng_state(), before)
    network(torch.randn(4, 1, 28, 28))
    assert not torch.equal(generator.get_state(), state)


def test_none_resets(build):
    network = build("CNN5")
    generator = torch.Generator()
    set_dropout_generator(network, generator)
    set_dropout_generator(network, None)
    state = generator.get_state()
    network(torch.randn(4, 1, 28, 28))
    assert torch.equal(generator.get_state(), state)


class TestIsNative:
    def test_the_packages_networks(self, build, network_name):
        assert is_native(build(network_name, small=True))

    def test_a_subclass_of_somebody_elses(self):
        class Noisy(networks.LeNet5):
            def forward(self, x):
                return super().forward(x + torch.randn_like(x))

        assert not is_native(Noisy((28, 28, 1), 10))

    def test_wrapped_networks_are_what_is_in_them(self):
        plain = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten())
        plain.append(nn.Linear(4 * 36, 3))
        assert is_native(networks.as_network(plain, (8, 8, 1), 3))
        random = nn.Sequential(*plain[:-1], nn.Dropout(0.5), plain[-1])
        assert not is_native(networks.as_network(random, (8, 8, 1), 3))

    @pytest.mark.parametrize(
        "layer",
        [
            nn.Dropout(0.5),
            nn.Dropout2d(0.5),
            nn.AlphaDropout(0.5),
            nn.RReLU(),
            nn.LSTM(2, 2, 2, dropout=0.5),
            nn.MultiheadAttention(4, 2, dropout=0.1),
            nn.TransformerEncoderLayer(4, 2),
            nn.FractionalMaxPool2d(2, output_size=2),
        ],
        ids=lambda layer: type(layer).__name__,
    )
    def test_random_layers_of_torchs_own(self, layer):
        assert not is_native(nn.Sequential(layer))

    def test_a_patched_forward(self, build):
        network = build("LeNet5")
        network.output.forward = lambda x: x + torch.randn_like(x)
        assert not is_native(network)
