"""Where the random numbers of a network come from."""

from torch import nn

from ._fast import Dropout

PACKAGE = __name__.rpartition(".")[0]
# Layers of torch's own that draw from the global generator.
RANDOM_MODULES = (
    "torch.nn.modules.dropout",
    "torch.nn.modules.rnn",
    "torch.nn.modules.transformer",
)
RANDOM_LAYERS = {nn.RReLU, nn.FractionalMaxPool2d, nn.FractionalMaxPool3d, nn.MultiheadAttention}


def set_dropout_generator(network, generator):
    """Let the dropout layers of a network draw from a generator.

    Parameters
    ----------
    network : nn.Module
        The network. torch's own dropout layers still draw from torch's global generator.
    generator : torch.Generator or None
        The generator, on the device of the network; None for torch's global one. A copy of the
        network, and one from a pickle, is without it.

    Examples
    --------
    >>> import torch
    >>> from skfashion.networks import LeNet5, set_dropout_generator
    >>> network = LeNet5((28, 28, 1), 10, dropout=0.5)
    >>> images, draws = torch.ones(2, 1, 28, 28), []
    >>> for _ in range(2):
    ...     set_dropout_generator(network, torch.Generator().manual_seed(0))
    ...     draws.append(network.features(images))
    >>> bool((draws[0] == draws[1]).all())
    True
    """
    for layer in network.modules():
        if isinstance(layer, Dropout):
            layer.generator = generator


def is_native(network):
    """Return whether a network draws random numbers from its own generators alone.

    Else a training has to set torch's global generator, and to restore it afterwards.

    Parameters
    ----------
    network : nn.Module
        The network.

    Returns
    -------
    bool
        True where each layer is the package's own or one of torch's that draws nothing. False
        for every other class, as nobody knows what it does.

    Examples
    --------
    >>> from torch import nn
    >>> from skfashion.networks import LeNet5, is_native
    >>> is_native(LeNet5((28, 28, 1), 10, dropout=0.5))
    True
    >>> is_native(nn.Sequential(nn.Linear(4, 2), nn.Dropout(0.5)))
    False
    """
    return all(_draws_nothing_else(layer) for layer in network.modules())


def _draws_nothing_else(layer):
    if "forward" in layer.__dict__:
        return False
    kind = type(layer)
    if f"{kind.__module__}.".startswith(f"{PACKAGE}."):
        return True
    return (
        kind.__module__.startswith("torch.nn.modules.")
        and kind.__module__ not in RANDOM_MODULES
        and kind not in RANDOM_LAYERS
    )
