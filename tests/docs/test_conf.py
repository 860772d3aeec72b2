"""The documentation is built without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

import skfashion

ROOT = Path(__file__).parents[2]
EXTENSIONS = ("sphinx", "numpydoc", "myst_parser", "pydata_sphinx_theme", "sphinx_copybutton")


@pytest.mark.slow
def test_site_is_built_without_warnings_and_has_each_public_name(tmp_path):
    for package in (*EXTENSIONS, "sphinx_design", "sphinx_gallery"):
        pytest.importorskip(package, reason=f"{package} is not installed: the extra is docs")
    site = tmp_path / "html"
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-D", "plot_gallery=0"]
    command += ["-d", str(tmp_path / "doctrees"), "docs", str(site)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    assert (site / "llms.txt").exists()
    pages = {page.stem.rpartition(".")[2] for page in (site / "generated").glob("*.html")}
    assert set(skfashion.__all__) <= pages
