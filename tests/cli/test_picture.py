"""The picture of a confusion matrix."""

import numpy as np
import pytest

from skfashion.cli._picture import draw_confusion

plt = pytest.importorskip("matplotlib.pyplot")
CONFUSION = np.array([[5, 0], [1, 4]])


def test_it_is_large_enough_to_read(tmp_path):
    draw_confusion(CONFUSION, ["a", "b"], "title", tmp_path / "a.png")
    assert min(plt.imread(tmp_path / "a.png").shape[:2]) > 800


def test_it_leaves_matplotlib_alone(tmp_path):
    import matplotlib

    before = str(matplotlib.rcParams), plt.get_fignums()
    draw_confusion(CONFUSION, ["a", "b"], "title", tmp_path / "a.png")
    assert (str(matplotlib.rcParams), plt.get_fignums()) == before


def test_no_part_of_it_stays(tmp_path, monkeypatch):
    from pathlib import Path

    def write_a_part(path, content):
        path.open("wb").write(content[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", write_a_part)
    with pytest.raises(KeyboardInterrupt):
        draw_confusion(CONFUSION, ["a", "b"], "title", tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
