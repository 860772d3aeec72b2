"""What the scripts that measure share."""

import json

import pytest

from benchmarks import _environment


def test_turns_begin_with_another_one_in_each_round():
    assert list(_environment.in_turns("abc", 4)) == list("abcbcacababc")


@pytest.mark.parametrize("show", [False, True])
def test_options_that_scripts_share(show, capsys):
    parser = _environment.arguments("Measure it.\n\nMore.", "it", show=show)
    assert parser.description == "Measure it."
    assert parser.parse_args([]).json == "it"
    assert hasattr(parser.parse_args([]), "show") == show


def test_rows_are_replaced_by_their_keys(tmp_path, monkeypatch):
    monkeypatch.setattr(_environment, "RESULTS", tmp_path / "results")
    monkeypatch.setattr(_environment, "ROOT", tmp_path)
    for cpu, seed, value in (("a", 0, 1), ("a", 1, 2), ("b", 0, 4), ("a", 0, 3)):
        row = {"seed": seed, "value": value, "environment": {"cpu": cpu}}
        _environment.merge("it", "what", [row], key=("seed",))
    assert [row["value"] for row in _environment.read("it")["rows"]] == [3, 2, 4]
    assert json.loads((tmp_path / "results" / "it.json").read_text())["what"] == "what"
