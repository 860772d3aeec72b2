"""Fitted classifiers as ONNX files, for programs that have neither torch nor scikit-learn."""

import copy
import logging
import warnings
from contextlib import contextmanager

from sklearn.utils.validation import check_is_fitted

from ._lazy import torch


def to_onnx(estimator, path):
    """Write a fitted classifier as an ONNX file.

    Its input `images` has the shape (n, H, W, C) and dtype float32, in the scale of the
    training images; its output `probabilities` is (n, n_classes), float32, in the order of
    `classes_`. It computes in float32, and without `tta`.

    Parameters
    ----------
    estimator : ImageClassifier
        A fitted classifier.
    path : str or path-like
        The file.

    Raises
    ------
    ImportError
        If the packages that write ONNX are not installed.
    NotFittedError
        If the classifier is not fitted.
    """
    check_is_fitted(estimator)
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError('ONNX files need more packages: pip install "skfashion[onnx]"') from error
    pipeline = _pipeline(estimator)
    # Two images: what is exported with one may be taken to be for one image only.
    example = torch.zeros(2, *estimator.image_shape_)
    with _quiet():
        program = torch.onnx.export(
            pipeline,
            (example,),
            dynamo=True,
            verbose=False,
            input_names=["images"],
            output_names=["probabilities"],
            dynamic_shapes={"images": {0: torch.export.Dim("n", min=1)}},
        )
    program.save(str(path))


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

    class Pipeline(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = copy.deepcopy(estimator.module_).to("cpu", torch.float32)
            for name in ("mean", "std"):
                values = torch.tensor(getattr(estimator, f"{name}_"), dtype=torch.float32)
                self.register_buffer(name, values)

        def forward(self, images):
            x = ((images - self.mean) / self.std).permute(0, 3, 1, 2)  # (N, C, H, W)
            return self.network(x).softmax(1)

    return Pipeline().eval()
