"""The tests and scripts that docs/reliability.md names are there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reliability.md").read_text()
ROWS = [line.split("|")[1:-1] for line in PAGE.splitlines() if line.startswith("| ")]
PROMISES = [row for row in ROWS if row[0].strip() not in ("guarantee", "---")]
NAMED = re.compile(r"`(?:python )?(tests/[\w/]+\.py)?(?:::(\w+))?[\w -]*`")


def named_in(text):
    """Yield the file and the test, if any, that a text names; `::test` is of the file before."""
    path = None
    for match in NAMED.finditer(text):
        path, test = match[1] or path, match[2]
        if match[1] or test:
            yield path, test


@cache
def functions(path):
    tree = ast.parse((ROOT / path).read_text())
    return {part.name for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}


def test_each_promise_has_a_test():
    assert len(PROMISES) > 30
    previous = None
    for promise, tests in PROMISES:
        assert list(named_in(tests)) or (tests.strip() == "the same test" and previous), promise
        previous = tests


def test_what_is_named_is_there():
    for path, test in named_in(PAGE):
        assert path is not None, test
        assert (ROOT / path).is_file(), path
        assert test is None or test in functions(path), test
