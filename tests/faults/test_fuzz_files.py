"""Mutated files: many of each kind, and what hypothesis finds."""

import json
import runpy
import warnings
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skfashion.storage import TensorFile, write_tensors

FUZZ = runpy.run_path(str(Path(__file__).with_name("fuzz_files.py")))
MODEL = FUZZ["DATA"] / "lenet5-format2.skfashion"
with open(MODEL, "rb") as file:
    STORED = TensorFile(file)
    CONTENT, ARRAYS = json.loads(STORED.text), STORED.arrays()
PLACES = sum(1 for _ in FUZZ["places"](CONTENT))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
short = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.slow
def test_many_of_each(capsys):
    """The script takes a thousand by default; these are the first of them."""
    with warnings.catch_warnings():
        wrong = FUZZ["main"](["--n-files", "250"])
    assert not wrong, capsys.readouterr().out


@short
@given(st.integers(0, PLACES - 1), JSON)
def test_any_value_at_any_place(tmp_path, place, value):
    content = json.loads(json.dumps(CONTENT))
    for i, (parent, key) in enumerate(list(FUZZ["places"](content))):
        if i == place:
            parent[key] = value
    path = tmp_path / "model"
    with open(path, "wb") as file:
        write_tensors(file, json.dumps(content), ARRAYS)
    assert FUZZ["read_model"](path) in ("read", "refused")


@short
@given(st.binary(max_size=200) | st.integers().map(lambda i: FUZZ["altered_bytes"](
    MODEL.read_bytes(), Random(i))))  # fmt: skip
def test_any_bytes(tmp_path, raw):
    path = tmp_path / "model"
    path.write_bytes(raw)
    assert FUZZ["read_model"](path) == "refused" or raw == MODEL.read_bytes()


@short
@given(st.integers())
def test_any_data_file(tmp_path, seed):
    rng = Random(seed)
    file, raw, pixels = FUZZ["make_data_file"](rng)
    path = tmp_path / "data"
    path.write_bytes(next(FUZZ["data_files"](raw, rng))[1])
    assert FUZZ["data_reader"](file, pixels)(path) in ("read", "refused")


@short
@given(st.integers())
def test_any_photo(tmp_path, seed):
    pytest.importorskip("cv2")
    path = tmp_path / "photo"
    path.write_bytes(next(FUZZ["mutated_photos"](Random(seed)))[1])
    assert FUZZ["read_photo"](path) in ("read", "refused")
