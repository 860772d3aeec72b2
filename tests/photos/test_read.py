"""Image files, Pillow's images and arrays."""

import os
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from textwrap import dedent

import numpy as np
import pytest

from skfashion.photos import GarmentSegmenter, load_photos, read_image
from skfashion.photos._read import as_pixels

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("cv2")

MODES = ["1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr", "HSV"]


@pytest.fixture
def picture():
    """Red above, grey below, (60, 40, 3)."""
    pixels = np.full((60, 40, 3), 128, np.uint8)
    pixels[:30] = (200, 30, 20)
    return pixels


def saved(folder, pixels, name="a.png", **how):
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    image.save(folder / name, **how)
    return folder / name


def as_read(image, **how):
    """What a segmenter makes of one of Pillow's images."""
    return GarmentSegmenter("border", min_area=0, **how).fit().transform([image])[0]


@pytest.mark.parametrize("mode", MODES)
def test_modes_of_pillow(picture, mode):
    red = Image.fromarray(picture)
    few = red.quantize(2, dither=Image.Dither.NONE)
    image = {
        "P": lambda: few,
        "La": lambda: red.convert("LA").convert("La"),
        "RGBa": lambda: red.convert("RGBA").convert("RGBa"),
        "PA": lambda: few.convert("PA"),
    }.get(mode, lambda: red.convert(mode))()
    assert image.mode == mode
    seen = as_read(image).image.astype(int)
    assert seen.shape == picture.shape
    if mode in ("1", "L", "LA", "La"):
        assert (np.ptp(seen, axis=2) == 0).all()
        assert abs(seen[50:].mean() - 128) < 15
    else:
        np.testing.assert_allclose(seen, picture, atol=12)


@pytest.mark.parametrize("mode", ["I;16", "I;16B", "I", "F"])
def test_wide_modes_of_pillow(mode):
    grey = np.linspace(0, 65535, 60).round()[:, None].repeat(40, axis=1)
    if mode == "F":
        image = Image.fromarray((grey / 65535).astype(np.float32))
    elif mode == "I":
        image = Image.fromarray(grey.astype(np.int32))
    else:
        order = ">u2" if mode == "I;16B" else "<u2"
        image = Image.frombytes(mode, (40, 60), grey.astype(order).tobytes())
    assert image.mode == mode
    np.testing.assert_allclose(as_read(image).image[:, 0, 0], grey[:, 0] / 257, atol=0.51)


def test_lab(picture):
    cv2 = pytest.importorskip("cv2")
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB) ^ np.array([0, 128, 128], np.uint8)
    image = Image.frombytes("LAB", (40, 60), lab.tobytes())
    np.testing.assert_allclose(as_read(image).image.astype(int), picture, atol=4)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif", "a.bmp", "a.gif"])
def test_formats(tmp_path, picture, name):
    seen = read_image(saved(tmp_path, picture, name))
    np.testing.assert_allclose(seen[[5, 50], 20], picture[[5, 50], 20], atol=12)


def test_cmyk_jpeg(tmp_path, picture):
    path = saved(tmp_path, Image.fromarray(picture).convert("CMYK"), "a.jpg")
    np.testing.assert_allclose(read_image(path)[[5, 50], 20], picture[[5, 50], 20], atol=12)


@pytest.mark.parametrize("mode", ["P", "L", "RGB"])
def test_one_transparent_colour(tmp_path, picture, mode):
    image = Image.fromarray(picture)
    image = image.quantize(2) if mode == "P" else image.convert(mode)
    background = image.getpixel((20, 50))
    path = saved(tmp_path, image, transparency=background)
    seen = read_image(path, keep_alpha=True)
    assert (seen[:30, :, 3] == 255).all()
    assert (seen[30:, :, 3] == 0).all()
    assert (read_image(path)[30:] == 255).all()


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations(tmp_path, picture, orientation, alpha):
    picture[:10, :10] = (0, 0, 250)  # tells left from right
    image = Image.fromarray(picture)
    if alpha:
        image.putalpha(Image.fromarray(np.full((60, 40), 200, np.uint8)))
    backwards = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    if orientation in backwards:
        image = image.transpose(backwards[orientation])
    exif = Image.Exif()
    exif[0x112] = orientation
    path = saved(tmp_path, image, exif=exif)
    seen = read_image(path, keep_alpha=True)
    np.testing.assert_array_equal(seen[:, :, :3], picture)
    assert seen.shape[2] == (4 if alpha else 3)
    if alpha:
        assert (seen[:, :, 3] == 200).all()


