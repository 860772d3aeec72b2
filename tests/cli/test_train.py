"""`skfashion`: training, writing, and reporting."""

import os
import re
import signal
import sys
import time
import warnings

import numpy as np
import pytest
from skorch.callbacks import Callback

from skfashion import LeNet5Classifier, VGG19Classifier
from skfashion.cli import _models, _train
from skfashion.datasets import make_garments
from skfashion.persistence import load
from skfashion.training import ImageNet

NAMES = list(make_garments(10, random_state=0).target_names)
MODEL = "skfashion-output/lenet5.skfashion"
PICTURE = "skfashion-output/lenet5-confusion.png"


def test_train_reports_and_writes(run, quick, tmp_path):
    pytest.importorskip("matplotlib")
    code, out, _ = run(*quick)
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


def test_the_model_is_the_one_that_was_reported(run, quick):
    _, out, _ = run(*quick)
    classifier = load(MODEL)
    assert sorted(classifier.classes_) == sorted(NAMES)
    assert classifier.tta == "flip"
    assert classifier.label_smoothing > 0
    test = make_garments(100, random_state=1)
    accuracy = classifier.score(test.images, test.target_names[test.target])
    assert f"Accuracy on 100 test images: {accuracy:.4f}" in out


def test_same_seed_same_model(run, quick):
    images = make_garments(20, random_state=5).images
    probabilities = []
    for seed in (2**32 - 1, 2**32 - 1, 1):
        run(*quick, "--seed", seed, "--output", f"models/{seed}")
        probabilities.append(load(f"models/{seed}/lenet5.skfashion").predict_proba(images))
    np.testing.assert_array_equal(*probabilities[:2])
    assert (probabilities[0] != probabilities[2]).any()


def test_progress_unless_quiet(run, quick):
    assert "epoch 1/1" in run(*quick)[2]
    assert run(*quick, "--quiet")[2] == ""


def test_a_path_to_copy(run, quick):
    out = run(*quick, "--output", "my models")[1]
    assert "skfashion predict 'my models/lenet5.skfashion' FILE" in out


def n_steps_of(run, *arguments):
    """Run the command, and return how many mini-batches it trains on."""
    steps, step = [], ImageNet.train_step

    def train_step(net, batch, **kwargs):
        steps.append(1)
        return step(net, batch, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ImageNet, "train_step", train_step)
        assert run(*arguments)[0] == 0
    return len(steps)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on this system")
def test_a_killed_training_goes_on(run, start, quick, tmp_path):
    command = [*quick, "--epochs", "20", "--quiet"]
    saved = [*command, "--checkpoint-dir", "state"]
    process = start(*saved)
    deadline = time.monotonic() + 120
    while not (tmp_path / "state" / "checkpoint.safetensors").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.communicate()
    assert not os.path.exists(MODEL)
    n_steps = n_steps_of(run, *command, "--output", "unbroken")
    assert 0 < n_steps_of(run, *saved) < n_steps
    images = make_garments(20, random_state=5).images
    models = load(MODEL), load("unbroken/lenet5.skfashion")
    np.testing.assert_array_equal(*[model.predict_proba(images) for model in models])
    assert models[0].checkpoint_dir is None


def test_the_checkpoints_of_another_training_are_refused(run, quick):
    saved = [*quick, "--checkpoint-dir", "state", "--quiet"]
    assert run(*saved)[0] == 0
    code, _, err = run(*saved, "--epochs", "2")
    assert (code, err.count("\n")) == (1, 1)
    assert "another fit, which differs in max_epochs (1 there, 2 here)" in err


