"""Hooks see what they see in a network that overwrites nothing, on any layer of any network."""

import copy
from contextlib import contextmanager

import pytest
import torch
from torch import nn
from torch.nn.modules import module as torch_module
from torch.utils._python_dispatch import TorchDispatchMode

from skfashion import networks
from skfashion.networks import _residual, set_dropout_generator

NETWORKS = [
    ("LeNet5", {"activation": "relu", "pooling": "max", "dropout": 0.5}),
    ("CNN5", {"activation": "leaky_relu"}),
    ("MiniVGG", {"activation": "relu"}),
    ("V6", {}),
    *(
        pytest.param(network, marks=pytest.mark.slow)
        for network in (
            ("V3", {}),
            ("V4", {"activation": "relu"}),
            ("V5", {}),
            ("V7", {}),
            ("CNN4Conv", {"activation": "elu"}),
        )
    ),
]
KINDS = ["forward", "forward_pre", "full_backward", "full_backward_pre"]


class PlainResidual(nn.Module):
    def __init__(self, layers, activation):
        super().__init__()
        self.layers, self.activation = layers, activation

    def forward(self, x):
        return self.activation(x + self.layers(x))


def overwriting_nothing(network):
    """Return a copy of a network whose layers run one after another, each by itself."""
    network = copy.deepcopy(network)

    def plain(module):
        for name, child in module.named_children():
            plain(child)
            if isinstance(child, nn.Sequential):
                setattr(module, name, nn.Sequential(*child))
            elif isinstance(child, _residual.Residual):
                setattr(module, name, PlainResidual(child.layers, child.activation))

    plain(network)
    return network


class Record:
    """What hooks were given, by the name of the layer; read when all has been computed."""

    def __init__(self):
        self.seen = {}

    def hook(self, name, kind):
        def note(layer, *given):
            tensors = [t for x in given for t in (x if isinstance(x, tuple) else (x,))]
            self.seen[name, kind] = [t for t in tensors if isinstance(t, torch.Tensor)]

        return note

    def of(self, network, names, kinds):
        layers = dict(network.named_modules())
        for kind in kinds:
            for name in names:
                register = getattr(layers[name], f"register_{kind}_hook")
                register(self.hook(name, kind))
        return self


def run(network, *, training):
    x = torch.randn(2, 1, 20, 20, generator=torch.Generator().manual_seed(0)).double()
    x.requires_grad_()
    set_dropout_generator(network, torch.Generator().manual_seed(0))
    y = network.train(training)(x)
    (y * torch.arange(y.shape[1])).sum().backward()
    return [y, x.grad, *(p.grad for p in network.parameters())]


@pytest.fixture(params=NETWORKS, ids=lambda param: param[0])
def network(request, build):
    name, parameters = request.param
    generator = torch.Generator().manual_seed(0)
    network = build(name, (20, 20, 1), small=True, generator=generator, **parameters)
    nn.init.normal_(network.output.weight)
    return network.double()


@pytest.mark.parametrize("kind", KINDS)
def test_hooks_on_one_layer(network, kind):
    plain = overwriting_nothing(network)
    names = [name for name, _ in network.named_modules()]
    expected = Record().of(plain, names, [kind])
    results = run(plain, training=True)
    for name in names:
        watched = copy.deepcopy(network)
        record = Record().of(watched, [name], [kind])
        torch.testing.assert_close(run(watched, training=True), results)
        torch.testing.assert_close(record.seen, {(name, kind): expected.seen[name, kind]})


@pytest.mark.parametrize("training", [True, False])
def test_hooks_on_all_layers(network, training):
    plain = overwriting_nothing(network)
    names = [name for name, _ in network.named_modules()]
    records = [Record().of(x, names, KINDS) for x in (network, plain)]
    results = [run(x, training=training) for x in (network, plain)]
    torch.testing.assert_close(*results)
    torch.testing.assert_close(records[0].seen, records[1].seen)


GLOBAL = {
    "forward": torch_module.register_module_forward_hook,
    "forward_pre": torch_module.register_module_forward_pre_hook,
    "full_backward": torch_module.register_module_full_backward_hook,
    "full_backward_pre": torch_module.register_module_full_backward_pre_hook,
}


