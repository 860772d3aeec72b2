"""What the parameters of classifiers are stored as."""

import json
from collections.abc import Mapping
from functools import partial

from sklearn.pipeline import Pipeline

from .._lazy import LazyModule, torch
from ..augmentation import Augmentation
from ..storage import DamagedError, Kind, NotPlainError, PlainValues, known_subclasses

training = LazyModule("skfashion.training")

MAX_PARAMETER_BYTES = 1 << 18


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


def _is_partial(value):
    """Return whether a value is an optimizer with settings of its own."""
    return type(value) is partial and not value.args and _optimizer_name(value.func) is not None


def _partial(content, decode):
    name, settings = content
    settings = decode(settings)
    if not all(isinstance(setting, str) for setting in settings):  # which partial would take
        raise DamagedError("The settings of a stored optimizer have names.")
    return partial(optimizers()[name], **settings)


def _pipeline(content, decode):
    value = decode(content)  # in files of format 1 the steps alone
    return Pipeline(**value) if isinstance(value, dict) else Pipeline(value)


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
            lambda value, encode: encode(value.get_params(deep=False)),
            _pipeline,
        ),
        Kind(
            "optimizer",
            lambda value: isinstance(value, type) and _optimizer_name(value) is not None,
            lambda value, encode: _optimizer_name(value),
            lambda content, decode: optimizers()[content],
        ),
        Kind(
            "partial",
            _is_partial,
            lambda value, encode: (_optimizer_name(value.func), encode(dict(value.keywords))),
            _partial,
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


def encode_parameters(parameters):
    """Return the parameters of an estimator as :func:`encode_items`, without large ones.

    All parameters share the room for what is no tensor with the rest of a file.
    """
    if isinstance(weights := parameters.get("class_weight"), Mapping):
        parameters = parameters | {"class_weight": dict(weights)}  # a defaultdict, say
    plain, left_out = encode_items(parameters)
    large = [name for name in plain if len(json.dumps(plain[name])) > MAX_PARAMETER_BYTES]
    return {n: plain[n] for n in plain if n not in large}, sorted(left_out + large)


def decode_items(*sections):
    """Return what :func:`encode_items` has encoded, of several dictionaries.

    They are decoded together, so that the limits of what is decoded are those of all of them.

    Parameters
    ----------
    *sections : dict of str to plain value
        The encoded dictionaries.

    Returns
    -------
    list of dict

    Raises
    ------
    TypeError
        If one is no dictionary with names.
    DamagedError
        If a value is nothing that is encoded.
    """
    for section in sections:
        if not isinstance(section, dict) or not all(isinstance(name, str) for name in section):
            raise TypeError("values by name are expected")
    return VALUES.decode(("list", [("dict", list(section.items())) for section in sections]))
