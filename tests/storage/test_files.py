"""A file is there whole or not at all."""

import errno
import gzip
import hashlib
import os
import threading
from pathlib import Path

import pytest

from skfashion.storage import _files, new_file, new_folder, sha256_of

needs_links = pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links")
needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")


def write(path, content=b"new"):
    with new_file(path) as file:
        file.write(content)


def fail_after(_, error):
    raise error


@pytest.mark.parametrize("kind", [str, Path])
def test_it_is_written(tmp_path, kind):
    write(kind(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_name_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("file")
    assert Path("file").read_bytes() == b"new"


def test_it_has_no_name_until_it_is_complete(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with new_file(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
        (unfinished,) = set(os.listdir(tmp_path)) - {"file"}
        assert unfinished.startswith(".")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failure_changes_nothing(tmp_path, error, old):
    path = tmp_path / "file"
    if old:
        path.write_bytes(old)
    before = os.listdir(tmp_path)
    with pytest.raises(error, match="mid-way"), new_file(path) as file:
        fail_after(file.write(b"half"), error("mid-way"))
    assert os.listdir(tmp_path) == before
    assert not old or path.read_bytes() == old


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_failure_at_the_end_changes_nothing(tmp_path, monkeypatch, step):
    def fail(*_):
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(_files.os, step, fail)
    with pytest.raises(OSError, match="broken disk"):
        write(tmp_path / "file")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_full_disk(tmp_path, monkeypatch):
    def open_full(path, mode):
        Path(path).touch()
        return open("/dev/full", "wb")

    monkeypatch.setattr(_files, "open", open_full, raising=False)
    with pytest.raises(OSError) as info:
        write(tmp_path / "file")
    assert info.value.errno == errno.ENOSPC
    assert os.listdir(tmp_path) == []


def test_file_systems_that_cannot_sync(tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(_files.os, "fsync", fail)
    write(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"new"


def test_file_and_folder_are_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(_files.os, "fsync", lambda fd: synced.append(os.fstat(fd).st_ino))
    write(tmp_path / "file")
    assert synced == [(tmp_path / "file").stat().st_ino, tmp_path.stat().st_ino]


def test_the_block_may_read_and_close_it(tmp_path):
    with new_file(tmp_path / "file") as file, gzip.open(file, "wb") as packed:
        packed.write(b"content")
    assert gzip.decompress((tmp_path / "file").read_bytes()) == b"content"
    with new_file(tmp_path / "file") as file:
        file.write(b"content")
        file.seek(0)
        assert file.read() == b"content"
        file.close()
    assert (tmp_path / "file").read_bytes() == b"content"


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere to write model to"):
        write(tmp_path / "nowhere" / "model")
    (tmp_path / "file").touch()
    with pytest.raises(FileNotFoundError, match=r"no folder .*file to write model to"):
        write(tmp_path / "file" / "model")


def test_folder_instead_of_file(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder: give the name of a file"):
        write(tmp_path)


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_permissions_are_those_of_open(tmp_path, umask):
    before = os.umask(umask)
    try:
        (tmp_path / "plain").touch()
        write(tmp_path / "file")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_permissions_of_the_old_file_stay(tmp_path):
    path = tmp_path / "file"
    path.touch()
    path.chmod(0o640)
    before = path.stat()
    write(path)
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_the_owner_of_the_old_file_stays(tmp_path):
    path = tmp_path / "file"
    path.touch()
    os.chown(path, 1234, 1234)
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1234)


def test_write_protected_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(_files.os, "access", lambda path, mode: False)  # root may write all
    with pytest.raises(PermissionError, match="write-protected"):
        write(path)
    assert path.read_bytes() == b"old"


@needs_links
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path, there):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "file"
    if there:
        target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(Path("real", "file"))
    write(link)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path / "real") == ["file"]


@needs_links
def test_links_that_lead_nowhere(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone" / "file")
    with pytest.raises(FileNotFoundError, match="no folder .*gone"):
        write(tmp_path / "link")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OSError):
        write(tmp_path / "loop")
    assert (tmp_path / "loop").is_symlink()


@needs_pipes
def test_a_pipe_is_written_to(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write(pipe)
    reader.join(10)
    assert read == [b"new"]
    assert pipe.is_fifo()


@pytest.mark.skipif(not os.path.exists("/dev/null"), reason="there is no /dev/null")
def test_dev_null_stays_what_it_is():
    before = os.stat("/dev/null").st_ino
    write("/dev/null")
    assert os.stat("/dev/null").st_ino == before
    assert not os.path.isfile("/dev/null")


@pytest.mark.parametrize("n", [200, 255])
def test_long_names(tmp_path, n):
    write(tmp_path / ("x" * n))
    assert os.listdir(tmp_path) == ["x" * n]


def test_names_that_are_too_long(tmp_path):
    with pytest.raises(OSError):
        write(tmp_path / ("x" * 256))
    assert os.listdir(tmp_path) == []


def test_threads_that_write_the_same_file(tmp_path):
    contents = [bytes([i]) * 100_000 for i in range(8)]
    threads = [threading.Thread(target=write, args=(tmp_path / "file", c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "file").read_bytes() in contents
    assert os.listdir(tmp_path) == ["file"]


# Folders.


def test_a_new_folder_stays_if_all_goes_well(tmp_path):
    with new_folder(str(tmp_path / "a" / "b")) as folder:
        assert folder.is_dir()
    assert folder == tmp_path / "a" / "b"
    assert folder.is_dir()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("there", ["", "a", "a/b"])
def test_a_failure_removes_the_folders_that_were_made(tmp_path, error, there):
    (tmp_path / there).mkdir(parents=True, exist_ok=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(error), new_folder(tmp_path / "a" / "b"):
        raise error
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_with_something_in_it_stays(tmp_path):
    with pytest.raises(ValueError), new_folder(tmp_path / "a" / "b") as folder:
        fail_after((folder / "file").touch(), ValueError())
    assert (tmp_path / "a" / "b" / "file").exists()


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "file").touch()
    for path in ("file", "file/a"):
        with pytest.raises(OSError), new_folder(tmp_path / path):
            pytest.fail("the block was run")
    assert (tmp_path / "file").is_file()


# Digests.


def test_sha256(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    assert sha256_of(path) == sha256_of(str(path)) == hashlib.sha256(b"content").hexdigest()
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "none")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EIO])
def test_a_full_disk_names_the_file(tmp_path, number):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    error = OSError(number, os.strerror(number))
    with pytest.raises(OSError, match=r"/file'$") as caught, new_file(path) as file:
        fail_after(file.write(b"half"), error)
    assert caught.value.errno == number
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_other_errors_are_left_as_they_are(tmp_path):
    error = ConnectionResetError(errno.ECONNRESET, "reset")
    with pytest.raises(ConnectionResetError, match=r"reset$"), new_file(tmp_path / "file") as file:
        fail_after(file.write(b"half"), error)
