"""Where frames come from."""

import os
import random

import numpy as np
import pytest

pytest.importorskip("cv2")
import cv2

from skfashion.camera import VideoWriter, open_source
from skfashion.photos import write_image


def grey(value, size=(48, 64)):
    return np.full((*size, 3), value, np.uint8)


@pytest.fixture
def clip(tmp_path):
    """A video of eight frames, the red ones first, at 12 frames a second."""
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, 12) as video:
        for i in range(8):
            video.write(np.full((48, 64, 3), (200, 20, 20) if i < 4 else (20, 20, 200), np.uint8))
    return path


@pytest.mark.parametrize("kind", [str, os.fspath, lambda path: path])
def test_a_video_file(clip, kind):
    with open_source(kind(clip)) as source:
        frames = list(source)
        assert (source.name, source.fps, source.live) == (str(clip), 12, False)
        assert len(frames) == len(list(source)) == 8  # from the beginning again
    assert {(frame.shape, frame.dtype.name) for frame in frames} == {((48, 64, 3), "uint8")}
    red, blue = frames[0].mean(axis=(0, 1)), frames[-1].mean(axis=(0, 1))
    assert red.argmax() == 0
    assert blue.argmax() == 2


def test_a_folder_is_in_the_order_of_its_numbers(tmp_path):
    for i in (10, 9, 100):
        write_image(tmp_path / f"frame{i}.png", grey(i))
    write_image(tmp_path / ".hidden.png", grey(1))
    (tmp_path / "notes.txt").write_text("text")
    with open_source(tmp_path) as source:
        assert [frame[0, 0, 0] for frame in source] == [9, 10, 100]
        assert source.fps == 25


def test_a_bad_frame_of_a_folder_is_left_out(tmp_path):
    write_image(tmp_path / "1.png", grey(1))
    (tmp_path / "2.png").write_text("text")
    write_image(tmp_path / "3.png", grey(3))
    with pytest.warns(UserWarning, match=r"left out: .*2\.png is not an image"):
        assert len(list(open_source(tmp_path))) == 2
    for name in ("1.png", "3.png"):
        (tmp_path / name).write_text("text")
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(ValueError, match="no image that can be read"),
    ):
        list(open_source(tmp_path))


def test_a_folder_without_images(tmp_path):
    (tmp_path / "notes.txt").write_text("text")
    with pytest.raises(ValueError, match="has no images to take as frames; looked for .jpg"):
        open_source(tmp_path)


def test_a_source_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        open_source(tmp_path / "nowhere.mp4")


def test_an_empty_name():
    with pytest.raises(ValueError, match="name of the source is empty"):
        open_source("")


@pytest.mark.parametrize(
    "content",
    [b"", b"text\n" * 99, random.Random(0).randbytes(5000), b"ftypisom" * 99],
    ids=["empty", "text", "noise", "brand"],
)
@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi", "notes.txt"])
def test_a_file_that_is_no_video(tmp_path, name, content, capfd):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match="is not a video that OpenCV can read"):
        open_source(tmp_path / name)
    assert capfd.readouterr() == ("", "")


def test_a_damaged_video(clip, capfd):
    clip.write_bytes(clip.read_bytes()[:300])
    with pytest.raises(ValueError, match="is not a video that OpenCV can read"):
        open_source(clip)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("number", [77, "77", "99999999999999999999"])
def test_a_camera_that_is_not_there(number, capfd):
    with pytest.raises(OSError, match=f"Camera {number} is not there, or another program uses"):
        open_source(number)
    assert capfd.readouterr() == ("", "")


class Webcam:
    """What OpenCV has of a webcam that is unplugged after some frames."""

    def __init__(self, n_frames):
        self.n_frames = n_frames
        self.released = False

    def grab(self):
        self.n_frames -= 1
        return self.n_frames >= 0

    def retrieve(self):
        return self.n_frames >= 0, grey(200)

    def read(self):
        return self.grab(), grey(200)

    def set(self, name, value):
        return True

    def get(self, name):
        return 0.0  # it does not know its frames a second

    def release(self):
        self.released = True


def test_a_webcam_that_is_unplugged(monkeypatch):
    webcam = Webcam(4)
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: webcam)
    frames = []
    with open_source(0) as source:
        assert (source.name, source.live, source.fps) == ("camera 0", True, 25)
        with pytest.raises(OSError, match="Camera 0 sends no more frames: was it unplugged?"):
            frames.extend(source)
    assert webcam.released


def test_opencv_is_as_loud_afterwards_as_before(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENCV_FFMPEG_LOGLEVEL", raising=False)
    log = getattr(cv2.utils, "logging", cv2)  # cv2 itself before OpenCV 4.13
    level = log.getLogLevel()
    with pytest.raises(OSError, match="not there"):
        open_source(77)
    assert log.getLogLevel() == level
    assert "OPENCV_FFMPEG_LOGLEVEL" not in os.environ
