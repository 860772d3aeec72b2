"""The seed of a fit, and what tells the fit from others whose checkpoints may be there."""

import copy
import functools
import hashlib
from collections.abc import Mapping
from contextlib import contextmanager
from inspect import signature
from types import CodeType, FunctionType

import numpy as np
from joblib.hashing import NumpyHasher
from sklearn.utils import check_random_state

from .._lazy import LazyModule, torch

inference = LazyModule("skfashion.inference")
training = LazyModule("skfashion.training")

# Parameters that a training does not depend on, and those that are told apart otherwise.
APART = {
    *("checkpoint_dir", "checkpoint_interval", "image_shape", "tta", "verbose", "warm_start"),
    *("callbacks", "class_weight", "device", "init_from", "precision", "random_state"),
}
ROWS_AT_ONCE = 1024


@contextmanager
def seed_and_checkpoint(estimator, train, valid, start):
    """Draw the seed of a fit, and hold the folder of its checkpoint inside, if it has one.

    Parameters
    ----------
    estimator : ImageClassifier
        The estimator, with its parameters checked.
    train, valid : TrainingSet
        The data, before a part is held out; `valid` may be None.
    start : Model or None
        What the fit continues from by `warm_start`.

    Yields
    ------
    seed : int
        The seed: that of the checkpoint, if the fit resumes from one.
    checkpoint : Checkpoint or None
        None without `checkpoint_dir`.
    """
    if estimator.checkpoint_dir is None:
        yield draw_seed(estimator.random_state), None
        return
    key = _fit_key(estimator, train, valid, start)
    folder, interval = estimator.checkpoint_dir, estimator.checkpoint_interval
    with training.open_checkpoint(folder, key, interval) as checkpoint:
        seed = key.seed if checkpoint is None else checkpoint.seed
        if key.random_state == "RandomState" and seed == key.seed:
            draw_seed(estimator.random_state)  # it moves on; else the broken-off fit has moved it
        yield seed, checkpoint


def draw_seed(random_state):
    """Return the seed of a fit; a RandomState moves on."""
    # RandomState() takes its seed from the operating system.
    rng = np.random.RandomState() if random_state is None else random_state
    return int(check_random_state(rng).randint(np.iinfo(np.int32).max))


def _fit_key(estimator, train, valid, start):
    parameters = vars(estimator._parameters_now()) | estimator.get_params(deep=False)
    can_extend = parameters["lr_schedule"] is None
    apart = APART | ({"max_epochs"} if can_extend else set())
    values = {
        name: (_hash_of_value(name, value), _shown(value))
        for name, value in parameters.items()
        if name not in apart
    }
    values["class"] = _as_text(f"{type(estimator).__module__}.{type(estimator).__qualname__}")
    values |= _of_machine(parameters) | _of_data(train, valid)
    callbacks = [_described(callback) for callback in parameters["callbacks"] or ()]
    values["callbacks"] = _hash_of_value("callbacks", callbacks), _shown(callbacks)
    if parameters["init_from"] is not None:
        state = training.initial_state(parameters["init_from"])
        values["init_from"] = _hash_of_state(state), "weights"
    if start is not None:
        weights = start.fitted.network.state_dict()
        shown = f"the weights after {len(start.history)} epochs"
        values["start"] = _hash_of_state(weights), shown
    random_state = parameters["random_state"]
    kind = "None" if random_state is None else "RandomState"
    if isinstance(random_state, int | np.integer):
        kind = "int"
    values["random_state"] = _as_text(str(int(random_state)) if kind == "int" else kind)
    probe = copy.deepcopy(random_state)
    seeds = draw_seed(probe), draw_seed(probe)
    return training.FitKey(values, *seeds, kind, parameters["max_epochs"], can_extend)


def _of_machine(parameters):
    device = inference.resolve_device(parameters["device"])
    precision = inference.resolve_precision(parameters["precision"], device)
    return {"device": _as_text(device.type), "precision": _as_text(precision)}


