"""What a user of fetch_fashion_mnist notices of downloads, and of their mishaps."""

import contextlib
import errno
import gzip
import io
import os
import time
import traceback
from pathlib import Path

import numpy as np
import pytest

from skfashion.datasets import _sources, fetch_fashion_mnist
from skfashion.storage import _files

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def _error_503(handler):
    handler.send_error(503)


def _cut_off(handler):
    content = handler.server.contents[TRAIN_IMAGES]
    handler.give(content[:100], length=len(content))


# ---------------------------------------------------------------------------------------
# Downloading
# ---------------------------------------------------------------------------------------


def test_download_then_no_network(small, server, tmp_path):
    first = fetch_fashion_mnist(data_home=tmp_path)
    np.testing.assert_array_equal(first.images, small.pixels[: small.n_train])
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])
    assert (tmp_path / "fashion-mnist" / TRAIN_IMAGES).read_bytes() == small.contents[TRAIN_IMAGES]
    fetch_fashion_mnist(data_home=tmp_path)
    assert server.asked == {TRAIN_IMAGES: 1, TRAIN_LABELS: 1}


def test_download_goes_to_the_environments_folder(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "environment"))
    fetch_fashion_mnist()
    assert left_in(tmp_path / "environment" / "fashion-mnist") == sorted(
        [TRAIN_IMAGES, TRAIN_LABELS]
    )


def test_downloaded_files_have_the_usual_permissions(server, tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    fetch_fashion_mnist(data_home=tmp_path)
    mode = (tmp_path / "fashion-mnist" / TRAIN_IMAGES).stat().st_mode
    assert mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("mishap", [_error_503, _cut_off, lambda handler: handler.give(b"<html>")])
def test_retry(small, server, tmp_path, mishap):
    server.answers[TRAIN_IMAGES] = [mishap, mishap]
    with pytest.warns(UserWarning, match=f"Retry downloading from url: .*{TRAIN_IMAGES}"):
        fashion = fetch_fashion_mnist(data_home=tmp_path, n_retries=2, delay=0)
    np.testing.assert_array_equal(fashion.images, small.pixels[: small.n_train])
    assert server.asked[TRAIN_IMAGES] == 3
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])


@pytest.mark.filterwarnings("ignore:Retry downloading")
@pytest.mark.parametrize("n_retries", [0, 2])
def test_n_retries_and_delay_are_kept(server, tmp_path, n_retries):
    server.contents[TRAIN_IMAGES] = b"no"
    start = time.perf_counter()
    with pytest.raises(OSError, match="could not be downloaded"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=n_retries, delay=0.05)
    assert server.asked[TRAIN_IMAGES] == n_retries + 1
    assert time.perf_counter() - start >= n_retries * 0.05
    assert left_in(tmp_path) == []


def test_altered_download_is_refused(small, server, tmp_path):
    content = bytearray(gzip.decompress(small.contents[TRAIN_IMAGES]))
    content[500] ^= 1
    server.contents[TRAIN_IMAGES] = gzip.compress(bytes(content))
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_no_network_says_what_to_do_and_is_quick(small, no_network, tmp_path):
    start = time.perf_counter()
    with pytest.raises(OSError) as info, pytest.warns(UserWarning, match="Retry"):
        fetch_fashion_mnist(subset="all", data_home=tmp_path, n_retries=3, delay=0.1)
    assert time.perf_counter() - start < 5
    message = str(info.value)
    folder = tmp_path / "fashion-mnist"
    for word in (_sources.URL, str(folder), "make_garments", *small.contents):
        assert word in message
    assert left_in(tmp_path) == []


def test_silent_host_is_asked_once(small, no_openml, tmp_path, monkeypatch):
    requests = pytest.importorskip("requests")
    asked = []

    def get(url, **kwargs):
        asked.append(kwargs["timeout"])
        raise requests.exceptions.ConnectTimeout("silence")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(OSError, match="silence"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=3, delay=10)
    assert len(asked) == 1
    assert asked[0][0] <= 10


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, MemoryError])
def test_interrupt_leaves_nothing(server, tmp_path, monkeypatch, interrupt):
    import pooch

    def download(self, url, stream, pooch):
        stream.write(b"half")
        stream.flush()
        assert len(left_in(tmp_path)) == 1
        raise interrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)
    with pytest.raises(interrupt):
        fetch_fashion_mnist(data_home=tmp_path)
    assert left_in(tmp_path) == []


def test_second_file_fails_first_stays(small, server, tmp_path):
    server.contents[TRAIN_LABELS] = b"no"
    with pytest.raises(OSError, match=TRAIN_LABELS):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == [TRAIN_IMAGES]
    server.contents[TRAIN_LABELS] = small.contents[TRAIN_LABELS]
    fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert server.asked[TRAIN_IMAGES] == 1


