"""The command `skfashion`."""

import builtins
import os
import re
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import skfashion
from skfashion import LeNet5Classifier, cli
from skfashion.datasets import make_garments
from skfashion.persistence import load

NAMES = list(make_garments(10, random_state=0).target_names)
QUICK = ["--data", "garments", "--model", "lenet5", "--epochs", "1", "--device", "cpu"]


@pytest.fixture(autouse=True)
def few_garments(monkeypatch):
    monkeypatch.setattr(cli, "N_GARMENTS", {"train": 400, "test": 100})


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Return a function that runs the command in an empty folder: (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Return a model of the command's, trained enough to know trousers, and 20 garments."""
    bunch = make_garments(1500, random_state=0)
    labels = bunch.target_names[bunch.target]
    classifier = LeNet5Classifier(max_epochs=3, random_state=0, device="cpu")
    path = tmp_path_factory.mktemp("model") / "lenet5.skfashion"
    classifier.fit(bunch.images, labels).save(path)
    return path


def write_garments(folder, n=10):
    cv2 = pytest.importorskip("cv2")
    bunch = make_garments(n, random_state=7)
    for i, image in enumerate(bunch.images):
        cv2.imwrite(str(folder / f"{i}.png"), image)
    return bunch


# Training.


def test_train_reports_and_writes(run, tmp_path):
    code, out, _ = run(*QUICK)
    assert code == 0
    assert "Training LeNet5Classifier on 400 images of drawn garments, epochs: 1" in out
    assert re.search(r"Accuracy on 100 test images: 0\.\d{4}\n", out)
    rows = re.findall(r"^ *(\S.*?)  +\d\.\d{3} +\d\.\d{3} +\d\.\d{3} +(\d+)$", out, re.MULTILINE)
    assert rows == [(name, "10") for name in NAMES] + [
        ("macro avg", "100"),
        ("weighted avg", "100"),
    ]
    assert re.search(r"Time: training [\d.]+ s, prediction [\d.]+ s, whole [\d.]+ s; 61,706", out)
    folder = tmp_path / "skfashion-output"
    assert sorted(os.listdir(folder)) == ["lenet5-confusion.png", "lenet5.skfashion"]
    for file in folder.iterdir():
        assert os.path.relpath(file, tmp_path) in out


def test_the_model_is_the_one_that_was_reported(run):
    _, out, _ = run(*QUICK)
    classifier = load("skfashion-output/lenet5.skfashion")
    assert sorted(classifier.classes_) == sorted(NAMES)
    assert classifier.tta == "flip"
    assert classifier.label_smoothing > 0
    test = make_garments(100, random_state=1)
    accuracy = classifier.score(test.images, test.target_names[test.target])
    assert f"Accuracy on 100 test images: {accuracy:.4f}" in out


def test_picture(run):
    run(*QUICK)
    plt = pytest.importorskip("matplotlib.pyplot")
    height, width = plt.imread("skfashion-output/lenet5-confusion.png").shape[:2]
    assert min(height, width) > 800


def test_drawing_leaves_matplotlib_alone(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    plt = pytest.importorskip("matplotlib.pyplot")
    before = str(matplotlib.rcParams), plt.get_fignums()
    cli._draw(np.eye(2, dtype=int), ["a", "b"], "title", tmp_path / "a.png")
    assert (str(matplotlib.rcParams), plt.get_fignums()) == before


def test_same_seed_same_model(run):
    images = make_garments(20, random_state=5).images
    probabilities = []
    for seed in (0, 0, 1):
        run(*QUICK, "--seed", seed, "--output", f"models/{seed}")
        probabilities.append(load(f"models/{seed}/lenet5.skfashion").predict_proba(images))
    np.testing.assert_array_equal(*probabilities[:2])
    assert (probabilities[0] != probabilities[2]).any()


def test_progress_bar_unless_quiet(run):
    assert "epoch 1/1" in run(*QUICK)[2]
    assert run(*QUICK, "--quiet")[2] == ""


def test_without_matplotlib(run, tmp_path, monkeypatch):
    real_import = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    code, out, err = run(*QUICK, "--quiet")
    assert code == 0
    assert err.count("\n") == 1
    assert 'pip install "skfashion[plots]"' in err
    assert os.listdir(tmp_path / "skfashion-output") == ["lenet5.skfashion"]
    assert "lenet5-confusion.png" not in out


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_reports_and_saves(run, monkeypatch):
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals reach the main thread alone")
    fit = LeNet5Classifier.fit

    def fit_with_ctrl_c(self, *data):
        def press():
            while not hasattr(self, "module_") or not self.history_[1:]:
                time.sleep(0.01)
            signal.raise_signal(signal.SIGINT)

        thread = threading.Thread(target=press, daemon=True)
        thread.start()
        return fit(self, *data)

    monkeypatch.setattr(LeNet5Classifier, "fit", fit_with_ctrl_c)
    code, out, err = run(*QUICK, "--epochs", "500", "--quiet")
    assert code == 0
    assert re.fullmatch(r"skfashion: The training was interrupted after \d+ of 500 .*\n", err)
    assert "Accuracy on" in out
    assert 1 <= load("skfashion-output/lenet5.skfashion").n_iter_ < 500


def test_ctrl_c_elsewhere(run, monkeypatch):
    def press(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.datasets, "make_garments", press)
    assert run(*QUICK) == (130, "", "skfashion: interrupted\n")


# Data.


def test_fashion_mnist(run, monkeypatch, tmp_path):
    asked = []

    def fetch(*, subset, data_home, n_retries):
        asked.append((subset, data_home))
        return make_garments({"train": 200, "test": 50}[subset], random_state=3)

    monkeypatch.setattr(cli.datasets, "fetch_fashion_mnist", fetch)
    code, out, err = run(*QUICK[2:], "--data-home", tmp_path, "--quiet")
    assert (code, err) == (0, "")
    assert asked == [("train", tmp_path), ("test", tmp_path)]
    assert "on 200 images of Fashion-MNIST" in out
    assert "Accuracy on 50 test images" in out


def test_no_network(run, monkeypatch):
    def fetch(**parameters):
        raise OSError("Fashion-MNIST could not be downloaded:\nno network")

    monkeypatch.setattr(cli.datasets, "fetch_fashion_mnist", fetch)
    code, out, err = run(*QUICK[2:], "--quiet")
    assert code == 0
    assert err.count("\n") == 1
    assert "Fashion-MNIST is not on disk and cannot be downloaded: drawn garments" in err
    assert "on 400 images of drawn garments" in out


def test_damaged_data_is_an_error(run, tmp_path):
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (tmp_path / f"{name}-ubyte.gz").write_bytes(b"no gzip file")
    code, out, err = run(*QUICK[2:], "--data-home", tmp_path)
    assert code == 1
    assert err.count("\n") == 1
    assert "is not the file train-images-idx3-ubyte.gz of Fashion-MNIST" in err
    assert "Accuracy" not in out


def test_unusable_data_home_is_an_error(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(*QUICK[2:], "--data-home", tmp_path / "file")
    assert code == 1
    assert err.startswith(f"skfashion: The folder {tmp_path / 'file'}")


# Predicting.


def test_predict(run, trained, tmp_path):
    bunch = write_garments(tmp_path, 40)
    names = [f"{i}.png" for i in range(40)]
    code, out, err = run("predict", trained, *names)
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.split() == ["image", "garment", "probability"]
    assert len({len(line) for line in lines} | {len(head)}) == 1  # a straight table
    rows = [re.split(r"  +", line) for line in lines]
    classifier = load(trained)
    assert [row[0] for row in rows] == names
    assert [row[1] for row in rows] == classifier.predict(bunch.images).tolist()
    probabilities = classifier.predict_proba(bunch.images).max(axis=1)
    assert [row[2] for row in rows] == [f"{p:.1%}" for p in probabilities]
    right = np.mean([row[1] for row in rows] == bunch.target_names[bunch.target])
    assert right > 0.5


def test_predict_with_a_model_of_numbers(run, tmp_path):
    bunch = write_garments(tmp_path, 20)
    LeNet5Classifier(max_epochs=1, device="cpu").fit(bunch.images, bunch.target).save("model")
    code, out, _ = run("predict", "model", "3.png")
    assert code == 0
    assert re.search(r"^3\.png +\d +\d+\.\d%$", out, re.MULTILINE)


def test_predict_goes_on_after_a_bad_file(run, trained, tmp_path):
    write_garments(tmp_path)
    (tmp_path / "text.png").write_text("text")
    code, out, err = run("predict", trained, "0.png", "nowhere.jpg", "text.png", "1.png")
    assert code == 1
    assert err.splitlines() == [
        "skfashion: nowhere.jpg: No such file or directory",
        "skfashion: text.png is not an image that OpenCV can read.",
    ]
    assert [line.split()[0] for line in out.splitlines()] == ["image", "0.png", "1.png"]


def test_predict_nothing_but_bad_files(run, trained):
    code, out, err = run("predict", trained, "nowhere.jpg")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_predict_without_model(run, tmp_path):
    code, out, err = run("predict", "nowhere.skfashion", "0.png")
    assert (code, out) == (1, "")
    assert err == "skfashion: nowhere.skfashion: No such file or directory\n"
    (tmp_path / "text.skfashion").write_text("text")
    code, _, err = run("predict", "text.skfashion", "0.png")
    assert code == 1
    assert "text.skfashion is not a file that skfashion's save has written" in err


# Arguments.


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "minivg"], "Did you mean 'minivgg'?"),
        (["--data", "garmets"], "Did you mean 'garments'?"),
        (["--epochs", "0"], "'0' is not a whole number from 1 on"),
        (["--epochs", "many"], "'many' is not a whole number"),
        (["--seed", "-1"], "'-1' is not a whole number from 0 on"),
        (["--colour"], "--colour"),
        (["predict"], "MODEL, FILE"),
        (["predict", "model"], "FILE"),
        (["--epochs", "2", "--data-home", "x", "predict", "m", "f"], "--data-home, --epochs: not"),
        (["train"], "predict"),
    ],
)
def test_wrong_usage(run, arguments, message):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [[], ["predict", "m", "f"]])
def test_device_goes_before_and_after_the_command(arguments):
    parser = cli._parser()
    assert parser.parse_args(["--device", "cuda:1", *arguments]).device == "cuda:1"
    assert parser.parse_args([*arguments, "--device", "cuda:1"]).device == "cuda:1"
    assert parser.parse_args(arguments).device == "auto"


