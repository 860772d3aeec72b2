"""The classifiers that the command trains."""

from skfashion.cli import _models


def test_every_classifier_is_a_model():
    models = _models.models()
    assert {"lenet5", "minivgg", "v5"} <= set(models)
    assert "image" not in models
    assert set(_models.RECIPES) <= set(models)
    for name, cls in models.items():
        cls(**_models.parameters(name))


def test_which_models_take_trained_weights():
    assert _models.with_weights() == ["vgg19"]
