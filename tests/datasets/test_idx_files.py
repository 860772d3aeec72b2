"""Files that are on the disk: under which names they are found, and what is said of wrong ones."""

import gzip
import hashlib
import os
import tracemalloc

import numpy as np
import pytest

from skfashion.datasets import _idx_files, fetch_fashion_mnist

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"

# ---------------------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["-", "."])
@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("below", ["", "fashion-mnist"])
def test_packed_and_unpacked_files_are_found(small, tmp_path, mark, ending, is_packed, below):
    """Whatever unpackers and browsers made of them: the content is what counts."""
    (tmp_path / below).mkdir(exist_ok=True)
    for name, content in small.contents.items():
        stem = name.removesuffix(".gz").replace("-idx", f"{mark}idx") + ending
        (tmp_path / below / stem).write_bytes(content if is_packed else gzip.decompress(content))
    X, y = fetch_fashion_mnist(
        subset="all", data_home=tmp_path, download_if_missing=False, return_X_y=True
    )
    np.testing.assert_array_equal(X.reshape(small.pixels.shape), small.pixels)
    np.testing.assert_array_equal(y, small.labels)


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_unpacked_files_are_held_to_the_same_check(small, tmp_path, ending):
    small.put(tmp_path, [TRAIN_LABELS])
    content = bytearray(gzip.decompress(small.contents[TRAIN_IMAGES]))
    content[100] ^= 1
    path = tmp_path / f"train-images.idx3-ubyte{ending}"
    path.write_bytes(content)
    with pytest.raises(OSError, match="SHA-256 of its unpacked content is") as info:
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)
    assert str(path) in str(info.value)


def test_packed_files_go_first_and_folders_are_no_files(small, tmp_path):
    small.put(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"rest of an unpacking that was broken off")
    (tmp_path / "train-labels-idx1-ubyte").mkdir()
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == small.n_train
    (tmp_path / TRAIN_LABELS).unlink()
    with pytest.raises(OSError, match="Missing: train-labels-idx1-ubyte.gz, or the same unpacked"):
        fetch_fashion_mnist(data_home=tmp_path, download_if_missing=False)


def test_files_may_be_of_different_kinds_and_in_different_folders(small, tmp_path):
    small.put(tmp_path, [TRAIN_LABELS])
    (tmp_path / "fashion-mnist").mkdir()
    content = gzip.decompress(small.contents[TRAIN_IMAGES])
    (tmp_path / "fashion-mnist" / "train-images.idx3-ubyte").write_bytes(content)
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == small.n_train


def test_names_of_the_real_files():
    names = {name for pair in _idx_files.FILES.values() for file in pair for name in file.names}
    assert names == {
        f"{stem}{mark}ubyte{ending}"
        for stem in ("train-images", "t10k-images")
        for mark in ("-idx3-", ".idx3-")
        for ending in ("", ".gz")
    } | {
        f"{stem}{mark}ubyte{ending}"
        for stem in ("train-labels", "t10k-labels")
        for mark in ("-idx1-", ".idx1-")
        for ending in ("", ".gz")
    }


# ---------------------------------------------------------------------------------------
# Files that are there, but wrong
# ---------------------------------------------------------------------------------------


def _cut(content):
    return content[:-50]


def _altered(content):
    raw = bytearray(gzip.decompress(content))
    raw[-1] ^= 1
    return gzip.compress(bytes(raw))


def _damaged(content):
    return content[:40] + bytes(byte ^ 255 for byte in content[40:60]) + content[60:]


def _other_shape(content):
    """The header tells of four thousand million images."""
    raw = gzip.decompress(content)
    return gzip.compress(raw[:4] + b"\xff" * 4 + raw[8:])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_cut, "cut short"),
        (_altered, "SHA-256"),
        (_damaged, "no intact gzip"),
        (lambda content: b"", "begins with|cut short"),
        (lambda content: b"<html>not found</html>", "this one with 3c68746d"),
        (lambda content: gzip.compress(gzip.decompress(content)[:-784]), "bytes unpacked, not"),
        (lambda content: gzip.decompress(content)[:-1], "23535 bytes unpacked, not 23536"),
        (lambda content: gzip.decompress(content) + b"1", "more than 23536 bytes unpacked, not"),
        (lambda content: gzip.compress(gzip.decompress(content) + b"1"), "more than 23536 bytes"),
        (lambda content: content + b"more", "no intact gzip"),
        (lambda content: content[:1], "begins with"),
        (lambda content: content[:2], "cut short"),
        (lambda content: gzip.decompress(content)[:10], "begins with"),
        (_other_shape, "begins with"),
    ],
)
def test_wrong_file_is_named_and_kept(small, server, tmp_path, spoil, reason):
    path = small.put(tmp_path) / TRAIN_IMAGES
    wrong = spoil(small.contents[TRAIN_IMAGES])
    path.write_bytes(wrong)
    with pytest.raises(OSError, match=reason) as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert str(path) in str(info.value)
    assert "Delete it" in str(info.value)
    assert path.read_bytes() == wrong
    assert not server.asked
    # the mend that the message names works
    path.unlink()
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == small.n_train


