"""The threads that trainings side by side in one process have for themselves."""

import atexit
import threading
import time
from contextlib import contextmanager

import torch

from ..inference import after_fork

_lock = threading.Lock()
_n_trainings = 0
_n_threads = 0  # for all of them
_ending = False
SECONDS_TO_END = 5


@contextmanager
def training_thread():
    """Count this thread among those that train; leave torch's number of threads as it was."""
    global _n_trainings, _n_threads
    with _lock:
        if not _n_trainings:
            _n_threads = torch.get_num_threads()
        _n_trainings += 1
    try:
        yield
    finally:
        with _lock:
            _n_trainings -= 1
            _set(_n_threads)


def take_share():
    """Use as many threads as there are for each of the trainings that run now.

    joblib limits the threads of its worker processes, but not those that torch starts in
    joblib's own threads. With more threads than cores they wait for one another: a step of two
    LeNet-5s takes 1.6 times as long.
    """
    if _n_trainings:
        _set(max(1, _n_threads // _n_trainings))


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
    global _lock, _n_trainings
    _lock = threading.Lock()  # another thread of the parent may have held it
    _n_trainings = 0


def _set(n_threads):
    if torch.get_num_threads() != n_threads:  # in this thread alone
        torch.set_num_threads(n_threads)
