"""Weights that are part of the package."""

import json
import pickle
import tomllib
import warnings
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import pytest

import skfashion
from skfashion import load_pretrained
from skfashion.datasets import make_garments
from skfashion.pretrained._load import FILES
from skfashion.storage import TensorFile, sha256_of

pytest.importorskip("cv2")

ROOT = Path(__file__).parents[2]
PHOTOS = ROOT.parent / "shared" / "clothing-photos" / "validation"


def record(path):
    return json.loads(path.with_suffix(".json").read_text())


@pytest.fixture(scope="module")
def pipeline():
    return load_pretrained("photos", method="border", device="cpu")


def test_it_names_garments_at_once(pipeline):
    bunch = make_garments(60, random_state=0)
    labels = pipeline.predict(list(bunch.images))
    assert np.mean(labels == bunch.target_names[bunch.target]) > 0.4
    assert sorted(pipeline.classes_) == sorted(bunch.target_names)


def test_options_reach_the_pipeline(tmp_path):
    pipeline = load_pretrained("photos", method="grabcut", n_views=2)
    assert (pipeline["segmenter"].method_, pipeline.n_views) == ("grabcut", 2)
    with pytest.raises(OSError, match="u2netp is not there"):
        load_pretrained(method="u2netp", data_home=tmp_path, download_if_missing=False)
    with pytest.raises(ValueError, match="n_views=13 is not a whole number from 1 to 12"):
        load_pretrained(n_views=13, method="border")
    with pytest.raises(ValueError, match="device='cuda:99'"):
        load_pretrained(device="cuda:99", method="border")


def test_unknown_name():
    with pytest.raises(ValueError, match="name='photo' is not known.*Did you mean 'photos'"):
        load_pretrained("photo")


def test_without_u2netp_it_goes_on(tmp_path):
    with pytest.warns(UserWarning, match='Going on with method="grabcut"'):
        pipeline = load_pretrained("photos", data_home=tmp_path, download_if_missing=False)
    assert pipeline["segmenter"].method_ == "grabcut"


def test_pickled(pipeline):
    photos = list(make_garments(3, random_state=1).images)
    again = pickle.loads(pickle.dumps(pipeline))
    assert again.n_views == pipeline.n_views
    assert (again.predict_proba(photos) == pipeline.predict_proba(photos)).all()


def test_a_training_can_start_from_it(pipeline):
    start = pipeline["classifier"]
    changes = {"init_from": start, "max_epochs": 1, "lr": 1e-9, "augment": None}
    params = start.get_params(deep=False) | changes
    bunch = make_garments(40, random_state=0)
    X, y = bunch.images, bunch.target_names[bunch.target]
    trained = type(start)(**params).fit(X, y)
    assert (trained.predict(X) == start.predict(X)).mean() > 0.7


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_the_file_is_the_recorded_one(path):
    of_file = record(path)
    assert of_file["sha256"] == sha256_of(path)
    assert of_file["bytes"] == path.stat().st_size <= 2_000_000
    assert of_file["training"]["augmented_images"] > 0
    with open(path, "rb") as file:
        dtypes = {dtype.name for dtype, _ in TensorFile(file).layout.values()}
    assert "float16" in dtypes
    assert not dtypes & {"float32", "float64"}
    rows = of_file["figures"]["rows"]
    assert {row["method"] for row in rows} >= {"u2netp", "border"}
    assert all(0 < row["mean_over_folders"] < 1 for row in rows)


def test_a_wheel_carries_all_files():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["skfashion.pretrained"]
    for path in FILES.values():
        for file in (path, path.with_suffix(".json")):
            assert file.exists()
            assert any(fnmatch(file.name, pattern) for pattern in patterns)


@pytest.mark.slow
@pytest.mark.skipif(not PHOTOS.exists(), reason=f"needs {PHOTOS}")
def test_real_photos_are_named_as_recorded():
    from benchmarks._photos import photos_of, scores

    paths, folders = photos_of(PHOTOS, per_folder=6)
    pipeline = load_pretrained("photos", method="border")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No garment was found")
        labels = pipeline.predict(paths)
    recorded = next(
        row
        for row in record(FILES["photos"])["figures"]["rows"]
        if (row["method"], row["n_views"]) == ("border", pipeline.n_views)
    )
    accuracy = scores(labels, np.ones(len(paths), bool), folders)["accuracy"]
    assert accuracy > recorded["mean_over_folders"] - 0.15


def test_it_is_a_public_name():
    assert "load_pretrained" in skfashion.__all__
