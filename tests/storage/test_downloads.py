"""A download is whole and checked, or it is not there, and one error says why."""

import contextlib
import errno
import hashlib
import http.server
import os
import pickle
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback
import urllib.error
import warnings
from collections import Counter

import pytest

from skfashion.storage import DownloadError, _downloads, download, failure_reason, name_in_url

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT; `answers` holds functions that answer the next requests first."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = []
        self.asked = Counter()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/model.pth"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked[self.path] += 1
        answer = self.server.answers.pop(0) if self.server.answers else give
        answer(self)

    def log_message(self, *args):
        pass


def give(handler, content=CONTENT, **headers):
    handler.send_response(200)
    for name, value in ({"Content-Length": len(content)} | headers).items():
        handler.send_header(name, str(value))
    handler.end_headers()
    handler.wfile.write(content)


def not_found(handler):
    handler.send_error(404)


def unavailable(handler):
    handler.send_error(503)


def cut_off(handler):
    give(handler, CONTENT[:100], **{"Content-Length": len(CONTENT)})


def cut_off_without_length(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf")


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def silent(handler):
    time.sleep(2)


def no_http(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.0\r\n")


def length_is_no_number(handler):
    give(handler, **{"Content-Length": "many"})


def packed_badly(handler):
    give(handler, **{"Content-Encoding": "gzip"})


def redirected_for_ever(handler):
    handler.send_response(302)
    handler.send_header("Location", "/model.pth")
    handler.end_headers()
    handler.server.answers.append(redirected_for_ever)


def redirected_to_nonsense(handler):
    handler.send_response(302)
    handler.send_header("Location", "http://[")
    handler.end_headers()


@pytest.fixture
def server():
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "folder" / "model.pth"


def nothing_is_left(path):
    folder = path.parents[2]
    return os.listdir(folder) == []


# What comes.


@pytest.mark.parametrize("sha256", [None, SHA256, SHA256[:8], SHA256[:20].upper()])
def test_it_comes(server, path, sha256):
    assert download(server.url, str(path), sha256=sha256) == path
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == ["model.pth"]
    assert server.asked.total() == 1


def test_files_and_other_protocols(tmp_path, path):
    (tmp_path / "source").write_bytes(CONTENT)
    download((tmp_path / "source").as_uri(), path, sha256=SHA256)
    assert path.read_bytes() == CONTENT


def test_it_replaces_the_old_file(server, path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old")
    download(server.url, path)
    assert path.read_bytes() == CONTENT


def test_exact_number_of_bytes(server, path):
    download(server.url, path, max_bytes=len(CONTENT))
    assert path.read_bytes() == CONTENT


def test_check_is_given_the_whole_file(server, path):
    seen = []
    download(server.url, path, check=lambda file: seen.append(file.read_bytes()))
    assert seen == [CONTENT]


# What goes wrong.

FAILURES = [
    (not_found, "404 .*Not Found"),
    (unavailable, "503"),
    (cut_off, "100 bytes read"),
    (cut_off_without_length, ""),
    (hang_up, ""),
    (no_http, "not HTTP"),
    (length_is_no_number, ""),
    (packed_badly, ""),
    (redirected_for_ever, "redirects"),
    (redirected_to_nonsense, ""),
    (silent, "timed out"),
]


@pytest.mark.parametrize(("answer", "reason"), FAILURES, ids=[f[0].__name__ for f in FAILURES])
@pytest.mark.filterwarnings("error")
def test_one_error_says_why(server, path, answer, reason):
    server.answers.append(answer)
    with pytest.raises(OSError, match=f"cannot be downloaded: .*{reason}") as info:
        download(server.url, path, timeout=(5, 0.3 if answer is silent else 30))
    assert str(info.value).startswith(f"{server.url} cannot be downloaded: ")
    assert_readable(info.value)
    assert nothing_is_left(path)


def assert_readable(error):
    """One error, of one line, that names no objects; and no errno, which would mean the disk."""
    shown = "".join(traceback.format_exception(error))
    assert shown.count("Traceback") == 1
    message = str(error)
    assert message.count("\n") == 0
    assert " object at 0x" not in message
    assert len(message) < 300
    assert not message.endswith("..")
    assert error.errno is None
    assert isinstance(error, DownloadError)
    assert str(error).startswith(f"{error.url} cannot be downloaded: {error.reason}")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:9/model.pth", "Connection refused"),
        ("https://127.0.0.1:9/model.pth", "Connection refused"),
        ("http://no-such-host.invalid/model.pth", "."),
        ("ftp://127.0.0.1:9/model.pth", "Connection refused|refused"),
        ("file:///no/such/model.pth", "No such file"),
        ("s3://bucket/model.pth", "unknown url type: s3"),
        ("model.pth", "unknown url type"),
        ("", "unknown url type"),
        ("http://", "."),
        ("http://[/model.pth", "Invalid IPv6 URL"),
        ("http://" + "x" * 70 + ".org/model.pth", "."),
        ("http://127.0.0.1:99999/model.pth", "."),
        ("http://127.0.0.1:9/\x00", "."),
    ],
)
def test_addresses_where_nothing_is(path, url, reason):
    with pytest.raises(OSError, match=f"cannot be downloaded: .*({reason})") as info:
        download(url, path)
    assert_readable(info.value)
    assert nothing_is_left(path)


def test_the_reason_inside_another_handler(path):
    """What the caller is handling is not part of the reason."""
    try:
        raise FileNotFoundError(2, "not there yet")
    except FileNotFoundError:
        with pytest.raises(OSError, match="Connection refused") as info:
            download("http://127.0.0.1:9/model.pth", path)
    assert "not there yet" not in str(info.value)


def test_too_long(server, path):
    with pytest.raises(OSError, match="longer than the 255,999 bytes") as info:
        download(server.url, path, max_bytes=len(CONTENT) - 1)
    assert_readable(info.value)
    assert nothing_is_left(path)


def test_an_endless_answer_is_cut_off(server, path):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        with contextlib.suppress(OSError):
            while True:
                handler.wfile.write(b"x" * 100_000)

    server.answers.append(endless)
    with pytest.raises(OSError, match="longer than"):
        download(server.url, path, max_bytes=1_000_000)
    assert nothing_is_left(path)


@pytest.mark.parametrize("sha256", ["0" * 64, "0" * 8])
def test_another_digest(server, path, sha256):
    error = ValueError if "g" in sha256 else OSError
    with pytest.raises(
        error, match="sha256 must be|SHA-256 of what came is .* and should be(gin with)? 0000"
    ):
        download(server.url, path, sha256=sha256)
    assert nothing_is_left(path)


@pytest.mark.parametrize("sha256", ["", "abc", "0" * 65, "x" * 8, SHA256[:63] + "g"])
def test_digests_that_are_none(path, sha256):
    with pytest.raises(ValueError, match="sha256 must be 8 to 64 hexadecimal digits"):
        download("http://127.0.0.1:9/", path, sha256=sha256)


def test_a_check_that_fails(server, path):
    def check(file):
        raise ValueError("it is no model")

    with pytest.raises(OSError, match="cannot be downloaded: it is no model") as info:
        download(server.url, path, check=check)
    assert_readable(info.value)
    assert nothing_is_left(path)


def test_a_failure_keeps_the_old_file_and_folder(server, path):
    path.parent.mkdir(parents=True)
    path.write_bytes(b"old")
    server.answers.append(cut_off)
    with pytest.raises(OSError):
        download(server.url, path)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == ["model.pth"]


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interrupt_leaves_nothing(path, monkeypatch, interrupt):
    def transfer(url, sink, timeout):
        sink.write(b"half")
        raise interrupt

    monkeypatch.setattr(_downloads, "_transfer_http", transfer)
    with pytest.raises(interrupt):
        download("http://127.0.0.1:9/", path, n_retries=3)
    assert nothing_is_left(path)


def test_folder_instead_of_file(server, tmp_path):
    with pytest.raises(IsADirectoryError):
        download(server.url, tmp_path)
    assert not server.asked


# Disks.


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_errors_of_the_disk_keep_their_number(server, path, monkeypatch, number):
    class Broken:
        def __init__(self, file, max_bytes):
            self.disk_error = None

        def write(self, chunk):
            self.disk_error = OSError(number, os.strerror(number))
            raise self.disk_error

        def flush(self):
            pass

    monkeypatch.setattr(_downloads, "_Sink", Broken)
    with pytest.raises(OSError) as info:
        download(server.url, path, n_retries=3)
    assert info.value.errno == number
    assert server.asked.total() == 1  # another try would not help
    assert nothing_is_left(path)


# Retries.


@pytest.mark.parametrize("answer", [unavailable, cut_off, hang_up])
def test_retries(server, path, answer):
    server.answers += [answer, answer]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        download(server.url, path, n_retries=2, delay=0, sha256=SHA256)
    assert path.read_bytes() == CONTENT
    assert server.asked.total() == 3
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 2
    assert all(m.startswith(f"Retry downloading from url: {server.url} (") for m in messages)
    assert {warning.filename for warning in caught} == {__file__}


@pytest.mark.filterwarnings("ignore:Retry downloading")
@pytest.mark.parametrize("n_retries", [0, 2])
def test_n_retries_and_delay_are_kept(server, path, n_retries):
    server.answers += [not_found] * 9
    start = time.perf_counter()
    with pytest.raises(OSError, match="404"):
        download(server.url, path, n_retries=n_retries, delay=0.05)
    assert server.asked.total() == n_retries + 1
    assert time.perf_counter() - start >= n_retries * 0.05


def test_a_silent_host_is_asked_once(path, monkeypatch):
    import requests

    asked = []

    def get(url, **kwargs):
        asked.append(kwargs["timeout"])
        raise requests.exceptions.ConnectTimeout("silence")

    monkeypatch.setattr(requests, "get", get)
    with pytest.raises(OSError, match="silence"):
        download("http://127.0.0.1:9/", path, timeout=(3, 9), n_retries=3, delay=10)
    assert asked == [(3, 9)]


# Parts.


def test_import_is_light():
    code = (
        "import sys, skfashion.storage; print(*({'pooch', 'requests', 'torch'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib.error.URLError("no host given"), "no host given"),
        (urllib.error.URLError(socket.gaierror(-2, "Name not known")), "Name not known"),
        (urllib.error.HTTPError("http://a", 404, "Not Found", {}, None), "HTTP Error 404"),
        (ssl.SSLError(1, "certificate verify failed"), "certificate verify failed"),
        (TimeoutError("timed out"), "timed out"),
        (ValueError(), "ValueError"),
        (OSError(), "OSError"),
        (OSError("two\nlines"), "two lines"),
    ],
)
def test_failure_reason(error, reason):
    assert failure_reason(error).startswith(reason)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.org/a/vgg19-dcbb9e9d.pth", "vgg19-dcbb9e9d.pth"),
        ("https://example.org/vgg19.pth?download=1#top", "vgg19.pth"),
        ("file:///a/b%20c.pth", "b c.pth"),
        ("https://example.org/a%2Fb.pth", "b.pth"),
    ],
)
def test_name_in_url(url, name):
    assert name_in_url(url) == name


@pytest.mark.parametrize(
    "url", ["https://example.org", "https://example.org/", "https://example.org/a/", "http://a/.."]
)
def test_addresses_without_a_file(url):
    with pytest.raises(ValueError, match="names no file"):
        name_in_url(url)
