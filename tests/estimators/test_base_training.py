"""The parameters of training do what they say."""

import numpy as np
import pytest
import torch
from sklearn.callback import ProgressBar, ScoringMonitor
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.utils import compute_class_weight
from skorch.callbacks import Callback, Checkpoint, EpochScoring, LRScheduler, PrintLog

from skfashion import LeNet5Classifier, MiniVGGClassifier, RandomShift, V5Classifier


def lenet(**parameters):
    defaults = {"activation": "relu", "max_epochs": 2, "batch_size": 64, "random_state": 0}
    return LeNet5Classifier(**defaults | parameters)


class Watch(Callback):
    """Remember the learning rate of each batch."""

    def __init__(self):
        self.rates = []

    def on_batch_begin(self, net, training=False, **kwargs):
        if training:
            self.rates.append(net.optimizer_.param_groups[0]["lr"])


class TestEarlyStopping:
    def test_keeps_the_best_weights(self, garments):
        X, y = garments
        train, valid = slice(400), slice(400, None)
        classifier = lenet(
            early_stopping=True, patience=3, lr=2e-2, lr_schedule=None, max_epochs=40
        ).fit(X[train], y[train], X_val=X[valid], y_val=y[valid])
        losses = [row["valid_loss"] for row in classifier.history_]
        best = int(np.argmin(losses))
        assert classifier.best_epoch_ == best + 1
        assert classifier.n_iter_ == best + 1 + 3 < 40
        proba = classifier.predict_proba(X[valid])
        loss = -np.log(proba[np.arange(200), y[valid]]).mean()
        assert loss == pytest.approx(losses[best], rel=0.02)

    def test_no_patience_goes_to_the_end(self, garments):
        X, y = garments
        classifier = lenet(
            early_stopping=True,
            patience=None,
            monitor="valid_acc",
            lr=2e-2,
            lr_schedule=None,
            max_epochs=8,
        ).fit(X, y)
        accuracies = [row["valid_acc"] for row in classifier.history_]
        assert classifier.n_iter_ == 8
        assert classifier.best_epoch_ == int(np.argmax(accuracies)) + 1

    def test_best_epoch_is_one_of_the_training_that_goes_on(self, garments):
        X, y = garments
        classifier = lenet(early_stopping=True, patience=None, warm_start=True, max_epochs=3)
        classifier.set_params(precision="float32")  # where so high a rate does not diverge
        classifier.fit(X, y).set_params(lr=0.5, lr_schedule=None, optimizer="sgd").fit(X, y)
        losses = [row["valid_loss"] for row in classifier.history_]
        assert min(losses[:3]) < min(losses[3:])  # or this would show nothing
        assert classifier.best_epoch_ == 4 + int(np.argmin(losses[3:]))

    def test_hold_out_is_stratified_and_not_trained_on(self, garments):
        X, y = garments
        classifier = lenet(early_stopping=True, validation_fraction=0.25, max_epochs=1).fit(X, y)
        assert classifier.history_[0]["train_batch_count"] == -(-450 // 64)

    def test_without_it_a_validation_set_is_watched(self, garments):
        X, y = garments
        classifier = lenet(max_epochs=3).fit(X[:400], y[:400], X_val=X[400:], y_val=y[400:])
        assert classifier.history_[-1]["valid_acc"] == pytest.approx(
            classifier.score(X[400:], y[400:])
        )
        assert classifier.best_epoch_ == classifier.n_iter_ == 3


class TestWeights:
    """Exact in float64 with one full batch, where nothing but the weights differs."""

    exact = {"precision": "float64", "batch_size": 1000, "max_epochs": 4}
    counts = np.random.default_rng(0).integers(0, 4, 60)

    @pytest.mark.parametrize(
        "classifier",
        [
            lenet(batch_norm=True, **exact),
            MiniVGGClassifier(width=4, hidden_units=(16,), random_state=0, **exact),
            V5Classifier(width=4, dropout=0.0, hidden_dropout=0.0, random_state=0, **exact),
        ],
        ids=lambda classifier: type(classifier).__name__,
    )
    def test_weights_are_the_same_as_repeating(self, classifier, garments):
        X, y = (part[:60] for part in garments)
        weighted = classifier.fit(X, y, sample_weight=self.counts).predict_proba(X)
        repeated = classifier.fit(X.repeat(self.counts, 0), y.repeat(self.counts))
        np.testing.assert_allclose(weighted, repeated.predict_proba(X), rtol=1e-7)

    def test_scale_of_the_weights_does_not_matter(self, garments):
        X, y = garments
        weight = np.random.default_rng(0).random(600)
        few, many = (
            lenet().fit(X, y, sample_weight=factor * weight).predict_proba(X)
            for factor in (1, 1024)
        )
        np.testing.assert_allclose(few, many, rtol=1e-4)

    def test_class_weight_multiplies(self, garments):
        X, y = garments
        by_class = lenet(class_weight={3: 4.0}).fit(X, y).predict_proba(X)
        by_sample = lenet().fit(X, y, sample_weight=np.where(y == 3, 4.0, 1.0)).predict_proba(X)
        np.testing.assert_array_equal(by_class, by_sample)
        plain = lenet().fit(X, y)
        assert by_class[:, 3].mean() > plain.predict_proba(X)[:, 3].mean()

    def test_balanced(self, garments):
        X, y = garments
        rare = np.flatnonzero((y != 5) | (np.cumsum(y == 5) <= 6))
        balanced = lenet(class_weight="balanced").fit(X[rare], y[rare])
        plain = lenet().fit(X[rare], y[rare])
        assert balanced.predict_proba(X)[:, 5].mean() > plain.predict_proba(X)[:, 5].mean()


class TestWeightsOfValidationImages:
    """What the validation loss is the mean of."""

    def loss(self, X, y, X_val, y_val, **how):
        weights = how.pop("sample_weight_val", None)
        classifier = lenet(max_epochs=1, **how)
        classifier.fit(X, y, X_val=X_val, y_val=y_val, sample_weight_val=weights)
        return classifier.history_[-1]["valid_loss"], classifier

    def test_sample_weights(self, garments):
        X, y = garments
        weights = np.random.default_rng(0).random(len(y))
        weights[:5] = 0
        loss, classifier = self.loss(X, y, X, y, sample_weight_val=weights)
        proba = classifier.predict_proba(X)
        assert loss == pytest.approx(log_loss(y, proba, sample_weight=weights), rel=1e-4)

    @pytest.mark.parametrize("class_weight", ["balanced", {3: 4.0, 5: 0.0}])
    def test_classes_weigh_what_they_weigh_in_training(self, garments, class_weight):
        X, y = garments
        rare = np.flatnonzero((y != 5) | (np.cumsum(y == 5) <= 6))
        loss, classifier = self.loss(X[rare], y[rare], X, y, class_weight=class_weight)
        if class_weight == "balanced":
            classes = np.unique(y)
            each = compute_class_weight("balanced", classes=classes, y=y[rare])
            class_weight = dict(zip(classes, each, strict=True))
        weights = np.array([class_weight.get(label, 1.0) for label in y])
        proba = classifier.predict_proba(X)
        assert loss == pytest.approx(log_loss(y, proba, sample_weight=weights), rel=1e-4)

    def test_without_validation_images(self, garments):
        with pytest.raises(ValueError, match="sample_weight_val is given without X_val and y_val"):
            lenet().fit(*garments, sample_weight_val=np.ones(len(garments[1])))

    def test_none_counts(self, garments):
        X, y = garments
        with pytest.raises(ValueError, match="weights of the validation images are zero"):
            lenet(class_weight={3: 0}).fit(X, y, X_val=X[y == 3], y_val=y[y == 3])


def test_tta_averages_mirror_images(garments):
    X, y = garments
    classifier = lenet().fit(X, y)
    mirrored = X.reshape(-1, 28, 28)[..., ::-1]
    mean = (classifier.predict_proba(X) + classifier.predict_proba(mirrored)) / 2
    classifier.set_params(tta="flip")
    np.testing.assert_allclose(classifier.predict_proba(X), mean, rtol=1e-6)
    np.testing.assert_allclose(classifier.predict_proba(mirrored), mean, rtol=1e-6)
    np.testing.assert_allclose(np.exp(classifier.decision_function(X)), mean, rtol=1e-6)


class TestPartialFit:
    def test_learns_by_pieces(self, garments):
        X, y = garments
        classifier = lenet(lr=1e-3)
        for _ in range(5):
            for start in range(0, 400, 100):
                part = slice(start, start + 100)
                classifier.partial_fit(X[part], y[part], classes=np.arange(10))
        assert classifier.n_iter_ == 20
        assert classifier.score(X[400:], y[400:]) > 0.6

    def test_first_call_without_all_classes(self, garments):
        X, y = garments
        classifier = lenet().partial_fit(X[y < 5], y[y < 5], classes=range(10))
        assert list(classifier.classes_) == list(range(10))
        classifier.partial_fit(X[y >= 5], y[y >= 5])

    @pytest.mark.usefixtures("on_cpu")
    def test_goes_on_after_fit(self, garments):
        X, y = garments
        classifier = lenet(lr=1e-2).fit(X, y)
        before = classifier.predict_proba(X)
        watch = Watch()
        classifier.set_params(callbacks=[watch]).partial_fit(X, y)
        assert set(watch.rates) == {1e-2}
        assert not np.allclose(before, classifier.predict_proba(X))

    def test_one_image(self, garments):
        X, y = garments
        classifier = V5Classifier(width=4, random_state=0)
        classifier.partial_fit(X[:1], y[:1], classes=range(10))
        assert np.isfinite(classifier.predict_proba(X[:2])).all()


def test_warm_start_goes_on(garments):
    X, y = garments
    classifier = lenet(warm_start=True).fit(X, y)
    first = classifier.history_[-1]["train_loss"]
    mean = classifier.mean_
    classifier.fit(X[:300], y[:300])
    assert classifier.history_[2]["train_loss"] < first * 1.2
    assert classifier.n_iter_ == len(classifier.history_) == 4
    np.testing.assert_array_equal(classifier.mean_, mean)
    assert lenet().fit(X, y).fit(X, y).n_iter_ == 2


def test_augmentation_changes_the_training_alone(garments):
    X, y = garments
    plain, augmented = lenet().fit(X, y), lenet(augment=RandomShift(3)).fit(X, y)
    assert plain.history_[-1]["train_loss"] < augmented.history_[-1]["train_loss"]
    np.testing.assert_array_equal(augmented.predict_proba(X), augmented.predict_proba(X))


def test_precision(garments):
    X, y = garments
    for precision, dtype in (("float32", np.float32), ("float64", np.float64)):
        classifier = lenet(precision=precision).fit(X, y)
        assert classifier.precision_ == precision
        assert classifier.transform(X[:2]).dtype == dtype
    assert lenet(precision="bfloat16").fit(X, y).transform(X[:2]).dtype == np.float32


@pytest.mark.slow
def test_bfloat16_agrees_with_float32(garments):
    X, y = garments
    classifier = lenet(max_epochs=5, precision="bfloat16").fit(X, y)
    low = classifier.predict(X)
    classifier.net_.precision = "float32"
    assert (classifier.predict(X) == low).mean() > 0.98


class TestCallbacks:
    def test_skorch_callbacks(self, garments, tmp_path):
        X, y = garments
        classifier = lenet(
            early_stopping=True,
            callbacks=[
                EpochScoring("f1_macro", lower_is_better=False, name="valid_f1"),
                LRScheduler("StepLR", step_size=1),
                Checkpoint(dirname=tmp_path, monitor="valid_loss_best"),
                PrintLog(sink=lambda line: None),
            ],
        ).fit(X, y)
        assert 0 < classifier.history_[-1]["valid_f1"] <= 1
        assert (tmp_path / "params.pt").exists()

    def test_scoring_monitor(self, garments):
        X, y = garments
        monitor = ScoringMonitor(scoring="accuracy")
        classifier = lenet(max_epochs=3).set_callbacks(monitor).fit(X, y)
        scores = [row["accuracy"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
        assert len(scores) == 3
        assert scores[-1] == classifier.score(X, y)

    def test_a_callback_can_stop(self, garments):
        X, y = garments

        class Stop:
            def setup(self, estimator, context): ...
            def teardown(self, estimator, context): ...
            def on_fit_task_begin(self, estimator, context): ...
            def on_fit_task_end(self, estimator, context):
                return context.task_name == "epoch" and context.task_id == 1

        assert lenet(max_epochs=9).set_callbacks(Stop()).fit(X, y).n_iter_ == 2

    @pytest.mark.slow
    def test_progress_bar_in_a_grid_search(self, garments, capfd):
        X, y = garments
        search = GridSearchCV(lenet(), {"lr": [1e-3, 3e-3]}, cv=2, n_jobs=2, error_score="raise")
        search.set_callbacks(ProgressBar(max_propagation_depth=2)).fit(X, y)
        shown = capfd.readouterr().out
        assert "GridSearchCV" in shown
        assert "LeNet5Classifier" in shown
        assert "100%" in shown


def test_references_protocols_can_be_said(garments):
    """The protocol of CNN5 and mini_VGG: Nesterov, no shuffle, patience on validation loss."""
    X, y = garments
    classifier = lenet(
        optimizer="sgd",
        lr=1e-3,
        weight_decay=0.0,
        lr_schedule=None,
        shuffle=False,
        early_stopping=True,
        patience=10,
        batch_norm=True,
        activation="elu",
        pooling="max",
        dropout=0.5,
        hidden_units=(128, 64),
    ).fit(X, y)
    assert classifier.n_parameters_ == 62_850


class TestLabelsOfAnotherType:
    ADVICE = "Give all labels as strings, or all as numbers"

    def test_of_a_validation_set(self, garments):
        X, y = garments
        with pytest.raises(ValueError, match=f"y_val has labels.*{self.ADVICE}"):
            lenet().fit(X, y, X_val=X, y_val=y.astype(str))

    @pytest.mark.parametrize("n_classes", [10, 2])
    def test_of_classes(self, garments, n_classes):
        X, y = garments
        classes = [str(i) for i in range(n_classes)]
        with pytest.raises(ValueError, match=self.ADVICE):
            lenet().partial_fit(X, y, classes=classes)

    def test_of_a_class_that_only_the_validation_set_has(self, garments):
        X, y = garments
        with pytest.raises(ValueError, match="cannot be validated on: leave them out"):
            lenet().fit(X[y < 5], y[y < 5], X_val=X, y_val=y)


class Flip(torch.nn.Module):
    """A user's augmentation that is a torch module, as those of other packages are."""

    def augment(self, batch, generator):
        return batch.flip(3)


def test_a_torch_module_as_augmentation(garments):
    X, y = garments
    module = lenet(augment=Flip()).fit(X, y)
    mirrored = lenet().fit(X.reshape(-1, 28, 28)[..., ::-1], y)
    np.testing.assert_array_equal(module.predict_proba(X), mirrored.predict_proba(X))
    with pytest.raises(TypeError, match=r"augment has Identity\(\), which is no augmentation"):
        lenet(augment=torch.nn.Identity()).fit(X, y)
