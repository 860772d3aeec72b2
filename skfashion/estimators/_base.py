"""The whole scikit-learn contract, once."""

import warnings
from dataclasses import dataclass, fields
from functools import cache
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils import check_random_state, check_scalar
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .. import _onnx, persistence
from .._images import check_image_shape
from .._options import choose
from . import _docs
from ._validation import (
    check_classes,
    check_images,
    check_weights,
    encode,
    hold_out,
)

MONITORS = {"valid_loss": True, "valid_acc": False}  # whether lower is better


@dataclass(kw_only=True, repr=False, eq=False)
class ImageClassifier(CallbackSupportMixin, TransformerMixin, ClassifierMixin, BaseEstimator):
    """Base of all classifiers: a convolutional network behind scikit-learn's interface.

    A leaf names its network and states that network's parameters as fields of its own.

    Parameters
    ----------
    optimizer : {"sgd", "adam", "adamw", "rmsprop"} or class, default="adamw"
        Optimizer. "sgd" has Nesterov momentum of .9; any other setting is to be had by
        giving a class of ``torch.optim``, or a ``functools.partial`` of one.
    lr : float, default=3e-3
        Learning rate; with a schedule, the highest.
    weight_decay : float, default=0.01
        Weight decay, as the optimizer understands it.
    lr_schedule : {"one-cycle", "cosine", "step"} or None, default="one-cycle"
        How the learning rate moves. "one-cycle" rises to `lr` over the first batches and then
        falls to nearly 0, "cosine" falls from `lr` to 0, "step" divides it by 10 after each
        third of the epochs, None keeps it.
    warmup_fraction : float, default=0.25
        Share of all batches, from 0 to less than 1, over which "one-cycle" rises. The other
        schedules take no notice.
    max_epochs : int, default=8
        How many times to go through the training data.
    batch_size : int, default=128
        Images in a batch.
    shuffle : bool, default=True
        Whether each epoch goes through the images in another order.
    augment : augmentation, list of them, Pipeline of them, or None, default=None
        What is done to the images of each training batch, drawn anew for each image and
        epoch; see :mod:`skfashion.augmentation`.
    label_smoothing : float, default=0.05
        Share of each target, from 0 to 1, that is spread evenly over all classes.
    ema_decay : float or None, default=0.99
        Decay of the weights' exponential moving average (EMA) in each step of `fit`. The
        network has the averages after each epoch, when it is validated, and predicts with
        them: they are the more accurate weights as long as the learning rate is high. None
        takes the weights of the last step, as `partial_fit` does.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes, which multiply the sample weights. "balanced" makes them
        inversely proportional to the classes' frequencies.
    early_stopping : bool, default=False
        Whether to hold out part of the training data, stop when `monitor` has not improved
        for `patience` epochs, and keep the weights of the best epoch.
    validation_fraction : float, default=0.1
        Share that is held out, stratified by class, if `early_stopping` is set and `fit` is
        not given a validation set.
    patience : int or None, default=10
        Number of epochs without improvement after which early stopping stops; None goes
        through all epochs and keeps the weights of the best.
    monitor : {"valid_loss", "valid_acc"}, default="valid_loss"
        What early stopping watches.
    tta : {"flip"} or None, default=None
        Augmentation at test time: "flip" averages the probabilities of each image and its
        mirror image.
    image_shape : tuple of int or None, default=None
        (H, W) or (H, W, C) of the images. None reads it from X, where flat rows are taken
        for squares.
    device : str, default="auto"
        Device to compute on, such as "cpu" or "cuda:1". "auto" takes a GPU where there is
        one.
    precision : {"auto", "bfloat16", "float32", "float64"}, default="auto"
        Floating-point type to compute in. "auto" is bfloat16 where the device is fast at
        it, else float32; float64 is slow and there for checks.
    callbacks : list of skorch callbacks or None, default=None
        Callbacks of the skorch net. scikit-learn's own callbacks go to `set_callbacks`.
    warm_start : bool, default=False
        Whether `fit` goes on from the weights that the last `fit` left.
    random_state : int, RandomState instance or None, default=None
        Where weights, hold-out, order, dropout and augmentation are drawn from. With an
        int, the same data give the same predictions, to the bit, on the same machine. With
        None each fit draws differently, and NumPy's global random state is left alone.
    verbose : int, default=0
        1 shows a progress bar.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the classes, sorted.
    n_features_in_ : int
        Number of pixels times channels of an image, H*W*C.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if X was a DataFrame with string column names.
    image_shape_ : tuple of int
        (H, W, C) of the images.
    mean_, std_ : ndarray of shape (C,)
        Mean and standard deviation of the training images' channels, by which all images
        are scaled.
    net_ : skfashion.training.ImageNet
        The skorch net.
    module_ : skfashion.networks.Network
        The network, a torch module.
    history_ : skorch.history.History
        A row for each epoch, with ``train_loss``, ``train_acc``, ``dur`` and, where there
        is validation data, ``valid_loss`` and ``valid_acc``.
    n_iter_ : int
        Number of epochs that were run.
    best_epoch_ : int
        The epoch, counted from 1, whose weights are kept: the last one without early
        stopping.
    n_parameters_ : int
        Number of trainable parameters.
    device_ : str
        The device that is used.
    precision_ : {"bfloat16", "float32", "float64"}
        The floating-point type that is used.
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
    callbacks: list | None = None
    warm_start: bool = False
    random_state: Any = None
    verbose: int = 0

    _network_name: ClassVar[str]  # the leaf's class in skfashion.networks
    _when_restored: ClassVar[dict] = {}  # parameters of a network whose weights are at hand

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        persistence.register(cls)
        if cls.__doc__:
            _docs.inherit(cls, cls.__base__)

    # Fitting.

    @with_callbacks
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None):
        """Train the network.

        Ctrl-C ends the training early, with a warning, and leaves a usable classifier.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Training images of any real dtype and scale.
        y : array-like of shape (n,)
            Their labels, numbers or strings.
        sample_weight : array-like of shape (n,), default=None
            Weights of the images, not negative; those of weight 0 are left out.
        X_val : array-like like X, default=None
            Validation images, watched instead of a part that is held out.
        y_val : array-like of shape (n_val,), default=None
            Their labels.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter or the data are not what they have to be, or the loss becomes
            infinite.
        """
        self._check_parameters()
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: give both or neither.")
        resume = self.warm_start and hasattr(self, "net_")
        data = {"X": X, "y": y, "metadata": None}
        if sample_weight is not None:
            data["metadata"] = {"sample_weight": sample_weight}
        context = self._init_callback_context(max_subtasks=self.max_epochs)
        context.call_on_fit_task_begin(estimator=self, **data)

        images, y = check_images(self, X, y, reset=not resume)
        check_classification_targets(y)
        images, y, weights = self._weigh(images, y, sample_weight)
        classes = check_classes(np.unique(y))
        if resume and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start goes on with the classes {self.classes_.tolist()}, but y has "
                f"{classes.tolist()}. Set warm_start=False to begin anew."
            )
        self.classes_ = classes
        codes = encode(y, classes)

        seed = self._draw_seed()
        held_out = None
        if X_val is not None:
            images_val, y_val = check_images(self, X_val, y_val, reset=False)
            held_out = images_val, encode(y_val, self.classes_, "y_val"), None
        elif self.early_stopping:
            train, valid = hold_out(codes, self.validation_fraction, seed)
            held_out = images[valid], codes[valid], None if weights is None else weights[valid]
            images, codes = images[train], codes[train]
            weights = None if weights is None else weights[train]

        self._set_device()
        train = self._on_device(images, codes, weights)
        self._build(train, seed, module=self.module_ if resume else None)
        self._train(
            train,
            None if held_out is None else self._on_device(*held_out),
            epochs=self.max_epochs,
            lr_schedule=self.lr_schedule,
            ema_decay=self.ema_decay,
            extra=[(context, data)],
        )
        context.call_on_fit_task_end(estimator=self, reconstruction_attributes={}, **data)
        return self

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Go through the given data once, at the constant rate `lr`.

        The first call, if nothing was fitted before, sets up the network, and learns the
        scale of the pixels; later calls go on from there.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Training images.
        y : array-like of shape (n,)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call if y has not all of
            them.
        sample_weight : array-like of shape (n,), default=None
            Weights of the images.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If y has a label that is not among the classes, or the classes change.
        """
        self._check_parameters()
        first = not hasattr(self, "net_")
        images, y = check_images(self, X, y, reset=first)
        check_classification_targets(y)
        if first:
            self.classes_ = check_classes(np.unique(y if classes is None else classes))
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes={np.unique(classes).tolist()} are not those of the first call of "
                f"partial_fit, {self.classes_.tolist()}."
            )
        images, y, weights = self._weigh(images, y, sample_weight)
        codes = encode(y, self.classes_)
        if first:
            self._set_device()
        data = self._on_device(images, codes, weights)
        seed = self._draw_seed()
        optimizer = None if first else self.net_.optimizer_
        self._build(data, seed, module=None if first else self.module_)
        if isinstance(optimizer, type(self.net_.optimizer_)):
            self._keep_moments(optimizer)
        self._train(data, None, epochs=1, lr_schedule=None, ema_decay=None)
        return self

    def _weigh(self, images, y, sample_weight):
        """Return images, labels and weights without the images of weight 0."""
        weights = check_weights(sample_weight, self.class_weight, images, y)
        if weights is None or weights.all():
            return images, y, weights
        there = weights > 0
        return images[there], y[there], weights[there]

    def _build(self, train, seed, module=None):
        """Make the net, around a module that is there already or a new one."""
        history = None if module is None else self.history_
        if module is None:
            self.mean_, self.std_ = self._learn_scale(train)
            module = self._new_module(seed)
            module.assume(train.class_shares(len(self.classes_)))
        mean_weight = 1.0 if train.weights is None else train.weights.mean().item()
        self._set_net(module, history, seed, mean_weight)

    def _learn_scale(self, train):
        """Return what is subtracted from pixels, and what they are divided by."""
        return train.pixel_statistics()

    def _keep_moments(self, optimizer):
        """Go on from another optimizer's running averages, with today's settings."""
        settings = self.net_.optimizer_.state_dict()["param_groups"]
        state = optimizer.state_dict()["state"]
        self.net_.optimizer_.load_state_dict({"state": state, "param_groups": settings})

    def _restore(self, weights, history):
        """Make the net of a network that was trained before, from the tensors it had."""
        module = self._new_module(seed=0, **self._when_restored)
        module.load_state_dict(weights)
        self._set_net(module, history, seed=0)

    def _new_module(self, seed, **changes):
        from .. import networks
        from ..training import isolated, resolve_device, storage_dtype

        network = getattr(networks, self._network_name)
        with isolated(seed, resolve_device(self.device_)):
            parameters = self._own_parameters() | changes
            module = network(self.image_shape_, len(self.classes_), **parameters)
        return module.to(storage_dtype(self.precision_))

    def _set_net(self, module, history, seed, mean_weight=1.0):
        from ..training import ImageNet, resolve_device, resolve_optimizer, storage_dtype

        self.net_ = ImageNet(
            module.to(storage_dtype(self.precision_)),  # it may have been another one's
            precision=self.precision_,
            mean=self.mean_,
            std=self.std_,
            label_smoothing=self.label_smoothing,
            mean_weight=mean_weight,
            shuffle=self.shuffle,
            augment=self.augment,
            seed=seed,
            optimizer=resolve_optimizer(self.optimizer, resolve_device(self.device_)),
            optimizer__weight_decay=self.weight_decay,
            lr=self.lr,
            batch_size=self.batch_size,
            callbacks=self.callbacks,
            device=self.device_,
            verbose=0,
        ).initialize()
        if history is not None:
            self.net_.history = type(self.net_.history)(history)
        self.module_ = self.net_.module_
        self.history_ = self.net_.history
        self.n_parameters_ = sum(p.numel() for p in module.parameters() if p.requires_grad)

    def _train(self, train, valid, *, epochs, lr_schedule, ema_decay, extra=()):
        from ..training import EpochTasks, Progress, early_stopping, isolated, learning_rates

        n_before = len(self.history_)
        n_batches = -(-len(train) // self.batch_size)
        callbacks = learning_rates(
            lr_schedule,
            lr=self.lr,
            warmup_fraction=self.warmup_fraction,
            n_epochs=epochs,
            n_batches=n_batches,
        )
        if self.early_stopping and valid is not None:
            callbacks.append(early_stopping(self.monitor, MONITORS[self.monitor], self.patience))
        if self.verbose:
            callbacks.append(Progress(epochs, n_batches))
        callbacks += [EpochTasks(self, *task) for task in extra]
        with isolated((self.net_.seed + n_before) % 2**32, train.images.device):
            interrupted = self.net_.train(
                train, valid, epochs=epochs, callbacks=callbacks, ema_decay=ema_decay
            )
        self.n_iter_ = len(self.history_)
        self.best_epoch_ = self.n_iter_
        rows = self.history_[n_before:]  # of this training: what was before may have been better
        if self.early_stopping and valid is not None and rows:
            best = min if MONITORS[self.monitor] else max
            self.best_epoch_ = best(rows, key=lambda row: row[self.monitor])["epoch"]
        if interrupted:
            warnings.warn(
                f"The training was interrupted after {self.n_iter_ - n_before} of {epochs} "
                "epochs; the classifier has the weights of that moment.",
                stacklevel=3,
            )

    def _set_device(self):
        from ..training import resolve_device, resolve_precision

        device = resolve_device(self.device)
        self.device_ = str(device)
        self.precision_ = resolve_precision(self.precision, device)

    def _on_device(self, images, codes=None, weights=None):
        from ..training import ImageData, resolve_device, storage_dtype

        return ImageData.from_numpy(
            images,
            codes,
            weights,
            device=resolve_device(self.device_),
            dtype=storage_dtype(self.precision_),
        )

    def _draw_seed(self):
        # RandomState() takes its seed from the operating system.
        rng = np.random.RandomState() if self.random_state is None else self.random_state
        return int(check_random_state(rng).randint(np.iinfo(np.int32).max))

    # Parameters.

    @classmethod
    @cache
    def _shared_names(cls):
        return frozenset(field.name for field in fields(ImageClassifier))

    def _own_parameters(self):
        """Return the parameters that are the network's."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in self._shared_names()
        }

    def _check_parameters(self):
        """Raise an error for a shared parameter that is out of its range.

        The options of optimizer, schedule, device, precision and network are checked where
        they are looked up.
        """
        check_scalar(self.lr, "lr", Real, min_val=0, include_boundaries="neither")
        check_scalar(self.weight_decay, "weight_decay", Real, min_val=0)
        check_scalar(self.max_epochs, "max_epochs", Integral, min_val=1)
        check_scalar(self.batch_size, "batch_size", Integral, min_val=1)
        check_scalar(self.label_smoothing, "label_smoothing", Real, min_val=0, max_val=1)
        share = {"min_val": 0, "max_val": 1, "include_boundaries": "left"}
        check_scalar(self.warmup_fraction, "warmup_fraction", Real, **share)
        if self.ema_decay is not None:
            check_scalar(self.ema_decay, "ema_decay", Real, **share)
        check_scalar(
            self.validation_fraction,
            "validation_fraction",
            Real,
            min_val=0,
            max_val=1,
            include_boundaries="neither",
        )
        if self.patience is not None:
            check_scalar(self.patience, "patience", Integral, min_val=1)
        choose("monitor", self.monitor, MONITORS)
        if self.tta is not None:
            choose("tta", self.tta, {"flip": None})
        if self.image_shape is not None:
            check_image_shape(self.image_shape)

    # Predicting.

    def _outputs(self, X, **how):
        check_is_fitted(self)
        images = check_images(self, X, reset=False)
        return self.net_.outputs(self._on_device(images), **how)

    def _logits(self, X):
        """Return logits, or with `tta` the logarithms of the mean probabilities."""
        if self.tta is None:
            return self._outputs(X).astype(float)
        check_is_fitted(self)
        data = self._on_device(check_images(self, X, reset=False))
        views = [self.net_.outputs(data, flip=flip).astype(float) for flip in (False, True)]
        return np.logaddexp.reduce([log_softmax(view, axis=1) for view in views]) - np.log(2)

    def predict(self, X):
        """Return the most probable class of each image.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images of the shape that `fit` was given.

        Returns
        -------
        ndarray of shape (n,)
            Labels.
        """
        codes = self._logits(X).argmax(axis=1)
        return self.classes_[codes]

    def predict_proba(self, X):
        """Return the probability of each class for each image.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype float64
            Probabilities, in the order of `classes_`.
        """
        return softmax(self._logits(X), axis=1)

    def predict_log_proba(self, X):
        """Return the logarithm of the probability of each class for each image.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images.

        Returns
        -------
        ndarray of shape (n, n_classes), dtype float64
        """
        return log_softmax(self._logits(X), axis=1)

    def decision_function(self, X):
        """Return the network's logits.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images.

        Returns
        -------
        ndarray of shape (n, n_classes), or (n,) for two classes, dtype float64
            Logits; for two classes, how much the second is above the first. With `tta`, the
            logarithms of the mean probabilities.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def transform(self, X):
        """Return the features that the network's last hidden layer makes of images.

        Parameters
        ----------
        X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
            Images.

        Returns
        -------
        ndarray of shape (n, n_features_out), dtype float32, or float64 in that precision
        """
        return self._outputs(X, features=True)

    def get_feature_names_out(self, input_features=None):
        """Return names for the features that `transform` gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Held against the names of the columns that `fit` saw.

        Returns
        -------
        ndarray of shape (n_features_out,), dtype object
        """
        check_is_fitted(self)
        _check_feature_names_in(self, input_features, generate_names=False)
        prefix = type(self).__name__.lower()
        n_features_out = self.module_.output.in_features
        return np.array([f"{prefix}{i}" for i in range(n_features_out)], dtype=object)

    def save(self, path):
        """Write the fitted classifier to a file that holds no code.

        Parameters
        ----------
        path : str or path-like
            The file; :func:`skfashion.load` reads it. It is replaced if it is there.

        See Also
        --------
        skfashion.persistence.save : The same, and what it raises and leaves out.
        """
        persistence.save(self, path)

    def to_onnx(self, path):
        """Write the fitted classifier as an ONNX file, for programs without torch.

        Its input ``images`` has the shape (n, H, W, C) and dtype float32, in the scale of
        the training images; its output ``probabilities`` is (n, n_classes), float32, in the
        order of `classes_`. It computes in float32, and without `tta`.

        Parameters
        ----------
        path : str or path-like
            The file.

        Raises
        ------
        ImportError
            If the extra ``skfashion[onnx]`` is not installed.
        NotFittedError
            If the classifier is not fitted.
        """
        _onnx.to_onnx(self, path)

    # What scikit-learn and pickle ask.

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_iter_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def __setstate__(self, state):
        super().__setstate__(state)
        if "device_" in state:  # fitted on a device that may not be here
            from ..training import is_present

            if not is_present(self.device_):
                self.device_ = "cpu"
                self.net_.set_device("cpu")
