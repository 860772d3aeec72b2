"""Statistics of batch normalizations as the network meets them in prediction."""

from contextlib import contextmanager
from dataclasses import replace

import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from ..networks import is_native

LEAST = 1024  # images that statistics are computed from; smaller data give all that they have
FRACTION = 1 / 32  # of many images: a forward pass of them is little beside an epoch
KNOWN = ("torch.nn.", "skfashion.")  # batch normalizations of others may count otherwise
COUNTS = ("momentum", "num_batches_tracked", "n_batches")  # of mini-batches, and how they count
AT_MOST = 256  # images in a mini-batch, fewer where they are large


def after_dropout(network):
    """Return the batch normalizations of a network that dropout layers precede.

    In training these see activations of which some are 0 and the others larger, whose variance is
    higher than that of the same activations in prediction.

    Parameters
    ----------
    network : nn.Module
        The network as it is trained.

    Returns
    -------
    list of nn.Module
        The package's batch normalizations and torch's own, without those that are not trained. In
        a network of the package, whose layers are in the order in which they are called, those
        after a dropout layer; in another one all, if it has a dropout layer.

    References
    ----------
    X. Li, S. Chen, X. Hu, J. Yang, "Understanding the Disharmony between Dropout and Batch
    Normalization by Variance Shift", CVPR 2019.
    """
    layers = list(network.modules())
    dropouts = [
        i for i, layer in enumerate(layers) if isinstance(layer, _DropoutNd) and layer.p > 0
    ]
    if not dropouts:
        return []
    return [layer for layer in layers[dropouts[0] * is_native(network) :] if _is_trained(layer)]


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
