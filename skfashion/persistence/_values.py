"""What the parameters of classifiers are stored as."""

from sklearn.pipeline import Pipeline

from .._lazy import LazyModule, torch
from ..augmentation import Augmentation
from ..storage import Kind, NotPlainError, PlainValues, known_subclasses

training = LazyModule("skfashion.training")


def _augmentation(content, decode):
    name, parameters = content
    return known_subclasses(Augmentation)[name](**decode(parameters))


def optimizers():
    """Return the optimizers of torch and of the package by the names they have in files."""
    base = torch.optim.Optimizer
    torchs = {name: cls for name, cls in vars(torch.optim).items() if _is_subclass(cls, base)}
    return torchs | {"skfashion.Muon": training.Muon}  # torch has another one of that name


def _is_subclass(value, base):
    return isinstance(value, type) and issubclass(value, base) and value is not base


def _optimizer_name(value):
    return next((name for name, cls in optimizers().items() if cls is value), None)


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
            lambda value: isinstance(value, type) and _optimizer_name(value) is not None,
            lambda value, encode: _optimizer_name(value),
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
