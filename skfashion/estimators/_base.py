"""scikit-learn's contract, for all classifiers."""

import inspect
import warnings
from dataclasses import dataclass, fields, is_dataclass
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin, _clone_parametrized
from sklearn.callback import CallbackSupportMixin, with_callbacks
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._docs import substitute
from .._lazy import LazyModule
from . import _docs
from ._fit_keys import draw_seed, seed_and_checkpoint
from ._parameters import TrainingParameters
from ._validation import (
    LEARNED_OF_COLUMNS,
    check_images,
    check_validation_set,
    hold_out,
    read_training_set,
)

# These import torch, which takes longer to import than all the rest, so they wait until they
# are first used.
inference = LazyModule("skfashion.inference")
networks = LazyModule("skfashion.networks")
training = LazyModule("skfashion.training")

IMAGES = "X : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)"
FITTED = """Returns
-------
self : object
    The classifier, trained.

Raises
------
ValueError
    If a parameter or the data are invalid, or the training diverges."""
OF_IMAGES = f"""Parameters
----------
{IMAGES}
    Images of the shape and scale that `fit` was given.

Returns
-------"""
OF_NETWORK = """Parameters
----------
image_shape : tuple of int
    (H, W, C) of the images.
n_classes : int
    Number of classes, K.
generator : torch.Generator, default=None
    Generator of the initial weights of the package's networks. None uses torch's global
    generator, as other modules do.

Returns
-------
torch.nn.Module
    It takes images, (N, C, H, W), and returns logits, (N, K)."""

document = substitute(fitted=FITTED, images=IMAGES, of_images=OF_IMAGES, of_network=OF_NETWORK)


def _of_fitted_network(name, of):
    """Return an attribute of an estimator that is one of its fitted network, called `of` there."""

    def get(estimator):
        estimator._check_has(name)
        return getattr(estimator.fitted_network_, of)

    return property(get)


def _take_defaults(cls):
    """Make what a class and its mixins state, with or without a type, parameters and defaults."""
    documented = cls.__doc__
    own = inspect.get_annotations(cls)
    inherited = {field.name: field.type for field in fields(cls)}
    for mixin in cls.__mro__[1:]:
        if is_dataclass(mixin):
            break
        stated = inspect.get_annotations(mixin)
        for name in (inherited.keys() | stated.keys()) & vars(mixin).keys() - vars(cls).keys():
            setattr(cls, name, vars(mixin)[name])
            own.setdefault(name, stated.get(name, inherited.get(name)))
    cls.__annotations__ = {n: kind for n, kind in inherited.items() if n in vars(cls)} | own
    dataclass(kw_only=True, repr=False, eq=False)(cls)
    cls.__doc__ = documented  # a dataclass without a docstring has its signature


