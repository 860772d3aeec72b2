"""How trainings in threads of one process alternate."""

import atexit
import threading
import time
import weakref
from collections import deque
from contextlib import contextmanager, nullcontext
from statistics import median

import torch

from ..inference import after_fork

try:
    import resource
except ImportError:  # on Windows
    resource = None

_turns = threading.RLock()  # held for a step, on the CPU
_lock = threading.Lock()
_n_trainings = 0
_threads = weakref.WeakSet()  # in which there were trainings
_n_threads = 1  # of a step of each training
_ending = False
SECONDS_TO_END = 5


@contextmanager
def training_thread():
    """Count this thread among those that train; yield the :class:`StepThreads` of its steps."""
    global _n_trainings, _n_threads
    with _lock:
        if not _n_trainings:
            _n_threads = torch.get_num_threads()
        _n_trainings += 1
        _threads.add(threading.current_thread())
    if torch.get_num_threads() != _n_threads:  # a new thread, while another one takes one
        torch.set_num_threads(_n_threads)
    steps = StepThreads(_n_threads)
    try:
        yield steps
    finally:
        with _lock:
            _n_trainings -= 1
        steps.use_all()


def own_turn(device):
    """Return the context of a step, which on the CPU has all of torch's threads for itself.

    How many threads add up a gradient decides how it is rounded. If trainings side by side
    shared the threads, each would end with other weights than alone. They alternate instead, and
    together need as long as one after another; worker processes can run side by side.

    Parameters
    ----------
    device : torch.device
        Where the step is computed.
    """
    return _turns if device.type == "cpu" else nullcontext()


def involuntary_switches():
    """Return how often the system has taken a core from this process while it computed."""
    return 0 if resource is None else resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw


class StepThreads:
    """How many of torch's threads a step uses: all, or one while other processes use the CPU.

    The threads of a step wait for the slowest of them: that whose core another process has. Then
    a step takes longer than with a single thread. Whether cores are taken away the system says;
    where they are, a few steps are tried with one thread, and the faster setting is used for a
    while until the other is tried again. Alone on a machine nothing is tried, and nothing
    changes; nor in a short training. The bits of a step depend on its number of threads, so this
    is not for a training that a seed makes reproducible.

    Parameters
    ----------
    n_all : int
        All of torch's threads.
    n_switches : callable, default=involuntary_switches
        How often a core was taken away so far.
    clock : callable, default=time.perf_counter
        The time in seconds.
    """

    RATE = 100  # switches a second from which on one thread is tried
    FIRST = 5.0  # seconds before which nothing is tried
    SECONDS = 0.2  # over which switches are counted
    N_TRIED = 3  # steps, the first of which is not counted
    GAIN = 0.95  # of the time of a step, at most, for a change
    N_HELD = 30  # steps between two trials at first; each one in vain doubles them,
    LONGEST = 16.0  # up to this many seconds, where that is more

    def __init__(self, n_all, n_switches=involuntary_switches, clock=time.perf_counter):
        self.n_all = self.n = n_all
        self.n_switches = n_switches
        self.clock = clock
        self.n_held = self.N_HELD
        self.before = None  # what is tried: the time of a step without it
        self._look_in(self.FIRST)

    def _look_in(self, seconds):
        self.times = deque(maxlen=9)
        self.n_counted = self.n_switches()
        self.since = self.clock()
        self.look_at = self.since + seconds

    def after_step(self, seconds):
        """Note how long a step took, and set the number of threads of the next one."""
        if self.n_all == 1:
            return
        if _n_trainings > 1:  # they take the cores from one another
            self.use_all()
            self._look_in(self.SECONDS)
            return
        self.times.append(seconds)
        if self.before is not None:
            if len(self.times) >= self.N_TRIED:
                self._end_trial()
        elif self.clock() >= self.look_at and len(self.times) >= self.N_TRIED:
            if self.n == 1 or self._is_crowded():
                self._try()
            else:
                self._look_in(self.SECONDS)

    def _is_crowded(self):
        n_new = self.n_switches() - self.n_counted
        return n_new > self.RATE * (self.clock() - self.since)

    def _try(self):
        self.before = median(self.times)
        self._change()

    def _change(self):
        self.n = 1 if self.n == self.n_all else self.n_all
        torch.set_num_threads(self.n)
        self.times = deque(maxlen=9)

    def _end_trial(self):
        before, self.before = self.before, None
        tried = median(list(self.times)[1:])
        if tried < self.GAIN * before:
            self.n_held = self.N_HELD
            seconds = self.SECONDS if self.n == self.n_all else self.n_held * tried
        else:
            self._change()
            longest = max(self.LONGEST, self.N_HELD * before)
            seconds = min(self.n_held * before, longest)
            self.n_held *= 2
        self._look_in(seconds)

    def use_all(self):
        """Go back to all threads."""
        self.before = None
        if self.n != self.n_all:
            self._change()


@atexit.register
def _end_trainings():
    """End trainings of other threads before the process ends: torch aborts it otherwise.

    A search that Ctrl-C has ended leaves such threads, which joblib does not wait for. They have
    to be over, and not their trainings alone, after which tensors are still deleted.
    """
    global _ending
    _ending = True
    if not _n_trainings:  # threads of a thread pool may be there and idle
        return
    deadline = time.monotonic() + SECONDS_TO_END
    for thread in _threads - {threading.main_thread(), threading.current_thread()}:
        thread.join(max(0.0, deadline - time.monotonic()))


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
