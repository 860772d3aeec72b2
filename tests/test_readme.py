"""What README.md says is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import skfashion

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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("README.md", "accuracy"),
        ("README.md", "side_by_side"),
        ("README.md", "time_to_accuracy"),
        ("benchmarks/README.md", "recipes"),
        ("docs/design.md", "ablation"),
        ("docs/design.md", "roofline"),
        ("docs/design.md", "busy_core"),
        ("docs/design.md", "auto_precision"),
    ],
)
def test_table_of_figures_is_what_the_benchmark_prints(page, name):
    begin, end = f"<!-- {name}: printed by benchmarks/{name}.py --show -->\n", f"<!-- /{name} -->"
    table = (ROOT / page).read_text().partition(begin)[2].partition(end)[0].strip()
    command = [sys.executable, ROOT / "benchmarks" / f"{name}.py", "--show"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert table == shown.strip()


def test_pictures_are_there():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)


def test_every_classifier_is_named():
    for name in skfashion.__all__:
        if name.endswith("Classifier") and not re.match(r"V[23]C", name):
            assert f"`{name}`" in README
