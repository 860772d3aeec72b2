"""The classifier within an estimator, and what its layers make of images."""

import copy

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MinMaxScaler
from torch import nn

from skfashion import LeNet5Classifier, ModuleClassifier, V6Classifier
from skfashion.inspection import ActivationMapDisplay, GradCAMDisplay, summarize
from skfashion.inspection._classifiers import find_classifier, map_layers, record


def wrapped(kind, fitted):
    if kind == "search":
        search = GridSearchCV(LogisticRegression(), {})
        search.best_estimator_ = make_pipeline(fitted)
        return search
    return {
        "pipeline": make_pipeline("passthrough", fitted),
        "pipelines": make_pipeline(make_pipeline(fitted)),
        "frozen": FrozenEstimator(fitted),
        "itself": fitted,
    }[kind]


@pytest.mark.parametrize("kind", ["itself", "pipeline", "pipelines", "frozen", "search"])
def test_the_classifier_is_found(kind, fitted):
    assert find_classifier(wrapped(kind, fitted))[0] is fitted


def test_it_gets_what_the_steps_before_it_make(data):
    X = data[0].reshape(len(data[0]), -1)
    pipeline = make_pipeline(MinMaxScaler(), LeNet5Classifier(max_epochs=1, random_state=0))
    pipeline.fit(X, data[1])
    display = GradCAMDisplay.from_estimator(pipeline, X, n_images=3)
    np.testing.assert_allclose(
        display.images.reshape(3, -1), pipeline[:-1].transform(X)[:3], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (LogisticRegression(), "of type LogisticRegression, is no classifier of skfashion"),
        (LeNet5Classifier, "estimator is the class LeNet5Classifier: give a fitted instance"),
        (GridSearchCV(LeNet5Classifier(), {}, refit=False), "after fit, with refit=True"),
        (None, "of type NoneType, is no classifier"),
        (Pipeline([]), "of type Pipeline, is no classifier"),
    ],
)
def test_there_is_none(estimator, message):
    with pytest.raises(TypeError, match=message):
        summarize(estimator)


def test_the_end_of_a_pipeline_is_another(data):
    pipeline = make_pipeline(LogisticRegression()).fit(np.eye(4), [0, 0, 1, 1])
    with pytest.raises(TypeError, match="of type Pipeline, ends in LogisticRegression, which is"):
        summarize(pipeline)


@pytest.mark.parametrize("make", [lambda e: e, make_pipeline])
def test_not_fitted(make):
    with pytest.raises(NotFittedError):
        summarize(make(LeNet5Classifier()))


def test_images_are_held_against_what_was_learned(fitted, data):
    with pytest.raises(ValueError, match="X has 100 features"):
        GradCAMDisplay.from_estimator(fitted, np.zeros((2, 10, 10)))
    with pytest.raises(ValueError, match=r"Give X\[None\]"):
        GradCAMDisplay.from_estimator(fitted, data[0][0])


def test_what_is_no_array(fitted):
    with pytest.raises(TypeError, match="X is of type NoneType; wanted: an array of images"):
        GradCAMDisplay.from_estimator(fitted, None)


def test_dataframes(fitted, data):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(data[0].reshape(len(data[0]), -1), index=np.arange(len(data[0])) + 7)
    heat = [GradCAMDisplay.from_estimator(fitted, X).heatmaps for X in (frame, data[0])]
    np.testing.assert_array_equal(*heat)


def test_the_classifier_stays_as_it_is(fitted, data):
    before = copy.deepcopy(fitted.module_.state_dict())
    logits = fitted.decision_function(data[0])
    GradCAMDisplay.from_estimator(fitted, data[0])
    ActivationMapDisplay.from_estimator(fitted, data[0])
    assert all(parameter.grad is None for parameter in fitted.module_.parameters())
    assert not any(layer._forward_hooks for layer in fitted.module_.modules())
    for name, weight in fitted.module_.state_dict().items():
        torch.testing.assert_close(weight, before[name], rtol=0, atol=0)
    np.testing.assert_array_equal(fitted.decision_function(data[0]), logits)


def test_what_is_recorded_is_what_is_predicted(fitted, data):
    images = data[0][:20, ..., None]
    logits = record(fitted, images, lambda name, layer: True).logits
    np.testing.assert_allclose(logits, fitted.decision_function(images), atol=0.05)


class InPlace(nn.Module):
    """A network whose activation overwrites what the convolution gives, called twice."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 3)
        self.relu = nn.ReLU(inplace=True)
        self.out = nn.Linear(3, 10)

    def forward(self, x):
        return self.out(self.relu(self.relu(self.conv(x)) - 0.1).mean((2, 3)))


def test_layers_that_overwrite_their_input(data):
    X, y, _ = data
    own = ModuleClassifier(module=lambda *shape: InPlace(), max_epochs=1, random_state=0).fit(X, y)
    outputs = record(own, X[:4, ..., None], lambda name, layer: True).outputs
    conv, relu = outputs["module.conv"], outputs["module.relu"]
    assert (conv < 0).any()
    torch.testing.assert_close(relu, (conv.relu() - 0.1).relu())  # of the last call


def test_layers_that_are_shown_by_default(data):
    X, y, _ = data
    v6 = V6Classifier(width=8, bottleneck_width=4, max_epochs=1, random_state=0).fit(X[:30], y[:30])
    kinds, default = map_layers(v6, X[:1, ..., None])
    assert default[:4] == [
        "convolutions.0",
        "convolutions.1.layers.2",
        "convolutions.1.layers.5",
        "convolutions.1.activation",
    ]
    assert kinds["convolutions.1"] == "Residual"


@pytest.mark.parametrize("display", [ActivationMapDisplay, GradCAMDisplay])
def test_a_network_without_feature_maps(display, dense, data):
    with pytest.raises(ValueError, match="WrappedNetwork has no layer that makes feature maps"):
        display.from_estimator(dense, data[0])
