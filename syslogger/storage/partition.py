"""Partition: one day of one engine, one SQLite file, and the tables it is made of.

entries         the rows: id from 1, `received_at` in us since the epoch, client, sender, PRI, the class's columns, line
log             what people read: a view with local time, computed from the day's UTC offsets written into it
partition       one row: whose day this is, its interval, what it holds, how far batches are settled (`last_sequence`,
                and `last_row` of the next batch), the number of its last transaction, the minute that one booked
                (`last_minute`: not the greatest when the clock stepped back), and the format version
class_versions  which patterns filled which rows: from `from_id` on
ledger          the loss ledger by the minute
clock_steps     where the clock stepped back by more than a second
clients         names that have rows, with the range each stood for
runs            ids whose `received_at` is lower than that of the row before: between two of them stamps never go back
rollup_*        what each minute holds, by severity and by sender: see `rollup_sql`

A file of format 1 has no runs and no rollups, and stays as it is when it is continued: they would lack its first rows.

A file is made in one transaction: one without its tables was never used, and is completed when it is met again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from syslogger.errors import StoreError
from syslogger.ledger import DROP_REASONS, Counts
from syslogger.query.quoting import quoted
from syslogger.storage.database import Database
from syslogger.storage.day import DayInterval, local_time_sql, offsets
from syslogger.storage.rollup_sql import TABLES as ROLLUP_TABLES
from syslogger.storage.rollups import Rollups
from syslogger.storage.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from syslogger.config import LogClass
    from syslogger.storage.attempt import Attempt

FORMAT_VERSION = 2
BASE_COLUMNS = (
    ("id", "INTEGER PRIMARY KEY"),
    ("received_at", "INTEGER NOT NULL"),
    ("client", "TEXT NOT NULL"),
    ("log_sender_ip", "TEXT NOT NULL"),
    ("facility", "INTEGER"),
    ("severity", "INTEGER"),
)
ORIGINAL = "original_log"
LEDGER_SUMS = ("offered", "kernel_dropped", "received", "stored", "refused", "empty", "unexplained", "truncated")

_TABLES = (
    (
        "CREATE TABLE partition (format_version INTEGER NOT NULL, class TEXT NOT NULL, engine TEXT NOT NULL,"
        " day TEXT NOT NULL, time_zone TEXT NOT NULL, interval_start INTEGER NOT NULL, interval_end INTEGER NOT NULL,"
        " least_received_at INTEGER, greatest_received_at INTEGER, last_sequence INTEGER NOT NULL,"
        " last_row INTEGER NOT NULL, bookings INTEGER NOT NULL, last_minute INTEGER, sealed_at INTEGER)"
    ),
    (
        "CREATE TABLE class_versions (version INTEGER PRIMARY KEY, digest TEXT NOT NULL, from_id INTEGER NOT NULL,"
        " patterns TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE ledger (minute INTEGER PRIMARY KEY, offered INTEGER NOT NULL, kernel_dropped INTEGER NOT NULL,"
        " received INTEGER NOT NULL, stored INTEGER NOT NULL, refused INTEGER NOT NULL, empty INTEGER NOT NULL,"
        " dropped TEXT NOT NULL, in_flight INTEGER NOT NULL, unexplained INTEGER NOT NULL, truncated INTEGER NOT NULL)"
    ),
    (
        "CREATE TABLE clock_steps (sequence INTEGER NOT NULL, from_received_at INTEGER NOT NULL,"
        " to_received_at INTEGER NOT NULL)"
    ),
    "CREATE TABLE clients (name TEXT PRIMARY KEY, network TEXT NOT NULL)",
    "CREATE TABLE runs (first_id INTEGER PRIMARY KEY)",
    *ROLLUP_TABLES,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a day file says of itself."""

    interval: DayInterval
    last_sequence: int
    last_row: int
    bookings: int
    last_received_at: int | None
    clients: dict[str, str]
    class_digest: str | None = None
    rows: int = 0
    in_flight: int = 0
    format_version: int = FORMAT_VERSION


def summarize(database: Database) -> Summary | None:
    """Read a file's own description; None when it was never completed. Raises StoreError for a newer format."""
    if not database.rows("SELECT 1 FROM sqlite_master WHERE name = 'partition'"):
        return None
    # alone and first: a newer format may have no other column that this program knows
    version = database.rows("SELECT format_version FROM partition")[0][0]
    if version > FORMAT_VERSION:
        raise StoreError(
            f"{database.path}: was written by a newer Syslogger (format {version}, this one knows {FORMAT_VERSION}):"
            " upgrade this program, or keep the file elsewhere"
        )
    found = database.rows(
        "SELECT day, interval_start, interval_end, time_zone, last_sequence, last_row, bookings,"
        " (SELECT received_at FROM entries ORDER BY id DESC LIMIT 1), (SELECT coalesce(max(id), 0) FROM entries),"
        " (SELECT digest FROM class_versions ORDER BY version DESC LIMIT 1),"
        " (SELECT in_flight FROM ledger WHERE minute = last_minute) FROM partition"
    )
    day, start, end, zone, sequence, row, bookings, last_stamp, rows, class_digest, in_flight = found[0]
    clients = dict(database.rows("SELECT name, network FROM clients"))
    interval = DayInterval(dt.date.fromisoformat(day), start, end, zone)
    return Summary(interval, sequence, row, bookings, last_stamp, clients, class_digest, rows, in_flight or 0, version)


