"""Packages of extras: what is said if they are missing, or there but broken."""

import sys

import pytest

from skfashion._optional import import_optional


def test_what_is_installed_is_imported():
    assert import_optional("json", "plots", "Pictures") is sys.modules["json"]


@pytest.mark.parametrize("name", ["no_such_package", "no_such_package.within"])
def test_a_missing_package(name):
    message = rf'^Pictures need {name}: pip install "skfashion\[plots\]"$'
    with pytest.raises(ImportError, match=message):
        import_optional(name, "plots", "Pictures")


@pytest.mark.parametrize("content", ["import no_such_library", "raise ImportError('no libGL')"])
def test_a_broken_package(content, tmp_path, monkeypatch):
    (tmp_path / "broken_package.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="installed but cannot be imported: .*(library|libGL)"):
        import_optional("broken_package", "plots", "Pictures")
