"""Curves and pictures for TensorBoard."""

import os
from collections.abc import Mapping
from numbers import Real

import numpy as np

from .._lazy import LazyModule
from .._optional import import_optional

tensorboard = LazyModule("torch.utils.tensorboard")

# What a history has besides values to watch.
NOT_DRAWN = {"epoch", "batches", "train_batch_count", "valid_batch_count"}
TAGS = {
    "train_loss": "loss/train",
    "valid_loss": "loss/valid",
    "train_acc": "accuracy/train",
    "valid_acc": "accuracy/valid",
}


class TensorBoardLogger:
    """Log each epoch of a training for TensorBoard.

    A callback of scikit-learn's, for ``classifier.set_callbacks``. Each fit is a run of its own in
    `log_dir`: loss, accuracy and all other numbers of ``history_``, and the parameters as text.
    Runs of a search lie in one folder, those of its worker processes included.
    ``tensorboard --logdir LOG_DIR`` shows them, also during the training.

    Needs the extra ``tensorboard``.

    Parameters
    ----------
    log_dir : str or path-like
        The folder. It is made when the first epoch ends.
    displays : dict of str to callable, default=None
        Pictures that are drawn after each epoch, by their names. A callable takes the classifier
        as it is then, and returns a display of this package or of scikit-learn, or a matplotlib
        figure, which is closed afterwards.

    Raises
    ------
    ImportError
        If tensorboard is not installed.
    TypeError
        If `log_dir` is no path, or `displays` is no dict of callables.

    See Also
    --------
    log_display : Log a single picture.
    log_embedding : Log features for the Embedding Projector.

    Examples
    --------
    >>> import os, tempfile
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.inspection import TensorBoardLogger
    >>> X, y = make_garments(50, random_state=0, return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lenet = LeNet5Classifier(max_epochs=2, random_state=0)
    ...     fitted = lenet.set_callbacks(TensorBoardLogger(folder)).fit(X, y)
    ...     [name.partition("-")[0] for name in os.listdir(folder)]
    ['LeNet5Classifier']
    """

    def __init__(self, log_dir, *, displays=None):
        self.log_dir = check_log_dir(log_dir)
        self.displays = _check_displays(displays)
        self._runs = {}

    def setup(self, estimator, context):
        """Do nothing: the first epoch begins a run."""

    def teardown(self, estimator, context):
        """Complete the files of the run."""
        run = self._runs.pop(_run_name(context), None)
        if run is not None:
            run.writer.close()

    def on_fit_task_begin(self, estimator, context):
        """Do nothing: there is something to log at the end of an epoch."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        """Log an epoch, if one has ended."""
        if context.task_name != "epoch" or fitted_estimator is None:
            return
        name = _run_name(context.parent)
        if name not in self._runs:
            self._runs[name] = _Run(os.path.join(self.log_dir, name))
            self._runs[name].writer.add_text("parameters", f"```\n{estimator!r}\n```")
        run = self._runs[name]
        run.add_epochs(fitted_estimator.history_)
        for tag, draw in self.displays.items():
            figure = _figure_of(draw(fitted_estimator), f"displays[{tag!r}] returned")
            run.writer.add_figure(tag, figure, run.n_epochs, close=True)
        run.writer.flush()

    def __getstate__(self):
        # Files stay in the process that writes them; a copy begins files of its own.
        return vars(self) | {"_runs": {}}


class _Run:
    """A run that is being written.

    Parameters
    ----------
    folder : str
        Where its files are.
    """

    def __init__(self, folder):
        self.writer = new_writer(folder)
        self.n_epochs = 0

    def add_epochs(self, history):
        """Write the epochs that are not there yet: several after a warm start."""
        for epoch, row in enumerate(history[self.n_epochs :], start=self.n_epochs + 1):
            for name, value in row.items():
                is_number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
                if is_number and name not in NOT_DRAWN:
                    self.writer.add_scalar(TAGS.get(name, name), float(value), epoch)
        self.n_epochs = len(history)


def log_display(log_dir, display, *, tag=None, step=0):
    """Log a display as a picture for TensorBoard.

    Parameters
    ----------
    log_dir : str or path-like
        The folder of the run, which may be there already.
    display : object
        A display of :mod:`skfashion.inspection` or of scikit-learn that is drawn, or a
        matplotlib Figure. It stays open.
    tag : str, default=None
        The picture's name. None takes that of the display's class.
    step : int, default=0
        Which of several pictures of that name it is; TensorBoard has a slider for them.

    Raises
    ------
    ImportError
        If tensorboard is not installed.
    TypeError
        If `display` is none, or `log_dir` is no path.
    ValueError
        If `step` is negative.

    Examples
    --------
    >>> import tempfile
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.inspection import ImageGridDisplay, log_display
    >>> X, y = make_garments(10, random_state=0, return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log_display(folder, ImageGridDisplay.from_images(X, y))
    """
    log_dir, step = check_log_dir(log_dir), check_step(step)
    figure = _figure_of(display, "display is")
    with new_writer(log_dir) as writer:
        writer.add_figure(tag or type(display).__name__, figure, step, close=False)


def check_log_dir(log_dir):
    """Return a folder of logs as a string.

    Raises
    ------
    ImportError
        If tensorboard is not installed, with the name of the extra.
    TypeError
        If it is no path.
    NotADirectoryError
        If there is a file of that name.
    """
    import_optional("tensorboard", "tensorboard", "Logs")
    if not isinstance(log_dir, str | os.PathLike) or not os.fspath(log_dir):
        raise TypeError(f"log_dir={log_dir!r} is no path: give the name of a folder.")
    if os.path.isfile(log_dir):
        raise NotADirectoryError(f"log_dir={log_dir!r} is a file: give the name of a folder.")
    return str(os.fspath(log_dir))


def check_step(step):
    """Return the number of a step, or raise ValueError if it is none."""
    if isinstance(step, bool) or not isinstance(step, int | np.integer) or step < 0:
        raise ValueError(f"step={step!r}; wanted: a whole number of at least 0.")
    return int(step)


def new_writer(folder):
    """Return a writer of events in a folder, which is made if it is not there."""
    return tensorboard.SummaryWriter(folder)


def _run_name(context):
    """Return the folder of the run of a fit: the same in all processes of a search."""
    tasks = []
    while context.parent is not None:
        tasks.append(f"{context.source_task_name or context.task_name}-{context.task_id}")
        context = context.parent
    began = f"{context.init_time:%Y%m%d-%H%M%S}-{context.root_uuid.hex[:4]}"
    return "/".join([f"{context.estimator_name}-{began}", *reversed(tasks)])


def _figure_of(display, where):
    """Return the figure of a display, or raise TypeError if it has none."""
    figure = display.figure_.figure if hasattr(display, "figure_") else display  # of a SubFigure
    if not hasattr(figure, "savefig") or isinstance(display, type):
        mend = " It has not been drawn: call its method plot." if hasattr(display, "plot") else ""
        raise TypeError(
            f"{where} of type {type(display).__name__}; wanted: a display that is drawn, or a "
            f"matplotlib Figure.{mend}"
        )
    return figure


def _check_displays(displays):
    if displays is None:
        return {}
    if not isinstance(displays, Mapping):
        raise TypeError(
            f"displays is of type {type(displays).__name__}; wanted: a dict of names and functions "
            'that draw, such as {"mistakes": draw_mistakes}.'
        )
    for name, draw in displays.items():
        if not isinstance(name, str) or not callable(draw):
            raise TypeError(
                f"displays has {name!r}: {draw!r}; wanted: a name, and a function that takes the "
                "classifier and returns a display."
            )
    return dict(displays)
