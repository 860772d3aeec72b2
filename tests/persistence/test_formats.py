"""How the content of a model file stands in it: every format, and what looks like one."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone

from skfashion import ModelFileError, load
from skfashion.persistence import _formats
from skfashion.storage import COLUMNS

DATA = Path(__file__).parent / "data"
LATER = {"checkpoint_dir": "None", "checkpoint_interval": "0"}  # parameters since the files
FORMATS = range(1, _formats.FORMAT + 1)
KEPT = sorted(path.stem.split("-format") for path in DATA.glob("*.skfashion"))


def kept(name, number):
    return DATA / f"{name}-format{number}.skfashion"


def expected(name, number):
    return json.loads((DATA / f"expected-format{number}.json").read_text())[name]


def images(shape):
    """The first images that the classifiers in the files were trained on."""
    size = int(np.prod(shape))
    rows, columns = np.arange(6)[:, None], np.arange(size)[None]
    flat = (rows * 37 + columns * 11 + (columns % 7) * 13) % 180
    return (flat + 20 * (rows % 3)).astype(np.uint8).reshape(6, *shape)


# Files of each released format load for ever: these are never written anew.


def test_there_are_files_of_each_format():
    assert {number for _, number in KEPT} == set(map(str, FORMATS))


@pytest.mark.parametrize(("name", "number"), KEPT)
def test_files_of_each_format_load(name, number):
    loaded, wanted = load(kept(name, number)), expected(name, number)
    X = images(wanted["shape"])
    np.testing.assert_allclose(loaded.predict_proba(X), wanted["probabilities"], atol=1e-5)
    assert loaded.classes_.tolist() == wanted["classes"]
    # Later versions have more parameters, at their defaults.
    params = {name: repr(value) for name, value in loaded.get_params(deep=False).items()}
    assert all(
        f"'{name}': {text}" in wanted["params"]
        for name, text in params.items()
        if name not in LATER
    )
    assert all(params[name] == text for name, text in LATER.items())
    assert loaded.n_iter_ == len(loaded.history_) == 2
    assert len(loaded.history_[0, "batches"]) == 1
    loaded.set_params(early_stopping=False)
    assert loaded.partial_fit(X, loaded.predict(X)).n_iter_ == 3


@pytest.mark.parametrize("number", FORMATS)
def test_a_loaded_file_of_each_format_can_be_saved(number, tmp_path):
    loaded = load(kept("lenet5", number))
    loaded.save(tmp_path / "model")
    X = images((12, 12))
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict_proba(X), loaded.predict_proba(X))
    assert again.history_ == loaded.history_


# Format 1: an archive of torch.


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.skfashion"


def rewrite(path, **changes):
    """Write the fixture of format 1 with other contents."""
    content = torch.load(kept("lenet5", 1), weights_only=True)
    torch.save(content | changes, path)
    return content


def test_files_from_before_it_was_noted_what_was_built(path):
    """Their parameters are what the network was built with."""
    content = rewrite(path)
    content.pop("built_with")
    for name in ("pixel_range_", "automatic_"):
        content["fitted"].pop(name)
    torch.save(content, path)
    loaded, whole = load(path), load(kept("lenet5", 1))
    X = images((12, 12))
    np.testing.assert_array_equal(loaded.predict_proba(X), whole.predict_proba(X))
    assert loaded.pixel_range_ is None
    assert loaded.partial_fit(X, whole.predict(X)).n_iter_ == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": 3},
        {"weights": {3: torch.zeros(2)}},
        {"weights": {"output.weight": "heavy"}},
        {"weights": {}},
        {"skfashion": 2},
        {"parameters": {3: 4}},
        {"built_with": {3: 4}},
        {"history": [{3: 4}]},
        {"history": [3]},
        {"versions": None},
        {"class": None},
        {"fitted": torch.zeros(3)},
        {"skfashion": torch.ones(())},
    ],
)
def test_wrong_content_of_the_first_format(path, changes):
    rewrite(path, **changes)
    with pytest.raises(ModelFileError, match=r"model\.skfashion "):
        load(path)


def test_weights_whose_shape_lies(path):
    """A tensor of one number can say that it has a thousand millions."""
    weights = rewrite(path)["weights"]
    rewrite(path, weights=weights | {"output.weight": torch.zeros(1).expand(10**9)})
    with pytest.raises(ModelFileError, match=r"output\.weight .*float32 of shape \(1000000000,\)"):
        load(path)


def archive(path, compression=zipfile.ZIP_STORED, **entries):
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, content in entries.items():
            file.writestr(f"model/{name}", content)


def bomb(path):
    archive(path, zipfile.ZIP_DEFLATED, **{"data.pkl": bytes(300_000_000)})


def many_entries(path):
    archive(path, **{str(i): b"" for i in range(_formats.MAX_ENTRIES + 1)})


def many_lists(path):
    archive(path, **{"data.pkl": b"\x80\x02" + b"]" * 3_000_000 + b".", "version": b"3"})


def long_pickle(path):
    archive(path, **{"data.pkl": bytes(_formats.MAX_PICKLE_BYTES + 1), "version": b"3"})


def overlapping(path):
    """Two entries that stand for the same bytes."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("model/data.pkl", bytes(200_000))
        for i in range(100):
            again = zipfile.ZipInfo(f"model/data/{i}")
            again.file_size = again.compress_size = 200_000
            again.header_offset = again.CRC = 0
            file.filelist.append(again)


