"""The skorch net that trains a network."""

import re
import time
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from math import prod

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import BatchScoring, EpochTimer
from torch.nn import functional

from .._images import as_rows, shape_of_images
from ..inference import autocast, images_at_once, storage_dtype
from ..networks import is_native, is_watched, sample_weights, set_dropout_generator
from ._averaging import AveragedWeights
from ._batches import DeviceBatches, ImageData
from ._capture import CapturedStep, capture_cuda_graph, leaves_steps_alone, may_capture
from ._interrupts import Interrupts
from ._memory import reused_memory
from ._randomness import BorrowedGenerators
from ._statistics import after_dropout, batch_size, called_layers, computed_anew, drawn
from ._threads import check_not_ending, own_turn, training_thread

FEW = 8  # images that tell whether the outputs are finite, and in which order layers are called
FEATURES_AT_ONCE = 4096  # precomputed ones, in prediction: only small dense layers follow
# What a training needs, and a pickle does not.
OF_A_TRAINING = (
    "captured_step_",
    "averages_",
    "batches_",
    "checkpoint_",
    "generator_",
    "borrowed_",
    "interrupts_",
    "step_threads_",
    "mean_weight_valid_",
    "for_statistics_",
    "norms_",
)


class ImageNet(NeuralNetClassifier):
    """A skorch net over images that lie on the device.

    Beyond skorch it takes :class:`ImageData` as well as arrays, does not wait for the device
    within an epoch, runs the network in `precision`, and supports sample weights. Arrays are
    images as the classifier takes them; tensors of floats are inputs of the network itself.

    Parameters
    ----------
    module : Network
        What to train.
    criterion : type, default=torch.nn.CrossEntropyLoss
        Tells skorch that the outputs are logits; :meth:`get_loss` computes the loss.
    image_shape : tuple of int
        (H, W, C) of the images.
    precision : {"bfloat16", "float32", "float64"}
        What the network computes in.
    mean, std : ndarray of shape (C,)
        How pixels are scaled.
    label_smoothing : float, default=0.0
        Fraction of each target that is spread over all classes, in training.
    mean_weight : float, default=1.0
        Sample weight at which a training image counts as if there were no weights.
    shuffle : bool, default=True
        Whether to shuffle the images before each epoch, as in :class:`DeviceBatches`.
    augment : callable, default=None
        What changes mini-batches of a training, as there.
    seed : int, default=0
        Seed of order and augmentation, as there.
    classes : sequence, default=None
        Codes of the classes; None takes those of all outputs of the network.
    iterator_train, iterator_valid : type, default=DeviceBatches
        As in skorch, but mini-batches are made on the device.
    train_split : callable, default=None
        As in skorch, but nothing is held out.
    **parameters : dict
        Parameters of skorch's own.
    """

    def __init__(
        self,
        module,
        criterion=torch.nn.CrossEntropyLoss,
        *,
        image_shape,
        precision,
        mean,
        std,
        label_smoothing=0.0,
        mean_weight=1.0,
        shuffle=True,
        augment=None,
        seed=0,
        classes=None,
        iterator_train=DeviceBatches,
        iterator_valid=DeviceBatches,
        train_split=None,
        **parameters,
    ):
        super().__init__(
            module,
            criterion=criterion,
            classes=range(module.n_classes) if classes is None else classes,
            iterator_train=iterator_train,
            iterator_valid=iterator_valid,
            train_split=train_split,
            **parameters,
        )
        self.image_shape = image_shape
        self.precision = precision
        self.mean = mean
        self.std = std
        self.label_smoothing = label_smoothing
        self.mean_weight = mean_weight
        self.shuffle = shuffle
        self.augment = augment
        self.seed = seed

    @property
    def _default_callbacks(self):
        return [("epoch_timer", EpochTimer())]

    def train(
        self,
        train,
        valid=None,
        *,
        epochs,
        callbacks=(),
        ema_decay=None,
        fixed_threads=True,
        checkpoint=None,
        new_statistics=True,
    ):
        """Train for some epochs, from where the net is.

        Parameters
        ----------
        train : ImageData
            Data to train on.
        valid : ImageData, optional
            Validation data.
        epochs : int
            Number of epochs.
        callbacks : sequence of skorch.callbacks.Callback, default=()
            Callbacks of this training alone, after those of the net.
        ema_decay : float, optional
            Decay of the weights' moving averages, which the network gets after each epoch.
        fixed_threads : bool, default=True
            Whether all steps use the same number of threads, on which their results depend bit by
            bit. If not, steps may switch to one thread while other processes use the CPU, see
            :class:`StepThreads`.
        checkpoint : Checkpoint, optional
            Where the training is saved, and resumed from.
        new_statistics : bool, default=True
            Whether batch normalizations after dropout get statistics of the training data without
            dropout after each epoch; else they keep their running ones.

        Returns
        -------
        n_interrupts : int
            How often the user pressed Ctrl-C. Once ends the training after a mini-batch; what
            an unfinished epoch left in the history is taken out.
        """
        self.interrupts_ = interrupts = Interrupts()
        with (
            interrupts.watched(),
            self._extra_callbacks(callbacks),
            reused_memory(),
            training_thread() as step_threads,
        ):
            if not fixed_threads and torch.device(self.device).type == "cpu":
                self.step_threads_ = step_threads
            n_steps = epochs * -(-len(train) // self.batch_size)
            if self._can_capture(train) and may_capture(n_steps):
                self.captured_step_ = CapturedStep(self._run_step, self._capture)
            if valid is not None and valid.weights is not None:
                self.mean_weight_valid_ = valid.weights.mean().item()
            self.norms_ = self._norms_after_dropout(train) if new_statistics else []
            self.for_statistics_ = drawn(train, self.seed) if self.norms_ else None
            self.ema_decay_ = ema_decay
            self.checkpoint_ = checkpoint
            try:
                n_left = epochs if checkpoint is None else checkpoint.n_left
                self.partial_fit((train, valid), epochs=n_left)
                watched = "train_loss" if valid is None else "valid_loss"
                if self.history and watched not in self.history[-1]:  # it was not complete
                    self._compute_statistics()
                    del self.history[-1]
                self._check_outputs(train)
            finally:
                self._forget_training()
        return interrupts.n_pressed

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Train for some epochs; callbacks may have loaded other weights before."""
        self.n_epochs_before_ = len(self.history)
        seed = (self.seed + self.n_epochs_before_) % 2**32
        device = torch.device(self.device)
        if is_native(self.module_):
            self.generator_ = torch.Generator(device).manual_seed(seed)
            set_dropout_generator(self.module_, self.generator_)
        else:
            self.borrowed_ = BorrowedGenerators(seed, device)
        if self.ema_decay_ is not None:
            # A callback may unfreeze weights.
            self.averages_ = AveragedWeights(
                self.module_, self.ema_decay_, with_frozen=bool(self.callbacks)
            )
        return super().fit_loop(X, y, epochs=epochs, **fit_params)

    def initialize_module(self):
        """Take the module as it is; what was derived from another one is void."""
        super().initialize_module()
        self._forget_training()
        return self

    def _forget_training(self):
        self.module_.zero_grad(set_to_none=True)  # gradients are as large as the weights
        for name in OF_A_TRAINING:
            setattr(self, name, None)
        self.ema_decay_ = None
        self.extra_callbacks_ = []
        set_dropout_generator(self.module_, None)

    def __getstate__(self):
        state = super().__getstate__() | dict.fromkeys(OF_A_TRAINING)
        kept = [pair for pair in self.callbacks_ if pair not in self.extra_callbacks_]
        return state | {"callbacks_": kept, "extra_callbacks_": []}

    @contextmanager
    def _extra_callbacks(self, callbacks):
        kept = self.callbacks_
        named = [(type(callback).__name__, callback.initialize()) for callback in callbacks]
        self.extra_callbacks_ = [(name, cb) for name, cb in named if cb is not None]
        self.callbacks_ = kept + self.extra_callbacks_
        try:
            yield
        finally:
            self.callbacks_ = kept

    # What skorch asks of a net, in the order in which a training meets it.

    def notify(self, method_name, **cb_kwargs):
        """Call a method of each callback, of all of them even if one stops the training."""
        if method_name != "on_epoch_end":
            super().notify(method_name, **cb_kwargs)
            return
        self.on_epoch_end(self, **cb_kwargs)
        stops = False
        for name, callback in self.callbacks_:
            try:
                callback.on_epoch_end(self, **cb_kwargs)
            except KeyboardInterrupt:  # skorch's way for a callback to end a training
                if self._n_interrupts() > 1:
                    raise
                stops = True
            except KeyError as error:
                if key := re.match("Key '(.*)' was not found in history", str(error.args[0])):
                    raise ValueError(self._missing_metric(name, key[1])) from error
                raise
        if self.checkpoint_ is not None:
            self.checkpoint_.after_epoch(self, stops)
        if stops or self._n_interrupts():
            raise KeyboardInterrupt

    def _n_interrupts(self):
        return 0 if self.interrupts_ is None else self.interrupts_.n_pressed

    def _missing_metric(self, name, key):
        row = self.history[-1]
        message = (
            f"The callback {name} asks for {key!r}, which this training does not "
            f"record. It records {', '.join(map(repr, sorted(set(row) - {'batches'})))}."
        )
        if "valid_loss" not in row:
            message += (
                " For metrics of validation data set early_stopping=True, or give fit a "
                "validation set: fit(X, y, X_val=..., y_val=...)."
            )
        return message

    def check_data(self, X, y=None):
        """Check arrays; what the estimator gives is checked already."""
        if isinstance(X, tuple | ImageData):
            return
        if y is None:
            raise ValueError("The net is trained on images and codes of classes: fit(X, y).")
        codes = np.asarray(y)
        n_classes = self.module_.n_classes
        if codes.dtype.kind not in "iu" or codes.min() < 0 or codes.max() >= n_classes:
            raise ValueError(
                f"The net takes codes of classes, whole numbers from 0 to {n_classes - 1}, as y. "
                "Fit the classifier itself, whose y are labels."
            )

    def get_dataset(self, X, y=None):
        """Return images and targets as a data set on the device."""
        if isinstance(X, ImageData):
            return X
        if isinstance(X, dict):  # a mini-batch with sample weights
            X = X["images"]
        device = torch.device(self.device)
        targets = None if y is None else torch.as_tensor(np.asarray(y, np.int64), device=device)
        if isinstance(X, torch.Tensor) and X.is_floating_point():
            return ImageData(X.to(device), targets, precomputed=True)
        X = np.asarray(X)
        if X.ndim > 2:
            shape, channels_first = shape_of_images(X.shape, self.image_shape)
            X = as_rows(X, channels_first)
        elif X.ndim != 2 or X.shape[1] != prod(self.image_shape):
            shape = X.shape[1:]
        else:
            shape = self.image_shape
        if shape != self.image_shape:
            raise ValueError(f"The net takes images of shape {self.image_shape}, not {shape}.")
        if X.dtype != np.uint8:
            X = X.astype(np.float64 if self.precision == "float64" else np.float32)
        data = ImageData.from_numpy(X.reshape(-1, *shape), device=device)
        data.targets = targets
        return data

    def get_split_datasets(self, X, y=None, **fit_params):
        """Return training and validation data."""
        if isinstance(X, tuple):  # as `train` was given them
            return X
        return super().get_split_datasets(X, y, **fit_params)

    def get_iterator(self, dataset, training=False):
        """Return the mini-batches of a data set."""
        if not training:
            return self._batches(dataset, self._prediction_batch_size(dataset))
        # Each training continues with other random numbers: the epochs so far are counted in.
        seed = (self.seed + len(self.history)) % 2**32
        self.batches_ = self._batches(
            dataset, self.batch_size, shuffle=self.shuffle, augment=self.augment, seed=seed
        )
        if self.checkpoint_ is not None:  # skorch asks when all else of a training is there
            self.checkpoint_.restore(self)
        return self.batches_

    def _batches(self, data, batch_size, **options):
        dtype = storage_dtype(self.precision)
        mean, std = (
            torch.as_tensor(np.asarray(values), dtype=dtype, device=self.device)
            for values in (self.mean, self.std)
        )
        return DeviceBatches(data, mean, std, batch_size, **options)

    def _prediction_batch_size(self, data):
        if data.images.ndim == 2:
            return FEATURES_AT_ONCE
        n_pixels = prod(self.module_.working_size(*self.image_shape[:2]))
        return images_at_once(data.images.device, n_pixels)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Go through the mini-batches once; loss and accuracy are read when the last is done."""
        if iterator is None:
            return
        averaging = training and self.averages_ is not None
        device = iterator.data.images.device
        sizes = any(isinstance(callback, BatchScoring) for _, callback in self.callbacks_)
        loss, n_correct = (torch.zeros((), device=device) for _ in range(2))
        with self.averages_.in_training() if averaging else nullcontext():
            for batch in iterator:
                if self.interrupts_ is not None:
                    self.interrupts_.check()
                check_not_ending()
                self.notify("on_batch_begin", batch=batch, training=training)
                with own_turn(device):
                    start = time.perf_counter()
                    step = step_fn(batch, **fit_params)
                    if training and self.step_threads_ is not None:
                        self.step_threads_.after_step(time.perf_counter() - start)
                targets = batch[1]
                loss += step["loss"] * len(targets)
                n_correct += (step["y_pred"].argmax(1) == targets).sum()
                if sizes:
                    self.history.record_batch(f"{prefix}_batch_size", len(targets))
                self.notify("on_batch_end", batch=batch, training=training, **step)
        if training:
            self._compute_statistics()
        self._record_epoch(prefix, loss.item(), n_correct.item(), len(iterator.data))
        self.history.record(f"{prefix}_batch_count", len(iterator))
        # skorch begins a row for each mini-batch, and asks for the last; they stay empty.
        rows = self.history[-1]["batches"]
        self.history[-1]["batches"] = [row for row in rows if row] or rows[-1:]

    def _norms_after_dropout(self, data):
        """Return the batch normalizations that see other statistics in training."""
        layers = self.module_.modules()
        if not is_native(self.module_):  # its layers need not be in the order of their calls
            random_numbers = BorrowedGenerators(self.seed, torch.device(self.device))
            with called_layers(self.module_) as layers, random_numbers.borrowed():
                self._outputs_of_few(data)
        self.module_.train()
        return after_dropout(layers)

    def _compute_statistics(self):
        """Compute the statistics of batch normalizations after dropout anew, without dropout."""
        data = self.for_statistics_
        if not self.norms_:
            return
        size = batch_size(len(data), max(self.batch_size, self._prediction_batch_size(data)))
        batches = self._batches(data, size, augment=self.augment, seed=self.seed)
        self.module_.eval()
        with torch.no_grad(), computed_anew(self.norms_):
            for inputs, _ in batches:
                with own_turn(data.images.device), self._own_random_numbers():
                    self.infer(inputs)

    def _record_epoch(self, prefix, loss, n_correct, n_samples):
        if not np.isfinite(loss):
            raise self._divergence(f"The {prefix} loss became {loss / n_samples}")
        for metric, total, sign in (("loss", loss, -1), ("acc", n_correct, 1)):
            name, value = f"{prefix}_{metric}", total / n_samples
            before = [sign * row[name] for row in self.history[:-1] if name in row]
            self.history.record(name, value)
            self.history.record(f"{name}_best", sign * value > max(before, default=-np.inf))

    def _divergence(self, what):
        kept = " With checkpoint_dir, fit keeps the weights of the last good epoch."
        if self.checkpoint_ is not None:
            kept = self.checkpoint_.what_is_kept()
        return ValueError(
            f"{what} in epoch {len(self.history)}: the training diverged. Lower lr={self.lr}, or "
            f"take another optimizer.{kept}"
        )

    def _check_outputs(self, data):
        """Raise ValueError if the network's outputs are not finite: the last step may diverge."""
        if self.history and not all(x.isfinite().all() for x in self._outputs_of_few(data)):
            raise self._divergence("The network's outputs became infinite")

    def _outputs_of_few(self, data):
        few = replace(data, images=data.images[:FEW], targets=None, weights=None)
        return list(self.forward_iter(few))

    def train_step(self, batch, **fit_params):
        """Train on a mini-batch; return its loss and logits."""
        with self._own_random_numbers():
            step = (self.captured_step_ or self._run_step)(batch)
        if self.averages_ is not None:
            self.averages_.step()
        return step

    def evaluation_step(self, batch, training=False):
        """Return the logits of a mini-batch."""
        with self._own_random_numbers():
            return super().evaluation_step(batch, training=training)

    def validation_step(self, batch, **fit_params):
        """Return loss and logits of a mini-batch of validation data."""
        with self._own_random_numbers():
            return super().validation_step(batch, **fit_params)

    def _own_random_numbers(self):
        return nullcontext() if self.borrowed_ is None else self.borrowed_.borrowed()

    def _run_step(self, batch):
        try:
            step = super().train_step(batch)
        except ValueError as error:
            if "more than 1 value per channel" in str(error):
                raise ValueError(
                    f"A mini-batch has {len(batch[1])} image, of which torch's batch normalization "
                    f"cannot tell a variance: the last one of {len(self.batches_.data)} images, "
                    f"with batch_size={self.batch_size}. Set another batch_size."
                ) from error
            raise
        # Detached, or they would keep the graph of the backward pass in memory.
        return {name: value.detach() for name, value in step.items()}

    def _can_capture(self, data):
        """Return whether all that a step does is done by the GPU alone, and alike each time."""
        groups = self.optimizer_.param_groups
        capturable = all(
            group.get("capturable") and isinstance(group["lr"], torch.Tensor) for group in groups
        )
        return (
            data.images.is_cuda
            and data.weights is None
            and capturable
            and is_native(self.module_)
            and not is_watched(self.module_)
            and all(leaves_steps_alone(callback) for _, callback in self.callbacks_)
        )

    def _capture(self, step):
        device = torch.device(self.device)
        state = self.generator_.get_state()
        try:
            return capture_cuda_graph(step, device, [self.generator_])
        except RuntimeError:
            # The generator still waits for the capture's end, and would draw nothing else.
            self.generator_ = torch.Generator(device)
            self.generator_.set_state(state)
            set_dropout_generator(self.module_, self.generator_)
            raise

    def infer(self, x, **fit_params):
        """Return the logits of a mini-batch, (N, K)."""
        weight = None
        if isinstance(x, dict):
            x, weight = x["images"], x["sample_weight"]
        with autocast(x.device, self.precision), sample_weights(self.module_, weight):
            logits = self.module_(x)
        if not isinstance(logits, torch.Tensor):
            raise ValueError(
                f"The network gives a {type(logits).__name__} in training; it has to give logits, "
                "(N, n_classes), then as well."
            )
        return logits.to(storage_dtype(self.precision))  # NumPy has no bfloat16

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return the mean cross entropy of a mini-batch, and in training the penalty."""
        losses = functional.cross_entropy(
            y_pred,
            y_true,
            reduction="none" if isinstance(X, dict) else "mean",
            label_smoothing=self.label_smoothing if training else 0.0,
        )
        if isinstance(X, dict):
            mean_weight = self.mean_weight if training else self.mean_weight_valid_
            losses = (losses * X["sample_weight"]).mean() / mean_weight
        penalty = self.module_.penalty() if training else None
        return losses if penalty is None else losses + penalty
