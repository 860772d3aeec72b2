"""Values as plain ones and back: what a file without code can hold.

Plain values are bool, int, float, str and None. Any other is a pair (kind, content), whose
content is of plain values, tuples and lists.
"""

import math
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as _short

import numpy as np

PLAIN = (bool, int, float, str, type(None))

MAX_DEPTH = 100  # levels of values in values
MAX_VALUES = 1 << 19  # of one call, all levels together
MAX_ARRAY_BYTES = 1 << 26  # of one call, all arrays together

# Which types the elements of an array may have, by the kind of its dtype.
_ELEMENTS = {"b": bool, "i": int, "u": int, "f": float, "U": str, "T": str, "O": str}
_DTYPE = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248]|U\d{1,9}|O)|T")


class NotPlainError(TypeError):
    """A value that cannot be stored without code."""


class DamagedError(ValueError):
    """Something that no value is stored as."""


@dataclass(frozen=True)
class Kind:
    """One kind of values that :class:`PlainValues` stores as a pair (kind, content).

    Parameters
    ----------
    name : str
        The name, by which files know it.
    handles : callable
        ``handles(value)`` returns whether a value is of this kind.
    to_plain : callable
        ``to_plain(value, encode)`` returns the content: plain values, tuples and lists.
        `encode` is for the values in the value.
    from_plain : callable
        ``from_plain(content, decode)`` returns the value. Content comes from files and
        may be anything: whatever this raises is reported as damage.
    """

    name: str
    handles: Callable
    to_plain: Callable
    from_plain: Callable


class PlainValues:
    """Turns values into plain ones, and plain ones back.

    bool, int, float, str and None stay as they are, and numpy's scalars become such.
    Lists, tuples, dictionaries, arrays of numbers and strings, paths, and what JSON does not
    have, NaN and infinity, are stored as pairs (kind, content). Subclasses of arrays, such as
    memory maps, come back as plain arrays, path-like objects as :class:`pathlib.Path`.

    Parameters
    ----------
    kinds : iterable of Kind, default=()
        What else can be stored.

    Raises
    ------
    ValueError
        If two kinds have the same name.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from skfashion.storage import Kind, PlainValues
    >>> fraction = Kind(
    ...     "fraction",
    ...     handles=lambda value: type(value) is Fraction,
    ...     to_plain=lambda value, encode: (value.numerator, value.denominator),
    ...     from_plain=lambda content, decode: Fraction(*content),
    ... )
    >>> values = PlainValues([fraction])
    >>> values.encode([1, Fraction(2, 3)])
    ('list', [1, ('fraction', (2, 3))])
    >>> values.decode(values.encode([1, Fraction(2, 3)]))
    [1, Fraction(2, 3)]
    """

    def __init__(self, kinds=()):
        kinds = [*_CONTAINERS, *kinds, _FLOAT, _PATH]  # a kind of the caller's may be path-like
        self._kinds = {kind.name: kind for kind in kinds}
        if len(self._kinds) < len(kinds):
            names = [kind.name for kind in kinds]
            twice = sorted({name for name in names if names.count(name) > 1})
            raise ValueError(f"There are two kinds of the name {', '.join(twice)}.")

    def encode(self, value):
        """Return a value in plain types, from which :meth:`decode` makes it again.

        Parameters
        ----------
        value : object
            The value.

        Returns
        -------
        plain : bool, int, float, str, None, or tuple of (kind, content)

        Raises
        ------
        NotPlainError
            If it, or a value in it, is of no kind that is known; if it holds itself; or
            if it is too large for files of this sort.
        """
        try:
            return _Encoding(self._kinds)(value)
        except RecursionError:
            raise NotPlainError("Values nested this deeply cannot be stored.") from None

    def decode(self, plain):
        """Return the value that :meth:`encode` was given.

        Parameters
        ----------
        plain : object
            What `encode` returned. Anything else leads to a DamagedError, whatever it is.

        Returns
        -------
        value : object

        Raises
        ------
        DamagedError
            If `plain` is nothing that `encode` returns.
        """
        try:
            return _Decoding(self._kinds)(plain)
        except RecursionError:
            raise DamagedError("Stored values nested this deeply cannot be read.") from None


