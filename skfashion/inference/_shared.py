"""Settings of the process that several threads need at once."""

import os
import threading
from contextlib import contextmanager


def after_fork(function):
    """Call a function in each child process that is forked off; return the function."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=function)
    return function


class SharedSetting:
    """A setting of the process that holds as long as any thread needs it.

    Parameters
    ----------
    begin : callable
        Takes nothing, makes the setting, and returns what it was before.
    end : callable
        Takes what `begin` has returned, and undoes it.
    """

    def __init__(self, begin, end):
        self.begin = begin
        self.end = end
        self._reset()
        after_fork(self._reset)

    def _reset(self):  # in a child: another thread of the parent may have held the lock
        self.lock = threading.Lock()
        self.n_users = 0

    @contextmanager
    def held(self):
        """Let the setting hold inside."""
        with self.lock:
            if not self.n_users:
                self.before = self.begin()
            self.n_users += 1
        try:
            yield
        finally:
            with self.lock:
                self.n_users -= 1
                if not self.n_users:
                    self.end(self.before)
