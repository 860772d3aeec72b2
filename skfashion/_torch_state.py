"""torch's switches that a user may have set, and what a process inherits by fork."""

import os
from contextlib import ExitStack, contextmanager

import torch
import torch.utils._device  # of torch.device as a context, whose first use would import it
from joblib import cpu_count

from ._shared import SharedSetting, after_fork


def _make_float32_default():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    return before


_float32 = SharedSetting(_make_float32_default, torch.set_default_dtype)


@contextmanager
def neutral_torch(*, grad=False):
    """Compute as in a new process, whatever modes the caller's thread is in.

    Inside, tensors are made on the CPU unless a device is named, in float32 unless a dtype is
    named, outside of inference mode and autocast. Afterwards all is as it was.

    Parameters
    ----------
    grad : bool, default=False
        Whether operations are recorded for differentiation.
    """
    with ExitStack() as stack:
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        if torch.is_grad_enabled() != grad:
            stack.enter_context(torch.set_grad_enabled(grad))
        for device_type in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device_type):
                stack.enter_context(torch.autocast(device_type, enabled=False))
        # Only where it is needed: in a context of a device each call of torch takes longer.
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        if torch.get_default_dtype() != torch.float32 or _float32.n_users:
            stack.enter_context(_float32.held())
        yield


def _heed_quota():
    """Take no more threads than the process may use cores: torch does not look at a quota."""
    if "OMP_NUM_THREADS" not in os.environ and torch.get_num_threads() > (n := cpu_count()):
        torch.set_num_threads(n)


_heed_quota()


@after_fork
def _single_threaded():
    # The threads of a thread pool do not survive a fork: the child would wait for them forever.
    if torch.get_num_threads() > 1:
        torch.set_num_threads(1)
