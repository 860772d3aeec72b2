"""How much memory a network may take while it is built."""

from math import prod

from torch.overrides import TorchFunctionMode

LEAST = 20_000_000  # values at once, in float32 80 MB
FOR_EACH_WEIGHT = 8  # values of a feature map

CONVOLUTIONS = {"conv2d", "mkldnn_convolution"}  # no image is larger afterwards
MAKERS = {"empty", "full", "ones", "zeros", "new_empty", "new_zeros"}


class Budget(TorchFunctionMode):
    """Refuse to build a network that is larger than its weights say.

    The parameters that a file states may be made up. Inside, a network that would have many more
    weights than the file has fails before memory is taken for it, and so does one for images
    whose feature maps are out of all proportion to the weights. torch's meta device would tell
    the same, but its first use in a process takes seconds.

    Parameters
    ----------
    n_weights : int
        How many numbers the weights are.

    Examples
    --------
    >>> from skfashion.inference import Budget
    >>> from skfashion.networks import V5
    >>> with Budget(1000):
    ...     network = V5((28, 28, 1), 10, hidden_units=(100_000_000,))
    Traceback (most recent call last):
    ...
    ValueError: A tensor of 51,200,000,000 values is out of proportion to 1,000 weights.
    """

    def __init__(self, n_weights):
        super().__init__()
        self.n_weights = n_weights
        self.at_once = LEAST + FOR_EACH_WEIGHT * n_weights
        self.left = LEAST + 2 * n_weights  # of what is made, not computed

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(function, "__name__", None)
        n_values = 0
        if name in MAKERS:
            n_values = _n_made(name, *args, **kwargs)
            self.left -= n_values
        elif name in CONVOLUTIONS:
            x, weight = args[:2]
            n_values = len(x) * len(weight) * prod(x.shape[2:])
        elif name == "interpolate":
            n_values = prod(args[0].shape[:2]) * prod(kwargs["size"])
        # Only what makes values is refused: that torch puts its switches back comes here, too.
        if n_values and (n_values > self.at_once or self.left < 0):
            raise ValueError(
                f"A tensor of {n_values:,} values is out of proportion to {self.n_weights:,} "
                "weights."
            )
        return function(*args, **kwargs)


def _n_made(name, *sizes, size=None, **options):
    """Return how many values a tensor has that is made so."""
    sizes = sizes[1:] if name.startswith("new_") else sizes
    first = size if size is not None else sizes[0]
    return prod(sizes if isinstance(first, int) else first)
