"""Outlook: when the disk is too full for storing, and when it is full, if every day is like the last ones.

Pure: no I/O, no clock. Day by day every engine grows by what it grew lately, and retention takes away what it would:
by age at the start of a day, by bytes and by free space behind the growth. That storing rests on a full disk is left
out of it: `full` is when the last byte would be taken if it went on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from syslogger.storage.retention import Limits, StoredDay
from syslogger.storage.surplus import Bounds, Disk

MOST_DAYS = 3_650
NO_STOP_PERCENT = 100

Owner = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Days from today until storing stops and until the disk is full, 0 is today; None: not within ten years."""

    stops_in_days: int | None
    full_in_days: int | None


class _Engine:
    """The days of one engine, oldest first: (day as an ordinal, bytes)."""

    def __init__(self, stored: Iterable[StoredDay], growth_bytes: int, kept_days: int, bound: int | None) -> None:
        self.days = deque(sorted((each.day.toordinal(), each.byte_count) for each in stored))
        self._total = sum(size for _, size in self.days)
        self._growth, self._kept, self._bound = growth_bytes, kept_days, bound

    def grow(self, today: int) -> int:
        """A day goes by; returns the bytes it took, beside those that it has taken so far."""
        before = next((size for day, size in self.days if day == today), 0)
        more = max(0, self._growth - before)
        if more and before == 0:
            self.days.append((today, more))
        elif more:
            self.days = deque((day, size + more * (day == today)) for day, size in self.days)
        self._total += more
        return more

    def age(self, today: int) -> int:
        """Delete by age; returns the bytes."""
        freed = 0
        while self.days and self.days[0][0] < today - self._kept:
            freed += self.drop()
        return freed

    def shrink(self, today: int) -> int:
        """Delete by bytes; returns the bytes."""
        freed = 0
        while self._bound is not None and self._total > self._bound and self.has_old(today):
            freed += self.drop()
        return freed

    def has_old(self, today: int) -> bool:
        """Whether it has a day before yesterday."""
        return bool(self.days) and self.days[0][0] < today - 1

    def drop(self) -> int:
        """Delete the oldest day; returns its bytes."""
        size = self.days.popleft()[1]
        self._total -= size
        return size


def outlook(
    stored: Iterable[StoredDay],
    growth: Mapping[Owner, int],
    limits: Limits,
    bounds: Bounds,
    disk: Disk,
    stop_percent: int,
    today: date,
) -> Outlook:
    """What comes. growth: bytes a day of engines; stop_percent: SPACE_PERCENTAGE_TO_STOP, 100 is never."""
    engines = _engines(list(stored), growth, limits, bounds)
    stops: int | None = None
    for ahead in range(MOST_DAYS + 1):
        disk = _next_day(engines, bounds, disk, today.toordinal() + ahead)
        if stops is None and stop_percent < NO_STOP_PERCENT and 100.0 - disk.free_percent > stop_percent:
            stops = ahead
        if disk.free_bytes <= 0:
            return Outlook(stops, ahead)
    return Outlook(stops, None)


def _engines(stored: list[StoredDay], growth: Mapping[Owner, int], limits: Limits, bounds: Bounds) -> list[_Engine]:
    owners = sorted({each.owner for each in stored} | growth.keys())
    return [
        _Engine(
            [each for each in stored if each.owner == owner],
            growth.get(owner, 0),
            limits.of(owner),
            bounds.engine_bytes.get(owner),
        )
        for owner in owners
    ]


def _next_day(engines: list[_Engine], bounds: Bounds, disk: Disk, today: int) -> Disk:
    free = disk.free_bytes + sum(engine.age(today) for engine in engines)
    free -= sum(engine.grow(today) for engine in engines)
    disk = replace(disk, free_bytes=free + sum(engine.shrink(today) for engine in engines))
    while bounds.free_percent is not None and disk.free_percent < bounds.free_percent:
        old = [engine for engine in engines if engine.has_old(today)]
        if not old:
            break
        oldest = min(old, key=lambda engine: engine.days[0][0])
        disk = replace(disk, free_bytes=disk.free_bytes + oldest.drop())
    return disk
