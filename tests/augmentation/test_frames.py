"""DataFrames, with pandas and polars, and what scikit-learn expects of features' names."""

import sys
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn
from pandas.testing import assert_frame_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skfashion.augmentation import (
    RandomBrightness,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
)

DTYPES = ["uint8", "int64", "float16", "float32", "float64", "bool"]
NULLABLE = ["UInt8", "Int64", "Float32", "boolean"]


def pixels(n=12, n_columns=64, dtype="uint8"):
    values = np.random.default_rng(0).integers(0, 256, (n, n_columns))
    if dtype.lower() in ("bool", "boolean"):
        return values > 127
    return values / 256 if dtype.lower().startswith("float") else values


def frame(n=12, n_columns=64, dtype="uint8", **options):
    columns = options.pop("columns", [f"pixel{i}" for i in range(n_columns)])
    values = pixels(n, n_columns, dtype)
    return pd.DataFrame(values, columns=columns, **options).astype(dtype)


def polars_frame():
    polars = pytest.importorskip("polars")
    return polars.DataFrame(
        pixels().astype(np.uint8), schema=frame().columns.to_list(), orient="row"
    )


@pytest.fixture(params=[RandomShift, RandomErasing, RandomRotation, RandomBrightness])
def augmentation(request):
    return request.param(random_state=0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n_columns", [64, 192], ids=["grey", "rgb"])
def test_a_frame_stays_what_it_is(augmentation, dtype, n_columns):
    X = frame(n_columns=n_columns, dtype=dtype, index=[f"image{i}" for i in range(12)])
    before = X.copy()
    after = augmentation.fit_transform(X)
    assert after.columns.equals(X.columns)
    assert after.index.equals(X.index)
    assert after.dtypes.equals(X.dtypes)
    assert_frame_equal(X, before)
    assert augmentation.transform(X) is X
    expected = augmentation.fit_transform(X.to_numpy())
    assert isinstance(expected, np.ndarray)
    np.testing.assert_array_equal(after.to_numpy(), expected)
    assert dtype == "bool" or not after.equals(X)


@pytest.mark.parametrize("dtype", NULLABLE)
def test_nullable_dtypes(augmentation, dtype):
    X = frame(dtype=dtype)
    after = augmentation.fit_transform(X)
    assert after.dtypes.equals(X.dtypes)
    same = frame(dtype=dtype.lower().replace("boolean", "bool"))
    np.testing.assert_array_equal(after.to_numpy(), augmentation.fit_transform(same).to_numpy())


@pytest.mark.parametrize(
    ("dtypes", "common"),
    [
        (["uint8", "int64"], "int64"),
        (["int64", "float32"], "float64"),
        (["uint8", "UInt8"], "uint8"),
        (["object", "object"], "float64"),
    ],
)
def test_columns_that_differ_in_dtype_get_the_common_one(augmentation, dtypes, common):
    X = frame(dtype="int64")
    for i, column in enumerate(X.columns):
        X[column] = X[column].astype(dtypes[i % 2])
    after = augmentation.fit_transform(X)
    assert set(after.dtypes) == {np.dtype(common)}
    assert after.columns.equals(X.columns)


@pytest.mark.parametrize(
    "columns",
    [
        range(64),
        pd.Index([f"pixel{i}" for i in range(64)], name="pixels"),
        pd.MultiIndex.from_product([range(8), range(8)], names=["row", "column"]),
    ],
    ids=["numbers", "named", "multi"],
)
def test_any_columns(augmentation, columns):
    X = frame(columns=columns)
    after = augmentation.fit_transform(X)
    pd.testing.assert_index_equal(after.columns, X.columns)
    np.testing.assert_array_equal(after.to_numpy(), augmentation.fit_transform(X.to_numpy()))


def test_polars_frames(augmentation):
    X = polars_frame()
    after = augmentation.fit_transform(X)
    assert type(after) is type(X)
    assert after.schema == X.schema
    assert list(augmentation.feature_names_in_) == X.columns
    np.testing.assert_array_equal(after.to_numpy(), augmentation.fit_transform(X.to_numpy()))
    assert augmentation.transform(X) is X
    assert augmentation.set_output(transform="pandas").transform(X).columns.equals(frame().columns)


@pytest.mark.parametrize("labels", [pd.Series, np.array, list])
@pytest.mark.parametrize("classifier", [KNeighborsClassifier(1), DummyClassifier()])
def test_pipelines_predict_frames_without_a_warning(augmentation, labels, classifier):
    X, y = frame(), labels(["bag", "boot", "shirt"] * 4)
    pipeline = make_pipeline(augmentation, RandomHorizontalFlip(random_state=0), classifier)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pipeline.fit(X, y)
        pipeline.predict(X)
        pipeline.predict_proba(X.iloc[:1])
        assert 0 <= pipeline.score(X, y) <= 1
        search = GridSearchCV(clone(pipeline), {}, cv=2, error_score="raise").fit(X, y)
        search.predict(X)
    assert list(pipeline.feature_names_in_) == list(X.columns)
    assert list(pipeline[:-1].get_feature_names_out()) == list(X.columns)
    assert pipeline.n_features_in_ == 64


def test_pipelines_refuse_other_columns():
    """The classifier knows the names, as it does without an augmentation."""
    X = frame()
    pipeline = make_pipeline(RandomShift(), KNeighborsClassifier(1)).fit(X, [0, 1] * 6)
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline.predict(X.rename(columns={"pixel3": "pixel03"}))


@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_names_and_number_of_features(augmentation, method):
    getattr(augmentation, method)(frame())
    assert augmentation.n_features_in_ == 64
    names = [f"pixel{i}" for i in range(64)]
    assert list(augmentation.feature_names_in_) == names
    assert list(augmentation.get_feature_names_out()) == names
    assert list(augmentation.get_feature_names_out(names)) == names
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        augmentation.get_feature_names_out(names[::-1])
    for X, n_features in [
        (pixels(), 64),
        (pixels().tolist(), 64),
        (pixels().reshape(12, 8, 8), 64),
        (pixels().reshape(12, 8, 8).tolist(), 64),
        (pixels(n_columns=192).reshape(12, 8, 8, 3), 192),
        (frame(columns=range(64)), 64),
    ]:
        getattr(augmentation, method)(X)
        assert augmentation.n_features_in_ == n_features
        assert not hasattr(augmentation, "feature_names_in_")
        expected = [f"x{i}" for i in range(n_features)]
        assert list(augmentation.get_feature_names_out()) == expected


def test_names_need_a_fit(augmentation):
    with pytest.raises(NotFittedError):
        augmentation.get_feature_names_out()
    assert augmentation.fit() is augmentation, "the parameters alone"
    assert not hasattr(augmentation, "n_features_in_")
    assert augmentation.transform(frame()).shape == (12, 64), "no fit is needed"


def test_names_that_are_not_all_strings(augmentation):
    with pytest.raises(TypeError, match="only supported if all input features have string names"):
        augmentation.fit_transform(frame(columns=["a", *range(63)]))


@pytest.mark.parametrize("output", ["pandas", "polars"])
def test_set_output(augmentation, output):
    library = pytest.importorskip(output)
    before = augmentation.fit_transform(frame())
    augmentation.set_output(transform=output)
    names = [f"pixel{i}" for i in range(64)]
    for X, columns in [
        (frame(), names),
        (pixels().astype(np.uint8), [f"x{i}" for i in range(64)]),
        (pixels().tolist(), [f"x{i}" for i in range(64)]),
    ]:
        augmentation = clone(augmentation)
        unchanged = augmentation.transform(X)
        assert isinstance(unchanged, library.DataFrame), "without a fit, too"
        assert list(unchanged.columns) == columns
        np.testing.assert_array_equal(np.asarray(unchanged), np.asarray(X))
        augmented = augmentation.fit_transform(X)
        assert isinstance(augmented, library.DataFrame)
        assert list(augmented.columns) == columns
        np.testing.assert_array_equal(np.asarray(augmented), before.to_numpy())
    default = augmentation.set_output(transform="default")
    assert isinstance(default.fit_transform(pixels()), np.ndarray)
    assert isinstance(default.fit_transform(frame()), pd.DataFrame)


def test_set_output_keeps_index_and_columns(augmentation):
    """They are the user's: scikit-learn's wrapper would rename columns that are numbers."""
    X = frame(columns=range(64), index=range(100, 112))
    augmentation.set_output(transform="pandas")
    assert augmentation.transform(X) is X
    after = augmentation.fit_transform(X)
    assert list(after.columns) == list(X.columns) == list(range(64))
    assert list(after.index) == list(range(100, 112))


def test_set_output_uses_the_names_of_the_fit(augmentation):
    augmentation.set_output(transform="pandas").fit(frame())
    assert list(augmentation.transform(pixels()).columns) == list(frame().columns)
    assert list(augmentation.transform(pixels(n_columns=4)).columns) == ["x0", "x1", "x2", "x3"]


def test_set_output_does_not_share_memory(augmentation):
    X = pixels().astype(np.uint8)
    unchanged = augmentation.set_output(transform="pandas").transform(X)
    unchanged.iloc[:] = 0
    assert X.any()


def test_images_with_axes_stay_arrays_whatever_the_output(augmentation):
    X = pixels().reshape(12, 8, 8)
    with sklearn.config_context(transform_output="pandas"):
        assert augmentation.transform(X) is X
        assert augmentation.fit_transform(X).shape == X.shape
        assert isinstance(augmentation.fit_transform(pixels()), pd.DataFrame)


def test_set_output_of_a_pipeline():
    class Recording(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = np.unique(y)
            self.seen_ = X
            return self

    pipeline = make_pipeline(RandomShift(), RandomRotation(), Recording())
    pipeline.set_output(transform="pandas").fit(pixels(), [0, 1] * 6)
    assert list(pipeline[-1].seen_.columns) == [f"x{i}" for i in range(64)]


def test_set_output_of_a_subclass():
    class Inverted(RandomShift):
        def transform(self, X):
            return 255 - np.asarray(X)

    inverted = Inverted().set_output(transform="pandas").fit(frame())
    assert list(inverted.transform(frame()).columns) == list(frame().columns)


@pytest.mark.parametrize("container", [scipy.sparse.csr_matrix, scipy.sparse.csr_array])
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_sparse_is_refused(augmentation, container, method):
    with pytest.raises(TypeError, match="Sparse data was passed.*toarray"):
        getattr(augmentation, method)(container(pixels()))
    sparse = frame().astype(pd.SparseDtype("uint8", 0))
    with pytest.raises(TypeError, match="Sparse data was passed.*toarray"):
        getattr(augmentation, method)(sparse)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (frame(dtype="float32").mask(lambda X: X > 0.9), "contains NaN"),
        (frame(dtype="UInt8").mask(lambda X: X > 200), "contains NaN"),
        (frame().assign(pixel3="shirt"), "could not convert string to float"),
        (frame().iloc[:0], "0 sample"),
        (frame().iloc[0], "X has 1 dimensions"),
        (np.zeros(64), "X has 1 dimensions"),
        (np.full((2, 8, 8), np.inf), "contains infinity"),
    ],
    ids=["missing", "nullable", "strings", "empty", "series", "row", "infinite"],
)
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
def test_what_is_not_images(augmentation, X, message, method):
    with pytest.raises(ValueError, match=message):
        getattr(augmentation, method)(X)


@pytest.mark.parametrize("n_columns", [65, 74, 193, 202])
def test_labels_left_in_a_frame(augmentation, n_columns):
    with pytest.raises(ValueError, match=r"still in X\? .* reshape X to \(n, H, W\)"):
        augmentation.fit_transform(frame(n_columns=n_columns))


def test_rows_that_are_no_squares(augmentation):
    with pytest.warns(UserWarning, match=r"one-row images. Reshape X to \(n, H, W\)"):
        augmentation.fit_transform(frame(n_columns=50))


def test_arrays_need_no_pandas(augmentation, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "polars", None)
    assert isinstance(augmentation.fit_transform(pixels()), np.ndarray)
