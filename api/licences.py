"""What this installation is made of: each distribution with its version and what it says of its licence.

From the metadata of what is installed: this product's own distribution and all that it requires, and so on. What is
required by an extra only is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import metadata

from pydantic import BaseModel

PRODUCT = "syslogger"

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_CLASSIFIER = "License :: OSI Approved :: "
_LONGEST = 200  # some put the whole text there


class LicenceBody(BaseModel):
    """A distribution. licence: in its own words, an SPDX expression where it has one."""

    name: str
    version: str
    licence: str


@cache
def licences() -> tuple[LicenceBody, ...]:
    """Every distribution, by name. Reads files: ask in a thread."""
    found: dict[str, LicenceBody] = {}
    waiting = [PRODUCT]
    while waiting:
        name = _canonical(waiting.pop())
        if name in found:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, or another Python
        found[name] = LicenceBody(name=name, version=distribution.version, licence=licence_of(distribution))
        waiting += _required(distribution)
    return tuple(found[name] for name in sorted(found))


def licence_of(distribution: metadata.Distribution) -> str:
    """The SPDX expression, else the classifiers, else a short text."""
    about = distribution.metadata
    classifiers = about.get_all("Classifier") or []
    named = [each.removeprefix(_CLASSIFIER) for each in classifiers if each.startswith(_CLASSIFIER)]
    text = str(about["License"] or "").strip() if "License" in about else ""
    if "License-Expression" in about:
        return str(about["License-Expression"])
    return ", ".join(named) or (text if 0 < len(text) <= _LONGEST and "\n" not in text else "see its distribution")


def _required(distribution: metadata.Distribution) -> Iterator[str]:
    for line in distribution.requires or ():
        named = _NAME.match(line)
        if named and "extra ==" not in line:
            yield named[0]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
