"""Draw the pictures of the tutorial, by the code on its page.

python docs/draw_tutorial.py
"""

import re
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

DOCS = Path(__file__).parent
PICTURES = ("tutorial_history.png", "tutorial_mistakes.png")


def main():
    """Run the page until its pictures are drawn, and save them."""
    page = (DOCS / "tutorial.md").read_text()
    page = page.partition("## More from the same images")[0]
    exec("\n".join(re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE)), {})
    for number, picture in zip(plt.get_fignums(), PICTURES, strict=True):
        plt.figure(number).savefig(DOCS / "images" / picture, dpi=90)
        print(f"written to docs/images/{picture}")


if __name__ == "__main__":
    main()
