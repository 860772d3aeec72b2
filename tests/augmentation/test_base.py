"""What holds for every augmentation that the package exports, and for each new one.

A new augmentation is found by its name in ``skfashion.augmentation.__all__``. By convention its
first parameter says how much it changes, and 0 stands for not at all.
"""

import inspect
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

import skfashion.augmentation
from skfashion.augmentation import Augmentation, RandomNoise, as_augmentation

EXPORTED = [getattr(skfashion.augmentation, name) for name in skfashion.augmentation.__all__]
CLASSES = [
    value
    for value in EXPORTED
    if isinstance(value, type) and issubclass(value, Augmentation) and not inspect.isabstract(value)
]
PARAMETERS = [(cls, name) for cls in CLASSES for name in cls().get_params()]
DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])

every_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
every_device = pytest.mark.parametrize("device", DEVICES)


def generator(seed=0, device="cpu"):
    return torch.Generator(device).manual_seed(seed)


def strength(cls):
    """Return the name of a class's first parameter."""
    return next(iter(inspect.signature(cls).parameters))


def random_batch(n=16, channels=1, height=12, width=10, seed=0, dtype=torch.uint8):
    pixels = torch.rand((n, height, width, channels), generator=generator(seed))
    if not dtype.is_floating_point:
        pixels = pixels * 255
    return pixels.to(dtype).permute(0, 3, 1, 2)


@st.composite
def batches(draw):
    sides = st.integers(1, 13)
    dtypes = st.sampled_from([torch.uint8, torch.float32, torch.float64, torch.float16])
    batch = random_batch(
        draw(st.integers(0, 4)),
        draw(st.sampled_from([1, 3, 4])),
        draw(sides),
        draw(sides),
        draw(st.integers(0, 99)),
        draw(dtypes),
    )
    return batch.contiguous() if draw(st.booleans()) else batch


def test_there_are_augmentations():
    assert len(CLASSES) >= 12


@every_class
@settings(max_examples=15, deadline=None)
@given(batch=batches(), seed=st.integers(0, 2**31))
def test_shape_dtype_and_range_hold(cls, batch, seed):
    before = batch.clone()
    after = as_augmentation(cls())(batch, generator(seed))
    assert torch.equal(batch, before), "changed in place"
    assert after.shape == batch.shape
    assert after.dtype == batch.dtype
    if batch.is_floating_point():
        assert ((after >= -1e-6) & (after <= 1 + 1e-6)).all()


@every_class
@settings(max_examples=15, deadline=None)
@given(batch=batches(), zero=st.sampled_from([0, 0.0]))
def test_zero_is_the_identity(cls, batch, zero):
    after = as_augmentation(cls(**{strength(cls): zero}))(batch, generator())
    assert torch.equal(after, batch)


@every_class
@every_device
def test_same_generator_state_same_batch(cls, device):
    batch = random_batch().to(device)
    augment = as_augmentation(cls())
    first = augment(batch, generator(3, device))
    assert first.device == batch.device
    assert torch.equal(first, augment(batch, generator(3, device)))
    others = [augment(batch, generator(seed, device)) for seed in range(4, 8)]
    assert not all(torch.equal(first, other) for other in others)


@every_class
def test_each_image_draws_its_own_numbers(cls):
    alike = random_batch(1).expand(32, -1, -1, -1)
    after = as_augmentation(cls())(alike, generator())
    assert len(after.flatten(1).unique(dim=0)) > 1


@every_class
def test_uint8_and_float_agree(cls):
    batch = random_batch(n=32)
    augment = as_augmentation(cls())
    as_bytes = augment(batch, generator())
    as_floats = augment(batch / 255, generator())
    torch.testing.assert_close(as_bytes / 255, as_floats, rtol=0, atol=0.501 / 255)


@every_class
@pytest.mark.parametrize(
    "dtype", [torch.uint16, torch.int16, torch.int32, torch.int64, torch.bfloat16]
)
def test_other_dtypes_agree_with_uint8(cls, dtype):
    batch = random_batch(n=8)
    augment = as_augmentation(cls())
    after = augment(batch.to(dtype), generator())
    assert after.dtype == dtype
    expected = augment(batch, generator())
    if dtype.is_floating_point:
        unchanged = augment(batch.float(), generator())
        torch.testing.assert_close(after.float(), unchanged, rtol=0.01, atol=0.01)
    elif not issubclass(cls, skfashion.augmentation.PhotometricAugmentation):
        assert torch.equal(after.int(), expected.int())
    else:  # only uint8 has no room above its white
        assert torch.equal(after.int().clamp(0, 255), expected.int())


