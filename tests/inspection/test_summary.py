"""A table of the layers of a classifier's network."""

from sklearn.pipeline import make_pipeline

from skfashion import CNN5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import summarize


def test_it_has_what_the_classifier_has(fitted):
    summary = summarize(make_pipeline(fitted))
    assert summary.n_parameters == fitted.n_parameters_ == 61706
    assert summary.image_shape == fitted.image_shape_
    assert "61,706" in str(summary).splitlines()[-1]


def test_it_is_headed_by_the_class_that_was_fitted():
    X, y = make_garments(40, random_state=0, return_X_y=True)
    heading = str(summarize(CNN5Classifier(max_epochs=1, random_state=0).fit(X, y))).splitlines()[0]
    assert heading == "CNN5Classifier (LeNet5) for images of 28 x 28 x 1"
