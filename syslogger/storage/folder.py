"""Folder: the day files of one engine, and which of them a row belongs to.

A day is opened when its first row comes or its first minute begins, and let go an hour after the next one took over,
so that a late row finds its day; later ones go to the oldest file still open: while an engine runs, days are begun
forwards only. Intervals come from `storage.day`: they never overlap and leave no gap.

A day that is over is sealed by another process, at any moment: its file then allows no writing, and is asked for that
each time. A row of a sealed day goes to the oldest file behind that day which is not sealed, else to the newest one;
only where all are sealed is the day opened again, and the operator hears of it.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from syslogger.clients import parse_network
from syslogger.errors import ConfigError, Problem
from syslogger.storage.database import Database, DatabaseError, store_error
from syslogger.storage.day import choose
from syslogger.storage.minute_book import abandon_leftover
from syslogger.storage.partition import Partition, Summary, summarize

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from syslogger.config import EngineSettings, LogClass
    from syslogger.storage.day import DayInterval

LINGER_SECONDS = 3600.0
SUFFIX = ".db"


class Folder:
    """The day files of one engine, for its writer."""

    def __init__(self, settings: EngineSettings, warn: Callable[[str], None]) -> None:
        self.path = settings.folder
        self._owner = (settings.log_class.name, settings.engine.name)
        self._log_class = settings.log_class
        self._classes = {settings.log_class.mark: settings.log_class}
        self._zone = ZoneInfo(settings.time_zone)
        self._networks = _networks(settings)
        self._named: dict[str, tuple[str, str]] = {}
        self._warn = warn
        self._known: dict[dt.date, DayInterval] = {}
        self._open: dict[dt.date, Partition] = {}
        self._superseded: dict[dt.date, float] = {}
        self.cursor = 0
        self.bookings = 0
        self.last_received_at: int | None = None
        self._last_booked: Summary | None = None
        self._rows: dict[dt.date, int] = {}
        self._told: set[dt.date] = set()

    # -- starting --------------------------------------------------------------------------------------------------

    def recover(self) -> None:
        """Read every day file: their intervals, how far batches are settled, which client names have rows.

        Raises StoreError (no rights, damaged, newer format) and ConfigError (a name given to another range).
        """
        for path in sorted(self.path.glob("????-??-??" + SUFFIX)):
            summary = self._summary(path)
            if summary is not None:
                self._take_in(path, summary)

    def _summary(self, path: Path) -> Summary | None:
        try:
            # root may write what is sealed: to open it so would give it a WAL
            unchanged = not path.stat().st_size or _is_sealed(path) or not os.access(path, os.W_OK)
            database = Database(path, read_only=unchanged)
            try:
                return summarize(database)
            finally:
                database.close()
        except FileNotFoundError:
            return None  # its day was deleted this moment
        except (DatabaseError, OSError) as error:
            if "file is not a database" not in str(error):
                raise store_error(path, error) from error
            aside = path.with_suffix(f".broken-{time.time_ns()}")
            path.rename(aside)
            self._warn(f"{path} is no SQLite file; it was moved aside to {aside.name}")
            return None

    def _take_in(self, path: Path, summary: Summary) -> None:
        self._named |= {name: (network, path.name) for name, network in summary.clients.items()}
        self._refuse_moved_names(self._networks)
        interval = summary.interval
        self._rows[interval.day] = summary.rows
        self._known[interval.day] = interval
        cursor = summary.last_sequence << 16 | summary.last_row
        if summary.bookings > self.bookings:
            self.bookings, self._last_booked = summary.bookings, summary
        if cursor >= self.cursor:
            self.cursor, self.last_received_at = cursor, summary.last_received_at or self.last_received_at

    def _refuse_moved_names(self, networks: dict[str, str]) -> None:
        for name, (network, where) in self._named.items():
            given = networks.get(name, network)
            if given != network:
                wrong = f"client name {name!r} has rows of {network} in {where}; it cannot stand for {given}"
                raise ConfigError([Problem("clients", wrong, f"give {given} another name")])

    # -- changing ------------------------------------------------------------------------------------------------

    def use(self, settings: EngineSettings) -> None:
        """Take other clients and another version of the class, whose new columns are added to the open files.

        Batches read with an earlier version may still come. Raises ConfigError (a name given to another range),
        DatabaseError; the folder is as it was then, but for columns that nobody fills.
        """
        networks = _networks(settings)
        self._refuse_moved_names(networks)
        for partition in self._open.values():
            partition.add_columns(settings.log_class)
            partition.database.commit()
        self._networks |= networks  # a batch on its way may still speak of a client that is gone
        self._log_class = settings.log_class
        self._classes[settings.log_class.mark] = settings.log_class

    def class_of(self, mark: int) -> LogClass:
        """The version of the class that a worker has read a batch with."""
        return self._classes.get(mark, self._log_class)

    @property
    def live_rows(self) -> int:
        """Rows of the newest open file."""
        return max(self._open.values(), key=lambda each: each.interval.start).rows if self._open else 0

    def rows_by_day(self) -> dict[str, int] | None:
        """The rows of each day as last known; None while the days are those that were asked for last."""
        self._rows |= {day: partition.rows for day, partition in self._open.items()}
        if self._told == self._rows.keys():
            return None
        self._told = set(self._rows)
        return {day.isoformat(): rows for day, rows in sorted(self._rows.items())}

    def name_leftover(self) -> int:
        """Book what was in flight when the engine last ended without a drain as abandoned; returns how many.

        The file is closed again: were it open, a clock that is right again would never get away from the file of a
        day it was wrong about. Raises DatabaseError.
        """
        last = self._last_booked
        if last is None or not last.in_flight or not _is_ours(self._path(last.interval.day)):
            return 0
        partition = self._open_file(self._known[last.interval.day])
        try:
            lost = abandon_leftover(partition)
            partition.database.commit()
        finally:
            partition.database.close()
        return lost

    # -- which file ----------------------------------------------------------------------------------------------

    def route(self, instant: int) -> Partition:
        """The open file that takes a row received at `instant` (microseconds). Raises DatabaseError, StoreError."""
        for partition in self._open.values():
            if instant in partition.interval:
                return partition
        by_age = sorted(self._open.values(), key=lambda partition: partition.interval.start)
        if by_age and instant < by_age[-1].interval.start:
            return by_age[0]
        return self._roll_over(instant, [partition.interval.end for partition in by_age[-1:]])

    def _roll_over(self, instant: int, newest_end: list[int]) -> Partition:
        # the day after the one we are in is chosen from its end on, so that a new time zone leaves no gap
        known = list(self._known.values())
        for moment in (*newest_end, instant):
            chosen = choose(moment, self._zone, known).interval
            if instant in chosen:
                break
        return self._use(self._unsealed(chosen))

    def _unsealed(self, wanted: DayInterval) -> DayInterval:
        """The day itself, unless it is sealed and another one is not."""
        if wanted.day in self._open or not _is_sealed(self._path(wanted.day)):
            return wanted
        known = sorted(self._known.values(), key=lambda each: each.start)
        others = [each for each in known if _may_grow(self._path(each.day))]
        later = [each for each in others if each.start > wanted.start]
        return next(iter(later or reversed(others)), wanted)

    def _use(self, interval: DayInterval) -> Partition:
        partition = self._open.get(interval.day)
        if partition is None:
            partition = self._open_file(interval)
            now = time.monotonic()
            self._superseded |= dict.fromkeys(self._open.keys() - self._superseded.keys(), now)
            self._open[interval.day] = partition
        elif partition.interval != interval:
            partition.use_interval(interval)
            partition.use_class(self._log_class)
            partition.database.commit()
        self._known[interval.day] = interval
        return partition

    def _open_file(self, interval: DayInterval) -> Partition:
        path = self._path(interval.day)
        self._unseal(path)
        partition = Partition.open(path, interval, self._owner, self._log_class, self.cursor, self._warn)
        self._unseal(path)  # it may have been sealed between the two; whoever seals it now finds it open
        return partition

    def _unseal(self, path: Path) -> None:
        if _is_sealed(path):
            path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IWUSR)
            self._warn(f"{path} was sealed and is open again: rows came for it, and no other day was open for them")

    def _path(self, day: dt.date) -> Path:
        return self.path / f"{day.isoformat()}{SUFFIX}"

    def confirm(self, end: int, last_received_at: int | None) -> None:
        """Rows up to the cursor `end` are committed, the last of them stamped so."""
        self.cursor = end - (1 << 16)
        self.last_received_at = last_received_at

    def reopen(self) -> int:
        """Open every open file anew after an error; returns the number of the last committed transaction."""
        return max((partition.reopen() for partition in self._open.values()), default=0)

    # -- ending --------------------------------------------------------------------------------------------------

    def let_go(self) -> None:
        """Close the files that another took over from an hour ago."""
        for day, since in list(self._superseded.items()):
            if time.monotonic() - since >= LINGER_SECONDS:
                self._open.pop(day).database.close()
                del self._superseded[day]

    def close(self) -> None:
        """Close every file; the last connection checkpoints it."""
        for partition in self._open.values():
            partition.database.close()
        self._open.clear()

    def networks(self, names: set[str]) -> dict[str, str]:
        """The ranges the client names stand for; from now on they have rows."""
        networks = {name: self._networks[name] for name in names}
        self._named |= {name: (network, "the live day") for name, network in networks.items()}
        return networks


def _is_sealed(path: Path) -> bool:
    """Whether there is such a day that nobody may write any more."""
    try:
        return not path.stat().st_mode & 0o222
    except FileNotFoundError:
        return False


def _may_grow(path: Path) -> bool:
    return path.exists() and not _is_sealed(path)


def _is_ours(path: Path) -> bool:
    return os.access(path, os.W_OK) or (_is_sealed(path) and path.stat().st_uid == os.geteuid())


def _networks(settings: EngineSettings) -> dict[str, str]:
    # canonical: 10.* and 10.0.0.0/8 are one range
    return {client.name: str(parse_network(client.address)) for client in settings.engine.clients}


def prepare(path: Path) -> None:
    """Make an engine's folder and see that it can be written. Raises StoreError."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise store_error(path, error) from error
