"""The readers, fuzzed by atheris where it is installed."""

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = str(Path(__file__).with_name("fuzz_atheris.py"))


def test_without_atheris_a_sentence_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "atheris", None)
    assert runpy.run_path(SCRIPT)["main"](["models"]) == 0
    assert capsys.readouterr().out.startswith("atheris is not installed, so nothing is fuzzed")


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed: pip install it"
)
@pytest.mark.parametrize("target", ["models", "headers", "data", "photos"])
def test_for_a_few_seconds(target):
    command = [sys.executable, SCRIPT, target, "--seconds", "5"]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
