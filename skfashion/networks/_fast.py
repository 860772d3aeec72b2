"""Layers that compute what torch's own do, faster on a CPU.

Each is a subclass of torch's and does as that one on any other device. Milliseconds are of steps
of 64 images in bfloat16 on two cores, by benchmarks/ablation.py, whose table is in docs/design.md.
"""

from functools import reduce
from itertools import pairwise

import torch
from torch import nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

MANY = 32  # images
RISING = (nn.ReLU, nn.LeakyReLU, nn.ELU, nn.Tanh, nn.Sigmoid)


class Sequential(nn.Sequential):
    """Layers one after another, but an activation only after the max pool that follows it.

    What comes out is the same, since no activation here ever falls, and pooled first a
    quarter of the values are left to activate: 1.5 ms less for a step of v5.
    """

    def __init__(self, *layers):
        super().__init__(*layers)
        self.order = list(range(len(layers)))
        for i, (layer, following) in enumerate(pairwise(layers)):
            if isinstance(layer, RISING) and isinstance(following, nn.MaxPool2d):
                self.order[i : i + 2] = i + 1, i

    def forward(self, x):
        layers = list(self)
        for i in self.order:
            x = layers[i](x)
        return x


class Conv2d(nn.Conv2d):
    """A convolution that may be padded by more than half its kernel.

    torch's gradient is slow there: a step of mini_VGG, with one such convolution, takes 3 ms
    less if the image gets the zeros that are too many beforehand.
    """

    def __init__(self, n_in, n_out, size, padding):
        super().__init__(n_in, n_out, size, padding=padding)
        self.inside = min(padding, size // 2)
        self.beforehand = [padding - self.inside] * 4

    def forward(self, x):
        if any(self.beforehand):
            x = functional.pad(x, self.beforehand)
        return functional.conv2d(x, self.weight, self.bias, padding=self.inside)


class AvgPool2d(nn.AvgPool2d):
    """An average pool whose windows do not overlap.

    The average is a convolution of each channel by itself, and its gradient an enlarged copy:
    both have kernels that are fast with few channels: .2 ms less for a step of LeNet-5.
    """

    def forward(self, x):
        size = self.kernel_size
        uneven = x.shape[2] % size or x.shape[3] % size
        if x.device.type != "cpu" or uneven or not torch.is_grad_enabled():
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
        if x.device.type != "cpu" or torch.is_grad_enabled() or len(x) < MANY:
            return super().forward(x)
        size = self.kernel_size
        height, width = (n // size * size for n in x.shape[2:])
        x = reduce(torch.maximum, [x[:, :, i:height:size] for i in range(size)])
        return reduce(torch.maximum, [x[:, :, :, i:width:size] for i in range(size)])


class Dropout(nn.Dropout):
    """Dropout by 16 random bits for each value.

    torch draws a Bernoulli number for each, which takes 14 ms more of a step of v5. The rate is
    rounded to a multiple of 2**-16.
    """

    def forward(self, x):
        if x.device.type != "cpu" or not self.training:
            return super().forward(x)
        n_dropped = round(self.p * 2**16)  # of the 2**16 values that 16 bits can have
        bits = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device)
        bits = bits.random_(-(2**63), None).view(torch.int16)[: x.numel()]
        mask = torch.empty_like(x)  # where x has its values in memory, whatever its layout
        mask.as_strided((x.numel(),), (1,)).copy_(bits.ge_(n_dropped - 2**15))
        return x * mask * (2**16 / (2**16 - n_dropped))
