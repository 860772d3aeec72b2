"""The code on the pages of the documentation runs as it stands."""

import re
from pathlib import Path

import pytest

import skfashion.datasets

DOCS = Path(__file__).parents[2] / "docs"
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
PAGES = ["tutorial.md", "adding.md", *(f"guide/{p.name}" for p in (DOCS / "guide").glob("*.md"))]


make_garments = skfashion.datasets.make_garments


def few_garments(n_samples=1000, **how):
    """Draw a hundred garments at most: whether code runs does not depend on their number."""
    return make_garments(min(n_samples, 100), **how)


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(PAGES))
def test_code_of_a_page_is_one_program(page, monkeypatch):
    for package in ("matplotlib", "cv2", "onnxruntime"):
        pytest.importorskip(package)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr(skfashion.datasets, "make_garments", few_garments)
    code = "\n".join(CODE.findall((DOCS / page).read_text()))
    exec(compile(code, page, "exec"), {"__name__": "__main__"})


def test_llms_txt_names_pages_that_there_are():
    pages = re.findall(r"\]\((.*?)\.html\)", (DOCS / "llms.txt").read_text())
    assert len(pages) > 10
    for page in pages:
        if page == "auto_gallery/index":  # written when the site is built
            page = "gallery/GALLERY_HEADER"
        assert (DOCS / f"{page}.md").exists() or (DOCS / f"{page}.rst").exists()
