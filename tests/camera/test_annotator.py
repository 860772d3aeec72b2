"""Frames with box and name."""

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.camera import FrameAnnotator
from skfashion.datasets import make_garments
from skfashion.persistence import load
from skfashion.photos import make_photo_pipeline

RED = (220, 30, 60)


def has_red(picture):
    return (picture == RED).all(axis=2).any()


@pytest.fixture(scope="module")
def clips(trained, draw_frames):
    """Return a function of a background: classes and frames of garments that the model knows."""
    classifier = load(trained, device="cpu")
    bunch = make_garments(60, random_state=5)
    names = bunch.target_names[bunch.target]
    sure = (classifier.predict(bunch.images) == names).nonzero()[0]
    sure = sure[classifier.predict_proba(bunch.images[sure]).max(axis=1) > 0.8][:5]

    def clips(background):
        return classifier, [
            (names[i], *draw_frames(bunch.images[i], background, n_frames=10)) for i in sure
        ]

    return clips


def annotated(classifier, clips, method):
    annotator = FrameAnnotator(make_photo_pipeline(classifier, method=method))
    for name, frames, boxes in clips:
        for frame, box in zip(frames, boxes, strict=True):
            yield name, box, annotator.annotate(frame)


@pytest.mark.parametrize("method", ["border", "grabcut"])
def test_names_are_right_in_most_frames_over_a_plain_background(clips, plain, method, overlap):
    results = list(annotated(*clips(plain), method))
    right = [result.name == name for name, _, result in results]
    assert np.mean(right) > 0.8
    boxes = [overlap(result.garment.box, box) for _, box, result in results]
    assert np.median(boxes) > 0.9


def test_garments_are_found_over_a_busy_background(clips, busy, overlap):
    results = list(annotated(*clips(busy), "grabcut"))
    boxes = [overlap(r.garment.box, box) if r.garment.found else 0 for _, box, r in results]
    assert np.median(boxes) > 0.7


def test_box_and_name_are_drawn(annotator, towel):
    before = towel.copy()
    result = annotator.annotate(towel)
    assert (result.name, result.probability) == ("Shirt", pytest.approx(0.7))
    assert (towel == before).all()  # the frame stays as it was
    changed = (result.picture != towel).any(axis=2)
    assert has_red(result.picture)
    assert not changed[100:150, 130:190].any()  # the garment can still be seen
    assert result.image.shape == (28, 28, 1)
    assert result.image[14, 14] > 0


@pytest.mark.parametrize(("threshold", "drawn"), [(0, True), (0.7, True), (0.71, False)])
def test_threshold(pipeline, towel, threshold, drawn):
    result = FrameAnnotator(pipeline, threshold=threshold).annotate(towel)
    assert (result.name is not None) == drawn
    assert has_red(result.picture) == drawn
    assert result.probability == pytest.approx(0.7)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, "high", None, float("nan")])
def test_a_threshold_is_a_probability(pipeline, threshold):
    with pytest.raises(ValueError, match="threshold=.* is not a probability: give 0 to 1"):
        FrameAnnotator(pipeline, threshold=threshold)


def test_nothing_is_drawn_without_a_garment(annotator, plain):
    result = annotator.annotate(plain)
    assert (result.name, result.probabilities, result.probability) == (None, None, None)
    assert (result.picture == plain).all()
    assert not result.image.any()


def test_probabilities_of_a_garment_do_not_flicker(annotator, towel, plain):
    answers = iter([[0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9]])
    annotator._classifier.predict_proba = lambda images: np.array([next(answers)])
    annotator._classifier.classes_ = np.array(["Shirt", "Coat"])
    names = [annotator.annotate(towel).name for _ in range(3)]
    assert names == ["Shirt", "Shirt", "Coat"]
    for _ in range(10):  # the garment goes, and another one comes
        assert annotator.annotate(plain).name is None
    annotator.tracker._age = 10
    assert annotator.annotate(towel).probability == pytest.approx(0.9)


def test_frames_larger_than_the_segmenter_takes(annotator, towel):
    large = towel.repeat(4, axis=0).repeat(4, axis=1)
    result = annotator.annotate(large)
    rows, columns = (result.picture == RED).all(axis=2).nonzero()
    assert result.picture.shape == large.shape
    assert (rows.max(), columns.max()) == (
        pytest.approx(190 * 4, abs=12),
        pytest.approx(840, abs=12),
    )
