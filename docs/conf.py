"""Settings of the documentation: ``sphinx-build -W docs docs/_build/html``."""

import sys
from pathlib import Path

# The package of this checkout is documented, installed or not. The folder is found by what is in
# it, and no module of docs/ is imported.
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import skfashion
from skfashion import (
    augmentation,
    camera,
    datasets,
    ensemble,
    estimators,
    inspection,
    networks,
    persistence,
    photos,
    pretrained,
)

project = "skfashion"
author = "The skfashion developers"
copyright = author
version = release = skfashion.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "gallery", "**/sg_execution_times*", "sg_execution*"]
templates_path = ["_templates"]
default_role = "literal"
suppress_warnings = ["config.cache"]  # sphinx_gallery_conf holds what cannot be pickled

# What each page of the reference lists. A name stands on one page, where it is imported from.
PUBLIC = {
    "skfashion": [
        *estimators.__all__,
        *(n for n in persistence.__all__ if n in skfashion.__all__),
        "load_pretrained",
    ],
    "skfashion.augmentation": augmentation.__all__,
    "skfashion.datasets": datasets.__all__,
    "skfashion.ensemble": ensemble.__all__,
    "skfashion.inspection": inspection.__all__,
    "skfashion.photos": photos.__all__,
    "skfashion.camera": camera.__all__,
    "skfashion.pretrained": [n for n in pretrained.__all__ if n != "load_pretrained"],
    "skfashion.networks": networks.__all__,
    "skfashion.training": ["Muon", "ImageNet"],
    "skfashion.inference": ["FittedNetwork"],
}
autosummary_generate = True
autosummary_context = {"public": PUBLIC}
autodoc_typehints = "none"  # docstrings say it
extlinks = {
    "arxiv": ("https://arxiv.org/abs/%s", "arXiv:%s"),
    "doi": ("https://doi.org/%s", "doi:%s"),
}
numpydoc_show_class_members = False  # the templates list what is a class's own

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = "skfashion"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_context = {"default_mode": "auto"}  # light or dark, as the browser has it
html_css_files = ["skfashion.css"]
html_extra_path = ["llms.txt"]
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
}

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"plot_",
    "backreferences_dir": None,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "abort_on_example_error": True,
}


def _link_to_pages(app, docname, source):
    """Point links that lead out of docs/ in the repository to the pages that include the files."""
    source[0] = source[0].replace("](../benchmarks/README.md", "](benchmarks.md")


def _skip_metadata_routing(app, what, name, obj, skip, options):
    """Skip methods that scikit-learn adds: their texts refer to its own pages."""
    return skip or (name.startswith("set_") and name.endswith("_request"))


def setup(app):
    """Connect what these settings need of their own."""
    app.connect("source-read", _link_to_pages)
    app.connect("autodoc-skip-member", _skip_metadata_routing)
