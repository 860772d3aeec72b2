"""Layers that compute what torch's own do, faster on a CPU.

Each is a subclass of torch's and does as that one on any other device. Milliseconds are of steps
of 64 images in bfloat16 on two cores, by benchmarks/ablation.py, whose table is in docs/design.md.
"""

from functools import reduce

import torch
from torch import nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from ._batch_norm import BatchNorm
from ._hooks import any_global_hook, has_hooks
from ._initialization import DrawnLater, Linear, predicts_on_cpu

MANY = 32  # images
# Of these classes alone: a subclass may do something else.
RISING = {nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Tanh, nn.Sigmoid}
IN_PLACE = {nn.ReLU, nn.LeakyReLU}


HAS_ONEDNN = torch.backends.mkldnn.is_available()


class Sequential(nn.Sequential):
    """Layers one after another, but with activations that cost less.

    An activation runs after the max pool that follows it. What comes out is the same, since
    the activation never falls, and pooled first a quarter of the values are left to activate:
    1.5 ms less for a step of v5. It overwrites its input where no other layer reads that,
    which saves writing a second tensor.

    Hooks see the layers in the order in which they are written, and tensors that nobody
    changes: where one of the layers concerned has a hook, both are left out.
    """

    def forward(self, x):
        layers = self._modules.values()
        if any_global_hook():
            for layer in layers:
                x = layer(x)
            return x
        waiting = None  # an activation, until it is known what follows
        source = None  # the layer that made x, if nothing else reads x, not its gradient either
        for layer in layers:
            kind = type(layer)
            if waiting is not None:
                first = kind in MAX_POOLS and _can_swap(waiting, layer)
                if first:
                    x, source = layer(x), layer
                x = activate(waiting, x, source)
                waiting = source = None
                if first:
                    continue
            if kind in RISING and _rises(layer):
                waiting = layer
            else:
                x = layer(x)
                source = layer if kind in OWNING else None
        return x if waiting is None else activate(waiting, x, source)


def activate(layer, x, source=None):
    """Return what an activation makes of a tensor.

    It is overwritten if a layer is given as its source, which hands it to nothing else, and
    neither of the two has a hook.
    """
    kind = type(layer)
    if source is None or kind not in IN_PLACE or has_hooks(layer) or has_hooks(source):
        return layer(x)
    if kind is nn.ReLU:
        return torch.relu_(x)
    return functional.leaky_relu_(x, layer.negative_slope)


def _rises(activation):
    """Return whether an activation is monotonic with the slope that it has."""
    kind = type(activation)
    if kind is nn.LeakyReLU:
        return activation.negative_slope >= 0
    return kind is not nn.ELU or activation.alpha >= 0


def _can_swap(activation, pool):
    return not (pool.return_indices or has_hooks(activation) or has_hooks(pool))


class Conv2d(DrawnLater, nn.Conv2d):
    """A convolution that may be padded by more than half its kernel.

    torch's gradient is slow there: a step of mini_VGG, with one such convolution, takes 3 ms
    less if the image gets the zeros that are too many beforehand.

    In prediction, the output of a single image is bit-identical to that in a mini-batch. torch
    has another algorithm for it, which rounds otherwise.
    """

    def __init__(self, n_in, n_out, size, padding):
        super().__init__(n_in, n_out, size, padding=padding)
        self.inside = min(padding, size // 2)
        self.beforehand = [padding - self.inside] * 4

    def forward(self, x):
        if any(self.beforehand):
            x = functional.pad(x, self.beforehand)
        # In this order: an export to ONNX must not ask how many images there are.
        if HAS_ONEDNN and predicts_on_cpu(x) and x.dtype == torch.float32 and len(x) == 1:
            padding = [self.inside] * 2
            return torch.mkldnn_convolution(
                x, self.weight, self.bias, padding, [1, 1], [1, 1], self.groups
            )
        return functional.conv2d(x, self.weight, self.bias, padding=self.inside)


class AvgPool2d(nn.AvgPool2d):
    """An average pool whose windows do not overlap.

    The average is a convolution of each channel by itself, and its gradient an enlarged copy:
    both have kernels that are fast with few channels: .2 ms less for a step of LeNet-5. In
    float32 torch's own are the faster ones.
    """

    def forward(self, x):
        size = self.kernel_size
        uneven = x.shape[2] % size or x.shape[3] % size
        slow = x.device.type == "cpu" and x.dtype == torch.bfloat16  # torch's own
        if not slow or uneven or not torch.is_grad_enabled():
            return super().forward(x)
        return _Average.apply(x, size)


class _Average(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, size):
        ctx.size = size
        n_channels = x.shape[1]
        kernel = x.new_full((n_channels, 1, size, size), 1 / size**2)
        return functional.conv2d(x, kernel, stride=size, groups=n_channels)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        share = gradient / ctx.size**2
        return functional.interpolate(share, scale_factor=ctx.size, mode="nearest"), None


class MaxPool2d(nn.MaxPool2d):
    """A max pool whose windows do not overlap.

    In prediction nobody asks where the greatest values were, which takes torch's four times
    the memory of the values themselves. Without that it is the maximum of a few slices: 27 ms
    less for mini_VGG and 512 images. For few images torch's single call is the faster one.
    """

    def forward(self, x):
        size = self.kernel_size
        if x.device.type != "cpu" or torch.is_grad_enabled() or len(x) < MANY or size == 1:
            return super().forward(x)
        height, width = (n // size * size for n in x.shape[2:])
        x = reduce(torch.maximum, [x[:, :, i:height:size] for i in range(size)])
        return reduce(torch.maximum, [x[:, :, :, i:width:size] for i in range(size)])


class Dropout(nn.Dropout):
    """Dropout by 16 random bits for each value, from a generator of its own.

    torch draws a Bernoulli number for each, which takes 14 ms more of a step of v5. The rate is
    rounded to a multiple of 2**-16.

    The random numbers come from the attribute `generator`, or from torch's global generator
    where that is None. A copy of the layer, and a pickled one, has none.
    """

    generator = None

    def forward(self, x):
        generator = self.generator
        if not self.training or (generator is None and x.device.type != "cpu"):
            return super().forward(x)
        if generator is not None and (x.device.type != "cpu" or generator.device.type != "cpu"):
            return self._by_device(x)
        n_dropped = min(round(self.p * 2**16), 2**16 - 1)  # of the values that 16 bits can have
        bits = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device)
        bits = bits.random_(-(2**63), None, generator=generator).view(torch.int16)[: x.numel()]
        mask = torch.empty_like(x)  # where x has its values in memory, whatever its layout
        mask.as_strided((x.numel(),), (1,)).copy_(bits.ge_(n_dropped - 2**15))
        return x * mask * (2**16 / (2**16 - n_dropped))

    def _by_device(self, x):
        """Drop values by Bernoulli numbers, drawn where the generator is."""
        mask = torch.empty_like(x, device=self.generator.device)
        mask.bernoulli_(1 - self.p, generator=self.generator)
        return x * mask.to(x.device) * (1 / (1 - self.p))

    def __getstate__(self):
        # A generator is the training's: a copy that drew from it would disturb that.
        return {name: value for name, value in self.__dict__.items() if name != "generator"}


MAX_POOLS = {nn.MaxPool2d, MaxPool2d}
OWNING = {Conv2d, Linear, BatchNorm, MaxPool2d, AvgPool2d} | {
    getattr(nn, name) for name in ("Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d")
}
