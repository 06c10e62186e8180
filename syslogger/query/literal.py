"""Literal: a text that everything a pattern finds has in it, read off the pattern's parse tree.

SQL can look for that first: a pattern over a million lines then costs what a substring does. Only ASCII counts, and
what stands outside of alternatives and of what may be left out; a literal that is not seen only costs time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

# by name: typeshed does not know them
_constants: Any = import_module("re._constants")
_parser: Any = import_module("re._parser")

LEAST_CHARACTERS = 3
_REPEATS = frozenset({_constants.MAX_REPEAT, _constants.MIN_REPEAT})


@dataclass(frozen=True, slots=True)
class Literal:
    """The text; folded: its letters may be there in either case, and beyond ASCII in forms of their own."""

    text: str
    folded: bool


def sure_literal(pattern: str) -> Literal | None:
    """The longest text of at least `LEAST_CHARACTERS` that is in whatever the pattern matches; None: there is none.

    Raises re.error, RecursionError, OverflowError: this is no pattern.
    """
    with warnings.catch_warnings():  # they speak of what the pattern may mean one day
        warnings.simplefilter("ignore")
        tree = _parser.parse(pattern)
    longest = max("".join(_sure(tree)).split("\0"), key=len)
    if len(longest) < LEAST_CHARACTERS:
        return None
    return Literal(longest, folded=bool(tree.state.flags & _constants.SRE_FLAG_IGNORECASE))


def _sure(nodes: Any) -> Iterator[str]:
    """The characters that stand in every match one behind the other; NUL, which SQL has no pattern for: a gap."""
    for op, av in nodes:
        if op is _constants.LITERAL and av < 128:
            yield chr(av)
        elif op is _constants.SUBPATTERN and not av[1] & _constants.SRE_FLAG_IGNORECASE:
            yield from _sure(av[3])
        elif op in _REPEATS and av[0] >= 1:
            yield from _sure(av[2])
            yield "\0"
        elif op is not _constants.AT:
            yield "\0"
