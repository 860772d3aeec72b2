"""In which floating-point type is computed."""

import pytest
import torch

from skfashion import LeNet5Classifier
from skfashion.inference import resolve_precision, storage_dtype


def test_precision_auto_is_bfloat16_where_it_is_fast(garments, monkeypatch):
    X, y = (part[:50] for part in garments)
    for capability, expected in (
        ("amx_bf16", "bfloat16"),
        ("avx512_bf16", "bfloat16"),
        ("avx2", "float32"),
    ):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda c=capability: {c: True})
        assert LeNet5Classifier(max_epochs=1).fit(X, y).precision_ == expected


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
