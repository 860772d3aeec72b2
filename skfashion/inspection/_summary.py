"""A table of the layers of a classifier's network."""

from dataclasses import replace

from ._classifiers import find_classifier
from ._texts import documented


@documented
def summarize(estimator):
    r"""Return a table of the layers of a classifier's network.

    It has the layers' output shapes, parameters and multiply-adds for one image, counted by
    torch's own counter of operations. No image is computed, so that it takes no longer for large
    networks.

    Parameters
    ----------
    %(fitted)s

    Returns
    -------
    skfashion.networks.NetworkSummary
        It prints as a table, and is one of HTML in notebooks. Its `layers` are rows for a
        DataFrame. Its `name` is the class of the classifier, with that of the network in brackets.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    TypeError
        If there is no classifier of this package in it.

    Examples
    --------
    >>> from skfashion import LeNet5Classifier
    >>> from skfashion.datasets import make_garments
    >>> from skfashion.inspection import summarize
    >>> X, y = make_garments(50, random_state=0, return_X_y=True)
    >>> summary = summarize(LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y))
    >>> summary.n_parameters
    61706
    >>> print("\n".join(str(summary).splitlines()[:5]))
    LeNet5Classifier (LeNet5) for images of 28 x 28 x 1
    <BLANKLINE>
    layer           kind       output        parameters  multiply-adds
    ------------------------------------------------------------------
    convolutions.0  Conv2d     6 x 28 x 28          156        117,600
    """
    classifier = find_classifier(estimator)[0]
    summary = classifier.fitted_network_.summary()
    return replace(summary, name=f"{type(classifier).__name__} ({summary.name})")
