"""Scan: the rows of a span that match, a window of ids at a time.

A window is one statement and one snapshot: its rows are looked at in some 10 ms, so the WAL stays bounded and
a deadline is kept. SQL finds what may match, the mask of the filter says exactly which do.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from syslogger.query.answers import Cut, Searched
from syslogger.query.conditions import Filter, compile_condition
from syslogger.query.model import fields_of
from syslogger.query.quoting import quoted
from syslogger.storage.catalogue import Files, Scope, concerned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syslogger.query.model import Condition, Query
    from syslogger.storage.catalogue import Span
    from syslogger.storage.day_file import Day

LEAST_WINDOW, FIRST_WINDOW = 256, 8_192
GREATEST_WINDOW = 32_768  # fetching the line takes 0.23 us a row, in windows of 131,072 it takes 0.36
QUICK_SECONDS, SLOW_SECONDS = 0.1, 0.4
MOST_BYTES = 128 << 20


@dataclass(frozen=True, slots=True)
class Budget:
    """How long an answer may take: until `deadline` on the monotonic clock."""

    deadline: float

    @classmethod
    def of(cls, seconds: float) -> Budget:
        """From now on."""
        return cls(time.monotonic() + seconds)

    @property
    def spent(self) -> bool:
        """Whether to come to an end."""
        return time.monotonic() >= self.deadline


@dataclass(slots=True)
class Search:
    """One question at work: its days, its open files, what each day's filter is, and how far it came."""

    scope: Scope
    files: Files
    days: list[Day]
    where: Condition | None
    since: int | None
    until: int | None
    cut: Cut | None = None
    searched: set[str] = field(default_factory=set)
    _pace: int = FIRST_WINDOW
    _filters: dict[str, Filter] = field(default_factory=dict)

    @classmethod
    def of(cls, scope: Scope, files: Files, query: Query) -> Search:
        """Of a query whose ends are numbers or None."""
        since, until = query.since, query.until
        assert not isinstance(since, str), "it is resolved when it is asked"
        assert not isinstance(until, str), "it is resolved when it is asked"
        return cls(scope, files, concerned(scope.days, since, until), query.where, since, until)

    def filter_of(self, day: Day) -> Filter:
        """The condition as it is for this day."""
        known = self._filters.get(day.name)
        if known is None:
            known = self._filters[day.name] = compile_condition(self.where, day.columns, day.constants)
        return known

    @property
    def window_rows(self) -> int:
        """How many ids the next window takes: few where patterns are slow or lines long, so that bounds are kept."""
        return min(self._pace, GREATEST_WINDOW)

    def pace(self, seconds: float, byte_count: int) -> None:
        """A window took so long, and its rows so much memory."""
        if seconds > SLOW_SECONDS or byte_count > MOST_BYTES:
            self._pace = max(LEAST_WINDOW, self._pace // 4)
        elif seconds < QUICK_SECONDS and byte_count < MOST_BYTES // 4 and self._pace < GREATEST_WINDOW:
            self._pace *= 2

    def damage(self, day: Day, error: Exception) -> None:
        """A day cannot be read: it is named, and the others answer."""
        self.scope.damaged[day.name] = str(error)
        self.days = [each for each in self.days if each is not day]

    def told(self) -> Searched:
        """How far it looked."""
        known = self.scope.fields()
        unknown = sorted(fields_of(self.where) - known) if self.scope.days else []
        return Searched(
            partitions=len(self.days) + len(self.scope.damaged),
            searched=len(self.searched),
            cut=self.cut,
            damaged=self.scope.damaged,
            unknown_fields=tuple(unknown),
            since=self.since,
            until=self.until,
        )


def window(
    search: Search, span: Span, columns: Sequence[str], *, newest: bool = False, most: int | None = None
) -> pa.Table:
    """The matching rows of a span of at most `GREATEST_WINDOW` ids: their id, their columns, in order of id.

    columns: those that the day has, and `received_at`. most: enough rows, where the filter is exact.
    Raises StoreError, FileNotFoundError.
    """
    found = search.filter_of(span.day)
    shown = dict.fromkeys(("id", *columns))
    asked = dict.fromkeys((*shown, *found.columns))
    computed = [f"{sql} AS {alias}" for alias, sql, _ in found.computed]
    limit = f" LIMIT {most:d}" if most is not None and found.exact else ""
    sql = (
        f"SELECT {', '.join([*map(quoted, asked), *computed])} FROM entries WHERE id BETWEEN ? AND ? AND {found.sql}"
        f" ORDER BY id{' DESC' if newest else ''}{limit}"
    )
    parameters = [value for _, _, values in found.computed for value in values]
    file, began = search.files.of(span.day.path), time.monotonic()
    table = file.table(sql, [*parameters, span.first, span.last, *found.parameters])
    fetched_bytes = table.nbytes
    if not found.exact:
        with file.telling_damage():
            table = table.filter(pa.array(found.mask(table)))
    search.pace(time.monotonic() - began, fetched_bytes)
    return table.select(list(shown))
