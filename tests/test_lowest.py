"""The step of CI with the lowest versions that are declared."""

import runpy
from pathlib import Path

LOWEST = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "lowest.py"))


def test_constraints_are_the_lower_bounds():
    project = {
        "name": "skfashion",
        "dependencies": ["numpy>=1.26", "torch>=2.11,<2.14"],
        "optional-dependencies": {
            "photos": ["opencv-python-headless>=4.9"],
            "camera": ["skfashion[photos]", "uvicorn>=0.32"],
            "test": ["skfashion[camera,photos]", "pytest>=8"],
            "docs": ["sphinx>=8.1"],
        },
    }
    assert LOWEST["constraints"](project) == [
        "numpy==1.26.*",
        "opencv-python-headless==4.9.*",
        "pytest==8.*",
        "uvicorn==0.32.*",
    ]
