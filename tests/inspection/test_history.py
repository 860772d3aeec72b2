"""Learning curves of trainings."""

import numpy as np
import pytest
from matplotlib.colors import to_hex
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skfashion import LeNet5Classifier
from skfashion.inspection import TrainingHistoryDisplay

COLUMNS = {
    "train_loss": [1.5, 1.0, 0.5, 0.4],
    "valid_loss": [1.2, 0.8, 0.7, 0.9],
    "train_acc": [0.2, 0.5, 0.7, 0.9],
    "valid_acc": [0.3, 0.6, 0.5, 0.4],
}
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
KERAS = {
    "loss": COLUMNS["train_loss"],
    "val_loss": COLUMNS["valid_loss"],
    "accuracy": COLUMNS["train_acc"],
    "val_accuracy": COLUMNS["valid_acc"],
    "learning_rate": [0.1] * 4,
}


def _legend(display):
    (legend,) = filter(None, (ax.get_legend() for ax in display.axes_))
    return legend


def texts(display):
    return [text.get_text() for text in _legend(display).get_texts()]


def test_of_a_classifier(fitted):
    display = TrainingHistoryDisplay.from_estimator(make_pipeline(fitted))
    assert [ax.get_title() for ax in display.axes_] == ["Loss", "Accuracy"]
    for column in COLUMNS:
        x, y = display.lines_["LeNet5Classifier", column].get_data()
        assert x.tolist() == [1, 2, 3]
        assert y.tolist() == [row[column] for row in fitted.history_]
    assert texts(display)[:2] == ["training", "validation"]


@pytest.mark.parametrize("history", [COLUMNS, ROWS, KERAS], ids=["columns", "rows", "keras"])
def test_forms_of_a_history(history):
    display = TrainingHistoryDisplay.from_history(history)
    for column, values in COLUMNS.items():
        assert display.lines_["training", column].get_ydata().tolist() == values


def test_the_history_of_a_classifier(fitted):
    display = TrainingHistoryDisplay.from_history(fitted.history_)
    assert list(display.runs) == ["training"]
    assert len(display.lines_) == 4


def test_a_data_frame():
    pd = pytest.importorskip("pandas")
    display = TrainingHistoryDisplay.from_history(pd.DataFrame(COLUMNS))
    assert len(display.lines_) == 4


@pytest.mark.parametrize(("monitor", "best"), [("valid_loss", 3), ("valid_acc", 2)])
def test_the_best_epoch_has_a_ring(monitor, best):
    display = TrainingHistoryDisplay.from_history(COLUMNS, monitor=monitor)
    for column in ("valid_loss", "valid_acc"):
        x, y = display.best_["training", column].get_data()
        assert (x.item(), y.item()) == (best, COLUMNS[column][best - 1])
    assert texts(display)[-1] == f"best epoch: {best}"


def test_the_epoch_whose_weights_are_kept(data):
    X, y, _ = data
    early = LeNet5Classifier(
        max_epochs=4, early_stopping=True, monitor="valid_acc", lr=0.01, random_state=0
    ).fit(X, y)
    display = TrainingHistoryDisplay.from_estimator(early)
    assert display.best_epochs == {"LeNet5Classifier": early.best_epoch_}
    by_loss = TrainingHistoryDisplay.from_estimator(early, monitor="valid_loss").best_epochs
    losses = [row["valid_loss"] for row in early.history_]
    assert by_loss == {"LeNet5Classifier": np.argmin(losses) + 1}


def test_without_validation_data():
    display = TrainingHistoryDisplay.from_history([{"train_loss": 1.0}, {"train_loss": 0.5}])
    assert list(display.lines_) == [("training", "train_loss")]
    assert not display.best_
    assert texts(display) == ["training"]


def test_several_runs_have_a_colour_each(fitted):
    runs = {"first": fitted, "second": make_pipeline(fitted)}
    display = TrainingHistoryDisplay.from_estimator(runs)
    colors = {name: to_hex(line.get_color()) for (name, _), line in display.lines_.items()}
    assert colors["first"] != colors["second"]
    assert texts(display) == ["first", "second", "training", "validation", "best epoch"]


