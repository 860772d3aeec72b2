"""Features of a frozen backbone of one's own."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from torch import nn

from skfashion.photos import FashionMNISTConverter, GarmentSegmenter
from skfashion.pretrained import BackboneFeatures

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (10, 16, 12, 3), dtype=np.uint8)


def maps():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.Dropout(0.5))


def test_features_are_those_of_the_module():
    module = maps()
    features = BackboneFeatures(module, batch_size=4, device="cpu").fit_transform(X)
    assert (features.shape, features.dtype) == ((10, 8), np.float32)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x = ((torch.tensor(X) / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.no_grad():
        wanted = module.eval()(x).mean((2, 3)).numpy()
    np.testing.assert_allclose(features, wanted, atol=1e-5)


def test_the_module_stays_as_it_is():
    module = maps()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    BackboneFeatures(module).fit_transform(X)
    assert module.training
    assert module[1].training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_rows_of_features_are_taken_as_they_are():
    module = nn.Sequential(nn.Flatten(), nn.Linear(16 * 12 * 3, 5))
    assert BackboneFeatures(module).fit_transform(X).shape == (10, 5)


def test_each_channel_gets_a_grey_image():
    features = BackboneFeatures(maps())
    grey = X[..., 0]
    expected = features.fit_transform(np.stack([grey] * 3, axis=3))
    np.testing.assert_allclose(features.fit_transform(grey), expected)
    np.testing.assert_allclose(features.fit_transform(grey[..., None]), expected)


def test_white():
    features = BackboneFeatures(maps()).fit_transform(X)
    of_fractions = BackboneFeatures(maps(), white=1).fit_transform(X / np.float32(255))
    np.testing.assert_allclose(features, of_fractions, atol=1e-5)


def test_parameters_change_something():
    plain = BackboneFeatures(maps()).fit_transform(X)
    for change in ({"mean": [0.1, 0.1, 0.1]}, {"std": [0.5, 0.5, 0.5]}):
        assert not np.allclose(BackboneFeatures(maps(), **change).fit_transform(X), plain)


def test_features_have_names():
    pandas = pytest.importorskip("pandas")
    features = BackboneFeatures(maps()).set_output(transform="pandas").fit(X)
    names = [f"backbonefeatures{i}" for i in range(8)]
    assert features.get_feature_names_out().tolist() == names
    assert isinstance(features.transform(X), pandas.DataFrame)
    assert features.transform(X).columns.tolist() == names


def test_on_photos(draw_photo):
    photos = [draw_photo(shade) for shade in (20, 60, 150, 120)]
    classifier = make_pipeline(
        GarmentSegmenter("border"),
        FashionMNISTConverter((32, 32, 3), background="photo", negate=False, match_tone=False),
        BackboneFeatures(maps()),
        LogisticRegression(),
    )
    labels = ["dark", "dark", "light", "light"]
    assert classifier.fit(photos, labels).predict(photos).tolist() == labels


@pytest.fixture
def draw_photo():
    pytest.importorskip("cv2")

    def draw(shade):
        photo = np.full((120, 100, 3), 250, np.uint8)
        photo[20:100, 30:70] = shade
        return photo

    return draw


def test_clones_share_the_module():
    features = BackboneFeatures(maps(), batch_size=3)
    assert clone(features).module is features.module
    assert clone(features).batch_size == 3


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"module": nn.Conv2d}, TypeError, "is no torch.nn.Module: give a network"),
        ({"module": None}, TypeError, "module=None is no torch.nn.Module"),
        ({"mean": [0.5]}, ValueError, "do not go together: give one number for each channel"),
        ({"std": [1, 0, 1]}, ValueError, "std above 0"),
        ({"white": 0}, ValueError, "'white' .* must be a float in the range .* Got 0"),
        ({"batch_size": 0}, ValueError, "'batch_size' .* must be an int in the range .* Got 0"),
        ({"device": "cuda:99"}, ValueError, "device='cuda:99'"),
    ],
)
def test_wrong_parameters(change, error, message):
    with pytest.raises(error, match=message):
        BackboneFeatures(**{"module": maps()} | change).fit(X)


@pytest.mark.parametrize("images", [X[..., :2], X[0, 0], X[:0], np.zeros((2, 3, 4, 5, 3))])
def test_wrong_images(images):
    features = BackboneFeatures(maps()).fit(X)
    with pytest.raises(ValueError, match=r"images of shape \(n, H, W, 3\) or \(n, H, W\)"):
        features.transform(images)
    with pytest.raises(ValueError, match=r"images of shape \(n, H, W, 3\) or \(n, H, W\)"):
        features.fit(images)


@pytest.mark.parametrize("module", [nn.Flatten(0), nn.Flatten(2)])
def test_modules_that_make_no_features(module):
    with pytest.raises(ValueError, match=r"features of shape \(N, D\) or \(N, D, h, w\)"):
        BackboneFeatures(module).fit_transform(X)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        BackboneFeatures(maps()).transform(X)
