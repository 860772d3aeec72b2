"""Images and targets on the device, and the mini-batches that are taken from them there."""

from dataclasses import dataclass

import numpy as np
import torch
from skorch.dataset import Dataset

from ..augmentation import as_augmentation
from ..inference import as_tensor, scaled


@dataclass(eq=False)
class ImageData(Dataset):
    """A data set, once on the device.

    Parameters
    ----------
    images : Tensor of shape (N, H, W, C)
        Pixels, still uint8 if they came so. Channels are last, so that a mini-batch of whole
        images is gathered in one piece and its (N, C, H, W) view is in torch's
        ``channels_last`` layout, the fast one, without a copy.
    targets : Tensor of shape (N,), dtype int64
        Codes of the classes.
    weights : Tensor of shape (N,) or None
        Sample weights.
    precomputed : bool, default=False
        Whether `images` are not pixels, but what a network's frozen backbone makes of them,
        (N, D'): they are given to the network as they are.
    """

    images: torch.Tensor
    targets: torch.Tensor | None = None
    weights: torch.Tensor | None = None
    precomputed: bool = False

    @classmethod
    def from_numpy(cls, images, targets=None, weights=None, *, device, dtype=torch.float32):
        """Copy arrays to a device.

        Parameters
        ----------
        images : ndarray of shape (N, H, W, C)
            Pixels.
        targets : ndarray of shape (N,), optional
            Codes of the classes.
        weights : ndarray of shape (N,), optional
            Sample weights.
        device : torch.device
            Where to.
        dtype : torch.dtype, default=torch.float32
            That of the weights.

        Returns
        -------
        ImageData
        """
        return cls(
            as_tensor(images).to(device),
            None if targets is None else as_tensor(targets).to(device),
            None if weights is None else as_tensor(weights).to(dtype).to(device),
        )

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        """Return an image and its target, or several, as skorch's data sets do."""
        return self.images[index], None if self.targets is None else self.targets[index]

    @property
    def X(self):  # noqa: N802
        """The inputs, as skorch's callbacks ask for them: this object."""
        return self

    @property
    def y(self):
        """The targets, as skorch's callbacks ask for them."""
        return self.targets

    def pixel_statistics(self):
        """Return mean and standard deviation of the pixels of each channel.

        Returns
        -------
        mean, std : ndarray of shape (C,), dtype float64
            Weighted by the sample weights; `std` is 1 where all pixels are alike.
        """
        weights = self.weights
        if weights is None:
            weights = torch.ones(len(self), device=self.images.device)
        widest = self._widest()
        # Sums of one image's small whole numbers are good in float32, and much faster.
        dtype, rounding = (
            (torch.float32, 1e-6) if self.images.dtype == torch.uint8 else (widest, 1e-12)
        )
        moments = torch.zeros(2, self.images.shape[3], dtype=widest, device=weights.device)
        parts = zip(self.images.split(256), weights.to(widest).split(256), strict=True)
        for images, weight in parts:  # in parts: the whole set never stands there as floats
            pixels = images.to(dtype).flatten(1, 2)  # (N, H*W, C)
            moments[0] += weight @ pixels.mean(1).to(widest)
            moments[1] += weight @ pixels.square().mean(1).to(widest)
        mean, square = moments / weights.sum().to(moments.dtype)
        variance = (square - mean.square()).clamp(min=0)
        variance[variance <= rounding * square] = 1.0
        return mean.cpu().numpy().astype(float), variance.sqrt().cpu().numpy().astype(float)

    def class_fractions(self, n_classes):
        """Return the fraction of each class in the data, by sample weights, (n_classes,)."""
        # On the CPU: a GPU adds weights up in another order each time.
        weights = None if self.weights is None else self.weights.cpu().double()
        counts = torch.bincount(self.targets.cpu(), weights, minlength=n_classes).double()
        return counts / counts.sum()

    def offset_and_range(self):
        """Return the smallest pixel, and how far the largest is above it, for each channel.

        Returns
        -------
        smallest, width : ndarray of shape (C,), dtype float64
            The same in all channels; the width is 1 where all pixels are alike.
        """
        smallest, largest = (float(self.images.min()), float(self.images.max()))
        width = largest - smallest if largest > smallest else 1.0
        return tuple(np.full(self.images.shape[3], value) for value in (smallest, width))

    def _widest(self):
        return torch.float32 if self.images.device.type == "mps" else torch.float64


class DeviceBatches:
    """Mini-batches of a data set, made on its device without waiting for it.

    Each mini-batch is gathered, augmented and scaled there. Iterating gives skorch's pairs
    ``(inputs, targets)``, where inputs are the scaled images, (N, C, H, W), or, if the data
    have sample weights, a dictionary with ``images`` and ``sample_weight``.

    Parameters
    ----------
    data : ImageData
        What to take them from.
    mean, std : Tensor of shape (C,)
        What is subtracted from the pixels and what they are divided by; their dtype is that
        of the mini-batches.
    batch_size : int
        Images in a mini-batch; the last one may have fewer.
    shuffle : bool, default=False
        Whether each iteration draws a new order.
    augment : augmentation, list, Pipeline or None, default=None
        What to do to each mini-batch.
    seed : int, default=0
        Seed of the order and of the augmentation.
    """

    def __init__(self, data, mean, std, batch_size, *, shuffle=False, augment=None, seed=0):
        self.data = data
        self.mean = mean
        self.std = std
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.augment = as_augmentation(augment)
        # Not for predictions: making generators takes longer than a small network does.
        self.order_generator = torch.Generator().manual_seed(seed) if shuffle else None
        if self.augment is not None:
            self.augment_generator = torch.Generator(data.images.device).manual_seed(seed)

    def __len__(self):
        return -(-len(self.data) // self.batch_size)

    def __iter__(self):
        order = None
        if self.shuffle:
            order = torch.randperm(len(self.data), generator=self.order_generator)
            order = order.to(self.data.images.device)
        for start in range(0, len(self.data), self.batch_size):
            yield self._batch(order, slice(start, start + self.batch_size))

    def state_dict(self):
        """Return the states of the generators between two iterations."""
        return {name: generator.get_state() for name, generator in self._generators().items()}

    def load_state_dict(self, state):
        """Resume from such states."""
        for name, generator in self._generators().items():
            generator.set_state(state[name])

    def _generators(self):
        order = {} if self.order_generator is None else {"order": self.order_generator}
        return order | ({} if self.augment is None else {"augment": self.augment_generator})

    def _batch(self, order, part):
        def take(tensor):
            if tensor is None:
                return None
            return tensor[part] if order is None else tensor.index_select(0, order[part])

        images, targets = take(self.data.images), take(self.data.targets)
        if not self.data.precomputed:
            images = images.permute(0, 3, 1, 2)  # (N, C, H, W)
            if self.augment is not None:
                images = self.augment(images, self.augment_generator, targets)
            images = scaled(images, self.mean, self.std)
        weight = take(self.data.weights)
        inputs = images if weight is None else {"images": images, "sample_weight": weight}
        return inputs, targets
