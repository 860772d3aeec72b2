"""Frames that are annotated in a thread of their own."""

import base64
import json
import threading
import time

import numpy as np
import pytest

pytest.importorskip("cv2")
import cv2

from skfashion.camera import LiveFeed


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def wait_for(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_newest_frame(as_source, annotator, towel):
    feed = LiveFeed(as_source([towel] * 3, fps=100), annotator)
    assert feed.shot.number == 0
    assert feed.shot.state["probabilities"] == []
    with feed:
        wait_for(lambda: feed.shot.number > 3)  # it begins again at the end
    assert not any(thread.name == "camera" for thread in threading.enumerate())
    state = json.loads(json.dumps(feed.shot.state))
    assert state["name"] == "Shirt"
    assert state["found"]
    assert state["source"] == "frames"
    assert state["frame"] == feed.shot.number
    assert state["fps"] > 1
    assert state["threshold"] == 0.5
    assert state["probability"] == pytest.approx(0.7)
    assert {bar["name"]: round(bar["probability"], 3) for bar in state["probabilities"]} == {
        "Coat": 0.3,
        "Shirt": 0.7,
    }
    kind, _, content = state["image"].partition(",")
    assert kind == "data:image/png;base64"
    assert decoded(base64.b64decode(content)).shape == (28, 28, 3)
    picture = decoded(feed.shot.jpeg).astype(int)
    assert picture.shape == towel.shape
    assert np.median(np.abs(picture - towel)) < 10


def test_no_garment(as_source, annotator, plain):
    with LiveFeed(as_source([plain], fps=100), annotator) as feed:
        wait_for(lambda: feed.shot.number)
    state = feed.shot.state
    assert (state["found"], state["name"], state["probability"]) == (False, None, None)
    assert [bar["probability"] for bar in state["probabilities"]] == [0, 0]


def test_a_file_is_not_shown_faster_than_it_is(as_source, annotator, towel):
    with LiveFeed(as_source([towel] * 100, fps=20), annotator) as feed:
        wait_for(lambda: feed.shot.number)
        time.sleep(0.5)
        assert feed.shot.number <= 14


def test_a_source_that_fails(as_source, annotator):
    class Failing(as_source):
        def __iter__(self):
            raise OSError("Camera 0 sends no more frames")

    failed = threading.Event()
    with LiveFeed(Failing([]), annotator, when_it_fails=failed.set) as feed:
        assert failed.wait(10)
    assert str(feed.problem) == "Camera 0 sends no more frames"