@every_class
def test_bool_images(cls):
    batch = random_batch() > 127
    assert as_augmentation(cls())(batch, generator()).dtype == torch.bool


@every_class
def test_channels_change_alike(cls):
    grey = random_batch(n=8)
    after = as_augmentation(cls())(grey.expand(-1, 3, -1, -1), generator())
    alike = torch.equal(after[:, 0], after[:, 1]) and torch.equal(after[:, 0], after[:, 2])
    assert alike == (cls is not RandomNoise)  # noise is drawn for each channel


@every_class
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("contiguous", [True, False])
def test_batches_come_out_channels_last(cls, channels, contiguous):
    batch = random_batch(channels=channels)  # (16, C, 12, 10), channels last
    strides = batch.stride()
    after = as_augmentation(cls())(batch.contiguous() if contiguous else batch, generator())
    assert after.stride() == strides


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if cls is not RandomNoise])
def test_layout_of_the_batch_does_not_matter(cls):
    """Noise alone depends on it: torch draws it in the order of memory."""
    batch = random_batch(channels=3)
    augment = as_augmentation(cls())
    first, second = augment(batch, generator()), augment(batch.contiguous(), generator())
    assert torch.equal(first, second)


@every_class
def test_nothing_changes_in_transform(cls):
    X = np.random.default_rng(0).random((4, 6, 6))
    augmentation = cls(random_state=0)
    assert augmentation.transform(X) is X
    assert augmentation.fit(X).transform(X) is X
    pipeline = make_pipeline(cls(random_state=0))
    assert not np.array_equal(pipeline.fit_transform(np.tile(X, (8, 1, 1))), np.tile(X, (8, 1, 1)))
    assert pipeline.transform(X) is X


