"""How trainings in threads of one process go on side by side."""

import atexit
import threading
import time
from contextlib import contextmanager, nullcontext

from ..inference import after_fork

_turns = threading.RLock()  # held for a step, on the CPU
_lock = threading.Lock()
_n_trainings = 0
_ending = False
SECONDS_TO_END = 5


@contextmanager
def training_thread():
    """Count this thread among those that train."""
    global _n_trainings
    with _lock:
        _n_trainings += 1
    try:
        yield
    finally:
        with _lock:
            _n_trainings -= 1


def own_turn(device):
    """Return the context of a step, which on the CPU has all of torch's threads for itself.

    How many threads add up a gradient decides how it is rounded. If trainings side by side
    shared the threads, each would end with other weights than alone. They take turns instead, and
    together need as long as one after another; worker processes can run side by side.

    Parameters
    ----------
    device : torch.device
        Where the step is computed.
    """
    return _turns if device.type == "cpu" else nullcontext()


@atexit.register
def _end_trainings():
    """End trainings of other threads before the process ends: torch aborts it otherwise.

    A search that Ctrl-C has ended leaves such threads, which joblib does not wait for.
    """
    global _ending
    _ending = True
    deadline = time.monotonic() + SECONDS_TO_END
    while _n_trainings and time.monotonic() < deadline:
        time.sleep(0.01)


def check_not_ending():
    """Raise SystemExit in a thread that trains while the process ends."""
    if _ending and threading.current_thread() is not threading.main_thread():
        raise SystemExit


@after_fork
def _no_trainings():
    global _lock, _turns, _n_trainings
    # Other threads of the parent, which are not in the child, may have held them.
    _lock, _turns = threading.Lock(), threading.RLock()
    _n_trainings = 0
