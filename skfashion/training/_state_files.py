"""States of trainings in files that hold no code: tensors as safetensors, all else as JSON."""

import hashlib
import json

import torch

from ..storage import DamagedError, Kind, PlainValues, new_file

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
        If the state has something else in it.
    OSError
        If the file cannot be written.
    """
    from safetensors.torch import save

    tensors = {}

    def to_plain(tensor, encode):
        name = str(len(tensors))
        # As it lies in memory: fused optimizers go through moments and weights in that order.
        order = sorted(range(tensor.ndim), key=tensor.stride, reverse=True)
        tensors[name] = (
            tensor.detach().cpu().permute(order).clone(memory_format=torch.contiguous_format)
        )
        return [name, order]

    values = _plain_values(to_plain, None).encode(state)
    text = json.dumps({"format": FORMAT, "values": values})
    content = save(tensors, {"skfashion": text, "sha256": _digest(text, tensors)})
    with new_file(path) as file:
        file.write(content)


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
        return _read(path)
    except OSError:
        raise
    except Exception as error:  # what a wrong content leads to has no end
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise DamagedError(
            f"The checkpoint {path} is damaged, or no checkpoint of this version ({reason}). "
            "Remove it to begin the training anew."
        ) from error


def read_tensors(path):
    """Return the tensors of a file of safetensors by name, and its metadata."""
    from safetensors import safe_open

    with open(path, "rb"):  # the errors of the file system as they are
        pass
    with safe_open(path, "pt") as file:
        # Copies: what is mapped from the file would go with it.
        tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
        return tensors, file.metadata() or {}


def _read(path):
    tensors, metadata = read_tensors(path)
    text = metadata["skfashion"]
    if metadata["sha256"] != _digest(text, tensors):
        raise ValueError("its content is not what was written")
    content = json.loads(text)
    if content["format"] != FORMAT:
        raise ValueError(f"it has format {content['format']}, not {FORMAT}")

    def from_plain(content, decode):
        name, order = content
        return tensors[name].permute([order.index(axis) for axis in range(len(order))])

    return _plain_values(None, from_plain).decode(content["values"])


def _plain_values(to_plain, from_plain):
    is_tensor = lambda value: isinstance(value, torch.Tensor)  # noqa: E731
    return PlainValues([Kind("tensor", is_tensor, to_plain, from_plain)])


def _digest(text, tensors):
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()
