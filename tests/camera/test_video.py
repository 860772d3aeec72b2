"""Annotated videos."""

import time

import numpy as np
import pytest

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