def test_checkpoints_that_go_to_no_folder(run, quick, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(*quick, "--checkpoint-dir", "file")
    assert (code, err) == (1, "skfashion: checkpoint_dir='file' is a file: give a folder.\n")
    assert os.listdir(tmp_path) == ["file"]


# What can be known before the training.


def before_training(run, monkeypatch, capsys, *arguments, model=LeNet5Classifier):
    """Return what is on standard error when the training begins, and the classifier."""
    seen = []

    def fit(self, *data):
        seen.append((capsys.readouterr().err, self))
        raise KeyboardInterrupt

    monkeypatch.setattr(model, "fit", fit)
    assert run(*arguments)[0] == 130
    return seen[0]


def test_a_warning_of_the_training_is_shown_when_it_arises(run, quick, monkeypatch, capsys):
    fit, seen = LeNet5Classifier.fit, []

    def fit_with_a_warning(self, *data):
        warnings.warn("about\nthe training", UserWarning, stacklevel=1)
        seen.append(capsys.readouterr().err)
        return fit(self, *data)

    monkeypatch.setattr(LeNet5Classifier, "fit", fit_with_a_warning)
    code, _, err = run(*quick, "--quiet")
    assert (code, seen, err) == (0, ["skfashion: about the training\n"], "")


def test_random_convolutions_are_known_before(run, monkeypatch, capsys):
    arguments = ["--data", "garments", "--model", "vgg19", "--device", "cpu"]
    err, classifier = before_training(run, monkeypatch, capsys, *arguments, model=VGG19Classifier)
    assert err.count("\n") == 1
    assert "the convolutions of vgg19 will be random" in err
    assert "--weights FILE_OR_URL" in err
    assert classifier.weights is None


def test_weights_go_to_the_classifier(run, monkeypatch, capsys, tmp_path):
    (tmp_path / "w.pth").write_bytes(b"")
    arguments = ["--data", "garments", "--model", "vgg19", "--device", "cpu", "--weights"]
    for weights in ("w.pth", "https://example.invalid/w.pth"):
        err, classifier = before_training(
            run, monkeypatch, capsys, *arguments, weights, model=VGG19Classifier
        )
        assert (err, classifier.weights) == ("", weights)


@pytest.mark.slow
@pytest.mark.usefixtures("narrow_vgg19")
def test_vgg19_with_and_without_weights(run, monkeypatch, tmp_path):
    import torch

    small = _models.RECIPES["vgg19"] | {"image_size": 32, "max_epochs": 1}
    monkeypatch.setitem(_models.RECIPES, "vgg19", small)
    arguments = ["--data", "garments", "--model", "vgg19", "--device", "cpu", "--quiet"]
    code, out, err = run(*arguments)
    assert (code, err.count("\n")) == (0, 1)
    model = load("skfashion-output/vgg19.skfashion")
    assert "Accuracy on" in out

    state = model.module_.convolutions.state_dict()
    torch.save({f"features.{name}": 2 * value for name, value in state.items()}, "w.pth")
    code, _, err = run(*arguments, "--weights", "w.pth")
    assert (code, err) == (0, "")
    kept = load("skfashion-output/vgg19.skfashion").module_.convolutions.state_dict()
    assert all(torch.equal(kept[name], 2 * value) for name, value in state.items())

    (tmp_path / "w.pth").write_bytes(b"")
    code, out, err = run(*arguments, "--weights", "w.pth")
    assert (code, err.count("\n")) == (1, 1)
    assert "w.pth" in err
    assert "Accuracy" not in out


def test_weights_that_are_not_there(run, tmp_path):
    code, out, err = run("--data", "garments", "--model", "vgg19", "--weights", "w.pth")
    assert (code, out, err) == (1, "", "skfashion: w.pth: No such file or directory\n")
    assert not os.listdir(tmp_path)


def test_without_matplotlib(run, quick, tmp_path, monkeypatch, capsys):
    for module in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    code, out, err = run(*quick, "--quiet")
    assert code == 0
    assert err.count("\n") == 1
    assert 'pip install "skfashion[plots]"' in err
    assert os.listdir(tmp_path / "skfashion-output") == ["lenet5.skfashion"]
    assert PICTURE not in out
    assert "skfashion[plots]" in before_training(run, monkeypatch, capsys, *quick)[0]


def test_a_broken_matplotlib(run, quick, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    code, out, err = run(*quick, "--quiet")
    assert (code, err.count("\n")) == (0, 1)
    assert "matplotlib" in err
    assert PICTURE not in out


def test_device_that_is_not_there(run, quick, tmp_path):
    code, out, err = run(*quick, "--device", "quantum")
    assert (code, out) == (1, "")
    assert "device='quantum' is not a device" in err
    assert not os.listdir(tmp_path)


def test_output_that_is_no_folder(run, quick, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = run(*quick, "--output", "file")
    assert (code, out) == (1, "")
    assert err == (
        "skfashion: file: File exists (--output takes a folder that can be written to)\n"
    )


def test_output_where_the_model_is_a_folder(run, quick, tmp_path):
    (tmp_path / MODEL).mkdir(parents=True)
    code, out, err = run(*quick)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"{MODEL}: a file of this name will be written, but there is a folder" in err


# What fails after it.


@pytest.mark.slow
def test_a_full_disk(start, quick, tmp_path):
    resource = pytest.importorskip("resource")

    def fill():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    process = start(*quick, "--quiet", preexec_fn=fill)
    out, err = (text.decode() for text in process.communicate())
    assert process.returncode == 1
    lines = err.splitlines()
    assert lines[0].startswith(f"skfashion: {MODEL} could not be written: ")
    assert lines[1:] == [f"skfashion: {PICTURE} could not be written: File too large"]
    assert "Accuracy on 100 test images" in out
    assert "skfashion predict" not in out
    assert not (tmp_path / "skfashion-output").exists()


def test_a_picture_that_cannot_be_written(run, quick, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_train, "draw_confusion", fail)
    code, out, err = run(*quick, "--quiet")
    assert code == 1
    assert err == f"skfashion: {PICTURE} could not be written: No space left on device\n"
    assert "Accuracy on 100 test images" in out
    assert f"skfashion predict {MODEL}" in out
    assert load(MODEL).n_iter_ == 1


def test_a_failure_of_the_prediction_leaves_the_model(run, quick, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(LeNet5Classifier, "predict", fail)
    code, out, err = run(*quick, "--quiet")
    assert (code, err) == (1, "skfashion: CUDA out of memory\n")
    assert f"Model             {MODEL}\n" in out
    assert load(MODEL).n_iter_ == 1


def test_the_folder_is_deleted_during_the_training(run, quick, monkeypatch, tmp_path):
    fit = LeNet5Classifier.fit

    def fit_and_delete(self, *data):
        (tmp_path / "skfashion-output").rmdir()
        return fit(self, *data)

    monkeypatch.setattr(LeNet5Classifier, "fit", fit_and_delete)
    assert run(*quick)[0] == 0
    assert load(MODEL).n_iter_ == 1


def test_files_are_there_before_the_report(run, quick, monkeypatch):
    there = []

    def report(*arguments, **options):
        there.append((os.path.exists(MODEL), os.path.exists(PICTURE)))
        return "report"

    monkeypatch.setattr(_train, "classification_report", report)
    run(*quick)
    assert there == [(True, True)]


# Ctrl-C.


def press(*args, **kwargs):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("place", "name", "is_written"),
    [
        (_train, "load_data", False),
        (_train, "import_optional", False),
        (LeNet5Classifier, "fit", False),
        (LeNet5Classifier, "predict", True),
        (_train, "confusion_matrix", True),
        (_train, "draw_confusion", True),
        (_train, "classification_report", True),
    ],
)
def test_ctrl_c_in_each_phase(run, quick, monkeypatch, tmp_path, place, name, is_written):
    monkeypatch.setattr(place, name, press)
    code, out, err = run(*quick, "--quiet")
    assert (code, err) == (130, "skfashion: interrupted\n")
    assert (f"Model             {MODEL}\n" in out) == is_written
    if is_written:
        assert load(MODEL).n_iter_ == 1
    else:
        assert not os.listdir(tmp_path)


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_while_the_model_is_written(run, quick, monkeypatch):
    save = LeNet5Classifier.save

    def save_with_ctrl_c(self, path):
        signal.raise_signal(signal.SIGINT)
        save(self, path)

    monkeypatch.setattr(LeNet5Classifier, "save", save_with_ctrl_c)
    code, out, err = run(*quick, "--quiet")
    assert (code, err) == (130, "skfashion: interrupted\n")
    assert MODEL in out
    assert load(MODEL).n_iter_ == 1


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_after_an_epoch_reports_and_saves(run, quick, monkeypatch):
    fit = LeNet5Classifier.fit

    def fit_with_ctrl_c(self, *data):
        class PressInTheThirdEpoch(Callback):
            def on_batch_end(self, net, **kwargs):
                if len(net.history) == 3:
                    signal.raise_signal(signal.SIGINT)

        fit(self.set_params(callbacks=[PressInTheThirdEpoch()]), *data)
        return self.set_params(callbacks=None)

    monkeypatch.setattr(LeNet5Classifier, "fit", fit_with_ctrl_c)
    code, out, err = run(*quick, "--epochs", "500", "--quiet")
    assert code == 0
    assert re.match(r"skfashion: Ctrl-C ended the training after 2 of 500 epochs.*\n", err)
    assert "Accuracy on" in out
    assert load(MODEL).n_iter_ == 2
