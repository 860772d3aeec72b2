"""Features for TensorBoard's Embedding Projector."""

from math import ceil, isqrt
from pathlib import Path
from urllib.parse import quote

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d

from .._optional import import_optional
from ..storage import new_file, new_folder
from ._images import as_images, classes_of, drawable, names_of
from ._tensorboard import check_log_dir, check_step, new_writer

CONFIG = "projector_config.pbtxt"  # where TensorBoard looks for it
MOST_PIXELS = 8192  # a side of a sprite: what browsers draw
NOT_IN_TABLES = str.maketrans({"\t": " ", "\n": " ", "\r": " "})


def log_embedding(
    log_dir, features, y=None, *, images=None, display_labels=None, tag="features", step=0
):
    """Log features for TensorBoard's Embedding Projector.

    The projector shows them as points in space, by PCA, t-SNE, UMAP or axes of one's own, with
    the images in the place of points, and colours and texts by class. A step of a tag that is
    there already is replaced; all others stay.

    Parameters
    ----------
    log_dir : str or path-like
        The folder of the run, which may be there already.
    features : array-like of shape (n, n_features)
        Features: what a classifier's `transform` gives, or the pixels, as flat rows.
    y : array-like of shape (n,), default=None
        Labels.
    images : array-like of shape (n, H, W), (n, H, W, C), (n, C, H, W) or (n, H*W*C)
        What is drawn as points. None, the default, draws none.
    display_labels : sequence of str, default=None
        Names of the classes of `y`, in sorted order. None shows the labels themselves.
    tag : str, default="features"
        The name of the features.
    step : int, default=0
        Which of several features of that name they are: an epoch, say.

    Raises
    ------
    ImportError
        If tensorboard is not installed.
    TypeError
        If `log_dir` is no path, or `tag` no string.
    ValueError
        If features, labels and images are not of one length, or not what they have to be, if
        `step` is negative, or if the folder has settings of the projector that cannot be read.

    See Also
    --------
    EmbeddingDisplay : Features as points in a plane, without TensorBoard.

    Examples
    --------
    >>> import os, tempfile
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.inspection import log_embedding
    >>> X, y = make_garments(50, random_state=0, return_X_y=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log_embedding(folder, X, y, images=X, tag="pixels")
    ...     sorted(os.listdir(os.path.join(folder, "pixels-00000")))
    ['metadata.tsv', 'sprite.png', 'tensors.tsv']
    """
    log_dir = Path(check_log_dir(log_dir))
    if not isinstance(tag, str) or not tag:
        raise TypeError(f"tag={tag!r}; wanted: a name, as a string that is not empty.")
    check_step(step)
    features = check_array(features, dtype=float, ensure_min_features=2, input_name="features")
    names = sprite = None
    if y is not None:
        check_consistent_length(features, column_or_1d(y))
        labels, codes = classes_of(y)
        names = names_of(labels, display_labels)[codes]
    if images is not None:
        images = as_images(images)
        check_consistent_length(features, images)
        sprite, side = make_sprite(images)

    entry = {"tensor_name": f"{tag}-{step:05d}"}
    subfolder = quote(entry["tensor_name"], safe="")
    config = _read_config(log_dir / CONFIG)
    with new_folder(log_dir / subfolder) as folder:
        with new_file(folder / "tensors.tsv") as file:
            np.savetxt(file, features, fmt="%.6g", delimiter="\t")
        entry["tensor_path"] = f"{subfolder}/tensors.tsv"
        if names is not None:
            rows = [name.translate(NOT_IN_TABLES).strip() or "-" for name in names]
            with new_file(folder / "metadata.tsv") as file:
                file.write("".join(f"{row}\n" for row in rows).encode())
            entry["metadata_path"] = f"{subfolder}/metadata.tsv"
        if sprite is not None:
            with new_file(folder / "sprite.png") as file:
                _write_png(file, sprite)
            image = {"image_path": f"{subfolder}/sprite.png", "single_image_dim": [side, side]}
            entry["sprite"] = image
    _write_config(log_dir / CONFIG, config, entry)
    new_writer(str(log_dir)).close()  # by files of events TensorBoard knows a run


def make_sprite(images):
    """Return images side by side as one square picture, and the side of each in it.

    Parameters
    ----------
    images : ndarray of shape (n, H, W, C)
        Images. They are framed to squares, and made smaller if the picture would be too large.

    Returns
    -------
    sprite : ndarray of shape (S, S, 3), dtype=uint8
        Row by row, from the left.
    side : int
        Height and width of an image in it.
    """
    drawn = drawable(images)
    if drawn.ndim == 3:
        drawn = np.repeat(drawn[..., None], 3, axis=3)
    drawn = drawn[..., :3] * drawn[..., 3:] if drawn.shape[3] == 4 else drawn
    n_columns = isqrt(len(drawn) - 1) + 1
    # Every second pixel, or every third ...
    step = ceil(max(drawn.shape[1:3]) * n_columns / MOST_PIXELS)
    drawn = drawn[:, ::step, ::step]
    n, height, width, _ = drawn.shape
    side = max(height, width)
    tiles = np.zeros((n_columns**2, side, side, 3), dtype=np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    tiles[:n, top : top + height, left : left + width] = (drawn.clip(0, 1) * 255).round()
    grid = tiles.reshape(n_columns, n_columns, side, side, 3).swapaxes(1, 2)
    return grid.reshape(n_columns * side, n_columns * side, 3), side


def _write_png(file, sprite):
    image = import_optional("PIL.Image", "tensorboard", "Sprites")
    image.fromarray(sprite).save(file, format="PNG")


def _projector():
    return import_optional("tensorboard.plugins.projector", "tensorboard", "Logs")


def _read_config(path):
    """Return the settings of the projector that a run has, empty ones if there are none."""
    text_format = import_optional("google.protobuf.text_format", "tensorboard", "Logs")
    config = _projector().ProjectorConfig()
    if path.exists():
        try:
            text_format.Parse(path.read_text(encoding="utf-8"), config)
        except (text_format.ParseError, UnicodeDecodeError) as error:
            raise ValueError(
                f"{path} is damaged, so that features cannot be added to it: remove it, or give "
                f"another log_dir. ({error})"
            ) from error
    return config


def _write_config(path, config, entry):
    """Write the settings of a run with an entry, in the place of the one of its name."""
    text_format = import_optional("google.protobuf.text_format", "tensorboard", "Logs")
    others = [one for one in config.embeddings if one.tensor_name != entry["tensor_name"]]
    del config.embeddings[:]
    config.embeddings.extend([*others, _projector().EmbeddingInfo(**entry)])
    with new_file(path) as file:
        file.write(text_format.MessageToString(config).encode())
