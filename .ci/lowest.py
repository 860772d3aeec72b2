"""Print pip's constraints to the lowest versions that pyproject.toml declares.

Of torch the version stays the newest that is allowed: an older one is gigabytes of CUDA.
"""

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
NEWEST = ("torch",)


def constraints(project):
    """Return a constraint for each requirement of the package and of its tests."""
    required = project["dependencies"] + of_extra(project, "test")
    found = [re.match(r"([\w.-]+)>=([\w.]+)", one).groups() for one in required]
    return sorted({f"{name}=={version}.*" for name, version in found if name not in NEWEST})


def of_extra(project, extra):
    """Return the requirements of an extra, with those of the extras that it names."""
    required = []
    for one in project["optional-dependencies"][extra]:
        named = re.fullmatch(rf"{project['name']}\[(.+)\]", one)
        if named:
            required += [each for name in named[1].split(",") for each in of_extra(project, name)]
        else:
            required.append(one)
    return required


if __name__ == "__main__":
    print("\n".join(constraints(tomllib.loads(PROJECT.read_text())["project"])))
