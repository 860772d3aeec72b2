"""Arrays and a text in one file, in the format of safetensors, with a hash over all of it.

Such a file is the length of its header, eight bytes, the header, which is JSON, and the values of
the arrays one after another. Any reader of safetensors can read the arrays. This one also
refuses what is not as it was written:

- the header begins with its own SHA-256, and has that of the values in it, so that each byte of
  the file is under a hash;
- everything in the header is checked against the size of the file before it is used.

A hash shows damage. It does not show who wrote a file: everything in it may have been made up.

The library safetensors is not used for it, because it can neither put a hash over the header, which
it writes itself and whose order changes from process to process, nor be told how large a header may
become in memory before it is believed.
"""

import hashlib
import json
import math
import os
import struct

import numpy as np

from ._values import DamagedError

_DTYPES = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U64": np.dtype("<u8"),
    "U32": np.dtype("<u4"),
    "U16": np.dtype("<u2"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}

MAX_FILE_BYTES = 1 << 32
# What Python makes of the header takes some hundred bytes for each value in it.
MAX_HEADER_BYTES = 1 << 23
MAX_HEADER_VALUES = 1 << 18
MAX_AXES = 16

_LENGTH = struct.Struct("<Q")
_BEGIN = b'{"__metadata__":{"sha256":"'
_DIGEST = slice(len(_BEGIN), len(_BEGIN) + 64)  # where the header has its own hash
_NO_DIGEST = b"0" * 64
_CHUNK = 1 << 20


def write_tensors(file, text, arrays):
    """Write arrays and a text to a file.

    Parameters
    ----------
    file : binary file
        Open for writing, and empty.
    text : str
        The text.
    arrays : dict of str to ndarray
        Arrays of bool, whole numbers, or floating-point numbers of 16 to 64 bits.

    Raises
    ------
    TypeError
        If an array is of another dtype.
    ValueError
        If the text, the number of arrays, or the arrays or their axes are too many for such a
        file.

    See Also
    --------
    TensorFile : Read such a file.
    """
    # As safetensors does: by size, so that each array begins at a multiple of its own.
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    values = [_little_endian(name, array) for name, array in ordered]
    digest = hashlib.sha256()
    for array in values:
        digest.update(_bytes(array))
    metadata = {"sha256": _NO_DIGEST.decode(), "values": digest.hexdigest(), "text": text}
    header, end = {"__metadata__": metadata}, 0
    for (name, _), array in zip(ordered, values, strict=True):
        begin, end = end, end + array.nbytes
        described = {"dtype": _NAMES[array.dtype], "shape": list(array.shape)}
        header[name] = described | {"data_offsets": [begin, end]}
    packed = json.dumps(header, separators=(",", ":")).encode("ascii")
    packed += b" " * (-len(packed) % 8)
    _check_sizes(packed, end)
    length = _LENGTH.pack(len(packed))
    own = hashlib.sha256(length + packed).hexdigest().encode("ascii")
    file.write(length + packed[: _DIGEST.start] + own + packed[_DIGEST.stop :])
    for array in values:
        file.write(_bytes(array))


def _little_endian(name, array):
    dtype = array.dtype.newbyteorder("<")
    if dtype not in _NAMES:
        raise TypeError(
            f"{name} is an array of dtype {array.dtype}, which a file of tensors cannot hold; it "
            f"can hold {', '.join(dtype.name for dtype in _NAMES)}."
        )
    if array.ndim > MAX_AXES:
        raise ValueError(
            f"{name} is an array of {array.ndim} axes; in a file of tensors it has {MAX_AXES} at "
            "most."
        )
    return np.ascontiguousarray(array, dtype).reshape(array.shape)


def _bytes(array):
    return array.reshape(-1).view(np.uint8)


def _check_sizes(header, n_bytes):
    """Raise ValueError for more than :class:`TensorFile` would read."""
    n_values = _count_values(header)
    if len(header) > MAX_HEADER_BYTES or n_values > MAX_HEADER_VALUES:
        raise ValueError(
            f"All but the arrays is {len(header):,} bytes of {n_values:,} values; a file of "
            f"tensors holds {MAX_HEADER_BYTES:,} bytes of {MAX_HEADER_VALUES:,} values at most."
        )
    if n_bytes > MAX_FILE_BYTES - MAX_HEADER_BYTES:
        raise ValueError(
            f"The arrays are {n_bytes:,} bytes; a file of tensors holds "
            f"{MAX_FILE_BYTES - MAX_HEADER_BYTES:,} at most."
        )


def _count_values(header):
    """Return a number that the values in a JSON text are not more than."""
    return 1 + sum(map(header.count, (b",", b"[", b"{")))


