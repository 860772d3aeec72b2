"""Fitted classifiers as ONNX files, for programs that have neither torch nor scikit-learn."""

import copy
import json
import logging
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._lazy import LazyModule, torch
from .._optional import import_optional
from .._options import choose
from ..storage import new_file

inference = LazyModule("skfashion.inference")

DTYPES = ("float32", "uint8")


def to_onnx(estimator, path, *, dtype="float32"):
    """Write a fitted classifier as an ONNX file.

    Its input ``images`` has the shape (n, H, W, C), for any n, and the scale of the training
    images. Its outputs are ``labels``, (n,), of the type of the labels, whole numbers or strings,
    and ``probabilities``, (n, n_classes), float32, in the order of `classes_`, which the metadata
    have as JSON under ``classes``. It computes in float32, and has all that is between pixels and
    labels in it: scaling, resizing and test-time augmentation.

    Parameters
    ----------
    estimator : ImageClassifier
        A fitted classifier.
    path : str or path-like
        The file. It is replaced if it is there.
    dtype : {"float32", "uint8"}, default="float32"
        Type of the pixels. An ONNX file takes one alone; a classifier that was trained on bytes
        computes the same from either.

    Raises
    ------
    ImportError
        If the packages that write ONNX are not installed.
    NotFittedError
        If the classifier is not fitted.
    OSError
        If the file cannot be written.
    ValueError
        If `dtype` is not known.
    """
    check_is_fitted(estimator)
    choose("dtype", dtype, dict.fromkeys(DTYPES))
    onnx = import_optional("onnx", "onnx", "ONNX files")
    import_optional("onnxscript", "onnx", "ONNX files")
    # Without gradients the exporter would see layers that count their images.
    with inference.neutral_torch(grad=True), _one_cudnn_precision(), _quiet():
        # Two images: what is exported with one may be taken to be for one image only.
        example = torch.zeros(2, *estimator.image_shape_, dtype=getattr(torch, dtype))
        program = torch.onnx.export(
            _pipeline(estimator),
            (example,),
            dynamo=True,
            verbose=False,
            input_names=["images"],
            output_names=["probabilities"],
            dynamic_shapes={"images": {0: torch.export.Dim("n", min=1)}},
        )
    model = program.model_proto
    _add_labels(onnx, model, estimator.classes_)
    with new_file(Path(path)) as file:
        file.write(model.SerializeToString())


def _add_labels(onnx, model, classes):
    """Let a model say which class is the most probable, and what the classes are called."""
    labels = classes.tolist()
    if classes.dtype.kind == "u" and classes.max() > np.iinfo(np.int64).max:
        values = onnx.numpy_helper.from_array(classes.astype(np.uint64), "classes")
        kind = onnx.TensorProto.UINT64
    elif classes.dtype.kind in "iub":
        values = onnx.numpy_helper.from_array(classes.astype(np.int64), "classes")
        kind = onnx.TensorProto.INT64
    elif classes.dtype.kind == "f":
        values = onnx.numpy_helper.from_array(classes.astype(np.float64), "classes")
        kind = onnx.TensorProto.DOUBLE
    else:
        strings = np.array([str(label) for label in labels], dtype=object)
        values = onnx.numpy_helper.from_array(strings, "classes")
        kind = onnx.TensorProto.STRING
    graph = model.graph
    graph.initializer.append(values)
    graph.node.append(
        onnx.helper.make_node("ArgMax", ["probabilities"], ["codes"], axis=1, keepdims=0)
    )
    graph.node.append(onnx.helper.make_node("Gather", ["classes", "codes"], ["labels"]))
    n = graph.output[0].type.tensor_type.shape.dim[0].dim_param
    graph.output.append(onnx.helper.make_tensor_value_info("labels", kind, [n]))
    onnx.helper.set_model_props(model, {"classes": json.dumps(labels, default=str)})


@contextmanager
def _one_cudnn_precision():
    """Give cuDNN's settings their defaults: the exporter, on the CPU, fails at all others."""
    settings = torch.backends.cudnn.conv, torch.backends.cudnn.rnn
    before = [setting.fp32_precision for setting in settings]
    try:
        for setting in settings:
            setting.fp32_precision = "tf32"
        yield
    finally:
        for setting, value in zip(settings, before, strict=True):
            setting.fp32_precision = value


@contextmanager
def _quiet():
    """Keep back what the exporter says of itself and of packages that are not needed."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        logger.setLevel(level)


def _pipeline(estimator):
    """Return all that is between pixels and probabilities as one torch module."""
    fitted = estimator.fitted_network_
    flips = inference.views(estimator.tta)

    class Pipeline(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = copy.deepcopy(fitted.network).to("cpu", torch.float32)
            for name in ("mean", "std"):
                values = torch.tensor(getattr(fitted, name), dtype=torch.float32)
                self.register_buffer(name, values)

        def forward(self, images):
            x = (images.to(torch.float32) - self.mean) / self.std
            x = x.permute(0, 3, 1, 2)  # (N, C, H, W)
            views = [x.flip(3) if flip else x for flip in flips]
            return torch.stack([self.network(view).softmax(1) for view in views]).mean(0)

    return Pipeline().eval()
