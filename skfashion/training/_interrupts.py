"""Ctrl-C during a training."""

import signal
import sys
import threading
from contextlib import contextmanager

# Packages that fit estimators for the user. They take what `fit` returns for complete.
SEARCHES = (
    *("sklearn", "skfashion", "joblib", "imblearn", "mlxtend"),
    *("optuna", "optuna_integration", "hyperopt", "skopt"),
    *("dask", "dask_ml", "distributed", "ray"),
)
# Modules of these packages that fit a single estimator: the user sees its warning.
SINGLE_FITS = (
    "sklearn.pipeline",
    "sklearn.base",
    "sklearn.callback",
    "sklearn.utils",
    "skfashion.cli",
    "skfashion.estimators",
    "skfashion.training",
)


class Interrupts:
    """How often Ctrl-C was pressed.

    Attributes
    ----------
    n_pressed : int
        How often.
    """

    def __init__(self):
        self.n_pressed = 0

    @contextmanager
    def watched(self):
        """Let the first Ctrl-C inside be counted, and only the second one interrupt.

        So the training can end where its state is complete: between two mini-batches.
        """
        before = signal.getsignal(signal.SIGINT)
        in_main_thread = threading.current_thread() is threading.main_thread()
        if not in_main_thread or not callable(before):
            yield  # the signal goes to another thread, or nowhere
            return

        def handle(signal_number, frame):
            if before is signal.default_int_handler:
                self.n_pressed += 1
                if self.n_pressed == 1:
                    return
            try:
                before(signal_number, frame)
            except KeyboardInterrupt:
                self.n_pressed += before is not signal.default_int_handler
                raise

        signal.signal(signal.SIGINT, handle)
        try:
            yield
        finally:
            if signal.getsignal(signal.SIGINT) is handle:
                signal.signal(signal.SIGINT, before)

    def check(self):
        """Raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self.n_pressed:
            raise KeyboardInterrupt


def is_within_search():
    """Return whether the estimator is fitted by what fits many, such as a search or a vote.

    These would score an interrupted training as a complete one.
    """
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_globals.get("__name__") or ""
        if _is_in(name, SEARCHES) and not _is_in(name, SINGLE_FITS):
            return True
        frame = frame.f_back
    return False


def _is_in(name, packages):
    return any(name == package or name.startswith(package + ".") for package in packages)
