"""Arrays and a text in one file, under a hash."""

import hashlib
import io
import json
import os
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skfashion.storage import DamagedError, TensorFile, _tensor_files, is_tensor_file, write_tensors

ARRAYS = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3),
    "bias": np.array([0.5, -0.0, np.nan]),
    "count": np.array(7),
    "mask": np.array([True, False, True]),
    "none": np.zeros((0, 3), np.float16),
}


def written(text="text", arrays=ARRAYS):
    file = io.BytesIO()
    write_tensors(file, text, arrays)
    return file.getvalue()


def read(raw):
    file = TensorFile(io.BytesIO(raw))
    return file.text, file.arrays()


def sealed(header, values=b""):
    """Return a file with a header of one's own, under a hash that is right."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    begin = _tensor_files._BEGIN
    header = begin + b"0" * 64 + b'",' + header.removeprefix(b'{"__metadata__": {')
    length = len(header).to_bytes(8, "little")
    digest = hashlib.sha256(length + header).hexdigest().encode()
    return length + begin + digest + header[len(begin) + 64 :] + values


def header(values=b"", **entries):
    metadata = {"values": hashlib.sha256(values).hexdigest(), "text": "text"}
    return {"__metadata__": metadata} | entries


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


NAMES = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda n: n != "__metadata__")
DTYPES = hnp.boolean_dtypes() | hnp.integer_dtypes() | hnp.floating_dtypes(sizes=(16, 32, 64))


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.dictionaries(NAMES, hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, min_side=0))),
)
def test_come_back(text, arrays):
    again, found = read(written(text, arrays))
    assert again == text
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype.newbyteorder("=")
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.astype(found[name].dtype).tobytes()


def test_layout_is_known_before_the_arrays_are_read():
    file = TensorFile(io.BytesIO(written()))
    assert file.layout == {name: (array.dtype, array.shape) for name, array in ARRAYS.items()}
    assert file.n_bytes == sum(array.nbytes for array in ARRAYS.values())


def test_layouts_in_memory_do_not_matter():
    array = np.arange(24, dtype=">i4").reshape(2, 3, 4)
    for like in (array, np.asfortranarray(array), array.transpose(2, 0, 1)[::-1]):
        np.testing.assert_array_equal(read(written("", {"x": like}))[1]["x"], like)


def test_the_library_of_the_format_reads_them():
    safetensors = pytest.importorskip("safetensors.numpy")
    found = safetensors.load(written("text é"))
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)


def test_every_changed_or_cut_byte_is_found():
    raw = written()
    for i in range(len(raw)):
        for flipped in (1, 128):
            altered = bytearray(raw)
            altered[i] ^= flipped
            with pytest.raises(DamagedError):
                read(bytes(altered))
        with pytest.raises(DamagedError):
            read(raw[:i])
    with pytest.raises(DamagedError):
        read(raw + b"\0")


def test_what_begins_so():
    assert is_tensor_file(written())
    assert not is_tensor_file(b"PK\x03\x04" + bytes(100))
    assert not is_tensor_file(b"")


@pytest.mark.parametrize(
    "array", [np.array(["a"]), np.array([1j]), np.array([None]), np.zeros(2, "M8[s]")]
)
def test_dtypes_that_it_has_not(array):
    with pytest.raises(TypeError, match="x is an array of dtype .*cannot hold; it can hold float"):
        written("", {"x": array})


@pytest.mark.parametrize(
    ("text", "arrays", "message"),
    [
        ("," * (1 << 18), {}, "262,14. values; a file of tensors holds"),
        ("a" * (1 << 23), {}, "bytes of .* values; a file of tensors holds 8,388,608 bytes"),
        ("", {"x": np.broadcast_to(np.int8(1), 1 << 32)}, "arrays are 4,294,967,296 bytes"),
    ],
    ids=["values", "bytes", "arrays"],
)
def test_what_is_too_large_is_not_written(text, arrays, message, monkeypatch):
    # Without the copy of 4 GB.
    monkeypatch.setattr(np, "ascontiguousarray", lambda array, dtype: array)
    monkeypatch.setattr(_tensor_files, "_bytes", lambda array: b"")
    with pytest.raises(ValueError, match=message):
        written(text, arrays)


ONE = np.ones(1, np.float32).tobytes()


@pytest.mark.parametrize(
    ("entries", "values", "message"),
    [
        ({"x": entry(offsets=(0, 8))}, ONE, "x is not where"),
        ({"x": entry(offsets=(4, 8))}, ONE * 2, "x is not where"),
        ({"x": entry(shape=(2**40,))}, ONE, "whole numbers"),
        ({"x": entry(shape=(2**31, 2**31))}, ONE, "x is not where"),
        ({"x": entry(shape=(-1, -1))}, ONE, "whole numbers"),
        ({"x": entry(shape=(1.0,))}, ONE, "whole numbers"),
        ({"x": entry(shape=(True,))}, ONE, "whole numbers"),
        ({"x": entry(shape=(1,) * 17)}, ONE, "short lists"),
        ({"x": entry(shape="1")}, ONE, "whole numbers"),
        ({"x": entry() | {"shape": 1}}, ONE, "short lists"),
        ({"x": entry(offsets=(0, 4, 4))}, ONE, "no header"),
        ({"x": entry("F128")}, ONE, "F128"),
        ({"x": entry(["F32"])}, ONE, "no header"),
        ({"x": entry("BOOL", offsets=(0, 1))}, b"\2", "other values than true and false"),
        ({"x": entry(), "y": entry()}, ONE, "y is not where"),
        ({"x": entry()}, ONE * 2, "8 bytes of values, and should have 4"),
        ({"x": entry()}, b"", "0 bytes of values, and should have 4"),
        ({"x": None}, ONE, "no header"),
        ({"x": entry() | {"more": 1}}, ONE, "no header"),
        ({}, ONE, "4 bytes of values, and should have 0"),
    ],
)
def test_headers_that_lie(entries, values, message):
    raw = sealed(header(values, **entries), values)
    assert is_tensor_file(raw)
    with pytest.raises(DamagedError, match=message):
        read(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        b'{"__metadata__": {"text": 3, "values": ""}}',
        b'{"__metadata__": {"text": "", "values": 3}}',
        b'{"__metadata__": {"text": ""}}',
        b'{"__metadata__": {"text": ""}, "x": NaN}',
        b'{"__metadata__": {"text": ""}',
        b'{"__metadata__": {"text": "\xff"}}',
        b'{"__metadata__": {"text": ' + b"[" * 100_000,
        b'{"__metadata__": {"text": ' + b"9" * 5000 + b"}}",
    ],
)
def test_headers_that_are_none(wrong):
    with pytest.raises(DamagedError):
        read(sealed(wrong))


def test_a_text_that_is_right():
    assert read(sealed(header(ONE, x=entry()), ONE)) == ("text", {"x": np.ones(1)})


@pytest.mark.parametrize("length", [0, 1, 90, 2**31, 2**63, 2**64 - 1])
def test_lengths_that_lie(length):
    with pytest.raises(DamagedError, match="its header cannot have"):
        read(length.to_bytes(8, "little") + written()[8:])


def test_a_file_of_absurd_size(tmp_path):
    path = tmp_path / "large"
    path.write_bytes(written())
    os.truncate(path, 1 << 40)  # takes no room on the disk
    with open(path, "rb") as file, pytest.raises(DamagedError, match="1,099,511,627,776 bytes"):
        TensorFile(file)


@pytest.mark.parametrize(
    "entries",
    [
        b"{}," * 2_000_000,
        b"{}," * 80_000,
        b'"\xf0\x9f\x98\x80' + b"a" * 8_000_000 + b'",',
        b"1," * 130_000,
    ],
)
def test_memory_is_bounded(entries):
    raw = sealed(b'{"__metadata__": {"text": [' + entries + b"1]}}")
    tracemalloc.start()
    try:
        with pytest.raises(DamagedError):
            read(raw)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_changes_meanwhile():
    raw = written()
    stream = io.BytesIO(raw)
    file = TensorFile(stream)
    stream.truncate(len(raw) - 1)
    with pytest.raises(DamagedError, match="its size has changed"):
        file.arrays()


def test_arrays_of_more_axes_than_are_read_are_not_written():
    with pytest.raises(ValueError, match="x is an array of 20 axes; .* 16 at most"):
        written(arrays={"x": np.zeros((1,) * 20)})
