"""ONNX files say what the classifier says."""

import json
import sys
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from sklearn.exceptions import NotFittedError

from skfashion import LeNet5Classifier, MiniVGGClassifier
from skfashion.datasets import make_garments

X, Y = make_garments(60, random_state=0, return_X_y=True)
NAMES = np.array([f'{i} "é" \\ shirt' for i in range(10)])


def fit(cls=MiniVGGClassifier, y=Y, shape=(28, 28, 1), **parameters):
    small = {"width": 4, "hidden_units": (16,), "batch_norm": True, "max_epochs": 1}
    how = small | {"image_shape": shape, "precision": "float32", "random_state": 0}
    return cls(**how | parameters).fit(X, y)


def answers(classifier, path, images):
    onnxruntime = pytest.importorskip("onnxruntime")
    classifier.to_onnx(path)
    session = onnxruntime.InferenceSession(path)
    images = images.reshape(len(images), *classifier.image_shape_).astype(np.float32)
    outputs = ["labels", "probabilities"]
    got = session.run(outputs, {"images": images})
    return dict(zip(outputs, got, strict=True)), session


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(28, 28, 1), (14, 56, 1)])
@pytest.mark.parametrize("how", [{}, {"tta": "flip"}, {"precision": "float64"}], ids=str)
def test_says_the_same(tmp_path, shape, how):
    classifier = fit(shape=shape, **how)
    _, session = answers(classifier, tmp_path / "model.onnx", X)
    for n in (1, 2, 31, 32, 33, 500):
        images = np.resize(X, (n, 784))
        inputs = {"images": images.reshape(n, *shape).astype(np.float32)}
        got = {name: session.run([name], inputs)[0] for name in ("labels", "probabilities")}
        np.testing.assert_allclose(
            got["probabilities"], classifier.predict_proba(images), atol=1e-5
        )
        proba = np.sort(classifier.predict_proba(images), axis=1)
        clear = proba[:, -1] - proba[:, -2] > 1e-4  # of two classes
        np.testing.assert_array_equal(got["labels"][clear], classifier.predict(images)[clear])


NARROW = {
    "width": 2, "bottleneck_width": 2, "hidden_units": (8,), "hidden_dropout": 0.1,
    "image_size": 32, "max_epochs": 1, "precision": "float32", "random_state": 0,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.usefixtures("narrow_vgg19")
@pytest.mark.filterwarnings("ignore:weights=None")
def test_every_estimator_and_batch_size(estimator_class, tmp_path):
    """Small images, which most networks enlarge, without gradients, and two views of each."""
    onnxruntime = pytest.importorskip("onnxruntime")
    known = estimator_class().get_params()
    parameters = {name: value for name, value in NARROW.items() if name in known}
    images = X.reshape(-1, 28, 28)[:, ::2, ::3]  # (n, 14, 10)
    classifier = estimator_class(**parameters, tta="flip").fit(images, NAMES[Y])
    with torch.no_grad():
        classifier.to_onnx(tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
    for n in (1, 2, 31, 32, 33, 500):
        several = np.resize(images, (n, 14, 10))
        got = session.run(["probabilities"], {"images": several[..., None].astype(np.float32)})[0]
        np.testing.assert_allclose(got, classifier.predict_proba(several), atol=1e-4)


@pytest.mark.slow
def test_bytes_and_floats(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    images = X.reshape(-1, 28, 28, 1)
    for pixels in (images, (images / 255).astype(np.float32)):
        classifier = LeNet5Classifier(max_epochs=1, precision="float32").fit(pixels, Y)
        classifier.to_onnx(tmp_path / "model.onnx", dtype=pixels.dtype.name)
        session = onnxruntime.InferenceSession(tmp_path / "model.onnx")
        labels, got = session.run(["labels", "probabilities"], {"images": pixels})
        np.testing.assert_allclose(got, classifier.predict_proba(pixels), atol=1e-5)
        np.testing.assert_array_equal(labels, classifier.predict(pixels))


def test_type_of_pixels_that_is_not_known(tmp_path):
    classifier = LeNet5Classifier(max_epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match="dtype='uint' is not known; it can be 'float32', 'uint8'"):
        classifier.to_onnx(tmp_path / "model.onnx", dtype="uint")


@contextmanager
def default_dtype():
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def fp32_precision():
    setting = torch.backends.cudnn.conv
    before, setting.fp32_precision = setting.fp32_precision, "ieee"
    try:
        yield
        assert setting.fp32_precision == "ieee"
    finally:
        setting.fp32_precision = before


@pytest.mark.slow
@pytest.mark.parametrize(
    "context",
    [
        torch.no_grad,
        torch.inference_mode,
        default_dtype,
        fp32_precision,
        lambda: torch.device("meta"),
        lambda: torch.autocast("cpu", torch.bfloat16),
    ],
)
def test_a_context_of_torch_changes_nothing(tmp_path, context):
    classifier = fit()
    with context():
        got, _ = answers(classifier, tmp_path / "model.onnx", X[:33])
    np.testing.assert_allclose(got["probabilities"], classifier.predict_proba(X[:33]), atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "labels",
    [
        NAMES,
        NAMES.astype(object),
        np.arange(10, dtype=np.int16) * 3 - 5,
        np.arange(10) + 0.0,
        np.arange(10) > 4,
    ],
    ids=["str", "object", "int16", "float", "bool"],
)
def test_which_output_is_which_class(tmp_path, labels):
    classifier = LeNet5Classifier(max_epochs=1, precision="float32", random_state=0)
    classifier.fit(X, labels[Y])
    got, session = answers(classifier, tmp_path / "model.onnx", X)
    assert [str(label) for label in got["labels"]] == [
        str(int(label)) if labels.dtype == bool else str(label) for label in classifier.predict(X)
    ]
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["classes"]) == classifier.classes_.tolist()


def test_before_fit(tmp_path):
    with pytest.raises(NotFittedError):
        LeNet5Classifier().to_onnx(tmp_path / "model.onnx")


def test_missing_folder(tmp_path):
    classifier = LeNet5Classifier(max_epochs=1).fit(X, Y)
    with pytest.raises(FileNotFoundError, match="no folder"):
        classifier.to_onnx(tmp_path / "nowhere" / "model.onnx")


def test_without_the_extra(tmp_path, monkeypatch):
    classifier = LeNet5Classifier(max_epochs=1).fit(X, Y)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"skfashion\[onnx\]"):
        classifier.to_onnx(tmp_path / "model.onnx")
