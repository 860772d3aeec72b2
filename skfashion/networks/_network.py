"""What all networks of the package have in common."""

import torch
from torch import nn
from torch.nn import functional

from ._docs import documented
from ._fast import Sequential
from ._initialization import Linear, initialize
from ._parameters import not_negative, shape_of_images, whole_number

LEAST_FRACTION = 1e-3  # of a class that may come later


@documented
class Network(nn.Module):
    """A convolutional part, hidden dense layers, and an output layer.

    A subclass says its layers by handing them to `__init__`, and the least image it can
    take as `least_size`; smaller images are resized up to that. One whose :meth:`embed` needs
    layers or buffers of its own calls ``torch.nn.Module.__init__(self)`` and sets them first.

    Parameters
    ----------
    %(images)s
    convolutions : iterable of nn.Module
        Layers that take (N, C, H, W) to any (N, C', H', W').
    hidden : callable
        Takes the number of flattened inputs, gives ``(layers, D)``: the hidden dense layers
        and the number of features they end in.
    l2 : float, default=0.0
        Factor of the sum of the dense layers' squared weights (not their biases) that
        :meth:`penalty` adds to the training loss.
    %(generator)s

    Raises
    ------
    ValueError
        If a parameter is invalid.

    Examples
    --------
    >>> import torch
    >>> from torch import nn
    >>> from skfashion.networks import Network
    >>> class Small(Network):
    ...     def __init__(self, image_shape, n_classes, generator=None):
    ...         layers = [nn.Conv2d(image_shape[2], 4, 3), nn.ReLU(), nn.MaxPool2d(4)]
    ...         super().__init__(image_shape, n_classes, layers, self.dense, generator=generator)
    ...
    ...     def dense(self, n_flat):
    ...         return nn.Sequential(nn.Linear(n_flat, 16), nn.ReLU()), 16
    >>> Small((28, 28, 1), 10).features(torch.zeros(5, 1, 28, 28)).shape
    torch.Size([5, 16])
    """

    least_size = (1, 1)
    scaling = "standard"  # by mean and deviation of the training pixels; "range": to 0 .. 1
    output_name = "output"

    def __init__(self, image_shape, n_classes, convolutions, hidden, l2=0.0, *, generator=None):
        if "_modules" not in self.__dict__:
            super().__init__()
        image_shape = shape_of_images(image_shape)
        self.l2 = not_negative("l2", l2)
        self.convolutions = Sequential(*convolutions)
        self.hidden, n_features = hidden(self._n_flat(*image_shape))
        self.output = Linear(n_features, whole_number("n_classes", n_classes))
        self.output.initialization = "zeros"
        self.reset_parameters(generator)

    def _n_flat(self, height, width, n_channels):
        """Return how many values the flattened output of the convolutions has."""
        like = next(self.parameters(), torch.zeros(()))
        self.eval()  # normalizing by running statistics, which stay as they are
        with torch.no_grad():
            n_flat = self.embed(like.new_zeros(1, n_channels, height, width)).numel()
        self.train()
        return n_flat

    def reset_parameters(self, generator=None):
        """Redraw the weights of the package's own layers.

        Layers of torch's own keep what torch drew for them, and convolutions whose weights
        were loaded keep those.

        Parameters
        ----------
        generator : torch.Generator, optional
            What the numbers are drawn from; torch's global generator by default.
        """
        initialize(self, generator)
        self.assume(torch.full((self.n_classes,), 1 / self.n_classes))

    @property
    def n_classes(self):
        """Number of classes, K."""
        return self.output.out_features

    @property
    def n_features_out(self):
        """Number of features of the last hidden layer, D."""
        return self.output.in_features

    @property
    def precomputes(self):
        """Whether the network also takes what :meth:`embed` gives, (N, D'), as its input."""
        return False

    def working_size(self, height, width):
        """Return the size at which images are looked at.

        Parameters
        ----------
        height, width : int
            The size of the images.

        Returns
        -------
        tuple of int
            The least size at least, and the larger one of each side.
        """
        return max(height, self.least_size[0]), max(width, self.least_size[1])

    @documented
    def resize(self, x):
        """Resize images to the size at which the network works.

        %(x)s

        Returns
        -------
        Tensor of shape (N, C, H', W')
            `x` itself if it has that size.
        """
        size = self.working_size(*x.shape[2:])
        if size == tuple(x.shape[2:]):
            return x
        return functional.interpolate(x, size=size, mode="bilinear", align_corners=False)

    @documented
    def embed(self, x):
        """Return the flattened output of the convolutions.

        %(x)s

        Returns
        -------
        Tensor of shape (N, D')
            A row for each image.
        """
        return self.flatten(self.convolutions(self.resize(x)))

    @staticmethod
    def flatten(x):
        """Return feature maps as rows, channels last: as they lie in memory, without a copy.

        Parameters
        ----------
        x : Tensor of shape (N, C', H', W')
            Feature maps.

        Returns
        -------
        Tensor of shape (N, H' * W' * C')
            A row for each image.
        """
        return x.permute(0, 2, 3, 1).flatten(1)

    @documented
    def features(self, x):
        """Return what the last hidden layer makes of the images.

        %(x)s

        Returns
        -------
        Tensor of shape (N, D)
            A row for each image.
        """
        return self.hidden(self.embed(x))

    def forward(self, x):
        """Return the logits of the images, (N, K)."""
        return self.output(self.features(x))

    def assume(self, fractions):
        """Let a new network give each class the probability it has in the data.

        So it need not learn first what is frequent and what is rare.

        Parameters
        ----------
        fractions : Tensor of shape (K,)
            Fraction of each class.
        """
        with torch.no_grad():
            self.output.bias.copy_(fractions.clamp(min=LEAST_FRACTION).log())

    def penalty(self):
        """Return what is added to the training loss.

        Returns
        -------
        Tensor or None
            `l2` times the sum of the dense layers' squared weights; None for 0.
        """
        if not self.l2:
            return None
        dense = [layer for layer in self.modules() if isinstance(layer, nn.Linear)]
        return self.l2 * sum(layer.weight.square().sum() for layer in dense)