@every_class
@pytest.mark.parametrize("shape", [(6, 8, 9), (6, 8, 9, 3), (6, 3, 8, 9), (6, 64), (6, 192)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_arrays_keep_shape_and_dtype(cls, shape, dtype):
    X = (np.random.default_rng(0).random(shape) * (255 if dtype is np.uint8 else 1)).astype(dtype)
    X.setflags(write=False)  # as joblib hands arrays to workers
    after = cls(random_state=0).fit_transform(X)
    assert after.shape == shape
    assert after.dtype == dtype
    np.testing.assert_array_equal(after, cls(random_state=0).fit_transform(X))


@every_class
def test_arrays_in_all_layouts_agree(cls):
    X = np.random.default_rng(0).random((5, 7, 7, 3)).astype(np.float32)
    expected = cls(random_state=1).fit_transform(X)
    rows = cls(random_state=1).fit_transform(X.reshape(5, -1))
    first = cls(random_state=1).fit_transform(np.ascontiguousarray(X.transpose(0, 3, 1, 2)))
    np.testing.assert_array_equal(rows.reshape(X.shape), expected)
    np.testing.assert_array_equal(first.transpose(0, 2, 3, 1), expected)


@every_class
def test_more_images_than_are_changed_at_once(cls, monkeypatch):
    class Counted(cls):
        def augment(self, batch, generator):
            sizes.append(len(batch))
            return super().augment(batch, generator)

    sizes = []
    monkeypatch.setattr("skfashion.augmentation._base.CHUNK", 8)
    X = np.random.default_rng(0).random((1, 6, 6)).repeat(21, axis=0)
    after = Counted(random_state=0).fit_transform(X)
    assert after.shape == X.shape
    assert sizes == [8, 8, 5], "memory would grow with the number of images"
    # no part draws what the one before it drew
    if cls is not skfashion.augmentation.RandomHorizontalFlip:
        assert not np.array_equal(after[:8], after[8:16])


@every_class
def test_global_random_state_is_left_alone(cls):
    torch_state, numpy_state = torch.get_rng_state(), np.random.get_state()[1]
    cls(random_state=0).fit_transform(np.zeros((2, 4, 4)))
    assert torch.equal(torch.get_rng_state(), torch_state)
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)


def another(value):
    """Return another value of a parameter, of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return {"constant": "reflect"}[value]
    if isinstance(value, tuple):
        return (value[0], value[1] / 2)
    if isinstance(value, float) and value:
        return value / 2  # probabilities and fractions are at most 1
    return value * 2 if value else 0.5


@pytest.mark.parametrize(("cls", "name"), PARAMETERS, ids=lambda v: getattr(v, "__name__", v))
def test_every_parameter_changes_something(cls, name):
    X = random_batch(n=32, dtype=torch.float64).numpy()
    if name == "random_state":
        default, changed = cls(random_state=0), cls(random_state=1)
    else:
        default = cls(random_state=0)
        other = [0] if name == "classes" else another(getattr(default, name))
        changed = clone(default).set_params(**{name: other})
    y = np.arange(32) % 2
    assert not np.array_equal(default.fit_transform(X, y), changed.fit_transform(X, y))


CHECKED = [pair for pair in PARAMETERS if pair[1] != "random_state"]


@pytest.mark.parametrize(("cls", "name"), CHECKED, ids=lambda v: getattr(v, "__name__", v))
@pytest.mark.parametrize("value", ["nonsense", [1, 2, 3], -1.5, float("nan"), float("inf")])
def test_every_parameter_is_checked(cls, name, value):
    value = "black" if (name, value) == ("fill_value", -1.5) else value  # any number can fill
    value = [1.5] if (name, value) == ("classes", [1, 2, 3]) else value
    augmentation = cls().set_params(**{name: value})
    with pytest.raises((ValueError, TypeError), match=f"{name}="):
        augmentation.fit_transform(np.zeros((2, 4, 4)))
    with pytest.raises((ValueError, TypeError), match=f"{name}="):
        as_augmentation(augmentation)
    with pytest.raises((ValueError, TypeError), match=f"{name}="):
        augmentation.fit()


@every_class
def test_random_state_is_checked(cls):
    with pytest.raises(ValueError, match="'nonsense' cannot be used to seed"):
        cls(random_state="nonsense").fit_transform(np.zeros((2, 4, 4)))


@every_class
def test_is_a_scikit_learn_object(cls):
    augmentation = cls()
    name = strength(cls)
    assert list(augmentation.get_params()) == sorted(inspect.signature(cls).parameters)
    value = object()  # stored as it came
    changed = clone(augmentation).set_params(**{name: value})
    assert getattr(changed, name) is value
    assert repr(augmentation) == f"{cls.__name__}()"
    assert repr(cls(0.25)) in (f"{cls.__name__}({name}=0.25)", f"{cls.__name__}()")
    assert repr(augmentation.set_params(random_state=3)) == f"{cls.__name__}(random_state=3)"
    assert augmentation.fit() is augmentation
    assert not vars(augmentation).keys() - set(augmentation.get_params()), "fit learns nothing"


@every_class
def test_pickle(cls):
    X = np.random.default_rng(0).random((4, 6, 6))
    augmentation = cls(random_state=0)
    again = pickle.loads(pickle.dumps(augmentation))
    np.testing.assert_array_equal(again.fit_transform(X), augmentation.fit_transform(X))


@every_class
def test_docstring_names_every_parameter(cls):
    for name in inspect.signature(cls).parameters:
        assert f"\n{name} : " in inspect.getdoc(cls)


@pytest.mark.parametrize("value", EXPORTED, ids=lambda value: value.__name__)
def test_docstrings_are_complete(value):
    """No placeholder of a shared text is left, in methods neither."""
    methods = vars(value).values() if isinstance(value, type) else []
    for documented in (value, *methods):
        assert "%(" not in (getattr(documented, "__doc__", None) or "")


def test_importing_does_not_import_torch():
    code = (
        "import sys, skfashion.augmentation as a; a.shift_flip().get_params(); "
        "a.RandomRotation(5).fit(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@every_class
def test_scikit_learns_checks(cls):
    """What is random is the one thing that they expect to be otherwise."""
    reason = "fit_transform augments and transform does not"
    differing = ("check_transformer_general", "check_transformer_data_not_an_array")
    for augmentation, failing in [(cls(), differing), (cls().set_params(**{strength(cls): 0}), ())]:
        failing = dict.fromkeys(failing, reason)
        check_estimator(augmentation, expected_failed_checks=failing, on_skip=None)


@every_class
@pytest.mark.parametrize("dtype", [">u2", ">i4", ">f4", np.longdouble])
def test_arrays_of_dtypes_that_torch_has_not(cls, dtype):
    """FITS and TIFF files, for one, are often big-endian."""
    X = np.random.default_rng(0).integers(0, 256, (4, 14, 12)).astype(dtype)
    after = cls(random_state=0).fit_transform(X)
    assert after.dtype == X.dtype
    native = np.float64 if dtype is np.longdouble else X.dtype.newbyteorder("=")
    np.testing.assert_array_equal(after, cls(random_state=0).fit_transform(X.astype(native)))


@every_class
def test_torchs_settings_change_nothing(cls):
    X = np.random.default_rng(0).integers(0, 256, (4, 14, 12), dtype=np.uint8)
    expected = cls(random_state=0).fit_transform(X)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.autocast("cpu"), torch.device("meta"), torch.inference_mode():
            np.testing.assert_array_equal(cls(random_state=0).fit_transform(X), expected)
    finally:
        torch.set_default_dtype(torch.float32)
