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
        self.lock = threading.Lock()
        self.n_users = 0
        after_fork(self._end_in_child)

    def _end_in_child(self):
        # Other threads of the parent, which are not in the child, may have held lock and setting.
        self.lock = threading.Lock()
        n_users, self.n_users = self.n_users, 0
        if n_users:
            self.end(self.before)

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
                if self.n_users == 1:
                    self.end(self.before)
                self.n_users = max(0, self.n_users - 1)  # 0 in a child that was forked inside
