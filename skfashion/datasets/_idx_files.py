"""The four files of Fashion-MNIST: under which names they are found, and how they are read."""

import hashlib
import math
import os
import re
import struct
import zlib
from typing import NamedTuple

import numpy as np

from ._base import HEIGHT, WIDTH

_GZIP = b"\x1f\x8b"  # how a gzip file begins
_OVERHEAD = 1 << 20  # bytes that packing may add, in addition to a hundredth
_MAX_PARTS = 1 << 12  # of a gzip file; one that is packed in parallel has some hundred
_CHUNK = 1 << 20


class WrongContentError(ValueError):
    """A file that is there, but is not what was published."""


class IdxFile(NamedTuple):
    """One of the four files, and how to know it.

    The digest is that of the unpacked content, not of the .gz: files that were unpacked,
    and pixels that come from OpenML and are packed here, are held to the same check as
    the original file.
    """

    name: str
    shape: tuple
    sha256: str

    @property
    def names(self):
        """The names it may have on the disk: packed or unpacked, with a dash or a dot."""
        unpacked = self.name.removesuffix(".gz")
        dotted = re.sub(r"-(?=idx\d-ubyte$)", ".", unpacked)
        return self.name, unpacked, f"{dotted}.gz", dotted

    @property
    def header(self):
        """How it begins: the magic number of bytes, then the lengths of the axes."""
        return struct.pack(f">{1 + len(self.shape)}I", 0x0800 + len(self.shape), *self.shape)

    @property
    def n_bytes(self):
        """The number of bytes unpacked."""
        return len(self.header) + math.prod(self.shape)


FILES = {
    "train": (
        IdxFile(
            "train-images-idx3-ubyte.gz",
            (60_000, HEIGHT, WIDTH),
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        ),
        IdxFile(
            "train-labels-idx1-ubyte.gz",
            (60_000,),
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        ),
    ),
    "test": (
        IdxFile(
            "t10k-images-idx3-ubyte.gz",
            (10_000, HEIGHT, WIDTH),
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        ),
        IdxFile(
            "t10k-labels-idx1-ubyte.gz",
            (10_000,),
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        ),
    ),
}

# The files whose digest was found right in this process: hashing is what a repeated call
# would spend most of its time on.
_verified = set()


def find(files, folders):
    """Look for files in folders.

    Parameters
    ----------
    files : list of IdxFile
        What to look for.
    folders : list of Path
        Where, the first of them first.

    Returns
    -------
    paths : dict of str to Path
        The paths of those that are there, by `IdxFile.name`.
    """
    found = {}
    for folder in folders:
        for file in files:
            paths = [folder / name for name in file.names]
            # os.path's test is False in a folder that must not be read, pathlib's raises.
            there = [path for path in paths if os.path.isfile(path)]
            if there:
                found.setdefault(file.name, there[0])
    return found


def read(file, path):
    """Read and check one file, packed or unpacked, whatever its name is.

    No more is unpacked than the file should hold, and one byte.

    Parameters
    ----------
    file : IdxFile
        What it should be.
    path : Path
        Where it is.

    Returns
    -------
    array : ndarray of shape `file.shape`, dtype uint8
        Read-only.

    Raises
    ------
    WrongContentError
        If the content is not what was published.
    OSError
        If it cannot be read.
    """
    state = path.stat()
    key = (str(path.resolve()), state.st_size, state.st_mtime_ns, state.st_ctime_ns)
    content = _unpack(path, file.n_bytes + 1)
    header = file.header
    if content[: len(header)] != header:
        raise WrongContentError(
            f"an idx file of shape {file.shape} begins with {header.hex(' ', 4)}, this one "
            f"with {content[: len(header)].hex(' ', 4) or 'nothing'}"
        )
    if len(content) != file.n_bytes:
        n_bytes = len(content) if len(content) < file.n_bytes else f"more than {file.n_bytes}"
        raise WrongContentError(f"it holds {n_bytes} bytes unpacked, not {file.n_bytes}")
    if key not in _verified:
        digest = hashlib.sha256(content).hexdigest()
        if digest != file.sha256:
            raise WrongContentError(
                f"the SHA-256 of its unpacked content is {digest}, not {file.sha256}"
            )
        _verified.add(key)
    return np.frombuffer(content, np.uint8, offset=len(header)).reshape(file.shape)


def _unpack(path, most):
    """Return the first bytes of a file's content, unpacked if it is packed."""
    with path.open("rb") as stream:
        is_packed = stream.read(len(_GZIP)) == _GZIP
        stream.seek(0)
        if not is_packed:
            return stream.read(most)
        size = path.stat().st_size
        # A gzip file of many parts without content, or with a long name in it, would take long.
        if size > most + most // 100 + _OVERHEAD:
            raise WrongContentError(
                f"it has {size} bytes packed, which are too many for {most - 1} unpacked"
            )
        try:
            return _gunzip(stream, most)
        except EOFError:
            raise WrongContentError(f"it is cut short ({size} bytes)") from None
        except zlib.error as error:
            raise WrongContentError(f"it is no intact gzip file ({error})") from None


def _gunzip(stream, most):
    """Return the first bytes of what a gzip file of one part or several has, unpacked.

    The gzip module does the same, but reads a header byte by byte.

    Raises
    ------
    EOFError
        If the file is cut short.
    zlib.error
        If it is no gzip file, or not intact.
    """
    unpacked, packed = bytearray(), b""
    for _ in range(_MAX_PARTS):
        part = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with gzip's header and check
        while not part.eof and len(unpacked) < most:
            packed = packed or stream.read(_CHUNK)
            if not packed:
                raise EOFError
            unpacked += part.decompress(packed, most - len(unpacked))
            packed = part.unconsumed_tail
        if len(unpacked) == most:
            return bytes(unpacked)
        packed = part.unused_data.lstrip(b"\0")  # zeros are what some devices fill blocks with
        while not packed:
            chunk = stream.read(_CHUNK)
            if not chunk:
                return bytes(unpacked)
            packed = chunk.lstrip(b"\0")
    raise zlib.error(f"more than {_MAX_PARTS} parts")
