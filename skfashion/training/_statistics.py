"""Statistics of batch normalizations as the network meets them in prediction."""

from contextlib import contextmanager
from dataclasses import replace

import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

LEAST = 1024  # images that statistics are computed from; smaller data give all that they have
FRACTION = 1 / 32  # of many images: a forward pass of them is little beside an epoch
KNOWN = ("torch.nn.", "skfashion.")  # batch normalizations of others may count otherwise
COUNTS = ("momentum", "num_batches_tracked", "n_batches")  # of mini-batches, and how they count
AT_MOST = 256  # images in a mini-batch, fewer where they are large


@contextmanager
def called_layers(network):
    """Note the dropout layers and batch normalizations of a network that are called inside.

    Parameters
    ----------
    network : nn.Module
        The network.

    Yields
    ------
    list of nn.Module
        They are in the order of their calls.
    """
    called = []
    hooks = [
        layer.register_forward_pre_hook(lambda layer, _: called.append(layer))
        for layer in network.modules()
        if isinstance(layer, _DropoutNd | _BatchNorm)
    ]
    try:
        yield called
    finally:
        for hook in hooks:
            hook.remove()


def after_dropout(layers):
    """Return the batch normalizations among layers that dropout layers precede.

    In training these see activations of which some are 0 and the others larger, whose variance is
    higher than that of the same activations in prediction.

    Parameters
    ----------
    layers : iterable of nn.Module
        Layers of a network in training mode, in the order in which they are called.

    Returns
    -------
    list of nn.Module
        The package's batch normalizations and torch's own, without those that are not trained.

    References
    ----------
    X. Li, S. Chen, X. Hu, J. Yang, "Understanding the Disharmony between Dropout and Batch
    Normalization by Variance Shift", CVPR 2019.
    """
    norms, is_after = {}, False
    for layer in layers:
        if isinstance(layer, _DropoutNd) and layer.p > 0:
            is_after = True
        elif is_after and _is_trained(layer):
            norms[layer] = None  # once, though it is called twice
    return list(norms)


def _is_trained(layer):
    """Return whether a layer is a batch normalization whose running statistics are trained."""
    return (
        isinstance(layer, _BatchNorm)
        and type(layer).__module__.startswith(KNOWN)
        and layer.training
        and layer.momentum != 0
        and layer.num_batches_tracked is not None
    )


def drawn(data, seed):
    """Return the images that statistics are computed from, drawn from those of a training.

    Parameters
    ----------
    data : ImageData
        The training data.
    seed : int
        What they are drawn with.

    Returns
    -------
    ImageData
    """
    n_drawn = max(LEAST, round(len(data) * FRACTION))
    if n_drawn >= len(data):
        return data
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))
    rows = order[:n_drawn].sort().values.to(data.images.device)
    weights = None if data.weights is None else data.weights[rows]
    return replace(data, images=data.images[rows], targets=data.targets[rows], weights=weights)


def batch_size(n_images, at_most):
    """Return the size of the mini-batches that statistics are means over, which are alike."""
    n_batches = -(-n_images // min(at_most, AT_MOST))
    return -(-n_images // n_batches)


@contextmanager
def computed_anew(norms):
    """Let batch normalizations replace their running statistics by the mean over mini-batches.

    Parameters
    ----------
    norms : sequence of nn.Module
        The batch normalizations, of a network that predicts.

    Yields
    ------
    None
        Inside, the mini-batches that the network is given count, each alike.
    """
    kept = [
        (norm, {name: getattr(norm, name) for name in COUNTS if hasattr(norm, name)})
        for norm in norms
    ]
    for norm, counts in kept:
        norm.train()
        norm.momentum = None
        norm.num_batches_tracked = torch.zeros_like(norm.num_batches_tracked)
        if "n_batches" in counts:
            norm.n_batches = 0
    try:
        yield
    finally:
        # The package's own know their count without reading a tensor, which a captured step
        # could not do.
        for norm, counts in kept:
            norm.eval()
            for name, count in counts.items():
                setattr(norm, name, count)
