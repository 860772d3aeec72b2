"""The parameters that all classifiers share."""

from dataclasses import dataclass, fields
from numbers import Integral, Real
from os import PathLike
from typing import Any, ClassVar

from sklearn.utils._param_validation import Interval

from .._images import check_image_shape
from .._options import choose

# Options by name that are checked before a training begins. Those of optimizers and schedules
# are checked where they are looked up.
NAMES = {
    "monitor": ("valid_loss", "valid_acc"),
    "precision": ("auto", "bfloat16", "float32", "float64"),
    "tta": (None, "flip"),
}


@dataclass(kw_only=True, repr=False, eq=False)
class TrainingParameters:
    """Parameters of a training and of its predictions.

    Parameters
    ----------
    optimizer : {"sgd", "adam", "adamw", "muon", "rmsprop"} or class, default="adamw"
        Optimizer. "sgd" has Nesterov momentum of .9, "muon" is
        :class:`skfashion.training.Muon`, which learns more from few epochs; for other settings
        pass a class of ``torch.optim``, or a ``functools.partial`` of one.
    lr : float, default=3e-3
        Learning rate; with a schedule, the highest.
    weight_decay : float, default=0.01
        Weight decay, as the optimizer understands it.
    lr_schedule : {"one-cycle", "cosine", "step"} or None, default="one-cycle"
        Learning rate schedule. "one-cycle" rises to `lr` over the first steps and then falls
        to nearly 0, "cosine" falls from `lr` to 0, "step" divides it by 10 after each
        third of the epochs, None keeps it.
    warmup_fraction : float, default=0.25
        Fraction of all steps, from 0 to less than 1, over which "one-cycle" rises. The other
        schedules ignore it.
    max_epochs : int, default=8
        Number of epochs; with early stopping, the maximum.
    batch_size : int, default=128
        Size of a mini-batch, in images.
    shuffle : bool, default=True
        Whether to shuffle the training images before each epoch.
    augment : augmentation, list of them, Pipeline of them, or None, default=None
        Random transforms of the images of each training mini-batch, drawn independently for
        each image and epoch; see :mod:`skfashion.augmentation`.
    label_smoothing : float, default=0.05
        Fraction of each target, from 0 to 1, that is distributed evenly over all classes.
    ema_decay : float or None, default=0.99
        Decay of the exponential moving average (EMA) of the weights in each step of `fit`. The
        network is validated with the averages after each epoch, and predicts with them: they
        are more accurate than the current weights as long as the learning rate is high. None
        uses the weights of the last step, as `partial_fit` does.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, not negative, which multiply the sample weights; a class that
        the dict leaves out has 1. Other labels in it are ignored if it has all classes of the
        data, as in scikit-learn. "balanced" makes them inversely proportional to the classes'
        frequencies, and is not for `partial_fit`.
    early_stopping : bool, default=False
        Whether to hold out part of the training data, stop when `monitor` has not improved
        for `patience` epochs, and keep the weights of the best epoch.
    validation_fraction : float, default=0.1
        Fraction that is held out, stratified by class, if `early_stopping` is set and `fit` is
        not given a validation set.
    patience : int or None, default=10
        Number of epochs without improvement after which the training stops. None trains for
        `max_epochs` and keeps the weights of the best epoch, as any number of at least
        `max_epochs` does: with the few epochs of the defaults, whose learning rate falls until
        the end, that is the better choice.
    monitor : {"valid_loss", "valid_acc"}, default="valid_loss"
        Metric that early stopping monitors.
    tta : {"flip"} or None, default=None
        Test-time augmentation: "flip" averages the probabilities of each image and its
        mirror image. It is for networks that were trained on both, with
        ``augment=RandomHorizontalFlip()``; others predict mirrored shoes wrongly.
    image_shape : tuple of int or None, default=None
        (H, W) or (H, W, C) of the images. None infers it from X, where flat rows are taken
        as square images.
    device : str, default="auto"
        Device to compute on, such as "cpu" or "cuda:1". "auto" uses a GPU if there is one.
    precision : {"auto", "bfloat16", "float32", "float64"}, default="auto"
        Floating-point type to compute in. "auto" is bfloat16 where the device is fast at
        it, else float32; float64 is slow and there for checks.
    init_from : fitted classifier, state dict, path or None, default=None
        Weights that a new network starts from: those of a fitted classifier, or of the one in a
        fitted Pipeline or search, a state dict, or a file that ``torch.save`` has written one to.
        Names of layers that are not the network's are matched in their order, and the dense layer
        after the convolutions is permuted, since torch flattens channels first; see
        :func:`skfashion.networks.convert_state_dict`. An output layer for other classes is left
        out. scikit-learn's `clone` keeps the classifier fitted.
    callbacks : list of skorch callbacks or None, default=None
        Callbacks of the skorch net. scikit-learn's own callbacks go to `set_callbacks`.
    checkpoint_dir : str, path-like or None, default=None
        Folder in which `fit` saves the state of its training after each epoch. A fit with the
        same parameters and data resumes an interrupted fit from its last checkpoint; if
        `random_state` is given, the result is bit-identical to that of an uninterrupted fit.
        Other parameters or data raise a ValueError that names them. A complete fit with the same
        seed is loaded instead of repeated. Within a search, a vote or a cross-validation, each
        fit has its own subfolder, so that an interrupted search resumes if `random_state` is an
        int. With ``lr_schedule=None``, a fit with more epochs resumes one with fewer, so that a
        halving search with ``resource="max_epochs"`` continues to train its survivors.
        `callbacks` are saved if they have the methods `state_dict` and `load_state_dict`. None
        saves nothing.
    checkpoint_interval : float, default=0
        Minimum number of seconds between two checkpoints; the last epoch is always saved.
    warm_start : bool, default=False
        Whether `fit` continues from the weights of the previous `fit`.
    random_state : int, RandomState instance or None, default=None
        Determines initial weights, hold-out, shuffling, dropout and augmentation. With an int,
        the same data give bit-identical predictions on the same machine with the same number
        of torch threads. With None, each fit differs, and may switch to one thread while other
        processes use the CPU. Global random states are neither read nor changed.
    verbose : int, default=0
        1 shows a progress bar.
    """

    optimizer: Any = "adamw"
    lr: float = 3e-3
    weight_decay: float = 0.01
    lr_schedule: str | None = "one-cycle"
    warmup_fraction: float = 0.25
    max_epochs: int = 8
    batch_size: int = 128
    shuffle: bool = True
    augment: Any = None
    label_smoothing: float = 0.05
    ema_decay: float | None = 0.99
    class_weight: Any = None
    early_stopping: bool = False
    validation_fraction: float = 0.1
    patience: int | None = 10
    monitor: str = "valid_loss"
    tta: str | None = None
    image_shape: tuple | None = None
    device: str = "auto"
    precision: str = "auto"
    init_from: Any = None
    callbacks: list | None = None
    checkpoint_dir: Any = None
    checkpoint_interval: float = 0
    warm_start: bool = False
    random_state: Any = None
    verbose: int = 0

    _parameter_constraints: ClassVar[dict] = {
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "warmup_fraction": [Interval(Real, 0, 1, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "label_smoothing": [Interval(Real, 0, 1, closed="both")],
        "ema_decay": [Interval(Real, 0, 1, closed="left"), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "callbacks": [list, tuple, None],
        "checkpoint_dir": [str, PathLike, None],
        "checkpoint_interval": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def _network_parameters(self):
        """Return the parameters that are the network's: those that a subclass adds."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in SHARED
        }

    def _check_parameters(self):
        """Raise an error for a shared parameter that is out of its range.

        Optimizer, schedule, device and the parameters of the network are checked where they
        are used.
        """
        self._validate_params()
        for name, known in NAMES.items():
            choose(name, getattr(self, name), dict.fromkeys(known))
        if self.image_shape is not None:
            check_image_shape(self.image_shape)
        for callback in self.callbacks or ():
            callback = callback[-1] if isinstance(callback, tuple) else callback
            if not hasattr(callback, "initialize"):
                raise TypeError(
                    f"callbacks has {callback!r:.100}, which is no callback of skorch: give those "
                    "of scikit-learn, such as TensorBoardLogger, to the method set_callbacks."
                )


SHARED = frozenset(field.name for field in fields(TrainingParameters))
