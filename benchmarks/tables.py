"""Put the tables of results into the pages that show them.

A page says where a table goes by a pair of comments, ``<!-- NAME: printed by benchmarks/NAME.py
--show -->`` and ``<!-- /NAME -->``. What the script prints takes the place of what is between.

    python benchmarks/tables.py
"""

import io
import re
import runpy
import sys
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
TABLE = re.compile(
    r"(?P<begin><!-- (?P<name>\w+): printed by (?P<script>\S+) --show -->\n)"
    r".*?(?P<end><!-- /(?P=name) -->)",
    re.DOTALL,
)


def printed(match):
    """Return the table's comments with what its script prints between them."""
    script = ROOT / match["script"]
    table = io.StringIO()
    with (
        patch.object(sys, "argv", [str(script), "--show"]),
        patch.object(sys, "path", [str(script.parent), *sys.path]),
        redirect_stdout(table),
    ):
        runpy.run_path(str(script), run_name="__main__")
    return f"{match['begin']}\n{table.getvalue().strip()}\n\n{match['end']}"


def pages():
    """Return the pages that may show tables."""
    return [
        page
        for folder in ("", "docs/", "docs/guide/", "benchmarks/")
        for page in ROOT.glob(f"{folder}*.md")
    ]


def main():
    for page in pages():
        text = page.read_text()
        new = TABLE.sub(printed, text)
        if new != text:
            page.write_text(new)
            print(f"written to {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
