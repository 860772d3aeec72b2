"""Where the garment is."""

import math
import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skfashion.photos import GarmentSegmenter, _saliency

Image = pytest.importorskip("PIL.Image")
cv2 = pytest.importorskip("cv2")

MODELS = Path(__file__).parents[2] / ".." / "shared" / "models"
OWN = ["border", "grabcut"]
needs_u2netp = pytest.mark.skipif(not MODELS.is_dir(), reason="u2netp is not here")


def found(photo, method="border", **how):
    return GarmentSegmenter(method, **how).fit().transform([photo])[0]


def iou(a, b):
    return (a & b).sum() / (a | b).sum()


@pytest.mark.parametrize("method", ["colour", *OWN])
def test_a_shirt_on_paper(draw, shirt, method):
    garment = found(draw(), method)
    assert garment.mask.shape == (300, 240)
    assert garment.mask.dtype == bool
    assert iou(garment.mask, shirt) > 0.95
    np.testing.assert_allclose(garment.box, [40, 60, 200, 250], atol=2)
    assert 0.7 < garment.score <= 1
    assert garment.found


@pytest.mark.parametrize("ground_and_garment", [(200, 250), (160, 240), (120, 20), (60, 15)])
@pytest.mark.parametrize("method", OWN)
def test_a_little_brighter_or_darker(draw, shirt, method, ground_and_garment):
    assert iou(found(draw(*ground_and_garment), method).mask, shirt) > 0.95


@pytest.mark.parametrize("light", ["side", "below", "corners"])
@pytest.mark.parametrize("noise", [0, 5])
@pytest.mark.parametrize("method", OWN)
def test_uneven_light_and_noise(draw, shirt, method, light, noise):
    for background, garment in ((240, 60), (60, 200)):
        photo = draw(background, garment, noise, light)
        assert iou(found(photo, method).mask, shirt) > 0.9


@pytest.mark.parametrize("method", OWN)
def test_specks_and_frames(draw, shirt, method):
    photo = draw()
    photo[20:24, 10:14] = 0
    photo[[0, -1]] = photo[:, [0, -1]] = 0
    assert iou(found(photo, method).mask, shirt) > 0.95


@pytest.mark.parametrize("method", OWN)
def test_a_background_of_two_colours(draw, shirt, method):
    photo = draw(garment=60)
    photo[200:][~shirt[200:]] = (150, 110, 70)  # the floor
    assert iou(found(photo, method).mask, shirt) > 0.85


@pytest.mark.parametrize("method", OWN)
@pytest.mark.parametrize("noise", [0, 5])
def test_nothing_but_background(draw, method, noise):
    with pytest.warns(UserWarning, match="No garment was found in 1 of 1 photos: photo 0"):
        garment = found(draw(200, 200, noise), method)
    assert np.isnan(garment.box).all()
    assert not garment.mask.any()
    assert garment.score == 0
    assert not garment.found


def test_a_speck_is_no_garment(draw):
    photo = draw(200, 200)
    photo[100:106, 100:106] = 0
    with pytest.warns(UserWarning, match="No garment"):
        assert not found(photo).found
    assert found(photo, min_area=0).found


def test_photos_without_a_garment_are_named(draw, tmp_path):
    Image.fromarray(draw(200, 200)).save(tmp_path / "empty.png")
    with pytest.warns(UserWarning, match=r"in 1 of 2 photos: .*empty\.png"):
        GarmentSegmenter("border").fit().transform([draw(), str(tmp_path / "empty.png")])


def test_one_photo_without_a_warning(draw, shirt, tmp_path, recwarn):
    segmenter = GarmentSegmenter("border").fit()
    garment = segmenter.find(draw(), "frame 7")
    assert garment.found
    assert garment.name == "frame 7"
    assert not segmenter.find(draw(garment=250)).found
    path = tmp_path / "text.png"
    path.write_text("text")
    with pytest.raises(ValueError, match="text.png is not an image"):
        segmenter.find(path)
    with pytest.raises(NotFittedError):
        GarmentSegmenter("border").find(draw())
    assert not recwarn.list


def test_the_rules_of_the_colour_method():
    photo = np.full((400, 400, 3), (0, 0, 255), np.uint8)
    hsv = np.zeros((400, 400, 3), np.uint8)
    hsv[:] = (100, 200, 180)
    hsv[:, :100] = (100, 200 - 71, 180)  # beyond the saturation
    hsv[:, 300:] = (100, 200, 180 - 69)  # within the value
    photo = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    left, top, right, bottom = found(photo, "colour").box
    assert (top, right, bottom) == (0, 400, 400)
    assert abs(left - 100) <= 1
    # A part of the same colour that does not touch the centre's is not of the garment.
    hsv[:, 230:260] = (100, 20, 180)
    photo = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    assert abs(found(photo, "colour").box[2] - 230) <= 1


