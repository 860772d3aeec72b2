"""Follow the newcomer's path to the letter, in a new environment.

    python tests/newcomer.py [FOLDER]

What git has of this checkout is copied to a folder, a new one by default, with a virtual
environment beside it. There run the first command of README.md, the code of the tutorial, an
example of the gallery, and the second command of README.md, on a part of the tests.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "docs/gallery/plot_misclassified.py"
SOME_TESTS = "tests/networks tests/inspection/test_image_grid.py tests/test_package.py"


def blocks(page, language):
    """Return the code on a page in a language."""
    text = (ROOT / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def path_of(folder):
    """Return the steps of the path, by what they are, as shell commands and where they run."""
    checkout, elsewhere = folder / "checkout", folder / "elsewhere"
    install, test = blocks("README.md", "bash")
    tutorial = folder / "tutorial.py"
    tutorial.write_text("\n".join(blocks("docs/tutorial.md", "python")), "utf-8")
    some_tests = test.replace("pytest -n auto", f"pytest -n auto -q {SOME_TESTS}")
    if some_tests == test:
        raise SystemExit(f"README.md's second command is no longer understood: {test}")
    return {
        "README's first command": (install, checkout),
        "the tutorial": (f"python {shlex.quote(str(tutorial))}", elsewhere),
        "an example": (f"python {shlex.quote(str(checkout / EXAMPLE))}", elsewhere),
        "README's second command": (some_tests, checkout),
    }


def prepare(folder):
    """Copy the checkout, and make the environment; return the variables of its shell."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / "checkout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    (folder / "elsewhere").mkdir()
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return variables | {
        "PATH": f"{folder / 'environment' / 'bin'}:{os.environ['PATH']}",
        "MPLBACKEND": "agg",
        "SKFASHION_DATA_HOME": str(folder / "data"),
    }


def main():
    folder = Path(sys.argv[1] if sys.argv[1:] else tempfile.mkdtemp(prefix="newcomer-")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    variables = prepare(folder)
    for name, (command, where) in path_of(folder).items():
        print(f"{name}: {command.strip()}", flush=True)
        began = time.monotonic()
        shell = ["bash", "-euo", "pipefail", "-c", command]
        done = subprocess.run(shell, cwd=where, env=variables, check=False)
        if done.returncode:
            raise SystemExit(f"{name} ended with {done.returncode}, in {where}")
        print(f"{name}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"The whole path was gone. {folder} can be removed.")


if __name__ == "__main__":
    main()
