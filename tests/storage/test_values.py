"""Values become plain ones and come back; nothing else comes of what is damaged."""

import collections
import contextlib
import datetime
import enum
import pathlib
import re
import sys
import types
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from skfashion.storage import (
    DamagedError,
    Kind,
    NotPlainError,
    PlainValues,
    _values,
    known_subclasses,
)

FRACTION = Kind(
    "fraction",
    handles=lambda value: type(value) is Fraction,
    to_plain=lambda value, encode: encode([value.numerator, value.denominator]),
    from_plain=lambda content, decode: Fraction(*decode(content)),
)
VALUES = PlainValues([FRACTION])
encode, decode = VALUES.encode, VALUES.decode


def same(a, b):
    """Return whether two values are equal, in type and in the smallest part."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and same(a.tolist(), b.tolist())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return same(list(a.items()), list(b.items()))
    if isinstance(a, float):
        return repr(a) == repr(b)  # tells -0.0 from 0.0 and takes nan for nan
    return a == b


def is_plain(plain):
    if isinstance(plain, (list, tuple)):
        return type(plain) in (list, tuple) and all(map(is_plain, plain))
    return type(plain) in (bool, int, float, str, type(None))


# ---------------------------------------------------------------------------------------
# There and back
# ---------------------------------------------------------------------------------------

DTYPES = (
    hnp.boolean_dtypes()
    | hnp.integer_dtypes(endianness="?")
    | hnp.unsigned_integer_dtypes(endianness="?")
    | hnp.floating_dtypes(endianness="?", sizes=(16, 32, 64))
    | hnp.unicode_string_dtypes(endianness="?", max_len=5)
)
ARRAYS = hnp.arrays(DTYPES, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.fractions()
    | st.builds(pathlib.Path, st.text(st.characters(exclude_characters="\0")))
)
KEYS = SCALARS | st.tuples(SCALARS, SCALARS)
NESTED = st.recursive(
    SCALARS | ARRAYS,
    lambda children: (
        st.lists(children)
        | st.lists(children).map(tuple)
        | st.dictionaries(KEYS, children, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NESTED)
def test_what_is_stored_comes_back(value):
    plain = encode(value)
    assert is_plain(plain)
    assert same(decode(plain), value)
    assert same(encode(decode(plain)), plain)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (0.5, 0.5),
        ([1, "a"], ("list", [1, "a"])),
        ((None,), ("tuple", [None])),
        ({"a": (1,), 2: []}, ("dict", [("a", ("tuple", [1])), (2, ("list", []))])),
        (np.array([[1, 2]], "<i2"), ("array", ("<i2", ("list", [("list", [1, 2])])))),
        (np.array(["a", "bc"], object), ("array", ("|O", ("list", ["a", "bc"])))),
        (np.array(["a"]), ("array", ("<U1", ("list", ["a"])))),
    ],
)
def test_the_format_of_files_that_were_written(value, plain):
    """Files hold these pairs: what is written and read here must not change."""
    assert same(encode(value), plain)
    assert same(decode(plain), value)


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="needs numpy 2")
def test_strings_of_any_length():
    array = np.array(["a", "b" * 100], dtype="T")
    assert encode(array) == ("array", ("T", ("list", ["a", "b" * 100])))
    assert decode(encode(array)).dtype == array.dtype
    assert decode(encode(array)).tolist() == array.tolist()


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (np.int8(3), 3),
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array(np.str_("a"), dtype=object), np.array("a", dtype=object)),
        (np.array([[1, 2]]).view(np.recarray), np.array([[1, 2]])),
        (np.ma.array([1, 2], mask=False), np.array([1, 2])),
        (np.arange(3).view(type("Own", (np.ndarray,), {})), np.arange(3)),
        (np.arange(6).reshape(2, 3).T, np.arange(6).reshape(2, 3).T),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.zeros((3, 0, 2), "U1"), np.zeros((3, 0, 2), "U1")),
        (pathlib.PurePosixPath("a/b"), pathlib.Path("a/b")),
    ],
)
def test_relatives_come_back_as_the_plain_kind(value, back):
    assert same(decode(encode([value])), [back])


def test_arrays_without_elements_keep_any_shape():
    assert decode(encode(np.zeros((1 << 40, 0), "f4"))).shape == (1 << 40, 0)


def test_memory_maps_are_arrays(tmp_path):
    np.save(tmp_path / "array.npy", np.arange(6).reshape(2, 3))
    mapped = np.load(tmp_path / "array.npy", mmap_mode="r")
    assert isinstance(mapped, np.memmap)
    assert same(decode(encode(mapped)), np.arange(6).reshape(2, 3))


def test_path_likes_are_paths():
    class Place:
        def __fspath__(self):
            return b"there/f"

    assert same(decode(encode(Place())), pathlib.Path("there/f"))
    assert encode(pathlib.Path("a")) == ("path", "a")
    with pytest.raises(NotPlainError):
        encode(Place)  # the class itself is no path


def test_decoded_lists_are_new():
    plain = ("list", [1])
    decode(plain).append(2)
    assert plain == ("list", [1])


# ---------------------------------------------------------------------------------------
# Kinds of the caller's
# ---------------------------------------------------------------------------------------


def test_kinds_are_the_callers_own():
    assert encode(Fraction(1, 2)) == ("fraction", ("list", [1, 2]))
    with pytest.raises(NotPlainError):
        PlainValues().encode(Fraction(1, 2))
    with pytest.raises(DamagedError, match="'fraction' is not a known kind of values: list, "):
        PlainValues().decode(encode(Fraction(1, 2)))


def test_kinds_go_before_paths():
    class Weights(pathlib.PurePosixPath):
        pass

    kind = Kind(
        "weights",
        lambda value: isinstance(value, Weights),
        lambda value, encode: str(value),
        lambda content, decode: Weights(content),
    )
    values = PlainValues([kind])
    assert values.encode(Weights("a")) == ("weights", "a")
    assert type(values.decode(("weights", "a"))) is Weights


@pytest.mark.parametrize("name", ["list", "path", "fraction"])
def test_two_kinds_of_one_name(name):
    kind = Kind(name, *(lambda *_: None,) * 3)
    with pytest.raises(ValueError, match=f"two kinds of the name {name}"):
        PlainValues([FRACTION, kind])


def test_any_object_may_be_a_kind():
    kind = types.SimpleNamespace(**vars(FRACTION))
    assert PlainValues([kind]).decode(("fraction", ("list", [1, 2]))) == Fraction(1, 2)


# ---------------------------------------------------------------------------------------
# What cannot be stored
# ---------------------------------------------------------------------------------------


class Colour(enum.IntEnum):
    RED = 1


NOT_PLAIN = [
    print,
    object(),
    {1, 2},
    1j,
    b"",
    Colour.RED,
    collections.OrderedDict(a=1),
    collections.namedtuple("Point", "x")(1),
    datetime.date(2020, 1, 1),
    np.datetime64("2020-01-01"),
    np.complex64(1),
    np.void(b"ab"),
    np.array([1j]),
    np.array([b"a"]),
    np.array(["2020-01-01"], "M8[D]"),
    np.zeros(2, [("a", int)]),
    np.zeros(2, [("a", int)])[0],
    np.array([1, "a"], object),
    np.array([[1], None], object),
    np.ma.array([1, 2], mask=[True, False]),
    type("Str", (str,), {})("a"),
    np.dtype(float),
    np,
]


@pytest.mark.parametrize("value", NOT_PLAIN, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: {"a": [v]}, lambda v: (v,)])
def test_not_plain(value, wrap):
    with pytest.raises(NotPlainError, match="without code"):
        encode(wrap(value))


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="long doubles are doubles")
@pytest.mark.parametrize("value", [np.longdouble(1), np.ones(2, np.longdouble)])
def test_more_precision_than_python_has(value):
    with pytest.raises(NotPlainError, match="without code"):
        encode(value)


def test_an_object_whose_repr_fails():
    class Bad:
        def __repr__(self):
            raise ZeroDivisionError

    with pytest.raises(NotPlainError, match="Bad"):
        encode(Bad())


def test_values_that_hold_themselves():
    ring = []
    ring.append(ring)
    wide = {}
    wide["a"] = wide["b"] = [wide, wide]
    for value in (ring, wide):
        with pytest.raises(NotPlainError, match="too deeply nested"):
            encode(value)


def test_what_is_too_large():
    with pytest.raises(NotPlainError, match=r"An array of 67,108,865 bytes is too large"):
        encode(np.lib.stride_tricks.as_strided(np.zeros(1, "u1"), ((1 << 26) + 1,), (0,)))
    many = [0] * 1000
    for _ in range(3):
        many = [many] * 1000
    with pytest.raises(NotPlainError, match="too many"):
        encode(many)


# ---------------------------------------------------------------------------------------
# What is damaged
# ---------------------------------------------------------------------------------------

NAMES = st.sampled_from([*VALUES._kinds, "shell"])
SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from(["<f8", "|O", "<U3", "T", "|V8", "<M8[s]", "f8, f4", "<U999999999", 1j, {1}])
)
JUNK = st.recursive(
    SIMPLE,
    lambda children: (
        st.lists(children)
        | st.lists(children).map(tuple)
        | st.tuples(NAMES, children)
        | st.tuples(NAMES, st.lists(children))
        | st.tuples(st.just("array"), st.tuples(children, children))
        | st.tuples(st.just("array"), st.tuples(children, children, children))
        | st.tuples(st.just("dict"), st.lists(st.tuples(children, children)))
        | st.dictionaries(st.text(max_size=3), children, max_size=3)
    ),
    max_leaves=30,
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JUNK)
def test_junk_is_damage_and_nothing_else(junk):
    with contextlib.suppress(DamagedError):
        value = decode(junk)
        assert same(decode(encode(value)), value)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NESTED, st.data())
def test_one_wrong_part_is_damage_and_nothing_else(value, data):
    """A stored value with one part exchanged, as a file's editor would."""

    def spoil(plain):
        if not isinstance(plain, (list, tuple)) or not plain or data.draw(st.booleans()):
            return data.draw(SIMPLE)
        parts = list(plain)
        i = data.draw(st.integers(0, len(parts) - 1))
        parts[i] = spoil(parts[i])
        return type(plain)(parts)

    spoilt = spoil(encode(value))
    with contextlib.suppress(DamagedError):
        decode(spoilt)


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        (b"", "plain or a pair of its kind and content, not b''"),
        ((), "a pair of its kind and content, not ()"),
        (("list",), "a pair"),
        (("list", [], []), "a pair"),
        ((1, []), "a pair"),
        (1j, "a pair"),
        (np.float64(1), "a pair"),
        (("shell", "rm"), "'shell' is not a known kind of values: list, tuple, dict, array,"),
        (("list", 3), "is a list, not 3"),
        (("list", "ab"), "is a list, not 'ab'"),
        (("tuple", None), "is a list, not None"),
        (("list", [b""]), "a pair"),
        (("dict", [1]), "is a list, not 1"),
        (("dict", [(1,)]), "has pairs, not"),
        (("dict", {"a": 1}), "is a list, not"),
        (("dict", [(("list", []), 1)]), "content of a stored dict is wrong .TypeError: unhashable"),
        (("array", 3), "is a list, not 3"),
        (("array", ("<f8",)), "has a dtype and elements"),
        (("array", (["<f8"], 1.0)), "is not the dtype of a stored array"),
        (("array", ("|V8", 1.0)), "'|V8' is not the dtype"),
        (("array", ("f8, f4", 1.0)), "is not the dtype"),
        (("array", ("<f8", "1.5")), "has the element '1.5'"),
        (("array", ("<f8", None)), "has the element None"),
        (("array", ("<i8", True)), "has the element True"),
        (("array", ("|O", ("list", [1]))), "has the element 1"),
        (("array", ("|O", ("list", ["a", ("list", ["b"])]))), "not of dtype |O"),
        (("array", ("<U2", "abc")), "are not of dtype <U2"),
        (("array", ("|i1", 300)), " stored array "),
        (("array", ("<f8", ("list", [1.0, ("list", [1.0])]))), "content of a stored array is"),
        (("array", ("<f8", ("tuple", [1.0]))), "has the element (1.0,)"),
        (("array", ("<U99999999", "a")), "1 elements of <U99999999 is too large"),
        (("array", ("<f8", ("list", []), [2])), "is not the shape"),
        (("array", ("<f8", ("list", []), [0, -1])), "is not the shape"),
        (("array", ("<f8", ("list", []), [0, 0.5])), "is not the shape"),
        (("array", ("<f8", ("list", []), 0)), "is a list, not 0"),
        (("array", ("<f8", ("list", [1.0]), [0])), "is not the shape"),
        (("array", ("<f8", ("list", []), [0] * 100)), "content of a stored array is wrong"),
        (("path", 3), "A stored path is a str, not 3"),
        (("fraction", ("list", [1, 0])), "stored fraction is wrong .ZeroDivisionError"),
        (("fraction", None), "stored fraction is wrong .TypeError"),
    ],
)
def test_damage_is_described(plain, message):
    with pytest.raises(DamagedError, match=".*".join(map(re.escape, message.split(".")))) as info:
        decode(plain)
    assert "\n" not in str(info.value)


