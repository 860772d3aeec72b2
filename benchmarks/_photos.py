"""What the scripts about photos share: the photos, which names are right, and how many are."""

from pathlib import Path

import numpy as np

SHARED = Path(__file__).parents[2] / "shared"
FOLDER = SHARED / "clothing-photos"
# The names that are right for each folder; the other folders have no class.
CLASSES = {
    "dress": ["Dress"],
    "longsleeve": ["Pullover"],
    "outwear": ["Coat"],
    "pants": ["Trouser"],
    "shirt": ["Shirt"],
    "shoes": ["Sandal", "Sneaker", "Ankle boot"],
    "t-shirt": ["T-shirt/top"],
}


def photos_of(folder, per_folder=None, categories=tuple(CLASSES)):
    """Return the paths of photos and their folders.

    Parameters
    ----------
    folder : Path
        The folder of folders.
    per_folder : int, default=None
        Only so many of each folder, the first; None takes all.
    categories : sequence of str, default=tuple(CLASSES)
        The folders, those that have a class; None takes all.

    Returns
    -------
    paths : list of str
    folders : ndarray of shape (n_photos,), dtype str
    """
    from skfashion.photos import load_photos

    categories = None if categories is None else list(categories)
    bunch = load_photos(folder, categories=categories, load_content=False, shuffle=False)
    folders = np.array(bunch.target_names)[bunch.target]
    kept = np.concatenate(
        [np.flatnonzero(folders == name)[:per_folder] for name in bunch.target_names]
    )
    return [bunch.data[i] for i in kept], folders[kept]


def scores(labels, found, folders, classes=CLASSES):
    """Return how many photos are named right; one without a garment is wrong.

    Parameters
    ----------
    labels : array-like of shape (n_photos,)
        The names that were given.
    found : ndarray of shape (n_photos,), dtype bool
        In which photos a garment was found.
    folders : ndarray of shape (n_photos,)
        Their folders.
    classes : dict of str to list of str, default=CLASSES
        The names that are right for each folder.

    Returns
    -------
    dict of str to object
        Accuracy on all photos, mean over folders, the fraction without a garment, and accuracy by
        folder.
    """
    right = np.array(
        [f and label in classes[n] for f, label, n in zip(found, labels, folders, strict=True)]
    )
    by_folder = {name: right[folders == name].mean() for name in classes if name in folders}
    return {
        "accuracy": round(float(right.mean()), 4),
        "mean_over_folders": round(float(np.mean(list(by_folder.values()))), 4),
        "not_found": round(float(1 - np.mean(found)), 4),
        "by_folder": {name: round(float(share), 4) for name, share in by_folder.items()},
    }
