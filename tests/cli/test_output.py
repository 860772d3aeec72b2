"""The folder that is written to, and its files."""

import os
import sys
from pathlib import Path

import pytest

from skfashion.cli._output import output_folder, write_file


def enter(folder, *files):
    with output_folder(folder, files):
        pass


def test_a_folder_is_made_and_stays_if_it_is_used(tmp_path):
    folder = tmp_path / "a" / "b"
    with output_folder(folder, [folder / "file"]):
        (folder / "file").write_text("")
    assert os.listdir(folder) == ["file"]


def test_empty_folders_are_removed_if_they_were_made_here(tmp_path):
    (tmp_path / "before").mkdir()
    with pytest.raises(KeyboardInterrupt), output_folder(tmp_path / "before" / "a" / "b", []):
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["before"]
    assert not os.listdir(tmp_path / "before")
    enter(tmp_path / "before")
    assert (tmp_path / "before").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError, match=r"--output takes a folder that can be written to") as e:
            enter(folder)
        assert e.value.filename == str(folder)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no /proc")
def test_a_folder_that_cannot_be_written_to():
    with pytest.raises(OSError, match=r"--output takes a folder that can be written to"):
        enter(Path("/proc/self"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="root may write")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(PermissionError, match=r"--output takes a folder that can be written to"):
        enter(tmp_path)
    with pytest.raises(PermissionError):
        enter(tmp_path / "below")


def test_a_folder_where_a_file_will_be(tmp_path):
    (tmp_path / "model").mkdir()
    with pytest.raises(IsADirectoryError, match="a file of this name will be written"):
        enter(tmp_path, tmp_path / "picture", tmp_path / "model")


def test_nothing_is_left_of_the_try(tmp_path):
    with output_folder(tmp_path, []):
        assert not os.listdir(tmp_path)


def test_what_is_written_is_said(tmp_path, capsys):
    assert write_file("Model", tmp_path / "model", lambda path: path.write_text("m"))
    assert capsys.readouterr() == (f"Model             {tmp_path / 'model'}\n", "")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device", "x.part"), "No space left on device"),
        (RuntimeError("unexpected pos 64"), "unexpected pos 64"),
        (ImportError("no package"), "no package"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path, capsys, error, reason):
    def fail(path):
        raise error

    assert not write_file("Model", tmp_path / "model", fail)
    line = f"skfashion: {tmp_path / 'model'} could not be written: {reason}\n"
    assert capsys.readouterr() == ("", line)


def test_a_folder_that_has_gone_is_made_again(tmp_path):
    file = tmp_path / "gone" / "model"
    assert write_file("Model", file, lambda path: path.write_text("m"))
    assert file.read_text() == "m"
