"""The experiments run, go on after a stop, and the page of results says what they measured."""

import json
import os
import re
import signal
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from skorch.callbacks import Callback

from benchmarks.experiments import _pictures, _report
from benchmarks.experiments.__main__ import load, main, names
from benchmarks.experiments._harness import RESULTS, Experiment, load_data
from benchmarks.experiments._recorded import Recorded, describe
from skfashion import LeNet5Classifier, RandomShift

ROOT = Path(__file__).parents[2]
QUICKEST = "plain_cnns"


@pytest.fixture
def experiment(tmp_path):
    return Experiment("lenet5", tmp_path, quick=True, n_seeds=1)


@pytest.fixture
def n_trained(monkeypatch):
    """The fits that were run, not skipped; `stop_at` interrupts one."""
    trained = []
    train = Recorded._train

    def counted(self):
        if len(trained) == counted.stop_at:
            raise KeyboardInterrupt
        train(self)
        trained.append(self.key_)

    counted.stop_at = None
    monkeypatch.setattr(Recorded, "_train", counted)
    trained_by = type("Trained", (), {"__len__": lambda self: len(trained)})()
    trained_by.stop_at = lambda n: setattr(counted, "stop_at", n)
    return trained_by


def lenet5(**parameters):
    return LeNet5Classifier(random_state=0, max_epochs=1, **parameters)


def grid_search(estimator, experiment, **how):
    grid = {"activation": ["tanh", "relu"], "augment": [None, RandomShift(1)]}
    search = GridSearchCV(estimator, grid, cv=experiment.data.split, refit=False, **how)
    return search.fit(experiment.data.X, experiment.data.y)


# The experiments.


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == QUICKEST else pytest.mark.slow) for name in names()],
)
def test_quick_run(name, tmp_path, n_trained, capsys):
    command = [name, "--quick", "--seeds", "1", "--output", str(tmp_path)]
    main(command)
    path = tmp_path / f"{name}.json"
    records = json.loads(path.read_text())["records"]
    rows = {record["row"] for record in records}
    without = {"ImageNet's weights, 150 x 150"}  # there are none here
    assert {one.row for one in load(name).REPORTED} - rows <= without
    for record in records:
        for part in filter(None, (record["train"], record["validation"], record["test"])):
            assert 0 <= part["accuracy"] <= 1
            assert part["loss"] > 0
            assert len(part["precision"]) == len(part["recall"]) == 10
        assert record["seconds"] > 0
        assert record["n_parameters"] > 0
        assert {"cpu", "gpu", "torch", "scikit-learn"} <= record["environment"].keys()

    # Run again, it trains nothing and changes nothing.
    before, n_before = path.read_bytes(), len(n_trained)
    capsys.readouterr()
    main(command)
    assert len(n_trained) == n_before
    assert path.read_bytes() == before
    assert _report.section(name, load(name), tmp_path) in capsys.readouterr().out
    assert "not measured" not in _report.section(name, load(name), tmp_path).replace(
        "| not measured |", ""
    )


