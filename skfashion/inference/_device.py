"""Which device to compute on."""

import multiprocessing
import sys
from contextlib import suppress

import torch

PIXELS_ON_CPU, PIXELS_ON_GPU = 400_000, 3_200_000  # at once
OUT_OF_MEMORY = "can't allocate memory", "not enough memory", "out of memory", "alloc_failed"
LEAST_PIXELS = 784  # of an image: smaller ones count as many


def resolve_device(device):
    """Return the torch device that a `device` parameter means.

    Parameters
    ----------
    device : str or torch.device
        "auto" takes a GPU where there is one, else the CPU. In worker processes of joblib, or of
        Dask, on a machine with several GPUs, the workers use them in turn.

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError
        If the device is not a name torch knows, or is not on this machine.
    """
    if isinstance(device, str) and device == "auto":
        if not torch.cuda.is_available():
            return torch.device("cpu")
        return torch.device("cuda", _worker_number() % torch.cuda.device_count())
    try:
        resolved = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"device={device!r} is not a device; give 'auto', 'cpu', 'cuda' or 'cuda:0'."
        ) from error
    if not is_present(resolved):
        raise ValueError(
            f"device={device!r} is not on this machine; it has {', '.join(_present())}. "
            "device='auto' takes the best one there is."
        )
    return resolved


def is_present(device):
    """Return whether this machine has a device, given as torch.device or its name."""
    device = torch.device(device)
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    return device.type in {name.split(":")[0] for name in _present()}


def images_at_once(device, n_pixels):
    """Return how many images to predict at once, so that memory stays bounded.

    Parameters
    ----------
    device : torch.device
        Where they are predicted.
    n_pixels : int
        Number of pixels of an image, at the size at which the network works.

    Returns
    -------
    int
    """
    at_once = PIXELS_ON_CPU if device.type == "cpu" else PIXELS_ON_GPU
    return max(1, at_once // max(n_pixels, LEAST_PIXELS))


def is_out_of_memory(error):
    """Return whether an error says that there is no memory left, on the CPU or on a GPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    # torch has no class for the CPU, and some of cuDNN's and oneDNN's messages are their own.
    return any(text in str(error).lower() for text in OUT_OF_MEMORY)


def _present():
    names = ["cpu"]
    names += [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    return names + (["mps"] if torch.backends.mps.is_available() else [])


def _worker_number():
    """Return the number of the worker process that this is, 0 in a process that is none."""
    # Those of joblib are named LokyProcess-1, LokyProcess-2, ... in the order they start.
    number = multiprocessing.current_process().name.rpartition("-")[2]
    if number.isdigit():
        return int(number) - 1
    if "distributed" in sys.modules:  # those of a LocalCluster of Dask are named 0, 1, ...
        with suppress(ValueError):  # in a process that is none
            number = str(sys.modules["distributed"].get_worker().name)
    return int(number) if number.isdigit() else 0
