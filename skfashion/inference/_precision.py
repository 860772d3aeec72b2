"""In which floating-point type to compute."""

import torch

from .._options import choose

# Instruction sets of processors, all of a row, with which a training in bfloat16 is taken to be
# faster than one in float32. To have bfloat16 instructions is not enough: those of AVX-512 are fast
# on AMD's processors, which alone have SSE4a, and slower than float32 on Intel's. docs/design.md
# says which kinds benchmarks/auto_precision.py has measured.
FAST_BFLOAT16 = [("amx_bf16",), ("avx512_bf16", "sse4a")]
DTYPES = {"bfloat16": torch.bfloat16, "float32": torch.float32, "float64": torch.float64}


def resolve_precision(precision, device):
    """Return the name of the precision that a `precision` parameter means on a device.

    Parameters
    ----------
    precision : {"auto", "bfloat16", "float32", "float64"}
        "auto" is bfloat16 where the device computes it faster than float32, by a table of
        kinds of processors: it is the same each time on the same machine.
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
        if torch.version.hip is not None:
            return True
        return torch.cuda.get_device_capability(device) >= (8, 0)  # from Ampere on
    if device.type != "cpu":
        return False
    has = torch.cpu.get_capabilities()
    return any(all(has.get(name) for name in names) for names in FAST_BFLOAT16)


def storage_dtype(precision):
    """Return the dtype of weights and scaled images.

    In bfloat16 both stay float32, and torch's autocast rounds what the fast units read.
    """
    return torch.float64 if precision == "float64" else torch.float32


def autocast(device, precision):
    """Return the context in which the network runs."""
    # Without torch's cache of rounded weights: it is emptied when the outermost autocast ends, and
    # within a caller's own the weights of the first step would be used forever.
    enabled = precision == "bfloat16"
    return torch.autocast(device.type, torch.bfloat16, enabled=enabled, cache_enabled=False)