def test_checked_again_only_when_new(small, tmp_path, monkeypatch):
    small.put(tmp_path)
    hashed = []
    sha256 = hashlib.sha256

    def counting(content):
        hashed.append(len(content))
        return sha256(content)

    monkeypatch.setattr(_idx_files.hashlib, "sha256", counting)
    fetch_fashion_mnist(data_home=tmp_path)
    assert len(hashed) == 2
    fetch_fashion_mnist(data_home=tmp_path)
    assert len(hashed) == 2
    path = tmp_path / TRAIN_IMAGES
    path.write_bytes(_altered(small.contents[TRAIN_IMAGES]))
    os.utime(path, ns=(1, 1))
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path)


def test_a_change_that_hides_itself_is_seen(small, tmp_path):
    """The same size and the same time of change, as after an archive is unpacked over it."""
    path = small.put(tmp_path) / TRAIN_IMAGES
    unpacked = bytearray(gzip.decompress(small.contents[TRAIN_IMAGES]))
    path.write_bytes(unpacked)
    os.utime(path, ns=(1, 1))
    fetch_fashion_mnist(data_home=tmp_path)
    unpacked[-1] ^= 1
    path.write_bytes(unpacked)
    os.utime(path, ns=(1, 1))
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path)


def test_no_more_is_unpacked_than_should_be_there(small, tmp_path):
    """A file of half a megabyte that would fill the memory."""
    header = small.files["train"][0].header
    path = tmp_path / TRAIN_IMAGES
    with gzip.open(path, "wb", compresslevel=9) as bomb:
        bomb.write(header)
        for _ in range(200):
            bomb.write(bytes(1_000_000))
    small.put(tmp_path, [TRAIN_LABELS])
    tracemalloc.start()
    try:
        with pytest.raises(OSError, match="more than 23536 bytes"):
            fetch_fashion_mnist(data_home=tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def _with_a_long_name(content):
    return content[:3] + b"\x08" + content[4:10] + b"a" * 5_000_000 + b"\0" + content[10:]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: gzip.compress(b"") * 60_000 + content, "too many for 23536 unpacked"),
        (lambda content: b"\x1f\x8b" + bytes(2_000_000), "too many for 23536 unpacked"),
        (_with_a_long_name, "too many for 23536 unpacked"),
    ],
    ids=["empty parts", "zeros", "long name"],
)
def test_packed_files_of_absurd_size(small, tmp_path, spoil, reason):
    small.put(tmp_path)
    (tmp_path / TRAIN_IMAGES).write_bytes(spoil(small.contents[TRAIN_IMAGES]))
    with pytest.raises(OSError, match=reason):
        fetch_fashion_mnist(data_home=tmp_path)


def test_an_unpacked_file_of_absurd_size(small, tmp_path):
    path = small.put(tmp_path) / TRAIN_IMAGES
    path.write_bytes(gzip.decompress(small.contents[TRAIN_IMAGES]))
    os.truncate(path, 1 << 40)  # takes no room on the disk
    with pytest.raises(OSError, match="more than 23536 bytes"):
        fetch_fashion_mnist(data_home=tmp_path)


def test_too_many_parts(small, tmp_path, monkeypatch):
    monkeypatch.setattr(_idx_files, "_MAX_PARTS", 5)
    path = small.put(tmp_path) / TRAIN_IMAGES
    content = small.contents[TRAIN_IMAGES]
    path.write_bytes(gzip.compress(b"") * 4 + content)
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == small.n_train
    path.write_bytes(gzip.compress(b"") * 5 + content)
    with pytest.raises(OSError, match="more than 5 parts"):
        fetch_fashion_mnist(data_home=tmp_path)


@pytest.mark.parametrize("zeros", [1, 3_000_000])
def test_files_of_several_parts_and_zeros_at_the_end(small, tmp_path, monkeypatch, zeros):
    """As the gzip module reads them."""
    monkeypatch.setattr(_idx_files, "_OVERHEAD", 1 << 23)
    raw = gzip.decompress(small.contents[TRAIN_IMAGES])
    parts = [gzip.compress(raw[start : start + 5000]) for start in range(0, len(raw), 5000)]
    path = small.put(tmp_path) / TRAIN_IMAGES
    path.write_bytes(b"".join(parts) + bytes(zeros))
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == small.n_train
    path.write_bytes(b"".join(parts) + bytes(zeros) + b"11")
    with pytest.raises(OSError, match="no intact gzip file"):
        fetch_fashion_mnist(data_home=tmp_path)
