"""VGG-19's weights come from torchvision's state dict, or an error says why not."""

import hashlib
import os

import numpy as np
import pytest
import torch

from skfashion import VGG19Classifier
from skfashion.datasets import make_garments
from skfashion.networks import VGG19
from skfashion.networks._initialization import initialize
from skfashion.networks._vgg19 import _blocks, load_convolutions

pytestmark = pytest.mark.slow  # twenty million weights, again and again

X, Y = make_garments(20, random_state=0, return_X_y=True)
HEAD = {"hidden_units": (8,), "dropout": 0.0}


def make(**parameters):
    defaults = {"image_size": 32, "max_epochs": 1, "random_state": 0} | HEAD
    return VGG19Classifier(**defaults | parameters)


@pytest.fixture(scope="module")
def state():
    """A state dict of torchvision's layout, its classifier's layers in it."""
    layers = torch.nn.Sequential(*(layer for block in _blocks() for layer in block))
    initialize(layers, torch.Generator().manual_seed(1))
    state = {f"features.{name}": value for name, value in layers.state_dict().items()}
    return state | {"classifier.0.weight": torch.zeros(2, 2)}


@pytest.fixture(scope="module")
def file(state, tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "vgg19.pth"
    torch.save(state, path)
    return path


def test_layout_is_torchvisions(state):
    convolutions = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]
    names = {f"features.{i}.{kind}" for i in convolutions for kind in ("weight", "bias")}
    assert names == {name for name in state if name.startswith("features")}


def test_numbers_of_parameters():
    network = VGG19(
        (28, 28, 1), 10, image_size=150, fine_tune=0, hidden_units=(512,), dropout=0.5, weights=None
    )
    frozen = [p.numel() for p in network.parameters() if not p.requires_grad]
    trained = [p.numel() for p in network.parameters() if p.requires_grad]
    assert sum(frozen) == 20_024_384
    assert sum(trained) == 4_199_946
    assert network.embed(torch.zeros(1, 1, 28, 28)).shape == (1, 4 * 4 * 512)


def build(weights=None, **parameters):
    given = {"image_size": 32, "fine_tune": 0, "weights": weights} | HEAD | parameters
    return VGG19((28, 28, 1), 3, **given)


def test_loaded_weights_are_not_drawn(file, state):
    generator = torch.Generator().manual_seed(0)
    network = build(file, generator=generator)
    network.reset_parameters()
    for name, value in network.convolutions.state_dict().items():
        assert torch.equal(value, state[f"features.{name}"])
    drawn = torch.rand(1, generator=generator)  # the head's numbers alone were drawn before
    other = torch.Generator().manual_seed(0)
    torch.rand(512 * 8, generator=other)
    assert torch.equal(drawn, torch.rand(1, generator=other))


def test_what_a_training_asks_of_a_network():
    network = build()
    assert network.scaling == "range"
    assert network.precomputes
    assert not build(fine_tune=1).precomputes
    x = torch.rand(2, 1, 28, 28)
    embedded = network.embed(x)
    assert embedded.shape == (2, 512)
    torch.testing.assert_close(network(embedded), network(x))
    torch.testing.assert_close(network.features(embedded), network.features(x))


def test_names_in_files_are_of_layers_alone():
    assert not [name for name in build().state_dict() if name.startswith("pixel")]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_dtypes(dtype):
    network = build()
    for layer in network.modules():  # as weights are rounded: no other layers
        if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear):
            layer.to(dtype)
    assert network(torch.rand(2, 1, 28, 28, dtype=dtype)).dtype == dtype


def test_numbers_from_a_numpy_grid():
    given = build(image_size=np.int64(33), fine_tune=np.array(2), hidden_units=np.array([6, 5]))
    expected = build(image_size=33, fine_tune=2, hidden_units=(6, 5))
    assert repr(given) == repr(expected)
    assert given.working_size(1, 1) == (33, 33)


def test_weights_are_loaded_and_stay_frozen(file, state):
    classifier = make(weights=file).fit(X, Y)
    for name, value in classifier.module_.convolutions.state_dict().items():
        torch.testing.assert_close(value, state[f"features.{name}"], rtol=0, atol=0)


def test_fine_tuning_moves_the_last_blocks_alone(file, state):
    # Several steps: at first the output layer is 0, and nothing flows back through it.
    module = make(weights=file, fine_tune=1, max_epochs=3).fit(X, Y).module_
    moved = {
        name
        for name, value in module.convolutions.state_dict().items()
        if not torch.equal(value, state[f"features.{name}"])
    }
    assert moved == {f"{i}.{kind}" for i in (28, 30, 32, 34) for kind in ("weight", "bias")}


def test_precomputed_features_change_nothing(file):
    kept = make(weights=file, precision="float32", max_epochs=3).fit(X, Y)
    again = make(weights=file, precision="float32", max_epochs=3)
    again.set_params(augment=[Nothing()]).fit(X, Y)  # through the whole network each time
    np.testing.assert_allclose(kept.predict_proba(X), again.predict_proba(X), rtol=1e-3)


class Nothing:
    def augment(self, batch, generator):
        return batch


