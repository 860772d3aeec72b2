"""Weights that a training starts from."""

import os
from collections.abc import Mapping

import torch
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from .._wrappers import wrapped
from ..storage import COLUMNS, TensorFile, is_tensor_file
from ._state_files import is_state, read_state


def initial_state(init_from, name="init_from"):
    """Return the state dict that an `init_from` parameter means.

    Parameters
    ----------
    init_from : mapping, fitted classifier, str or path-like
        State dict, fitted classifier (as it is, or in a FrozenEstimator, a Pipeline or a search),
        or file: of a state dict that ``torch.save`` has written, of :func:`skfashion.save`, a
        checkpoint, or of safetensors. Nothing but tensors and plain values is loaded from it.
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
    innermost = init_from
    while (within := wrapped(innermost)) is not None:
        innermost = within
    fitted = getattr(innermost, "fitted_network_", None)
    if fitted is None and hasattr(innermost, "fit") and not _is_fitted(innermost):
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


def _is_fitted(estimator):
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True


def _read(path, name):
    try:
        with open(path, "rb") as file:
            beginning = file.read(64)
            if is_tensor_file(beginning):
                return _read_own(path, TensorFile(file))
            # Whatever its name is: safetensors begins with a length and JSON, torch.save does not.
            if beginning[8:9] == b"{":
                from safetensors.torch import load_file

                return load_file(path)
            file.seek(0)
            state = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # torch and safetensors have many for what is none of theirs
        raise ValueError(
            f"{name}={str(path)!r} is no file of tensors that torch.save, skfashion.save or "
            f"safetensors has written: {type(error).__name__}."
        ) from error
    if isinstance(state, Mapping) and "skfashion" in state:  # a file of its first format
        return state.get("weights", state)
    return state


def _read_own(path, stored):
    """Return the weights of a checkpoint, or of a file of skfashion.save."""
    if is_state(stored):
        return read_state(path)["training"]["network"]
    arrays = stored.arrays().items()
    return {n: torch.from_numpy(array) for n, array in arrays if not n.startswith(COLUMNS)}
