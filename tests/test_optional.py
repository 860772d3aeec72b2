"""Packages that extras install."""

import sys

import pytest

from skfashion._optional import import_optional


def test_a_package_that_is_there():
    assert import_optional("json", "plots", "Pictures").dumps([1]) == "[1]"


def test_a_package_that_is_not_installed(monkeypatch):
    with pytest.raises(ImportError, match=r"Pictures need nothing_like_it: pip .*fashion\[plots\]"):
        import_optional("nothing_like_it", "plots", "Pictures")


def test_a_package_that_cannot_be_imported(monkeypatch, tmp_path):
    (tmp_path / "broken_package.py").write_text("raise ImportError('libGL.so.1: not found')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"installed but cannot be imported: libGL\.so\.1"):
        import_optional("broken_package", "photos", "Photographs")
    assert "broken_package" not in sys.modules
