"""In which floating-point type to compute."""

import torch

from .._options import choose

DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64}


def resolve_precision(precision, device):
    """Return the name of the precision that a `precision` parameter means on a device.

    Parameters
    ----------
    precision : {"auto", "bfloat16", "float32", "float64"}
        "auto" is bfloat16 where the device computes it fast, else float32.
    device : torch.device
        Where it is computed.

    Returns
    -------
    {"bfloat16", "float32", "float64"}

    Raises
    ------
    ValueError
        If the name is not known.
    """
    choose("precision", precision, {"auto": None, **DTYPES})
    if precision != "auto":
        return precision
    return "bfloat16" if _has_fast_bfloat16(device) else "float32"


def _has_fast_bfloat16(device):
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    has = torch.cpu.get_capabilities()
    return bool(has.get("amx_bf16") or has.get("avx512_bf16"))


def storage_dtype(precision):
    """Return the dtype of weights and scaled images.

    In bfloat16 both stay float32, and torch's autocast rounds what the fast units read.
    """
    return torch.float64 if precision == "float64" else torch.float32


def autocast(device, precision):
    """Return the context in which the network runs."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16")
