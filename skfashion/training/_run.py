"""One training: from data and parameters to a fitted network."""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from skorch.history import History

from .._images import merged
from .._lazy import uninterrupted
from ..augmentation import as_augmentation
from ..inference import (
    FittedNetwork,
    neutral_torch,
    resolve_device,
    resolve_precision,
    storage_dtype,
)
from ..networks import as_network, starting_weights
from ._batches import ImageData
from ._initial import initial_state
from ._interrupts import is_within_search
from ._net import ImageNet
from ._optimizers import continue_moments, resolve_optimizer
from ._progress import Progress
from ._randomness import BorrowedGenerators, deterministic_cudnn
from ._schedules import early_stopping, learning_rates

MONITORS = {"valid_loss": True, "valid_acc": False}  # whether lower is better


@dataclass
class Architecture:
    """How a network is built.

    Parameters
    ----------
    build : callable
        Takes the shape of the images, (H, W, C), the number of classes and a generator, and
        returns the network.
    parameters : dict of str to object
        What else it depends on.
    native : bool
        Whether it draws random numbers from the generator alone.
    """

    build: Callable
    parameters: dict
    native: bool = True

    def new_network(self, image_shape, n_classes, seed):
        """Return a new network, whose initial weights are drawn from the seed."""
        generator = torch.Generator().manual_seed(seed)
        borrowed = BorrowedGenerators(seed, torch.device("cpu"))
        with nullcontext() if self.native else borrowed.borrowed():
            module = self.build(image_shape, n_classes, generator)
            network = as_network(module, image_shape, n_classes)
        # A user's function may return the same module each time.
        return network if self.native else copy.deepcopy(network)


@dataclass
class Model:
    """The result of a training, from which the next one may continue.

    Parameters
    ----------
    fitted : FittedNetwork
        What was learned.
    history : skorch.history.History
        A row for each epoch.
    net : ImageNet or None
        The net that was trained; None after a file or a pickle.
    n_epochs : int
        Number of epochs of this training.
    best_epoch : int
        The epoch, counted from 1 over all trainings, whose weights are kept.
    interrupted : bool
        Whether Ctrl-C ended the training.
    """

    fitted: FittedNetwork
    history: Any
    net: ImageNet | None = None
    n_epochs: int = 0
    best_epoch: int = 0
    interrupted: bool = False


def run(
    train,
    valid=None,
    *,
    parameters,
    architecture,
    n_classes,
    seed,
    start=None,
    piece=False,
    tasks=None,
    checkpoint=None,
):
    """Train a network.

    Parameters
    ----------
    train : TrainingSet
        Data to train on: arrays `images` of shape (n, H, W, C), `codes` and `weights`, and their
        `pixel_range`.
    valid : TrainingSet, default=None
        Data to watch.
    parameters : namespace
        The parameters of the estimator.
    architecture : Architecture
        How the network is built.
    n_classes : int
        Number of classes.
    seed : int
        Seed of all random numbers.
    start : Model, default=None
        What to continue from, which is not changed. None starts with a new network.
    piece : bool, default=False
        Whether the data are one piece of many: they are gone through once, at a constant rate,
        with the optimizer's moments of the piece before.
    tasks : callable, default=None
        Takes the fitted network, which is trained further, and returns skorch callbacks that
        are called last.
    checkpoint : Checkpoint, default=None
        Where the training is saved, and resumed from.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        If a parameter is invalid, or the loss becomes infinite.
    KeyboardInterrupt
        If Ctrl-C was pressed before the first epoch was complete, a second time, or while
        something fits many estimators.
    """
    with neutral_torch(grad=True):
        device = resolve_device(parameters.device)
        dtype = storage_dtype(resolve_precision(parameters.precision, device))
        with deterministic_cudnn(device):
            data = _on_device(train, device, dtype)
            if start is None:
                fitted = _begin(data, train, device, parameters, architecture, n_classes, seed)
            else:
                fitted = _continue(start.fitted, train, parameters, architecture, n_classes)
            history = None if start is None else new_history(start.history)
            mean_weight = 1.0 if piece or data.weights is None else data.weights.mean().item()
            if not fitted.n_parameters:
                raise ValueError("The network has no trainable parameters: none requires_grad.")
            net = make_net(fitted, parameters, history, seed, mean_weight)
            if piece and start is not None and start.net is not None:
                continue_moments(net.optimizer_, start.net.optimizer_)
            watched = None if valid is None else _on_device(valid, device, dtype)
            if fitted.network.precomputes and as_augmentation(parameters.augment) is None:
                data = _precomputed(data, train.images, fitted)
                watched = watched and _precomputed(watched, valid.images, fitted)
            task = () if tasks is None else tasks(fitted)
            return _train(net, fitted, data, watched, parameters, piece, task, checkpoint)


