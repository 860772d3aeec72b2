import subprocess
import sys

import pytest

from skfashion.cli import _data, main
from skfashion.datasets import make_garments

FEW = {"train": 400, "test": 100}

# Runs the command as the script of the package does, on few garments.
SCRIPT = f"""
import sys
from skfashion.cli import _data, main
_data.N_GARMENTS = {FEW}
sys.exit(main())
"""


@pytest.fixture(autouse=True)
def few_garments(monkeypatch):
    monkeypatch.setattr(_data, "N_GARMENTS", FEW)


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Return a function that runs the command in an empty folder: (code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Return a function that starts the command as a process in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def start(*arguments, **how):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments], **(pipes | how))

    return start


@pytest.fixture
def quick():
    """Options of a training that takes a second."""
    return ["--data", "garments", "--model", "lenet5", "--epochs", "1", "--device", "cpu"]


@pytest.fixture
def write_garments(tmp_path):
    """Return a function that writes garments to files of the given names; it returns them."""
    cv2 = pytest.importorskip("cv2")

    def write(*names):
        bunch = make_garments(len(names), random_state=7)
        for name, image in zip(names, bunch.images, strict=True):
            (tmp_path / name).write_bytes(cv2.imencode(".png", image)[1].tobytes())
        return bunch

    return write
