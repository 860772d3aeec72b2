"""The classifiers that can be trained, by their names, and how they are trained."""

from .. import estimators, persistence, pretrained
from ..augmentation import RandomHorizontalFlip

# What the classifiers are trained with, all of them and each: the rest is their defaults.
RECIPE = {
    "augment": RandomHorizontalFlip(),
    "tta": "flip",
}
RECIPES = {
    "lenet5": {"activation": "relu", "pooling": "max"},
    "minivgg": {"max_epochs": 4, "batch_size": 128, "optimizer": "muon"},
    # Without augmentation the frozen backbone runs once, not in each epoch.
    "vgg19": {"augment": None, "tta": None},
}


def models():
    """Return the classes of classifiers by the names they have here."""
    exported = (getattr(estimators, name) for name in estimators.__all__)
    return {
        cls.__name__.removesuffix("Classifier").lower(): cls
        for cls in exported
        if cls not in (estimators.ImageClassifier, estimators.ModuleClassifier)
    }


def parameters(model):
    """Return what a model is trained with.

    Parameters
    ----------
    model : str
        A name that :func:`models` has.

    Returns
    -------
    dict
        Parameters of its class.
    """
    defaults = {"max_epochs": models()[model].max_epochs}
    return defaults | RECIPE | RECIPES.get(model, {})


def with_weights():
    """Return the names of the models that take trained weights."""
    return [name for name, cls in models().items() if "weights" in cls().get_params(deep=False)]


def of_photos(path, device):
    """Return the classifier that names garments in photos.

    Parameters
    ----------
    path : str, path-like or None
        A model file; None takes the classifier that comes with the package.
    device : str
        Where to compute.

    Returns
    -------
    classifier : ImageClassifier
        Fitted.
    n_views : int
        Over how many views of a garment its probabilities are averaged.
    """
    if path is not None:
        return persistence.load(path, device=device), 1
    pipeline = pretrained.load_pretrained("photos", method="border", device=device)
    return pipeline["classifier"], pipeline.n_views
