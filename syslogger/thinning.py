"""Thinning: days that go because there is too much of them, chosen one by one, with the disk measured before each.

`storage.surplus` decides; here it is held against the files as they are: one that is open, or that holds rows of today
or yesterday whatever its name says, is left out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from syslogger.storage import days
from syslogger.storage.day_names import stored_days
from syslogger.storage.retention import Deletion, StoredDay, youngest_day
from syslogger.storage.surplus import Bounds, Disk, next_surplus


class Thinning:
    """One run over a data directory."""

    def __init__(self, root: Path, bounds: Bounds, today: date, zone: ZoneInfo) -> None:
        """Measure the disk. Raises StoreError."""
        self._root, self._bounds, self._today, self._zone = root, bounds, today, zone
        self._kept: set[Path] = set()
        self._reached = days.disk_of(root).free_bytes if bounds else 0

    def next(self) -> Deletion | None:
        """The day to delete next, everything measured anew; None: the bounds hold, or nothing is left.

        Whoever asks says what came of it: `is_gone`, or `stays`. Raises StoreError.
        """
        if not self._bounds:
            return None
        disk = days.disk_of(self._root)
        return self._next(stored_days(self._root), replace(disk, free_bytes=max(disk.free_bytes, self._reached)))

    def is_gone(self, stored: StoredDay) -> None:
        """It was deleted; its bytes count as free from now on, whoever still reads it."""
        self._reached += stored.byte_count

    def stays(self, stored: StoredDay) -> None:
        """It could not be deleted."""
        self._kept.add(stored.path)

    def preview(self, planned: list[Deletion]) -> list[Deletion]:
        """What would go behind deletions that are planned already. Raises StoreError."""
        gone = {each.stored.path for each in planned}
        left = [each for each in stored_days(self._root) if each.path not in gone]
        free_bytes = self._reached + sum(each.stored.byte_count for each in planned)
        disk, found = days.disk_of(self._root), list[Deletion]()
        while (deletion := self._next(left, replace(disk, free_bytes=free_bytes))) is not None:
            found.append(deletion)
            left.remove(deletion.stored)
            free_bytes += deletion.stored.byte_count
        return found

    def _next(self, stored: list[StoredDay], disk: Disk) -> Deletion | None:
        while (deletion := next_surplus(stored, self._bounds, disk, self._today, self._kept)) is not None:
            path = deletion.stored.path
            youngest = youngest_day(days.with_stamps(deletion.stored, self._zone), self._today)
            if youngest < self._today - timedelta(days=1) and not days.is_open(path):
                return deletion
            self._kept.add(path)
        return None