def test_lists_of_runs(fitted):
    names = list(TrainingHistoryDisplay.from_estimator([fitted, fitted]).runs)
    assert names == ["1 LeNet5Classifier", "2 LeNet5Classifier"]
    assert list(TrainingHistoryDisplay.from_history([ROWS, KERAS]).runs) == ["1", "2"]
    assert list(TrainingHistoryDisplay.from_history({"a": ROWS, "b": KERAS}).runs) == ["a", "b"]


def test_an_epoch_that_was_broken_off():
    display = TrainingHistoryDisplay.from_history([*ROWS, {"train_loss": 0.1}])
    assert np.isnan(display.runs["training"]["valid_loss"][4])
    assert display.best_epochs == {"training": 3}


def test_a_single_epoch_can_be_seen():
    display = TrainingHistoryDisplay.from_history(ROWS[:1])
    assert display.lines_["training", "train_loss"].get_marker() == "o"


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([], "There is nothing to draw"),
        ({}, "There is nothing to draw"),
        ({"train_loss": []}, "no epoch of any of"),
        ({"lr": [1.0]}, r"has the columns \['lr'\] and no epoch of any of \['train_loss'"),
        ([{"lr": 1.0}], r"has the columns \[\] and no epoch"),
        ({"train_loss": [1.0, 2.0], "valid_loss": [1.0]}, "different lengths: .*'valid_loss': 1"),
        ([3, 4], "history is of type int; wanted: a list with a dict for each epoch"),
        ("history", "history is of type str"),
        (None, "There is nothing to draw"),
        ({"a": ROWS, "b": 3}, "no epoch of any of"),
    ],
)
def test_what_is_no_history(history, message):
    with pytest.raises(ValueError, match=message):
        TrainingHistoryDisplay.from_history(history)


def test_errors(fitted):
    with pytest.raises(ValueError, match="monitor='valid_los' .* mean 'valid_loss'"):
        TrainingHistoryDisplay.from_estimator(fitted, monitor="valid_los")
    with pytest.raises(NotFittedError):
        TrainingHistoryDisplay.from_estimator(LeNet5Classifier())
    with pytest.raises(TypeError, match="estimator, of type int, is no classifier"):
        TrainingHistoryDisplay.from_estimator({"a": fitted, "b": 3})
    for nothing in ([], {}):
        with pytest.raises(ValueError, match="There is nothing to draw"):
            TrainingHistoryDisplay.from_estimator(nothing)


def test_names_of_many_runs_stand_beside_the_axes():
    runs = {f"a long name of run {i}": COLUMNS for i in range(14)}
    display = TrainingHistoryDisplay.from_history(runs)
    display.figure_.canvas.draw()
    legend = display.axes_[1].get_legend()
    box = legend.get_window_extent()
    assert box.x0 >= display.axes_[1].bbox.x1
    assert box.x1 <= display.figure_.bbox.x1
    assert 0 <= box.y0 < box.y1 <= display.figure_.bbox.y1
    assert [text.get_text() for text in legend.get_texts()][:14] == list(runs)


def test_where_colours_recur_markers_differ():
    display = TrainingHistoryDisplay.from_history([COLUMNS] * 12)
    first, eleventh = (display.lines_[name, "valid_loss"] for name in ("1", "11"))
    assert first.get_color() == eleventh.get_color()
    assert first.get_marker() != eleventh.get_marker()


def test_several_data_frames():
    pd = pytest.importorskip("pandas")
    display = TrainingHistoryDisplay.from_history({"a": pd.DataFrame(COLUMNS), "b": ROWS})
    assert list(display.runs) == ["a", "b"]


class OfKeras:
    history = KERAS


@pytest.mark.parametrize(
    ("history", "message"),
    [
        (3, "history is of type int; wanted: a list"),
        (OfKeras(), "history is of type OfKeras; .* Give its attribute history"),
        ({"train_loss": ["a"]}, r"The column 'train_loss' of a history is \['a'\]; wanted"),
        ({"train_loss": [[1, 2]]}, r"The column 'train_loss' of a history is \[\[1, 2\]\]; wanted"),
        ({"train_loss": 1.0}, "The column 'train_loss' of a history is 1.0; wanted: a number"),
    ],
)
def test_what_cannot_be_a_history(history, message):
    with pytest.raises(ValueError, match=message):
        TrainingHistoryDisplay.from_history(history)
