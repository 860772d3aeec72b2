"""Where files are looked for."""

from pathlib import Path

from skfashion.storage import DATA_HOME_VARIABLE, data_homes


def test_the_folder_that_is_given_alone(monkeypatch, tmp_path):
    monkeypatch.setenv(DATA_HOME_VARIABLE, "elsewhere")
    assert data_homes(tmp_path) == [tmp_path]


def test_the_variable_before_scikit_learns(monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "sklearn"))
    monkeypatch.delenv(DATA_HOME_VARIABLE, raising=False)
    assert data_homes() == [tmp_path / "sklearn"]
    monkeypatch.setenv(DATA_HOME_VARIABLE, str(tmp_path))
    assert data_homes() == [tmp_path, tmp_path / "sklearn"]
    assert not (tmp_path / "sklearn").exists()


def test_the_users_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SCIKIT_LEARN_DATA", raising=False)
    monkeypatch.delenv(DATA_HOME_VARIABLE, raising=False)
    assert data_homes() == [tmp_path / "scikit_learn_data"]
    assert data_homes("~/data") == [Path(tmp_path, "data")]
