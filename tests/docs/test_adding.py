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
import numpy as np
import pytest
from skfashion import OneConvClassifier
from skfashion.datasets import make_garments
from skfashion.inspection import ConfidenceDisplay

X, y = make_garments(60, random_state=0, return_X_y=True)
fitted = OneConvClassifier(max_epochs=1, random_state=0).fit(X, y)
assert ConfidenceDisplay.from_estimator(fitted, X).ax_.has_data()
assert "A fitted classifier" in ConfidenceDisplay.from_estimator.__doc__
"""


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


def run(checkout, *command):
    environment = os.environ | {"PYTHONPATH": str(checkout), "MPLBACKEND": "agg"}
    return subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environment, capture_output=True, text=True
    )


def test_there_is_a_file_of_each_kind():
    rooms = [Path(name).parent.name for name in ADDED]
    assert sorted(rooms) == ["augmentation", "estimators", "inspection", "networks"]
    assert not any((ROOT / name).exists() for name in ADDED)


def test_a_network_and_an_augmentation_pass_the_common_tests(checkout):
    """But for scikit-learn's own checks and the sizes of images, which take longer."""
    some = "(OneConv and not scikit and not every_size) or RandomInvert"
    tests = ["tests/estimators/test_base_common.py", "tests/augmentation/test_base.py"]
    tried = run(checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, *tests)
    assert tried.returncode == 0, tried.stdout + tried.stderr
    assert int(re.search(r"(\d+) passed", tried.stdout)[1]) > 20


def test_a_display_draws(checkout):
    pytest.importorskip("matplotlib")
    drawn = run(checkout, "-c", OF_DISPLAY)
    assert drawn.returncode == 0, drawn.stderr