def test_device_that_is_not_there(run, tmp_path):
    code, out, err = run(*QUICK, "--device", "quantum")
    assert (code, out) == (1, "")
    assert "device='quantum' is not a device" in err
    assert not os.listdir(tmp_path)


def test_output_that_is_no_folder(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = run(*QUICK, "--output", "file")
    assert (code, out, err) == (1, "", "skfashion: file: File exists\n")


def test_every_classifier_is_a_model():
    models = cli.models()
    assert {"lenet5", "minivgg", "v5"} <= set(models)
    assert "image" not in models
    assert set(cli.RECIPES) <= set(models)
    for name, cls in models.items():
        cls(**cli._parameters(name))


def test_a_later_classifier_appears_by_itself(run, monkeypatch):
    class NewNetClassifier(LeNet5Classifier):
        max_epochs: int = 17

    monkeypatch.setattr(cli.estimators, "NewNetClassifier", NewNetClassifier, raising=False)
    monkeypatch.setattr(cli.estimators, "__all__", [*cli.estimators.__all__, "NewNetClassifier"])
    code, out, _ = run("--help")
    assert code == 0
    assert "newnet" in out
    assert re.search(r"17\s+for\s+newnet", out)


def test_as_a_module(tmp_path):
    def start(argument):
        return subprocess.Popen(
            [sys.executable, "-m", "skfashion", argument],
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "80"},
            stdout=subprocess.PIPE,
            text=True,
        )

    with start("--version") as version, start("--help") as usage:
        assert version.communicate()[0] == f"skfashion {skfashion.__version__}\n"
        text = usage.communicate()[0]
    assert text.startswith("usage: skfashion ")
    assert "predict" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert (version.returncode, usage.returncode) == (0, 0)
