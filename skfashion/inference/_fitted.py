"""What a training learned."""

import copy
from contextlib import nullcontext
from math import prod

import numpy as np
import torch
from scipy.special import log_softmax

from .._options import choose
from .._torch_state import neutral_torch
from ..networks import Network, is_native, is_watched, summarize_network
from ._device import images_at_once, is_out_of_memory, is_present, resolve_device
from ._precision import autocast, resolve_precision, storage_dtype
from ._rounded import RoundedNetwork
from ._scaling import scaled
from ._weights import from_skeleton, to_skeleton

VIEWS = {None: (False,), "flip": (False, True)}  # whether each view is mirrored
STATE = ("image_shape", "mean", "std", "pixel_range", "precision", "automatic")


class FittedNetwork:
    """A trained network and all that is needed to predict with it.

    Pickles, files and ONNX graphs are made from this object. A training makes it, and does
    not change it afterwards.

    Parameters
    ----------
    network : Network
        The network, in the dtype of `precision`, on `device`.
    image_shape : tuple of int
        (H, W, C) of the images.
    parameters : dict of str to object
        What it was built with, besides the shape of the images and the number of classes.
    mean, std : ndarray of shape (C,)
        What is subtracted from the pixels of each channel, and what they are divided by.
    pixel_range : PixelRange or None, default=None
        The smallest and the largest pixel of the training images; None where that is not known.
    device : str, default="cpu"
        Device that it is on.
    precision : {"bfloat16", "float32", "float64"}, default="float32"
        What it computes in.
    automatic : bool, default=False
        Whether `precision` is what was fast on this device, and may be another one elsewhere.

    Attributes
    ----------
    n_parameters : int
        Number of trainable parameters.
    n_features_out : int
        Number of features of the last hidden layer, D.
    """

    def __init__(
        self,
        network,
        *,
        image_shape,
        parameters,
        mean,
        std,
        pixel_range=None,
        device="cpu",
        precision="float32",
        automatic=False,
    ):
        self.network = network
        self.image_shape = image_shape
        self.parameters = parameters
        self.mean = mean
        self.std = std
        self.pixel_range = pixel_range
        self.device = device
        self.precision = precision
        self.automatic = automatic
        self._rounded = None

    @property
    def n_parameters(self):
        """Number of trainable parameters."""
        return sum(weight.numel() for weight in self.network.parameters() if weight.requires_grad)

    @property
    def n_features_out(self):
        """Number of features of the last hidden layer."""
        return self.network.n_features_out

    def summary(self):
        """Return a table of the network's layers.

        Returns
        -------
        skfashion.networks.NetworkSummary
            A row for each layer, and the sums.
        """
        with neutral_torch():
            return summarize_network(self.network, self.image_shape)

    # Predicting.

    def logits(self, images, tta=None):
        """Return the logits of images.

        Parameters
        ----------
        images : ndarray of shape (n, H, W, C)
            Pixels, as the training images had them.
        tta : {"flip"} or None, default=None
            Over which views of an image the probabilities are averaged.

        Returns
        -------
        ndarray of shape (n, K), dtype float64
            Logits; of several views, the logarithms of the mean probabilities.
        """
        each = [self._outputs(images, flip=flip).astype(float) for flip in views(tta)]
        if len(each) == 1:
            return each[0]
        logs = [log_softmax(logits, axis=1) for logits in each]
        return np.logaddexp.reduce(logs) - np.log(len(each))

    def features(self, images):
        """Return what the last hidden layer makes of images.

        Parameters
        ----------
        images : ndarray of shape (n, H, W, C)
            Pixels.

        Returns
        -------
        ndarray of shape (n, D), dtype float32, or float64 in that precision
            A row for each image.
        """
        return self._outputs(images, "features")

    def precomputed(self, images):
        """Return what the network's frozen backbone makes of images.

        Parameters
        ----------
        images : ndarray of shape (n, H, W, C)
            Pixels, as the training images had them.

        Returns
        -------
        Tensor of shape (n, D')
            On the device.
        """
        with neutral_torch():
            return self._computed(images, "embed")

    def _outputs(self, images, method="__call__", *, flip=False):
        with neutral_torch():
            return self._computed(images, method, flip=flip).to(self.dtype).cpu().numpy()

    def _computed(self, images, method, *, flip=False):
        """Return what a method of the network gives, computed in chunks that bound the memory.

        Where the memory does not suffice even so, chunks of half the size are tried.
        """
        compute = self._chunk_function(method, flip=flip)
        n_pixels = prod(self.network.working_size(*images.shape[1:3]))
        size = images_at_once(torch.device(self.device), n_pixels)
        computed, start = [], 0
        while start < len(images):
            chunk, error = images[start : start + size], None
            try:
                computed.append(compute(chunk))
            except (MemoryError, RuntimeError) as raised:
                if not is_out_of_memory(raised):
                    raise
                error = (str(raised) or type(raised).__name__).splitlines()[0]
            if error is None:
                start += len(chunk)
            else:  # only now, when the traceback holds no tensors any more
                size = _half_the_size(chunk, error, self.device)
        return torch.cat(computed)

    def _chunk_function(self, method, *, flip):
        """Return a function of an array of images, (N, H, W, C), and of nothing else."""
        network, x_dtype = self._predictor()
        rounding = self.precision == "bfloat16" and network is self.network
        device = torch.device(self.device)
        mean, std = self.scale()

        def compute(images):
            chunk = as_tensor(images).to(device)  # (N, H, W, C)
            x = scaled(chunk.permute(0, 3, 1, 2), mean, std).to(x_dtype)
            with autocast(device, self.precision) if rounding else nullcontext():
                return getattr(network, method)(x.flip(3) if flip else x)

        return compute

    def _predictor(self):
        """Return the network to predict with, and the dtype of its images."""
        if self.network.training:
            self.network.eval()
        if self.precision != "bfloat16" or not self._can_be_rounded():
            return self.network, self.dtype
        if self._rounded is None or not self._rounded.is_of(self.network):
            self._rounded = RoundedNetwork(self.network)
        return self._rounded.up_to_date(), torch.bfloat16

    def _can_be_rounded(self):
        # A copy of a user's module may not compute what the module does.
        network = self.network
        return isinstance(network, Network) and is_native(network) and not is_watched(network)

    def scale(self):
        """Return what pixels are scaled by.

        Returns
        -------
        mean, std : Tensor of shape (C,)
            Mean and standard deviation of each channel, on the device.
        """
        return tuple(
            torch.as_tensor(np.array(values), dtype=self.dtype, device=self.device)
            for values in (self.mean, self.std)
        )

    @property
    def dtype(self):
        """The dtype of weights and scaled images."""
        return storage_dtype(self.precision)

    # Moving.

    def to(self, device, precision=None):
        """Move to a device; weights that are there already are not copied.

        Parameters
        ----------
        device : str
            The device.
        precision : {"auto", "bfloat16", "float32", "float64"}, default=None
            What to compute in from now on. None keeps it, but for an automatic one, which
            becomes what is fast on the device.

        Returns
        -------
        self : FittedNetwork
            The same object.
        """
        resolved = resolve_device(device)
        self.device = str(resolved)
        if precision is not None:
            self.automatic = precision == "auto"
            self.precision = resolve_precision(precision, resolved)
        elif self.automatic:
            self.precision = resolve_precision("auto", resolved)
        self.network.to(resolved, self.dtype)
        self._rounded = None
        return self

    def copy(self):
        """Return a copy that can be trained without a change to this one.

        Returns
        -------
        FittedNetwork
            It shares nothing that a training changes.
        """
        other = copy.copy(self)
        other.network = copy.deepcopy(self.network)
        return other

    # Files: a dictionary of plain values, arrays and tensors.

    def state(self):
        """Return all but the network's structure, with tensors on the CPU.

        Returns
        -------
        dict of str to object
            Keys `image_shape`, `mean`, `std`, `pixel_range`, `precision`, `automatic` and
            `weights`, which is the network's state dict.
        """
        state = self.network.state_dict()
        if strange := [name for name, x in state.items() if not isinstance(x, torch.Tensor)]:
            raise TypeError(f"{strange[0]} in the network's state dict is no tensor.")
        weights = {name: weight.detach().cpu() for name, weight in state.items()}
        state = {name: getattr(self, name) for name in STATE}
        return state | {"weights": weights}

    @classmethod
    def from_state(cls, network, parameters, state):
        """Return a fitted network from a network of the same structure and a state.

        Parameters
        ----------
        network : Network
            The network; it gets the weights.
        parameters : dict of str to object
            What it was built with.
        state : dict of str to object
            What :meth:`state` has returned, and the `device` to move to. A `precision` of
            "auto" becomes what is fast there. `weights` may also be a function that takes the
            network's own state dict and returns the weights, so that what a file has is read
            when it is known to fit.

        Returns
        -------
        FittedNetwork
        """
        state = dict(state)
        weights, device = state.pop("weights"), state.pop("device")
        precision = state.pop("precision")
        if precision == "auto":
            state["automatic"] = True
        with neutral_torch():
            network.to(storage_dtype(precision))
            if callable(weights):
                weights = weights(network.state_dict())
            # A new network may have them: infinity in the mask of an attention, say.
            infinite = {name: w.clone() for name, w in _not_finite(network)}
            network.load_state_dict(weights)
            for name, weight in _not_finite(network):
                if not (name in infinite and torch.equal(weight, infinite[name])):
                    raise ValueError("the weights are not finite")
            network.eval()
            fitted = cls(network, parameters=parameters, precision=precision, **state)
            return fitted.to(device)

    # Pickling, by arrays on the CPU alone.

    def __getstate__(self):
        with neutral_torch():
            skeleton, weights = to_skeleton(self.network)
        return self.__dict__ | {"network": skeleton, "weights": weights, "_rounded": None}

    def __setstate__(self, state):
        state = dict(state)
        weights = state.pop("weights")
        self.__dict__.update(state)
        self.mean, self.std = (np.array(values) for values in (self.mean, self.std))
        with neutral_torch():
            self.network = from_skeleton(self.network, weights)
            self.to(self.device if is_present(self.device) else "cpu")

    def __copy__(self):
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _rounded=None)
        return other


