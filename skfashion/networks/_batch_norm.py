"""Batch normalization that supports sample weights."""

from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalization over all but the second axis, which supports sample weights.

    As torch's own, but for three things. Inside :func:`sample_weights` the batch's statistics
    are the weighted ones, so that a weight of 2 is the same as giving the image twice. The
    running statistics are plain means over the first batches, until the usual momentum
    forgets faster: so they are of use after a handful of steps. And a batch that has one
    value for each channel, of which no variance can be told, is normalized by them instead
    of being an error.
    """

    sample_weight = None
    n_batches = None

    def _check_input_dim(self, x):
        pass

    def _load_from_state_dict(self, *args, **options):
        super()._load_from_state_dict(*args, **options)
        self.n_batches = None  # it is another number now

    def reset_running_stats(self):
        """Forget the running statistics and how many batches they are of."""
        super().reset_running_stats()
        self.n_batches = None

    def forward(self, x):
        if not self.training or x.numel() == x.shape[1]:
            return functional.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        if self.n_batches is None:  # counted here as well: reading a tensor waits for its device
            self.n_batches = int(self.num_batches_tracked)
        self.n_batches += 1
        self.num_batches_tracked += 1
        momentum = max(self.momentum or 0.0, 1 / self.n_batches)  # None: a plain mean
        if self.sample_weight is not None:
            return self._weighted(x, momentum)
        return functional.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=True,
            momentum=momentum,
            eps=self.eps,
        )

    def _weighted(self, x, momentum):
        dtype = x.dtype
        x = x.to(torch.promote_types(dtype, torch.float32))  # sums in bfloat16 are too inexact
        axes = [axis for axis in range(x.ndim) if axis != 1]
        channel = [1, -1] + [1] * (x.ndim - 2)
        weight = self.sample_weight.to(x.dtype).reshape([-1] + [1] * (x.ndim - 1))
        weight = weight.expand(-1, 1, *x.shape[2:])
        total = weight.sum()
        mean = (weight * x).sum(axes) / total  # (C,)
        deviation = x - mean.reshape(channel)
        variance = (weight * deviation.square()).sum(axes) / total  # (C,)
        with torch.no_grad():
            # Weights of 1 and more are counts; smaller ones say nothing of how many there are.
            count = total.clamp(min=x.numel() // x.shape[1])
            unbiased = variance * count / (count - 1)
            self.running_mean.lerp_(mean.to(self.running_mean.dtype), momentum)
            self.running_var.lerp_(unbiased.to(self.running_var.dtype), momentum)
        x = deviation * (variance + self.eps).rsqrt().reshape(channel)
        return (x * self.weight.reshape(channel) + self.bias.reshape(channel)).to(dtype)


@contextmanager
def sample_weights(network, weight):
    """Let the batch normalizations of a network take sample weights into account.

    Parameters
    ----------
    network : nn.Module
        The network. Batch normalizations of torch's own do not support sample weights.
    weight : Tensor of shape (N,) or None
        How often each image of the next batch counts; None for once each.

    Yields
    ------
    None
        Within the block the weights count.

    Examples
    --------
    >>> import torch
    >>> from skfashion.networks import V5, sample_weights
    >>> network = V5((28, 28, 1), 10, width=4)
    >>> with sample_weights(network, torch.tensor([1.0, 2.0, 1.0])):
    ...     logits = network(torch.zeros(3, 1, 28, 28))
    """
    norms = [] if weight is None else [m for m in network.modules() if isinstance(m, BatchNorm)]
    for norm in norms:
        norm.sample_weight = weight
    try:
        yield
    finally:
        for norm in norms:
            del norm.sample_weight