def test_shrinks(tmp_path):
    pixels = np.zeros((500, 1000, 3), np.uint8)
    pixels[:, 500:] = 255
    for name in ("a.png", "a.jpg"):
        seen = read_image(saved(tmp_path, pixels, name), max_size=100)
        assert seen.shape == (50, 100, 3)
        assert seen[:, :45].max() < 20
        assert seen[:, 55:].min() > 235
    assert read_image(tmp_path / "a.png", max_size=5000).shape == pixels.shape


def test_transparent_colours_do_not_show_when_shrunk(tmp_path):
    pixels = np.zeros((400, 400, 4), np.uint8)  # transparent black
    pixels[:, 101:300] = (250, 250, 250, 255)
    seen = read_image(saved(tmp_path, pixels), max_size=50, keep_alpha=True)
    assert seen[seen[:, :, 3] > 0][:, :3].min() >= 248


@pytest.mark.parametrize("max_size", [0, -3, "12", [4], float("nan")])
def test_wrong_max_size(tmp_path, picture, max_size):
    with pytest.raises(ValueError, match=r"max_size=.* is not a number of pixels"):
        read_image(saved(tmp_path, picture), max_size=max_size)


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif", "gif", "bmp"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated(tmp_path, suffix, share):
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
    path = saved(tmp_path, noise, f"a.{suffix}")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ValueError, match=rf"a\.{suffix} is (damaged or|not an image)"):
        read_image(path)


def test_damaged_png(tmp_path, picture):
    path = saved(tmp_path, picture)
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match=r"a\.png is damaged or truncated"):
        read_image(path)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_heic_is_named(tmp_path, brand):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic" + bytes(100))
    with pytest.raises(ValueError, match=r"a\.heic is a HEIC image.*JPEG.*pillow-heif"):
        read_image(path)


def test_huge_files_are_refused_before_they_are_decoded(tmp_path, picture, monkeypatch):
    path = saved(tmp_path, picture)
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"40 x 60 pixels.*at most max_pixels=2399"):
        read_image(path, max_pixels=2399)
    with pytest.raises(ValueError, match=r"photo 0 has 40 x 60 pixels"):
        as_read(Image.new("RGB", (40, 60)), max_pixels=2399)


def test_pillows_limit_is_not_ours(tmp_path, picture, monkeypatch):
    path = saved(tmp_path, picture)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1500)  # a warning above, an error at twice
    assert read_image(path).shape == (60, 40, 3)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValueError, match=r"refused by Pillow.*MAX_IMAGE_PIXELS"):
        read_image(path)


def test_no_limit(tmp_path, picture):
    assert read_image(saved(tmp_path, picture), max_pixels=None).shape == (60, 40, 3)


def test_damaged_exif_is_ignored(tmp_path, picture):
    path = saved(tmp_path, picture, exif=b"Exif\0\0MM\0*\0\0\xff\xff nonsense")
    assert read_image(path).shape == (60, 40, 3)


def test_opencv_that_cannot_be_imported(tmp_path, monkeypatch):
    (tmp_path / "cv2.py").write_text("raise ImportError('libGL.so.1: no such file')")
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match=r"cv2, which is installed but .*: libGL\.so\.1"):
        read_image("x.png")


