"""Learning rate schedules, and when to stop."""

from functools import partial
from math import cos, pi

import torch
from skorch.callbacks import EarlyStopping, LRScheduler

from .._options import choose


class Schedule(LRScheduler):
    """skorch's callback, with a state that can be saved."""

    def state_dict(self):
        """Return how far the schedule is."""
        return self.lr_scheduler_.state_dict()

    def load_state_dict(self, state):
        """Resume from such a state."""
        self.lr_scheduler_.load_state_dict(state)


class Stopping(EarlyStopping):
    """skorch's callback, with a state that can be saved."""

    STATE = "misses_", "dynamic_threshold_", "best_epoch_", "best_model_weights_"

    def state_dict(self):
        """Return what was best, and how long ago."""
        return {name: getattr(self, name) for name in self.STATE}

    def load_state_dict(self, state):
        """Resume from such a state."""
        for name in self.STATE:
            setattr(self, name, state[name])


def learning_rates(lr_schedule, *, warmup_fraction, n_epochs, n_batches):
    """Return the skorch callbacks that move the learning rate.

    Parameters
    ----------
    lr_schedule : {"one-cycle", "cosine", "step"} or None
        "one-cycle" rises to the optimizer's rate over the first steps and falls to nearly 0,
        "cosine" falls from that rate to 0, both after each mini-batch; "step" divides by 10
        after each third of the epochs; None keeps the rate.
    warmup_fraction : float
        Fraction of the steps over which "one-cycle" rises.
    n_epochs, n_batches : int
        Number of epochs, and of mini-batches in each.

    Returns
    -------
    list of skorch.callbacks.Callback

    Raises
    ------
    ValueError
        If the name is not known.
    """
    n_steps = n_epochs * n_batches

    def by_batch(factor):
        return {
            "policy": torch.optim.lr_scheduler.LambdaLR,
            "lr_lambda": lambda step: factor((step + 0.5) / n_steps),
            "step_every": "batch",
        }

    schedules = {
        None: None,
        "one-cycle": by_batch(partial(_one_cycle, rise=warmup_fraction)),
        "cosine": by_batch(_cosine),
        "step": {
            "policy": torch.optim.lr_scheduler.StepLR,
            "step_size": max(1, -(-n_epochs // 3)),
            "gamma": 0.1,
            "step_every": "epoch",
        },
    }
    chosen = choose("lr_schedule", lr_schedule, schedules)
    if chosen is None:
        return []
    # last_epoch=-1: a training that continues another restarts the schedule.
    return [Schedule(event_name=None, last_epoch=-1, **chosen)]


def _cosine(progress):
    return (1 + cos(pi * progress)) / 2


def _one_cycle(progress, rise, start=0.04):
    # Not torch's OneCycleLR, which raises an error if there are only a handful of steps.
    if progress < rise:
        return start + (1 - start) * _cosine(1 - progress / rise)
    return _cosine((progress - rise) / (1 - rise))


def early_stopping(monitor, lower_is_better, patience):
    """Return the skorch callback that stops, and restores the best epoch's weights.

    Parameters
    ----------
    monitor : str
        The metric of the history to watch.
    lower_is_better : bool
        Whether lower values of the metric are better.
    patience : int or None
        Epochs without improvement after which to stop; None never stops.

    Returns
    -------
    skorch.callbacks.EarlyStopping
    """
    return Stopping(
        monitor=monitor,
        lower_is_better=lower_is_better,
        patience=float("inf") if patience is None else patience,
        threshold=0.0,
        threshold_mode="abs",
        load_best=True,  # kept in memory
    )
