"""Learning curves that are redrawn while a classifier is fitted."""

import io
import os
import sys
import threading

from ._axes import pyplot
from ._history import TrainingHistoryDisplay
from ._images import check_n


class LiveTrainingHistory:
    """Draw loss and accuracy while a classifier is fitted, and redraw them after each epoch.

    A callback of scikit-learn's, for ``estimator.set_callbacks``. In a notebook the picture is
    below the cell; elsewhere it is a window, if matplotlib can show any. Fits in other threads
    and processes, of a search say, are not drawn.

    Parameters
    ----------
    every : int, default=1
        After how many epochs the picture is redrawn. The last epoch is always drawn.

    Attributes
    ----------
    display_ : TrainingHistoryDisplay
        The picture of the last fit.

    Raises
    ------
    ValueError
        If `every` is not a whole number of at least 1.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.inspection import LiveTrainingHistory
    >>> X, y = make_garments(50, random_state=0, return_X_y=True)
    >>> live = LiveTrainingHistory()
    >>> fitted = LeNet5Classifier(max_epochs=2, random_state=0).set_callbacks(live).fit(X, y)
    >>> len(live.display_.runs["LeNet5Classifier"]["epoch"])
    2
    """

    def __init__(self, *, every=1):
        self.every = check_n("every", every)
        pyplot()
        self._process = os.getpid()
        self._view = self._not_drawn = None

    def setup(self, estimator, context):
        """Begin a new picture."""
        if self._draws():
            self._view = self._not_drawn = None

    def teardown(self, estimator, context):
        """Draw the last epochs, if they are not there yet. The picture stays."""
        if self._not_drawn and self._draws():
            self._redraw(*self._not_drawn)

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: there is something to see at the end of an epoch."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        """Redraw, if an epoch has ended."""
        if context.task_name != "epoch" or fitted_estimator is None or not self._draws():
            return
        history = fitted_estimator.history_
        runs = {type(estimator).__name__: list(history)}
        if len(history) % self.every:
            self._not_drawn = runs, estimator.monitor
        else:
            self._redraw(runs, estimator.monitor)

    def _redraw(self, runs, monitor):
        self._not_drawn = None
        if self._view is None:
            self._view = _InNotebook() if _in_notebook() else _InWindow()
        self.display_ = self._view.draw(runs, monitor)

    def _draws(self):
        main = threading.current_thread() is threading.main_thread()
        return main and os.getpid() == self._process

    def __getstate__(self):
        # Windows and figures stay in the process that shows them.
        state = {name: value for name, value in vars(self).items() if name != "display_"}
        return state | {"_view": None, "_not_drawn": None}


def _in_notebook():
    ipython = sys.modules.get("IPython")  # not imported: then this is no notebook
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _redrawn(figure, runs, monitor):
    figure.clear()
    axes = figure.subplots(1, 2)
    return TrainingHistoryDisplay.from_history(runs, monitor=monitor, ax=axes)


class _InNotebook:
    """A picture below a cell, in the place of the one before it."""

    def __init__(self):
        from matplotlib.figure import Figure

        # Not by pyplot, which would show it once more at the end of the cell.
        self.figure = Figure(figsize=(8.4, 3.4), layout="constrained")
        self.handle = None

    def draw(self, runs, monitor):
        from IPython.display import Image, display

        drawn, png = _redrawn(self.figure, runs, monitor), io.BytesIO()
        # IPython itself draws figures only if pyplot has told it how.
        self.figure.savefig(png, format="png", dpi=2 * self.figure.dpi)
        width, height = (int(side * self.figure.dpi) for side in self.figure.get_size_inches())
        picture = Image(data=png.getvalue(), format="png", width=width, height=height)
        if self.handle is None:
            self.handle = display(picture, display_id=True)
        else:
            self.handle.update(picture)
        return drawn


class _InWindow:
    """A figure of pyplot's."""

    def __init__(self):
        self.figure = pyplot().figure(figsize=(8.4, 3.4), layout="constrained")

    def draw(self, runs, monitor):
        drawn = _redrawn(self.figure, runs, monitor)
        if self.figure.canvas.required_interactive_framework:  # else there are no windows
            self.figure.show()
        self.figure.canvas.draw_idle()
        self.figure.canvas.flush_events()
        return drawn
