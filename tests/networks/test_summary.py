"""A table of a network's layers."""

import pytest
import torch
from torch import nn

from skfashion.networks import LeNet5, summarize_network


def by_hand(layer, output_shape):
    """Return the multiply-adds of a layer, from its definition."""
    if isinstance(layer, nn.Conv2d):
        channels, height, width = output_shape
        kernel = layer.kernel_size[0] * layer.kernel_size[1]
        return channels * height * width * kernel * layer.in_channels // layer.groups
    return layer.in_features * layer.out_features if isinstance(layer, nn.Linear) else 0


@pytest.mark.parametrize("name", ["LeNet5", "MiniVGG", "V5", "V6", "CNN5"])
def test_counts_are_those_by_hand(build, name):
    network = build(name)
    summary = summarize_network(network, (28, 28, 1))
    modules = dict(network.named_modules())
    for layer in summary.layers:
        assert layer.n_multiply_adds == by_hand(modules[layer.name], layer.output_shape), layer
    assert summary.n_multiply_adds == sum(layer.n_multiply_adds for layer in summary.layers)
    assert summary.n_parameters == sum(layer.n_parameters for layer in summary.layers)
    assert summary.n_parameters == sum(weight.numel() for weight in network.parameters())


class Attention(nn.Module):
    """Layers of many kinds: attention, parameters of its own, a layer that is never called."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 7, 7)
        self.position = nn.Parameter(torch.zeros(1, 16, 8))
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.output = nn.Linear(8, 10)
        self.unused = nn.Linear(2, 2)

    def forward(self, x):
        x = self.patches(x).flatten(2).mT + self.position
        x.sum().item()  # which torch's device "meta" cannot
        return self.output(self.attention(x, x, x)[0].mean(1))


def test_layers_of_many_kinds():
    summary = summarize_network(Attention(), (28, 28, 1))
    rows = {layer.name: layer for layer in summary.layers}
    assert list(rows) == ["patches", "attention", "output", "unused", ""]
    # Queries, keys, values and outputs, then the products of each with each other.
    assert rows["attention"].n_multiply_adds == 4 * 16 * 8 * 8 + 2 * 16 * 16 * 8
    assert rows["attention"].output_shape == (16, 8)
    assert rows["unused"].output_shape is None
    assert rows[""].n_parameters == 16 * 8
    assert summary.n_parameters == sum(layer.n_parameters for layer in summary.layers)
    assert "not called" in str(summary)
    assert "(itself)" in str(summary)


def test_frozen_parameters(build):
    network = build("LeNet5")
    assert "frozen" not in str(summarize_network(network, (28, 28, 1)))
    network.convolutions.requires_grad_(False)
    summary = summarize_network(network, (28, 28, 1))
    assert summary.n_parameters - summary.n_trainable == 156 + 2416
    assert str(summary).endswith("2,572 of the parameters are frozen.")
    assert "2,572 of the parameters are frozen." in summary._repr_html_()


def test_the_network_stays_as_it_is():
    network, calls = LeNet5((28, 28, 1), 10), []
    network.convolutions[0].register_forward_hook(lambda *args: calls.append(args))
    summarize_network(network, (28, 28, 1))
    assert network.training
    assert not calls
    assert len(network.convolutions[0]._forward_hooks) == 1
    assert not network.output._forward_hooks
    assert network.output.weight.device.type == "cpu"


def test_it_prints_as_a_table():
    lines = str(summarize_network(LeNet5((28, 28, 1), 10), (28, 28, 1))).splitlines()
    assert lines[0] == "LeNet5 for images of 28 x 28 x 1"
    assert lines[2].split() == ["layer", "kind", "output", "parameters", "multiply-adds"]
    assert lines[-1].split() == ["total", "61,706", "416,520"]
    assert len(lines) == 5 + 11 + 1


def test_names_are_escaped_in_html():
    strange = type("<b>Strange</b>", (nn.Linear,), {})
    network = nn.Sequential(nn.Flatten(), strange(4, 2))
    html = summarize_network(network, (2, 2, 1))._repr_html_()
    assert "&lt;b&gt;Strange" in html
    assert "<b>" not in html
