"""Modules that are imported when they are first used."""

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
        return getattr(import_module(self._name), attribute)


torch = LazyModule("torch")
