"""`python -m skfashion`."""

import os
import subprocess
import sys

import skfashion


def test_as_a_module(tmp_path):
    def start(argument):
        return subprocess.Popen(
            [sys.executable, "-m", "skfashion", argument],
            cwd=tmp_path,
            env=os.environ | {"COLUMNS": "80"},
            stdout=subprocess.PIPE,
            text=True,
        )

    with start("--version") as version, start("--help") as usage:
        assert version.communicate()[0] == f"skfashion {skfashion.__version__}\n"
        text = usage.communicate()[0]
    assert text.startswith("usage: skfashion ")
    assert "predict" in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert (version.returncode, usage.returncode) == (0, 0)
