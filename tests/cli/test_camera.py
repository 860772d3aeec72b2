"""`skfashion camera`."""

import json
import os
import re
import signal
import socket
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.camera import FrameSource, VideoWriter, open_source

BORDER = ("--method", "border")


@pytest.fixture
def clip(tmp_path):
    """A clip of trousers that move over a plain background, 12 frames of 240 x 320."""
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, 20) as video:
        for i in range(12):
            frame = np.full((240, 320, 3), 200, np.uint8)
            frame[40:200, 100 + i : 124 + i] = frame[40:200, 136 + i : 160 + i] = 40
            frame[40:70, 100 + i : 160 + i] = 40
            video.write(frame)
    return path


def test_a_video_is_written(run, trained, clip):
    options = ("--source", clip, "--output", "named.mp4", "--threshold", "0", *BORDER)
    code, out, err = run("camera", "--model", trained, *options)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"Video +named\.mp4 \(12 frames, [\d.]+ a second\)\n", out)
    with open_source("named.mp4") as named, open_source(clip) as source:
        assert named.fps == source.fps == 20
        pairs = list(zip(named, source, strict=True))
    for frame, before in pairs:
        reddened = (frame[:, :, 0].astype(int) - frame[:, :, 1] > 60).any(axis=1)
        assert reddened.any()
        assert frame.shape == before.shape


def test_a_webcam_is_written_again(run, trained, clip, monkeypatch):
    import skfashion.camera

    class Webcam(FrameSource):
        live = True

        def __iter__(self):
            with open_source(clip) as frames:
                yield from frames

    def opened(source):
        return Webcam("camera 0")

    monkeypatch.setattr(skfashion.camera, "open_source", opened)
    for _ in range(2):  # the second time the file is there
        options = ("--source", "0", "--output", "named.mp4", *BORDER)
        code, out, err = run("camera", "--model", trained, *options)
        assert (code, err) == (0, "")
        assert re.match(r"Video +named\.mp4 ", out)


def test_a_folder_of_frames(run, trained, write_garments):
    write_garments("1.png", "2.png", "10.png")
    options = ("--source", ".", "--output", "named.mp4", *BORDER)
    code, out, err = run("camera", "--model", trained, *options)
    assert (code, err) == (0, "")
    assert "(3 frames" in out


FAILURES = {
    "nowhere.mp4": r"nowhere\.mp4: no such file or folder; a source is one, or the number of",
    "text.mp4": r"text\.mp4 is not a video that OpenCV can read\.",
    "folder": r"folder has no images to take as frames; looked for \.jpg, .*",
    "77": r"Camera 77 is not there, or another program uses it: give the number of another .*",
}


@pytest.mark.parametrize("output", [(), ("--output", "named.mp4")])
@pytest.mark.parametrize("source", FAILURES)
def test_sources_that_cannot_be_used(run, trained, tmp_path, source, output):
    (tmp_path / "text.mp4").write_text("text")
    (tmp_path / "folder").mkdir()
    code, out, err = run("camera", "--model", trained, "--source", source, *output)
    assert (code, out) == (1, "")
    assert re.match(f"skfashion: {FAILURES[source]}", err)
    assert err.count("\n") == 1
    assert not (tmp_path / "named.mp4").exists()


def test_the_classifier_of_the_package_names_what_is_seen(run, clip):
    code, out, err = run("camera", "--source", clip, "--output", "named.mp4", *BORDER)
    assert (code, err) == (0, "")
    assert "(12 frames" in out


def test_a_model_that_is_not_there(run, clip):
    code, _, err = run("camera", "--source", clip, "--model", "nowhere.skfashion")
    assert code == 1
    assert re.fullmatch(r"skfashion: .*nowhere\.skfashion.*\n", err)


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("named.avi", "give a name that ends in .mp4"),
        ("clip.mp4", "is the source itself: give --output another name"),
        ("nowhere/named.mp4", "There is no folder nowhere to write named.mp4 to."),
    ],
)
def test_outputs_that_cannot_be_written(run, clip, output, wanted):
    before = clip.read_bytes()
    options = ("--model", "nowhere.skfashion", "--source", clip, "--output", output, *BORDER)
    code, _, err = run("camera", *options)  # the model, which is missing, is loaded after that
    assert code == 1
    assert wanted in err
    assert clip.read_bytes() == before


@pytest.mark.parametrize(
    "option",
    [("--threshold", "1.5"), ("--threshold", "high"), ("--threshold", "nan"), ("--port", "70000")],
)
def test_options_that_are_refused(run, option):
    code, _, err = run("camera", *option)
    assert code == 2
    assert f"'{option[1]}' is not" in err or f"{option[1]!r} is not" in err


def test_options_of_a_training_are_refused(run):
    code, _, err = run("--epochs", "3", "camera")
    assert code == 2
    assert "--epochs: not for camera" in err


def test_a_port_in_use(run, trained, clip):
    pytest.importorskip("uvicorn")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        options = ("--source", clip, "--port", port, *BORDER)
        code, out, err = run("camera", "--model", trained, *options)
    assert (code, out) == (1, "")
    assert err == f"skfashion: Port {port} of 127.0.0.1 is in use. Give another, or 0 for any.\n"


def test_a_missing_extra(run, trained, clip, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    code, _, err = run("camera", "--model", trained, "--source", clip, *BORDER)
    assert code == 1
    assert err == 'skfashion: Live pages need uvicorn: pip install "skfashion[camera]"\n'


@contextmanager
def pressing_ctrl_c(wait):
    """Press Ctrl-C when a function, which runs in another thread, has returned."""

    def press():
        try:
            results.append(wait())
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    results = []
    thread = threading.Thread(target=press)
    thread.start()
    yield results
    thread.join()


def repeated(function, seconds=20):
    """Call a function until it returns something, and return that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError):
            if result := function():
                return result
        time.sleep(0.02)
    raise TimeoutError


BOUNDARY = b"--frame\r\n"


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_ends_the_page(run, trained, clip):
    pytest.importorskip("uvicorn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

    def watch():
        stream = repeated(lambda: urllib.request.urlopen(f"{url}/stream"))
        assert stream.readline() == BOUNDARY
        return stream, json.load(urllib.request.urlopen(f"{url}/state"))

    with pressing_ctrl_c(watch) as watched:
        port = url.rpartition(":")[2]
        options = ("--source", clip, "--port", port, *BORDER)
        code, out, err = run("camera", "--model", trained, *options)
    assert (code, err) == (0, "")
    assert out == f"Live at {url} (Ctrl-C ends it)\n"
    [(stream, state)] = watched
    assert state["source"] == str(clip)
    assert (BOUNDARY + stream.read()).endswith(BOUNDARY)  # an open stream ends, too


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_leaves_a_finished_video(run, trained, tmp_path):
    with VideoWriter(tmp_path / "long.mp4", 20) as video:
        for _ in range(2000):
            video.write(np.full((120, 160, 3), 200, np.uint8))
    named = tmp_path / "named.mp4"

    def written():  # so far, under another name
        return sum(part.stat().st_size for part in tmp_path.glob(".named*"))

    with pressing_ctrl_c(lambda: repeated(written)):
        options = ("--source", "long.mp4", "--output", named, *BORDER)
        code, out, err = run("camera", "--model", trained, *options)
    assert (code, err) == (130, "")
    n_frames = int(re.search(r"\((\d+) frames?,", out)[1])
    assert 0 < n_frames < 2000
    assert len(list(open_source(named))) == n_frames
