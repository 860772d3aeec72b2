"""`skfashion predict`."""

import os
import re
import unicodedata

import numpy as np
import pytest

from skfashion import LeNet5Classifier, load_pretrained
from skfashion.persistence import load


def test_predict(run, trained, write_garments):
    names = [f"{i}.png" for i in range(40)]
    bunch = write_garments(*names)
    code, out, err = run("predict", trained, *names)
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.split() == ["image", "garment", "probability"]
    assert len({len(line) for line in lines} | {len(head)}) == 1  # a straight table
    rows = [re.split(r"  +", line) for line in lines]
    classifier = load(trained)
    assert [row[0] for row in rows] == names
    assert [row[1] for row in rows] == classifier.predict(bunch.images).tolist()
    probabilities = classifier.predict_proba(bunch.images).max(axis=1)
    assert [row[2] for row in rows] == [f"{p:.1%}" for p in probabilities]
    accuracy = np.mean([row[1] for row in rows] == bunch.target_names[bunch.target])
    assert accuracy > 0.5


def test_a_model_of_numbers(run, write_garments):
    bunch = write_garments(*(f"{i}.png" for i in range(20)))
    LeNet5Classifier(max_epochs=1, device="cpu").fit(bunch.images, bunch.target).save("model")
    code, out, _ = run("predict", "model", "3.png")
    assert code == 0
    assert re.search(r"^3\.png +\d +\d+\.\d%$", out, re.MULTILINE)


def test_it_goes_on_after_a_bad_file(run, trained, write_garments, tmp_path):
    write_garments("0.png", "1.png")
    (tmp_path / "text.png").write_text("text")
    (tmp_path / "folder").mkdir()
    code, out, err = run("predict", trained, "0.png", "nowhere.jpg", "text.png", "folder", "1.png")
    assert code == 1
    assert err.splitlines() == [
        "skfashion: nowhere.jpg: No such file or directory",
        "skfashion: text.png is not an image that Pillow can read.",
        "skfashion: folder: Is a directory",
    ]
    assert [line.split()[0] for line in out.splitlines()] == ["image", "0.png", "1.png"]


def test_nothing_but_bad_files(run, trained):
    code, out, err = run("predict", trained, "nowhere.jpg")
    assert (code, out, err.count("\n")) == (1, "", 1)


def test_without_model(run, tmp_path):
    code, out, err = run("predict", "nowhere.skfashion", "0.png")
    assert (code, out) == (1, "")
    assert err == "skfashion: nowhere.skfashion: No such file or directory\n"
    (tmp_path / "text.skfashion").write_text("text")
    code, _, err = run("predict", "text.skfashion", "0.png")
    assert code == 1
    assert "text.skfashion is not a file that skfashion's save has written" in err


def test_the_model_of_the_package(run, write_garments):
    bunch = write_garments(*(f"{i}.png" for i in range(20)))
    code, out, err = run("predict", *(f"{i}.png" for i in range(20)))
    assert (code, err) == (0, "")
    rows = [re.split(r"  +", line) for line in out.splitlines()[1:]]
    images = list(bunch.images)
    pipeline = load_pretrained("photos", method="border")
    assert [row[1] for row in rows] == pipeline.predict(images).tolist()
    probabilities = pipeline.predict_proba(images).max(axis=1)
    assert [row[2] for row in rows] == [f"{p:.1%}" for p in probabilities]


def test_the_model_of_the_package_on_photos(run, tmp_path):
    write_photo(tmp_path / "trouser.png")
    write_photo(tmp_path / "empty.png", 200)
    code, out, err = run("predict", "trouser.png", "empty.png", "--method", "border")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["trouser.png", "empty.png"]
    assert "no garment found" in out.splitlines()[2]


def test_a_model_without_images(run, trained):
    code, _, err = run("predict", trained)
    assert code == 2
    assert "lenet5.skfashion is a model: give image files after it" in err


def test_a_model_that_is_not_there(run, write_garments):
    write_garments("0.png")
    code, out, err = run("predict", "nowhere", "0.png")
    assert (code, out, err) == (1, "", "skfashion: nowhere: No such file or directory\n")
    code, out, err = run("predict", "nowhere.png", "0.png")
    assert code == 1
    assert "0.png" in out


def test_help_names_the_model(run):
    code, out, _ = run("predict", "--help")
    assert code == 0
    assert "[MODEL] FILE [FILE ...]" in out


