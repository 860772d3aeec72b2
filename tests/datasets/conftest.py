"""A small Fashion-MNIST, with the places it comes from, and drawn garments."""

import gzip
import hashlib
import http.server
import threading
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from skfashion.datasets import _idx_files, _sources, make_garments
from skfashion.datasets._base import TARGET_NAMES
from skfashion.datasets._idx_files import IdxFile

N_TRAIN, N_TEST = 30, 10
_rng = np.random.RandomState(0)
PIXELS = _rng.randint(0, 256, (N_TRAIN + N_TEST, 28, 28)).astype(np.uint8)
LABELS = np.arange(N_TRAIN + N_TEST, dtype=np.uint8) % 10


def _small_files():
    rows = {"train": slice(None, N_TRAIN), "test": slice(N_TRAIN, None)}
    files, contents = {}, {}
    for part, pair in _idx_files.FILES.items():
        files[part] = []
        for file, array in zip(pair, (PIXELS[rows[part]], LABELS[rows[part]]), strict=True):
            small = IdxFile(file.name, array.shape, "")
            content = small.header + array.tobytes()
            digest = hashlib.sha256(content).hexdigest()
            files[part].append(small._replace(sha256=digest))
            contents[file.name] = gzip.compress(content)
    return files, contents


FILES, CONTENTS = _small_files()


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


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """No test sees the user's folders, proxies or the network."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("SKFASHION_DATA_HOME", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit_learn_data"))
    monkeypatch.setattr(_idx_files, "_verified", set())


def _put(folder, names=tuple(CONTENTS)):
    """Put small files into a folder; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(CONTENTS[name])
    return folder


@pytest.fixture
def small(monkeypatch):
    """Let the small files be the ones that are wanted; returns them and what is in them."""
    monkeypatch.setattr(_idx_files, "FILES", FILES)
    return SimpleNamespace(
        files=FILES,
        contents=CONTENTS,
        pixels=PIXELS,
        labels=LABELS,
        n_train=N_TRAIN,
        n_test=N_TEST,
        put=_put,
    )


@pytest.fixture
def no_openml(monkeypatch):
    monkeypatch.setattr(_sources, "_OPENML_URL", "http://127.0.0.1:9/")


@pytest.fixture
def server(small, no_openml, monkeypatch):
    """Serve the small files as the official address."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(_sources, "URL", server.url)
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def no_network(small, no_openml, monkeypatch):
    monkeypatch.setattr(_sources, "URL", "http://127.0.0.1:9/")


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

    monkeypatch.setattr(_sources.urllib.request, "urlopen", lambda *_, **__: Answer())
    monkeypatch.setattr(_sources, "fetch_openml", fetch_openml)
    return calls


@pytest.fixture(scope="session")
def garments_by_name():
    """Drawn images, (N, 28, 28), by the names of their classes."""
    garments = make_garments(3000, random_state=0)
    return {
        name: garments.images[garments.target == code] for code, name in enumerate(TARGET_NAMES)
    }


@pytest.fixture(scope="session")
def covered(garments_by_name):
    """The fraction of images in which each pixel is covered, (28, 28), by the classes' names."""
    return {name: (images > 40).mean(axis=0) for name, images in garments_by_name.items()}
