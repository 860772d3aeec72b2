"""Statistics of batch normalizations as the network meets them in prediction."""

from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

LEAST = 1024  # images that statistics are computed from; smaller data give all that they have
FRACTION = 1 / 32  # of many images: a forward pass of them is little beside an epoch
AT_MOST = 256  # images in a mini-batch


def after_dropout(network):
    """Return the batch normalizations of a network that dropout layers precede.

    In training these see activations of which some are 0 and the others larger, whose variance is
    higher than that of the same activations in prediction.

    Parameters
    ----------
    network : nn.Module
        The network as it is trained, with its layers in the order in which they are called.

    Returns
    -------
    list of nn.Module
        The package's batch normalizations and torch's own, without those that are not trained.

    References
    ----------
    X. Li, S. Chen, X. Hu, J. Yang, "Understanding the Disharmony between Dropout and Batch
    Normalization by Variance Shift", CVPR 2019.
    """
    norms, is_after = [], False
    for layer in network.modules():
        if isinstance(layer, nn.Dropout) and layer.p > 0:
            is_after = True
        elif isinstance(layer, _BatchNorm) and is_after and layer.training:
            norms.append(layer)
    return [norm for norm in norms if norm.num_batches_tracked is not None]


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


def batch_size(n_images):
    """Return the size of the mini-batches that statistics are means over, which are alike."""
    n_batches = -(-n_images // AT_MOST)
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
    kept = [(norm, norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.train()
        _count(norm, None, torch.zeros_like(norm.num_batches_tracked))
    try:
        yield
    finally:
        for norm, momentum, n_batches in kept:
            norm.eval()
            _count(norm, momentum, n_batches)


def _count(norm, momentum, n_batches):
    """Set how mini-batches count, and how many did so far."""
    norm.momentum, norm.num_batches_tracked = momentum, n_batches
    if hasattr(norm, "n_batches"):  # the package's own, which then read it again
        norm.n_batches = None
