"""In which floating-point type is computed."""

import json
from pathlib import Path

import pytest
import torch

from skfashion import LeNet5Classifier
from skfashion.inference import resolve_precision, storage_dtype
from skfashion.inference._precision import FAST_BFLOAT16

RESULTS = Path(__file__).parents[2] / "benchmarks" / "results"


# What each kind of processor has, as torch tells it.
PROCESSORS = {
    "Intel, AMX": ({"avx2", "avx512_f", "avx512_bf16", "avx512_fp16", "amx_bf16"}, "bfloat16"),
    "Intel, AVX512_BF16": ({"avx2", "avx512_f", "avx512_bf16", "avx512_fp16"}, "float32"),
    "Intel, AVX512": ({"avx2", "avx512_f"}, "float32"),
    "AMD, AVX512_BF16": ({"avx2", "sse4a", "avx512_f", "avx512_bf16"}, "bfloat16"),
    "AMD, AVX2": ({"avx2", "sse4a"}, "float32"),
    "Arm": ({"neon", "bf16"}, "float32"),
    "none": (set(), "float32"),
}


@pytest.mark.usefixtures("on_cpu")
@pytest.mark.parametrize("kind", PROCESSORS)
def test_precision_auto_is_the_faster_one(kind, garments, monkeypatch):
    X, y = (part[:50] for part in garments)
    has, expected = PROCESSORS[kind]
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(has, True))
    assert LeNet5Classifier(max_epochs=1).fit(X, y).precision_ == expected


@pytest.mark.parametrize(
    ("capability", "expected"), [((7, 5), "float32"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")]
)
def test_precision_auto_is_that_of_the_gpu_asked_for(capability, expected, monkeypatch):
    capabilities = {1: capability, 0: (6, 0)}
    monkeypatch.setattr(
        torch.cuda, "get_device_capability", lambda device: capabilities[device.index]
    )
    assert resolve_precision("auto", torch.device("cuda", 1)) == expected
    assert resolve_precision("auto", torch.device("cuda", 0)) == "float32"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("auto_precision*.json")), ids=lambda p: p.stem)
def test_precision_auto_was_measured_to_be_the_faster_one(path):
    """By at most 5 %, in the results of benchmarks/auto_precision.py."""
    rows = json.loads(path.read_text("utf-8"))["rows"]
    assert rows
    for row in rows:
        has = row["instruction_sets"]
        expected = (
            "bfloat16" if any(set(names) <= set(has) for names in FAST_BFLOAT16) else "float32"
        )
        assert row["ratio"][expected] >= 0.95, row


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("bfloat16", torch.float32), ("float32", torch.float32), ("float64", torch.float64)],
)
def test_weights_are_rounded_by_autocast_alone(precision, dtype):
    assert resolve_precision(precision, torch.device("cpu")) == precision
    assert storage_dtype(precision) == dtype


def test_a_name_that_is_not_known():
    with pytest.raises(ValueError, match="Did you mean 'float32'"):
        resolve_precision("float23", torch.device("cpu"))