@dataclass(kw_only=True, repr=False, eq=False)
class ImageClassifier(
    CallbackSupportMixin, TransformerMixin, ClassifierMixin, BaseEstimator, TrainingParameters
):
    """Base class of all classifiers: a convolutional network with scikit-learn's interface.

    A subclass names its network and states that network's parameters as fields of its own, or
    overrides :meth:`build_network`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels of the classes, sorted.
    n_features_in_ : int
        Number of pixels times channels of an image, H*W*C.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a DataFrame with string column names.
    image_shape_ : tuple of int
        (H, W, C) of the images.
    mean_, std_ : ndarray of shape (C,)
        Mean and standard deviation of the training images' channels, by which all images
        are scaled.
    pixel_range_ : tuple of (float, float, bool)
        The smallest and the largest pixel of the training images, and whether all pixels were
        whole numbers.
    fitted_network_ : skfashion.inference.FittedNetwork
        What was learned: the network and all that is needed to predict with it.
    module_ : skfashion.networks.Network
        The network that predicts, a torch module. Change its weights under ``torch.no_grad()``:
        predictions in bfloat16 do not notice a change by way of ``.data`` or an array.
    net_ : skfashion.training.ImageNet
        The skorch net around it.
    history_ : skorch.history.History
        A row for each epoch, with ``train_loss``, ``train_acc``, ``dur`` and, where there
        is validation data, ``valid_loss`` and ``valid_acc``. The two losses are different
        quantities. ``train_loss`` is what is optimized: with label smoothing (and `l2`, where
        a network has it), under augmentation and dropout, averaged over the epoch while the
        weights change. ``valid_loss`` is the plain cross-entropy after the epoch, without any of
        these, of the averaged weights (`ema_decay`). So ``train_loss`` is usually the higher
        one. Weights of images and classes count in both losses, and not in ``valid_acc``.
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

    _network_name: ClassVar[str]  # a subclass's class in skfashion.networks
    _when_restored: ClassVar[dict] = {}  # parameters of a network whose weights are known

    module_ = _of_fitted_network("module_", "network")
    image_shape_ = _of_fitted_network("image_shape_", "image_shape")
    mean_ = _of_fitted_network("mean_", "mean")
    std_ = _of_fitted_network("std_", "std")
    pixel_range_ = _of_fitted_network("pixel_range_", "pixel_range")
    device_ = _of_fitted_network("device_", "device")
    precision_ = _of_fitted_network("precision_", "precision")
    n_parameters_ = _of_fitted_network("n_parameters_", "n_parameters")

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        constructed_by = next(base for base in cls.__mro__ if "__init__" in vars(base))
        if constructed_by is not cls and "__dataclass_fields__" in vars(constructed_by):
            _take_defaults(cls)
        _docs.inherit(cls)

    # Fitting.

    @with_callbacks
    @document
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None, sample_weight_val=None):
        """Train the network.

        A fit that fails leaves the classifier unchanged. With `checkpoint_dir`, an interrupted
        fit is resumed from its last checkpoint. Ctrl-C ends the training after the current
        mini-batch. If at least one epoch is complete, `fit` then warns and leaves a
        usable classifier. It raises KeyboardInterrupt instead if no epoch is complete, if
        Ctrl-C is pressed again, or if a search or a vote fits the classifier.

        Parameters
        ----------
        %(images)s
            Training images of any real dtype and scale.
        y : array-like of shape (n,)
            Their labels, numbers or strings.
        sample_weight : array-like of shape (n,), default=None
            Weights of the images, not negative; those of weight 0 are left out.
        X_val : array-like like X, default=None
            Validation images, used instead of a held-out part of X.
        y_val : array-like of shape (n_val,), default=None
            Their labels.
        sample_weight_val : array-like of shape (n_val,), default=None
            Their weights in the validation loss.

        %(fitted)s
        KeyboardInterrupt
            As described above.

        Warns
        -----
        UserWarning
            If Ctrl-C ended the training, or X_val cannot be on the scale of X.
        """
        self._check_parameters()
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: give both or neither.")
        if X_val is None and sample_weight_val is not None:
            raise ValueError("sample_weight_val is given without X_val and y_val.")
        resume = self.warm_start and self.__sklearn_is_fitted__()
        data = {"X": X, "y": y, "metadata": None}
        if sample_weight is not None:
            data["metadata"] = {"sample_weight": sample_weight}
        context = self._init_callback_context(max_subtasks=self.max_epochs)
        context.call_on_fit_task_begin(estimator=self, **data)

        train = read_training_set(self, X, y, sample_weight, known=resume)
        valid = None
        if X_val is not None:
            valid = check_validation_set(train, self, X_val, y_val, sample_weight_val)

        def tasks(fitted):
            def attributes_now(net):
                n_epochs = {"n_iter_": len(net.history), "best_epoch_": len(net.history)}
                now = {
                    "fitted_network_": fitted.copy(),
                    "history_": training.new_history(net.history),
                }
                return train.learned | n_epochs | now

            return [training.EpochTasks(self, context, data, attributes_now)]

        start = self._model_now() if resume else None
        with seed_and_checkpoint(self, train, valid, start) as (seed, checkpoint):
            if valid is None and self.early_stopping:
                indices = hold_out(train.codes, self.validation_fraction, seed)
                train, valid = (train.part(part) for part in indices)
            how = {"tasks": tasks, "checkpoint": checkpoint}
            model = self._train(train, valid, seed, start, **how)
        self._take_over(train.learned, model)
        if model.interrupted:
            warnings.warn(
                f"Ctrl-C ended the training after {model.n_epochs} of {self.max_epochs} epochs; "
                "the classifier has the weights of that moment.",
                stacklevel=3,
            )
        context.call_on_fit_task_end(estimator=self, reconstruction_attributes={}, **data)
        return self

    @document
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train for one epoch on a batch of the data, at the constant learning rate `lr`.

        The first call, if nothing was fitted before, builds the network and learns the scale of
        the pixels; later calls continue from there. A sample weight of 2 counts twice as much
        as one of 1, in this call or in another. Where dropout precedes a batch normalization,
        as in v5, `fit` is more accurate: it computes the statistics again without dropout, which
        one batch of the data is too few for.

        Parameters
        ----------
        %(images)s
            Training images.
        y : array-like of shape (n,)
            Their labels.
        classes : array-like of shape (n_classes,), default=None
            All classes that can occur; required in the first call if y does not contain all
            of them.
        sample_weight : array-like of shape (n,), default=None
            Weights of the images.

        %(fitted)s
            Also if y has a label that is not among the classes, or the classes change, and for
            ``early_stopping=True`` and ``class_weight="balanced"``, which need all the data.
        KeyboardInterrupt
            If Ctrl-C was pressed; the classifier is then as it was before the call.

        Warns
        -----
        UserWarning
            If the pixels cannot be on the scale of those of earlier calls.
        """
        self._check_parameters()
        self._refuse_what_needs_all_data()
        known = self.__sklearn_is_fitted__()
        if known and classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"classes={np.unique(classes).tolist()} are not those of the first call of "
                f"partial_fit, {self.classes_.tolist()}."
            )
        train = read_training_set(self, X, y, sample_weight, classes=classes, known=known)
        seed = draw_seed(self.random_state)
        model = self._train(train, None, seed, self._model_now() if known else None, piece=True)
        self._take_over(train.learned, model)
        return self

    def _refuse_what_needs_all_data(self):
        if self.early_stopping:
            raise ValueError(
                "partial_fit sees a batch of the data, of which no part is held out: set "
                "early_stopping=False, or use fit."
            )
        if isinstance(self.class_weight, str):
            raise ValueError(
                f"class_weight={self.class_weight!r} is not supported by partial_fit, which sees a "
                "batch of the data. Compute the weights of all the data with "
                "sklearn.utils.compute_class_weight and give them as a dict."
            )

    def _model_now(self):
        """Return what was learned before, to continue from."""
        return training.Model(self.fitted_network_, self.history_, vars(self).get("_net"))

    def _train(self, train, valid, seed, start, **how):
        """Train; return the model, and leave this estimator as it is."""
        return training.run(
            train,
            valid,
            parameters=self._parameters_now(),
            architecture=self._architecture(),
            n_classes=len(train.learned["classes_"]),
            seed=seed,
            start=start,
            **how,
        )

    def _take_over(self, learned, model):
        """Become what a training has learned."""
        attributes = learned | {
            "n_iter_": len(model.history),
            "best_epoch_": model.best_epoch,
            "history_": training.new_history(model.history),  # the net may be trained by itself
            "fitted_network_": model.fitted,
            "_net": model.net,
        }
        for name in set(LEARNED_OF_COLUMNS) - set(attributes):
            vars(self).pop(name, None)
        vars(self).update(attributes)

    # The attributes in a file besides the fitted network and the history.
    _learned_names = (*LEARNED_OF_COLUMNS, "classes_", "n_iter_", "best_epoch_")

    def _learned_attributes(self):
        return {name: getattr(self, name) for name in self._learned_names if hasattr(self, name)}

    def _restore(self, *, learned, state, built_with, history):
        """Become what was learned before, from what a file says of it."""
        built = object.__new__(type(self))
        vars(built).update(vars(self) | built_with | self._when_restored)
        n_classes = len(learned["classes_"])
        with inference.neutral_torch(grad=True):
            network = built._architecture().new_network(state["image_shape"], n_classes, seed=0)
            fitted = inference.FittedNetwork.from_state(network, built_with, state)
        vars(self).update(learned, fitted_network_=fitted, history_=training.new_history(history))

    def _parameters_now(self):
        # All of them, where a subclass has a constructor of its own as well.
        return SimpleNamespace(**{field.name: getattr(self, field.name) for field in fields(self)})

    # The network.

    @document
    def build_network(self, image_shape, n_classes, generator=None):
        """Return a new network, with the parameters that this class adds to the shared ones.

        A subclass may override this to return another network.

        %(of_network)s
        """
        if not hasattr(self, "_network_name"):
            raise NotImplementedError(
                f"{type(self).__name__} has no network: override build_network, or use "
                "ModuleClassifier."
            )
        network = getattr(networks, self._network_name)
        parameters = self._network_parameters()
        return network(image_shape, n_classes, generator=generator, **parameters)

    def _architecture(self):
        native = type(self).build_network is ImageClassifier.build_network
        return training.Architecture(self.build_network, self._network_parameters(), native)

    @property
    def net_(self):
        """The skorch net around the network."""
        self._check_has("net_")
        if vars(self).get("_net") is None:  # after a file or a pickle
            history = training.new_history(self.history_)
            self._net = training.make_net(self.fitted_network_, self._parameters_now(), history)
        return self._net

    def _check_has(self, name):
        if not self.__sklearn_is_fitted__():
            # An AttributeError, for hasattr; scikit-learn's NotFittedError is a ValueError, too.
            raise AttributeError(
                f"This {type(self).__name__} is not fitted yet; {name} is there after fit."
            )

    # Predicting.

    def _logits(self, X):
        """Return logits, or with `tta` the logarithms of the mean probabilities."""
        check_is_fitted(self)
        return self.fitted_network_.logits(check_images(self, X), self.tta)

    @document
    def predict(self, X):
        """Return the most probable class of each image.

        %(of_images)s
        ndarray of shape (n,)
            Labels.
        """
        codes = self._logits(X).argmax(axis=1)
        return self.classes_[codes]

    @document
    def predict_proba(self, X):
        """Return the probability of each class for each image.

        %(of_images)s
        ndarray of shape (n, n_classes), dtype float64
            Probabilities, in the order of `classes_`.
        """
        return softmax(self._logits(X), axis=1)

    @document
    def predict_log_proba(self, X):
        """Return the logarithm of the probability of each class for each image.

        %(of_images)s
        ndarray of shape (n, n_classes), dtype float64
            Their columns are in the order of `classes_`.
        """
        return log_softmax(self._logits(X), axis=1)

    @document
    def decision_function(self, X):
        """Return the network's logits.

        %(of_images)s
        ndarray of shape (n, n_classes), or (n,) for two classes, dtype float64
            Logits; for two classes, how much the second is above the first. With `tta`, the
            logarithms of the mean probabilities.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    @document
    def transform(self, X):
        """Return the features of images: the outputs of the network's last hidden layer.

        %(of_images)s
        ndarray of shape (n, n_features_out), dtype float32, or float64 in that precision
            A row for each image.
        """
        check_is_fitted(self)
        return self.fitted_network_.features(check_images(self, X))

    def get_feature_names_out(self, input_features=None):
        """Return names for the features that `transform` gives.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Compared with the names of the columns that `fit` saw.

        Returns
        -------
        ndarray of shape (n_features_out,), dtype object
            The name of the class in lower case, and a number.
        """
        check_is_fitted(self)
        _check_feature_names_in(self, input_features, generate_names=False)
        prefix = type(self).__name__.lower()
        n_features_out = self.fitted_network_.n_features_out
        return np.array([f"{prefix}{i}" for i in range(n_features_out)], dtype=object)

    def save(self, path, *, half_precision=False):
        """Write the fitted classifier to a file that holds no code.

        Parameters
        ----------
        path : str or path-like
            The file, which is overwritten if it exists.
        half_precision : bool, default=False
            Whether to store the weights in float16, in half the space.

        See Also
        --------
        skfashion.persistence.save : The same, with what it raises and leaves out.
        skfashion.load : Read such a file.
        """
        from ..persistence import save

        save(self, path, half_precision=half_precision)

    def to_onnx(self, path, *, dtype="float32"):
        """Write the fitted classifier as an ONNX file, for programs without torch.

        Parameters
        ----------
        path : str or path-like
            The file, which is overwritten if it exists.
        dtype : {"float32", "uint8"}, default="float32"
            Type of the pixels that the file takes.

        See Also
        --------
        skfashion.persistence.to_onnx : The same, with the inputs and outputs of such a file.
        """
        from ..persistence import to_onnx

        to_onnx(self, path, dtype=dtype)

    # What scikit-learn and pickle ask.

    def __sklearn_is_fitted__(self):
        return "fitted_network_" in vars(self)

    def __sklearn_clone__(self):
        other = _clone_parametrized(self)
        other.init_from = self.init_from  # a clone of it would have no weights to start from
        return other

    def _html_repr(self):
        """Return scikit-learn's diagram for notebooks, and after `fit` the network below it."""
        diagram = super()._html_repr()
        if not self.__sklearn_is_fitted__():
            return diagram
        try:
            summary = self.fitted_network_.summary()
        except Exception:  # to show a classifier must never fail, whatever its module does
            return diagram
        return (
            f"{diagram}<details open><summary>Network: {summary.name}</summary>"
            f"{summary._repr_html_()}</details>"
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def __setstate__(self, state):
        # What joblib maps into memory would be lost with the file.
        plain = {n: np.array(v) if isinstance(v, np.memmap) else v for n, v in state.items()}
        super().__setstate__(plain)

    def __getstate__(self):
        # Without the net: it has the same network again, and the moments of its optimizer.
        return {name: value for name, value in super().__getstate__().items() if name != "_net"}


_docs.inherit(ImageClassifier)
