"""Retention by bytes and by free space: which day goes next, and why.

Pure: no I/O, no clock. One decision at a time, so that whoever deletes can measure again before the next one.

Rules
1. Never today, never yesterday, whatever the bounds say: what is too much then stays.
2. Of bytes an engine's oldest day goes until all its files fit, their WALs counted. Of space the oldest day of all
   engines goes until so much of the file system is free; of one date the largest file goes first.
3. Bytes of a deleted day count as free at once. A file system gives them back when the last reader has closed the file,
   and to go on deleting until then would take more than is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from syslogger.storage.retention import Deletion, StoredDay


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes that engines (by class and name) may keep, and the percentage of the file system that is to be free."""

    engine_bytes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    free_percent: int | None = None

    def __bool__(self) -> bool:
        return bool(self.engine_bytes) or self.free_percent is not None


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system, as df(1) counts it for an ordinary user: bytes that are free, of those free and used."""

    free_bytes: int
    total_bytes: int

    @property
    def free_percent(self) -> float:
        """How much of it is free; of an empty file system all."""
        return 100.0 * self.free_bytes / self.total_bytes if self.total_bytes else 100.0


def next_surplus(
    stored: Iterable[StoredDay], bounds: Bounds, disk: Disk, today: date, kept: Collection[Path] = ()
) -> Deletion | None:
    """The day to delete next, None when the bounds hold or nothing is left. kept: files that nobody may delete now."""
    listed = list(stored)
    may_go = [each for each in listed if each.day < today - timedelta(days=1) and each.path not in kept]
    return _over_bytes(listed, may_go, bounds) or _for_space(may_go, bounds, disk)


def _over_bytes(stored: list[StoredDay], may_go: list[StoredDay], bounds: Bounds) -> Deletion | None:
    for owner, bound in sorted(bounds.engine_bytes.items()):
        used = sum(each.byte_count for each in stored if each.owner == owner)
        own = [each for each in may_go if each.owner == owner]
        if used > bound and own:
            oldest = min(own, key=lambda each: each.day)
            why = f"the days of this engine take {used:,} bytes, auto_delete_bytes is {bound:,}"
            return Deletion(oldest, f"{oldest} is the oldest day of {'/'.join(owner)}: {why}")
    return None


def _for_space(may_go: list[StoredDay], bounds: Bounds, disk: Disk) -> Deletion | None:
    wanted = bounds.free_percent
    if wanted is None or disk.free_percent >= wanted or not may_go:
        return None
    oldest = min(may_go, key=lambda each: (each.day, -each.byte_count, each.owner))
    why = f"{disk.free_percent:.1f} % of the disk are free, DELETE_OLDEST_BELOW_FREE_PERCENTAGE is {wanted}"
    return Deletion(oldest, f"{oldest} is the oldest of all days: {why}")
