"""The images that the command trains with."""

import pytest

from skfashion.cli import _data
from skfashion.cli._data import load_data
from skfashion.datasets import make_garments

FILES = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")


@pytest.fixture
def no_network(monkeypatch):
    """Let nothing be downloaded, wherever the loader looks for files."""

    def refuse(*args, **kwargs):
        raise OSError("no network")

    pooch = pytest.importorskip("pooch")
    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **options: refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.delenv("SKFASHION_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", "/dev/null/nowhere")


@pytest.fixture
def refused(monkeypatch):
    """Let the loader find nothing and download nothing."""

    def fetch(**parameters):
        raise OSError("Fashion-MNIST could not be downloaded:\nno network")

    monkeypatch.setattr(_data.datasets, "fetch_fashion_mnist", fetch)
    monkeypatch.delenv("SKFASHION_DATA_HOME", raising=False)


def test_fashion_mnist(monkeypatch, tmp_path, capsys):
    asked = []

    def fetch(*, subset, data_home, n_retries):
        asked.append((subset, data_home))
        return make_garments({"train": 200, "test": 50}[subset], random_state=3)

    monkeypatch.setattr(_data.datasets, "fetch_fashion_mnist", fetch)
    title, train, test = load_data("fashion-mnist", tmp_path, 0)
    assert title == "Fashion-MNIST"
    assert asked == [("train", tmp_path), ("test", tmp_path)]
    assert (len(train.images), len(test.images)) == (200, 50)
    assert capsys.readouterr() == ("Loading Fashion-MNIST\n", "")


@pytest.mark.usefixtures("refused")
class TestNowhere:
    def test_drawings_take_its_place_and_one_line_says_where_it_looked(
        self, capsys, tmp_path, monkeypatch
    ):
        monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "sklearn"))
        title, train, _ = load_data("fashion-mnist", None, 0)
        err = capsys.readouterr().err
        assert (title, len(train.images)) == ("drawn garments", 400)
        assert err.count("\n") == 1
        assert "Fashion-MNIST is not on disk and cannot be downloaded: drawn garments" in err
        assert f"Looked in {tmp_path / 'sklearn'} and the subfolder fashion-mnist" in err
        assert "--data-home" in err

    def test_the_folder_of_the_environment_comes_first(self, capsys, tmp_path, monkeypatch):
        monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "sklearn"))
        monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "mine"))
        load_data("fashion-mnist", None, 0)
        assert f"in {tmp_path / 'mine'}, {tmp_path / 'sklearn'} and" in capsys.readouterr().err

    def test_a_named_folder_is_the_only_one(self, capsys, tmp_path, monkeypatch):
        monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "mine"))
        load_data("fashion-mnist", tmp_path / "named", 0)
        assert f"in {tmp_path / 'named'} and the" in capsys.readouterr().err

    def test_it_is_said_before_the_training(self, run, quick, monkeypatch, capsys, tmp_path):
        from skfashion import LeNet5Classifier

        before = []

        def fit(self, *data):
            before.append(capsys.readouterr().err)
            raise KeyboardInterrupt

        monkeypatch.setattr(LeNet5Classifier, "fit", fit)
        assert run(*quick[2:], "--data-home", tmp_path)[0] == 130
        assert "drawn garments take its place" in before[0]


@pytest.mark.usefixtures("no_network")
def test_the_real_loader_without_network(run, quick, tmp_path):
    code, out, err = run(*quick[2:], "--quiet", "--data-home", tmp_path / "home")
    assert code == 0
    assert "on 400 images of drawn garments" in out
    assert err.count("\n") == 1
    assert f"Looked in {tmp_path / 'home'} and" in err


def test_damaged_data_is_an_error(run, quick, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for name in FILES:
        (home / f"{name}-ubyte.gz").write_bytes(b"no gzip file")
    code, out, err = run(*quick[2:], "--data-home", home)
    assert code == 1
    assert err.count("\n") == 1
    assert "is not the file train-images-idx3-ubyte.gz of Fashion-MNIST" in err
    assert "Accuracy" not in out
    assert not (tmp_path / "skfashion-output").exists()


def test_unusable_data_home_is_an_error(run, quick, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(*quick[2:], "--data-home", tmp_path / "file")
    assert code == 1
    assert err.startswith(f"skfashion: The folder {tmp_path / 'file'}")


@pytest.mark.parametrize("seed", [0, 1, 2**31 - 1, 2**31, 2**32 - 1])
def test_garments_of_every_seed(seed):
    title, train, test = load_data("garments", None, seed)
    assert title == "drawn garments"
    assert (train.images[:100] != test.images).any(axis=(1, 2)).all()


def test_garments_of_small_seeds():
    _, train, test = load_data("garments", None, 3)
    assert (train.images == make_garments(400, random_state=6).images).all()
    assert (test.images == make_garments(100, random_state=7).images).all()
