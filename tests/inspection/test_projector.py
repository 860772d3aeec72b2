"""Features for the Embedding Projector, read back as TensorBoard reads them."""

import re

import numpy as np
import pytest

from skfashion.inspection import log_embedding
from skfashion.inspection._projector import MOST_PIXELS, make_sprite

pytest.importorskip("tensorboard")
from PIL import Image


def read(folder):
    """Return the embeddings of a run by their names, as dicts, as the projector has them."""
    from google.protobuf import text_format
    from tensorboard.plugins.projector import ProjectorConfig

    text = (folder / "projector_config.pbtxt").read_text()
    config = text_format.Parse(text, ProjectorConfig())
    found = {}
    for one in config.embeddings:
        found[one.tensor_name] = entry = {}
        entry["features"] = np.loadtxt(folder / one.tensor_path, delimiter="\t", ndmin=2)
        if one.metadata_path:
            entry["names"] = (folder / one.metadata_path).read_text().split("\n")[:-1]
        if one.sprite.image_path:
            entry["sprite"] = np.asarray(Image.open(folder / one.sprite.image_path))
            entry["side"] = tuple(one.sprite.single_image_dim)
    return found


def test_features_labels_and_images(fitted, data, tmp_path):
    X, y, names = data
    features = fitted.transform(X[:50])
    log_embedding(tmp_path, features, y[:50], images=X[:50], display_labels=names)
    (entry,) = read(tmp_path).values()
    np.testing.assert_allclose(entry["features"], features, rtol=1e-4, atol=1e-6)
    assert entry["names"] == [names[label] for label in y[:50]]
    assert entry["side"] == (28, 28)
    assert entry["sprite"].shape == (8 * 28, 8 * 28, 3)
    for i in (0, 9, 49):
        top, left = i // 8 * 28, i % 8 * 28
        shown = entry["sprite"][top : top + 28, left : left + 28, 0]
        np.testing.assert_array_equal(shown, X[i])
    assert not entry["sprite"][-28:, -28:].any()
    assert list(tmp_path.glob("events.out.tfevents*"))  # else TensorBoard sees no run


def test_tensorboard_serves_them(data, tmp_path):
    """Several in one run, one replaced, and what the projector's server makes of them."""
    from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
    from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.projector.projector_plugin import ProjectorPlugin

    X, y, _ = data
    pixels = X[:20].reshape(20, -1)
    log_embedding(tmp_path / "run", pixels[:10], tag="pixels")
    for step in (1, 2):
        log_embedding(tmp_path / "run", pixels[:, :9], y[:20], tag="a/b é", step=step)
    log_embedding(tmp_path / "run", pixels, tag="pixels", images=X[:20])
    shapes = {name: entry["features"].shape for name, entry in read(tmp_path / "run").items()}
    wanted = {"a/b é-00001": (20, 9), "a/b é-00002": (20, 9), "pixels-00000": (20, 784)}
    assert shapes == wanted

    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(tmp_path))
    multiplexer.Reload()
    provider = MultiplexerDataProvider(multiplexer, str(tmp_path))
    context = base_plugin.TBContext(logdir=str(tmp_path), data_provider=provider)
    plugin = ProjectorPlugin(context)
    plugin._update_configs()
    served = {one.tensor_name: tuple(one.tensor_shape) for one in plugin._configs["run"].embeddings}
    assert served == wanted


def test_one_that_is_not_what_it_has_to_be_changes_nothing(data, tmp_path):
    X, _, _ = data
    pixels = X[:20].reshape(20, -1).astype(float)
    with_nan = pixels.copy()
    with_nan[3, 4] = np.nan
    wrong = [
        ((with_nan,), {}, "features contains NaN"),
        ((pixels, [1, 2]), {}, "inconsistent numbers of samples"),
        ((pixels,), {"images": X[:3]}, "inconsistent numbers of samples"),
        ((pixels, [0, 1] * 10), {"display_labels": ["one"]}, "sequence of 2 names"),
        ((pixels,), {"step": -1}, "step=-1; wanted"),
        ((X[:20],), {}, "dim 3"),
    ]
    for arguments, how, message in wrong:
        with pytest.raises(ValueError, match=message):
            log_embedding(tmp_path / "run", *arguments, **how)
    with pytest.raises(TypeError, match="tag=''; wanted: a name"):
        log_embedding(tmp_path / "run", pixels, tag="")
    assert not (tmp_path / "run").exists()


def test_names_are_one_row_each(tmp_path):
    log_embedding(tmp_path, np.eye(4), ["a\tb", "c\nd", "", "é"])
    (entry,) = read(tmp_path).values()
    assert entry["names"] == ["a b", "c d", "-", "é"]


def test_settings_that_are_damaged(tmp_path):
    (tmp_path / "projector_config.pbtxt").write_text("embeddings { oops")
    with pytest.raises(ValueError, match=r"projector_config.pbtxt is damaged.* remove it"):
        log_embedding(tmp_path, np.eye(3))
    assert re.fullmatch("embeddings { oops", (tmp_path / "projector_config.pbtxt").read_text())


def test_sprites_of_images_of_all_kinds():
    grey, side = make_sprite(np.full((1, 4, 6, 1), 255, dtype=np.uint8))
    assert side == 6
    np.testing.assert_array_equal(grey[:, 0, 0], [0, 255, 255, 255, 255, 0])
    red = np.zeros((2, 3, 3, 3))
    red[..., 0] = 1
    sprite, side = make_sprite(red)
    assert sprite.shape == (6, 6, 3)
    np.testing.assert_array_equal(sprite[0, 0], [255, 0, 0])
    transparent = np.concatenate([red, np.zeros((2, 3, 3, 1))], axis=3)
    assert not make_sprite(transparent)[0].any()


def test_large_sprites_are_made_smaller():
    sprite, side = make_sprite(np.zeros((5, 3000, 2, 1), dtype=np.uint8))
    assert side == 1500
    assert len(sprite) <= MOST_PIXELS
