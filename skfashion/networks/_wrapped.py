"""Networks of one's own: any torch module, with all that the package's networks have."""

import threading
from contextlib import contextmanager

import torch
from torch import nn

from ._network import Network
from ._parameters import shape_of_images, whole_number
from ._randomness import PACKAGE

WANTED = "wanted: a torch.nn.Module that takes images (N, C, H, W) and gives logits (N, n_classes)"


def as_network(module, image_shape, n_classes):
    """Return a module as a network, checked by blank images.

    Parameters
    ----------
    module : nn.Module
        Takes images, (N, C, H, W) in floating point, and gives logits, (N, K). Logits, and not
        probabilities or their logarithms: these have the same shape, and cannot be told from
        logits, but train worse, and their predicted probabilities are too even.
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.

    Returns
    -------
    Network or WrappedNetwork
        `module` itself if it is one of these already.

    Raises
    ------
    ValueError
        If it is no module, has complex weights, raises an error for blank images, or gives
        something else than floating-point numbers of shape (N, K).

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skfashion.networks import as_network
    >>> module = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    >>> network = as_network(module, (28, 28, 1), 10)
    >>> network.features(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5, 32])
    """
    if not isinstance(module, nn.Module):
        kind = "the class" if isinstance(module, type) else "an object of type"
        name = module.__name__ if isinstance(module, type) else type(module).__name__
        raise ValueError(f"The network is {kind} {name}; {WANTED}.")
    if isinstance(module, torch.jit.ScriptModule):
        raise ValueError(f"The network is a TorchScript module, which cannot be copied; {WANTED}.")
    if any(tensor.is_complex() for tensor in (*module.parameters(), *module.buffers())):
        raise ValueError(
            "The network has complex weights, which are not supported: keep real and imaginary "
            "part as two, or in one by torch.view_as_real."
        )
    if not isinstance(module, Network | WrappedNetwork):
        return WrappedNetwork(module, image_shape, n_classes)
    image_shape, n_classes = shape_of_images(image_shape), whole_number("n_classes", n_classes)
    if _is_of_package(module):  # it has been tried, but perhaps for another number of classes
        _check_logits(torch.empty(2, module.n_classes), 2, n_classes)
    else:
        _try_out(module, image_shape, n_classes)
    return module


class WrappedNetwork(nn.Module):
    """A module of somebody else's as a network of this package.

    Its features are the input of the last dense layer (``torch.nn.Linear``) that the module
    calls, flattened to (N, D). A module that calls none has its logits as features.

    Images are handed to it with their rows in one piece, whatever layout they come in, so that
    modules which flatten by ``view`` work.

    Parameters
    ----------
    module : nn.Module
        Takes images, (N, C, H, W), gives logits, (N, K).
    image_shape : tuple of int
        (H, W, C) of the images.
    n_classes : int
        Number of classes, K.

    Attributes
    ----------
    module : nn.Module
        The module. Its names in the state dict have "module." before them.
    n_classes : int
        Number of classes, K.
    n_features_out : int
        Number of features, D.
    output_name : str or None
        Name of the last dense layer.

    Raises
    ------
    ValueError
        If the module raises an error for blank images, or gives something else than
        floating-point numbers of shape (N, K).
    """

    scaling = "standard"
    precomputes = False

    def __init__(self, module, image_shape, n_classes):
        super().__init__()
        self.module = module
        self.n_classes = whole_number("n_classes", n_classes)
        name, self.n_features_out = _try_out(module, shape_of_images(image_shape), self.n_classes)
        self.output_name = None if name is None else f"module.{name}".removesuffix(".")

    def forward(self, x):
        """Return the logits of the images, (N, K)."""
        return self.module(_rows_in_one_piece(x))

    def features(self, x):
        """Return the input of the last dense layer, or else the logits, (N, D)."""
        if self.output_name is None:
            return self(x).flatten(1)
        with _inputs_of({"": self.get_submodule(self.output_name)}) as seen:
            self(x)
        return seen[-1][1].flatten(1)

    def embed(self, x):
        """Return the same as :meth:`features`: no part is known to be frozen."""
        return self.features(x)

    def working_size(self, height, width):
        """Return the height and width of the images: they are not resized."""
        return height, width

    def assume(self, fractions):
        """Do nothing: where the module has its biases is its own affair."""

    def penalty(self):
        """Return None: nothing is added to the training loss."""


def _is_of_package(module):
    return f"{type(module).__module__}.".startswith(f"{PACKAGE}.") and isinstance(module, Network)


def _rows_in_one_piece(x):
    # Flattened on the way: with one channel torch takes both layouts for contiguous, and would
    # continue in the other one.
    return x.contiguous().flatten().view(x.shape)


@contextmanager
def _inputs_of(layers):
    """Collect the names and the first inputs of layers, in the order in which they are called.

    Calls of other threads, which may predict with the same network, are left out.
    """
    seen, own = [], threading.get_ident()

    def watch(name):
        # torch leaves out the keyword arguments when the thread that registered the hook removes
        # it meanwhile.
        def hook(layer, inputs, by_name=None):
            if threading.get_ident() == own:
                seen.append((name, inputs[0] if inputs else by_name["input"]))

        return hook

    handles = [
        layer.register_forward_pre_hook(watch(name), with_kwargs=True)
        for name, layer in layers.items()
    ]
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def _try_out(module, image_shape, n_classes):
    """Check what a module makes of blank images.

    Returns
    -------
    name : str or None
        Name of the last dense layer that it calls, if any.
    n_features : int
        Number of values for each image that this layer takes; else `n_classes`.
    """
    height, width, n_channels = image_shape
    like = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(()))
    modes = [(layer, layer.training) for layer in module.modules()]
    module.eval()
    try:
        for n_images in (1, 2):  # a single one shows axes that are squeezed away
            x = torch.zeros(
                n_images, n_channels, height, width, dtype=like.dtype, device=like.device
            )
            dense = {n: m for n, m in module.named_modules() if isinstance(m, nn.Linear)}
            with torch.no_grad(), _inputs_of(dense) as seen:
                logits = _call(module, x)
            _check_logits(logits, n_images, n_classes)
    finally:
        for layer, training in modes:
            layer.training = training
    if not seen or len(seen[-1][1]) != n_images:
        return None, n_classes
    name, inputs = seen[-1]
    return name, inputs[0].numel()


def _call(module, x):
    try:
        return module(x)
    except Exception as error:
        raise ValueError(
            f"The network {type(module).__name__} raises an error for blank images of shape "
            f"{tuple(x.shape)}: {type(error).__name__}: {error}"
        ) from error


def _check_logits(logits, n_images, n_classes):
    if not isinstance(logits, torch.Tensor):
        came = f"an object of type {type(logits).__name__}"
    elif not logits.is_floating_point():
        came = f"a tensor of {logits.dtype}"
    elif tuple(logits.shape) != (n_images, n_classes):
        came = f"shape {tuple(logits.shape)}"
    else:
        return
    raise ValueError(
        f"The network gives {came} for {n_images} images; wanted: floating-point logits of shape "
        f"{(n_images, n_classes)}, one for each of the {n_classes} classes."
    )
