"""What the commands print, wherever it goes and whatever names are in it."""

import io
import sys
import warnings

import pytest
from tqdm.auto import tqdm

from skfashion.cli import _printing
from skfashion.cli._printing import Stream, complain, readable, standard_streams, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("shirt.png", "shirt.png"),
        ("café 日本 👕.png", "café 日本 👕.png"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("caf\udce9.png", r"caf\xe9.png"),
        ("\ud800", r"\ud800"),
        ("\u2028\x85", r"\u2028\x85"),
    ],
)
def test_readable(text, shown):
    assert readable(text) == shown


def test_readable_where_the_encoding_is_poor(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), "ascii"))
    assert readable("café 日") == r"caf\xe9 \u65e5"


def columns(text):
    """Return where in a terminal each character begins, by what terminals are known to do."""
    wide, marks = set("日本语\uff57👕"), {"\u0301"}
    return sum(0 if c in marks else 2 if c in wide else 1 for c in text)


def test_columns_are_straight():
    names = [
        "a",
        "日本语.png",
        "\uff57",
        "cafe\u0301",
        "👕.png",
        "x\ny",
        "\udce9",
        "long name.jpeg",
    ]
    lines = table([("image", "count"), *((name, "9") for name in names)]).split("\n")
    assert len(lines) == 1 + len(names)
    assert len({columns(line) for line in lines}) == 1


def test_labels_need_not_be_strings():
    assert table([("image", 12, "1%")]) == "image  12  1%"


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        ("two\n  lines", "two lines"),
        (OSError(2, "No such file or directory", b"a\xff"), r"a\xff: No such file or directory"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (MemoryError(), "MemoryError"),
        (UserWarning("a warning"), "a warning"),
    ],
)
def test_complaints(capsys, problem, line):
    complain(problem)
    assert capsys.readouterr() == ("", f"skfashion: {line}\n")


def test_a_complaint_does_not_stand_in_a_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    with tqdm(total=10, file=stream, mininterval=0) as bar:
        bar.update()
        complain("a line")
        bar.update()
    assert "skfashion: a line\n" in stream.getvalue()
    assert stream.getvalue().partition("skfashion: ")[0].endswith("\r")


def test_warnings_are_lines_at_once(capsys):
    with _printing.warnings_as_lines():
        warnings.warn("first", UserWarning, stacklevel=1)
        assert capsys.readouterr().err == "skfashion: first\n"
    assert warnings.showwarning is not None
    with warnings.catch_warnings(record=True) as caught:
        warnings.warn("later", UserWarning, stacklevel=1)
    assert len(caught) == 1
    assert capsys.readouterr().err == ""


class Broken(io.StringIO):
    def __init__(self, error):
        super().__init__()
        self.error = error

    def write(self, text):
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (OSError(28, "No space left"), 1, "skfashion: standard output: No space left\n"),
    ],
)
def test_a_stream_that_breaks(capsys, error, status, line):
    stream = Stream(Broken(error))
    print("a", "b", file=stream, flush=True)
    print("c", file=stream, flush=True)
    assert stream.finish() == status
    assert capsys.readouterr().err == line


def test_a_stream_that_was_never_there(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with standard_streams() as stdout:
        print("a")
        complain("b")
        assert stdout.finish() == 0
    assert sys.stdout is None


def test_a_poor_encoding():
    content = io.BytesIO()
    stream = Stream(io.TextIOWrapper(content, "ascii"))
    print("café", "\udce9", file=stream, flush=True)
    assert content.getvalue().split() == [rb"caf\xe9", rb"\udce9"]
    assert stream.finish() == 0


def test_a_stream_is_what_it_was_before():
    inner = io.TextIOWrapper(io.BytesIO(), "latin-1")
    stream = Stream(inner)
    assert (stream.encoding, stream.isatty()) == ("latin-1", False)
