"""What the parameters of classifiers are stored as."""

from sklearn.pipeline import Pipeline

from .._lazy import torch
from ..augmentation import Augmentation
from ..storage import Kind, NotPlainError, PlainValues, known_subclasses


def _augmentation(content, decode):
    name, parameters = content
    return known_subclasses(Augmentation)[name](**decode(parameters))


def optimizers():
    """Return the classes of ``torch.optim`` by their names."""
    known = known_subclasses(torch.optim.Optimizer)
    return {n: cls for n, cls in known.items() if getattr(torch.optim, n, None) is cls}


def _is_optimizer(value):
    return isinstance(value, type) and optimizers().get(value.__name__) is value


VALUES = PlainValues(
    [
        Kind(
            "augmentation",
            lambda value: isinstance(value, Augmentation),
            lambda value, encode: (
                type(value).__name__,
                encode(value.get_params(deep=False)),
            ),
            _augmentation,
        ),
        Kind(
            "pipeline",
            lambda value: type(value) is Pipeline,
            lambda value, encode: encode([tuple(step) for step in value.steps]),
            lambda content, decode: Pipeline(decode(content)),
        ),
        Kind(
            "optimizer",
            _is_optimizer,
            lambda value, encode: value.__name__,
            lambda content, decode: optimizers()[content],
        ),
        Kind(
            "device",
            lambda value: isinstance(value, torch.device),
            lambda value, encode: str(value),
            lambda content, decode: torch.device(content),
        ),
    ]
)


def encode_items(values):
    """Return the entries of a dictionary that can be stored, encoded, and the names of others."""
    plain, left_out = {}, []
    for name, value in values.items():
        try:
            plain[name] = VALUES.encode(value)
        except NotPlainError:
            left_out.append(name)
    return plain, left_out


def decode_items(values):
    """Return what :func:`encode_items` has encoded.

    Raises
    ------
    TypeError
        If it is no dictionary with names.
    DamagedError
        If a value is nothing that is encoded.
    """
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise TypeError("values by name are expected")
    return {name: VALUES.decode(value) for name, value in values.items()}