def _not_finite(network):
    """Return name and values of what is not finite in a network's state dict."""
    return [(name, w) for name, w in network.state_dict().items() if not w.isfinite().all()]


def views(tta):
    """Return whether each view of a `tta` parameter is mirrored.

    Raises
    ------
    ValueError
        If the name is not known.
    """
    return choose("tta", tta, VIEWS)


def _half_the_size(chunk, reason, device):
    """Return the size of the chunks to try next.

    Raises
    ------
    MemoryError
        If the memory does not suffice for a single image.
    """
    if len(chunk) == 1:
        height, width, _ = chunk.shape[1:]
        raise MemoryError(
            f"The memory of {device} does not suffice to predict a single image of {height} x "
            f"{width} pixels ({reason}). End what else uses it, or move the classifier to another "
            "device."
        )
    if torch.device(device).type == "cuda":
        torch.cuda.empty_cache()  # in pieces, it may be of no use to smaller chunks
    return len(chunk) // 2


def as_tensor(array):
    """Return an array as a tensor, which shares its memory where that can be written to."""
    array = np.ascontiguousarray(array)
    # Along an axis of length 1, a negative stride is contiguous too, but torch takes none.
    shareable = array.flags.writeable and min(array.strides, default=0) >= 0
    return torch.from_numpy(array if shareable else array.copy())
