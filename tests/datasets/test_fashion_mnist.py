"""What a user of fetch_fashion_mnist notices: the data, the places, and every mishap."""

import errno
import gzip
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from skfashion.datasets import _fashion_mnist, fetch_fashion_mnist
from skfashion.datasets._fashion_mnist import _header, _IdxFile

REAL = Path(
    os.environ.get(
        "SKFASHION_DATA_HOME", Path(__file__).resolve().parents[3] / "shared" / "fashion-mnist"
    )
)
needs_real = pytest.mark.skipif(
    not any(
        folder.joinpath("t10k-images-idx3-ubyte.gz").is_file()
        for folder in (REAL, REAL / "fashion-mnist")
    ),
    reason="the files of Fashion-MNIST are neither in SKFASHION_DATA_HOME nor in ../shared",
)

# ---------------------------------------------------------------------------------------
# A small Fashion-MNIST, with the places it comes from
# ---------------------------------------------------------------------------------------

N_TRAIN, N_TEST = 30, 10
_rng = np.random.RandomState(0)
PIXELS = _rng.randint(0, 256, (N_TRAIN + N_TEST, 28, 28)).astype(np.uint8)
LABELS = np.arange(N_TRAIN + N_TEST, dtype=np.uint8) % 10


def _small_files():
    names = _fashion_mnist._FILES
    rows = {"train": slice(None, N_TRAIN), "test": slice(N_TRAIN, None)}
    files, contents = {}, {}
    for part, pair in names.items():
        files[part] = []
        for file, array in zip(pair, (PIXELS[rows[part]], LABELS[rows[part]]), strict=True):
            content = _header(array.shape) + array.tobytes()
            digest = hashlib.sha256(content).hexdigest()
            files[part].append(_IdxFile(file.name, array.shape, digest))
            contents[file.name] = gzip.compress(content)
    return files, contents


FILES, CONTENTS = _small_files()
TRAIN_IMAGES, TRAIN_LABELS = (file.name for file in FILES["train"])


class _Server(http.server.ThreadingHTTPServer):
    """Serves `contents`; `answers` may hold, per name, functions that answer first."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.contents = dict(CONTENTS)
        self.answers = {}
        self.asked = Counter()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        self.server.asked[name] += 1
        if self.server.answers.get(name):
            self.server.answers[name].pop(0)(self)
        else:
            self.give(self.server.contents[name])

    def give(self, content, length=None):
        self.send_response(200)
        self.send_header("Content-Length", str(length or len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


def _error_503(handler):
    handler.send_error(503)


def _cut_off(handler):
    handler.give(CONTENTS[TRAIN_IMAGES][:100], length=len(CONTENTS[TRAIN_IMAGES]))


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """No test sees the user's folders, proxies or the network."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SKFASHION_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit_learn_data"))
    monkeypatch.setattr(_fashion_mnist, "_verified", set())


@pytest.fixture
def small(monkeypatch):
    """Let the small files be the ones that are wanted."""
    monkeypatch.setattr(_fashion_mnist, "_FILES", FILES)


@pytest.fixture
def no_openml(monkeypatch):
    monkeypatch.setattr(_fashion_mnist, "_OPENML_URL", "http://127.0.0.1:9/")


