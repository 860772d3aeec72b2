"""What a training shows of how far it is."""

import io
import re
import sys
import types

import pytest

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments

X, Y = make_garments(100, random_state=0, return_X_y=True)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(monkeypatch, stream, **parameters):
    parameters = {"max_epochs": 2, "device": "cpu", "random_state": 0, "verbose": 1} | parameters
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "200")  # tqdm cuts what is longer than a line
    LeNet5Classifier(**parameters).fit(X, Y)
    return stream and stream.getvalue()


def test_a_bar_in_a_terminal(monkeypatch, capsys):
    text = shown(monkeypatch, Terminal())
    assert re.search(r"epoch 1/2:.*epoch 2/2: 100%.*train_loss=", text, re.DOTALL)
    assert capsys.readouterr().out == ""


def test_a_line_for_each_epoch_in_a_log(monkeypatch, capsys):
    lines = shown(monkeypatch, io.StringIO()).splitlines()
    figures = r"train_loss=\d+\.\d{4}, train_acc=\d\.\d{4} \(\d+\.\d s\)"
    assert len(lines) == 2
    for i, line in enumerate(lines, start=1):
        assert re.fullmatch(rf"epoch {i}/2: {figures}", line)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_metrics_of_the_validation(monkeypatch, stream):
    text = shown(monkeypatch, stream(), early_stopping=True, validation_fraction=0.2)
    assert "valid_loss=" in text
    assert "valid_acc=" in text


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_nothing_unless_asked(monkeypatch, stream):
    assert shown(monkeypatch, stream(), verbose=0) == ""


def test_a_bar_in_a_notebook(monkeypatch):
    shell = types.SimpleNamespace(kernel=object())
    ipython = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert "100%" in shown(monkeypatch, io.StringIO())


def test_lines_in_a_log_of_ipython(monkeypatch):
    ipython = types.SimpleNamespace(get_ipython=lambda: object())
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert "100%" not in shown(monkeypatch, io.StringIO())


def test_without_standard_error(monkeypatch):
    assert shown(monkeypatch, None) is None


def test_a_log_that_cannot_be_written_to_does_not_end_a_training(monkeypatch):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    assert shown(monkeypatch, Full()) == ""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    LeNet5Classifier(max_epochs=1, device="cpu", verbose=1).fit(X, Y)
