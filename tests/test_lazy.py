"""Imports that wait for their first use."""

import re
import signal
import subprocess
import sys
import threading
import tomllib
from pathlib import Path
from textwrap import dedent

import pytest

import skfashion
from skfashion._lazy import LazyModule, uninterrupted


def test_a_module_is_imported_when_a_name_is_asked_for():
    script = """
        import sys
        from skfashion._lazy import LazyModule
        module = LazyModule("wave")
        assert "wave" not in sys.modules
        module.open
        assert "wave" in sys.modules
    """
    subprocess.run([sys.executable, "-c", dedent(script)], check=True)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="no_such_name"):
        LazyModule("wave").no_such_name  # noqa: B018


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_waits():
    done = []

    def work():
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("default_sigint_handler")
def test_ctrl_c_is_ignored_where_it_was():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("default_sigint_handler")
def test_errors_come_first():
    def work():
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        work()


def test_in_another_thread():
    done = []

    def work():
        with uninterrupted():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.1, 0.4, 0.8, 1.2, 2.0])
def test_ctrl_c_while_torch_is_imported(seconds):
    """A press in the first fit of a process, at any moment, leaves later fits as they are."""
    script = f"""
        import signal, threading, time
        import numpy as np
        from skfashion import LeNet5Classifier
        signal.signal(signal.SIGINT, signal.default_int_handler)
        X = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
        y = np.arange(64) % 2
        press = lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        threading.Timer({seconds}, press).start()
        try:
            LeNet5Classifier(max_epochs=100_000).fit(X, y)
        except KeyboardInterrupt:
            pass
        print(LeNet5Classifier(max_epochs=1).fit(X, y).n_iter_)
    """
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", dedent(script)], capture_output=True, text=True
    )
    assert run.stdout == "1\n", run.stderr


@pytest.mark.slow
def test_ctrl_c_waits_for_every_import_of_a_fit():
    """A module of torch's whose import is broken off can't be imported again in its process."""
    script = """
        import pickle, signal, sys
        import numpy as np
        from skfashion import LeNet5Classifier, MiniVGGClassifier, RandomRotation

        class Watch:
            def find_spec(self, name, path=None, target=None):
                of_python = name.partition(".")[0] in sys.stdlib_module_names
                if not of_python and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                    print(name)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.meta_path.insert(0, Watch())
        X = np.random.default_rng(0).integers(0, 256, (64, 28, 28), dtype=np.uint8)
        y = np.arange(64) % 2
        fitted = LeNet5Classifier(max_epochs=2, early_stopping=True, augment=RandomRotation(9))
        fitted.fit(X, y).set_params(tta="flip").predict(X)
        pickle.loads(pickle.dumps(fitted)).predict(X)
        for optimizer in ("adam", "sgd", "rmsprop"):
            MiniVGGClassifier(max_epochs=1, width=4, optimizer=optimizer).fit(X, y)
    """
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", dedent(script)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == ""


def test_imports_on_first_use_run_downwards():
    """import-linter sees imports alone, and not the names that are given to LazyModule."""
    root = Path(skfashion.__file__).parent
    settings = tomllib.loads((root.parent / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    level = {name: i for i, layer in enumerate(layers) for name in layer.split(" | ")}
    found = [
        (f"skfashion.{path.relative_to(root).parts[0]}", name)
        for path in root.glob("*/**/*.py")
        for name in re.findall(r'LazyModule\("(skfashion\.\w+)', path.read_text("utf-8"))
    ]
    assert found
    assert [pair for pair in found if level[pair[0]] >= level[pair[1]]] == []
