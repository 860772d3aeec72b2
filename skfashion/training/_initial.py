"""Weights that a training starts from."""

import os
from collections.abc import Mapping

import torch
from sklearn.frozen import FrozenEstimator

from ._state_files import read_state, read_tensors


def initial_state(init_from, name="init_from"):
    """Return the state dict that an `init_from` parameter means.

    Parameters
    ----------
    init_from : mapping, fitted classifier, str or path-like
        State dict, fitted classifier (as it is, or in a FrozenEstimator), or file: of a state
        dict that ``torch.save`` has written, of :func:`skfashion.save`, a checkpoint, or of
        safetensors. Nothing but tensors and plain values is loaded from it.
    name : str, default="init_from"
        Name of the parameter, for messages.

    Returns
    -------
    dict of str to Tensor

    Raises
    ------
    ValueError
        If it is none of these, or a classifier that is not fitted.
    OSError
        If there is no such file.
    """
    if isinstance(init_from, Mapping):
        return init_from
    if isinstance(init_from, str | os.PathLike):
        return _read(init_from, name)
    if isinstance(init_from, FrozenEstimator):
        init_from = init_from.estimator
    fitted = getattr(init_from, "fitted_network_", None)
    if fitted is None and hasattr(init_from, "fit"):
        raise ValueError(
            f"{name}={init_from!r} is not fitted: fit it first. In the grid of a search, which "
            "clones it, give FrozenEstimator(classifier), which stays fitted."
        )
    if fitted is None:
        raise ValueError(
            f"{name} is {type(init_from).__name__}; give a fitted classifier of skfashion, a "
            "state dict, or the path of a file that torch.save has written a state dict to."
        )
    return fitted.network.state_dict()


def _read(path, name):
    if os.fspath(path).endswith(".safetensors"):
        return _read_safetensors(path, name)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # torch has many for what is no file of its own
        raise ValueError(
            f"{name}={str(path)!r} is no file of tensors that torch.save has written: "
            f"{type(error).__name__}."
        ) from error
    if isinstance(state, Mapping) and "skfashion" in state:  # a file of the package
        return state.get("weights", state)
    return state


def _read_safetensors(path, name):
    try:
        tensors, metadata = read_tensors(path)
    except OSError:
        raise
    except Exception as error:  # safetensors has its own
        raise ValueError(f"{name}={str(path)!r} is no file of safetensors: {error}.") from error
    return read_state(path)["training"]["network"] if "skfashion" in metadata else tensors
