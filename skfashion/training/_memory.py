"""Memory that a training asks for again and again."""

import ctypes
import sys
from contextlib import nullcontext
from functools import cache

from ..inference import SharedSetting

# Parameters of glibc's mallopt, from malloc.h.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_MMAP_MAX = -1, -3, -4
# Where glibc's own adaptation of its thresholds ends: what a process has that once freed an
# array of 32 MB.
SETTLED = {M_MMAP_MAX: 65536, M_MMAP_THRESHOLD: 32 << 20, M_TRIM_THRESHOLD: 64 << 20}


def _keep_memory():
    libc = _glibc()
    libc.mallopt(M_MMAP_MAX, 0)  # large blocks from the heap as well
    libc.mallopt(M_TRIM_THRESHOLD, -1)  # which does not shrink
    return libc


def _give_memory_back(libc):
    for parameter, value in SETTLED.items():
        libc.mallopt(parameter, value)
    libc.malloc_trim(0)


_kept = SharedSetting(_keep_memory, _give_memory_back)


def reused_memory():
    """Let the process keep the memory that is freed inside, for what is asked for next.

    Each step of a training allocates the same large tensors and frees them. By default the C
    library gives such blocks back to the system at once, which hands them out again page by
    page, each filled with zeros. With the memory kept, a step of mini_VGG or LeNet-5 takes .8 of
    the time (docs/design.md). At the end all that is free goes back to the system, and large
    blocks are treated as usual again. Does nothing where the C library is not glibc.
    """
    return nullcontext() if _glibc() is None else _kept.held()


@cache
def _glibc():
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "gnu_get_libc_version") else None
