"""Whether somebody looks at what single layers compute."""

from torch.nn.modules import module as torch_module


def is_watched(module):
    """Return whether hooks wait for what a module or a layer within it computes.

    Hooks of every kind count: forward and backward ones, those before and those after, and
    torch's global ones. So does a `forward` that was replaced on a single layer.

    Parameters
    ----------
    module : nn.Module
        A network or one of its layers.

    Returns
    -------
    bool
        Whether there are any.

    Examples
    --------
    >>> from skfashion.networks import LeNet5, is_watched
    >>> network = LeNet5((28, 28, 1), 10)
    >>> is_watched(network)
    False
    >>> handle = network.convolutions[0].register_forward_hook(print)
    >>> is_watched(network)
    True
    """
    return any_global_hook() or any(map(has_hooks, module.modules()))


def any_global_hook():
    """Return whether torch calls hooks for all modules that there are."""
    return torch_module._has_any_global_hook()


def has_hooks(layer):
    """Return whether a layer itself has hooks, or a `forward` that was replaced."""
    return bool(
        layer._forward_hooks
        or layer._forward_pre_hooks
        or layer._backward_hooks
        or layer._backward_pre_hooks
        or "forward" in layer.__dict__
    )
