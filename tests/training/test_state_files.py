"""States in files: what goes in comes out, and nothing else does."""

import pickle
import zipfile

import numpy as np
import pytest
import torch

from skfashion.storage import DamagedError, NotPlainError
from skfashion.training._state_files import read_state, write_state

STATE = {
    "a": [1, 2.5, None, True, "text", (3, float("inf"))],
    "tensors": {
        "last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
        "scalar": torch.tensor(3.0),
        "empty": torch.empty(0, 3),
        "half": torch.ones(3, dtype=torch.bfloat16),
        "bytes": torch.arange(9, dtype=torch.uint8),
        "strided": torch.arange(12.0).reshape(3, 4)[:, ::2],
        "bool": torch.tensor([True, False]),
        "double": torch.tensor([0.1], dtype=torch.float64),
    },
    5: np.arange(3),
}


def test_what_goes_in_comes_out(tmp_path):
    write_state(tmp_path / "state", STATE)
    state = read_state(tmp_path / "state")
    assert state["a"] == STATE["a"]
    np.testing.assert_array_equal(state[5], STATE[5])
    for name, tensor in STATE["tensors"].items():
        torch.testing.assert_close(state["tensors"][name], tensor, rtol=0, atol=0)
    # Fused optimizers go through the memory as it is.
    assert state["tensors"]["last"].is_contiguous(memory_format=torch.channels_last)


def test_one_tensor_under_two_names(tmp_path):
    tensor = torch.ones(3)
    write_state(tmp_path / "state", {"a": tensor, "b": tensor, "part": tensor[1:]})
    assert read_state(tmp_path / "state")["part"].tolist() == [1, 1]


def test_what_needs_code_is_refused(tmp_path):
    with pytest.raises(NotPlainError):
        write_state(tmp_path / "state", {"a": object()})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("tensor", "message"),
    [
        (torch.zeros(2, dtype=torch.complex64), "torch.complex64 and torch.strided cannot"),
        (torch.zeros(2, dtype=torch.complex64).conj(), "torch.complex64 and torch.strided cannot"),
        (torch.zeros(2).to(torch.float8_e4m3fn), "torch.float8_e4m3fn and torch.strided cannot"),
        (torch.eye(2).to_sparse(), "torch.float32 and torch.sparse_coo cannot"),
    ],
)
def test_tensors_that_such_a_file_has_no_dtype_for(tensor, message, tmp_path):
    with pytest.raises(NotPlainError, match=message):
        write_state(tmp_path / "state", {"a": tensor})
    assert not list(tmp_path.iterdir())


def test_more_values_than_a_header_holds(tmp_path):
    state = {"a": [0.5] * 300_000}
    write_state(tmp_path / "state", state)
    assert read_state(tmp_path / "state") == state


def test_each_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "state"
    write_state(path, STATE)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for position in rng.integers(len(content), size=200):
        changed = bytearray(content)
        changed[position] ^= 1 << rng.integers(8)
        path.write_bytes(changed)
        try:
            state = read_state(path)
        except DamagedError:
            continue
        for name, tensor in STATE["tensors"].items():  # a space in the header, say
            torch.testing.assert_close(state["tensors"][name], tensor, rtol=0, atol=0)


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("code from a file was run",))


def test_files_of_another_kind(tmp_path):
    path = tmp_path / "state"
    torch.save({"a": torch.ones(3)}, path)
    with pytest.raises(DamagedError, match="no checkpoint of this version"):
        read_state(path)
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(DamagedError):
        read_state(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("data.pkl", bytes(10**7))
    with pytest.raises(DamagedError):
        read_state(path)
    path.write_bytes((2**62).to_bytes(8, "little") + b"{}")
    with pytest.raises(DamagedError):
        read_state(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_state(tmp_path / "none")
