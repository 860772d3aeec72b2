"""Adding a network, an augmentation and a display by the page that says how, and by it alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding.md").read_text("utf-8")
FILE = re.compile(r"^```\{code-block\} python\n:caption: (\S+)\n\n(.*?)^```", re.DOTALL | re.M)
ADDED = dict(FILE.findall(PAGE))
OF_DISPLAY = """
from skfashion import OneConvClassifier
from skfashion.datasets import make_garments
from skfashion.inspection import ConfidenceDisplay


def test_added_display():
    X, y = make_garments(30, random_state=0, return_X_y=True)
    fitted = OneConvClassifier(max_epochs=1, random_state=0).fit(X, y)
    assert ConfidenceDisplay.from_estimator(fitted, X).ax_.has_data()
    assert "A fitted classifier" in ConfidenceDisplay.from_estimator.__doc__
"""
# Of the common tests those that take little time, since these tests are about the page.
TESTS = {
    "tests/estimators/test_base_common.py": "documented or representation or routing",
    "tests/augmentation/test_base.py": "identity or same_batch or agree or in_transform or alike",
    "tests/test_added.py": "added",
}
NAMES = ("OneConvClassifier", "RandomInvert", "added_display")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the package and of its common tests, to which the files of the page are added."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("skfashion", "tests/augmentation", "tests/estimators"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / name, folder / name)
    for name, text in ADDED.items():
        (folder / name).write_text(text, "utf-8")
        added = re.search(r"^class (\w+)", text, re.M)[1]
        exports = (folder / name).with_name("__init__.py")
        line = f'\nfrom .{Path(name).stem} import {added}\n\n__all__ += ["{added}"]\n'
        exports.write_text(exports.read_text("utf-8") + line, "utf-8")
    return folder


def test_there_is_a_file_of_each_kind():
    rooms = [Path(name).parent.name for name in ADDED]
    assert sorted(rooms) == ["augmentation", "estimators", "inspection", "networks"]
    assert not any((ROOT / name).exists() for name in ADDED)


@pytest.mark.slow
def test_what_is_added_passes_the_common_tests(checkout):
    pytest.importorskip("matplotlib")
    (checkout / "tests" / "test_added.py").write_text(OF_DISPLAY, "utf-8")
    chosen = f"({' or '.join(NAMES)}) and ({' or '.join(TESTS.values())})"
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "-k", chosen, *TESTS]
    environment = os.environ | {"PYTHONPATH": str(checkout), "MPLBACKEND": "agg"}
    tried = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    assert tried.returncode == 0, tried.stdout + tried.stderr
    passed = [line for line in tried.stdout.splitlines() if "PASSED" in line]
    for name in NAMES:
        assert any(name in line for line in passed), tried.stdout