def test_hues_are_a_circle():
    photo = np.full((200, 200, 3), 255, np.uint8)
    photo[50:150, 50:150] = (200, 0, 8)  # hue 178
    photo[50:150, 100:150] = (200, 8, 0)  # hue 1
    np.testing.assert_allclose(found(photo, "colour").box, [50, 50, 150, 150], atol=1)


@pytest.mark.parametrize("method", ["colour", *OWN])
def test_an_alpha_channel_says_where(draw, shirt, method):
    photo = np.dstack([draw(250, 250), np.where(shirt, 255, 0)]).astype(np.uint8)
    garment = found(photo, method)
    np.testing.assert_array_equal(garment.mask, shirt)
    assert garment.score == 1
    assert garment.image.shape == (300, 240, 3)


def test_an_opaque_alpha_channel_says_nothing(draw, shirt):
    photo = np.dstack([draw(), np.full((300, 240), 255)]).astype(np.uint8)
    assert iou(found(photo).mask, shirt) > 0.95


def test_transparent_all_over(draw):
    photo = np.dstack([draw(), np.zeros((300, 240))]).astype(np.uint8)
    with pytest.warns(UserWarning, match="No garment"):
        assert not found(photo).found


def test_what_photos_can_be(draw, shirt, tmp_path):
    photo = draw()
    image = Image.fromarray(photo)
    image.save(tmp_path / "a.png")
    segmenter = GarmentSegmenter("border").fit()
    photos = [photo, photo[:, :, 0], photo[:, :, :1], image, tmp_path / "a.png"]
    for garment in segmenter.transform([*photos, str(tmp_path / "a.png")]):
        assert iou(garment.mask, shirt) > 0.95
    arrays = np.stack([photo, photo])
    for X in (arrays, arrays[..., 0], np.array([str(tmp_path / "a.png")] * 2)):
        assert [garment.found for garment in segmenter.transform(X)] == [True, True]


def test_columns_of_paths(draw, tmp_path):
    pandas = pytest.importorskip("pandas")
    Image.fromarray(draw()).save(tmp_path / "a.png")
    segmenter = GarmentSegmenter("border").fit()
    frame = pandas.DataFrame({"path": [str(tmp_path / "a.png")] * 2})
    for X in (frame, frame["path"]):
        assert [garment.found for garment in segmenter.transform(X)] == [True, True]
    assert segmenter.transform([]) == []


@pytest.mark.parametrize(
    "single", ["a.png", Path("a.png"), Image.new("L", (4, 4)), 3, None, {"a": 1}]
)
def test_a_single_photo_is_refused(single):
    with pytest.raises(TypeError, match=r"a list of photos is wanted: \[photo\]"):
        GarmentSegmenter("border").fit().transform(single)


@pytest.mark.parametrize("shape", [(300, 240, 3), (300, 240)])
def test_a_single_array_is_refused(shape):
    with pytest.raises(ValueError, match=r"one photo"):
        GarmentSegmenter("border").fit().transform(np.zeros(shape, np.uint8))


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (np.zeros((4, 4, 2), np.uint8), r"photo 0 came as \(4, 4, 2\)"),
        (np.zeros((0, 4), np.uint8), r"photo 0 came as \(0, 4\)"),
        (np.zeros((4, 4)), r"photo 0 came as float64.*uint8.*255 \* image"),
    ],
)
def test_arrays_that_are_no_photos(photo, message):
    with pytest.raises(ValueError, match=message):
        found(photo)


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (7, 7), (9, 300), (64, 64)])
@pytest.mark.parametrize("method", ["colour", *OWN])
@pytest.mark.filterwarnings("ignore:No garment")
def test_every_size(size, method):
    photo = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    garment = found(photo, method)
    assert garment.mask.shape == size
    assert np.isnan(garment.box).all() or garment.found


def test_max_size(draw):
    garment = found(draw(), max_size=100)
    assert garment.image.shape == (100, 80, 3)
    assert garment.mask.shape == (100, 80)
    assert found(draw(), max_size=None).image.shape == (300, 240, 3)


def test_the_photo_is_not_changed(draw):
    for method in ("colour", *OWN):
        photo = draw()
        photo.flags.writeable = False
        before = photo.copy()
        found(photo, method)
        np.testing.assert_array_equal(photo, before)


