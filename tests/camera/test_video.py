"""Annotated videos."""

import os
import sys
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("cv2")
from skfashion.camera import VideoWriter, open_source, record


def test_a_video_has_as_many_frames_as_its_source(tmp_path, as_source, annotator, towel):
    with VideoWriter(tmp_path / "named.mp4", 20) as video:
        record(as_source([towel] * 7), annotator, video)
    assert video.n_frames == 7
    with open_source(tmp_path / "named.mp4") as source:
        frames = list(source)
        assert source.fps == 20
    assert len(frames) == 7
    assert frames[0].shape == towel.shape
    reds = (frames[-1].astype(int) - towel)[:, :, 0] > 100
    assert reds[150, 105:115].any()  # the box's left side


@pytest.mark.parametrize("size", [(120, 320), (480, 640), (240, 20), (1, 1)])
def test_frames_of_another_size_are_fitted_in(tmp_path, towel, size):
    with VideoWriter(tmp_path / "clip.mp4", 25) as video:
        video.write(towel)
        video.write(np.full((*size, 3), 255, np.uint8))
    first, second = open_source(tmp_path / "clip.mp4")
    assert first.shape == second.shape
    assert second[120, 160].min() > 200


def test_a_video_is_finished_after_ctrl_c(tmp_path, as_source, annotator, towel):
    class Interrupted(as_source):
        def __iter__(self):
            yield from self.frames
            raise KeyboardInterrupt

    path = tmp_path / "named.mp4"
    with pytest.raises(KeyboardInterrupt), VideoWriter(path, 25) as video:
        record(Interrupted([towel] * 4), annotator, video)
    assert len(list(open_source(path))) == 4


def test_a_webcam_is_as_fast_in_the_video_as_it_was(tmp_path, as_source, annotator, towel):
    def slow():
        for _ in range(4):
            time.sleep(0.1)  # ten frames a second
            yield towel

    annotator.annotate(towel)
    with VideoWriter(tmp_path / "clip.mp4", 40) as video:
        start = time.monotonic()
        record(as_source(slow(), live=True), annotator, video)
        seconds = time.monotonic() - start
    assert video.n_frames == pytest.approx(40 * seconds, abs=3)


@pytest.mark.parametrize("name", ["clip.avi", "clip", "clip.mp4.txt"])
def test_videos_are_mp4(tmp_path, name):
    with pytest.raises(ValueError, match="give a name that ends in .mp4"):
        VideoWriter(tmp_path / name, 25)


def test_paths_that_cannot_be_written(tmp_path):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(IsADirectoryError, match="this is a folder"):
        VideoWriter(tmp_path / "folder.mp4", 25)
    with pytest.raises(FileNotFoundError, match="There is no folder .*nowhere"):
        VideoWriter(tmp_path / "nowhere" / "clip.mp4", 25)


def test_a_file_that_is_write_protected(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write all
    with pytest.raises(PermissionError, match="cannot be written to"):
        VideoWriter(tmp_path / "clip.mp4", 25)


def test_without_pictures_there_is_no_file(tmp_path):
    (tmp_path / "old.mp4").write_text("old")
    for name in ("old.mp4", "new.mp4"):
        with VideoWriter(tmp_path / name, 25):
            pass
    assert (tmp_path / "old.mp4").read_text() == "old"
    assert not (tmp_path / "new.mp4").exists()


def test_names_with_a_colon(tmp_path, monkeypatch, towel):
    """FFmpeg would take what is before it for a protocol."""
    monkeypatch.chdir(tmp_path)
    with VideoWriter("12:30.mp4", 25) as video:
        video.write(towel)
    assert len(list(open_source("12:30.mp4"))) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_names_that_are_not_utf_8(tmp_path, towel):
    """OpenCV ends the process at them."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp4")
    with pytest.raises(ValueError, match="is not in UTF-8, and OpenCV takes no other paths"):
        VideoWriter(path, 25)
    with VideoWriter(tmp_path / "clip.mp4", 25) as video:
        video.write(towel)
    os.rename(tmp_path / "clip.mp4", path)
    with pytest.raises(ValueError, match="is not in UTF-8"):
        open_source(path)


@given(fps=st.one_of(st.floats(1, 240), st.integers(1, 240)))
@example(fps=119.877)
@example(fps=65.537)
@settings(max_examples=20, deadline=None)
def test_any_frame_rate_can_be_written(tmp_path_factory, fps):
    path = tmp_path_factory.mktemp("rates") / "clip.mp4"
    with VideoWriter(path, fps) as video:
        for _ in range(3):
            video.write(np.zeros((32, 32, 3), np.uint8))
    assert open_source(path).fps == pytest.approx(fps, abs=0.06)


def test_a_full_disk(tmp_path, towel, monkeypatch):
    """OpenCV does not say when nothing more is written; the old video stays."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"an old one")
    video = VideoWriter(path, 25)
    video.write(towel)
    monkeypatch.setattr("skfashion.camera._video._n_frames", lambda path: 0)
    with pytest.raises(OSError, match=r"clip\.mp4 is not written.*Is the disk full"):
        video.close()
    assert path.read_bytes() == b"an old one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_regular_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(ValueError, match="is no regular file"):
        VideoWriter(tmp_path / "pipe.mp4", 25)
    with pytest.raises(ValueError, match="is no regular file"):
        open_source(tmp_path / "pipe.mp4")


def test_a_damaged_video_is_told(tmp_path):
    rng = np.random.default_rng(0)
    with VideoWriter(tmp_path / "clip.mp4", 25) as video:
        for _ in range(40):
            video.write(rng.integers(0, 256, (96, 96, 3), dtype=np.uint8))
    content = bytearray((tmp_path / "clip.mp4").read_bytes())
    middle = len(content) // 3
    content[middle : middle + len(content) // 5] = bytes(len(content) // 5)
    (tmp_path / "damaged.mp4").write_bytes(content)
    with pytest.warns(UserWarning, match=r"damaged\.mp4 ended after \d+ of 40 frames"):
        n_frames = len(list(open_source(tmp_path / "damaged.mp4")))
    assert n_frames < 38
