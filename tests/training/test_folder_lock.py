"""A folder has one user at a time."""

import os
import signal

import pytest

from skfashion.training._folder_lock import folder_lock


def test_one_at_a_time(tmp_path):
    with folder_lock(tmp_path) as first, folder_lock(tmp_path) as second:
        assert (first, second) == (True, False)
    with folder_lock(tmp_path) as later:
        assert later


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_killed_process_holds_nothing(tmp_path):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with folder_lock(tmp_path) as held:
            os.write(writing, b"held" if held else b"not ")
            signal.pause()
    assert os.read(reading, 4) == b"held"
    with folder_lock(tmp_path) as held:
        assert not held
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with folder_lock(tmp_path) as held:
        assert held


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError), folder_lock(tmp_path / "none"):
        pass
