"""``python -m skfashion``, the same as the command ``skfashion``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
