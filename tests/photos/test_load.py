"""Folders of photographs."""

import numpy as np
import pytest

from skfashion.photos import load_photos

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("cv2")


@pytest.fixture
def folder(tmp_path):
    for code, name in enumerate(("shirt", "dress", "bag")):
        (tmp_path / name).mkdir()
        for i in range(3):
            Image.new("RGB", (30 + i, 20), (50 * code, 10 * i, 0)).save(
                tmp_path / name / f"{i}.png"
            )
    return tmp_path


def test_bunch(folder):
    bunch = load_photos(folder)
    assert bunch.target_names == ["bag", "dress", "shirt"]
    assert sorted(bunch.target) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    for photo, code, file in zip(bunch.data, bunch.target, bunch.filenames, strict=True):
        assert bunch.target_names[code] in file
        assert photo[0, 0, 0] == {"shirt": 0, "dress": 50, "bag": 100}[bunch.target_names[code]]
    assert "9 photographs of 3 classes" in bunch.DESCR


def test_order(folder):
    X, y = load_photos(folder, return_X_y=True, shuffle=False)
    assert y.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [photo.shape[1] for photo in X] == [30, 31, 32] * 3
    first, second = (load_photos(folder, random_state=1).filenames for _ in range(2))
    assert first.tolist() == second.tolist()
    assert first.tolist() != load_photos(folder, random_state=2).filenames.tolist()


def test_paths(folder):
    bunch = load_photos(folder, load_content=False)
    assert bunch.data == bunch.filenames.tolist()


def test_categories(folder):
    assert load_photos(folder, categories=["shirt", "bag"]).target_names == ["bag", "shirt"]
    with pytest.raises(ValueError, match=r"categories='shrit' .* Did you mean 'shirt'"):
        load_photos(folder, categories=["shrit"])
    with pytest.raises(ValueError, match=r"give a list, \['shirt'\]"):
        load_photos(folder, categories="shirt")


def test_what_is_no_photo_is_left_out(folder):
    (folder / "shirt" / ".hidden.png").write_bytes(b"")
    for hidden in (".AppleDouble", ".ipynb_checkpoints", "__MACOSX"):
        (folder / "shirt" / hidden).mkdir()
        (folder / "shirt" / hidden / "1.png").write_bytes(b"")
    (folder / "shirt" / "notes.txt").write_text("text")
    (folder / ".git").mkdir()
    (folder / "README.md").write_text("text")
    assert len(load_photos(folder).data) == 9
    assert len(load_photos(folder, allowed_extensions=[".PNG"]).data) == 9
    with pytest.raises(ValueError, match=r"no photos in subfolders.*looked for \.bmp"):
        load_photos(folder, allowed_extensions=[".bmp"])


def test_bad_files_are_named_in_one_error(folder):
    (folder / "shirt" / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "bag" / "worse.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(50))
    with pytest.raises(ValueError, match=r"2 of 11 files") as caught:
        load_photos(folder)
    for word in ("bad.jpg", "worse.heic", "HEIC", 'errors="skip"'):
        assert word in str(caught.value)


def test_bad_files_are_skipped_on_request(folder):
    (folder / "shirt" / "bad.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.warns(UserWarning, match=r"Left out: 1 of 10 files.*bad\.jpg"):
        bunch = load_photos(folder, errors="skip")
    assert len(bunch.data) == len(bunch.target) == len(bunch.filenames) == 9
    with pytest.raises(ValueError, match="errors='ignore' is not known"):
        load_photos(folder, errors="ignore")


def test_nothing_but_bad_files(tmp_path):
    (tmp_path / "shirt").mkdir()
    (tmp_path / "shirt" / "bad.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match="the file is empty"):
        load_photos(tmp_path, errors="skip")


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_photos(tmp_path / "nowhere")


def test_sizes_and_transparency(tmp_path):
    (tmp_path / "shirt").mkdir()
    Image.new("RGBA", (400, 200), (10, 20, 30, 0)).save(tmp_path / "shirt" / "a.png")
    assert load_photos(tmp_path, max_size=100).data[0].shape == (50, 100, 4)
    assert load_photos(tmp_path, max_size=None).data[0].shape == (200, 400, 4)
    assert (load_photos(tmp_path, keep_alpha=False).data[0] == np.full(3, 255)).all()
    with pytest.raises(ValueError, match="^max_size=0 is not"):
        load_photos(tmp_path, max_size=0)
    with pytest.raises(ValueError, match="max_pixels=100"):
        load_photos(tmp_path, max_pixels=100)


def test_a_link_to_nothing_is_a_bad_file(folder):
    (folder / "shirt" / "link.png").symlink_to("nowhere.png")
    with pytest.raises(ValueError, match=r"1 of 10 files.*link\.png"):
        load_photos(folder)


def test_endings_are_a_list(folder):
    with pytest.raises(ValueError, match=r"allowed_extensions='png': give a list, \['png'\]"):
        load_photos(folder, allowed_extensions="png")
    with pytest.raises(ValueError, match="has no photos"):
        load_photos(folder, allowed_extensions=[])
