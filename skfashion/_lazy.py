"""Modules that are imported when they are first used."""

import signal
import sys
import threading
from contextlib import contextmanager
from importlib import import_module


class LazyModule:
    """Stand in for a module until one of its names is asked for.

    torch takes longer to import than all the rest of the package; with this, defining an
    augmentation or an estimator does not wait for it, only running one does.

    Parameters
    ----------
    name : str
        The module's full name.
    """

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        module = sys.modules.get(self._name)
        if module is None or getattr(module.__spec__, "_initializing", False):
            with uninterrupted():
                module = import_module(self._name)
        return getattr(module, attribute)


@contextmanager
def uninterrupted():
    """Let Ctrl-C wait until the end.

    An interrupted import of torch leaves half of it behind, with which it can't be
    imported again in the same process.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield  # Ctrl-C goes to another thread, or nowhere
        return
    pressed = []
    signal.signal(signal.SIGINT, lambda *signal_and_frame: pressed.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if pressed:  # where nothing else has failed
        signal.raise_signal(signal.SIGINT)


torch = LazyModule("torch")
