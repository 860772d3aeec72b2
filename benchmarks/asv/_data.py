"""Small data sets for the suites, and classifiers that are fitted on them."""

from functools import cache
from pathlib import Path

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier
from skfashion.datasets import fetch_fashion_mnist, make_garments

CLASSIFIERS = {
    "LeNet5Classifier": LeNet5Classifier,
    "MiniVGGClassifier": MiniVGGClassifier,
    "V5Classifier": V5Classifier,
}
BESIDE_THE_CHECKOUT = Path(__file__).parents[3] / "shared" / "fashion-mnist"


@cache
def garments(n_samples=1000, random_state=0):
    """Return drawn images and their labels."""
    return make_garments(n_samples, random_state=random_state, return_X_y=True)


def real(subset, n_samples):
    """Return the first images of Fashion-MNIST and their labels.

    Raises
    ------
    NotImplementedError
        If they are not on this machine: asv's way to leave a benchmark out.
    """
    home = BESIDE_THE_CHECKOUT if BESIDE_THE_CHECKOUT.exists() else None
    try:
        X, y = fetch_fashion_mnist(
            subset=subset, data_home=home, download_if_missing=False, return_X_y=True
        )
    except OSError as error:
        raise NotImplementedError("Fashion-MNIST is not on this machine") from error
    return X[:n_samples], y[:n_samples]


@cache
def fitted(name):
    """Return a classifier that knows little, which makes its predictions no faster."""
    X, y = garments(200)
    return CLASSIFIERS[name](max_epochs=1, random_state=0).fit(X, y)