def make_net(fitted, parameters, history=None, seed=0, mean_weight=1.0):
    """Return the skorch net around a network.

    Parameters
    ----------
    fitted : FittedNetwork
        The network, and how it computes.
    parameters : namespace
        The parameters of the estimator.
    history : skorch.history.History, default=None
        The epochs so far.
    seed : int, default=0
        Seed of the next training.
    mean_weight : float, default=1.0
        Sample weight at which an image counts as if there were no weights.

    Returns
    -------
    ImageNet
    """
    with neutral_torch(grad=True):
        device = torch.device(fitted.device)
        net = ImageNet(
            fitted.network,
            image_shape=fitted.image_shape,
            precision=fitted.precision,
            mean=fitted.mean,
            std=fitted.std,
            label_smoothing=parameters.label_smoothing,
            mean_weight=mean_weight,
            shuffle=parameters.shuffle,
            augment=_augment_for_skorch(parameters.augment),
            seed=seed,
            optimizer=resolve_optimizer(parameters.optimizer, device),
            optimizer__weight_decay=parameters.weight_decay,
            lr=parameters.lr,
            batch_size=parameters.batch_size,
            callbacks=parameters.callbacks,
            device=fitted.device,
            verbose=0,
        )
        with uninterrupted():  # the first optimizer of a process imports torch._dynamo
            net.initialize()
    if history is not None:
        net.history = history
    return net


def _augment_for_skorch(augment):
    # skorch takes an attribute that is a module for a part of the network to train.
    return [augment] if isinstance(augment, torch.nn.Module) else augment


def new_history(rows=()):
    """Return a history with these rows, a copy that can be continued."""
    return History(rows)


def _on_device(arrays, device, dtype):
    return ImageData.from_numpy(
        arrays.images, arrays.codes, arrays.weights, device=device, dtype=dtype
    )


def _begin(data, arrays, device, parameters, architecture, n_classes, seed):
    """Return a new network, and how pixels are scaled for it."""
    image_shape = arrays.images.shape[1:]
    network = architecture.new_network(image_shape, n_classes, seed)
    network.assume(data.class_fractions(n_classes))
    if parameters.init_from is not None:
        starting_weights(network, initial_state(parameters.init_from), strict_output=False)
    learn = data.offset_and_range if network.scaling == "range" else data.pixel_statistics
    mean, std = learn()
    return FittedNetwork(
        network,
        image_shape=image_shape,
        parameters=architecture.parameters,
        mean=mean,
        std=std,
        pixel_range=arrays.pixel_range,
    ).to(str(device), parameters.precision)


def _continue(fitted, arrays, parameters, architecture, n_classes):
    """Return a copy of a network that can be trained further, with today's parameters."""
    changed = _changes(fitted.parameters, architecture.parameters)
    old, fitted = fitted, fitted.copy()
    if changed:
        network = architecture.new_network(fitted.image_shape, n_classes, seed=0)
        try:
            network.load_state_dict(old.network.state_dict())
        except RuntimeError as error:
            raise ValueError(
                f"The network was built with {_shown(old.parameters, changed)}, and its weights do "
                f"not fit one with {_shown(architecture.parameters, changed)}. Set that back "
                "to continue from it, or refit with warm_start=False."
            ) from error
        fitted.network, fitted.parameters = network, architecture.parameters
    if fitted.pixel_range is not None:
        fitted.pixel_range = merged(fitted.pixel_range, arrays.pixel_range)
    return fitted.to(parameters.device, parameters.precision)


def _changes(before, after):
    return [name for name in after if repr(before.get(name)) != repr(after[name])]


def _shown(parameters, names):
    return ", ".join(f"{name}={parameters.get(name)!r}" for name in names)


def _precomputed(data, images, fitted):
    """Return data with what the network's frozen backbone makes of the images."""
    return ImageData(fitted.precomputed(images), data.targets, data.weights, precomputed=True)


def _train(net, fitted, train, valid, parameters, piece, task, checkpoint):
    epochs = 1 if piece else parameters.max_epochs
    n_batches = -(-len(train) // parameters.batch_size)
    callbacks = learning_rates(
        None if piece else parameters.lr_schedule,
        warmup_fraction=parameters.warmup_fraction,
        n_epochs=epochs,
        n_batches=n_batches,
    )
    stops_early = parameters.early_stopping and valid is not None
    lower_is_better = MONITORS[parameters.monitor]
    if stops_early:
        callbacks.append(early_stopping(parameters.monitor, lower_is_better, parameters.patience))
    if parameters.verbose:
        callbacks.append(Progress(epochs, n_batches))
    ema_decay = None if piece else parameters.ema_decay
    n_interrupts = net.train(
        train,
        valid,
        epochs=epochs,
        callbacks=[*callbacks, *task],
        ema_decay=ema_decay,
        fixed_threads=parameters.random_state is not None,
        checkpoint=checkpoint,
        new_statistics=not piece,
    )
    rows = net.history[net.n_epochs_before_ :]
    if n_interrupts > 1 or (n_interrupts and (piece or not rows or is_within_search())):
        raise KeyboardInterrupt
    if not rows:
        raise ValueError("A callback ended the training before its first epoch was complete.")
    best_epoch = len(net.history)
    if stops_early:  # of this training: what was before may have been better
        best = min if lower_is_better else max
        best_epoch = best(rows, key=lambda row: row[parameters.monitor])["epoch"]
    net.module_.eval()
    return Model(fitted, net.history, net, len(rows), best_epoch, interrupted=bool(n_interrupts))
