"""The command as a whole: its arguments, how it ends, and where it prints to."""

import os
import re
import subprocess
import sys

import pytest

import skfashion
from skfashion import LeNet5Classifier, cli, estimators
from skfashion.cli import _data, _train
from skfashion.persistence import load

BROKEN_PIPE = 141

needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "minivg"], "Did you mean 'minivgg'?"),
        (["--data", "garmets"], "Did you mean 'garments'?"),
        (["--epochs", "0"], "'0' is not a whole number from 1 to"),
        (["--epochs", "many"], "'many' is not a whole number"),
        (["--epochs", "9" * 400], "...' is not a whole number"),
        (["--seed", "-1"], "'-1' is not a whole number from 0 to 4294967295"),
        (["--seed", str(2**32)], "'4294967296' is not a whole number from 0 to 4294967295"),
        (["--colour"], "--colour"),
        (["--weights", "w.pth"], "--weights: not for the model minivgg; vgg19 takes trained"),
        (["--model", "lenet5", "--weights", "w.pth"], "--weights: not for the model lenet5"),
        (["predict"], "FILE"),
        (["--epochs", "2", "--data-home", "x", "predict", "m", "f"], "--data-home, --epochs: not"),
        (["--weights", "x", "predict", "m", "f"], "--weights: not for predict"),
        (["--checkpoint-dir", "x", "predict", "m", "f"], "--checkpoint-dir: not for predict"),
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


def test_a_later_classifier_appears_by_itself(run, monkeypatch):
    class NewNetClassifier(LeNet5Classifier):
        max_epochs: int = 17

    monkeypatch.setattr(estimators, "NewNetClassifier", NewNetClassifier, raising=False)
    monkeypatch.setattr(estimators, "__all__", [*estimators.__all__, "NewNetClassifier"])
    code, out, _ = run("--help")
    assert code == 0
    assert "newnet" in out
    assert re.search(r"17\s+for\s+newnet", out)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError("two\nlines"), "two lines"),
        (PermissionError(13, "Permission denied", "a\udce9\x1b"), r"a\xe9\x1b: Permission denied"),
        (RuntimeError("CUDA error"), "CUDA error"),
        (ImportError("no package"), "no package"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_an_error_is_one_line(run, monkeypatch, error, line):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(_train, "load_data", fail)
    assert run("--data", "garments") == (1, "", f"skfashion: {line}\n")


def test_an_interrupt_is_one_line(run, monkeypatch):
    def press(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_parser", press)
    assert run() == (130, "", "skfashion: interrupted\n")


def test_the_streams_are_as_before(run):
    before = sys.stdout, sys.stderr
    run("--version")
    assert (sys.stdout, sys.stderr) == before


# Where it prints to.


def unread_pipe():
    """Return the writing end of a pipe whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_that_nobody_reads(start, argument):
    process = start(argument, stdout=unread_pipe())
    assert process.communicate()[1] == b""
    assert process.returncode == BROKEN_PIPE


@pytest.mark.slow
def test_a_report_that_nobody_reads(start, quick, tmp_path):
    process = start(*quick)
    assert process.stdout.readline().startswith(b"Training")  # as `| head -1` does
    process.stdout.close()
    assert re.fullmatch(rb"epoch 1/1: .*\n", process.stderr.read())
    assert process.wait() == BROKEN_PIPE
    assert load(tmp_path / "skfashion-output" / "lenet5.skfashion").n_iter_ == 1
    assert (tmp_path / "skfashion-output" / "lenet5-confusion.png").exists()


@pytest.mark.slow
def test_neither_report_nor_warnings_are_read(start, quick, tmp_path):
    pipe = unread_pipe()
    process = start(*quick, stdout=pipe, stderr=pipe)
    assert process.wait() == BROKEN_PIPE
    assert load(tmp_path / "skfashion-output" / "lenet5.skfashion").n_iter_ == 1


@pytest.mark.slow
def test_standard_output_closed(quick, tmp_path, start):
    # Were its descriptor left free, the model's file would get it, and all that is printed.
    process = start(*quick, stdout=None, preexec_fn=lambda: os.close(1))
    assert process.communicate()[1].startswith(b"epoch 1/1")
    assert process.returncode == 0
    assert load(tmp_path / "skfashion-output" / "lenet5.skfashion").n_iter_ == 1


@pytest.mark.slow
def test_all_streams_closed(quick, tmp_path, start):
    def close():
        for descriptor in range(3):
            os.close(descriptor)

    assert start(*quick, stdout=None, stderr=None, preexec_fn=close).wait() == 0
    assert load(tmp_path / "skfashion-output" / "lenet5.skfashion").n_iter_ == 1


@needs_dev_full
def test_version_to_a_full_disk(start):
    with open("/dev/full", "wb") as full:
        process = start("--version", stdout=full)
    assert process.communicate()[1] == b"skfashion: standard output: No space left on device\n"
    assert process.returncode == 1


@pytest.mark.slow
@needs_dev_full
def test_report_to_a_full_disk(start, quick, tmp_path):
    with open("/dev/full", "wb") as full:
        process = start(*quick, "--quiet", stdout=full)
    assert process.communicate()[1] == b"skfashion: standard output: No space left on device\n"
    assert process.returncode == 1
    assert load(tmp_path / "skfashion-output" / "lenet5.skfashion").n_iter_ == 1


@pytest.mark.slow
def test_no_bar_in_a_log(start, quick):
    err = start(*quick, "--epochs", "3").communicate()[1].decode()
    assert [line.partition(":")[0] for line in err.splitlines()] == [
        f"epoch {i}/3" for i in (1, 2, 3)
    ]
    assert "\r" not in err


@pytest.mark.slow
@pytest.mark.parametrize(("n_lines", "shown"), [(24, b"epoch 1/1: 100%"), (0, b"epoch 1/1: train")])
def test_a_bar_in_a_terminal_that_has_lines(start, quick, n_lines, shown):
    termios = pytest.importorskip("termios")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (n_lines, 80))
    process = start(*quick, stderr=theirs)
    os.close(theirs)
    text = b""
    while part := _read(ours):
        text += part
    assert process.wait() == 0
    assert shown in text


def _read(terminal):
    try:
        return os.read(terminal, 1000)
    except OSError:  # what Linux says of a terminal that nobody writes to any more
        return b""


def test_warnings_of_other_kinds_are_lines_too(run, monkeypatch):
    import warnings

    def warn(*arguments):
        warnings.warn("two\nlines", FutureWarning, stacklevel=1)
        raise ValueError("the end")

    monkeypatch.setattr(_train, "load_data", warn)
    assert run("--data", "garments")[2] == "skfashion: two lines\nskfashion: the end\n"


def test_the_data_module_has_the_usual_sizes():
    code = "from skfashion.cli import _data; print(_data.N_GARMENTS)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert shown == "{'train': 6000, 'test': 1000}\n"
    assert _data.N_GARMENTS != {"train": 6000, "test": 1000}


def test_version(run):
    assert run("--version") == (0, f"skfashion {skfashion.__version__}\n", "")
