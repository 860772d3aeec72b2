"""The skorch net that every estimator holds."""

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from math import prod

import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback, EpochTimer
from torch.nn import functional

from ..networks import sample_weights
from ._averaging import AveragedWeights
from ._batches import DeviceBatches
from ._memory import reused_memory
from ._precision import RoundedNetwork, autocast, is_watched, storage_dtype
from ._recording import RepeatedStep, record_cuda_graph
from ._threads import take_share, training_thread


class ImageNet(NeuralNetClassifier):
    """A skorch net over images that lie on the device.

    Beyond skorch it takes :class:`ImageData` instead of arrays, does not wait for the device
    within an epoch, runs the network in `precision`, and heeds sample weights.

    Parameters
    ----------
    module : Network
        What to train.
    precision : {"bfloat16", "float32", "float64"}
        What the network computes in.
    mean, std : ndarray of shape (C,)
        How pixels are scaled.
    label_smoothing : float, default=0.0
        Share of each target that is spread over all classes, in training.
    mean_weight : float, default=1.0
        Mean of the training set's sample weights: what a weight is measured against.
    shuffle, augment, seed
        As in :class:`DeviceBatches`; for training batches alone.
    **parameters
        skorch's own parameters.
    """

    def __init__(
        self,
        module,
        *,
        precision,
        mean,
        std,
        label_smoothing=0.0,
        mean_weight=1.0,
        shuffle=True,
        augment=None,
        seed=0,
        **parameters,
    ):
        super().__init__(
            module,
            classes=range(module.output.out_features),
            criterion=torch.nn.CrossEntropyLoss,  # by which skorch knows that these are logits
            iterator_train=DeviceBatches,
            iterator_valid=DeviceBatches,
            train_split=None,
            **parameters,
        )
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

    def train(self, train, valid=None, *, epochs, callbacks=(), ema_decay=None):
        """Train for some epochs, from where the net is.

        Parameters
        ----------
        train : ImageData
            Data to train on.
        valid : ImageData, optional
            Data to watch.
        epochs : int
            How many times to go through the data.
        callbacks : sequence of skorch.callbacks.Callback
            Callbacks of this training alone, beside those of the net.
        ema_decay : float, optional
            Decay of the weights' moving averages, which the network gets after each epoch.

        Returns
        -------
        interrupted : bool
            Whether the user broke it off with Ctrl-C.
        """
        self.interrupted_ = False
        with self._extra_callbacks(callbacks), reused_memory(), training_thread():
            if self._can_record(train):
                record = partial(record_cuda_graph, device=train.images.device)
                self.repeated_step_ = RepeatedStep(self._run_step, record)
            if ema_decay is not None:
                self.averages_ = AveragedWeights(self.module_, ema_decay)
            try:
                self.partial_fit((train, valid), epochs=epochs)
            finally:
                self.repeated_step_ = self.averages_ = None
        if self.history and "train_loss" not in self.history[-1]:
            del self.history[-1]  # an epoch that did not come to its end
        return self.interrupted_

    def initialize_module(self):
        """Take the module as it is; what was derived from another one is void."""
        super().initialize_module()
        self.rounded_ = self.repeated_step_ = self.averages_ = None
        return self

    def __getstate__(self):
        # What a training needs, and what is to be had again from the module.
        nothing = dict.fromkeys(["rounded_", "repeated_step_", "averages_"])
        return super().__getstate__() | nothing

    def set_device(self, device):
        """Compute on another device from now on, to which the network is moved."""
        self.device = device
        self.module_.to(device)
        self.rounded_ = None

    @contextmanager
    def _extra_callbacks(self, callbacks):
        kept = self.callbacks_
        named = [(type(callback).__name__, callback.initialize()) for callback in callbacks]
        self.callbacks_ = kept + [(name, cb) for name, cb in named if cb is not None]
        try:
            yield
        finally:
            self.callbacks_ = kept

    # What skorch asks of a net, in the order in which a training meets it.

    def check_data(self, X, y=None):
        """Accept everything: the estimator has checked it."""

    def get_split_datasets(self, X, y=None, **fit_params):
        """Return the pair of training and validation data that `train` was given."""
        return X

    def get_iterator(self, dataset, training=False):
        """Return the batches of a data set."""
        dtype = storage_dtype(self.precision)
        mean, std = (
            torch.as_tensor(np.asarray(values), dtype=dtype, device=self.device)
            for values in (self.mean, self.std)
        )
        if not training:
            return DeviceBatches(dataset, mean, std, self._prediction_batch_size(dataset))
        # Each training goes on with other random numbers: the epochs so far are counted in.
        seed = (self.seed + len(self.history)) % 2**32
        return DeviceBatches(
            dataset,
            mean,
            std,
            self.batch_size,
            shuffle=self.shuffle,
            augment=self.augment,
            seed=seed,
        )

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Go through the batches once; loss and accuracy are read when the last is done."""
        if iterator is None:
            return
        averaging = training and self.averages_ is not None
        device = iterator.data.images.device
        loss, n_right = (torch.zeros((), device=device) for _ in range(2))
        try:
            with self.averages_.in_training() if averaging else nullcontext():
                for batch in iterator:
                    take_share()
                    self.notify("on_batch_begin", batch=batch, training=training)
                    step = step_fn(batch, **fit_params)
                    targets = batch[1]
                    loss += step["loss"] * len(targets)
                    n_right += (step["y_pred"].argmax(1) == targets).sum()
                    self.notify("on_batch_end", batch=batch, training=training, **step)
        except KeyboardInterrupt:
            self.interrupted_ = True
            raise
        n_samples = len(iterator.data)
        if not np.isfinite(loss.item()):
            raise ValueError(
                f"The {prefix} loss became {loss.item() / n_samples} in epoch {len(self.history)}: "
                f"the training diverged. Lower lr={self.lr}, or take another optimizer."
            )
        self._record_epoch(prefix, "loss", loss.item() / n_samples, sign=-1)
        self._record_epoch(prefix, "acc", n_right.item() / n_samples, sign=1)
        self.history.record(prefix + "_batch_count", len(iterator))

    def _record_epoch(self, prefix, figure, value, *, sign):
        name = f"{prefix}_{figure}"
        before = [sign * row[name] for row in self.history[:-1] if name in row]
        self.history.record(name, value)
        self.history.record(f"{name}_best", sign * value > max(before, default=-np.inf))

    def train_step(self, batch, **fit_params):
        """Train on a batch; return its loss and logits."""
        self.rounded_ = None
        step = (self.repeated_step_ or self._run_step)(batch)
        if self.averages_ is not None:
            self.averages_.step()
        return step

    def _run_step(self, batch):
        # Without their history, which would keep what it takes to differentiate them.
        return {name: value.detach() for name, value in super().train_step(batch).items()}

    def _can_record(self, data):
        """Return whether all that a step does is done by the GPU alone."""
        watched = any(
            type(callback).on_grad_computed is not Callback.on_grad_computed
            for _, callback in self.callbacks_
        )
        capturable = all(group.get("capturable", False) for group in self.optimizer_.param_groups)
        return data.images.is_cuda and data.weights is None and capturable and not watched

    def infer(self, x, **fit_params):
        """Return the logits of a batch, (N, K)."""
        weight = None
        if isinstance(x, dict):
            x, weight = x["images"], x["sample_weight"]
        with autocast(x.device, self.precision), sample_weights(self.module_, weight):
            logits = self.module_(x)
        return logits.to(storage_dtype(self.precision))  # NumPy has no bfloat16

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return the mean cross entropy of a batch, and in training the weights' penalty."""
        losses = functional.cross_entropy(
            y_pred,
            y_true,
            reduction="none" if isinstance(X, dict) else "mean",
            label_smoothing=self.label_smoothing if training else 0.0,
        )
        if isinstance(X, dict):
            losses = (losses * X["sample_weight"]).mean() / self.mean_weight
        penalty = self.module_.penalty() if training else None
        return losses if penalty is None else losses + penalty

    def outputs(self, data, *, features=False, flip=False):
        """Return what the network makes of images.

        Parameters
        ----------
        data : ImageData
            The images.
        features : bool, default=False
            Whether to return the last hidden layer instead of the logits.
        flip : bool, default=False
            Whether the images are mirrored left to right first.

        Returns
        -------
        ndarray of shape (N, K) or (N, D)
        """
        network = self._predictor()
        compute = network.features if features else network
        parts = self._parts(data, network, lambda x: compute(x.flip(3) if flip else x))
        return torch.cat(parts).to(storage_dtype(self.precision)).cpu().numpy()

    def embedded(self, data):
        """Return data with what the network's frozen part makes of the images."""
        network = self._predictor()
        images = torch.cat(self._parts(data, network, network.embed))
        return replace(data, images=images, embedded=True)

    def _predictor(self):
        """Return the network in the precision that it predicts in."""
        if self.module_.training:
            self._set_training(False)
        if self.precision != "bfloat16" or is_watched(self.module_):
            return self.module_
        if self.rounded_ is None or not self.rounded_.is_of(self.module_):
            self.rounded_ = RoundedNetwork(self.module_)
        return self.rounded_.up_to_date()

    def _parts(self, data, network, compute):
        """Return what is computed of each batch, by a network that may be rounded."""
        batches = (x for x, _ in self.get_iterator(replace(data, weights=None)))
        with torch.no_grad():
            if network is not self.module_:
                return [compute(x.to(torch.bfloat16)) for x in batches]
            with autocast(data.images.device, self.precision):
                return [compute(x) for x in batches]

    def _prediction_batch_size(self, data):
        """Return how many images to predict at once, so that memory stays bounded."""
        if data.embedded:  # nothing but small dense layers is to come
            return 4096
        n_pixels = prod(self.module_.working_size(*data.images.shape[1:3]))
        at_once = 400_000 if data.images.device.type == "cpu" else 3_200_000
        return max(1, min(at_once // n_pixels, at_once // 784))
