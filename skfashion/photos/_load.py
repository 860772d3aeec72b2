"""Folders of photographs."""

import os
import warnings
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch, check_random_state

from .._docs import substitute
from .._options import choose
from ._read import MAX_PIXELS, READING_TEXTS, check_limit, read_image

SUFFIXES = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif"),
    *(".heic", ".heif", ".ppm", ".pgm"),
)
MAC_FOLDER = "__MACOSX"  # of archives: what it has is named as the photos, and is none
N_NAMED = 10  # bad files that an error names


@substitute(
    max_pixels=READING_TEXTS["max_pixels"],
    keep_alpha=READING_TEXTS["keep_alpha"].format(default=True),
)
def load_photos(
    folder,
    *,
    return_X_y=False,
    categories=None,
    load_content=True,
    shuffle=True,
    random_state=0,
    allowed_extensions=None,
    errors="raise",
    max_size=1024,
    max_pixels=MAX_PIXELS,
    keep_alpha=True,
):
    """Load photographs whose folders are named after their classes.

    They lie as :func:`sklearn.datasets.load_files` has it: ``folder/dress/1.jpg``,
    ``folder/dress/2.jpg``, ``folder/shirt/1.png``. Files whose names begin with a dot are
    left out.

    Parameters
    ----------
    folder : str or path-like
        The folder with one subfolder for each class.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    categories : list of str, default=None
        The subfolders to load; None loads all.
    load_content : bool, default=True
        Whether to read the photos. If False, `data` has their paths, which a
        :class:`GarmentSegmenter` reads.
    shuffle : bool, default=True
        Whether to put the photos in random order.
    random_state : int, RandomState instance or None, default=0
        What the order is drawn from.
    allowed_extensions : list of str, default=None
        The endings of the files to load, such as ``[".jpg"]``; None takes those of images.
    errors : {"raise", "skip"}, default="raise"
        What is done about files that cannot be read: one error that names them, or one
        warning and a set without them.
    max_size : int, default=1024
        Photos are shrunk so that neither side has more pixels; None keeps their size.
    %(max_pixels)s
    %(keep_alpha)s

    Returns
    -------
    bunch : :class:`~sklearn.utils.Bunch`
        With these attributes.

        data : list of ndarray of shape (H, W, 3) or (H, W, 4), dtype uint8
            The photos, or their paths.
        target : ndarray of shape (n_photos,), dtype int64
            The positions of their classes in `target_names`.
        target_names : list of str
            The names of the subfolders, sorted.
        filenames : ndarray of shape (n_photos,), dtype str
            The files.
        DESCR : str
            What was loaded.
    (data, target) : tuple if `return_X_y` is True
        The two as described above.

    Raises
    ------
    OSError
        If the folder is not there.
    ValueError
        If it has no photos, files cannot be read, or a parameter is not known.
    ImportError
        If OpenCV or Pillow is not installed.

    Warns
    -----
    UserWarning
        If ``errors="skip"`` and files cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> from skfashion.photos import load_photos
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("dress", "shirt"):
    ...         Path(folder, name).mkdir()
    ...         Image.new("RGB", (40, 30), "white").save(Path(folder, name, "1.png"))
    ...     photos = load_photos(folder)
    >>> photos.target_names, photos.data[0].shape
    (['dress', 'shirt'], (30, 40, 3))
    """
    check_limit("max_size", max_size)
    check_limit("max_pixels", max_pixels)
    skip = choose("errors", errors, {"raise": False, "skip": True})
    folder = Path(os.path.expanduser(folder))
    names, files, target = _found(folder, categories, allowed_extensions)
    if shuffle:
        order = check_random_state(random_state).permutation(len(files))
        files, target = [files[i] for i in order], target[order]
    data = [str(file) for file in files]
    if load_content:
        reading = {"max_size": max_size, "max_pixels": max_pixels, "keep_alpha": keep_alpha}
        data, good = _read_all(files, skip, reading)
        files, target = (
            [file for file, is_good in zip(files, good, strict=True) if is_good],
            target[good],
        )
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=names,
        filenames=np.array([str(file) for file in files]),
        DESCR=f"{len(files)} photographs of {len(names)} classes from {folder}",
    )


def _found(folder, categories, extensions):
    """Return the classes of a folder, its files and the codes of their classes."""
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.is_dir() and entry.name[0] != "."
    )
    if categories is not None:
        if isinstance(categories, str):
            raise ValueError(f"categories={categories!r}: give a list, [{categories!r}].")
        for name in categories:
            choose("categories", name, dict.fromkeys(names))
        names = sorted(set(categories))
    if isinstance(extensions, str):
        raise ValueError(f"allowed_extensions={extensions!r}: give a list, [{extensions!r}].")
    extensions = SUFFIXES if extensions is None else extensions
    endings = tuple(ending.lower() for ending in extensions)
    files, codes = [], []
    for code, name in enumerate(names):
        inside = sorted(file for file in (folder / name).rglob("*") if _is_file(file))
        inside = [file for file in inside if file.name.lower().endswith(endings)]
        inside = [file for file in inside if not _is_hidden(file.relative_to(folder / name))]
        files += inside
        codes += [code] * len(inside)
    if not files:
        raise ValueError(
            f"{folder} has no photos in subfolders named after classes, such as "
            f"{folder / 'dress' / '1.jpg'}; looked for {', '.join(endings)}."
        )
    return names, files, np.array(codes, np.int64)


def _is_file(path):
    """Return whether a path is a file, or a link to nothing, which is named as a bad file."""
    return path.is_file() or (path.is_symlink() and not path.exists())


def _read_all(files, skip, reading):
    """Read photos: (photos, which files were good), or an error that names the bad ones."""
    photos, problems = [], {}
    for i, file in enumerate(files):
        try:
            photos.append(read_image(file, **reading))
        except (OSError, ValueError) as error:
            problems[i] = str(error)
    good = np.array([i not in problems for i in range(len(files))])
    if problems:
        message = _bad_files(list(problems.values()), len(files))
        if not skip or not photos:
            raise ValueError(f'{message} Remove or repair them, or give errors="skip".')
        warnings.warn(f"Left out: {message}", UserWarning, stacklevel=3)
    return photos, good


def _bad_files(reasons, n_files):
    more = f" And {len(reasons) - N_NAMED} more." if len(reasons) > N_NAMED else ""
    return f"{len(reasons)} of {n_files} files cannot be read. {' '.join(reasons[:N_NAMED])}{more}"


def _is_hidden(path):
    return any(part[0] == "." or part == MAC_FOLDER for part in path.parts)
