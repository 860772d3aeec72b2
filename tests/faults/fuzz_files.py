"""Mutated model files, data files and photos: each is read right or refused, and bounded.

    python tests/faults/fuzz_files.py --n-files 1000 --seed 0

Model files, of every format that is kept in the tests, are altered in their bytes, and in what
they say, with hashes that are right again, as one does who means harm. Data files are idx files,
packed and unpacked; photos are pictures in several formats. It prints what became of them, and ends
with 1 if one of them was read wrong, raised another error than the documented one, or took more
than two seconds of computing or 200 MB.
"""

import argparse
import collections
import copy
import gzip
import hashlib
import io
import json
import math
import random
import resource
import struct
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import numpy as np
import torch

from skfashion import ModelFileError, load
from skfashion.datasets import _idx_files
from skfashion.storage import TensorFile, write_tensors

DATA = Path(__file__).parents[1] / "persistence" / "data"
MOST_SECONDS, MOST_BYTES = 2.0, 200_000_000
NO_DIGEST = b"0" * 64

STRANGE = [
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 0.5, -1e308, math.nan, math.inf, "", "abc",
    "os.system", "ImageClassifier", "ModuleClassifier", "VGG19Classifier", "../../etc/passwd", [],
    {}, [[]], [1, 2], {"a": 1}, ["list", []], ["list", [1] * 500], ["tuple", [10**9, 10**9]],
    ["dict", [[1, 2]]], ["dict", [[["list", []], 1]]], ["array", ["<f8", ["list", [1.0]]]],
    ["array", ["<U9999999", ["list", ["a"]]]], ["array", ["|O", ["list", [1]]]],
    ["array", ["<i8", ["list", []], [0, 10**9]]], ["array", ["M8", 1]], ["optimizer", "SGD"],
    ["optimizer", "Optimizer"], ["partial", ["SGD", ["dict", [["lr", 1]]]]],
    ["augmentation", ["RandomShift", ["dict", [["max_shift", "far"]]]]], ["path", "/dev/zero"],
    ["augmentation", ["Augmentation", ["dict", []]]], ["device", "cuda:99"], ["pipeline", 3],
    ["float", "nan"], ["shell", "rm"], "\ud800", "a" * 100_000,
]  # fmt: skip


# What is mutated.


def altered_bytes(raw, rng):
    """Return a file's bytes with one to three changes."""
    raw = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        place, n = rng.randrange(len(raw) + 1), rng.choice([1, 2, 4, 8, 64, 1000])
        change = rng.randrange(7)
        if change == 0 and place < len(raw):
            raw[place] ^= 1 << rng.randrange(8)
        elif change == 1:
            raw[place : place + n] = rng.randbytes(n)
        elif change == 2:
            del raw[place:]
        elif change == 3:
            del raw[place : place + n]
        elif change == 4:
            raw[place:place] = rng.randbytes(n)
        elif change == 5:
            raw[place : place + 8] = struct.pack("<Q", rng.choice([0, 2**31, 2**63, 2**64 - 1]))
        else:
            raw[place:place] = raw[:n] * rng.choice([1, 100])
        raw = raw or bytearray(b"\0")
    return bytes(raw)


def altered_values(content, rng):
    """Return nested lists and dictionaries with one to three other values."""
    content = copy.deepcopy(content)
    for _ in range(rng.randint(1, 3)):
        parent, key = rng.choice(list(places(content)))
        change = rng.randrange(4)
        if change == 0:
            del parent[key]
        elif change == 1 and isinstance(parent, dict):
            parent[rng.choice(["", "abc", "lr", "class", "device"])] = parent[key]
        else:
            parent[key] = rng.choice(STRANGE)
        if not content:
            break
    return content


def places(value):
    """Yield all lists and dictionaries in a value, with each of their keys."""
    keys = value if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], list | dict) and value[key]:
            yield from places(value[key])


def altered_array(array, rng):
    """Return an array of other values, another shape or another dtype."""
    change = rng.randrange(6)
    if change == 0:
        return np.full_like(array, rng.choice([0, 1, 100]))
    if change == 1 and array.dtype.kind == "f":
        return np.full_like(array, rng.choice([np.nan, np.inf, -np.inf, 1e30]))
    if change == 2:
        return array.astype(rng.choice([np.float64, np.float16, np.int8, bool]))
    if change == 3:
        return array[None]
    return array.ravel()[: array.size // 2] if change == 4 else np.flip(array).copy()


# Model files.


def model_files(rng):
    """Yield mutated model files for ever."""
    paths = sorted(DATA.glob("*.skfashion"))
    while True:
        path = rng.choice(paths)
        if rng.random() < 0.4:
            yield "bytes", altered_bytes(path.read_bytes(), rng)
        elif path.stem.endswith("format1"):
            yield "format 1", altered_format1(path, rng)
        elif rng.random() < 0.3:
            yield "header", altered_header(path.read_bytes(), rng)
        else:
            yield "content", altered_content(path, rng)


def altered_format1(path, rng):
    content = torch.load(path, weights_only=True)
    weights = content.pop("weights")
    content = as_lists(content)
    if rng.random() < 0.3:
        name = rng.choice(list(weights))
        weights[name] = torch.tensor(altered_array(weights[name].numpy(), rng))
    else:
        content = altered_values(content, rng)
    with tempfile.TemporaryFile() as file:
        torch.save(content | {"weights": weights}, file)
        file.seek(0)
        return file.read()


def as_lists(value):
    if isinstance(value, dict):
        return {key: as_lists(part) for key, part in value.items()}
    return [as_lists(part) for part in value] if isinstance(value, list | tuple) else value


def altered_content(path, rng):
    with open(path, "rb") as file:
        stored = TensorFile(file)
        content, arrays = json.loads(stored.text), stored.arrays()
    if rng.random() < 0.3:
        name = rng.choice(list(arrays))
        arrays[name] = altered_array(arrays[name], rng)
        if rng.random() < 0.2:
            del arrays[name]
    else:
        content = altered_values(content, rng)
    with tempfile.TemporaryFile() as file:
        write_tensors(file, json.dumps(content), arrays)
        file.seek(0)
        return file.read()


def altered_header(raw, rng):
    """Return a file whose header says something else of the weights, under a right hash."""
    (n_bytes,) = struct.unpack_from("<Q", raw)
    header = json.loads(raw[8 : 8 + n_bytes])
    metadata = header.pop("__metadata__")
    header = {"__metadata__": metadata | {"sha256": NO_DIGEST.decode()}} | altered_values(
        header, rng
    )
    return sealed(json.dumps(header, separators=(",", ":")).encode(), raw[8 + n_bytes :])


def sealed(header, values):
    """Return a file of tensors with a header, in which `NO_DIGEST` becomes its own hash."""
    length = struct.pack("<Q", len(header))
    digest = hashlib.sha256(length + header).hexdigest().encode()
    return length + header.replace(NO_DIGEST, digest, 1) + values


def unsealed(raw):
    """Return the header of a file of tensors with `NO_DIGEST` in place of its own hash."""
    (n_bytes,) = struct.unpack_from("<Q", raw)
    header = raw[8 : 8 + n_bytes]
    return header.replace(json.loads(header)["__metadata__"]["sha256"].encode(), NO_DIGEST, 1)


def read_model(path):
    """Return what became of a model file."""
    try:
        classifier = load(path)
    except ModelFileError:
        return "refused"
    X = np.zeros((2, *classifier.image_shape_), np.uint8)
    assert classifier.predict_proba(X).shape == (2, len(classifier.classes_))
    assert classifier.predict(X).dtype == classifier.classes_.dtype
    return "read"


# Data files.


def make_data_file(rng):
    """Return a small idx file, and its content."""
    pixels = np.frombuffer(rng.randbytes(30 * 28 * 28), np.uint8).reshape(30, 28, 28)
    file = _idx_files.IdxFile("train-images-idx3-ubyte.gz", pixels.shape, "")
    raw = file.header + pixels.tobytes()
    return file._replace(sha256=hashlib.sha256(raw).hexdigest()), raw, pixels


def data_files(raw, rng):
    """Yield mutated idx files for ever."""
    while True:
        change = rng.randrange(5)
        if change == 0:
            yield "bytes", altered_bytes(raw, rng)
        elif change == 1:
            yield "packed bytes", altered_bytes(gzip.compress(raw), rng)
        elif change == 2:
            yield "packed after", gzip.compress(altered_bytes(raw, rng))
        elif change == 3:
            lengths = [rng.choice([0, 1, 28, 30, 2**31, 2**32 - 1]) for _ in range(3)]
            header = struct.pack(">4I", rng.choice([0x803, 0x801, 0x8FF, 0]), *lengths)
            yield "header", gzip.compress(header + raw[16:])
        else:
            size = rng.choice([0, 10, 100_000])
            yield "parts", gzip.compress(bytes(size)) * rng.choice([1, 50]) + gzip.compress(raw)


def data_reader(file, pixels):
    def read_data(path):
        try:
            found = _idx_files.read(file, path)
        except _idx_files.WrongContentError:
            return "refused"
        assert np.array_equal(found, pixels)
        return "read"

    return read_data


# Photos.


def photo_files():
    """Return the bytes of a small picture in several formats and modes."""
    from PIL import Image

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (24, 20, 4), dtype=np.uint8)
    picture, files = Image.fromarray(pixels), []
    for mode, name in (
        *(("RGBA", "PNG"), ("P", "PNG"), ("I;16", "PNG"), ("RGB", "JPEG"), ("CMYK", "JPEG")),
        *(("RGBA", "WEBP"), ("P", "GIF"), ("L", "BMP"), ("RGB", "TIFF"), ("F", "TIFF")),
    ):
        file = io.BytesIO()
        image = picture.convert("L" if mode == "I;16" else mode)
        (image.convert(mode) if mode == "I;16" else image).save(file, name)
        files.append(file.getvalue())
    return files


def mutated_photos(rng):
    """Yield mutated image files for ever."""
    good = photo_files()
    while True:
        yield "bytes", altered_bytes(rng.choice(good), rng)


def read_photo(path):
    """Return what became of an image file."""
    from skfashion.photos import read_image

    try:
        pixels = read_image(path, max_size=64, max_pixels=1_000_000)
    except ValueError:
        return "refused"
    assert pixels.dtype == np.uint8
    assert pixels.shape[2] == 3
    assert max(pixels.shape[:2]) <= 64
    return "read"


# Measuring.


def peak_bytes(*, begin=False):
    """Return the most memory that the process has had since the last call with `begin`."""
    try:
        if begin:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
        return 1024 * int(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):  # elsewhere than on Linux
        return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def run(what, files, read, n_files, folder):
    """Read mutated files, and return the number of those that went wrong."""
    path = Path(folder, "file")
    became, wrong, most_seconds, most_bytes = collections.Counter(), 0, 0.0, 0
    for i, (kind, raw) in zip(range(n_files), files, strict=False):
        path.write_bytes(raw)
        before, start = peak_bytes(begin=True), time.process_time()
        try:
            result = read(path)
        except Exception as error:
            result = type(error).__name__
            print(f"{what} {i} ({kind}): {''.join(traceback.format_exception(error)[-3:])}")
        seconds, n_bytes = time.process_time() - start, peak_bytes() - before
        if result not in ("read", "refused") or seconds > MOST_SECONDS or n_bytes > MOST_BYTES:
            wrong += 1
            print(f"{what} {i} ({kind}): {result}, {seconds:.2f} s, {n_bytes / 1e6:.0f} MB")
            Path(tempfile.gettempdir(), f"wrong-{what}-{i}").write_bytes(raw)
        most_seconds, most_bytes = max(most_seconds, seconds), max(most_bytes, n_bytes)
        became[f"{kind} {result}"] += 1
    print(f"{what}: {dict(sorted(became.items()))}")
    print(f"{what}: at most {most_seconds:.2f} s and {most_bytes / 1e6:.0f} MB; {wrong} wrong")
    return wrong


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-files", type=int, default=1000, help="of each kind")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(arguments)
    rng = random.Random(arguments.seed)
    warnings.simplefilter("ignore")
    load(next(DATA.glob("*.skfashion")))  # what is imported on first use is not the file's
    file, raw, pixels = make_data_file(rng)
    with tempfile.TemporaryDirectory() as folder:
        wrong = run("models", model_files(rng), read_model, arguments.n_files, folder)
        reader = data_reader(file, pixels)
        wrong += run("data", data_files(raw, rng), reader, arguments.n_files, folder)
        wrong += run("photos", mutated_photos(rng), read_photo, arguments.n_files, folder)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