@pytest.mark.parametrize("write", [bomb, many_entries, many_lists, long_pickle, overlapping])
def test_archives_that_unpack_to_more_than_they_are(path, write):
    write(path)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError, match="cannot be read.*(unpack to|entries|too much)"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


# Format 2.


def test_it_is_a_file_of_safetensors():
    """Without the package: eight bytes of length, a header in JSON, then the values."""
    raw = kept("lenet5", 2).read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    content = json.loads(header.pop("__metadata__")["text"])
    assert content["skfashion"] == 2
    assert content["class"] == "LeNet5Classifier"
    assert {"skfashion", "python", "numpy", "torch", "scikit-learn"} <= set(content["versions"])
    begin, end = header["output.bias"]["data_offsets"]
    bias = np.frombuffer(raw[8 + length :][begin:end], "<f4")
    module = load(kept("lenet5", 2)).module_
    np.testing.assert_array_equal(bias, module.output.bias.detach().numpy())


def test_the_library_of_the_format_reads_it():
    safetensors = pytest.importorskip("safetensors.numpy")
    weights = safetensors.load_file(kept("v6", 2))
    state = load(kept("v6", 2)).module_.state_dict()
    assert weights.keys() == state.keys()
    for name, weight in weights.items():
        np.testing.assert_array_equal(weight, state[name].numpy())


@pytest.mark.parametrize(
    "tensor",
    [torch.zeros(2, dtype=torch.complex64), torch.zeros(2, dtype=torch.bfloat16)],
    ids=["complex", "bfloat16"],
)
def test_weights_of_a_kind_that_files_do_not_have(tensor):
    with pytest.raises(TypeError, match=r"phase .*cannot hold"):
        _formats.write(io.BytesIO(), {}, {"phase": tensor}, {})


def test_sparse_weights():
    with pytest.raises(TypeError, match=r"phase .*sparse.*cannot hold.*joblib\.dump"):
        _formats.write(io.BytesIO(), {}, {"phase": torch.eye(2).to_sparse()}, {})


def test_is_model_file(tmp_path):
    assert all(_formats.is_model_file(kept(*which)) for which in KEPT)
    (tmp_path / "shirt.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    (tmp_path / "empty").touch()
    others = [tmp_path, tmp_path / "nowhere", tmp_path / "shirt.jpg", tmp_path / "empty", "a\0b"]
    assert not any(map(_formats.is_model_file, others))


# Format 3: a long history.


def test_columns_are_arrays_beside_the_weights():
    safetensors = pytest.importorskip("safetensors.numpy")
    stored = safetensors.load_file(kept("lenet5", 3))
    history = load(kept("lenet5", 3)).history_
    for name in ("train_loss", "dur"):
        assert stored[f"{COLUMNS}epochs/{name}/float"].tolist() == history[:, name]
    sizes = history[:, "batches", :, "train_batch_size"]
    assert stored[f"{COLUMNS}batches/train_batch_size/int"].tolist() == [6, 6]
    assert sizes == [[6], [6]]


def test_the_weights_of_such_a_file_are_a_start():
    X = images((12, 12))
    old = load(kept("lenet5", 3))
    new = clone(old).set_params(init_from=kept("lenet5", 3), lr=1e-9, max_epochs=1)
    new.fit(X, np.arange(6) % 3)
    np.testing.assert_allclose(new.predict_proba(X), old.predict_proba(X), atol=0.01)