class TensorFile:
    """A file that :func:`write_tensors` has written, open to read.

    The header is read and checked at once, the arrays when they are asked for. It takes no more
    memory than the file has bytes, and some 100 MB for a header as large as one may be.

    Parameters
    ----------
    file : binary file
        Open for reading, at its beginning.

    Attributes
    ----------
    text : str
        The text.
    layout : dict of str to tuple of (dtype, tuple of int)
        Dtypes and shapes of the arrays.

    Raises
    ------
    DamagedError
        If it is no such file, or is altered, cut short or extended.
    OSError
        If it cannot be read.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from skfashion.storage import TensorFile, write_tensors
    >>> file = io.BytesIO()
    >>> write_tensors(file, "two numbers", {"x": np.array([1.5, 2.5])})
    >>> file.seek(0)
    0
    >>> read = TensorFile(file)
    >>> read.text, read.arrays()
    ('two numbers', {'x': array([1.5, 2.5])})
    """

    def __init__(self, file):
        self._file = file
        size = _size(file)
        header = _read_header(file, size)
        self._start = _LENGTH.size + len(header)
        try:
            described = json.loads(header, parse_constant=_refuse)
            metadata = described.pop("__metadata__")
            self.text, self._digest = metadata["text"], metadata["values"]
            if type(self.text) is not str:
                raise TypeError("the text is none")
            self._places = {name: _place(entry) for name, entry in described.items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedError(f"its header is no header of tensors ({error!r:.200})") from error
        self._check_places(size - self._start)
        self.layout = {name: (dtype, shape) for name, (dtype, shape, _) in self._places.items()}

    def _check_places(self, n_bytes):
        """Raise DamagedError unless the arrays stand one after another and fill the file."""
        ends = [0]
        for name, (dtype, shape, (begin, end)) in self._places.items():
            if begin != ends[-1] or end - begin != math.prod(shape) * dtype.itemsize:
                raise DamagedError(f"{name[:80]} is not where its shape and the others' place it")
            ends.append(end)
        if ends[-1] != n_bytes:
            raise DamagedError(f"it has {n_bytes:,} bytes of values, and should have {ends[-1]:,}")

    @property
    def n_bytes(self):
        """Number of bytes of all arrays."""
        return sum(math.prod(shape) * dtype.itemsize for dtype, shape in self.layout.values())

    def arrays(self):
        """Read the arrays, and check that they are as they were written.

        Returns
        -------
        dict of str to ndarray

        Raises
        ------
        DamagedError
            If they are not.
        OSError
            If the file cannot be read.
        """
        values = np.empty(self.n_bytes, np.uint8)
        self._file.seek(self._start)
        if self._file.readinto(values) != len(values) or self._file.read(1):
            raise DamagedError("its size has changed")
        if hashlib.sha256(values).hexdigest() != self._digest:
            raise DamagedError("the SHA-256 of its values is not the one that it states")
        found = {}
        for name, (dtype, shape, (begin, end)) in self._places.items():
            if dtype.kind == "b" and (values[begin:end] > 1).any():
                raise DamagedError(f"{name[:80]} has other values than true and false")
            found[name] = values[begin:end].view(dtype).reshape(shape)
        return found


def _size(file):
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _read_header(file, size):
    """Return the header, when its length and its hash are right."""
    beginning = file.read(_LENGTH.size + _DIGEST.stop + 1)
    if len(beginning) < _LENGTH.size + _DIGEST.stop + 1 or not is_tensor_file(beginning):
        raise DamagedError("it does not begin as a file of tensors does")
    if size > MAX_FILE_BYTES:
        raise DamagedError(f"it has {size:,} bytes, and may have {MAX_FILE_BYTES:,} at most")
    length = beginning[: _LENGTH.size]
    (n_bytes,) = _LENGTH.unpack(length)
    if not _DIGEST.stop < n_bytes <= min(MAX_HEADER_BYTES, size - _LENGTH.size):
        raise DamagedError(f"its header cannot have {n_bytes:,} bytes: it may be cut short")
    file.seek(_LENGTH.size)
    header = file.read(n_bytes)
    hashed = length + header[: _DIGEST.start] + _NO_DIGEST + header[_DIGEST.stop :]
    if hashlib.sha256(hashed).hexdigest().encode("ascii") != header[_DIGEST]:
        raise DamagedError("the SHA-256 of its header is not the one that it states")
    if _count_values(header) > MAX_HEADER_VALUES:
        raise DamagedError(f"its header has more than {MAX_HEADER_VALUES:,} values")
    return header


def is_tensor_file(beginning):
    """Return whether a file that begins so is one of :func:`write_tensors`.

    Parameters
    ----------
    beginning : bytes
        The first 64 bytes, or more.
    """
    return beginning[_LENGTH.size :].startswith(_BEGIN)


def _refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def _place(entry):
    """Return dtype, shape and place of an array from what a header says of it."""
    if type(entry) is not dict or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise TypeError("an array has a dtype, a shape and data_offsets")
    shape, place = entry["shape"], entry["data_offsets"]
    for numbers in (shape, place):
        if type(numbers) is not list or len(numbers) > MAX_AXES:
            raise TypeError("shape and data_offsets are short lists")
        if not all(type(n) is int and 0 <= n <= MAX_FILE_BYTES for n in numbers):
            raise TypeError("shape and data_offsets are whole numbers of at least 0")
    begin, end = place
    return _DTYPES[entry["dtype"]], tuple(shape), (begin, end)
