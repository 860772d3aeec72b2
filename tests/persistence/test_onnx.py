"""ONNX files say what the classifier says."""

import sys

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from skfashion import LeNet5Classifier, MiniVGGClassifier
from skfashion.datasets import make_garments

X, Y = make_garments(60, random_state=0, return_X_y=True)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("shape", [(28, 28, 1), (14, 56, 1)])
def test_probabilities_are_the_same(tmp_path, n, shape):
    onnxruntime = pytest.importorskip("onnxruntime")
    classifier = MiniVGGClassifier(
        width=4, batch_norm=True, image_shape=shape, max_epochs=1, precision="float32"
    ).fit(X, Y)
    path = tmp_path / "model.onnx"
    classifier.to_onnx(path)
    session = onnxruntime.InferenceSession(path)
    images = X[:n].reshape(n, *shape).astype(np.float32)
    (probabilities,) = session.run(["probabilities"], {"images": images})
    np.testing.assert_allclose(probabilities, classifier.predict_proba(X[:n]), atol=1e-5)


def test_before_fit(tmp_path):
    with pytest.raises(NotFittedError):
        LeNet5Classifier().to_onnx(tmp_path / "model.onnx")


def test_without_the_extra(tmp_path, monkeypatch):
    classifier = LeNet5Classifier(max_epochs=1).fit(X, Y)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"skfashion\[onnx\]"):
        classifier.to_onnx(tmp_path / "model.onnx")