def _of_data(train, valid):
    values = {}
    for suffix, part in (("", train), ("_val", valid)):
        if part is None:
            continue
        images = part.images
        shown = f"{len(images)} images of shape {images.shape[1:]}, {images.dtype}"
        values["X" + suffix] = _hash_of_array(images), shown
        values["y" + suffix] = _hash_of_array(part.codes), f"{len(part.codes)} labels"
        if part.weights is not None:
            # Those of the classes multiply those of the images.
            name = "sample_weight or class_weight" + suffix
            values[name] = _hash_of_array(part.weights), f"{len(part.weights)} weights"
    classes = train.learned["classes_"]
    values["classes"] = _as_text(str(classes.tolist()))
    return values


def _described(callback):
    """Return the name of a callback and its parameters, as far as they can be told apart.

    What it notes down while it is called, in other attributes, tells no fit from another.
    """
    callback = callback[-1] if isinstance(callback, tuple) else callback
    kind = callback if isinstance(callback, type) else type(callback)
    # Those of the constructors, inherited ones too: skorch counts all attributes as parameters.
    constructors = (vars(base)["__init__"] for base in kind.__mro__ if "__init__" in vars(base))
    names = {name for constructor in constructors for name in signature(constructor).parameters}
    described = {}
    for name in sorted(names - {"self", "args"}):
        value = getattr(callback, name, None)
        try:
            described[name] = _hash_of_value(name, value)
        except ValueError:  # it cannot be pickled, as a file or a lock
            described[name] = type(value).__name__
    return kind.__name__, described


def _as_text(text):
    return text, text


def _shown(value, most=60):
    text = " ".join(repr(value).split())
    return text if len(text) <= most else f"{text[:most]}..."


def _hash_of_value(name, value):
    """Return a hash of a parameter, the same in each process.

    Raises
    ------
    ValueError
        If the parameter cannot be hashed.
    """
    try:
        hasher = NumpyHasher("md5")
        hasher.fast = True  # else two equal tuples would not be the same one twice
        return hasher.hash(_as_hashed(value))
    except Exception as error:  # pickle has many for what it cannot take apart
        raise ValueError(
            f"{name}={value!r} cannot be told from other values in another process "
            f"({type(error).__name__}: {error}), so no checkpoint can be compared with it. "
            "Define its class in a module, or set checkpoint_dir=None."
        ) from error


def _as_hashed(value):
    if isinstance(value, np.generic):  # as a search has them from an array
        return value.item()
    if isinstance(value, functools.partial):
        keywords = sorted(value.keywords.items())
        return [_as_hashed(part) for part in (value.func, *value.args, *map(tuple, keywords))]
    if isinstance(value, type):  # pickles have no inner classes and functions
        return [value.__module__, value.__qualname__]
    if isinstance(value, FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        bound = [_as_hashed(part) for part in (*cells, *(value.__defaults__ or ()))]
        return [value.__module__, value.__qualname__, _of_code(value.__code__), bound]
    return value


def _of_code(code):
    """Return what a function does, without where it stands."""
    constants = []
    for constant in code.co_consts:
        if isinstance(constant, frozenset):  # in another order in each process
            constant = sorted(map(repr, constant))
        is_code = isinstance(constant, CodeType)
        constants.append(_of_code(constant) if is_code else repr(constant))
    return [code.co_code, code.co_names, constants]


def _hash_of_array(array):
    digest = hashlib.sha256(f"{array.dtype} {array.shape}".encode())
    for start in range(0, len(array), ROWS_AT_ONCE):  # without a copy of it all
        digest.update(np.ascontiguousarray(array[start : start + ROWS_AT_ONCE]))
    return digest.hexdigest()


def _hash_of_state(state):
    """Return a hash of the weights of a state dict, which may be within a checkpoint."""
    digest = hashlib.sha256()
    for name in sorted(state, key=str):
        value = state[name]
        if isinstance(value, torch.nn.Module):
            value = value.state_dict()
        if isinstance(value, Mapping):
            digest.update(f"{name} {_hash_of_state(value)}".encode())
        elif isinstance(value, torch.Tensor):
            digest.update(f"{name} {value.dtype} {tuple(value.shape)}".encode())
            flat = value.detach().cpu().resolve_conj().contiguous().reshape(-1)
            digest.update(flat.view(torch.uint8).numpy())
        elif isinstance(value, np.ndarray | np.generic):
            digest.update(f"{name} {_hash_of_array(np.atleast_1d(value))}".encode())
    return digest.hexdigest()
