"""The page that shows a source live."""

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from importlib.resources import files

import pytest

pytest.importorskip("cv2")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
from skfashion.camera import LivePage
from skfashion.photos import read_image


@contextmanager
def running(page):
    """Serve a page in a thread; give the thread."""
    thread = threading.Thread(target=page.run)
    thread.start()
    try:
        yield thread
    finally:
        page.stop()
        thread.join(10)
        assert not thread.is_alive()


def ask(page, path, host=None):
    port = int(page.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host} if host else {})
    return connection.getresponse()


def state_of(page):
    """Return the state when there has been a frame."""
    end = time.monotonic() + 10
    while not (state := json.load(ask(page, "/state")))["frame"]:
        assert time.monotonic() < end
    return state


@pytest.fixture
def page(as_source, annotator, towel):
    return LivePage(as_source([towel] * 3, fps=100), annotator, port=0)


def test_page_stream_and_state(page):
    with running(page):
        answer = ask(page, "/")
        assert (answer.status, answer.headers.get_content_type()) == (200, "text/html")
        assert "<title>skfashion camera</title>" in answer.read().decode()
        assert state_of(page)["name"] == "Shirt"
        stream = ask(page, "/stream")
        kind = "multipart/x-mixed-replace; boundary=frame"
        assert stream.headers["Content-Type"] == kind
        for _ in range(3):
            lines = [stream.readline().decode().strip() for _ in range(4)]
            assert lines[:2] == ["--frame", "Content-Type: image/jpeg"]
            jpeg = stream.read(int(lines[2].removeprefix("Content-Length: ")))
            assert jpeg[:2] == b"\xff\xd8"  # the marks of a JPEG's begin
            assert jpeg[-2:] == b"\xff\xd9"  # and end
            assert stream.readline() == b"\r\n"
        # An open stream does not keep the page from its end.
        start = time.monotonic()
        page.stop()
        while stream.readline():
            pass
        assert time.monotonic() - start < 2


def test_only_this_machine_reaches_it(page):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", page.url)
    assert page._socket.getsockname()[0] == "127.0.0.1"
    with running(page), pytest.raises(OSError), socket.socket() as other:  # noqa: PT012
        other.settimeout(2)
        other.connect(("127.0.0.2", int(page.url.rpartition(":")[2])))


@pytest.mark.parametrize("path", ["/", "/state", "/stream"])
def test_other_sites_cannot_read_it(page, path):
    with running(page):
        assert ask(page, path, host="example.org").status == 400
        answer = ask(page, path)
        assert answer.status == 200
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        answer.close()


def test_the_page_needs_nothing_from_elsewhere():
    text = files("skfashion.camera").joinpath("page.html").read_text("utf-8")
    assert re.findall(r"https?://|src=\"//|@import|url\(", text) == []
    assert re.findall(r"""(?:src|href)="([^"]*)""", text) == ["data:,", "/stream"]


def test_a_port_that_is_in_use(as_source, annotator):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OSError, match=f"Port {port} of 127.0.0.1 is in use. Give another"):
            LivePage(as_source([]), annotator, port)


def test_a_port_can_be_taken_again_at_once(as_source, annotator, towel):
    page = LivePage(as_source([towel]), annotator, port=0)
    with running(page):
        state_of(page)
    LivePage(as_source([towel]), annotator, int(page.url.rpartition(":")[2]))._socket.close()


def test_a_source_that_fails_ends_it(as_source, annotator):
    class Failing(as_source):
        def __iter__(self):
            yield from self.frames
            raise OSError("Camera 0 sends no more frames")

    page = LivePage(Failing([]), annotator, port=0)
    with pytest.raises(OSError, match="sends no more frames"):
        page.run()


@pytest.mark.parametrize("package", ["uvicorn", "starlette"])
def test_a_missing_extra(as_source, annotator, monkeypatch, package):
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"Live pages need .*skfashion\[camera\]"):
        LivePage(as_source([]), annotator, port=0)


@pytest.fixture
def browse(tmp_path):
    """Return a function that opens a page in Chromium, and returns what it prints."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("there is no Chromium to show the page in")

    def browse(url, *options):
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=3000"]
        done = subprocess.run(
            [*command, *options, url], timeout=60, check=True, capture_output=True
        )
        return done.stdout.decode()

    return browse


@pytest.mark.slow
def test_a_browser_shows_what_was_found(page, browse):
    with running(page):
        state_of(page)
        shown = browse(page.url, "--dump-dom")
    assert re.search(r'id="name"[^>]*>Shirt<', shown)
    assert re.search(r'id="note"[^>]*>70% probable<', shown)
    bars = (
        r'<span>(\w+)</span><span class="track"><i style="width: (\d+)%;"></i></span><span>(\d+)%'
    )
    assert re.findall(bars, shown) == [("Coat", "30", "30"), ("Shirt", "70", "70")]
    assert 'id="seen" alt="The picture that the network sees" src="data:image/png' in shown


@pytest.mark.slow
def test_the_page_fits_a_phone(page, browse, tmp_path):
    picture = tmp_path / "page.png"
    with running(page):
        state_of(page)
        browse(page.url, "--window-size=390,800", f"--screenshot={picture}")
    shown = read_image(picture)
    assert shown.shape[1] == 390
    background = (shown == (244, 244, 241)).all(axis=2)
    for edge in (shown[:, :8], shown[:, -8:]):  # what is wider than the page would be cut there
        assert (edge == (244, 244, 241)).all()
    assert 0.1 < background.mean() < 0.9


def test_what_is_no_http_prints_nothing(page, capfd):
    with running(page):
        state_of(page)
        port = int(page.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\nzz\r\n".encode())
            connection.recv(1000)
        assert ask(page, "/").status == 200
    assert capfd.readouterr().err == ""
