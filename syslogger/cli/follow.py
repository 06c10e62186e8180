"""Following an engine's day files: rows in the order of their ids, from one day into the next.

Rules:
- Read-only, and a snapshot lives for one query: the writer's WAL can always be checkpointed. The rows of a query are a
  range of primary keys with a LIMIT, so its time is bounded by the rows it answers.
- The newest two days are watched, not the newest alone: after midnight the old day may still get rows (those on their
  way, and those received after a clock stepped back).
- A file is known by its name and its inode: one that was deleted and made anew is read from its first row.
- A file that the writer is still making (no tables yet, locked while its journal mode changes) is one without rows.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syslogger.errors import StoreError

Row = dict[str, object]

# One query answers at most so many rows: 1,000 of the longest lines (65,507 bytes) are 65 MB.
ROWS_A_QUERY = 1_000
# How long a query waits for a lock, e.g. while the first reader after a crash repairs the WAL index.
LOCK_SECONDS = 1.0
WATCHED_DAYS = 2

_DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.db")
# A reader of a WAL file needs its index; without an engine that keeps one, the reader itself has to make it.
_NO_RIGHTS = "; while its engine does not run, only a user who may write its folder can read a day file"
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DayFile:
    """One day file, open for reading; `last_id` is the newest row already given out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last_id = 0
        self._zone: ZoneInfo | None = None
        uri = f"file:{quote(str(path))}?mode=ro"
        # The writer adds columns while it runs; a cached statement would still describe the old ones.
        try:
            self._connection = sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, cached_statements=0)
        except sqlite3.Error as error:
            raise StoreError(f"cannot open {path}: {error}") from error
        self._connection.text_factory = _text

    def close(self) -> None:
        """Lets the file go."""
        self._connection.close()

    def ready(self) -> bool:
        """Whether the file has its tables; reads the day's time zone when it has."""
        tables = "select 1 from sqlite_master where name in ('entries', 'partition')"
        if self._zone is None and len(self._query(tables)) == 2:
            answer = self._query("select time_zone from partition")
            self._zone = _zone(self.path, str(answer[0]["time_zone"])) if answer else None
        return self._zone is not None

    def skip_to_end(self, keep: int) -> int:
        """Passes over all rows but the newest `keep`; answers how many it kept."""
        if not self.ready():
            return 0
        newest = self._query("select id from entries order by id desc limit 1 offset ?", keep)
        self.last_id = _number(newest, "id")
        return _number(self._query("select count(*) as kept from entries where id > ?", self.last_id), "kept")

    def rows(self, limit: int = ROWS_A_QUERY) -> list[Row]:
        """The next rows, oldest first, at most `limit`; empty when there is none yet."""
        if not self.ready():
            return []
        sql = "select * from entries where id > ? order by id limit ?"
        rows = [self._dated(row) for row in self._query(sql, self.last_id, limit)]
        self.last_id = _number(rows[-1:], "id") or self.last_id
        return rows

    def _query(self, sql: str, *values: int) -> list[Row]:
        try:
            cursor = self._connection.execute(sql, values)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if kind in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return []
            hint = _NO_RIGHTS if kind in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN) else ""
            raise StoreError(f"cannot read {self.path}: {error}{hint}") from error

    def _dated(self, row: Row) -> Row:
        try:
            local = (_EPOCH + _number([row], "received_at") * _MICROSECOND).astimezone(self._zone)
        except OverflowError as error:
            raise StoreError(f"{self.path}: row {row['id']} has a received_at beyond any calendar") from error
        stamp = {"date": self.path.stem, "time": local.isoformat(timespec="microseconds"), "time_zone": str(self._zone)}
        return {"id": row["id"], **stamp, **row}


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")


def _number(rows: list[Row], name: str) -> int:
    value = rows[0][name] if rows else 0
    return value if isinstance(value, int) else 0


def _zone(path: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StoreError(f"cannot read {path}: {name!r} is no time zone of this system") from error


def _read(day: DayFile, count: int) -> Iterator[list[Row]]:
    # Counted, because a live day may get rows faster than they are shown.
    while count > 0 and (rows := day.rows(min(count, ROWS_A_QUERY))):
        count -= len(rows)
        yield rows


class Follower:
    """The rows of one engine's folder as they are stored."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[tuple[str, int], DayFile] = {}

    def close(self) -> None:
        """Lets every file go."""
        while self._open:
            self._open.popitem()[1].close()

    def last(self, count: int) -> Iterator[list[Row]]:
        """The newest `count` rows, oldest first, over as many days as they lie in; `next` goes on after them."""
        kept: list[tuple[DayFile, int]] = []
        for key in reversed(self._listing()):
            if count <= 0 and len(kept) >= WATCHED_DAYS:
                break
            kept.insert(0, self._skipped(key, count, watch=len(kept) < WATCHED_DAYS))
            count -= kept[0][1]
        for day, rows_left in kept:
            yield from _read(day, rows_left)
            if day not in self._open.values():
                day.close()

    def _skipped(self, key: tuple[str, int], keep: int, *, watch: bool) -> tuple[DayFile, int]:
        day = DayFile(self._folder / key[0])
        if watch:
            self._open[key] = day
        return day, day.skip_to_end(max(keep, 0))

    def next(self) -> list[Row]:
        """Rows stored since; at most `ROWS_A_QUERY` of each watched day, and the older day's first."""
        watched = self._listing()[-WATCHED_DAYS:]
        for gone in self._open.keys() - set(watched):
            self._open.pop(gone).close()
        for key in watched:
            if key not in self._open:
                self._open[key] = DayFile(self._folder / key[0])
        return [row for key in watched for row in self._open[key].rows()]

    def _listing(self) -> list[tuple[str, int]]:
        try:
            with os.scandir(self._folder) as entries:
                return sorted((entry.name, entry.inode()) for entry in entries if _DAY_FILE.fullmatch(entry.name))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"cannot read {self._folder}: {error.strerror}") from error