@pytest.mark.parametrize("there", ["", "new", "new/home", "new/home/fashion-mnist"])
def test_a_failure_leaves_no_empty_folder(no_network, tmp_path, there):
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(OSError, match="could not be downloaded"):
        fetch_fashion_mnist(data_home=tmp_path / "new" / "home", n_retries=0)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_failure_leaves_no_home_either(no_network, tmp_path, monkeypatch):
    with pytest.raises(OSError, match="could not be downloaded"):
        fetch_fashion_mnist(n_retries=0)
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "environment"))
    with pytest.raises(OSError, match="could not be downloaded"):
        fetch_fashion_mnist(n_retries=0)
    assert not list(tmp_path.iterdir())


def test_a_failure_is_one_readable_error(no_network, tmp_path):
    with pytest.raises(OSError) as info:
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    shown = "".join(traceback.format_exception(info.value))
    assert shown.count("Traceback") == 1
    message = str(info.value)
    assert message.count("Connection refused") == 2  # the official address, and OpenML
    assert " object at 0x" not in message
    assert info.value.errno is None  # nothing is wrong with the disk


def test_an_endless_answer_is_cut_off(server, tmp_path):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"x" * 100_000)

    server.answers[TRAIN_IMAGES] = [endless]
    with pytest.raises(OSError, match="longer than"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_a_bomb_that_is_downloaded_is_refused(server, tmp_path):
    server.contents[TRAIN_IMAGES] = gzip.compress(bytes(50_000_000))
    with pytest.raises(OSError, match="begins with"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_an_unpacked_file_is_not_downloaded_again(server, small, tmp_path):
    content = gzip.decompress(small.contents[TRAIN_IMAGES])
    (tmp_path / "train-images.idx3-ubyte").write_bytes(content)
    fashion = fetch_fashion_mnist(data_home=tmp_path)
    np.testing.assert_array_equal(fashion.images, small.pixels[: small.n_train])
    assert server.asked == {TRAIN_LABELS: 1}


# ---------------------------------------------------------------------------------------
# OpenML
# ---------------------------------------------------------------------------------------


def test_openml_steps_in_and_is_stored(small, openml, tmp_path):
    fashion = fetch_fashion_mnist(subset="all", data_home=tmp_path, n_retries=0)
    np.testing.assert_array_equal(fashion.images, small.pixels)
    np.testing.assert_array_equal(fashion.target, small.labels)
    assert openml[0]["data_id"] == 40996
    assert left_in(tmp_path) == sorted(small.contents)
    again = fetch_fashion_mnist(subset="test", data_home=tmp_path, download_if_missing=False)
    np.testing.assert_array_equal(again.images, small.pixels[small.n_train :])
    assert len(openml) == 1


def test_openml_completes_what_is_missing(small, openml, tmp_path):
    folder = small.put(tmp_path / "fashion-mnist", [TRAIN_IMAGES])
    before = (folder / TRAIN_IMAGES).stat().st_mtime_ns
    fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])
    assert (folder / TRAIN_IMAGES).stat().st_mtime_ns == before


def test_openml_with_other_pixels_is_refused(small, openml, tmp_path, monkeypatch):
    monkeypatch.setattr(
        _sources, "fetch_openml", lambda **_: (255 - small.pixels.reshape(-1, 784), small.labels)
    )
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


# ---------------------------------------------------------------------------------------
# Disks
# ---------------------------------------------------------------------------------------


class _FullFile(io.FileIO):
    def write(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_no_room(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_files, "open", lambda path, mode: _FullFile(path, "x"), raising=False)
    with pytest.raises(OSError, match="31 MB") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert info.value.errno == errno.ENOSPC
    assert str(tmp_path / "fashion-mnist") in str(info.value)
    assert server.asked == {TRAIN_IMAGES: 1}  # another try would not help
    assert left_in(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_no_room_for_real(server, tmp_path, monkeypatch):
    """A disk that is full when the last bytes are flushed."""
    import builtins

    def open_full(path, mode):
        Path(path).touch()
        return builtins.open("/dev/full", "wb")

    monkeypatch.setattr(_files, "open", open_full, raising=False)
    with pytest.raises(OSError, match="31 MB") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert info.value.errno == errno.ENOSPC
    assert left_in(tmp_path) == []


def test_openml_no_room(openml, tmp_path, monkeypatch):
    def write(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_sources.gzip.GzipFile, "write", write)
    with pytest.raises(OSError, match="31 MB"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_folder_closed(server, tmp_path, monkeypatch):
    def open_closed(path, mode):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(_files, "open", open_closed, raising=False)
    with pytest.raises(PermissionError, match="cannot be written to") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert str(tmp_path) in str(info.value)
    assert "data_home" in str(info.value)
    assert not server.asked


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_folder_closed_for_real(server, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(PermissionError, match="cannot be written to"):
        fetch_fashion_mnist(data_home=tmp_path / "closed")


def test_data_home_is_a_file(server, tmp_path):
    (tmp_path / "file").write_text("I am no folder")
    with pytest.raises(OSError, match="there is a file of that name"):
        fetch_fashion_mnist(data_home=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "I am no folder"
