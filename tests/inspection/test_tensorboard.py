"""Curves and pictures for TensorBoard, read back from the files."""

import io
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EpochScoring

from skfashion import LeNet5Classifier
from skfashion.inspection import ImageGridDisplay, TensorBoardLogger, log_display

pytest.importorskip("tensorboard")


def read(folder):
    """Return what TensorBoard reads from the files of a run."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder), size_guidance={"images": 0, "scalars": 0}).Reload()


def scalars(run, tag):
    return {event.step: event.value for event in run.Scalars(tag)}


def runs(folder):
    """Return the folders that have files of events, below a folder."""
    return sorted({path.parent for path in folder.rglob("events.out.tfevents*")})


def lenet(n_epochs=2, **parameters):
    return LeNet5Classifier(max_epochs=n_epochs, random_state=0, **parameters)


@pytest.fixture(scope="module")
def few(data):
    X, y, _ = data
    return X[:60], y[:60]


def test_each_epoch_of_a_fit(few, tmp_path):
    X, y = few
    f1 = EpochScoring("f1_macro", name="f1", lower_is_better=False)
    estimator = lenet(3, callbacks=[f1]).set_callbacks(TensorBoardLogger(tmp_path))
    estimator.fit(X, y, X_val=X, y_val=y)
    (folder,) = runs(tmp_path)
    assert folder.name.startswith("LeNet5Classifier-")
    run = read(folder)
    wanted = {
        "loss/train": "train_loss",
        "loss/valid": "valid_loss",
        "accuracy/train": "train_acc",
        "accuracy/valid": "valid_acc",
        "f1": "f1",
        "dur": "dur",
    }
    assert set(run.Tags()["scalars"]) == set(wanted)
    for tag, column in wanted.items():
        logged = scalars(run, tag)
        assert list(logged) == [1, 2, 3]
        assert list(logged.values()) == pytest.approx(estimator.history_[:, column])
    (text,) = run.Tensors("parameters/text_summary")
    assert b"max_epochs=3" in text.tensor_proto.string_val[0]


def test_each_fit_is_a_run(few, tmp_path):
    estimator = lenet(1, warm_start=True).set_callbacks(TensorBoardLogger(str(tmp_path)))
    for _ in range(2):
        estimator.fit(*few)
    lengths = [len(scalars(read(folder), "loss/train")) for folder in runs(tmp_path)]
    assert sorted(lengths) == [1, 2]  # what a warm start goes on from is there, too


def test_the_fits_of_a_search_lie_in_one_folder(few, tmp_path):
    pipeline = make_pipeline(lenet(1).set_callbacks(TensorBoardLogger(tmp_path)))
    search = GridSearchCV(pipeline, {"lenet5classifier__lr": [0.001, 0.02]}, cv=2)
    search.fit(*few)
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("GridSearchCV-")
    found = runs(tmp_path)
    assert len(found) == 5  # two candidates, two folds, and the best one again
    texts = [str(read(one).Tensors("parameters/text_summary")[0]) for one in found]
    assert sum("lr=0.02" in text for text in texts) in (2, 3)


def test_pictures_after_each_epoch(few, tmp_path):
    import matplotlib.pyplot as plt

    X, y = few

    def confusion(classifier):
        return ConfusionMatrixDisplay.from_estimator(classifier, X, y, colorbar=False)

    logger = TensorBoardLogger(tmp_path, displays={"confusion": confusion})
    lenet().set_callbacks(logger).fit(X, y)
    assert not plt.get_fignums()
    (folder,) = runs(tmp_path)
    assert [event.step for event in read(folder).Images("confusion")] == [1, 2]


def test_training_is_the_same_with_it_and_it_can_be_pickled(few, tmp_path):
    X, y = few
    without = lenet().fit(X, y).predict_proba(X)
    estimator = lenet().set_callbacks(TensorBoardLogger(tmp_path)).fit(X, y)
    again = pickle.loads(pickle.dumps(estimator))
    assert (again.predict_proba(X) == without).all()
    again.fit(X, y)
    assert len(runs(tmp_path)) == 2


def test_what_a_broken_fit_has_logged_is_there(few, tmp_path):
    X, y = few

    def draw(classifier):
        if classifier.n_iter_ == 2:
            raise RuntimeError("broken")
        return ImageGridDisplay.from_images(X[:4])

    logger = TensorBoardLogger(tmp_path, displays={"images": draw})
    with pytest.raises(RuntimeError, match="broken"):
        lenet(3).set_callbacks(logger).fit(X, y)
    (folder,) = runs(tmp_path)
    assert list(scalars(read(folder), "loss/train")) == [1, 2]
    assert not logger._runs


def test_a_display_is_logged_as_it_is_drawn(data, tmp_path):
    import matplotlib.pyplot as plt
    from PIL import Image

    X, y, _ = data
    display = ImageGridDisplay.from_images(X[:10], y[:10])
    for step in (0, np.int64(5)):
        log_display(tmp_path / "run", display, step=step)
    log_display(tmp_path / "run", display.figure_, tag="mine")
    assert plt.get_fignums()  # it stays open
    run = read(tmp_path / "run")
    assert [event.step for event in run.Images("ImageGridDisplay")] == [0, 5]
    (event,) = run.Images("mine")
    picture = np.asarray(Image.open(io.BytesIO(event.encoded_image_string)))
    width, height = display.figure_.canvas.get_width_height()
    assert picture.shape[:2] == (height, width)
    assert picture.std() > 10


@pytest.mark.parametrize(
    ("displays", "message"),
    [
        ([ImageGridDisplay], "displays is of type list; wanted: a dict"),
        ({"grid": 3}, "displays has 'grid': 3; wanted: a name, and a function"),
        ({3: print}, "displays has 3: .*; wanted: a name, and a function"),
    ],
)
def test_displays_that_are_none(displays, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        TensorBoardLogger(tmp_path, displays=displays)


def test_a_callable_that_returns_no_display(few, tmp_path):
    logger = TensorBoardLogger(tmp_path, displays={"nothing": lambda classifier: None})
    with pytest.raises(TypeError, match=r"displays\['nothing'\] returned of type NoneType"):
        lenet(1).set_callbacks(logger).fit(*few)


@pytest.mark.parametrize(
    ("display", "message"),
    [
        (3, "display is of type int; wanted: a display that is drawn, or a matplotlib Figure"),
        (ImageGridDisplay(np.zeros((1, 2, 2, 1))), "has not been drawn: call its method plot"),
    ],
)
def test_displays_that_are_not_drawn(display, message, tmp_path):
    with pytest.raises(TypeError, match=message):
        log_display(tmp_path, display)


def test_folders_and_steps_that_are_none(tmp_path):
    for nowhere in ("", None, 3):
        with pytest.raises(TypeError, match="log_dir=.* is no path"):
            TensorBoardLogger(nowhere)
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="is a file: give the name of a folder"):
        TensorBoardLogger(tmp_path / "file")
    for step in (-1, 0.5, True):
        with pytest.raises(ValueError, match=f"step={step}; wanted: a whole number of at least 0"):
            log_display(tmp_path, None, step=step)


def test_without_tensorboard_the_extra_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "tensorboard", None)
    with pytest.raises(ImportError, match="Logs need tensorboard"):
        TensorBoardLogger(tmp_path)


def test_a_display_in_a_part_of_a_figure(data, tmp_path):
    left, _ = plt.figure(layout="constrained").subfigures(1, 2)
    display = ImageGridDisplay.from_images(data[0][:1], ax=left.subplots())
    log_display(tmp_path, display)
    assert list(tmp_path.iterdir())
