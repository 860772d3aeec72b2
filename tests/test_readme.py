"""What README.md says is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import skfashion
from benchmarks.tables import TABLE, pages, printed

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks("python"))
def test_code_runs_as_printed(code):
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_there_are_two_commands_and_ci_runs_the_second():
    install, test = blocks("bash")
    assert "python -m skfashion" in install
    assert test.strip() in (ROOT / ".ci" / "run").read_text()


TABLES = [
    pytest.param(match, id=f"{page.name}-{match['name']}")
    for page in pages()
    for match in TABLE.finditer(page.read_text())
]


@pytest.mark.parametrize("match", TABLES)
def test_table_of_figures_is_what_the_benchmark_prints(match):
    """Else: python benchmarks/tables.py."""
    assert match[0] == printed(match)


def test_tables_are_found():
    assert len(TABLES) >= 8
    assert {match.values[0]["name"] for match in TABLES} >= {"accuracy", "recipes", "roofline"}


def test_pictures_are_there():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)


def test_every_classifier_is_named():
    for name in skfashion.__all__:
        if name.endswith("Classifier") and not re.match(r"V[23]C", name):
            assert f"`{name}`" in README
