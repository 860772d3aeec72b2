"""The documentation is built without a warning, and its links lead to something."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import skfashion

ROOT = Path(__file__).parents[2]
EXTENSIONS = ("sphinx", "numpydoc", "myst_parser", "pydata_sphinx_theme", "sphinx_copybutton")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site without the gallery's pictures."""
    for package in (*EXTENSIONS, "sphinx_design", "sphinx_gallery"):
        pytest.importorskip(package, reason=f"{package} is not installed: the extra is docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-D", "plot_gallery=0"]
    command += ["-d", str(folder / "doctrees"), "docs", str(folder / "html")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder / "html"


class Links(HTMLParser):
    """What a page of the site links to, and the places in it that can be linked to."""

    def __init__(self, page):
        super().__init__()
        self.targets, self.places = set(), set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag, attrs):
        of_tag = dict(attrs)
        self.places |= {of_tag.get("id"), of_tag.get("name")}
        self.targets |= {of_tag.get("href"), of_tag.get("src")} - {None}


def test_it_has_each_public_name(site):
    assert (site / "llms.txt").exists()
    pages = {page.stem.rpartition(".")[2] for page in (site / "generated").glob("*.html")}
    assert set(skfashion.__all__) <= pages


def test_links_lead_to_pages_and_places(site):
    pages = {page: Links(page) for page in site.rglob("*.html") if "_static" not in page.parts}
    assert len(pages) > 80
    broken = []
    for page, links in pages.items():
        for link in links.targets:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue  # outside
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            place = unquote(parts.fragment)
            places = pages[target].places if target in pages else ()
            if not target.exists() or (place and place not in places):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert broken == []