def test_nesting_is_bounded():
    plain = 1
    for _ in range(_values.MAX_DEPTH):
        plain = ("list", [plain])
    assert same(encode(decode(plain)), plain)
    with pytest.raises(DamagedError, match="too deeply nested"):
        decode(("list", [plain]))
    for _ in range(10_000):
        plain = ["list", [plain]]
    with pytest.raises(DamagedError, match="too deeply nested"):
        decode(plain)


def test_nesting_is_bounded_where_little_of_the_stack_is_left():
    plain = 1
    for _ in range(_values.MAX_DEPTH - 1):
        plain = ("list", [plain])
    value = decode(plain)

    def deep(n, function):
        return function() if n == 0 else deep(n - 1, function)

    used = len(list(_frames()))
    n = sys.getrecursionlimit() - used - 60
    with pytest.raises(DamagedError, match="nested this deeply"):
        deep(n, lambda: decode(plain))
    with pytest.raises(NotPlainError, match="nested this deeply"):
        deep(n, lambda: encode(value))


def _frames():
    frame = sys._getframe()
    while frame:
        yield frame
        frame = frame.f_back


@pytest.mark.slow
def test_the_same_part_over_and_over_is_bounded():
    """A few bytes of a file can stand for more values than any memory holds."""
    plain = ("list", [0] * 10)
    for _ in range(30):
        plain = ("list", [plain] * 10)
    with pytest.raises(DamagedError, match="too many"):
        decode(plain)


