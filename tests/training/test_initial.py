"""Trainings that start from given weights."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from skfashion import LeNet5Classifier, V1Classifier

rng = np.random.default_rng(0)
Y = np.arange(90) % 3
X = rng.integers(0, 200, (90, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]
STILL = {"optimizer": "sgd", "lr": 1e-12, "weight_decay": 0.0, "max_epochs": 1, "ema_decay": None}


def lenet(**parameters):
    usual = {"activation": "relu", "pooling": "max", "max_epochs": 3, "random_state": 0}
    return LeNet5Classifier(**usual | parameters)


@pytest.fixture(scope="module")
def fitted():
    return lenet().fit(X, Y)


def sources(fitted, path):
    state = fitted.module_.state_dict()
    torch.save(state, path / "state.pt")
    save_file(state, path / "others.safetensors")
    save_file(state, path / "weights.bin")
    torch.save(state, path / "torch.safetensors")
    fitted.save(path / "model.skfashion")
    return [
        fitted,
        FrozenEstimator(fitted),
        state,
        {name: weight.numpy() for name, weight in state.items()},
        path / "state.pt",
        str(path / "state.pt"),
        path / "others.safetensors",
        path / "weights.bin",  # told by its content
        path / "torch.safetensors",
        path / "model.skfashion",
    ]


@pytest.mark.usefixtures("on_cpu")
def test_starts_from_weights(fitted, tmp_path):
    for source in sources(fitted, tmp_path):
        classifier = lenet(init_from=source, random_state=1, **STILL).fit(X, Y)
        np.testing.assert_allclose(classifier.predict_proba(X), fitted.predict_proba(X), atol=1e-5)
        assert classifier.n_iter_ == 1


def test_the_source_is_left_as_it_is(fitted):
    before = fitted.predict_proba(X)
    lenet(init_from=fitted).fit(X, Y)
    np.testing.assert_array_equal(fitted.predict_proba(X), before)


def test_another_number_of_classes_and_partial_fit(fitted):
    classifier = lenet(init_from=fitted, **STILL).fit(X, np.arange(90) % 5)
    weight = classifier.module_.convolutions[0].weight
    torch.testing.assert_close(weight, fitted.module_.convolutions[0].weight, atol=1e-6, rtol=0)
    assert classifier.predict_proba(X).shape == (90, 5)
    piecewise = lenet(init_from=fitted, **STILL).partial_fit(X, Y)
    np.testing.assert_allclose(piecewise.predict_proba(X), fitted.predict_proba(X), atol=1e-5)


def test_a_clone_keeps_it_fitted(fitted):
    classifier = clone(clone(lenet(init_from=fitted, **STILL)))
    assert classifier.init_from is fitted
    scores = GridSearchCV(classifier, {"init_from": [None, FrozenEstimator(fitted)]}, cv=3).fit(
        X, Y
    )
    assert np.isfinite(scores.cv_results_["mean_test_score"]).all()


def test_layers_that_do_not_fit_are_named(fitted):
    with pytest.raises(
        ValueError, match=r"(?s)do not fit.*hidden\.0\.weight \(120, 400\)"
    ) as error:
        lenet(init_from=fitted, hidden_units=(64, 32)).fit(X, Y)
    assert "hidden.2.weight" in str(error.value)
    with pytest.raises(ValueError, match="missing: "):
        V1Classifier(init_from=fitted, max_epochs=1).fit(X, Y)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (lenet(), "is not fitted: fit it first"),
        (FrozenEstimator(lenet()), "is not fitted"),
        (make_pipeline(lenet()), "is not fitted"),
        (GridSearchCV(lenet(), {}), "is not fitted"),
        (LogisticRegression(), "is not fitted"),
        (LogisticRegression().fit([[0], [1]], [0, 1]), "is LogisticRegression; give a fitted"),
        (7, "init_from is int; give a fitted classifier"),
        ({}, "has no tensors"),
        ({"epoch": 3}, "has no tensors"),
        ({"skfashion": 1}, "has no tensors"),
    ],
)
def test_what_holds_no_weights(source, message):
    with pytest.raises(ValueError, match=message):
        lenet(init_from=source).fit(X, Y)


def test_the_classifier_within_a_pipeline_or_a_search(fitted):
    """They are taken as the displays take them."""
    plain = lenet(init_from=fitted, max_epochs=1).fit(X, Y).predict_proba(X)
    pipeline = Pipeline([("scale", FunctionTransformer().fit(X)), ("classifier", fitted)])
    search = GridSearchCV(lenet(), {})
    search.best_estimator_ = FrozenEstimator(pipeline)
    for source in (pipeline, FrozenEstimator(pipeline), search):
        other = lenet(init_from=source, max_epochs=1).fit(X, Y)
        np.testing.assert_array_equal(other.predict_proba(X), plain)


def test_files_that_hold_no_weights(tmp_path):
    with pytest.raises(FileNotFoundError):
        lenet(init_from=tmp_path / "nowhere.pt").fit(X, Y)
    (tmp_path / "text.pt").write_text("weights")
    with pytest.raises(ValueError, match="is no file of tensors"):
        lenet(init_from=tmp_path / "text.pt").fit(X, Y)
    torch.save(nn.Linear(2, 2), tmp_path / "module.pt")
    with pytest.raises(ValueError, match="is no file of tensors"):
        lenet(init_from=tmp_path / "module.pt").fit(X, Y)
    for content in (b"", b"\x08", b"\x02" + bytes(7) + b"{}", b"\xff" * 8 + b"{" * 60):
        (tmp_path / "damaged.safetensors").write_bytes(content)
        with pytest.raises(ValueError, match="is no file of tensors|has no tensors"):
            lenet(init_from=tmp_path / "damaged.safetensors").fit(X, Y)
