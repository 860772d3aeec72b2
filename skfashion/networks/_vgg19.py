"""VGG-19 with convolutions that were trained elsewhere."""

import os
import re
from pathlib import Path

import torch
from torch import nn

from ..storage import DownloadError, download, name_in_url, sha256_of
from ._docs import documented
from ._layers import convolution, hidden_layers, pooling_layer
from ._network import Network
from ._parameters import whole_number

# The official weights; the digits in the name begin the SHA-256 of the file.
OFFICIAL_WEIGHTS = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
HASH_IN_NAME = re.compile(r"-([0-9a-f]{8,64})\.pth$")
URL = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # of two letters: C: is a drive

BLOCKS = [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)]  # channels and convolutions of each
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@documented
class VGG19(Network):
    """VGG-19's sixteen convolutions, frozen but for the last blocks, under a small head.

    The images have one channel or three, with pixels from 0 to 1.

    Parameters
    ----------
    %(images)s
    image_size : int
        Height and width to which the images are resized.
    fine_tune : int
        How many of the five blocks, counted from the last, are trained with the head.
    %(hidden_units)s
    %(dense_dropout)s
    weights : str, path-like or None
        File or URL of the convolutions' weights; None for random ones.
    %(generator)s

    References
    ----------
    K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale image
    recognition", ICLR 2015.
    """

    scaling = "range"

    def __init__(
        self,
        image_shape,
        n_classes,
        *,
        image_size,
        fine_tune,
        hidden_units,
        dropout,
        weights,
        generator=None,
    ):
        if image_shape[2] not in (1, 3):
            raise ValueError(f"VGG-19 takes images of 1 or 3 channels, not of {image_shape[2]}.")
        n_frozen = len(BLOCKS) - whole_number("fine_tune", fine_tune, least=0, most=len(BLOCKS))
        nn.Module.__init__(self)
        self.image_size = whole_number("image_size", image_size, least=32)
        for name, values in (("pixel_mean", IMAGENET_MEAN), ("pixel_std", IMAGENET_STD)):
            # Not persistent: files of weights have no such names.
            self.register_buffer(name, torch.tensor(values).view(3, 1, 1), persistent=False)
        blocks = list(_blocks())
        layers = nn.Sequential(*(layer for block in blocks for layer in block))
        if weights is not None:
            layers.load_state_dict(load_convolutions(weights, layers.state_dict()))
            for layer in layers:
                layer.initialization = None
        hidden = hidden_layers(hidden_units, "relu", dropout, parameter="dropout")
        super().__init__(image_shape, n_classes, layers, hidden, generator=generator)
        for block in blocks[:n_frozen]:
            for layer in block:
                layer.requires_grad_(False)

    @property
    def precomputes(self):
        """Whether no convolution is trained, so that their output can be precomputed."""
        return not any(weight.requires_grad for weight in self.convolutions.parameters())

    def working_size(self, height, width):
        """Return the network's size, whatever that of the images is."""
        return self.image_size, self.image_size

    def embed(self, x):
        """Return the flattened output of the convolutions for pixels from 0 to 1, (N, D')."""
        x = self.resize(x).expand(-1, 3, -1, -1)  # grey is copied to three channels
        x = (x - self.pixel_mean.to(x.dtype)) / self.pixel_std.to(x.dtype)
        return self.flatten(self.convolutions(x))

    def features(self, x):
        """Return what the head's last hidden layer makes of images or of their embeddings."""
        return self.hidden(x if x.ndim == 2 else self.embed(x))


def _blocks():
    """Yield the layers of each block, which are torchvision's ``features`` one after another."""
    n_in = 3
    for width, depth in BLOCKS:
        block = []
        for _ in range(depth):
            block += convolution(n_in, width, activation="relu")
            n_in = width
        yield [*block, pooling_layer("max")]


def load_convolutions(source, wanted):
    """Read the convolutions of VGG-19 from torchvision's state dict.

    Parameters
    ----------
    source : str or path-like
        File or URL. Where its name has a hash, as the official one's, it is checked.
    wanted : dict of str to Tensor
        State dict of the convolutions, for names and shapes.

    Returns
    -------
    dict of str to Tensor
        Their state dict.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be downloaded.
    ValueError
        If the file has other contents.
    """
    source = os.fsdecode(source)
    path = _downloaded(source) if URL.match(source) else Path(source)
    digest = _digest_in_name(path)
    if digest and not sha256_of(path).startswith(digest):
        raise ValueError(
            f"{path} does not have the SHA-256 that its name says: it is damaged or another "
            f"file. Delete it and get it again from {OFFICIAL_WEIGHTS}."
        )
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, MemoryError):
        raise
    except Exception as error:  # what wrong contents lead to has no end
        raise ValueError(
            f"{path} is no file of weights, or is cut short: {type(error).__name__}. VGG-19's "
            f"are at {OFFICIAL_WEIGHTS}."
        ) from error
    prefix = "features."
    found = {
        name.removeprefix(prefix): value
        for name, value in (state.items() if isinstance(state, dict) else ())
        if isinstance(name, str) and name.startswith(prefix)
    }
    wrong = [
        name
        for name in sorted(wanted.keys() | found.keys())
        if getattr(found.get(name), "shape", None) != getattr(wanted.get(name), "shape", None)
    ]
    if wrong:
        raise ValueError(
            f"{path} is no state dict of torchvision's VGG-19: {prefix}{wrong[0]} is missing, "
            f"of another shape, or not expected ({len(wrong)} such). VGG-19's weights are at "
            f"{OFFICIAL_WEIGHTS}."
        )
    return found


def _downloaded(url):
    """Return the path of a file that is downloaded if it was not before."""
    path = Path(torch.hub.get_dir(), "checkpoints", name_in_url(url))
    if not path.exists():
        try:
            download(url, path, sha256=_digest_in_name(path))
        except DownloadError as error:
            raise OSError(
                f"{error} Get it where there is an internet connection, and give the file's path "
                "as weights."
            ) from None
    return path


def _digest_in_name(path):
    """Return the digits with which the SHA-256 of a file begins, or None if no one says."""
    digest = HASH_IN_NAME.search(path.name)
    return digest and digest[1]