def test_without_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.delitem(sys.modules, "PIL.Image", raising=False)
    with pytest.raises(ImportError, match="Photographs need PIL.Image"):
        read_image("x.png")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the mark of memory from /proc")
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_memory_of_48_megapixels(tmp_path, name):
    image = Image.new("RGB", (8000, 6000), (250, 250, 250))
    image.paste((60, 60, 60), (2000, 1000, 6000, 5000))
    image.save(tmp_path / name, compress_level=1)
    script = f"""
        from pathlib import Path
        from skfashion.photos import GarmentSegmenter, read_image, to_fashion_mnist
        assert GarmentSegmenter("border").fit_transform([{name!r}])[0].found
        assert to_fashion_mnist(read_image({name!r})).max() > 100
        # Not getrusage, whose mark is that of the process that has started this one, if higher.
        [mark] = [line for line in Path("/proc/self/status").open() if line.startswith("VmHWM")]
        print(int(mark.split()[1]) // 1024)
    """
    command = [sys.executable, "-c", dedent(script)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    how = {"capture_output": True, "text": True, "cwd": tmp_path, "env": environment}
    assert int(subprocess.run(command, check=True, **how).stdout) < 700


@pytest.mark.parametrize("photo", [b"", 3, None, object()])
def test_what_is_no_photo(photo):
    with pytest.raises(TypeError, match="photo 0 is a .*, and a path, an image of Pillow's or an"):
        as_read(photo)


def test_values_that_are_no_numbers():
    values = np.linspace(0, 1, 600, dtype=np.float32).reshape(20, 30)
    values[0, 0], values[0, 1] = np.nan, np.inf
    seen = as_read(Image.fromarray(values)).image[:, :, 0]
    assert (seen[0, 0], seen[0, 1], seen[19, 29]) == (0, 255, 255)
    np.testing.assert_allclose(seen[1:], 255 * values[1:], atol=0.51)


def test_an_image_without_pixels():
    with pytest.raises(ValueError, match="photo 0 has no pixels: it is 0 x 5"):
        as_read(Image.new("RGB", (0, 5)))


def test_rows_of_several_lengths():
    with pytest.raises(ValueError, match="photo 0 is a list that makes no array"):
        as_read([[1, 2], [1]])


@pytest.mark.parametrize("max_pixels", ["x", 0, np.nan])
def test_a_limit_that_is_none(tmp_path, picture, max_pixels):
    with pytest.raises(ValueError, match="max_pixels=.* is not a number of pixels"):
        read_image(saved(tmp_path, picture), max_pixels=max_pixels)


def test_paths_of_bytes(tmp_path, picture):
    class Bytes(os.PathLike):
        def __fspath__(self):
            return os.fsencode(path)

    path = saved(tmp_path, picture)
    assert as_read(Bytes()).name == str(path)


def test_threads_leave_the_filters_of_warnings_as_they_are(tmp_path, picture):
    path = saved(tmp_path, picture)
    before = list(warnings.filters)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: read_image(path), range(1000)))
    assert warnings.filters == before


def test_a_photo_of_absurd_width_names_its_file(tmp_path, picture):
    def chunk(kind, data):
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 100_000_000, 1, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(100))), chunk(b"IEND", b"")]
    (tmp_path / "wide").mkdir()
    path = tmp_path / "wide" / "wide.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    with pytest.raises(ValueError, match=r"wide\.png"):
        read_image(path)
    saved(tmp_path / "wide", picture)
    with pytest.warns(UserWarning, match=r"wide\.png"):
        bunch = load_photos(tmp_path, errors="skip")
    assert len(bunch.data) == 1


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.linspace(0, 1, 12).reshape(3, 4), r"fractions of 1 become that by \(255 \* image\)"),
        (np.linspace(0, 255, 12).reshape(3, 4), r"these become that by image\.round"),
        (np.arange(12).reshape(3, 4), r"these become that by image\.round"),
        (np.arange(12, dtype=np.uint16).reshape(3, 4) * 5000, r"16 bits .* \(image / 257\)"),
        (np.full((3, 4), np.nan), r"with uint8 pixels, 0 to 255\.$"),
        (np.full((3, 4), -1.0), r"with uint8 pixels, 0 to 255\.$"),
    ],
)
def test_pixels_that_are_no_bytes(pixels, message):
    with pytest.raises(ValueError, match=message):
        as_pixels(pixels, "A picture")
