"""A table of the layers of a classifier's network."""

from sklearn.pipeline import make_pipeline

from skfashion.inspection import summarize


def test_it_has_what_the_classifier_has(fitted):
    summary = summarize(make_pipeline(fitted))
    assert summary.n_parameters == fitted.n_parameters_ == 61706
    assert summary.image_shape == fitted.image_shape_
    assert "61,706" in str(summary).splitlines()[-1]
