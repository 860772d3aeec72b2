"""Docstrings are complete, by numpydoc's own checks, and the defaults in them are true."""

import ast
import importlib
import inspect
import re
import runpy
from pathlib import Path

import pytest

import skfashion.networks
from skfashion.estimators._docs import entries_of, sections

DOCS = Path(__file__).parents[2] / "docs"
# numpydoc's checks by their names: the form (GL), the summary (SS), all parameters and no others
# (PR), what is returned and yielded (RT, YD). Left out are an extended summary (ES01), how the
# summary begins (SS02, since some networks have names in lower case, SS05, SS06), the order of
# parameters that are given by name (PR03), See Also (SA) and examples everywhere (EX), and upper
# case where a text is no sentence (RT04). GL08 would ask for what tests of the style do.
CHECKS = {
    *("GL01", "GL02", "GL03", "GL05", "GL06", "GL07", "GL09", "GL10"),
    *("SS01", "SS03", "SS04"),
    *("PR01", "PR02", "PR04", "PR05", "PR06", "PR07", "PR08", "PR09", "PR10"),
    *("RT01", "RT03", "RT05", "YD01"),
}
# A method that overrides one, or is one of scikit-learn's hooks for callbacks, has its parameters
# and what it returns said there.
ELSEWHERE = {"PR01", "RT01", "RT03", "YD01"}
HOOKS = ("setup", "teardown", "on_fit_task_begin", "on_fit_task_end")
INTERFACES = {"skfashion.networks.WrappedNetwork": skfashion.networks.Network}


def public():
    """Return all that is public by its name: classes, functions, and methods of classes."""
    pages = runpy.run_path(str(DOCS / "conf.py"))["PUBLIC"]
    found = {}
    for module, names in pages.items():
        for name in names:
            one = getattr(importlib.import_module(module), name)
            found[f"{module}.{name}"] = one
            for of_class, method in vars(one).items() if inspect.isclass(one) else ():
                own = getattr(method, "__func__", method)
                if inspect.isfunction(own) and not of_class.startswith("_"):
                    found[f"{module}.{name}.{of_class}"] = own
    return found


PUBLIC = public()


def overrides(name):
    """Return whether a name is that of a method whose text is that of another one."""
    of_class, _, method = name.rpartition(".")
    bases = getattr(PUBLIC.get(of_class), "__mro__", ())[1:]
    bases = [*bases, *([INTERFACES[of_class]] if of_class in INTERFACES else [])]
    return method in HOOKS or any(method in vars(base) for base in bases)


@pytest.mark.parametrize("name", PUBLIC)
def test_numpydoc_has_no_complaint(name):
    validate = pytest.importorskip("numpydoc.validate").validate
    checks = CHECKS - ELSEWHERE if overrides(name) else CHECKS
    assert [error for error in validate(name)["errors"] if error[0] in checks] == []


def signature(one):
    try:
        return inspect.signature(one)
    except ValueError:  # an exception, which Python itself makes
        return inspect.Signature()


@pytest.mark.parametrize("name", PUBLIC)
def test_defaults_are_those_of_the_signature(name):
    """A default is said as ``default=...``; that None is one may be said in words."""
    one = PUBLIC[name]
    documented = sections(inspect.getdoc(one) or "").get("Parameters", "")
    entries = {}
    for names, text in entries_of(documented).items():
        entries |= dict.fromkeys(names.split(", "), text)
    for parameter in signature(one).parameters.values():
        text = entries.get(parameter.name)
        if text is None:
            continue  # whether it has to be there is numpydoc's to say
        head, _, body = text.partition("\n")
        said = re.search(r"default=(.*)$", head)
        if parameter.default is parameter.empty:
            assert said is None, f"{parameter.name} has no default: {head}"
        elif said is None:
            in_words = "optional" in head or "None" in body
            assert parameter.default is None, f"{parameter.name} has a default that is not said"
            assert in_words, f"{parameter.name} has None as its default, which is not said"
        else:
            default = parameter.default
            name = getattr(default, "__name__", None)
            assert value_of(said[1]) in (default, name), parameter.name


def value_of(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text.rpartition(".")[2]  # a name, such as torch.nn.CrossEntropyLoss


def test_there_are_public_names():
    assert {"skfashion.LeNet5Classifier", "skfashion.ImageClassifier.fit"} <= set(PUBLIC)
    assert len(PUBLIC) > 150
