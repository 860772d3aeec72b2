"""What the scripts share: what a figure was measured on, data, options, results."""

import argparse
import json
import multiprocessing
import os
import platform
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results"
REAL_DATA = ROOT.parent / "shared" / "fashion-mnist"


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


def processor(environment, device="cuda"):
    """Return what a figure was measured on: the GPU, if there was one and it was used."""
    return environment["gpu"] if device == "cuda" and environment["gpu"] else environment["cpu"]


def data_home():
    """Return where Fashion-MNIST is, next to a checkout; None lets the fetcher look."""
    return REAL_DATA if REAL_DATA.exists() else None


@cache
def fashion_mnist(subset="train"):
    """Return the images of a subset and their labels, read once in a process.

    Parameters
    ----------
    subset : {"train", "test"}, default="train"
        Which of them.

    Returns
    -------
    X, y : ndarray of shape (n, 784) and (n,)
    """
    from skfashion.datasets import fetch_fashion_mnist

    return fetch_fashion_mnist(subset=subset, data_home=data_home(), return_X_y=True)


def arguments(doc, name=None, *, show=False):
    """Return a parser with the options that the scripts share.

    Parameters
    ----------
    doc : str
        The script's docstring, whose first line is the description.
    name : str, default=None
        The result's file, without its ending. None for a script without ``--json``.
    show : bool, default=False
        Whether the script has ``--show``.
    """
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    if name:
        parser.add_argument("--json", default=name, help="name of the result's file")
    if show:
        parser.add_argument("--show", action="store_true", help="print the table of what is there")
    return parser


def in_turns(items, n_rounds):
    """Yield all items in each round, each round beginning with another one."""
    items = list(items)
    for i in range(n_rounds):
        first = i % len(items)
        yield from items[first:] + items[:first]


def read(name):
    """Return a result."""
    return json.loads((RESULTS / f"{name}.json").read_text())


def write(name, result):
    """Write a result as JSON next to the others."""
    from skfashion.storage import new_file

    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    with new_file(path) as file:
        file.write((json.dumps(result, indent=2) + "\n").encode())
    print(f"written to {path.relative_to(ROOT)}")


def merge(name, what, rows, key):
    """Write rows among those of a result; one of the same key and processor is replaced.

    Parameters
    ----------
    name : str
        The result's file, without its ending.
    what : str
        What the result is, in words.
    rows : list of dict
        The rows. As their file comes from many runs, each has an `environment` of its own.
    key : sequence of str
        The columns by which a row is told from others.
    """
    there = read(name)["rows"] if (RESULTS / f"{name}.json").exists() else []
    by_key = {
        (row["environment"]["cpu"], *(row[column] for column in key)): row
        for row in [*there, *rows]
    }
    write(name, {"what": what, "rows": list(by_key.values())})


def torch_and_dates(rows):
    """Return in words with which versions of torch rows were measured, and when."""
    versions, dates = (
        sorted({row["environment"][name] for row in rows}) for name in ("torch", "date")
    )
    days = " to ".join(dict.fromkeys([dates[0], dates[-1]]))
    return f"torch {' and '.join(versions)}, {days}"


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
