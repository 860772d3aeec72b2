"""What was learned: one network, before and after it is kept."""

import copy
import pickle
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
import torch

from skfashion import CNN4ConvClassifier, LeNet5Classifier, V6Classifier, load
from skfashion.inference import as_tensor

rng = np.random.default_rng(0)
Y = np.arange(60) % 3
X = rng.integers(0, 200, (60, 28, 28), dtype=np.uint8) + (20 * Y).astype(np.uint8)[:, None, None]


def fit(cls=LeNet5Classifier, **parameters):
    return cls(**{"max_epochs": 1, "random_state": 0} | parameters).fit(X, Y)


def dumped(classifier, path, **how):
    joblib.dump(classifier, path / "model.joblib")
    return joblib.load(path / "model.joblib", **how)


def saved(classifier, path):
    classifier.save(path / "model.skfashion")
    return load(path / "model.skfashion")


KEEPERS = {
    "as it is": lambda classifier, path: classifier,
    "pickle": lambda classifier, path: pickle.loads(pickle.dumps(classifier)),
    "protocol 2": lambda classifier, path: pickle.loads(pickle.dumps(classifier, protocol=2)),
    "deepcopy": lambda classifier, path: copy.deepcopy(classifier),
    "joblib": dumped,
    "memory map": lambda classifier, path: dumped(classifier, path, mmap_mode="r"),
    "file": saved,
}
keepers = pytest.mark.parametrize("keep", KEEPERS.values(), ids=KEEPERS)


