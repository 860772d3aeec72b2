"""The step of CI that lists licences and known vulnerabilities."""

import json
import runpy
import subprocess
from email.message import Message
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "audit.py"
AUDIT = runpy.run_path(str(SCRIPT))


@pytest.fixture
def nothing_required(monkeypatch):
    monkeypatch.setitem(AUDIT["main"].__globals__, "required", dict)


def answer(monkeypatch, capsys, stdout="", stderr="", error=None):
    """Return the exit code and the last lines after an answer of pip-audit's."""

    def run(command, **how):
        if error is not None:
            raise error
        return subprocess.CompletedProcess(command, 1, stdout, stderr)

    monkeypatch.setattr(subprocess, "run", run)
    code = AUDIT["main"]()
    return code, capsys.readouterr().out.splitlines()


def report(**fixed):
    """Return a report of a vulnerability in each distribution, and the versions that fix it."""
    dependencies = [
        {"name": name, "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": versions}]}
        for name, versions in fixed.items()
    ]
    return json.dumps({"dependencies": [*dependencies, {"name": "torch", "skip_reason": "local"}]})


def test_licences_of_all_that_users_get(monkeypatch, capsys):
    _, lines = answer(monkeypatch, capsys, report())
    names = {line.split()[0] for line in lines}
    assert {"torch", "scikit-learn", "matplotlib", "opencv-python-headless", "sympy"} <= names
    assert not {"pytest", "skfashion", "sphinx"} & names
    [line] = [line for line in lines if line.startswith("joblib ")]
    assert "BSD" in line


@pytest.mark.usefixtures("nothing_required")
def test_a_hole_that_can_be_mended_fails(monkeypatch, capsys):
    code, lines = answer(monkeypatch, capsys, report(numpy=["2.9"], scipy=[]))
    assert code == 1
    assert "numpy 1: PYSEC-1, fixed in 2.9" in lines
    assert "scipy 1: PYSEC-1, not fixed yet" in lines
    assert "Of torch nothing is known." in lines
    assert lines[-1].startswith("2 distributions were looked up; 1 vulnerabilities")


@pytest.mark.usefixtures("nothing_required")
def test_a_hole_that_cannot_be_mended_is_told(monkeypatch, capsys):
    code, lines = answer(monkeypatch, capsys, report(scipy=[]))
    assert code == 0
    assert "scipy 1: PYSEC-1, not fixed yet" in lines


@pytest.mark.usefixtures("nothing_required")
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"stderr": "ERROR:...\nCould not connect\n"}, "pip-audit says: Could not connect"),
        ({"stdout": "[]"}, "pip-audit says: nothing"),
        ({"error": subprocess.TimeoutExpired("pip_audit", 120)}, "has not answered in 120 s"),
    ],
)
def test_without_advisories_it_passes_and_says_so(given, said, monkeypatch, capsys):
    code, lines = answer(monkeypatch, capsys, **given)
    assert code == 0
    assert lines[-1].startswith("Vulnerabilities are not known: the advisories cannot be reached")
    assert said in lines[-1]


@pytest.mark.usefixtures("nothing_required")
def test_an_index_that_knows_no_distribution(monkeypatch, capsys):
    code, lines = answer(monkeypatch, capsys, report())
    assert code == 0
    assert lines[-1] == "Vulnerabilities are not known: no distribution could be looked up."


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT", "License": "text"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: BSD License"}, "BSD License"),
        ({"License": "Apache 2.0\nand the whole text"}, "Apache 2.0"),
        ({}, "not stated"),
    ],
)
def test_where_a_licence_is_stated(fields, licence):
    metadata = Message()
    for name, value in fields.items():
        metadata[name] = value
    assert AUDIT["licence"](metadata) == licence
