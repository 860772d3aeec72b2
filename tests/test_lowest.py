"""The step of CI with the lowest versions that are declared."""

import runpy
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOWEST = runpy.run_path(str(ROOT / ".ci" / "lowest.py"))


def test_constraints_are_the_lower_bounds():
    project = {
        "dependencies": ["numpy>=1.26", "torch>=2.11,<2.14"],
        "optional-dependencies": {name: [] for name in LOWEST["EXTRAS"]}
        | {"photos": ["opencv-python-headless>=4.9"], "camera": ["skfashion[photos]"]},
    }
    assert LOWEST["constraints"](project) == ["numpy==1.26.*", "opencv-python-headless==4.9.*"]


def test_all_extras_of_the_tests_are_held_to_them():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    tests = project["optional-dependencies"]["test"]
    [all_of_them] = [one for one in tests if one.startswith("skfashion[")]
    assert set(all_of_them[len("skfashion[") : -1].split(",")) < set(LOWEST["EXTRAS"])