@keepers
@pytest.mark.parametrize(
    "cls",
    [
        LeNet5Classifier,
        pytest.param(CNN4ConvClassifier, marks=pytest.mark.slow),
        pytest.param(V6Classifier, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float64"])
def test_predicts_the_same_to_the_bit(keep, cls, precision, tmp_path):
    few = {"width": 4} if "width" in cls().get_params() else {}
    classifier = fit(cls, precision=precision, **few)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = keep(classifier, tmp_path)
    np.testing.assert_array_equal(kept.predict_proba(X), classifier.predict_proba(X))
    np.testing.assert_array_equal(kept.transform(X[:7]), classifier.transform(X[:7]))


@keepers
def test_there_is_one_network(keep, tmp_path):
    kept = keep(fit(), tmp_path)
    assert kept.module_ is kept.net_.module_ is kept.fitted_network_.network
    before = kept.predict_proba(X)
    calls = []
    handle = kept.module_.output.register_forward_hook(lambda *args: calls.append(args))
    np.testing.assert_allclose(kept.predict_proba(X), before, atol=0.02)
    assert len(calls) == 1
    handle.remove()
    with torch.no_grad():
        kept.module_.output.weight[0].add_(0.5)
    assert not np.allclose(kept.predict_proba(X), before, atol=1e-3)
    assert not np.allclose(kept.net_.predict_proba(X), before, atol=1e-3)


@keepers
def test_attributes_come_from_one_place(keep, tmp_path):
    classifier = fit()
    kept = keep(classifier, tmp_path)
    for name in ("mean_", "std_"):
        np.testing.assert_array_equal(getattr(kept, name), getattr(classifier, name))
        assert type(getattr(kept, name)) is np.ndarray
    for name in ("precision_", "device_", "image_shape_", "n_parameters_", "pixel_range_"):
        assert getattr(kept, name) == getattr(classifier, name)
        with pytest.raises(AttributeError):
            setattr(kept, name, None)


@keepers
def test_can_be_kept_again_and_trained(keep, tmp_path):
    kept = keep(fit(warm_start=True), tmp_path)
    before = kept.predict_proba(X)
    for keep_again in KEEPERS.values():
        np.testing.assert_array_equal(keep_again(kept, tmp_path).predict_proba(X), before)
    assert kept.partial_fit(X, Y).fit(X, Y).n_iter_ == 3


def test_weights_are_stored_once():
    classifier = fit()
    n_bytes = 4 * classifier.n_parameters_
    assert len(pickle.dumps(classifier)) < n_bytes + 8_000
    classifier.predict(X)
    assert classifier.net_  # what is made on demand is not stored
    assert len(pickle.dumps(classifier)) < n_bytes + 8_000


def test_weights_are_stored_as_arrays_of_the_cpu():
    class Tensors(pickle.Pickler):
        def reducer_override(self, obj):
            if isinstance(obj, torch.Tensor):
                assert obj.device.type == "meta"
            return NotImplemented

    import io

    Tensors(io.BytesIO()).dump(fit())


def test_edits_of_the_structure_are_kept():
    classifier = fit()
    classifier.module_.output = torch.nn.Sequential(classifier.module_.output, torch.nn.Tanh())
    classifier.module_.register_buffer("counts", torch.arange(3))
    again = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert again.module_.counts.tolist() == [0, 1, 2]


def test_tied_and_frozen_weights_stay_so():
    classifier = fit(hidden_units=(84, 84))
    hidden = classifier.module_.hidden
    hidden.extra = torch.nn.Identity()
    hidden.extra.weight = hidden[2].weight
    hidden[2].bias.requires_grad_(False)
    again = pickle.loads(pickle.dumps(classifier)).module_.hidden
    assert again.extra.weight is again[2].weight
    assert not again[2].bias.requires_grad


def test_threads_predict_the_same():
    classifier = fit(precision="bfloat16")
    expected = classifier.predict_proba(X)
    for model in (classifier, pickle.loads(pickle.dumps(classifier))):
        start = threading.Barrier(8)

        def predict(_, model=model, start=start):
            start.wait()
            return [model.predict_proba(X) for _ in range(3)]

        with ThreadPoolExecutor(8) as pool:
            for results in pool.map(predict, range(8)):
                for proba in results:
                    np.testing.assert_allclose(proba, expected, atol=1e-5)


@pytest.mark.parametrize("n", [1, 2, 31, 32, 33, 511, 1200])
def test_chunks_are_as_the_whole(n):
    images = np.resize(X, (n, 28, 28))
    classifier = fit(precision="float64")
    singly = np.concatenate([classifier.decision_function(images[i : i + 1]) for i in range(n)])
    np.testing.assert_allclose(classifier.decision_function(images), singly, rtol=1e-9)


def test_a_copy_is_trained_without_a_change_to_the_first():
    fitted = fit().fitted_network_
    before = fitted.logits(X[..., None])
    other = fitted.copy()
    with torch.no_grad():
        other.network.output.weight.zero_()
    np.testing.assert_array_equal(fitted.logits(X[..., None]), before)


def test_a_view_that_is_not_known(tmp_path):
    classifier = fit().set_params(tta="Flip")
    for use in (classifier.predict, lambda X: classifier.to_onnx(tmp_path / "model")):
        with pytest.raises(ValueError, match="Did you mean 'flip'"):
            use(X)


def test_to_another_precision():
    fitted = fit(precision="float32").fitted_network_.copy().to("cpu", "float64")
    assert fitted.precision == "float64"
    assert fitted.features(X[..., None]).dtype == np.float64


class Hungry(torch.nn.Module):
    """Compute as another network does, and fail like a device that has room for a few images."""

    def __init__(self, network, room, error):
        super().__init__()
        self.network, self.room, self.error = network, room, error
        self.sizes = []

    def working_size(self, height, width):
        return self.network.working_size(height, width)

    def forward(self, x):
        self.sizes.append(len(x))
        if len(x) > self.room:
            raise self.error
        return self.network(x)


NO_MEMORY = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried ..."),
]


def hungry(classifier, room, error):
    fitted = classifier.fitted_network_.copy()
    fitted.precision = "float32"
    fitted.network = Hungry(fitted.network, room, error)
    return fitted


@pytest.mark.usefixtures("on_cpu")
@pytest.mark.parametrize("error", NO_MEMORY, ids=lambda error: type(error).__name__)
def test_chunks_are_halved_where_the_memory_does_not_suffice(error, garments):
    X, y = (part[:64] for part in garments)
    classifier = LeNet5Classifier(max_epochs=1, random_state=0, precision="float32").fit(X, y)
    images = X.reshape(-1, 28, 28, 1)
    fitted = hungry(classifier, 20, error)
    np.testing.assert_allclose(
        fitted.logits(images), classifier.fitted_network_.logits(images), rtol=1e-4, atol=1e-5
    )
    assert fitted.network.sizes == [64, 32, 16, 16, 16, 16]
    with pytest.raises(MemoryError, match=r"cpu does not suffice .* single image of 28 x 28"):
        hungry(classifier, 0, error).logits(images)


def test_other_errors_are_what_they_are(garments):
    X, y = (part[:64] for part in garments)
    classifier = LeNet5Classifier(max_epochs=1, random_state=0).fit(X, y)
    fitted = hungry(classifier, 0, RuntimeError("shapes do not fit"))
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        fitted.logits(X.reshape(-1, 28, 28, 1))
    assert fitted.network.sizes == [64]


def test_a_single_image_of_an_array_in_reverse_order():
    images = np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1)
    tensor = as_tensor(images[::-1][:1])
    assert tensor.flatten().tolist() == [4, 5, 6, 7]
