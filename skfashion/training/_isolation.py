"""What keeps a training from being noticed elsewhere in the process."""

from contextlib import contextmanager

import torch


@contextmanager
def isolated(seed, device):
    """Draw from `seed` inside, and leave torch's global random state as it was.

    cuDNN takes its deterministic algorithms inside, so that a seed gives the same network.

    Parameters
    ----------
    seed : int
        What torch's global generators start from.
    device : torch.device
        The device that is computed on; the CPU's generator is always kept.
    """
    devices = [device] if device.type == "cuda" else []
    with (
        torch.random.fork_rng(devices=devices),
        torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True),
    ):
        # Not torch.manual_seed: that would seed the GPUs which are not in use as well.
        torch.default_generator.manual_seed(seed)
        if device.type == "cuda":
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield
