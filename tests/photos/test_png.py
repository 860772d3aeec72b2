"""PNG files whose pixels are not all there."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from skfashion.photos import read_image
from skfashion.photos._png import ends_early

MODES = {"L": 1, "RGB": 3, "RGBA": 4, "LA": 2, "1": 1, "P": 1, "I;16": 1}


def chunks(data):
    """Yield the chunks of a PNG file."""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def png_of(parts):
    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def cut(data, fraction, n_parts=1):
    """Return a PNG file whose data end properly, too early."""
    parts = list(chunks(data))
    raw = zlib.decompress(b"".join(part for kind, part in parts if kind == b"IDAT"))
    packed = zlib.compress(raw[: int(len(raw) * fraction)])
    step = -(-len(packed) // n_parts)
    idat = [(b"IDAT", packed[i : i + step]) for i in range(0, len(packed), step)]
    first = next(i for i, (kind, _) in enumerate(parts) if kind == b"IDAT")
    others = [part for part in parts if part[0] != b"IDAT"]
    return png_of([*others[:first], *idat, *others[first:]])


def saved(mode, size=(37, 23), value=200):
    image = Image.new("L", size, value).convert(mode) if mode != "I;16" else Image.new(mode, size)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("n_parts", [1, 3])
def test_all_or_a_part(mode, n_parts):
    data = saved(mode)
    assert not ends_early(io.BytesIO(data))
    assert not ends_early(io.BytesIO(cut(data, 1.0, n_parts)))
    assert ends_early(io.BytesIO(cut(data, 0.9, n_parts)))


def test_interlaced_files():
    # Seven passes of 9 x 5 grey pixels: a byte for the filter before each row.
    sizes = [(2, 1), (1, 1), (3, 1), (2, 2), (5, 1), (4, 3), (9, 2)]
    raw = b"".join((b"\0" + bytes(width)) * height for width, height in sizes)
    head = struct.pack(">IIBBBBB", 9, 5, 8, 0, 0, 0, 1)
    whole, part = (
        png_of([(b"IHDR", head), (b"IDAT", zlib.compress(pixels)), (b"IEND", b"")])
        for pixels in (raw, raw[:-1])
    )
    assert Image.open(io.BytesIO(whole)).getextrema() == (0, 0)
    assert not ends_early(io.BytesIO(whole))
    assert ends_early(io.BytesIO(part))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_is_refused(mode, tmp_path):
    path = tmp_path / "half.png"
    path.write_bytes(cut(saved(mode), 11 / 23))  # whole rows
    with pytest.raises(ValueError, match=r"half\.png is damaged .* not all there"):
        read_image(path)


def test_black_images_are_read(tmp_path):
    Image.new("RGB", (50, 40)).save(tmp_path / "black.png")
    np.testing.assert_array_equal(read_image(tmp_path / "black.png"), np.zeros((40, 50, 3)))
