"""What importing the package does, and does not."""

import subprocess
import sys

import skfashion


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_import_does_not_wait_for_torch():
    code = "import sys, skfashion; skfashion.LeNet5Classifier(augment=skfashion.shift_flip(3))"
    assert run(code + "; print('torch' in sys.modules)") == "False\n"


def test_import_prints_nothing_and_starts_nothing():
    assert run("import skfashion, threading; print(threading.active_count())") == "1\n"


def test_public_names_are_there():
    assert sorted(skfashion.__all__) == sorted(set(skfashion.__all__))
    assert all(hasattr(skfashion, name) for name in skfashion.__all__)
