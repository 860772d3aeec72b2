"""Networks as NumPy arrays and back, for pickles."""

import copy

import numpy as np
import torch
from torch import nn


def to_skeleton(network):
    """Take a network apart into its structure and its tensors.

    Parameters
    ----------
    network : nn.Module
        The network, on any device.

    Returns
    -------
    skeleton : nn.Module
        A copy without the values of its parameters and buffers.
    arrays : list of ndarray
        The values, on the CPU, in the order in which the structure has them. bfloat16, which
        NumPy does not have, as its bits.
    """
    tensors = _tensors(network)
    empty = {id(tensor): _empty_like(tensor) for tensor in tensors}
    return copy.deepcopy(network, empty), [_to_array(tensor) for tensor in tensors]


def from_skeleton(skeleton, arrays):
    """Put a network together again; the arrays are copied, the skeleton is changed."""
    empty = _tensors(skeleton)
    filled = {
        id(tensor): _from_array(array, tensor) for tensor, array in zip(empty, arrays, strict=True)
    }
    for layer in skeleton.modules():
        for own in (layer._parameters, layer._buffers):
            own.update({n: filled[id(tensor)] for n, tensor in own.items() if tensor is not None})
    return skeleton


def _tensors(network):
    """Return the parameters and buffers of a network, each once."""
    found = {}
    for layer in network.modules():
        for tensor in [*layer._parameters.values(), *layer._buffers.values()]:
            if tensor is not None:
                found[id(tensor)] = tensor
    return list(found.values())


def _empty_like(tensor):
    empty = torch.empty_like(tensor, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty


def _to_array(tensor):
    tensor = tensor.detach().cpu()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    # Contiguous, or a pickle would keep the order in memory and not the values alone.
    return tensor.contiguous().numpy()


def _from_array(array, like):
    # A copy: what joblib maps into memory can be read alone.
    tensor = torch.from_numpy(np.array(array, order="C"))
    if like.dtype == torch.bfloat16:
        tensor = tensor.view(torch.bfloat16)
    tensor = torch.empty_like(like, device="cpu").copy_(tensor)
    return nn.Parameter(tensor, like.requires_grad) if isinstance(like, nn.Parameter) else tensor