@pytest.fixture
def server(small, no_openml, monkeypatch):
    """Serve the small files as the official address."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(_fashion_mnist, "_URL", server.url)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def no_network(small, no_openml, monkeypatch):
    monkeypatch.setattr(_fashion_mnist, "_URL", "http://127.0.0.1:9/")


@pytest.fixture
def openml(no_network, monkeypatch):
    """Let OpenML answer, with the small set; returns what it was asked."""
    calls = []

    class Answer:
        def close(self):
            pass

    def fetch_openml(**kwargs):
        calls.append(kwargs)
        data = PIXELS.reshape(len(PIXELS), -1).astype(float)
        return data, np.array([str(label) for label in LABELS], dtype=object)

    monkeypatch.setattr(_fashion_mnist.urllib.request, "urlopen", lambda *_, **__: Answer())
    monkeypatch.setattr(_fashion_mnist, "fetch_openml", fetch_openml)
    return calls


def put(folder, names=tuple(CONTENTS)):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(CONTENTS[name])
    return folder


def left_in(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# ---------------------------------------------------------------------------------------
# The real files
# ---------------------------------------------------------------------------------------


@needs_real
def test_real_test_set():
    fashion = fetch_fashion_mnist(subset="test", data_home=REAL, download_if_missing=False)
    assert fashion.data.shape == (10_000, 784)
    assert fashion.data.dtype == np.uint8
    assert fashion.target.dtype == np.int64
    assert np.bincount(fashion.target).tolist() == [1000] * 10
    assert fashion.target[:5].tolist() == [9, 2, 1, 1, 6]
    assert fashion.target_names[fashion.target[0]] == "Ankle boot"


@needs_real
def test_real_all_is_train_then_test():
    X, y = fetch_fashion_mnist(subset="all", data_home=REAL, return_X_y=True)
    X_test, y_test = fetch_fashion_mnist(subset="test", data_home=REAL, return_X_y=True)
    assert X.shape == (70_000, 784)
    assert np.bincount(y[:60_000]).tolist() == [6000] * 10
    assert y[:5].tolist() == [9, 0, 0, 3, 0]
    np.testing.assert_array_equal(X[60_000:], X_test)
    np.testing.assert_array_equal(y[60_000:], y_test)


# ---------------------------------------------------------------------------------------
# What comes
# ---------------------------------------------------------------------------------------


def test_bunch(small, tmp_path):
    fashion = fetch_fashion_mnist(data_home=put(tmp_path))
    assert fashion.data.shape == (N_TRAIN, 784)
    assert fashion.data.dtype == np.uint8
    assert fashion.data.flags.c_contiguous
    assert fashion.data.flags.writeable
    assert fashion.images.shape == (N_TRAIN, 28, 28)
    assert np.shares_memory(fashion.images, fashion.data)
    np.testing.assert_array_equal(fashion.images, PIXELS[:N_TRAIN])
    np.testing.assert_array_equal(fashion.target, LABELS[:N_TRAIN])
    assert fashion.target.dtype == np.int64
    assert len(fashion.target_names) == 10
    assert fashion.feature_names[29] == "pixel_1_1"
    assert len(fashion.feature_names) == 784
    assert fashion.frame is None
    for word in ("zalandoresearch/fashion-mnist", "1708.07747", "MIT"):
        assert word in fashion.DESCR


def test_subsets(small, tmp_path):
    put(tmp_path)
    X_train, y_train = fetch_fashion_mnist(data_home=tmp_path, return_X_y=True)
    X_test, y_test = fetch_fashion_mnist(subset="test", data_home=tmp_path, return_X_y=True)
    X, y = fetch_fashion_mnist(subset="all", data_home=str(tmp_path), return_X_y=True)
    np.testing.assert_array_equal(X, np.concatenate([X_train, X_test]))
    np.testing.assert_array_equal(y, np.concatenate([y_train, y_test]))


def test_subset_needs_only_its_own_files(small, tmp_path):
    put(tmp_path, [file.name for file in FILES["test"]])
    data = fetch_fashion_mnist(subset="test", data_home=tmp_path, download_if_missing=False).data
    assert len(data) == N_TEST


def test_as_frame(small, tmp_path):
    pandas = pytest.importorskip("pandas")
    put(tmp_path)
    plain = fetch_fashion_mnist(data_home=tmp_path)
    framed = fetch_fashion_mnist(data_home=tmp_path, as_frame=True)
    assert isinstance(framed.data, pandas.DataFrame)
    assert isinstance(framed.target, pandas.Series)
    assert list(framed.data.columns) == plain.feature_names
    assert (framed.data.dtypes == np.uint8).all()
    assert framed.frame.shape == (N_TRAIN, 785)
    np.testing.assert_array_equal(framed.frame["target"], plain.target)
    np.testing.assert_array_equal(framed.data.to_numpy(), plain.data)
    np.testing.assert_array_equal(framed.images, plain.images)

    X, y = fetch_fashion_mnist(data_home=tmp_path, as_frame=True, return_X_y=True)
    pandas.testing.assert_frame_equal(X, framed.data)
    pandas.testing.assert_series_equal(y, framed.target)


def test_as_frame_without_pandas(small, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    put(tmp_path)
    with pytest.raises(ImportError, match="pandas"):
        fetch_fashion_mnist(data_home=tmp_path, as_frame=True)
    assert fetch_fashion_mnist(data_home=tmp_path).data.shape == (N_TRAIN, 784)


def test_import_is_light():
    """Importing the data sets loads nothing heavy that skfashion itself does not load."""
    code = (
        "import sys, skfashion; before = set(sys.modules); import skfashion.datasets; "
        "print(*({'torch', 'pooch', 'requests', 'pandas'} & (set(sys.modules) - before)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


# ---------------------------------------------------------------------------------------
# Where it is looked for
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "fashion-mnist"])
def test_places(small, tmp_path, monkeypatch, below):
    def found(**kwargs):
        return len(fetch_fashion_mnist(download_if_missing=False, **kwargs).data) == N_TRAIN

    put(tmp_path / "given" / below)
    assert found(data_home=tmp_path / "given")
    with pytest.raises(OSError, match="download_if_missing"):
        found()
    put(tmp_path / "environment" / below)
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "environment"))
    assert found()
    # data_home, if given, is the only place
    with pytest.raises(OSError, match="elsewhere"):
        found(data_home=tmp_path / "elsewhere")
    # an environment without the files does not hide those in scikit-learn's home
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "empty"))
    put(tmp_path / "scikit_learn_data" / below)
    assert found()
    monkeypatch.delenv("SKFASHION_DATA_HOME")
    assert found()


def test_download_if_missing_false_asks_nobody(server, tmp_path):
    with pytest.raises(OSError) as info:
        fetch_fashion_mnist(data_home=tmp_path / "new", download_if_missing=False)
    message = str(info.value)
    for word in (TRAIN_IMAGES, TRAIN_LABELS, str(tmp_path / "new"), "SKFASHION_DATA_HOME"):
        assert word in message
    assert not server.asked
    assert not (tmp_path / "new").exists()


# ---------------------------------------------------------------------------------------
# Downloading
# ---------------------------------------------------------------------------------------


def test_download_then_no_network(server, tmp_path):
    first = fetch_fashion_mnist(data_home=tmp_path)
    np.testing.assert_array_equal(first.images, PIXELS[:N_TRAIN])
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])
    assert (tmp_path / "fashion-mnist" / TRAIN_IMAGES).read_bytes() == CONTENTS[TRAIN_IMAGES]
    fetch_fashion_mnist(data_home=tmp_path)
    assert server.asked == {TRAIN_IMAGES: 1, TRAIN_LABELS: 1}


def test_download_goes_to_the_environments_folder(server, tmp_path, monkeypatch):
    monkeypatch.setenv("SKFASHION_DATA_HOME", str(tmp_path / "environment"))
    fetch_fashion_mnist()
    assert left_in(tmp_path / "environment" / "fashion-mnist") == sorted(
        [TRAIN_IMAGES, TRAIN_LABELS]
    )


def test_downloaded_files_have_the_usual_permissions(server, tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    fetch_fashion_mnist(data_home=tmp_path)
    mode = (tmp_path / "fashion-mnist" / TRAIN_IMAGES).stat().st_mode
    assert mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("mishap", [_error_503, _cut_off, lambda handler: handler.give(b"<html>")])
def test_retry(server, tmp_path, mishap):
    server.answers[TRAIN_IMAGES] = [mishap, mishap]
    with pytest.warns(UserWarning, match=f"Retry downloading from url: .*{TRAIN_IMAGES}"):
        fashion = fetch_fashion_mnist(data_home=tmp_path, n_retries=2, delay=0)
    np.testing.assert_array_equal(fashion.images, PIXELS[:N_TRAIN])
    assert server.asked[TRAIN_IMAGES] == 3
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])


@pytest.mark.filterwarnings("ignore:Retry downloading")
@pytest.mark.parametrize("n_retries", [0, 2])
def test_n_retries_and_delay_are_kept(server, tmp_path, n_retries):
    server.contents[TRAIN_IMAGES] = b"no"
    start = time.perf_counter()
    with pytest.raises(OSError, match="could not be downloaded"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=n_retries, delay=0.05)
    assert server.asked[TRAIN_IMAGES] == n_retries + 1
    assert time.perf_counter() - start >= n_retries * 0.05
    assert left_in(tmp_path) == []


def test_altered_download_is_refused(server, tmp_path):
    content = bytearray(gzip.decompress(CONTENTS[TRAIN_IMAGES]))
    content[500] ^= 1
    server.contents[TRAIN_IMAGES] = gzip.compress(bytes(content))
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_no_network_says_what_to_do_and_is_quick(no_network, tmp_path):
    start = time.perf_counter()
    with pytest.raises(OSError) as info, pytest.warns(UserWarning, match="Retry"):
        fetch_fashion_mnist(subset="all", data_home=tmp_path, n_retries=3, delay=0.1)
    assert time.perf_counter() - start < 5
    message = str(info.value)
    folder = tmp_path / "fashion-mnist"
    for word in (_fashion_mnist._URL, str(folder), "make_garments", *CONTENTS):
        assert word in message
    assert left_in(tmp_path) == []


def test_silent_host_is_asked_once(small, no_openml, tmp_path, monkeypatch):
    requests = pytest.importorskip("requests")
    asked = []

    def get(url, **kwargs):
        asked.append(kwargs["timeout"])
        raise requests.exceptions.ConnectTimeout("silence")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(OSError, match="silence"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=3, delay=10)
    assert len(asked) == 1
    assert asked[0][0] <= 10


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, MemoryError])
def test_interrupt_leaves_nothing(server, tmp_path, monkeypatch, interrupt):
    import pooch

    def download(self, url, stream, pooch):
        stream.write(b"half")
        stream.flush()
        assert len(left_in(tmp_path)) == 1
        raise interrupt

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)
    with pytest.raises(interrupt):
        fetch_fashion_mnist(data_home=tmp_path)
    assert left_in(tmp_path) == []


def test_second_file_fails_first_stays(server, tmp_path):
    server.contents[TRAIN_LABELS] = b"no"
    with pytest.raises(OSError, match=TRAIN_LABELS):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == [TRAIN_IMAGES]
    server.contents[TRAIN_LABELS] = CONTENTS[TRAIN_LABELS]
    fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert server.asked[TRAIN_IMAGES] == 1


# ---------------------------------------------------------------------------------------
# OpenML
# ---------------------------------------------------------------------------------------


def test_openml_steps_in_and_is_stored(openml, tmp_path):
    fashion = fetch_fashion_mnist(subset="all", data_home=tmp_path, n_retries=0)
    np.testing.assert_array_equal(fashion.images, PIXELS)
    np.testing.assert_array_equal(fashion.target, LABELS)
    assert openml[0]["data_id"] == 40996
    assert left_in(tmp_path) == sorted(CONTENTS)
    again = fetch_fashion_mnist(subset="test", data_home=tmp_path, download_if_missing=False)
    np.testing.assert_array_equal(again.images, PIXELS[N_TRAIN:])
    assert len(openml) == 1


def test_openml_completes_what_is_missing(openml, tmp_path):
    folder = put(tmp_path / "fashion-mnist", [TRAIN_IMAGES])
    before = (folder / TRAIN_IMAGES).stat().st_mtime_ns
    fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == sorted([TRAIN_IMAGES, TRAIN_LABELS])
    assert (folder / TRAIN_IMAGES).stat().st_mtime_ns == before


def test_openml_with_other_pixels_is_refused(openml, tmp_path, monkeypatch):
    monkeypatch.setattr(
        _fashion_mnist, "fetch_openml", lambda **_: (255 - PIXELS.reshape(-1, 784), LABELS)
    )
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


# ---------------------------------------------------------------------------------------
# Files that are there, but wrong
# ---------------------------------------------------------------------------------------


def _cut(content):
    return content[:-50]


def _altered(content):
    raw = bytearray(gzip.decompress(content))
    raw[-1] ^= 1
    return gzip.compress(bytes(raw))


def _damaged(content):
    return content[:40] + bytes(byte ^ 255 for byte in content[40:60]) + content[60:]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_cut, "cut short"),
        (_altered, "SHA-256"),
        (_damaged, "no intact gzip"),
        (lambda content: b"", "begins with|cut short"),
        (lambda content: b"<html>not found</html>", "no intact gzip"),
        (gzip.decompress, "no intact gzip"),
        (lambda content: gzip.compress(gzip.decompress(content)[:-784]), "bytes decompressed"),
        (lambda content: CONTENTS[TRAIN_LABELS], "begins with"),
    ],
)
def test_wrong_file_is_named_and_kept(server, tmp_path, spoil, reason):
    path = put(tmp_path) / TRAIN_IMAGES
    wrong = spoil(CONTENTS[TRAIN_IMAGES])
    path.write_bytes(wrong)
    with pytest.raises(OSError, match=reason) as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert str(path) in str(info.value)
    assert "Delete it" in str(info.value)
    assert path.read_bytes() == wrong
    assert not server.asked
    # the mend that the message names works
    path.unlink()
    assert len(fetch_fashion_mnist(data_home=tmp_path).data) == N_TRAIN


def test_checked_again_only_when_new(small, tmp_path, monkeypatch):
    put(tmp_path)
    hashed = []
    sha256 = hashlib.sha256

    def counting(content):
        hashed.append(len(content))
        return sha256(content)

    monkeypatch.setattr(_fashion_mnist.hashlib, "sha256", counting)
    fetch_fashion_mnist(data_home=tmp_path)
    assert len(hashed) == 2
    fetch_fashion_mnist(data_home=tmp_path)
    assert len(hashed) == 2
    path = tmp_path / TRAIN_IMAGES
    path.write_bytes(_altered(CONTENTS[TRAIN_IMAGES]))
    os.utime(path, ns=(1, 1))
    with pytest.raises(OSError, match="SHA-256"):
        fetch_fashion_mnist(data_home=tmp_path)


# ---------------------------------------------------------------------------------------
# Disks
# ---------------------------------------------------------------------------------------


def test_no_room(server, tmp_path, monkeypatch):
    import pooch

    def download(self, url, stream, pooch):
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", download)
    with pytest.raises(OSError, match="31 MB") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert info.value.errno == errno.ENOSPC
    assert str(tmp_path / "fashion-mnist") in str(info.value)
    assert left_in(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
def test_no_room_for_real(server, tmp_path, monkeypatch):
    """A disk that is full when the last bytes are flushed."""
    import builtins

    def open_full(path, mode):
        Path(path).touch()
        return builtins.open("/dev/full", "wb")

    monkeypatch.setattr(_fashion_mnist, "open", open_full, raising=False)
    with pytest.raises(OSError, match="31 MB") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert info.value.errno == errno.ENOSPC
    assert left_in(tmp_path) == []


def test_openml_no_room(openml, tmp_path, monkeypatch):
    def write(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_fashion_mnist.gzip.GzipFile, "write", write)
    with pytest.raises(OSError, match="31 MB"):
        fetch_fashion_mnist(data_home=tmp_path, n_retries=0)
    assert left_in(tmp_path) == []


def test_folder_closed(server, tmp_path, monkeypatch):
    def open_closed(path, mode):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(_fashion_mnist, "open", open_closed, raising=False)
    with pytest.raises(PermissionError, match="cannot be written to") as info:
        fetch_fashion_mnist(data_home=tmp_path)
    assert str(tmp_path) in str(info.value)
    assert "data_home" in str(info.value)
    assert not server.asked


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_folder_closed_for_real(server, tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(PermissionError, match="cannot be written to"):
        fetch_fashion_mnist(data_home=tmp_path / "closed")


def test_data_home_is_a_file(server, tmp_path):
    (tmp_path / "file").write_text("I am no folder")
    with pytest.raises(OSError, match="there is a file of that name"):
        fetch_fashion_mnist(data_home=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "I am no folder"


# ---------------------------------------------------------------------------------------
# Parameters
# ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subset", "hint"),
    [("tset", "'test'"), ("training", "'train'"), ("TEST", "'test'"), ("al", "'all'")],
)
def test_unknown_subset(subset, hint):
    with pytest.raises(ValueError, match=f"subset must be one of .*Did you mean {hint}"):
        fetch_fashion_mnist(subset=subset)


@pytest.mark.parametrize("subset", [None, 1, "zzz"])
def test_unknown_subset_without_a_near_one(subset):
    with pytest.raises(ValueError, match="subset must be one of") as info:
        fetch_fashion_mnist(subset=subset)
    assert "Did you mean" not in str(info.value)


@pytest.mark.parametrize(
    ("name", "value"), [("n_retries", -1), ("n_retries", 1.5), ("delay", -1), ("delay", "1")]
)
def test_bad_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name} must be"):
        fetch_fashion_mnist(**{name: value})
