"""Importing, in a new process each time."""


def timeraw_import():
    """Import the package, which leaves torch for later."""
    return "import skfashion"


def timeraw_import_training():
    """Import all that a training needs, torch among it."""
    return "import skfashion.training"