@pytest.mark.parametrize("method", OWN)
def test_the_same_each_time(draw, method):
    photo = draw(noise=20)
    photo[:, 120:] //= 2
    cv2.setRNGSeed(1)
    first = found(photo, method).mask
    assert first.any()
    cv2.setRNGSeed(2)
    np.testing.assert_array_equal(found(photo, method).mask, first)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"method": "grabcat"}, "method='grabcat' is not known.* Did you mean 'grabcut'"),
        ({"method": "border", "min_area": 1.5}, "min_area=1.5 is not a fraction"),
        ({"method": "border", "min_area": "a"}, "min_area='a' is not a fraction"),
        ({"method": None}, "method=None is not known"),
        ({"method": "border", "max_size": 0}, "max_size=0 is not a number"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        GarmentSegmenter(**parameters).fit()


def test_not_fitted(draw):
    with pytest.raises(NotFittedError):
        GarmentSegmenter().transform([draw()])


def test_without_opencv(monkeypatch):
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(ImportError, match=r'pip .* "skfashion\[photos\]"'):
        GarmentSegmenter("border").fit()


# u2netp.


@pytest.fixture
def no_network(monkeypatch):
    """Let every download fail, and count the tries."""
    tries = []

    def fail(url, path, **how):
        tries.append(url)
        raise _saliency.DownloadError(url, "no network")

    monkeypatch.setattr(_saliency, "download", fail)
    monkeypatch.setattr(_saliency, "_failures", {})
    return tries


@needs_u2netp
def test_u2netp(draw, shirt):
    photo = draw(noise=5)
    assert iou(found(photo, "u2netp", data_home=MODELS).mask, shirt) > 0.9


@needs_u2netp
def test_auto_takes_u2netp(monkeypatch):
    segmenter = GarmentSegmenter(data_home=MODELS).fit()
    assert segmenter.method_ == "u2netp"
    assert segmenter.model_file_ == MODELS / "u2netp.onnx"
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(MODELS))
    assert clone(segmenter).set_params(data_home=None).fit().method_ == "u2netp"
    copy = pickle.loads(pickle.dumps(segmenter))
    assert copy.method_ == "u2netp"


@pytest.mark.usefixtures("no_network")
def test_auto_goes_on_without_it(tmp_path, draw):
    segmenter = GarmentSegmenter(data_home=tmp_path)
    with pytest.warns(UserWarning, match='Going on with method="grabcut"') as caught:
        segmenter.fit()
    assert len(caught) == 1
    assert "\n" not in str(caught[0].message)
    assert "no network" in str(caught[0].message)
    assert segmenter.method_ == "grabcut"
    assert segmenter.transform([draw()])[0].found


def test_u2netp_that_is_not_there(tmp_path, no_network):
    segmenter = GarmentSegmenter("u2netp", data_home=tmp_path)
    for _ in range(3):
        with pytest.raises(OSError, match=r"u2netp is not there.*no network.*put u2netp\.onnx"):
            segmenter.fit()
    assert len(no_network) == 1  # a silent host is asked once a minute
    _saliency._failures[tmp_path / "u2netp.onnx"] = (-math.inf, "long ago")
    with pytest.raises(OSError, match="no network"):
        segmenter.fit()
    assert len(no_network) == 2
    segmenter.set_params(download_if_missing=False, data_home=tmp_path / "other")
    with pytest.raises(OSError, match="download_if_missing is False"):
        segmenter.fit()
    assert len(no_network) == 2


@needs_u2netp
def test_u2netp_is_looked_for_again_where_its_file_is_gone(tmp_path, monkeypatch, draw):
    """Of a segmenter that was fitted on another machine, or in another folder."""
    home = tmp_path / os.fsdecode(b"caf\xe9")
    home.mkdir()
    (home / "u2netp.onnx").write_bytes((MODELS / "u2netp.onnx").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKFASHION_DATA_HOME", home.name)
    segmenter = GarmentSegmenter().fit()
    assert segmenter.model_file_.is_absolute()
    expected = segmenter.transform([draw()])[0].mask
    (home / "u2netp.onnx").unlink()
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(MODELS))
    np.testing.assert_array_equal(segmenter.transform([draw()])[0].mask, expected)
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(home))
    segmenter.set_params(download_if_missing=False)
    with pytest.raises(OSError, match="u2netp is not there"):
        segmenter.transform([draw()])


def test_arrays_of_objects_and_tensors(draw):
    photos = np.array([draw(), draw()])
    segmenter = GarmentSegmenter("border").fit()
    for same in (photos.astype(object), torch.from_numpy(photos)):
        found = segmenter.transform(same)
        assert [garment.image.shape for garment in found] == [photos.shape[1:]] * 2
    with pytest.raises(ValueError, match="is that one photo without its batch axis"):
        segmenter.transform(torch.from_numpy(photos[0]))
    with pytest.raises(TypeError, match="X is a Tensor that is no array"):
        segmenter.transform(torch.zeros(2, 20, 20, 3, requires_grad=True))


def test_another_file_of_that_name(tmp_path):
    (tmp_path / "u2netp.onnx").write_bytes(b"something")
    with pytest.raises(OSError, match=r"is not u2netp: its SHA-256 is .*Delete it"):
        GarmentSegmenter("u2netp", data_home=tmp_path).fit()


@needs_u2netp
def test_it_is_downloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(_saliency, "URL", (MODELS / "u2netp.onnx").resolve().as_uri())
    segmenter = GarmentSegmenter("u2netp", data_home=tmp_path / "new").fit()
    assert segmenter.model_file_ == tmp_path / "new" / "u2netp.onnx"
    assert segmenter.model_file_.stat().st_size == _saliency.N_BYTES


def test_a_table_of_paths_and_labels_is_no_column():
    with pytest.raises(ValueError, match="are a single column"):
        GarmentSegmenter("border").fit_transform(np.array([["1.png", "shirt"]]))
