"""Retention by age: which stored days are too old, and why each of them.

Pure: no I/O, no clock. Whether the clock may be believed is `storage.verdict`'s.

Rules
1. A day is due when the whole day is older than the limit: its date lies more than that many days before today. So
   every row is kept for the full limit. Never today, never yesterday, whatever the limit says.
2. A file that holds younger rows than its name says (a row came late) waits for these. One that cannot be read goes by
   the date in its name.
3. A run deletes, of each engine, the oldest days, and at most as many as fell due by time since the last run, plus one.
   Time is what `ClockVerdict.elapsed_us` vouches for: no clock can make a run delete more.
4. A limit that an operator changed is no clock: what was not due at the last run under the limit then, and would have
   been under the one now, goes at once. Before the first run there was no limit, and the newest stamp stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from syslogger.storage.day import DAY_US

LEAST_DAYS = 2


@dataclass(frozen=True, slots=True)
class StoredDay:
    """One day file. `youngest` is the local date of its newest row, None where unknown; `trouble` why it is unread."""

    class_name: str
    engine: str
    day: date
    path: Path
    byte_count: int = 0
    youngest: date | None = None
    trouble: str = ""

    @property
    def owner(self) -> tuple[str, str]:
        """Class and engine."""
        return self.class_name, self.engine

    def __str__(self) -> str:
        return f"{self.class_name}/{self.engine}/{self.day}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days are kept: by default, and of engines (by class and name) with a limit of their own."""

    default_days: int
    engines: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, owner: tuple[str, str]) -> int:
        """The limit of an engine, at least two days."""
        return max(LEAST_DAYS, self.engines.get(owner, self.default_days))

    def is_due(self, stored: StoredDay, today: date) -> bool:
        """Whether the whole day is older than the limit."""
        return youngest_day(stored, today) < today - timedelta(days=self.of(stored.owner))

    def reason(self, stored: StoredDay, today: date) -> str:
        """Why a day is due, for people."""
        own = stored.owner in self.engines
        limit = f"{'auto_delete_days of this engine' if own else 'AUTO_DELETE_DAYS'} is {self.of(stored.owner)}"
        unread = f"; it cannot be read ({stored.trouble}), so the date in its name decided" if stored.trouble else ""
        return f"{stored} is {(today - stored.day).days} days old, {limit}{unread}"


@dataclass(frozen=True, slots=True)
class LastRun:
    """When retention last ran, by local date, and the limits then in force (None: there was no limit)."""

    day: date
    limits: Limits | None


@dataclass(frozen=True, slots=True)
class Deletion:
    """One day to delete, and the sentence that says why."""

    stored: StoredDay
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: deletions, oldest first; or why it waits; and how many days that are due it leaves for later."""

    deletions: tuple[Deletion, ...] = ()
    waits: str = ""
    left: int = 0


def youngest_day(stored: StoredDay, today: date) -> date:
    """The local date of the newest row that is no row of the future."""
    if stored.youngest is None or stored.youngest > today:
        return stored.day
    return max(stored.day, stored.youngest)


def plan(
    stored: Iterable[StoredDay], limits: Limits, today: date, last: LastRun | None, elapsed_us: int, waits: str = ""
) -> Plan:
    """Decide what one run deletes.

    elapsed_us: time since the last run that nobody doubts. waits: why the clock may not decide now, "" when it may;
    nothing is deleted then, `left` counts what is due by this very clock.
    """
    due = sorted((each for each in stored if limits.is_due(each, today)), key=lambda each: (each.owner, each.day))
    if waits:
        return Plan(waits=waits, left=len(due))
    chosen = [
        each
        for _, days in groupby(due, key=lambda each: each.owner)
        for each in _of_one_engine(list(days), limits, last, elapsed_us // DAY_US + 1)
    ]
    deletions = tuple(Deletion(each, limits.reason(each, today)) for each in sorted(chosen, key=lambda each: each.day))
    return Plan(deletions, left=len(due) - len(deletions))


def _of_one_engine(due: list[StoredDay], limits: Limits, last: LastRun | None, fell_due: int) -> list[StoredDay]:
    by_limit = [each for each in due if last is not None and _by_limit(each, limits, last)]
    by_time = [each for each in due if each not in by_limit]
    return by_limit + by_time[:fell_due]


def _by_limit(stored: StoredDay, limits: Limits, last: LastRun) -> bool:
    """Whether an operator's change of the limit made it due, not the time since."""
    before = last.limits is not None and last.limits.is_due(stored, last.day)
    return limits.is_due(stored, last.day) and not before
