"""Put the tables of results into the pages that show them.

A page says where a table goes by a pair of comments, ``<!-- NAME: printed by benchmarks/NAME.py
--show -->`` and ``<!-- /NAME -->``. What the script prints takes the place of what is between.

    python benchmarks/tables.py
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = re.compile(
    r"(?P<begin><!-- (?P<name>\w+): printed by (?P<script>\S+) --show -->\n)"
    r".*?(?P<end><!-- /(?P=name) -->)",
    re.DOTALL,
)


def printed(match):
    """Return the table's comments with what its script prints between them."""
    command = [sys.executable, ROOT / match["script"], "--show"]
    table = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    return f"{match['begin']}\n{table}\n\n{match['end']}"


def pages():
    """Return the pages that may show tables."""
    return [page for folder in ("", "docs/", "benchmarks/") for page in ROOT.glob(f"{folder}*.md")]


def main():
    for page in pages():
        text = page.read_text()
        new = TABLE.sub(printed, text)
        if new != text:
            page.write_text(new)
            print(f"written to {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
