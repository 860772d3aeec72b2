"""The threads that trainings side by side in one process have for themselves."""

import threading
from contextlib import contextmanager

import torch

from ..inference import after_fork

_lock = threading.Lock()
_n_trainings = 0
_n_threads = 0  # for all of them


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


@after_fork
def _no_trainings():
    global _lock, _n_trainings
    _lock = threading.Lock()  # another thread of the parent may have held it
    _n_trainings = 0


def _set(n_threads):
    if torch.get_num_threads() != n_threads:  # in this thread alone
        torch.set_num_threads(n_threads)
