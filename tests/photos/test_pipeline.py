"""Photographs in, classes out."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.photos import load_photos, make_photo_pipeline

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("cv2")


def as_photo(image, size=200):
    """Put a garment of the data set on paper, (280, 280, 3)."""
    large = 255 - image.repeat(size // 28, axis=0).repeat(size // 28, axis=1)
    photo = np.full((280, 280), 255, np.uint8)
    photo[40 : 40 + len(large), 40 : 40 + len(large)] = large
    return photo[:, :, None].repeat(3, axis=2)


@pytest.fixture(scope="module")
def garments():
    return make_garments(800, random_state=0)


@pytest.fixture(scope="module")
def classifier(garments):
    lenet = LeNet5Classifier(max_epochs=4, random_state=0, device="cpu")
    return lenet.fit(garments.images, garments.target_names[garments.target])


@pytest.fixture(scope="module")
def photos():
    bunch = make_garments(24, random_state=1)
    return [as_photo(image) for image in bunch.images], bunch.target_names[bunch.target]


def test_a_fitted_classifier_predicts_at_once(classifier, photos):
    pipeline = make_photo_pipeline(classifier, method="border")
    assert pipeline.score(*photos) > 0.6
    assert pipeline.predict_proba(photos[0]).shape == (24, 10)
    assert pipeline.classes_.tolist() == classifier.classes_.tolist()


def test_no_garment_is_no_class(classifier, draw):
    pipeline = make_photo_pipeline(classifier, method="border")
    X = [draw(200, 200), draw()]
    with pytest.warns(UserWarning, match="No garment was found in 1 of 2"):
        probabilities = pipeline.predict_proba(X)
    assert (probabilities[0] == 0.1).all()
    assert probabilities[1].max() > 0.11
    with pytest.warns(UserWarning, match="No garment"):
        logarithms = pipeline.predict_log_proba(X)
    np.testing.assert_allclose(np.exp(logarithms), probabilities, rtol=1e-5)


def test_what_a_classifier_has_not_the_pipeline_has_not_either():
    assert not hasattr(make_photo_pipeline(LinearSVC(), method="border"), "predict_proba")


def test_it_fits_on_paths_and_photos(photos, tmp_path):
    X, y = photos
    for i, (photo, name) in enumerate(zip(X, y, strict=True)):
        (tmp_path / name.replace("/", " ")).mkdir(exist_ok=True)
        Image.fromarray(photo).save(tmp_path / name.replace("/", " ") / f"{i}.png")
    paths, target = load_photos(tmp_path, load_content=False, return_X_y=True)
    pipeline = make_photo_pipeline(KNeighborsClassifier(1), method="border")
    assert pipeline.fit(paths, target).score(paths, target) > 0.9
    images, target = load_photos(tmp_path, return_X_y=True)
    assert pipeline.score(images, target) > 0.9


@pytest.mark.slow
def test_every_choice_is_searchable(photos):
    X, y = photos
    grid = {
        "segmenter__method": ["border", "colour"],
        "converter__negate": [True, False],
        "classifier__C": [0.1],
    }
    pipeline = make_photo_pipeline(LogisticRegression(max_iter=50), method="border")
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, y == "Trouser")
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert len(search.cv_results_["params"]) == 4


def test_clones_and_pickles(classifier, photos):
    pipeline = make_photo_pipeline(classifier, method="border")
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.predict(photos[0][:5]), pipeline.predict(photos[0][:5]))
    assert clone(pipeline).get_params()["segmenter__method"] == "border"


# What a model was trained on decides what is done to a photo.


def style_after(X, **choices):
    y = np.arange(len(X)) % 2
    classifier = LeNet5Classifier(max_epochs=1, random_state=0, device="cpu").fit(X, y)
    pipeline = make_photo_pipeline(classifier, method="border", **choices)
    return pipeline.named_steps["converter"], pipeline


def test_fashion_mnist(garments):
    converter, _ = style_after(garments.images[:100])
    assert (converter.background, converter.negate, converter.match_tone) == ("black", True, True)
    assert converter.pixel_range == (0, 255)
    assert converter.image_shape == (28, 28, 1)


def test_bright_images_are_not_negated(garments):
    converter, _ = style_after(255 - garments.images[:100])
    assert (converter.background, converter.negate) == ("white", False)


def test_a_classifier_of_other_pictures_gets_those(draw):
    X = np.random.default_rng(0).integers(0, 256, (40, 32, 24, 3), dtype=np.uint8)
    converter, pipeline = style_after(X)
    assert (converter.background, converter.negate) == ("photo", False)
    assert converter.image_shape == (32, 24, 3)
    image = pipeline[:-1].transform([draw(250, 40)])[0]
    assert image[16, 12].tolist() == [40, 40, 40]


@pytest.mark.parametrize(
    ("change", "pixel_range", "dtype"),
    [
        (lambda X: X / np.float32(255), (0, 1), np.float32),
        (lambda X: X / np.float32(127.5) - 1, (-1, 1), np.float32),
        (lambda X: X.astype(np.uint16) * 257, (0, 65535), np.float32),
    ],
)
def test_ranges(garments, draw, change, pixel_range, dtype):
    converter, pipeline = style_after(change(garments.images[:100]))
    assert converter.pixel_range == pixel_range
    assert converter.background == "black"
    images = pipeline[:-1].transform([draw()])
    assert images.dtype == dtype
    assert images.min() == pixel_range[0]
    assert pipeline.predict([draw()]).shape == (1,)


def test_the_choice_can_be_switched_off(garments):
    converter, _ = style_after(
        garments.images[:100],
        background="photo",
        negate=False,
        match_tone=False,
        image_shape=(20, 20, 1),
        pixel_range=(0, 1),
    )
    assert (converter.background, converter.negate, converter.match_tone) == ("photo", False, False)
    assert (converter.image_shape, converter.pixel_range) == ((20, 20, 1), (0, 1))


def test_classifiers_inside_others(garments):
    X, y = garments.images[:60] / np.float32(255), garments.target[:60] % 2
    lenet = LeNet5Classifier(max_epochs=1, random_state=0, device="cpu")
    search = GridSearchCV(lenet, {"batch_size": [32]}, cv=2).fit(X, y)
    pipeline = make_photo_pipeline(search, method="border")
    assert pipeline.named_steps["converter"].pixel_range == (0, 1)
    assert not pipeline.named_steps["converter"].flat


def test_other_classifiers_get_rows(draw):
    classifier = DummyClassifier().fit(np.zeros((4, 64)), [0, 1, 1, 1])
    pipeline = make_photo_pipeline(classifier, method="border")
    assert pipeline[:-1].transform([draw()]).shape == (1, 64)


def test_wrong_names(classifier):
    with pytest.raises(ValueError, match="background='grey' is not known"):
        make_photo_pipeline(classifier, background="grey")
    with pytest.raises(ValueError, match="method='bordr' is not known.*'border'"):
        make_photo_pipeline(classifier, method="bordr")


@pytest.mark.parametrize(
    ("white", "top"), [(16, 16), (4095, 4095), (1.02, 1), (65535, 65535), (200, 255)]
)
def test_white_is_what_it_was_in_training(garments, white, top):
    X = garments.images[:100] / 255 * white
    X = X if white < 2 else X.round()
    assert style_after(X)[0].pixel_range == pytest.approx((0, top), rel=0.05)


def test_a_little_below_black(garments):
    converter, _ = style_after(garments.images[:100] / 255 - 0.001)
    assert (converter.pixel_range, converter.background) == ((0, 1), "black")


def lenet():
    return LeNet5Classifier(max_epochs=1, device="cpu")


@pytest.mark.parametrize(
    "model",
    [
        lambda: make_pipeline(MinMaxScaler(), lenet()),
        lambda: make_pipeline("passthrough", lenet()),
        lambda: BaggingClassifier(lenet(), 2),
        lambda: VotingClassifier([("a", KNeighborsClassifier()), ("b", lenet())]),
        lambda: VotingClassifier([("a", lenet()), ("b", lenet())]),
    ],
    ids=["scaler", "passthrough", "bagging", "mixed", "voting"],
)
def test_estimators_of_estimators(garments, photos, model):
    fitted = model().fit(garments.images[:200].reshape(200, -1), garments.target[:200])
    pipeline = make_photo_pipeline(fitted, method="border")
    assert pipeline["converter"].pixel_range == (0, 255)
    assert pipeline.predict(photos[0][:3]).shape == (3,)
    fresh = make_photo_pipeline(model(), method="border").fit(*photos)
    assert fresh.predict(photos[0][:3]).shape == (3,)


def test_choices_that_are_arrays(classifier):
    pipeline = make_photo_pipeline(
        classifier, method="border", image_shape=np.array([28, 28, 1]), pixel_range=np.array([0, 1])
    )
    assert list(pipeline["converter"].pixel_range) == [0, 1]


def test_views_are_averaged(classifier, photos):
    X, y = photos[0][:6], photos[1][:6]
    one, two = (make_photo_pipeline(classifier, method="border", n_views=n) for n in (1, 2))
    mirrored = one.predict_proba([photo[:, ::-1] for photo in X])
    wanted = (one.predict_proba(X) + mirrored) / 2
    np.testing.assert_allclose(two.predict_proba(X), wanted, atol=1e-6)
    assert two.predict(X).tolist() == two.classes_[wanted.argmax(axis=1)].tolist()
    np.testing.assert_allclose(np.exp(two.predict_log_proba(X)), wanted, atol=1e-6)
    assert two.score(X, y) == np.mean(two.predict(X) == y)
    many = clone(two).set_params(n_views=12).fit(X, y)
    assert not np.allclose(many.predict_proba(X), many.set_params(n_views=2).predict_proba(X))


def test_views_of_nothing(classifier, draw):
    pipeline = make_photo_pipeline(classifier, method="border", n_views=4)
    with pytest.warns(UserWarning, match="No garment was found in 1 of 2"):
        probabilities = pipeline.predict_proba([draw(200, 200), draw()])
    np.testing.assert_allclose(probabilities[0], 0.1)
    assert probabilities[1].max() > 0.11


def test_views_can_be_searched(classifier, photos):
    pipeline = make_photo_pipeline(DummyClassifier(), method="border")
    search = GridSearchCV(pipeline, {"n_views": [1, 2]}, cv=2, error_score="raise", refit=False)
    search.fit(photos[0][:6], [0, 1, 0, 1, 0, 1])
    assert search.cv_results_["param_n_views"].tolist() == [1, 2]


@pytest.mark.parametrize("n_views", [0, 13, 2.0])
def test_impossible_views(classifier, photos, n_views):
    message = f"n_views={n_views} is not a whole number from 1 to 12"
    with pytest.raises(ValueError, match=message):
        make_photo_pipeline(classifier, method="border", n_views=n_views)
    pipeline = make_photo_pipeline(classifier, method="border").set_params(n_views=n_views)
    for method in ("predict", "predict_proba", "predict_log_proba"):
        with pytest.raises(ValueError, match=message):
            getattr(pipeline, method)(photos[0])


def test_views_need_probabilities(photos):
    X, y = photos[0][:6], photos[1][:6]
    pipeline = make_photo_pipeline(LinearSVC(), method="border", n_views=2).fit(X, y)
    with pytest.raises(ValueError, match="has no predict_proba: set n_views=1, or calibrate"):
        pipeline.predict(X)
    assert pipeline.set_params(n_views=1).predict(X).shape == (6,)


def test_garments_that_were_found_before(classifier, photos):
    pipeline = make_photo_pipeline(classifier, method="border", n_views=2)
    garments = pipeline["segmenter"].transform(photos[0][:4])
    assert pipeline["segmenter"].transform(garments)[0] is garments[0]
    assert (pipeline.predict_proba(garments) == pipeline.predict_proba(photos[0][:4])).all()


@pytest.mark.parametrize("n_views", [1, 2])
def test_decision_function_agrees_with_the_probabilities(classifier, photos, draw, n_views):
    """Calibration and ROC scorers ask for it first."""
    pipeline = make_photo_pipeline(classifier, method="border", n_views=n_views)
    values = pipeline.decision_function(photos[0])
    softmax = np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(softmax, pipeline.predict_proba(photos[0]), atol=1e-5)
    with pytest.warns(UserWarning, match="No garment was found"):
        (nothing,) = pipeline.decision_function([draw(200, 200)])
    assert np.ptp(nothing) == 0


def test_decision_function_of_two_classes(garments, photos):
    two = garments.target < 5
    model = LeNet5Classifier(max_epochs=1, random_state=0, device="cpu")
    pipeline = make_photo_pipeline(model.fit(garments.images, two), method="border", n_views=2)
    values = pipeline.decision_function(photos[0])
    assert ((values > 0) == pipeline.predict(photos[0])).all()
    pipeline.set_params(n_views=1)
    assert pipeline.decision_function(photos[0]).shape == values.shape == (24,)