class Partition:
    """A day file open for writing, by the one process that may. Every method is inside the open transaction."""

    def __init__(self, database: Database, summary: Summary) -> None:
        self.database = database
        self._class_digest: str | None = None
        self._take(summary)

    @classmethod
    def open(
        cls,
        path: Path,
        interval: DayInterval,
        owner: tuple[str, str],
        log_class: LogClass,
        cursor: int,
        warn: Callable[[str], None],
    ) -> Partition:
        """Open a day's file, making or completing it, with the columns of the class. Raises DatabaseError, StoreError.

        owner: class and engine; cursor: how far batches are settled, written into a new file; warn: see Database.
        """
        database = Database(path, warn=warn)
        try:
            summary = summarize(database)
            if summary is None:
                _create(database, interval, owner, log_class, cursor)
                summary = Summary(interval, cursor >> 16, cursor & 0xFFFF, 0, None, {})
            partition = cls(database, summary)
            partition.unseal()
            partition.use_interval(interval)
            partition.use_class(log_class)
            database.commit()
        except BaseException:  # whatever it was goes on; only the open file must not stay behind
            database.close()
            raise
        return partition

    def unseal(self) -> None:
        """Say that the file is open again."""
        # a file of format 1 has the column when it was sealed, and only then
        if self.database.rows("SELECT 1 FROM pragma_table_info('partition') WHERE name = 'sealed_at'"):
            self.database.execute("UPDATE partition SET sealed_at = NULL WHERE sealed_at IS NOT NULL")

    def use_interval(self, interval: DayInterval) -> None:
        """Take the interval as it is from now on (a day may be extended when the time zone changes)."""
        self.interval = interval
        self.database.execute(
            "UPDATE partition SET interval_start = ?, interval_end = ?", (interval.start, interval.end)
        )

    def use_class(self, log_class: LogClass) -> None:
        """Add columns the class has gained, note its version, and show the columns in the view."""
        self.add_columns(log_class)
        self.note_class(log_class)

    def add_columns(self, log_class: LogClass) -> None:
        """Add columns the class has gained, and show them in the view."""
        columns = self._columns()
        for name, kind in log_class.columns:
            if name not in columns:
                self.database.execute(f"ALTER TABLE entries ADD COLUMN {quoted(name)} {kind}")
                columns.append(name)
        self._make_view(columns)

    def note_class(self, log_class: LogClass) -> None:
        """Note from which row on these patterns fill the rows, when they are others than before."""
        if log_class.digest == self._class_digest:
            return
        last = self.database.rows("SELECT coalesce(max(version), 0) FROM class_versions")[0][0]
        next_id = self.database.rows("SELECT coalesce(max(id), 0) + 1 FROM entries")[0][0]
        patterns = orjson.dumps({field.name: field.pattern for field in log_class.fields}).decode()
        self.database.execute(
            "INSERT INTO class_versions VALUES (?, ?, ?, ?)", (last + 1, log_class.digest, next_id, patterns)
        )
        self._class_digest = log_class.digest

    def reopen(self) -> int:
        """Open the file anew after an error; returns the number of the last transaction that is committed here.

        What was noted of a transaction that failed is forgotten. Raises DatabaseError.
        """
        self.database.reopen()
        summary = summarize(self.database)
        assert summary is not None, "the tables were committed before anything else"
        self._take(summary)
        return summary.bookings

    def _take(self, summary: Summary) -> None:
        self.interval = summary.interval
        self.clients = dict(summary.clients)
        self._class_digest = summary.class_digest
        self.rows = summary.rows
        self._last_stamp = summary.last_received_at
        # of a file of format 1 neither runs nor sums can be continued
        self._rollups = Rollups(self.database) if summary.format_version > 1 else None

    def roll_up(self, attempt: Attempt, minute: int) -> None:
        """Add the attempt's rows to the runs and to the sums, and what else it settles to those of `minute`."""
        if self._rollups is None:
            return
        self._note_runs(attempt)
        tally = Tally()
        for piece, stamps in attempt.answered():
            tally.take(piece, stamps, minute)
        self._rollups.add(tally, minute)

    def _note_runs(self, attempt: Attempt) -> None:
        first_id, runs = attempt.first_id, []
        for stamps in filter(len, attempt.stamps):
            if self._last_stamp is not None and stamps[0] < self._last_stamp:
                runs.append(first_id)
            runs += (np.flatnonzero(np.diff(stamps) < 0) + (first_id + 1)).tolist()
            first_id, self._last_stamp = first_id + len(stamps), int(stamps[-1])
        for each in runs:
            self.database.execute("INSERT INTO runs VALUES (?)", (each,))

    def advance(self, sequence: int, row: int, bookings: int, least: int | None, greatest: int | None) -> None:
        """Note how far batches are settled and which stamps the file holds (None: no row came)."""
        self.database.execute(
            "UPDATE partition SET last_sequence = ?, last_row = ?, bookings = ?,"
            " least_received_at = min(coalesce(least_received_at, ?4), coalesce(?4, least_received_at)),"
            " greatest_received_at = max(coalesce(greatest_received_at, ?5), coalesce(?5, greatest_received_at))",
            (sequence, row, bookings, least, greatest),
        )

    def note_clients(self, names: dict[str, str]) -> None:
        """Remember names that have rows here, and the range each stands for."""
        for name in names.keys() - self.clients.keys():
            self.database.execute("INSERT OR IGNORE INTO clients VALUES (?, ?)", (name, names[name]))
            self.clients[name] = names[name]

    def note_clock_step(self, sequence: int, from_received_at: int, to_received_at: int) -> None:
        """Remember that the clock stepped back."""
        self.database.execute("INSERT INTO clock_steps VALUES (?, ?, ?)", (sequence, from_received_at, to_received_at))

    def minute(self, minute: int) -> tuple[dict[str, int], Counts] | None:
        """The sums of one minute and its drops, as written so far."""
        found = self.database.rows(f"SELECT {', '.join(LEDGER_SUMS)}, dropped FROM ledger WHERE minute = ?", (minute,))
        if not found:
            return None
        dropped = orjson.loads(found[0][-1])
        drops = Counts(dropped=tuple(int(dropped.get(reason.value, 0)) for reason in DROP_REASONS))
        return dict(zip(LEDGER_SUMS, found[0][:-1], strict=True)), drops

    def write_minute(self, minute: int, sums: dict[str, int], dropped: dict[str, int], in_flight: int) -> None:
        """Write one minute of the ledger whole, and that it is the one written last."""
        columns = (*LEDGER_SUMS, "dropped", "in_flight", "minute")
        numbers = [sums[name] for name in LEDGER_SUMS]
        values: tuple[int | str, ...] = (*numbers, orjson.dumps(dropped).decode(), in_flight, minute)
        places = ", ".join("?" * len(columns))
        self.database.execute(f"INSERT OR REPLACE INTO ledger ({', '.join(columns)}) VALUES ({places})", values)
        self.database.execute("UPDATE partition SET last_minute = ?", (minute,))

    def last_minute(self) -> tuple[int, int] | None:
        """The minute of the ledger that was written last and what was in flight then."""
        found = self.database.rows("SELECT minute, in_flight FROM ledger, partition WHERE minute = last_minute")
        return found[0] if found else None

    # -- making --------------------------------------------------------------------------------------------------------

    def _columns(self) -> list[str]:
        return [str(row[0]) for row in self.database.rows("SELECT name FROM pragma_table_info('entries') ORDER BY cid")]

    def _make_view(self, columns: Sequence[str]) -> None:
        base = {name for name, _ in BASE_COLUMNS}
        fields = [quoted(name) for name in columns if name not in base and name != ORIGINAL]
        zone = self.interval.time_zone
        time = local_time_sql("received_at", offsets(self.interval.start, self.interval.end, ZoneInfo(zone)))
        shown = ", ".join(["log_sender_ip", f"{time} AS time", f"{_literal(zone)} AS time_zone", *fields, ORIGINAL])
        self.database.execute("DROP VIEW IF EXISTS log")
        self.database.execute(f"CREATE VIEW log AS SELECT {shown} FROM entries")


def _create(
    database: Database, interval: DayInterval, owner: tuple[str, str], log_class: LogClass, cursor: int
) -> None:
    all_columns = (*BASE_COLUMNS, *log_class.columns, (ORIGINAL, "TEXT"))
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in all_columns)
    database.execute(f"CREATE TABLE entries ({columns})")
    for table in _TABLES:
        database.execute(table)
    values: tuple[int | str | None, ...] = (
        FORMAT_VERSION, *owner, interval.day.isoformat(), interval.time_zone, interval.start, interval.end,
        None, None, cursor >> 16, cursor & 0xFFFF, 0, None, None,
    )  # fmt: skip
    database.execute(f"INSERT INTO partition VALUES ({', '.join('?' * len(values))})", values)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
