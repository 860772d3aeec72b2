"""The saliency network of photos."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("cv2")
from skfashion.photos import _saliency
from skfashion.storage import DATA_HOME_VARIABLE

MODEL = Path(__file__).parents[2] / ".." / "shared" / "models" / _saliency.NAME
needs_model = pytest.mark.skipif(not MODEL.exists(), reason="u2netp is not in ../shared/models")


def test_another_file_of_that_name(tmp_path):
    (tmp_path / _saliency.NAME).write_bytes(b"another one")
    with pytest.raises(OSError, match="is not u2netp: its SHA-256 is .* Delete it"):
        _saliency.find_model(tmp_path)


def test_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "sklearn"))
    with pytest.raises(
        OSError, match="u2netp is not there .* put u2netp.onnx from https"
    ) as raised:
        _saliency.find_model(download_if_missing=False)
    assert str(tmp_path) in str(raised.value)
    assert DATA_HOME_VARIABLE in str(raised.value)


@needs_model
def test_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv(DATA_HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(MODEL.parent))
    assert _saliency.find_model(download_if_missing=False) == MODEL.parent / _saliency.NAME


@needs_model
@pytest.mark.slow
def test_a_dark_towel_on_paper_is_salient():
    photo = np.full((240, 200, 3), 245, np.uint8)
    photo[60:180, 60:140] = (30, 40, 90)
    seen = _saliency.saliency(photo, MODEL)
    height, width = seen.shape
    assert 0 <= seen.min() <= seen.max() <= 1
    assert seen[height // 2, width // 2] > 0.8
    assert seen[:5, :5].max() < 0.2
