"""The licences of all that the package requires, and its known vulnerabilities.

    python .ci/audit.py

It prints each distribution that an installation with all extras for users has, with its licence,
and asks pip-audit for advisories. It ends with 1 only for a vulnerability that a later version
fixes. One without such a version is printed. If the advisories cannot be reached, a line says so.
"""

import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGE = "skfashion"
NOT_FOR_USERS = {"bench", "dev", "docs", "test"}
SECONDS = 120


def required(package=PACKAGE):
    """Return the installed distributions that a package requires, with its extras for users."""
    extras = set(distribution(package).metadata.get_all("Provides-Extra") or ()) - NOT_FOR_USERS
    found, waiting, seen = {}, [(package, frozenset(extras))], set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:  # for another system, or an extra that is not installed
            continue
        for line in found[name].requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or any(
                requirement.marker.evaluate({"extra": extra}) for extra in extras | {""}
            ):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    del found[package]
    return dict(sorted(found.items()))


def licence(metadata):
    """Return the licence that the metadata of a distribution name, in a few words."""
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = metadata.get_all("Classifier") or ()
    named = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License ::")]
    text = (metadata.get("License") or "").strip().splitlines()
    return ", ".join(named) or (text[0][:60] if text else "not stated")


def advisories(versions):
    """Return what pip-audit reports of versions by name, or a sentence on why it cannot.

    Parameters
    ----------
    versions : dict of str to str
        Versions by name.

    Returns
    -------
    list of dict, or str
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "requirements.txt")
        # Advisories know nothing of builds such as 2.13.0+cpu.
        lines = [f"{name}=={version.partition('+')[0]}\n" for name, version in versions.items()]
        path.write_text("".join(lines))
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(path), "--no-deps"]
        command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return f"the service has not answered in {SECONDS} s"
    try:
        return json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = re.sub(r"\s+", " ", ended.stderr.strip().splitlines()[-1] if ended.stderr else "")
        return f"pip-audit says: {said[:200] or 'nothing'}"


def holes(dependencies):
    """Yield the name, version, advisory and fixed versions of each known vulnerability."""
    for dependency in dependencies:
        for hole in dependency.get("vulns", ()):
            fixed = ", ".join(hole.get("fix_versions") or ())
            yield dependency["name"], dependency["version"], hole["id"], fixed


def main():
    """Print the licences and the vulnerabilities; return the exit code."""
    versions = {}
    for name, found in required().items():
        versions[name] = found.version
        print(f"{name:28} {found.version:18} {licence(found.metadata)}")
    dependencies = advisories(versions)
    if isinstance(dependencies, str):
        print(f"Vulnerabilities are not known: the advisories cannot be reached ({dependencies}).")
        return 0
    n_mended = 0
    for name, version, advisory, fixed in holes(dependencies):
        n_mended += bool(fixed)
        print(f"{name} {version}: {advisory}, {'fixed in ' + fixed if fixed else 'not fixed yet'}")
    unknown = [entry["name"] for entry in dependencies if "skip_reason" in entry]
    if unknown:
        print(f"Of {', '.join(unknown)} nothing is known.")
    n_known = len(dependencies) - len(unknown)
    if not n_known:
        print("Vulnerabilities are not known: no distribution could be looked up.")
        return 0
    print(f"{n_known} distributions were looked up; {n_mended} vulnerabilities have to be fixed.")
    return int(n_mended > 0)


if __name__ == "__main__":
    sys.exit(main())
