"""Precisions by their names."""

import pytest
import torch

from skfashion.inference import autocast, resolve_precision, storage_dtype

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [({"avx512_bf16": True}, "bfloat16"), ({"amx_bf16": True}, "bfloat16"), ({}, "float32")],
)
def test_auto_is_what_the_cpu_is_fast_at(capabilities, expected, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert resolve_precision("auto", CPU) == expected


def test_auto_on_a_device_that_nothing_is_known_of():
    assert resolve_precision("auto", torch.device("mps")) == "float32"


@pytest.mark.parametrize("precision", ["bfloat16", "float32", "float64"])
def test_a_name_is_kept(precision):
    assert resolve_precision(precision, CPU) == precision


def test_unknown_name():
    with pytest.raises(ValueError, match="precision='float16' is not known"):
        resolve_precision("float16", CPU)


@pytest.mark.parametrize(
    ("precision", "stored", "computed"),
    [
        ("bfloat16", torch.float32, torch.bfloat16),
        ("float32", torch.float32, torch.float32),
        ("float64", torch.float64, torch.float64),
    ],
)
def test_dtypes(precision, stored, computed):
    assert storage_dtype(precision) == stored
    x = torch.ones(2, 2, dtype=stored)
    with autocast(CPU, precision):
        assert (x @ x).dtype == computed
