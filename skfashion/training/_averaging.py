"""Moving averages of the weights, to predict with."""

from contextlib import contextmanager

import torch

STATISTICS = ("running_mean", "running_var")  # as torch names those of normalizations
EVERY = 4  # steps between two updates, each of which goes through all the weights


class AveragedWeights:
    """Weights that follow those of a network in training, and are its own between epochs.

    While the learning rate is high, each step moves the weights to and fro about where they
    are heading. Their average is less noisy, so that a network is of use well before its
    training ends.

    Parameters
    ----------
    network : nn.Module
        The network that is trained.
    decay : float
        What is left of the average after each step, at most: it is (n - 1) / (n + 8) after n
        steps if that is less, so that the weights of the beginning are soon forgotten.
    with_frozen : bool, default=False
        Whether weights that are not trained yet are averaged, too.

    Notes
    -----
    Of the buffers, the running statistics of normalizations are averaged, and all others are as
    after the last step: a mean of the vectors of a spectral norm, or of a flag, has no meaning.

    References
    ----------
    B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging",
    SIAM Journal on Control and Optimization 30(4), 1992.
    """

    def __init__(self, network, decay, *, with_frozen=False):
        self.decay = decay
        weights = [weight for weight in network.parameters() if weight.is_floating_point()]
        self.parameters = [w.detach() for w in weights if with_frozen or w.requires_grad]
        # By their names: a module may replace the tensor.
        places = {
            id(buffer): (module, name)
            for module in network.modules()
            for name, buffer in module.named_buffers(recurse=False)
            if name in STATISTICS and _has_average(buffer)
        }
        self.statistics = list(places.values())
        self.averages = [tensor.clone() for tensor in self._weights()]
        self.n_steps = 0
        self.n_missed = 0

    @contextmanager
    def in_training(self):
        """Give the network the weights of its last step inside, and their averages outside."""
        self._exchange()
        try:
            yield
        finally:
            self._catch_up()
            self._exchange()

    def step(self):
        """Count a step of the training."""
        self.n_missed += 1
        if self.n_missed == EVERY:
            self._catch_up()

    def state_dict(self):
        """Return the state between two epochs, when the network has the averages."""
        return {"weights": self.averages, "n_steps": self.n_steps}

    def load_state_dict(self, state):
        """Resume from such a state."""
        for own, stored in zip(self.averages, state["weights"], strict=True):
            own.copy_(stored)
        self.n_steps = state["n_steps"]

    def _weights(self):
        """Return the weights and statistics that the network has now."""
        return self.parameters + [getattr(*place).detach() for place in self.statistics]

    def _catch_up(self):
        if not self.n_missed:
            return
        self.n_steps += self.n_missed
        decay = min(self.decay, (self.n_steps - 1) / (self.n_steps + 8)) ** self.n_missed
        torch._foreach_lerp_(self.averages, self._weights(), 1 - decay)
        self.n_missed = 0

    def _exchange(self):
        with torch.no_grad():
            for weight, average in zip(self._weights(), self.averages, strict=True):
                kept = weight.clone()
                weight.copy_(average)
                average.copy_(kept)


def _has_average(buffer):
    """Return whether a statistic is a tensor of floats; one that is expanded cannot be changed."""
    expanded = any(
        size > 1 and not stride for size, stride in zip(buffer.shape, buffer.stride(), strict=True)
    )
    return buffer.is_floating_point() and not expanded
