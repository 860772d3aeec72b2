"""What a figure was measured on."""

import json
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
REAL_DATA = Path(__file__).parents[2] / "shared" / "fashion-mnist"


def environment():
    """Return hardware and versions as a dictionary."""
    import torch

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [row for row in info.read_text().splitlines() if row.startswith("model name")]
        cpu = models[0].partition(":")[2].strip() if models else cpu
    has = torch.cpu.get_capabilities()
    fast = [name for name in ("amx_bf16", "avx512_bf16") if has.get(name)]
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "date": date.today().isoformat(),
        "cpu": f"{cpu}, {os.cpu_count()} cores, {' and '.join(fast) or 'no fast bfloat16'}",
        "gpu": gpu,
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "skorch", "scikit-learn", "numpy")},
    }


def data_home():
    """Return where Fashion-MNIST lies beside a checkout; None lets the fetcher look."""
    return REAL_DATA if REAL_DATA.exists() else None


def fashion_mnist():
    """Return the training images and labels, and the test images and labels.

    Returns
    -------
    (X, y), (X_test, y_test) : ndarray of shape (n, 784) and (n,)
    """
    from skfashion.datasets import fetch_fashion_mnist

    return tuple(
        fetch_fashion_mnist(subset=subset, data_home=data_home(), return_X_y=True)
        for subset in ("train", "test")
    )


def write(name, result):
    """Write a result as JSON beside the others."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {path.relative_to(Path(__file__).parents[1])}")


def merge(name, what, rows, key):
    """Write rows among those of a result; one that is there already is replaced.

    Parameters
    ----------
    name : str
        The result's file, without its ending.
    what : str
        What the result is, in words.
    rows : list of dict
        The rows. As their file comes from many runs, each has an environment of its own.
    key : sequence of str
        The columns by which a row is told from others.
    """
    path = RESULTS / f"{name}.json"
    there = json.loads(path.read_text())["rows"] if path.exists() else []
    by_key = {tuple(row[column] for column in key): row for row in [*there, *rows]}
    write(name, {"what": what, "rows": list(by_key.values())})


def installed(*names):
    """Return the versions of those packages that are there, as a dictionary."""
    versions = {}
    for name in names:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def in_own_process(function, *args):
    """Call a function in a new process, and return what it returns."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(function, *args).result()
