"""The state of a training between two epochs, and how to resume from it."""

import json
from collections.abc import Mapping

import torch

from ..storage import NotPlainError, PlainValues


def training_state(net):
    """Return all that the rest of a training depends on.

    Parameters
    ----------
    net : ImageNet
        A net in training, at the end of an epoch.

    Returns
    -------
    dict of str to object
        Plain values, dictionaries, lists and tensors; the tensors are the net's own.
    """
    return {
        "network": _tensors(net.module_),
        "optimizer": _plain(net.optimizer_.state_dict()),
        "random": {name: _plain(part.state_dict()) for name, part in _parts(net).items()},
        "callbacks": {name: _plain(callback.state_dict()) for name, callback in _stateful(net)},
        # As texts: all values together are bounded in number, and epochs are not.
        "history": [json.dumps(_what_can_be_stored(row)) for row in net.history],
    }


def restore_training_state(net, state):
    """Let a net that begins a training resume from such a state.

    Parameters
    ----------
    net : ImageNet
        The net, with all that its training needs.
    state : dict of str to object
        What :func:`training_state` has returned for such a net.

    Raises
    ------
    KeyError, ValueError, RuntimeError
        If the state is not that of such a net.
    """
    with torch.no_grad():
        own = _tensors(net.module_)
        for name in own.keys() | state["network"].keys():
            own[name].copy_(state["network"][name])
        for layer in net.module_.modules():
            if hasattr(layer, "n_batches"):  # a batch normalization of the package
                layer.n_batches = None  # it is another number now
    _load_optimizer(net.optimizer_, state["optimizer"])
    for name, part in _parts(net).items():
        part.load_state_dict(state["random"][name])
    for name, callback in _stateful(net):
        callback.load_state_dict(state["callbacks"][name])
    net.history[:] = [_row(text) for text in state["history"]]


def _parts(net):
    """Return what else of a training has a state, by name."""
    parts = {
        "dropout": net.generator_ and _GeneratorState(net.generator_),
        "borrowed": net.borrowed_,
        "batches": net.batches_,
        "averages": net.averages_,
    }
    return {name: part for name, part in parts.items() if part is not None}


def _stateful(net):
    return [(name, cb) for name, cb in net.callbacks_ if hasattr(cb, "state_dict")]


class _GeneratorState:
    def __init__(self, generator):
        self.generator = generator

    def state_dict(self):
        return {"state": self.generator.get_state()}

    def load_state_dict(self, state):
        self.generator.set_state(state["state"])


def _tensors(network):
    """Return parameters and buffers by name; state dicts lack those that are not persistent."""
    return dict(network.named_parameters()) | dict(network.named_buffers())


def _load_optimizer(optimizer, state):
    rates = [group["lr"] for group in optimizer.param_groups]
    optimizer.load_state_dict(state)
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        if isinstance(rate, torch.Tensor):  # of a captured step, on the GPU
            group["lr"] = rate.copy_(group["lr"])


def _plain(value):
    """Return nested values with plain dictionaries, which state dicts need not be."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_plain(part) for part in value)
    return value


def _what_can_be_stored(row):
    """Return a row of the history without what callbacks of the user's own have put in it."""
    stored = []
    for name, value in row.items():
        try:
            stored.append([name, PlainValues().encode(value)])
        except NotPlainError:
            continue
    return stored


def _row(text):
    return {name: PlainValues().decode(value) for name, value in json.loads(text)}