class _Walk:
    """A way through nested values, bounded in depth and length.

    Values that hold themselves, or the same value over and over, end here as well.
    """

    error = ValueError

    def __init__(self, kinds):
        self.kinds = kinds
        self.depth = 0
        self.n_values = 0

    def __call__(self, value):
        self.n_values += 1
        if self.depth > MAX_DEPTH or self.n_values > MAX_VALUES:
            limit = "deeply nested" if self.depth > MAX_DEPTH else "many"
            raise self.error(f"The values are too {limit} to be stored without code.")
        self.depth += 1
        try:
            return self.step(value)
        finally:
            self.depth -= 1


class _Encoding(_Walk):
    error = NotPlainError

    def step(self, value):
        if isinstance(value, np.generic) and value.dtype.kind in _ELEMENTS:
            value = value.item()
        if type(value) in PLAIN and not (type(value) is float and not math.isfinite(value)):
            return value
        for kind in self.kinds.values():
            if kind.handles(value):
                return kind.name, kind.to_plain(value, self)
        raise NotPlainError(f"{_short(value)} cannot be stored without code.")


class _Decoding(_Walk):
    error = DamagedError
    n_bytes = 0  # of arrays

    def claim(self, n_elements, dtype):
        """Raise DamagedError if one more array makes all of them together too large."""
        self.n_bytes += n_elements * np.dtype(dtype).itemsize
        if self.n_bytes > MAX_ARRAY_BYTES:
            raise DamagedError(
                f"A stored array of {n_elements:,} elements of {dtype} is too large."
            )

    def step(self, plain):
        if type(plain) in PLAIN:
            return plain
        if type(plain) not in (tuple, list) or len(plain) != 2 or type(plain[0]) is not str:
            raise DamagedError(
                f"A stored value is plain or a pair of its kind and content, not {_short(plain)}."
            )
        name, content = plain
        if name not in self.kinds:
            raise DamagedError(
                f"{_short(name)} is not a known kind of values: {', '.join(self.kinds)}."
            )
        try:
            return self.kinds[name].from_plain(content, self)
        except (DamagedError, RecursionError):
            raise
        except Exception as error:  # what a wrong content leads to has no end
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            raise DamagedError(f"The content of a stored {name} is wrong ({reason}).") from error


# ---------------------------------------------------------------------------------------
# The kinds that are always there
# ---------------------------------------------------------------------------------------


def _sequence(content):
    if type(content) not in (list, tuple):
        raise DamagedError(f"The content of a stored value is a list, not {_short(content)}.")
    return content


def _pairs(content):
    for pair in _sequence(content):
        if len(_sequence(pair)) != 2:
            raise DamagedError(f"A stored dict has pairs, not {_short(pair)}.")
        yield pair


def _encode_array(value, encode):
    array = np.asarray(value)
    dtype = "T" if array.dtype.kind == "T" else array.dtype.str  # "T": strings of any length
    if np.ma.is_masked(value):
        raise NotPlainError("An array with masked elements cannot be stored without code.")
    holds_objects = array.dtype.kind in "OT" and not all(isinstance(e, str) for e in array.flat)
    if holds_objects or not _DTYPE.fullmatch(dtype):
        raise NotPlainError(
            f"An array of dtype {array.dtype} cannot be stored without code: arrays of numbers, "
            "bool and str can."
        )
    if array.nbytes > MAX_ARRAY_BYTES:
        raise NotPlainError(
            f"An array of {array.nbytes:,} bytes is too large to be stored as a value: at most "
            f"{MAX_ARRAY_BYTES:,} are."
        )
    if array.size == 0:  # lists do not tell (0, 3) from (0,)
        return dtype, encode([]), list(array.shape)
    return dtype, encode(array.tolist())