def test_interrupts_pass():
    def interrupt(content, decode):
        raise KeyboardInterrupt

    values = PlainValues([Kind("slow", lambda value: False, None, interrupt)])
    with pytest.raises(KeyboardInterrupt):
        values.decode(("slow", 1))


# ---------------------------------------------------------------------------------------
# Classes by their names
# ---------------------------------------------------------------------------------------


def test_subclasses_of_subclasses_and_mixins():
    class Base: ...

    class Mixin: ...

    class A(Base): ...

    class B(Mixin, A): ...

    class C(A): ...

    class D(B, C): ...

    assert known_subclasses(Base) == {"A": A, "B": B, "C": C, "D": D}
    assert known_subclasses(D) == {}
    assert known_subclasses(Mixin) == {"B": B, "D": D}


def test_the_class_that_was_defined_last():
    class Base: ...

    def define():
        class A(Base): ...

        return A

    first, second = define(), define()
    assert first is not second
    assert known_subclasses(Base)["A"] is second


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_the_class_that_its_module_has_now(monkeypatch, order):
    """As in a notebook, where a class is written again with another base."""
    module = types.ModuleType("notebook")
    monkeypatch.setitem(sys.modules, "notebook", module)
    bases = "class Base: ...\nclass a(Base): ...\nclass b(Base): ...\n"
    exec(bases + "\n".join(f"class Own({base}): ..." for base in order), vars(module))
    assert known_subclasses(module.Base)["Own"] is module.Own