def test_list_names_every_experiment(capsys):
    main(["--list"])
    listed = capsys.readouterr().out
    assert all(f"{name} " in listed for name in names())
    assert len(names()) >= 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["lenet"], "no experiment 'lenet': there are .*lenet5"),
        (["lenet5", "--seeds", "0"], "--seeds is 0: give at least 1"),
        (["lenet5", "--quick", "--output", str(RESULTS)], "--quick is no result: give another"),
    ],
)
def test_wrong_arguments(arguments, message, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert re.search(message, capsys.readouterr().err)


def test_quick_run_leaves_results_alone(monkeypatch):
    folders = []
    monkeypatch.setattr(
        "benchmarks.experiments.vgg19.run", lambda experiment: folders.append(experiment.folder)
    )
    main(["vgg19", "--quick"])
    main(["vgg19"])
    assert folders[1] == ROOT / "benchmarks" / "results" / "experiments"
    assert ROOT not in folders[0].parents


def test_held_out_images_are_not_learned_from():
    data = load_data(True)
    assert not set(data.train) & set(data.held_out)
    assert len(data.train) + len(data.held_out) == len(data.y)
    fractions = np.bincount(data.y) * len(data.held_out) / len(data.y)
    assert (abs(np.bincount(data.y[data.held_out]) - fractions) <= 1).all()


def test_report_of_another_folder_is_written_there(experiment):
    page = ROOT / "docs" / "results.md"
    before = page.read_bytes()
    experiment.recorded(lenet5(), load("lenet5").BEST).fit(*experiment.data.train_set)
    main(["report", "--output", str(experiment.folder)])
    assert page.read_bytes() == before
    assert "(1 fit)" in (experiment.folder / "results.md").read_text()


# Records.


@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_search_is_the_same_as_without_records(experiment, n_jobs):
    recorded = grid_search(experiment.recorded(lenet5(), "a row"), experiment, n_jobs=n_jobs)
    plain = grid_search(lenet5(), experiment)
    assert recorded.best_params_["activation"] == plain.best_params_["activation"]
    scores = recorded.cv_results_["mean_test_score"]
    np.testing.assert_allclose(scores, plain.cv_results_["mean_test_score"], atol=1e-6)
    validated = [record["validation"]["accuracy"] for record in experiment.records()]
    np.testing.assert_allclose(sorted(validated), sorted(scores), atol=1e-6)


def test_search_goes_on_after_a_stop(experiment, n_trained):
    n_trained.stop_at(2)
    with pytest.raises(KeyboardInterrupt):
        grid_search(experiment.recorded(lenet5(), "a row"), experiment)
    assert len(experiment.records()) == 2
    n_trained.stop_at(None)
    search = grid_search(experiment.recorded(lenet5(), "a row"), experiment)
    assert len(n_trained) == 4
    assert len(experiment.records()) == 4
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_fit_of_another_experiment_is_taken(experiment, n_trained):
    data = experiment.data
    experiment.recorded(lenet5(), "a row").fit(*data.train_set)
    other = Experiment("other", experiment.folder, quick=True)
    other.recorded(lenet5(), "another row").fit(*data.train_set)
    assert len(n_trained) == 1
    (record,) = other.records()
    assert record["row"] == "another row"


@pytest.mark.parametrize("what", ["parameter", "data", "random_state"])
def test_another_fit_is_run(experiment, n_trained, what):
    X, y = experiment.data.train_set
    experiment.recorded(lenet5(), "a row").fit(X, y)
    other = lenet5()
    if what == "parameter":
        other.set_params(lr=0.02)
    elif what == "random_state":
        other.set_params(random_state=1)
    else:
        X = X[::-1]
        y = y[::-1]
    experiment.recorded(other, "a row").fit(X, y)
    assert len(n_trained) == 2
    assert len(experiment.records()) == 2


@pytest.mark.parametrize("keep", [False, True])
def test_skipped_fit_predicts_the_same(experiment, keep):
    data = experiment.data
    fits = [
        experiment.recorded(lenet5(), "a row", keep=keep).fit(*data.train_set) for _ in range(2)
    ]
    first, second = (fit.predict_proba(data.X_test) for fit in fits)
    np.testing.assert_array_equal(first, second)
    assert (fits[1].predict(data.X_test) == fits[0].estimator.predict(data.X_test)).all()


def test_vote_is_scikit_learns(experiment):
    data = experiment.data
    fits = [
        experiment.recorded(lenet5(activation=name), "a member").fit(*data.train_set)
        for name in ("tanh", "relu")
    ]
    members = [(str(i), FrozenEstimator(fit)) for i, fit in enumerate(fits)]
    vote = experiment.recorded(VotingClassifier(members, voting="soft"), "vote").fit(data.X, data.y)
    wanted = np.mean([fit.predict_proba(data.X_test) for fit in fits], axis=0)
    np.testing.assert_allclose(vote.predict_proba(data.X_test), wanted)
    record = experiment.records()[-1]
    assert record["seconds"] >= round(sum(fit.record_["seconds"] for fit in fits), 2)
    assert record["n_parameters"] == 2 * fits[0].record_["n_parameters"]


def test_cross_validation_fills_in_validation(experiment):
    data = experiment.data
    scores = cross_val_score(experiment.recorded(lenet5(), "a row"), data.X, data.y, cv=2)
    assert [one["validation"]["accuracy"] for one in experiment.records()] == list(scores)


def test_training_images_are_not_taken_for_validation(experiment, n_trained):
    for _ in range(2):
        one = experiment.recorded(lenet5(), "a row")
        search = grid_search(one, experiment, return_train_score=True)
    assert len(n_trained) == 4
    validated = [record["validation"]["accuracy"] for record in experiment.records()]
    assert validated == list(search.cv_results_["mean_test_score"])
    trained = [record["train"]["accuracy"] for record in experiment.records()]
    assert trained == list(search.cv_results_["mean_train_score"])


def test_interrupted_fit_has_no_record(experiment, default_sigint_handler):
    class PressCtrlC(Callback):
        def on_epoch_end(self, net, **kwargs):
            os.kill(os.getpid(), signal.SIGINT)

    one = lenet5(callbacks=[PressCtrlC()]).set_params(max_epochs=2)
    with pytest.raises(KeyboardInterrupt):
        experiment.recorded(one, "a row").fit(*experiment.data.train_set)
    assert experiment.records() == []


def test_warnings_of_a_fit_pass(experiment):
    class Warns(LeNet5Classifier):
        """A classifier that warns."""

        _network_name = "LeNet5"

        def fit(self, X, y, **others):
            """Fit."""
            warnings.warn("of its own", stacklevel=2)
            return super().fit(X, y, **others)

    with pytest.warns(UserWarning, match="of its own"):
        experiment.recorded(Warns(max_epochs=1), "a row").fit(*experiment.data.train_set)


def test_damaged_file(experiment):
    experiment.path.write_text("{")
    with pytest.raises(ValueError, match=r"lenet5.json has no records .*: remove it"):
        experiment.records()


def test_recorded_has_the_parameters_of_its_estimator(experiment):
    recorded = experiment.recorded(lenet5(), "a row")
    assert recorded.get_params() == lenet5().get_params()
    other = clone(recorded).set_params(activation="relu")
    assert other.estimator.activation == "relu"
    assert recorded.estimator.activation == "tanh"
    assert repr(recorded) == repr(lenet5())


def test_description_tells_what_trains_otherwise():
    one = describe(lenet5(augment=[RandomShift(1)]))
    assert one == describe(clone(lenet5(augment=[RandomShift(1)])))
    assert one != describe(lenet5(augment=[RandomShift(2)]))
    X, y = load_data(True).train_set
    fitted = lenet5().fit(X, y)
    assert describe(lenet5(init_from=fitted)) != describe(lenet5(init_from=lenet5()))


# The page.


def test_page_is_current():
    """Else: python -m benchmarks.experiments report."""
    page = (ROOT / "docs" / "results.md").read_text()
    assert page == _report.page()
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", page)
    assert all((ROOT / "docs" / picture).exists() for picture in pictures)


def test_page_says_what_was_reported_and_measured(experiment):
    row = load("lenet5").BEST
    section = _report.section("lenet5", load("lenet5"), experiment.folder)
    line = next(line for line in section.splitlines() if row in line)
    assert ".9094" in line
    assert line.count("not measured") == 2
    for seed in (0, 1):
        one = lenet5().set_params(random_state=seed)
        experiment.recorded(one, row).fit(*experiment.data.train_set)
    section = _report.section("lenet5", load("lenet5"), experiment.folder)
    line = next(line for line in section.splitlines() if row in line)
    accuracies = [record["test"]["accuracy"] for record in experiment.records()]
    assert f"{np.mean(accuracies):.4f} ± {np.std(accuracies, ddof=1):.4f} (2 fits)" in line
    assert line.count("not measured") == 1


def test_page_leaves_out_an_earlier_schedule(experiment):
    row = load("lenet5").BEST
    for lr in (0.01, 0.02):
        experiment.recorded(lenet5(lr=lr), row).fit(*experiment.data.train_set)
    section = _report.section("lenet5", load("lenet5"), experiment.folder)
    assert "(1 fit)" in section


def test_a_row_has_each_seed_of_the_last_schedule_once():
    def fit(seed, accuracy, epochs=50):
        start = f"CNN4ConvClassifier(random_state={seed}, width=32)9872ce112446{seed}{epochs}a"
        parameters = {"max_epochs": str(epochs), "init_from": start}
        scored = {"test": {"accuracy": accuracy}, "data": {"train": "a hash"}}
        return {"seed": seed, "parameters": parameters} | scored

    fits = [fit(0, 0.5, epochs=10), fit(0, 0.6), fit(1, 0.9), fit(0, 0.8)]
    counted = _report.of_last_schedule(fits)
    assert [one["test"]["accuracy"] for one in counted] == [0.9, 0.8]
    assert _report.accuracy(counted) == "0.8500 ± 0.0707 (2 fits)"


def test_seconds_are_of_the_last_fits_hardware():
    gpu, cpu = {"gpu": "a GPU", "cpu": "a host"}, {"gpu": None, "cpu": "a laptop"}
    devices = {"a GPU": "cuda:0", None: "cpu"}
    fits = [
        {"seconds": seconds, "environment": where, "device": devices[where["gpu"]]}
        for seconds, where in [(14, gpu), (900, cpu), (980, cpu)]
    ]
    assert _report.seconds(fits, "1880 on a GPU") == "940 (x 2.0)"
    assert _report.seconds(fits[:1], "") == "14"


def test_interval_is_that_of_nadeau_and_bengio():
    scores = [0.90, 0.91, 0.92, 0.93, 0.94]
    records = [
        {"row": "v5", "protocol": "ours", "validation": {"accuracy": score}} for score in scores
    ]
    (table,) = _report.intervals(records)
    # 0.0158114 * sqrt(1/5 + 1/4) * 2.7764
    assert "0.9200 ± 0.0158 | 0.8906 to 0.9494 | 5" in table


@pytest.mark.slow
def test_pictures_of_what_was_measured(experiment):
    fit = lenet5(activation="relu", pooling="max")
    row = load("lenet5").GRID_ROW
    data = experiment.data
    experiment.recorded(fit, row).fit(*data.train_set, **data.validation)
    experiment.recorded(lenet5(), row).fit(*data.train_set, **data.validation)
    vote = Experiment("v5_vote", experiment.folder, quick=True)
    vote.recorded(fit, load("v5_vote").VOTE).fit(*data.train_set)
    search = Experiment("optuna_search", experiment.folder, quick=True)
    found = search.recorded(fit, load("optuna_search").OPTUNA).fit(*data.train_set).record_
    curve = {"curve": [[1.5, 0.5], [3.0, 0.6]], "trials": 4, "pruned": 0}
    search.add(found | curve)
    images = experiment.folder / "images"
    images.mkdir()
    _pictures.draw(experiment.folder, images)
    drawn = {path.name for path in images.iterdir()}
    page = _report.page(experiment.folder)
    assert {f"images/{name}" for name in drawn} == set(re.findall(r"\((images/.*?)\)", page))
    assert len(drawn) == 4
