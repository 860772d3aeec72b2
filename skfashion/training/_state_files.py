"""States of trainings in files that hold no code: tensors as they are, all else as JSON."""

import json

import numpy as np
import torch

from ..storage import (
    DamagedError,
    Kind,
    NotPlainError,
    PlainValues,
    TensorFile,
    new_file,
    write_tensors,
)

CHECKPOINT = "checkpoint"  # the key by which the text is known
VALUES = "values"  # the array of all that is no tensor: a long history is no part of a header
FORMAT = 1  # one more whenever older versions could no longer read what is written


def write_state(path, state):
    """Write a state to a file: a whole one, or none.

    Parameters
    ----------
    path : Path
        The file, which is replaced if it is there.
    state : dict
        Plain values, lists, tuples, dictionaries and tensors, nested as they may be.

    Raises
    ------
    NotPlainError
        If the state has something else in it, or a tensor that NumPy has no dtype for.
    ValueError
        If it is too much for such a file.
    OSError
        If the file cannot be written.
    """
    arrays = {}

    def to_plain(tensor, encode):
        name = str(len(arrays))
        is_bfloat16 = tensor.dtype == torch.bfloat16  # which NumPy has not
        try:
            # As it lies in memory: fused optimizers go through moments and weights in that order.
            order = sorted(range(tensor.ndim), key=tensor.stride, reverse=True)
            laid_out = tensor.detach().cpu().permute(order).contiguous()
            array = (laid_out.view(torch.int16) if is_bfloat16 else laid_out).numpy()
        except (TypeError, RuntimeError):  # sparse and quantized ones, say
            array = None
        if array is None or array.dtype.kind == "c":
            raise NotPlainError(
                f"A tensor of {tensor.dtype} and {tensor.layout} cannot be stored in a checkpoint."
            )
        arrays[name] = array
        return [name, order, is_bfloat16]

    values = _plain_values(to_plain, None).encode(state)
    arrays[VALUES] = np.frombuffer(json.dumps(values).encode("ascii"), np.uint8)
    with new_file(path) as file:
        write_tensors(file, json.dumps({CHECKPOINT: FORMAT}), arrays)


def read_state(path):
    """Return the state that :func:`write_state` has written.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict

    Raises
    ------
    DamagedError
        If it is not such a file, was changed or cut short.
    OSError
        If there is no such file, or it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return _read(TensorFile(file))
    except OSError:
        raise
    except Exception as error:  # what a wrong content leads to has no end
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DamagedError(
            f"The checkpoint {path} is damaged, or no checkpoint of this version ({reason}). "
            "Remove it to restart the training."
        ) from error


def is_state(stored):
    """Return whether an open :class:`TensorFile` is one of :func:`write_state`."""
    return stored.text.startswith(f'{{"{CHECKPOINT}":')


def _read(stored):
    content = json.loads(stored.text)
    if content[CHECKPOINT] != FORMAT:
        raise ValueError(f"it has format {content[CHECKPOINT]}, not {FORMAT}")
    arrays = stored.arrays()

    def from_plain(content, decode):
        name, order, is_bfloat16 = content
        tensor = torch.from_numpy(arrays[name])
        tensor = tensor.view(torch.bfloat16) if is_bfloat16 else tensor
        return tensor.permute([order.index(axis) for axis in range(len(order))])

    return _plain_values(None, from_plain).decode(json.loads(arrays[VALUES].tobytes()))


def _plain_values(to_plain, from_plain):
    is_tensor = lambda value: isinstance(value, torch.Tensor)  # noqa: E731
    return PlainValues([Kind("tensor", is_tensor, to_plain, from_plain)])
