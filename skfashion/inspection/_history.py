"""Learning curves of trainings."""

from collections.abc import Mapping

import numpy as np

from .._options import choose
from ._axes import COLORS, MARKERS, TEXT_SIZE, make_axes, pyplot
from ._classifiers import find_classifier
from ._texts import documented

COLUMNS = ("train_loss", "valid_loss", "train_acc", "valid_acc")
OF_KERAS = {
    "loss": "train_loss",
    "val_loss": "valid_loss",
    **{
        f"{prefix}{name}": f"{ours}_acc"
        for name in ("accuracy", "acc", "categorical_accuracy", "sparse_categorical_accuracy")
        for prefix, ours in (("", "train"), ("val_", "valid"))
    },
}
MONITORS = {"valid_loss": np.nanargmin, "valid_acc": np.nanargmax}
LABELS = {"loss": "Loss", "acc": "Accuracy"}
MOST_NAMES = 12  # of runs, in a column of the legend


@documented
class TrainingHistoryDisplay:
    """Loss and accuracy after each epoch, of one training or several.

    Training curves are dashed, validation curves solid. If there is validation data, a ring marks
    the best epoch.

    The two losses of a classifier of this package are different quantities. ``train_loss`` is what
    is optimized: with label smoothing, under augmentation and dropout, averaged over the epoch
    while the weights change. ``valid_loss`` is the plain cross-entropy of the averaged weights
    after the epoch. So ``train_loss`` is usually the higher one, and that is no sign of an error.

    Make one with :meth:`from_estimator` or :meth:`from_history`.

    Parameters
    ----------
    runs : dict of str to dict of str to ndarray
        Of each training, by its name, the columns ``epoch``, ``train_loss``, ``valid_loss``,
        ``train_acc`` and ``valid_acc``, as far as they are there.
    best_epochs : dict of str to int or None
        The best epoch of each, counted from 1.

    Attributes
    ----------
    %(drawn)s
        One has the loss, the other the accuracy.
    lines_ : dict of (str, str) to matplotlib Line2D
        The curves, by the names of training and column.
    best_ : dict of (str, str) to matplotlib Line2D
        The rings, likewise.
    """

    def __init__(self, runs, best_epochs):
        self.runs = runs
        self.best_epochs = best_epochs

    @classmethod
    @documented
    def from_estimator(cls, estimator, *, monitor=None, ax=None):
        """Draw the trainings of classifiers.

        Parameters
        ----------
        estimator : object, list of object or dict of str to object
            A fitted classifier of this package, alone, as the last step of a Pipeline, or within
            a search; or several of them, in a dict with their names.
        monitor : {"valid_loss", "valid_acc"}, default=None
            What the best epoch is the best in. None takes the epoch whose weights are kept where
            the training stopped early, and else the `monitor` of each classifier.
        %(ax)s

        %(display)s
        sklearn.exceptions.NotFittedError
            If an estimator is not fitted.
        ValueError
            If `monitor` is not known, or there is no estimator.

        Examples
        --------
        >>> from skfashion import LeNet5Classifier
        >>> from skfashion.datasets import make_garments
        >>> from skfashion.inspection import TrainingHistoryDisplay
        >>> X, y = make_garments(50, random_state=0, return_X_y=True)
        >>> fitted = LeNet5Classifier(max_epochs=2, random_state=0).fit(X, y, X_val=X, y_val=y)
        >>> display = TrainingHistoryDisplay.from_estimator(fitted)
        >>> sorted(column for name, column in display.lines_)
        ['train_acc', 'train_loss', 'valid_acc', 'valid_loss']
        """
        pyplot()
        named = estimator if isinstance(estimator, Mapping) else {"": estimator}
        if isinstance(estimator, list | tuple):
            named = {f"{i} {type(one).__name__}": one for i, one in enumerate(estimator, start=1)}
        _refuse_none(named)
        found = {}
        for name, one in named.items():
            classifier = find_classifier(one)[0]
            found[name or type(classifier).__name__] = classifier
        runs = {name: _as_columns(one.history_) for name, one in found.items()}
        best_epochs = {}
        for name, one in found.items():
            if monitor is None and one.early_stopping and _has(runs[name], one.monitor):
                best_epochs[name] = one.best_epoch_
            else:
                best_epochs[name] = _best_epoch(runs[name], monitor or one.monitor)
        return cls(runs, best_epochs).plot(ax=ax)

    @classmethod
    @documented
    def from_history(cls, history, *, monitor="valid_loss", ax=None):
        """Draw the histories of trainings.

        Parameters
        ----------
        history : list of dict, dict of str to array-like, or several of these
            A row for each epoch, as `history_` has them, or a column for each value, as
            ``keras.Model.fit(...).history`` and DataFrames have them; Keras's names of columns
            are known. A dict of histories has several, with their names; a list of them as well.
        monitor : {"valid_loss", "valid_acc"}, default="valid_loss"
            What the best epoch is the best in.
        %(ax)s

        %(display)s
        ValueError
            If there is no epoch in a history, or none of the columns, or `monitor` is not known.

        Examples
        --------
        >>> from skfashion.inspection import TrainingHistoryDisplay
        >>> history = {"train_loss": [1.2, 0.7, 0.5], "valid_loss": [1.0, 0.8, 0.9]}
        >>> TrainingHistoryDisplay.from_history(history).best_epochs
        {'training': 2}
        """
        pyplot()
        named = _named(history)
        _refuse_none(named)
        runs = {name or "training": _as_columns(one) for name, one in named.items()}
        best_epochs = {name: _best_epoch(run, monitor) for name, run in runs.items()}
        return cls(runs, best_epochs).plot(ax=ax)

    @documented
    def plot(self, *, ax=None):
        """Draw the display.

        %(plot)s
        """
        # The names of several runs are too long for a place within the axes.
        n_beside = -(-len(self.runs) // MOST_NAMES) if len(self.runs) > 1 else 0
        beside = 0.6 + 0.075 * max(12, *(len(str(name)) for name in self.runs))  # inches
        self.figure_, axes = make_axes(ax, 1, 2, (4.2 + n_beside * beside / 2, 3.4))
        self.axes_ = axes.ravel()
        self.lines_, self.best_ = {}, {}
        for ax, kind in zip(self.axes_, LABELS, strict=True):
            for i, name in enumerate(self.runs):
                for column in (f"train_{kind}", f"valid_{kind}"):
                    self._draw_curve(ax, name, column, i)
            ax.set(title=LABELS[kind], xlabel="Epoch")
            if not any(column.endswith(kind) for _, column in self.lines_):
                ax.text(0.5, 0.5, "not recorded", ha="center", va="center", transform=ax.transAxes)
                ax.set_yticks([])
            ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
            ax.spines[["top", "right"]].set_visible(False)
            ax.grid(alpha=0.25, linewidth=0.6)
            ax.set_axisbelow(True)
        self._draw_legend(n_beside)
        return self

    def _draw_curve(self, ax, name, column, i):
        run = self.runs[name]
        if not _has(run, column):
            return
        n, valid = len(run["epoch"]), column.startswith("valid")
        how = {"linestyle": "-", "alpha": 1} if valid else {"linestyle": "--", "alpha": 0.75}
        color, marker = _color_and_marker(i)
        if n > 30:
            marker = {} if i < len(COLORS) else marker | {"markevery": n // 15}
        (line,) = ax.plot(run["epoch"], run[column], color=color, **how, **marker)
        self.lines_[name, column] = line
        best = self.best_epochs[name]
        if valid and best in run["epoch"]:
            value = run[column][np.flatnonzero(run["epoch"] == best)[0]]
            ring = {"marker": "o", "markersize": 11, "fillstyle": "none", "markeredgewidth": 2}
            (self.best_[name, column],) = ax.plot([best], [value], color=color, **ring)

    def _draw_legend(self, n_columns):
        """Draw the legend, next to the axes if there are several runs."""
        plt = pyplot()
        neutral = plt.rcParams["text.color"]
        several = len(self.runs) > 1
        color = neutral if several else COLORS[0]
        handles = []
        if several:
            for i, name in enumerate(self.runs):
                shade, marker = _color_and_marker(i)
                marker = {} if i < len(COLORS) else marker
                handles.append(plt.Line2D([], [], color=shade, linewidth=3, **marker, label=name))
        columns = {column.partition("_")[0] for _, column in self.lines_}
        if "train" in columns:
            handles.append(plt.Line2D([], [], color=color, linestyle="--", label="training"))
        if "valid" in columns:
            handles.append(plt.Line2D([], [], color=color, label="validation"))
        if self.best_:
            epochs = {self.best_epochs[name] for name, _ in self.best_}
            label = "best epoch" if several else f"best epoch: {epochs.pop()}"
            how = {"marker": "o", "markersize": 9, "fillstyle": "none", "linestyle": ""}
            handles.append(plt.Line2D([], [], color=color, label=label, **how))
        how = {"handles": handles, "frameon": False, "fontsize": TEXT_SIZE}
        if several:
            beside = {"loc": "center left", "bbox_to_anchor": (1, 0.5), "ncols": n_columns}
            self.axes_[1].legend(**how, **beside)
        else:
            self.axes_[0].legend(**how)


def _color_and_marker(i):
    """Return the colour of the i-th run, and its marker, which differs where colours recur."""
    marker = MARKERS[i // len(COLORS) % len(MARKERS)]
    large = {} if marker == "o" else {"markersize": 6}
    return COLORS[i % len(COLORS)], {"marker": marker, "markersize": 3.5} | large


def _refuse_none(named):
    if not named:
        raise ValueError("There is nothing to draw: give at least one training.")


def _named(history):
    """Return histories by their names; the name of a single one is empty."""
    if isinstance(history, Mapping):
        of_runs = (_is_table(one) or _has_rows(one) for one in history.values())
        return dict(history) if all(of_runs) else {"": history}
    if isinstance(history, list | tuple) and not all(map(_is_row, history)):
        return {str(i): one for i, one in enumerate(history, start=1)}
    return (
        {}
        if history is None or (isinstance(history, list | tuple) and not history)
        else {"": history}
    )


def _is_table(one):
    return isinstance(one, Mapping) or hasattr(one, "to_dict")  # a DataFrame


def _has_rows(one):
    return isinstance(one, list | tuple) and len(one) and all(map(_is_row, one))


def _is_row(one):
    known = (*COLUMNS, *OF_KERAS)
    return isinstance(one, Mapping) and not any(np.ndim(one[name]) for name in known if name in one)


def _as_columns(history):
    """Return a history as columns, under the names of this package."""
    if hasattr(history, "to_dict"):
        history = history.to_dict("list")
    if isinstance(history, Mapping):
        columns = dict(history)
    elif isinstance(history, list | tuple) and all(isinstance(row, Mapping) for row in history):
        names = dict.fromkeys(name for row in history for name in row)
        wanted = [name for name in names if name in (*COLUMNS, *OF_KERAS, "epoch")]
        columns = {name: [row.get(name, np.nan) for row in history] for name in wanted}
    else:
        mend = " Give its attribute history." if hasattr(history, "history") else ""
        raise ValueError(
            f"history is of type {type(history).__name__}; wanted: a list with a dict for each "
            f"epoch, a dict of columns, or several of these.{mend}"
        )
    columns = {OF_KERAS.get(name, name): values for name, values in columns.items()}
    run = {
        name: _as_numbers(name, values)
        for name, values in columns.items()
        if name in (*COLUMNS, "epoch")
    }
    lengths = {len(values) for name, values in run.items() if name in COLUMNS}
    if not lengths or 0 in lengths:
        raise ValueError(
            f"A history has the columns {list(columns)} and no epoch of any of {list(COLUMNS)}, "
            "of which it needs at least one."
        )
    if len(lengths | {len(values) for values in run.values()}) > 1:
        raise ValueError(
            "The columns of a history are of different lengths: "
            f"{ ({name: len(values) for name, values in run.items()}) }."
        )
    run["epoch"] = np.arange(1, lengths.pop() + 1)  # Keras counts from 0
    return run


def _as_numbers(name, values):
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        numbers = None
    if numbers is None or numbers.ndim != 1:
        raise ValueError(
            f"The column {name!r} of a history is {values!r:.100}; wanted: a number for each epoch."
        )
    return numbers


def _has(run, column):
    return column in run and not np.isnan(run[column]).all()


def _best_epoch(run, monitor):
    best = choose("monitor", monitor, MONITORS)
    return int(run["epoch"][best(run[monitor])]) if _has(run, monitor) else None
