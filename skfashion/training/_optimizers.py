"""Optimizers by their names."""

import copy
from functools import partial
from inspect import signature

import torch

from .._options import choose
from ._muon import Muon

# Fused, a step goes once through the parameters and not once for each of its operations.
OPTIMIZERS = {
    "sgd": partial(torch.optim.SGD, momentum=0.9, nesterov=True, fused=True),
    "adam": partial(torch.optim.Adam, fused=True),
    "adamw": partial(torch.optim.AdamW, fused=True),
    "muon": Muon,
    "rmsprop": torch.optim.RMSprop,
}


def resolve_optimizer(optimizer, device):
    """Return what makes the optimizer: a class as it is, or what a name stands for.

    On a GPU those of a name keep their state and learning rate there, where torch has that, so
    that a whole step can be captured.

    Raises
    ------
    ValueError
        If it is neither a known name nor something to call.
    """
    if callable(optimizer):
        settings = getattr(optimizer, "keywords", {})  # of a functools.partial
        if taken := sorted({"lr", "weight_decay"} & set(settings)):
            raise ValueError(
                f"optimizer={optimizer!r:.200} sets {' and '.join(taken)}, which the estimator has "
                f"parameters for: give {', '.join(f'{n}={settings[n]!r}' for n in taken)} to it."
            )
        if isinstance(optimizer, type) and not _takes_weight_decay(optimizer):
            raise ValueError(
                f"optimizer={optimizer.__name__} takes no weight_decay, which the estimator sets. "
                "Give a function that takes it and leaves it out."
            )
        return optimizer
    make = choose("optimizer", optimizer, OPTIMIZERS)
    if device.type != "cuda" or optimizer == "sgd":
        return make

    # A function of the module, not of this one: it is pickled with the net.
    return partial(_on_device, make, device)


def _takes_weight_decay(optimizer):
    parameters = signature(optimizer).parameters.values()
    return any(p.name == "weight_decay" or p.kind is p.VAR_KEYWORD for p in parameters)


def _on_device(make, device, parameters, *, lr, **settings):
    # float32: the kernels take no other dtype, and a grid gives float64.
    rate = torch.tensor(lr, dtype=torch.float32, device=device)
    return make(parameters, lr=rate, capturable=True, **settings)


def continue_moments(optimizer, earlier):
    """Let an optimizer continue with an earlier one's moments, and its own settings.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer
        The new optimizer; it is changed.
    earlier : torch.optim.Optimizer
        The earlier one, of the same network; its moments are copied if it is of the same
        class.
    """
    if type(optimizer) is not type(earlier):
        return
    settings = optimizer.state_dict()["param_groups"]
    state = copy.deepcopy(earlier.state_dict()["state"])
    optimizer.load_state_dict({"state": state, "param_groups": settings})
