"""What a figure was measured on."""

import json
import os
import platform
from datetime import date
from importlib.metadata import version
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


def write(name, result):
    """Write a result as JSON beside the others."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {path.relative_to(Path(__file__).parents[1])}")
