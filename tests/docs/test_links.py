"""Links lead to something: those to pages, sections and names; those outside are listed."""

import html
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    *(page for pattern in ("*.md", "docs/*.md", "docs/guide/*.md") for page in ROOT.glob(pattern)),
    *(ROOT / "docs" / "api.rst", ROOT / "benchmarks" / "README.md"),
]
SOURCES = [*PAGES, *ROOT.glob("skfashion/**/*.py"), *ROOT.glob("docs/gallery/*")]
OUTSIDE = Path(__file__).with_name("outside_links.txt")
LINK = re.compile(r"\]\(([^)\s]+)\)|^:link: (\S+)|^```\{include\} (\S+)", re.MULTILINE)
ROLE = re.compile(
    r"\{(?:class|func|mod|meth|attr)\}`~?([\w.]+)`|:(?:class|func|mod|meth):`~?([\w.]+)`"
)
ADDRESS = re.compile(r"https?://(?!\{)[^\s)\"'`<>\]]+|:(?:arxiv|doi):`[^`]+`")
BUILT = ("auto_gallery/", "generated/")  # by Sphinx


def sections_of(page):
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def broken(page):
    """Return the links of a page that lead nowhere within the repository."""
    found = []
    for groups in LINK.findall(page.read_text("utf-8")):
        link = html.unescape("".join(groups))
        if ADDRESS.match(link):
            continue
        path, _, section = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if any(built in path for built in BUILT):
            continue
        candidates = [target, *(target.with_name(target.name + end) for end in (".md", ".rst"))]
        target = next((one for one in candidates if one.exists()), None)
        if target is None or (section and section not in sections_of(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_inside_lead_to_something(page):
    assert broken(page) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title\n[a](none.md) [b](page.md#a-title) [c](#none) [d](https://x.org)")
    assert broken(page) == ["none.md", "#none"]


def resolves(name):
    """Return whether a full name is that of a module, class, function or attribute."""
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:n]))
        except ImportError:
            continue
        for part in parts[n:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_names_that_are_referred_to_are_there():
    named = set()
    for source in SOURCES:
        named |= {"".join(groups) for groups in ROLE.findall(source.read_text("utf-8"))}
    full = {name for name in named if name.startswith("skfashion.")}
    assert len(full) > 30
    assert {name for name in full if not resolves(name)} == set()


def test_links_outside_are_those_of_the_list():
    """A new one is opened before it is put there."""
    found = set()
    for source in SOURCES:
        text = source.read_text("utf-8")
        found |= {address.rstrip(".,;:") for address in ADDRESS.findall(text)}
    assert sorted(found) == OUTSIDE.read_text("utf-8").split("\n")[:-1]
