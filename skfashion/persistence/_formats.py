"""How the content of a model file stands in it.

Formats 2 and 3 are files of tensors (`storage.TensorFile`) whose text is JSON. Format 1, which is
read alone, is a zip archive of torch. All have the same sections:

- ``skfashion``: the number of the format;
- ``versions``: of this package and those it computes with;
- ``class`` and ``module``: the names of the class and of the module where it is defined;
- ``parameters``: those of the estimator; ``built_with``: those that the network was built with;
- ``left_out``: the names of the parameters that a file cannot hold;
- ``fitted``: classes, shape of the images, scaling and the like;
- ``history``: a dictionary for each epoch. In format 3, which is written for a long history alone,
  the tables of epochs and mini-batches, whose columns are arrays next to the weights.
"""

import json
import os
import zipfile
from functools import cache

from .. import _version
from .._lazy import LazyModule, torch
from ..storage import COLUMNS, DamagedError, TensorFile, is_tensor_file, write_tensors
from ._errors import ModelFileError, damage_explained

inference = LazyModule("skfashion.inference")

FORMAT = 3  # one more whenever older versions could no longer read what is written
WITHOUT_COLUMNS = 2  # what older versions read as well
SECTIONS = {
    "versions": dict,
    "class": str,
    "parameters": dict,
    "fitted": dict,
    "history": list,
}
BEGINNING = 64  # bytes that tell which format it is

_ZIP = b"PK\x03\x04"  # how a file of torch begins
_ZIP_ENTRY = b"PK\x01\x02"  # how each entry of its table of contents does
# What unpacking them takes: torch writes one entry a tensor, and one for all else.
MAX_ENTRIES = 20_000
MAX_PICKLE_BYTES = 1 << 22
MAX_OBJECT_BYTES = 100_000_000
_MAKING = [b"]", b"}", b"(", b"\x85", b"\x86", b"\x87"]  # a list, a dict or a tuple from one byte


def write(file, content, weights, columns):
    """Write a model file of the oldest format that can hold it.

    Parameters
    ----------
    file : binary file
        Open for writing.
    content : dict of str to object
        The sections but for the number of the format, in types that JSON has.
    weights : dict of str to Tensor
        State dict, on the CPU.
    columns : dict of str to ndarray
        Arrays of the history.

    Raises
    ------
    TypeError
        If a weight is of a dtype that such a file cannot hold.
    ValueError
        If it is too much for such a file.
    """
    arrays = {name: _as_array(name, weight) for name, weight in weights.items()}
    content = {"skfashion": FORMAT if columns else WITHOUT_COLUMNS} | content
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    write_tensors(file, text, arrays | columns)


def in_half_precision(weights):
    """Return weights of which those in floating point are rounded to float16.

    Parameters
    ----------
    weights : dict of str to Tensor
        State dict.

    Returns
    -------
    rounded : dict of str to Tensor
        Whole numbers are left as they are.

    Raises
    ------
    ValueError
        If one is beyond what float16 can hold.
    """
    rounded = {n: w.half() if w.is_floating_point() else w for n, w in weights.items()}
    for name, weight in weights.items():
        if (weight.isfinite() & ~rounded[name].isfinite()).any():
            raise ValueError(
                f"{name} of the network has a value of {weight.abs().max():.3g}, and half "
                "precision ends at 65,504: save it with half_precision=False."
            )
    return rounded


def _as_array(name, tensor):
    try:
        return tensor.numpy()
    except (TypeError, RuntimeError) as error:  # bfloat16 and sparse ones, say
        raise TypeError(
            f"{name} of the network is a tensor of {tensor.dtype} and {tensor.layout}, which a "
            "model file cannot hold. joblib.dump stores it."
        ) from error


class Stored:
    """The content of a model file, as it stands there: nothing in it is believed yet.

    Parameters
    ----------
    content : dict of str to object
        The sections.
    layout : dict of str to tuple of (str, tuple of int)
        Names of the dtypes, and shapes, of the weights.
    tensors : callable
        Reads the weights, and returns them as a dict of str to Tensor.
    columns : callable, default=dict
        Reads the arrays of the history, and returns them as a dict of str to ndarray.
    """

    def __init__(self, content, layout, tensors, columns=dict):
        self.content = content
        self.layout = layout
        self.tensors = tensors
        self.columns = columns

    def weights_for(self, state):
        """Return the weights for a network, when it is known that they fit.

        Parameters
        ----------
        state : dict of str to Tensor
            The network's own state dict.

        Raises
        ------
        DamagedError
            If names, shapes or dtypes are others, or values are impossible.
        """
        wanted = {name: _described(tensor) for name, tensor in state.items()}
        for name in sorted(wanted.keys() | self.layout.keys()):
            if not _fits(self.layout.get(name), wanted.get(name)):
                raise DamagedError(
                    f"{name[:80]} of the network is {_in_words(wanted.get(name))}, and "
                    f"{_in_words(self.layout.get(name))} in the file"
                )
        weights = self.tensors()
        for name, weight in weights.items():
            if name.endswith(("running_var", "num_batches_tracked")) and (weight < 0).any():
                raise DamagedError(f"{name} is below 0")
        return weights


def _fits(stored, wanted):
    """Return whether a tensor of a file is one that a network takes: the same, or rounded."""
    if stored is None or wanted is None or stored[1] != wanted[1]:
        return stored == wanted
    return stored[0] in (wanted[0], "float16" if wanted[0].startswith("float") else None)