@contextmanager
def global_hook(kind):
    seen = {}

    def note(layer, *given):
        if not [*layer.children()]:
            tensors = [t for x in given for t in (x if isinstance(x, tuple) else (x,))]
            seen.setdefault(type(layer).__name__, []).append(tensors)

    handle = GLOBAL[kind](note)
    try:
        yield seen
    finally:
        handle.remove()


@pytest.mark.parametrize("kind", GLOBAL)
def test_global_hooks(network, kind):
    results, seen = [], []
    for x in (network, overwriting_nothing(network)):
        with global_hook(kind) as tensors:
            results.append(run(x, training=True))
        seen.append(tensors)
    torch.testing.assert_close(*results)
    torch.testing.assert_close(*seen)


def test_a_patched_forward_sees_what_it_would_see(network):
    convolution = next(x for x in network.modules() if isinstance(x, nn.Conv2d))
    outputs, forward = [], convolution.forward

    def patched(x):
        outputs.append(forward(x))
        return outputs[-1]

    convolution.forward = patched
    run(network, training=False)
    del convolution.forward
    x = torch.randn(2, 1, 20, 20, generator=torch.Generator().manual_seed(0)).double()
    assert torch.equal(outputs[0], convolution(network.resize(x)))


def test_grad_cam(build):
    """The map that Grad-CAM draws: the last convolution's output, weighted by its gradient."""
    network = build("MiniVGG", small=True).eval()
    nn.init.normal_(network.output.weight)
    maps = []
    for x in (network, overwriting_nothing(network)):
        layer = [m for m in x.modules() if isinstance(m, nn.Conv2d)][-1]
        kept = {}
        layer.register_forward_hook(lambda m, inputs, y, kept=kept: kept.update(output=y))
        layer.register_full_backward_hook(lambda m, dx, dy, kept=kept: kept.update(gradient=dy[0]))
        torch.manual_seed(0)
        x(torch.randn(2, 1, 28, 28))[:, 3].sum().backward()
        weights = kept["gradient"].mean((2, 3), keepdim=True)
        maps.append((weights * kept["output"]).sum(1).relu())
    assert maps[0].any()
    torch.testing.assert_close(*maps)


class Operations(TorchDispatchMode):
    """The names of the operations that run inside."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.names.append(function.__name__)
        return function(*args, **kwargs or {})


def operations(network):
    with Operations() as seen, torch.no_grad():
        network(torch.zeros(2, 1, 28, 28))
    return seen.names


@pytest.mark.parametrize("name", ["MiniVGG", "V5", "V6", "V7"])
def test_without_hooks_activations_overwrite_and_run_after_the_pool(build, name):
    network = build(name, small=True).eval()
    before = operations(network)
    assert "relu.default" not in before
    assert "relu_.default" in before
    layer = next(m for m in network.modules() if isinstance(m, nn.Conv2d))
    handles = [m.register_forward_hook(lambda *_: None) for m in network.modules()]
    assert layer._forward_hooks
    assert "relu_.default" not in operations(network)
    for handle in handles:
        handle.remove()
    assert operations(network) == before


class TestIsWatched:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("name", ["", "hidden", "convolutions.0", "convolutions.0.layers.0"])
    def test_hooks_anywhere(self, build, kind, name):
        network = build("V7", small=True)
        if name == "convolutions.0.layers.0":
            name = next(n for n, _ in network.named_modules() if n.endswith("layers.0"))
        assert not networks.is_watched(network)
        layer = network.get_submodule(name)
        handle = getattr(layer, f"register_{kind}_hook")(lambda *_: None)
        assert networks.is_watched(network)
        handle.remove()
        assert not networks.is_watched(network)

    @pytest.mark.parametrize("kind", GLOBAL)
    def test_global_hooks(self, build, kind):
        network = build("LeNet5")
        with global_hook(kind):
            assert networks.is_watched(network)
        assert not networks.is_watched(network)

    def test_a_patched_forward(self, build):
        network = build("LeNet5")
        network.output.forward = network.output.forward
        assert networks.is_watched(network)
