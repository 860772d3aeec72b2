"""What a user of fetch_fashion_mnist notices: the data, and where they are looked for."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import get_data_home

from skfashion.datasets import fetch_fashion_mnist

REAL = Path(
    os.environ.get(
        "SKFASHION_DATA_HOME", Path(__file__).resolve().parents[3] / "shared" / "fashion-mnist"
    )
)
needs_real = pytest.mark.skipif(
    not any(
        folder.joinpath("t10k-images-idx3-ubyte.gz").is_file()
        for folder in (REAL, REAL / "fashion-mnist")
    ),
    reason="the files of Fashion-MNIST are neither in SKFASHION_DATA_HOME nor in ../shared",
)

TRAIN = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"]


# ---------------------------------------------------------------------------------------
# The real files
# ---------------------------------------------------------------------------------------


@needs_real
def test_real_test_set():
    fashion = fetch_fashion_mnist(subset="test", data_home=REAL, download_if_missing=False)
    assert fashion.data.shape == (10_000, 784)
    assert fashion.data.dtype == np.uint8
    assert fashion.target.dtype == np.int64
    assert np.bincount(fashion.target).tolist() == [1000] * 10
    assert fashion.target[:5].tolist() == [9, 2, 1, 1, 6]
    assert fashion.target_names[fashion.target[0]] == "Ankle boot"


@needs_real
def test_real_all_is_train_then_test():
    X, y = fetch_fashion_mnist(subset="all", data_home=REAL, return_X_y=True)
    X_test, y_test = fetch_fashion_mnist(subset="test", data_home=REAL, return_X_y=True)
    assert X.shape == (70_000, 784)
    assert np.bincount(y[:60_000]).tolist() == [6000] * 10
    assert y[:5].tolist() == [9, 0, 0, 3, 0]
    np.testing.assert_array_equal(X[60_000:], X_test)
    np.testing.assert_array_equal(y[60_000:], y_test)


# ---------------------------------------------------------------------------------------
# What comes
# ---------------------------------------------------------------------------------------


def test_bunch(small, tmp_path):
    fashion = fetch_fashion_mnist(data_home=small.put(tmp_path))
    assert fashion.data.shape == (small.n_train, 784)
    assert fashion.data.dtype == np.uint8
    assert fashion.data.flags.c_contiguous
    assert fashion.data.flags.writeable
    assert fashion.images.shape == (small.n_train, 28, 28)
    assert np.shares_memory(fashion.images, fashion.data)
    np.testing.assert_array_equal(fashion.images, small.pixels[: small.n_train])
    np.testing.assert_array_equal(fashion.target, small.labels[: small.n_train])
    assert fashion.target.dtype == np.int64
    assert len(fashion.target_names) == 10
    assert fashion.feature_names[29] == "pixel_1_1"
    assert len(fashion.feature_names) == 784
    assert fashion.frame is None
    for word in ("zalandoresearch/fashion-mnist", "1708.07747", "MIT"):
        assert word in fashion.DESCR


def test_subsets(small, tmp_path):
    small.put(tmp_path)
    X_train, y_train = fetch_fashion_mnist(data_home=tmp_path, return_X_y=True)
    X_test, y_test = fetch_fashion_mnist(subset="test", data_home=tmp_path, return_X_y=True)
    X, y = fetch_fashion_mnist(subset="all", data_home=str(tmp_path), return_X_y=True)
    np.testing.assert_array_equal(X, np.concatenate([X_train, X_test]))
    np.testing.assert_array_equal(y, np.concatenate([y_train, y_test]))


def test_subset_needs_only_its_own_files(small, tmp_path):
    small.put(tmp_path, [file.name for file in small.files["test"]])
    data = fetch_fashion_mnist(subset="test", data_home=tmp_path, download_if_missing=False).data
    assert len(data) == small.n_test


def test_as_frame(small, tmp_path):
    pandas = pytest.importorskip("pandas")
    small.put(tmp_path)
    plain = fetch_fashion_mnist(data_home=tmp_path)
    framed = fetch_fashion_mnist(data_home=tmp_path, as_frame=True)
    assert isinstance(framed.data, pandas.DataFrame)
    assert isinstance(framed.target, pandas.Series)
    assert list(framed.data.columns) == plain.feature_names
    assert (framed.data.dtypes == np.uint8).all()
    assert framed.frame.shape == (small.n_train, 785)
    np.testing.assert_array_equal(framed.frame["target"], plain.target)
    np.testing.assert_array_equal(framed.data.to_numpy(), plain.data)
    np.testing.assert_array_equal(framed.images, plain.images)

    X, y = fetch_fashion_mnist(data_home=tmp_path, as_frame=True, return_X_y=True)
    pandas.testing.assert_frame_equal(X, framed.data)
    pandas.testing.assert_series_equal(y, framed.target)


def test_as_frame_without_pandas(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    small.put(tmp_path)
    with pytest.raises(ImportError, match="pandas"):
        fetch_fashion_mnist(data_home=tmp_path, as_frame=True)
    assert fetch_fashion_mnist(data_home=tmp_path).data.shape == (small.n_train, 784)


def test_import_is_light():
    """Importing the data sets loads nothing heavy that skfashion itself does not load."""
    code = (
        "import sys, skfashion; before = set(sys.modules); import skfashion.datasets; "
        "print(*({'torch', 'pooch', 'requests', 'pandas'} & (set(sys.modules) - before)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


# ---------------------------------------------------------------------------------------
# Where it is looked for
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "fashion-mnist"])
def test_places(small, tmp_path, monkeypatch, below):
    def found(**kwargs):
        return len(fetch_fashion_mnist(download_if_missing=False, **kwargs).data) == small.n_train

    small.put(tmp_path / "given" / below)
    assert found(data_home=tmp_path / "given")
    with pytest.raises(OSError, match="download_if_missing"):
        found()
    small.put(tmp_path / "environment" / below)
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "environment"))
    assert found()
    # data_home, if given, is the only place
    with pytest.raises(OSError, match="elsewhere"):
        found(data_home=tmp_path / "elsewhere")
    # an environment without the files does not hide those in scikit-learn's home
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "empty"))
    small.put(tmp_path / "scikit_learn_data" / below)
    assert found()
    monkeypatch.delenv("SKFASHION_DATA_HOME")
    assert found()


@pytest.mark.parametrize("name", ["given", "~/given"])
def test_homes_may_begin_with_a_tilde(small, tmp_path, monkeypatch, name):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    small.put(tmp_path / "given")
    fetch_fashion_mnist(data_home=name, download_if_missing=False)
    monkeypatch.setenv("SKFASHION_DATA_HOME", name)
    fetch_fashion_mnist(download_if_missing=False)


@pytest.mark.parametrize("value", [None, "", "~/there"])
def test_scikit_learns_home_is_found_as_it_finds_it(small, tmp_path, monkeypatch, value):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("SKFASHION_DATA_HOME", "")
    monkeypatch.delenv("SCIKIT_LEARN_DATA")
    if value is not None:
        monkeypatch.setenv("SCIKIT_LEARN_DATA", value)
    with pytest.raises(OSError, match="download_if_missing"):
        fetch_fashion_mnist(download_if_missing=False)
    assert not list(tmp_path.iterdir())  # it is not made
    if value == "":
        monkeypatch.delenv("SCIKIT_LEARN_DATA")  # scikit-learn itself fails with this
    small.put(Path(get_data_home()))
    fetch_fashion_mnist(download_if_missing=False)


def test_download_if_missing_false_asks_nobody(server, tmp_path):
    with pytest.raises(OSError) as info:
        fetch_fashion_mnist(data_home=tmp_path / "new", download_if_missing=False)
    message = str(info.value)
    for word in (*TRAIN, str(tmp_path / "new"), "SKFASHION_DATA_HOME"):
        assert word in message
    assert not server.asked
    assert not (tmp_path / "new").exists()


# ---------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subset", "hint"),
    [("tset", "'test'"), ("training", "'train'"), ("TEST", "'test'"), ("al", "'all'")],
)
def test_unknown_subset(subset, hint):
    with pytest.raises(ValueError, match=f"subset must be one of .*Did you mean {hint}"):
        fetch_fashion_mnist(subset=subset)


@pytest.mark.parametrize("subset", [None, 1, "zzz"])
def test_unknown_subset_without_a_near_one(subset):
    with pytest.raises(ValueError, match="subset must be one of") as info:
        fetch_fashion_mnist(subset=subset)
    assert "Did you mean" not in str(info.value)


@pytest.mark.parametrize(
    ("name", "value"), [("n_retries", -1), ("n_retries", 1.5), ("delay", -1), ("delay", "1")]
)
def test_bad_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name} must be"):
        fetch_fashion_mnist(**{name: value})