def test_pixels_are_normalized_as_imagenets(file):
    classifier = make(weights=file).fit(X, Y)
    seen = []
    classifier.module_.convolutions[0].register_forward_pre_hook(
        lambda layer, inputs: seen.append(inputs[0])
    )
    white = X.copy()
    white[:] = 255
    classifier.predict(white)
    expected = (1 - torch.tensor([0.485, 0.456, 0.406])) / torch.tensor([0.229, 0.224, 0.225])
    torch.testing.assert_close(seen[0][0, :, 5, 5].float(), expected, rtol=1e-2, atol=1e-2)
    assert seen[0].shape == (20, 3, 32, 32)


def test_without_weights_it_warns():
    with pytest.warns(UserWarning, match="convolutions of VGG-19 are random"):
        make().fit(X, Y)


def test_hash_in_the_name_is_checked(file, tmp_path):
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    good, bad = tmp_path / f"vgg19-{digest[:8]}.pth", tmp_path / "vgg19-dcbb9e9d.pth"
    good.symlink_to(file)
    bad.symlink_to(file)
    make(weights=good).fit(X, Y)
    with pytest.raises(ValueError, match="SHA-256 that its name says"):
        make(weights=bad).fit(X, Y)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_truncated_file(file, tmp_path, part):
    path = tmp_path / "short.pth"
    content = file.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=r"short.pth is no file of weights, or is cut short"):
        make(weights=path).fit(X, Y)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: {k: v for k, v in s.items() if "30" not in k}, r"features.30.bias is missing"),
        (lambda s: s | {"features.0.weight": torch.zeros(64, 1, 3, 3)}, r"features.0.weight"),
        (lambda s: s | {"features.40.weight": torch.zeros(1)}, r"features.40.weight"),
        (lambda s: {"layer": torch.zeros(1)}, r"no state dict of torchvision's VGG-19"),
        (lambda s: [1, 2], r"no state dict of torchvision's VGG-19"),
    ],
)
def test_file_of_something_else(state, tmp_path, change, message):
    path = tmp_path / "wrong.pth"
    torch.save(change(state), path)
    with pytest.raises(ValueError, match=message):
        make(weights=path).fit(X, Y)


def test_code_in_a_file_does_not_run(tmp_path):
    class Harm:
        def __reduce__(self):
            return pytest.fail, ("code was run",)

    path = tmp_path / "harm.pth"
    torch.save({"features.0.weight": Harm()}, path)
    with pytest.raises(ValueError, match="no file of weights"):
        make(weights=path).fit(X, Y)


def test_missing_file_and_no_network(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        make(weights=tmp_path / "none.pth").fit(X, Y)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    with pytest.raises(OSError, match="cannot be downloaded.*give the file's path as weights"):
        make(weights="http://127.0.0.1:9/vgg19.pth").fit(X, Y)


def test_download(file, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    make(weights=file.as_uri()).fit(X, Y)
    assert (tmp_path / "checkpoints" / "vgg19.pth").exists()


def test_a_download_with_another_digest_is_not_kept(file, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    wrong = tmp_path / "vgg19-dcbb9e9d.pth"
    wrong.symlink_to(file)
    with pytest.raises(OSError, match="SHA-256 of what came is .* begin with dcbb9e9d.*as weights"):
        make(weights=wrong.as_uri()).fit(X, Y)
    assert not (tmp_path / "hub").exists()


@pytest.mark.parametrize("as_source", [str, os.fsencode, lambda path: FilePath(str(path))])
def test_any_path_like(file, as_source, state):
    wanted = {name.removeprefix("features."): w for name, w in state.items() if "features" in name}
    assert load_convolutions(as_source(file), wanted).keys() == wanted.keys()


class FilePath:
    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return self.path


def test_an_address_without_a_file():
    with pytest.raises(ValueError, match="names no file"):
        make(weights="https://example.org/").fit(X, Y)


def test_saved_classifier_needs_no_weights_file(file, tmp_path):
    from skfashion import load

    classifier = make(weights=str(file)).fit(X, Y)
    classifier.save(tmp_path / "model.skfashion")
    again = load(tmp_path / "model.skfashion")
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"image_size": 16}, "image_size is a whole number of at least 32, not 16"),
        ({"fine_tune": 6}, "fine_tune is a whole number from 0 to 5, not 6"),
        ({"fine_tune": True}, "fine_tune is a whole number from 0 to 5, not True"),
        ({"fine_tune": -1}, "from 0 to 5, not -1"),
    ],
)
@pytest.mark.filterwarnings("ignore:weights=None")
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        make(**parameters).fit(X, Y)


@pytest.mark.filterwarnings("ignore:weights=None")
def test_channels():
    with pytest.raises(ValueError, match="1 or 3 channels, not of 4"):
        make().fit(np.zeros((20, 8, 8, 4)), Y)
    colour = np.repeat(X.reshape(-1, 28, 28, 1), 3, axis=3)
    np.testing.assert_allclose(
        make().fit(colour, Y).predict_proba(colour), make().fit(X, Y).predict_proba(X), rtol=1e-5
    )
