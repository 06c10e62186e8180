"""docs/licences.md: what gets installed, and under which licence.

Rules:
- What is installed is what the lock files name; the licence is what the installed distribution says of itself.
- A distribution that is not installed in the locked version, or that names no licence, is an error, never a blank.

Strategy: `python scripts/licences.py` writes the page; `--check` compares and says what to run when they differ.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"
PAGE = Path("docs", "licences.md")

LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
CLASSIFIER = "License :: OSI Approved :: "
HOME_LABELS = ("homepage", "home", "source", "source code", "repository", "github", "documentation")

INTRODUCTION = """# Licences

Syslogger itself is under the MIT licence. This page lists what it installs. `python scripts/licences.py` makes it from
the lock files and from what each distribution says of itself, and a test compares.
"""


class LicenceError(Exception):
    """The page cannot be made: a distribution is missing, has another version, or names no licence."""


class Row(NamedTuple):
    """One distribution on the page."""

    name: str
    version: str
    licence: str
    home: str


def locked(path: Path) -> dict[str, str]:
    """Return the versions that a lock file names, by distribution."""
    return dict(LOCKED.findall(path.read_text(encoding="utf-8")))


def licence_of(about: Message) -> str:
    """Return the licence in the words of the distribution: the SPDX expression, else classifiers, else a short text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = about.get_all("Classifier", [])
    names = [entry.removeprefix(CLASSIFIER) for entry in classifiers if entry.startswith(CLASSIFIER)]
    if names:
        return ", ".join(names)
    text = str(about.get("License", "")).strip()
    if text and "\n" not in text:
        return text
    message = f"{about.get('Name')} names no licence in its metadata"
    raise LicenceError(message)


def home_of(about: Message) -> str:
    """Return the address of the project's own page, or an empty text."""
    links = dict(entry.split(", ", 1) for entry in about.get_all("Project-URL", []) if ", " in entry)
    by_label = {label.lower(): address for label, address in links.items()}
    return next((by_label[label] for label in HOME_LABELS if label in by_label), str(about.get("Home-page", "")))


def row_of(name: str, version: str) -> Row:
    """Return the row of one locked distribution; LicenceError when what is installed is not what is locked."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError as error:
        message = f"{name} is in the lock but not installed; run ./test.sh --setup"
        raise LicenceError(message) from error
    if distribution.version != version:
        message = f"{name} {distribution.version} is installed, the lock says {version}; run ./test.sh --setup"
        raise LicenceError(message)
    about = distribution.metadata
    if not isinstance(about, Message):
        message = f"{name}: its metadata cannot be read"
        raise LicenceError(message)
    return Row(name, version, licence_of(about), home_of(about))


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [f"| {row.name} | {row.version} | {row.licence} | {row.home} |" for row in rows]
    return "\n".join(["| distribution | version | licence | home |", "|---|---|---|---|", *lines])


def page(root: Path) -> str:
    """Return what docs/licences.md should say for the lock files in `root`."""
    runtime, everything = locked(root / RUNTIME_LOCK), locked(root / DEVELOPMENT_LOCK)
    used = [row_of(*pin) for pin in sorted(runtime.items())]
    tools = [row_of(*pin) for pin in sorted(everything.items()) if pin[0] not in runtime]
    parts = [INTRODUCTION, f"## What runs ({RUNTIME_LOCK})\n", table(used), ""]
    parts += [f"## What checks and tests it ({DEVELOPMENT_LOCK})\n", table(tools), ""]
    return "\n".join(parts)


def problem(root: Path) -> str | None:
    """Return what is wrong with the page in `root`, or None."""
    path = root / PAGE
    if not path.exists() or path.read_text(encoding="utf-8") != page(root):
        return f"{PAGE} is not what the lock files say; run: python scripts/licences.py"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, or with --check compare it; 0 when it is right, else 1."""
    parser = argparse.ArgumentParser(description="What gets installed, and under which licence.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    asked = parser.parse_args(arguments)
    try:
        if asked.check:
            wrong = problem(asked.root)
        else:
            wrong = None
            (asked.root / PAGE).write_text(page(asked.root), encoding="utf-8")
    except (LicenceError, OSError) as error:
        wrong = str(error)
    if wrong is not None:
        print(wrong, file=sys.stderr)
    return 0 if wrong is None else 1


if __name__ == "__main__":
    sys.exit(main())
