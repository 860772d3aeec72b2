"""Random numbers of a training's own, for networks that draw from torch's global generators."""

import threading
from contextlib import contextmanager, nullcontext

import torch

from ..inference import SharedSetting, after_fork

_lock = threading.RLock()  # while one training borrows the global generators, others wait


@after_fork
def _new_lock():
    global _lock
    _lock = threading.RLock()  # another thread of the parent may have held it


class BorrowedGenerators:
    """torch's global generators, lent to a network that draws from nothing else.

    The package's own networks draw from generators that are handed to them. A user's module
    draws from the global ones: inside :meth:`borrowed` these are in a state of this object's
    own, so that fits side by side get the numbers that each gets alone, and afterwards they are
    as they were. A thread that draws from them by itself at the same time, which no lock can stop,
    disturbs the numbers, and is disturbed.

    Parameters
    ----------
    seed : int
        Where the numbers start.
    device : torch.device
        The device that is computed on; the CPU's generator is always lent.
    """

    def __init__(self, seed, device):
        self.device = device if device.type == "cuda" else None
        self.state = torch.Generator().manual_seed(seed).get_state()
        if self.device is not None:
            self.gpu_state = torch.Generator(self.device).manual_seed(seed).get_state()

    def state_dict(self):
        """Return the states of the generators."""
        return {"cpu": self.state} | ({} if self.device is None else {"gpu": self.gpu_state})

    def load_state_dict(self, state):
        """Resume from such states."""
        self.state = state["cpu"]
        if self.device is not None:
            self.gpu_state = state["gpu"]

    @contextmanager
    def borrowed(self):
        """Lend the global generators inside."""
        with _lock:
            before = torch.get_rng_state()
            torch.set_rng_state(self.state)
            if self.device is not None:
                gpu_before = torch.cuda.get_rng_state(self.device)
                torch.cuda.set_rng_state(self.gpu_state, self.device)
            try:
                yield
            finally:
                self.state = torch.get_rng_state()
                torch.set_rng_state(before)
                if self.device is not None:
                    self.gpu_state = torch.cuda.get_rng_state(self.device)
                    torch.cuda.set_rng_state(gpu_before, self.device)


def _be_deterministic():
    cudnn = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.benchmark
    cudnn.deterministic, cudnn.benchmark = True, False
    return before


def _be_as_before(before):
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = before


_deterministic = SharedSetting(_be_deterministic, _be_as_before)


def deterministic_cudnn(device):
    """Let cuDNN take its deterministic algorithms inside, so that a seed gives the same network.

    The two switches are the process's: they are as they were when the last training has ended.
    """
    return _deterministic.held() if device.type == "cuda" else nullcontext()