def _described(tensor):
    return str(tensor.dtype).removeprefix("torch."), tuple(tensor.shape)


def _in_words(described):
    return "missing" if described is None else f"{described[0]} of shape {described[1]!s:.80}"


def is_model_file(path):
    """Return whether there is a file at a path that begins as model files of some format do.

    Parameters
    ----------
    path : str or path-like
        Where to look.

    Returns
    -------
    bool
        Also False if nothing is there, or it cannot be read.
    """
    try:
        if not os.path.isfile(path):  # what is read from a pipe is gone
            return False
        with open(path, "rb") as file:
            beginning = file.read(BEGINNING)
    except (OSError, ValueError):  # ValueError: of names with a null character
        return False
    return is_tensor_file(beginning) or beginning.startswith(_ZIP)


def read(file, path):
    """Read a model file of any format but for its weights.

    Parameters
    ----------
    file : binary file
        Open for reading, and as long as the weights are not read.
    path : Path
        Its name, for messages.

    Returns
    -------
    Stored

    Raises
    ------
    ModelFileError
        If it is no such file, is altered or cut short, or of a newer format.
    OSError
        If it cannot be read.
    """
    beginning = file.read(BEGINNING)
    if is_tensor_file(beginning):
        reader = _read_tensors
    elif beginning.startswith(_ZIP):
        reader = _read_archive
    else:
        raise ModelFileError(f"{path} is not a file that skfashion's save has written.")
    file.seek(0)
    with damage_explained(path):
        try:
            stored = reader(file)
        except (ModelFileError, OSError):
            raise
        except Exception as error:  # torch has many for a file that is none of its own
            raise ModelFileError(
                f"{path} cannot be read: it is damaged or cut short, or is not a file that "
                f"skfashion's save has written ({type(error).__name__}: {error!s:.200})."
            ) from error
    content = stored.content
    if not isinstance(content, dict) or type(content.get("skfashion")) is not int:
        raise ModelFileError(f"{path} is not a file that skfashion's save has written.")
    with damage_explained(path):
        if content["skfashion"] > FORMAT:
            raise ModelFileError(
                f"{path} was written by skfashion {content['versions']['skfashion']!s:.30}, in a "
                f"format that this version, {_version.__version__}, does not know yet. Upgrade "
                "skfashion."
            )
        if (content["skfashion"] == 1) != (reader is _read_archive) or content["skfashion"] < 1:
            raise DamagedError(f"format {content['skfashion']} is not written so")
        has_columns = content["skfashion"] > WITHOUT_COLUMNS
        for name, kind in (SECTIONS | ({"history": dict} if has_columns else {})).items():
            if type(content[name]) is not kind:
                raise DamagedError(f"{name} is {type(content[name]).__name__}")
        if type(content["versions"]["skfashion"]) is not str:
            raise DamagedError("the version is no text")
    return stored


def _read_tensors(file):
    stored = TensorFile(file)
    weights = {n: described for n, described in stored.layout.items() if not n.startswith(COLUMNS)}
    layout = {name: (dtype.name, shape) for name, (dtype, shape) in weights.items()}
    arrays = cache(stored.arrays)  # the history is asked for before the weights

    def tensors():
        return {name: torch.from_numpy(arrays()[name]) for name in layout}

    return Stored(json.loads(stored.text), layout, tensors, arrays)


def _read_archive(file):
    size = _check_entries(file)
    try:
        _check_archive(file, size)
        # weights_only is what keeps code out: nothing but plain types is built.
        with inference.neutral_torch():
            content = torch.load(file, map_location="cpu", weights_only=True)
    except OSError as error:  # of places that it names: all of it has been read before
        raise DamagedError(f"{error}") from error
    weights = content.pop("weights") if isinstance(content, dict) else {}
    layout = {name: _described(tensor) for name, tensor in weights.items()}
    return Stored(content, layout, lambda: weights)


def _check_entries(file):
    """Raise DamagedError for an archive of too many entries; return its number of bytes."""
    n_entries, size = 0, 0
    while chunk := file.read(1 << 20):
        n_entries += chunk.count(_ZIP_ENTRY)
        size += len(chunk)
        if n_entries > MAX_ENTRIES:
            raise DamagedError(f"it has more than {MAX_ENTRIES:,} entries")
    return size


def _check_archive(file, size):
    """Raise DamagedError for an archive that unpacks to more than it has bytes itself."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        n_bytes = sum(entry.file_size for entry in entries)
        if n_bytes > size or any(entry.compress_type for entry in entries):
            raise DamagedError(f"its {size:,} bytes unpack to {n_bytes:,}")
        for entry in entries:
            if entry.filename.endswith(".pkl"):
                _check_pickle(entry, archive)
        if altered := archive.testzip():  # by the CRC that each entry has
            raise DamagedError(f"its {altered:.80} has changed")
    file.seek(0)


def _check_pickle(entry, archive):
    """Raise DamagedError for a pickle that makes many objects of few bytes."""
    if entry.file_size <= MAX_PICKLE_BYTES:
        packed = archive.read(entry)
        if 64 * sum(map(packed.count, _MAKING)) <= MAX_OBJECT_BYTES:
            return
    raise DamagedError(f"its {entry.filename:.80} holds too much")
