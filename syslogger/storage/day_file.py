"""A day file open for reading: what it says of itself, and tables out of it, through ADBC alone.

Rules
1. Never in a process that opens day files with `sqlite3`: POSIX locks belong to the process (`storage.database`).
2. A sealed file, and one without a WAL, is read as immutable: it would gain a WAL by being read. Should one that nobody
   had open change meanwhile, it is opened anew and the statement repeated.
3. Each statement is a snapshot of its own; ids without a gap, rows that never change and a greatest id that is asked
   for first make many of them one answer. So statements are kept short, and the WAL stays bounded.
4. Between two ids of `runs` stamps ascend as ids do: a time range is found by bisection, without an index.
"""

from __future__ import annotations

import datetime as dt
import os
import urllib.parse
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa
from adbc_driver_sqlite import dbapi

from syslogger.errors import StoreError
from syslogger.storage.database import DatabaseError, bound, store_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

FORMAT_VERSION = 2
BATCH_ROWS = 131_072  # of one Arrow batch: ADBC takes a column's type from its first one, so there is only one

_ABOUT = (
    "SELECT format_version, class, engine, day, time_zone, interval_start, interval_end,"
    " least_received_at, greatest_received_at FROM partition"
)
_RUNS_BY_SCAN = (
    "SELECT id FROM (SELECT id, received_at < lag(received_at) OVER (ORDER BY id) AS falls FROM entries) WHERE falls"
)


@dataclass(frozen=True, slots=True)
class Day:
    """What a day file says of itself; `stamp`: None while it may change, else what a change would change.

    runs: the first id of each run, ascending, from 1 on. least, greatest: of `received_at`, None without rows.
    """

    path: Path
    class_name: str
    engine: str
    day: dt.date
    time_zone: str
    start: int
    end: int
    least: int | None
    greatest: int | None
    last_id: int
    columns: Mapping[str, str]
    runs: tuple[int, ...]
    rollups: bool
    sealed: bool
    byte_count: int
    stamp: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """`class.engine.day`, the beginning of its rows' global ids."""
        return f"{self.class_name}.{self.engine}.{self.day.isoformat()}"

    @property
    def constants(self) -> dict[str, str]:
        """What is the same for all its rows and can be asked for like a field."""
        return {"class": self.class_name, "engine": self.engine, "day": self.day.isoformat()}


def stamp_of(path: Path) -> tuple[int, ...] | None:
    """What changes when the file does; None while it has a WAL: then only SQLite knows. Raises FileNotFoundError."""
    about = path.stat()
    if path.with_name(path.name + "-wal").exists():
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns


def bytes_of(path: Path) -> int:
    """How much a day takes, its WAL included. Raises FileNotFoundError."""
    total = path.stat().st_size
    with suppress(FileNotFoundError):
        total += path.with_name(path.name + "-wal").stat().st_size
    return total


class DayFile:
    """A read-only connection to a day file. Raises StoreError for all that is wrong with it, FileNotFoundError.

    batch_rows: the most that a statement gives whose columns are not of one type. ADBC reserves room for so many, 8
    bytes a column, before it reads the first: whoever holds many small tables asks for few.
    """

    def __init__(self, path: Path, batch_rows: int = BATCH_ROWS) -> None:
        self.path = path
        self._batch_rows = batch_rows
        self._open()

    def _open(self) -> None:
        self._stamp = stamp_of(self.path)
        uri = f"file:{urllib.parse.quote(os.fsencode(self.path.absolute()))}?mode=ro"
        try:
            self._connection = dbapi.connect(uri + ("&immutable=1" if self._stamp else ""), autocommit=True)
            self._cursor = self._connection.cursor()
            self._cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(self._batch_rows)})
        except DatabaseError as error:
            raise _trouble(self.path, error) from error

    def table(self, sql: str, parameters: Sequence[int | str | None] = ()) -> pa.Table:
        """The rows of a statement, at most `batch_rows`; a column without a value is of int64. Raises StoreError."""
        try:
            found = self._run(sql, parameters)
            if self._stamp is None or self._stamp == stamp_of(self.path):
                return found
            self.close()
            self._open()
            return self._run(sql, parameters)
        except DatabaseError as error:
            raise _trouble(self.path, error) from error

    def _run(self, sql: str, parameters: Sequence[int | str | None]) -> pa.Table:
        self._cursor.execute(sql, bound(parameters))
        return self._cursor.fetch_arrow_table()

    def rows(self, sql: str, parameters: Sequence[int | str | None] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement as tuples. Raises StoreError."""
        table = self.table(sql, parameters)
        with self.telling_damage():
            return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def dicts(self, sql: str, parameters: Sequence[int | str | None] = ()) -> list[dict[str, Any]]:
        """The rows of a statement by the names of their columns. Raises StoreError."""
        table = self.table(sql, parameters)
        with self.telling_damage():
            found: list[dict[str, Any]] = table.to_pylist()
        return found

    @contextmanager
    def telling_damage(self) -> Iterator[None]:
        """SQLite hands on bytes that are no text; whoever reads them finds out. Raises StoreError."""
        try:
            yield
        except UnicodeDecodeError as error:
            raise store_error(self.path, ValueError("malformed text")) from error

    @cached_property
    def day(self) -> Day | None:
        """What it says of itself; None when it was never completed."""
        if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'partition'"):
            return None
        version = self.rows("SELECT format_version FROM partition")[0][0]
        if version > FORMAT_VERSION:
            raise StoreError(f"{self.path}: was written by a newer Syslogger: upgrade this program")
        # first: a row that comes now is not asked for, and what is read below speaks of it as well
        last_id = self.rows("SELECT coalesce(max(id), 0) FROM entries")[0][0]
        _, owner, engine, day, zone, start, end, least, greatest = self.rows(_ABOUT)[0]
        tables = {name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = dict(self.rows("SELECT name, type FROM pragma_table_info('entries') ORDER BY cid"))
        runs = self.rows("SELECT first_id FROM runs ORDER BY 1" if "runs" in tables else _RUNS_BY_SCAN)
        return Day(
            self.path, owner, engine, dt.date.fromisoformat(day), zone, start, end, least, greatest, last_id, columns,
            (1, *(first for (first,) in runs if 1 < first <= last_id)), "rollup_severity" in tables,
            not self.path.stat().st_mode & 0o222, bytes_of(self.path), self._stamp,
        )  # fmt: skip

    def stamp_at(self, row_id: int) -> int:
        """The `received_at` of a row that is there."""
        return int(self.table("SELECT received_at FROM entries WHERE id = ?", (row_id,))["received_at"][0].as_py())

    def first_where(self, first: int, last: int, reached: Callable[[int, int], bool]) -> int:
        """The least id of [first, last] for whose (received_at, id) `reached` says yes, or last + 1. Within one run."""
        while first <= last:
            middle = (first + last) // 2
            if reached(self.stamp_at(middle), middle):
                last = middle - 1
            else:
                first = middle + 1
        return first

    def close(self) -> None:
        """Close it."""
        self._cursor.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _trouble(path: Path, error: Exception) -> StoreError:
    if "Cannot allocate memory" in str(error) or "out of memory" in str(error):
        raise MemoryError(str(error)) from error  # nothing is wrong with the day
    if "malformed" in str(error) or "not a database" in str(error):
        return store_error(path, error)
    return StoreError(f"{path}: cannot be read: {error}")