def write_photo(path, garment=40):
    cv2 = pytest.importorskip("cv2")
    photo = np.full((200, 150, 3), 200, np.uint8)
    photo[40:160, 50:100] = garment
    cv2.imwrite(str(path), photo)


def test_photos(run, trained, tmp_path):
    write_photo(tmp_path / "trouser.png")
    write_photo(tmp_path / "empty.png", 200)
    code, out, err = run("predict", trained, "trouser.png", "empty.png", "--method", "grabcut")
    assert (code, err) == (0, "")
    rows = [re.split(r"  +", line.strip()) for line in out.splitlines()[1:]]
    assert rows[0][0] == "trouser.png"
    assert rows[0][2].endswith("%")
    assert rows[1] == ["empty.png", "no garment found"]


def test_pictures(run, trained, tmp_path):
    cv2 = pytest.importorskip("cv2")
    (tmp_path / "more").mkdir()
    for name in ("a.png", "more/a.png", "b.jpg"):
        write_photo(tmp_path / name)
    write_photo(tmp_path / "empty.png", 200)
    files = ("a.png", "more/a.png", "b.jpg", "empty.png")
    code, out, err = run("predict", trained, *files, "--method", "border", "--output", "pictures")
    assert (code, err) == (0, "")
    assert re.search(r"^pictures +pictures$", out, re.MULTILINE)
    written = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert written == ["a-2.png", "a.png", "b.png", "empty.png"]
    picture = cv2.imread(str(tmp_path / "pictures" / "a.png"))
    assert picture.shape == (284, 768, 3)
    assert (picture == (60, 30, 220)).all(axis=2).any()  # the box


def test_pictures_that_cannot_be_written(run, trained, tmp_path):
    write_photo(tmp_path / "a.png")
    (tmp_path / "file").write_text("text")
    code, out, err = run("predict", trained, "a.png", "--method", "border", "--output", "file")
    assert (code, out) == (1, "")  # before the photos are classified
    assert err.startswith("skfashion: file: ")
    assert "--output takes a folder" in err


def test_unknown_method(run, trained):
    code, _, err = run("predict", trained, "a.png", "--method", "grabcat")
    assert code == 2
    assert "Did you mean 'grabcut'" in err


STRANGE = {
    os.fsdecode(b"caf\xe9.png"): r"caf\xe9.png",
    "two\nlines.png": r"two\nlines.png",
    "\x1b[2Jclear.png": r"\x1b[2Jclear.png",
    "日本语.png": "日本语.png",
    "cafe\u0301.png": "cafe\u0301.png",
    "plain.png": "plain.png",
}


@pytest.mark.parametrize("last", ["plain.png", os.fsdecode(b"caf\xe9.png"), "two\nlines.png"])
def test_strange_names_do_not_break_the_table(run, trained, write_garments, last):
    names = sorted(STRANGE, key=lambda name: name == last)
    write_garments(*names)
    code, out, err = run("predict", trained, *names)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["image", *(STRANGE[n] for n in names)]
    for line in lines:
        wide = sum(unicodedata.east_asian_width(c) == "W" for c in line)
        assert len(line) + wide - line.count("\u0301") == len(lines[0])


def test_strange_names_that_are_not_there(run, trained):
    code, _, err = run("predict", trained, *STRANGE)
    assert code == 1
    assert err.splitlines() == [
        f"skfashion: {name}: No such file or directory" for name in STRANGE.values()
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "utf-8:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_encodings_of_standard_output(start, trained, write_garments, environment):
    write_garments(*STRANGE)
    names = map(os.fsencode, STRANGE)
    process = start("predict", trained, *names, env=os.environ | environment)
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert len(out.splitlines()) == 1 + len(STRANGE)
    assert rb"caf\xe9.png" in out
    assert b"plain.png" in out


@pytest.mark.slow
def test_a_table_that_nobody_reads(start, trained, write_garments):
    write_garments("0.png")
    reading, writing = os.pipe()
    os.close(reading)
    process = start("predict", trained, "0.png", stdout=writing)
    assert process.communicate()[1] == b""
    assert process.returncode == 141


def test_a_picture_never_replaces_a_photo(run, trained, tmp_path):
    write_photo(tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    for _ in range(2):
        code, _, _ = run("predict", trained, "a.png", "--method", "border", "--output", ".")
        assert code == 0
        assert (tmp_path / "a.png").read_bytes() == before
        assert sorted(path.name for path in tmp_path.glob("*.png")) == ["a-2.png", "a.png"]
