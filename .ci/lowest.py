"""Print pip's constraints to the lowest versions that pyproject.toml declares.

Of torch the version stays the newest that is allowed: an older one is gigabytes of CUDA.
"""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
EXTRAS = ("plots", "photos", "camera", "search", "distributed", "onnx", "tensorboard", "test")
NEWEST = ("torch",)


def constraints(project):
    """Return a constraint for each requirement of the package, its users' extras and its tests."""
    required = [*project["dependencies"]]
    for extra in EXTRAS:
        required += project["optional-dependencies"][extra]
    found = [re.match(r"([\w.-]+)>=([\w.]+)", one) for one in required if "[" not in one]
    return sorted(
        {
            f"{name}=={version}.*"
            for name, version in map(re.Match.groups, found)
            if name not in NEWEST
        }
    )


if __name__ == "__main__":
    print("\n".join(constraints(tomllib.loads(PROJECT.read_text())["project"])))
