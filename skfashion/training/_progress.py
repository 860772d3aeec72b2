"""How far a training is, shown on standard error."""

import os
import sys
from contextlib import suppress

from skorch.callbacks import Callback
from tqdm.auto import tqdm

METRICS = ("train_loss", "valid_loss", "train_acc", "valid_acc")


class Progress(Callback):
    """A bar over all mini-batches of a training, or a line after each epoch.

    Where a line can be printed anew, in a terminal or a notebook, it is a bar, with the last
    epoch's metrics next to it. In a log or a pipe, where all updates of a bar would stay as one
    line of thousands, each epoch prints a line when it is complete.

    Parameters
    ----------
    n_epochs, n_batches : int
        Number of epochs, and of mini-batches in each.
    """

    def __init__(self, n_epochs, n_batches):
        self.n_epochs = n_epochs
        self.n_batches = n_batches

    def on_train_begin(self, net, **kwargs):
        self.epoch_ = 0
        self.bar_ = None
        if _prints_anew(sys.stderr):
            self.bar_ = tqdm(total=self.n_epochs * self.n_batches, unit="batch", leave=True)

    def on_epoch_begin(self, net, **kwargs):
        n_done = len(net.history) - net.n_epochs_before_ - 1  # some before, from a checkpoint
        self.epoch_ = n_done + 1
        if self.bar_ is not None:
            self.bar_.update(n_done * self.n_batches - self.bar_.n)
            self.bar_.set_description(self._epoch())

    def on_batch_end(self, net, training=False, **kwargs):
        if training and self.bar_ is not None:
            self.bar_.update()

    def on_epoch_end(self, net, **kwargs):
        row = net.history[-1]
        metrics = {name: row[name] for name in METRICS if name in row}
        if self.bar_ is not None:
            self.bar_.set_postfix(metrics)
        elif sys.stderr is not None:  # as it is for a process that was started without
            shown = ", ".join(f"{name}={value:.4f}" for name, value in metrics.items())
            duration = f" ({row['dur']:.1f} s)" if "dur" in row else ""
            # A log that cannot be written to is no reason to end a training.
            with suppress(OSError, ValueError):
                print(f"{self._epoch()}: {shown}{duration}", file=sys.stderr, flush=True)

    def on_train_end(self, net, **kwargs):
        if self.bar_ is not None:
            self.bar_.close()

    def _epoch(self):
        return f"epoch {self.epoch_}/{self.n_epochs}"


def _prints_anew(stream):
    """Return whether what was printed last can be replaced."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if hasattr(shell, "kernel"):  # a notebook
        return True
    try:
        return stream.isatty() and _has_lines(stream)
    except (AttributeError, ValueError):  # none, one that does not know, or a closed one
        return False


def _has_lines(stream):
    """Return False for a terminal that says it has no lines: tqdm would show nothing there."""
    try:
        return os.get_terminal_size(stream.fileno()).lines > 0
    except (OSError, ValueError):  # it does not say
        return True