def _decode_array(content, decode):
    if len(_sequence(content)) not in (2, 3):
        raise DamagedError(f"A stored array has a dtype and elements, not {_short(content)}.")
    name, values, *shape = content
    if type(name) is not str or not _DTYPE.fullmatch(name):
        raise DamagedError(f"{_short(name)} is not the dtype of a stored array.")
    dtype, values = np.dtype(name), decode(values)
    elements = list(_flat(values))
    wanted = _ELEMENTS[dtype.kind]
    if wrong := [element for element in elements if type(element) is not wanted]:
        raise DamagedError(f"A stored array of dtype {name} has the element {_short(wrong[0])}.")
    decode.claim(len(elements), name)
    if shape:
        return _empty_array(elements, dtype, shape[0])
    array = np.array(values, dtype)
    # numpy cuts off what does not fit, and makes elements of lists of unequal lengths.
    if dtype.kind != "f" and array.ravel().tolist() != elements:
        raise DamagedError(f"The elements of a stored array are not of dtype {name}.")
    return array


def _empty_array(elements, dtype, shape):
    if elements or any(type(n) is not int or n < 0 for n in _sequence(shape)) or 0 not in shape:
        raise DamagedError(f"{_short(shape)} is not the shape of an array without elements.")
    return np.empty(shape, dtype)


def _flat(nested):
    if type(nested) is not list:
        yield nested
        return
    for part in nested:
        yield from _flat(part)


def _path(content, decode):
    if type(content) is not str:
        raise DamagedError(f"A stored path is a str, not {_short(content)}.")
    return Path(content)


_CONTAINERS = (
    Kind(
        "list",
        lambda value: type(value) is list,
        lambda value, encode: [encode(part) for part in value],
        lambda content, decode: [decode(part) for part in _sequence(content)],
    ),
    Kind(
        "tuple",
        lambda value: type(value) is tuple,
        lambda value, encode: [encode(part) for part in value],
        lambda content, decode: tuple(decode(part) for part in _sequence(content)),
    ),
    Kind(
        "dict",
        lambda value: type(value) is dict,
        lambda value, encode: [(encode(key), encode(part)) for key, part in value.items()],
        lambda content, decode: {decode(key): decode(part) for key, part in _pairs(content)},
    ),
    Kind("array", lambda value: isinstance(value, np.ndarray), _encode_array, _decode_array),
)
_FLOAT = Kind(
    "float",  # NaN and infinity: others are plain
    lambda value: type(value) is float,
    lambda value, encode: repr(value),
    lambda content, decode: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[content],
)
_PATH = Kind(
    "path",
    lambda value: isinstance(value, os.PathLike) and not isinstance(value, type),
    lambda value, encode: os.fsdecode(value),
    _path,
)


# ---------------------------------------------------------------------------------------
# Classes by their names
# ---------------------------------------------------------------------------------------


def known_subclasses(base):
    """Return the subclasses of a class, and theirs, by their names.

    Files name classes; this finds those that are imported. Of classes of the same name
    the one that was defined last is taken, as where a notebook's cell is run again.

    Parameters
    ----------
    base : type
        The class, which is not among them itself.

    Returns
    -------
    classes : dict of str to type

    Examples
    --------
    >>> from skfashion.storage import known_subclasses
    >>> class Shape: ...
    >>> class Polygon(Shape): ...
    >>> class Square(Polygon): ...
    >>> sorted(known_subclasses(Shape))
    ['Polygon', 'Square']
    """
    known = {}
    for cls in _subclasses(base):
        if cls.__name__ not in known or not _is_replaced(cls):
            known[cls.__name__] = cls
    return known


def _subclasses(cls):
    for subclass in type.__subclasses__(cls):  # in the order in which they were defined
        yield subclass
        yield from _subclasses(subclass)


def _is_replaced(cls):
    """Return whether its module has another class in its place now."""
    module = sys.modules.get(cls.__module__)
    return getattr(module, cls.__qualname__, cls) is not cls
