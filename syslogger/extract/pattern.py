"""Pattern: one regular expression and how it runs over a batch, always with the answer of Python's `re`.

Rules
  A value is the wanted group of `re.search(pattern, text)`: None where nothing matches or the group took no part, ''
  where the group is empty.
  Two roads lead to it. COLUMN: a Polars expression, all texts of a batch at once; open only to patterns that
  `translate` could write for Polars' engine, and only for the texts that it describes (ASCII, not empty, no line end
  at the end). RE: `search`, one text at a time; open to every pattern and every text.
  Compiling a pattern runs no query, so a process that forks later may do it. `probe` runs one: worker processes only.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from syslogger.extract.translate import translate


class Road(StrEnum):
    """Which way a pattern takes over a batch."""

    COLUMN = "column"
    RE = "re"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One regular expression, ready to run; made by `compile_pattern`.

    `rust`, `rust_group`, `lead` and `tail` are those of `Translation`; `rust` is None on the road RE. `why` tells the
    operator why this road is taken.
    """

    source: str
    group: int
    regex: re.Pattern[str]
    why: str
    rust: str | None = None
    rust_group: int = 0
    lead: int = 0
    tail: int = 0

    @property
    def road(self) -> Road:
        """COLUMN when the pattern can run over a whole column, RE when it goes text by text."""
        return Road.RE if self.rust is None else Road.COLUMN

    def search(self, text: str) -> str | None:
        """The wanted group of the first match in `text`, None without a match or when the group took no part."""
        match = self.regex.search(text)
        return None if match is None else match.group(self.group)

    def expression(self, column: str) -> pl.Expr:
        """The wanted group of every text of the String column `column`, null where `search` says None.

        Raises:
            ValueError: the pattern's road is RE.
        """
        if self.rust is None:
            raise ValueError(f"pattern {self.source!r} {self.why}")
        value = pl.col(column).str.extract(self.rust, self.rust_group)
        # The texts are ASCII: characters are bytes, and slicing a view costs 4 to 7 ns (strip_prefix: 14 ns).
        if self.lead:
            value = value.str.slice(self.lead)
        return value.str.head(-self.tail) if self.tail else value


def compile_pattern(pattern: str, group: int = 1) -> Pattern:
    """Compile `pattern`, of which group `group` is wanted, and choose its road.

    Raises:
        re.error: `pattern` is no regular expression (RecursionError, OverflowError: nor one that `re` can hold).
        IndexError: `pattern` has no group `group`.
    """
    with warnings.catch_warnings():  # a config check may show them; they change nothing in what the pattern means today
        warnings.simplefilter("ignore")
        regex = re.compile(pattern)
    if group > regex.groups:
        raise IndexError(f"pattern {pattern!r} has no group {group}")
    done = translate(pattern, group)
    return Pattern(pattern, group, regex, done.why, done.rust, done.group, done.lead, done.tail)


def probe(pattern: Pattern) -> Pattern:
    """`pattern` itself when Polars' engine takes it, else the same pattern on the road RE with the engine's reason.

    The engine has limits (10 MiB compiled, 250 levels of nesting) that show only when it compiles. Runs a query of
    one row.
    """
    if pattern.rust is None:
        return pattern
    try:
        pl.DataFrame({"text": ["-"]}).select(pattern.expression("text"))
    except pl.exceptions.ComputeError as error:
        why = f"goes through `re`: the column engine refused it: {_reason(str(error))}"
        return replace(pattern, rust=None, rust_group=0, lead=0, tail=0, why=why)
    return pattern


def _reason(message: str) -> str:
    """The sentence of a regex error: Polars puts the expression behind it, the parser draws the pattern before it."""
    told = message.split("\n\nThis error occurred", 1)[0]
    return told.rsplit("error: ", 1)[-1].strip()
