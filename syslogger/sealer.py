"""Sealer: which days are to be sealed now, and what is told of those that cannot be.

Rules
1. A day is due an hour after the end of its interval, when nobody has it open. While the clock is in doubt none is.
2. A look is cheap: names and modes of all files, and only of past days that are not sealed their locks and intervals.
3. A day in use is left for the next look without a word. One that cannot be sealed is left for an hour, and told once a
   day; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from syslogger.errors import StoreError, SysloggerError
from syslogger.events import EventKind
from syslogger.notebook import Notebook, Tell
from syslogger.storage import days
from syslogger.storage.day import HOUR_US, day_of
from syslogger.storage.day_names import stored_days
from syslogger.storage.jobs import Work
from syslogger.storage.retention import StoredDay
from syslogger.storage.sealing import WAIT_US, DayInUseError, seal

AGAIN_US = HOUR_US


class Sealer:
    """Seals the days of a data directory, for whoever holds its lock. give_up: whether a day is to be left for later.

    `due` and the work are never done at the same time: both open files that SQLite has open meanwhile.
    """

    def __init__(self, root: Path, notebook: Notebook, zone: ZoneInfo, tell: Tell, give_up: Callable[[], bool]) -> None:
        self._root, self._notebook, self._zone = root, notebook, zone
        self._tell, self._give_up = tell, give_up
        self._left: dict[Path, int] = {}
        self._told: dict[Path, date] = {}

    def due(self) -> list[StoredDay]:
        """The days that can be sealed now. Raises StoreError: a folder cannot be read."""
        if self._notebook.waits:
            return []
        now_us, today = self._now()
        past = [each for each in stored_days(self._root) if each.day < today]
        return [
            each
            for each in past
            if not days.is_sealed(each.path) and now_us >= self._left.get(each.path, 0) and self._is_ripe(each, now_us)
        ]

    def work(self) -> Work:
        """Seal the days that are due; what it tells has the reason when none may be."""
        wanted = self.due()
        troubles: list[str] = []
        yield from self._each(wanted, troubles)
        if self._notebook.waits and not wanted:
            return f"nothing is sealed now: {self._notebook.waits}"
        return _told(len(wanted), troubles)

    def named(self, wanted: list[StoredDay]) -> Work:
        """Seal these days because an operator wants it. Raises SysloggerError with the reason for each that is not."""
        if self._notebook.waits:
            raise SysloggerError(f"nothing is sealed now: {self._notebook.waits}")
        troubles: list[str] = []
        yield from self._each(wanted, troubles)
        if troubles:
            raise SysloggerError(_told(len(wanted), troubles))
        return _told(len(wanted), troubles)

    def _each(self, wanted: list[StoredDay], troubles: list[str]) -> Iterator[tuple[int, int]]:
        yield 0, len(wanted)
        for number, stored in enumerate(wanted, 1):
            try:
                self._seal(stored)
            except DayInUseError as error:
                troubles.append(f"{stored}: {error}")
            except StoreError as error:
                self._leave(stored, error)
                troubles.append(str(error))
            yield number, len(wanted)

    def _seal(self, stored: StoredDay) -> None:
        if days.is_sealed(stored.path):
            return
        now_us, _ = self._now()
        if not _is_over(stored, now_us):
            raise DayInUseError("it is sealed one hour after its end")
        seal(stored.path, now_us, self._give_up)
        self._left.pop(stored.path, None)
        details = {"class": stored.class_name, "engine": stored.engine, "day": stored.day.isoformat()}
        size = stored.path.stat().st_size
        self._tell(EventKind.DAY_SEALED, f"{stored} is sealed: nobody changes it any more", **details, bytes=size)

    def _is_ripe(self, stored: StoredDay, now_us: int) -> bool:
        try:
            return not days.is_open(stored.path) and _is_over(stored, now_us)
        except StoreError as error:
            self._leave(stored, error)
            return False

    def _leave(self, stored: StoredDay, error: StoreError) -> None:
        now_us, today = self._now()
        self._left[stored.path] = now_us + AGAIN_US
        if self._told.get(stored.path) != today:
            self._told[stored.path] = today
            details = {"class": stored.class_name, "engine": stored.engine, "day": stored.day.isoformat()}
            self._tell(EventKind.WARNING, f"{stored} stays unsealed, and is whole as it was: {error}", **details)

    def _now(self) -> tuple[int, date]:
        now_us = self._notebook.now.verdict.wall_us
        return now_us, day_of(now_us, self._zone)


def _is_over(stored: StoredDay, now_us: int) -> bool:
    end_us = days.interval_end(stored.path)
    return end_us is not None and end_us + WAIT_US <= now_us


def _told(wanted: int, troubles: list[str]) -> str:
    told = f"sealed {wanted - len(troubles)} of {wanted} days"
    return f"{told}; {'; '.join(troubles[:3])}" if troubles else told
