"""Day copy: a day as a file of its own. A sealed one byte for byte; of a live one a new file of the same schema.

Never in a process that opens day files with `sqlite3`: the copy is made by ADBC's own SQLite.

Rules
1. The small tables and the greatest id are taken in one snapshot: ledger, rollups and rows are of one moment.
2. Rows follow by ranges of ids, each a short snapshot and a transaction of the copy: the day's WAL stays bounded.
3. A copy that is not whole has the table `copying` with the last id that belongs to it. So whoever is killed goes on.
"""

from __future__ import annotations

import os
import stat
import tempfile
import urllib.parse
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adbc_driver_sqlite import dbapi

from syslogger.errors import StoreError
from syslogger.query.exports import Chunk, ExportBound, ExportPlace, ExportRequest
from syslogger.query.quoting import quoted
from syslogger.storage.catalogue import Files
from syslogger.storage.database import PAGE_BYTES, DatabaseError, bound, store_error
from syslogger.storage.day_file import stamp_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from syslogger.storage.day_file import Day

COPIED_ROWS = 32_768
PIECE_BYTES = 4 << 20
_FULL = ("disk is full", "No space left", "Disk quota exceeded")


def copied_day(root: Path, request: ExportRequest, place: ExportPlace | None) -> Iterator[Chunk]:
    """The day file of a request as bytes. Raises StoreError: no such day, damaged, changed meanwhile."""
    path = root / f"{request.days[0]}.db"
    day = described(path)
    if is_sealed(day):
        yield from _pieces(path, day, request, place)
        return
    if place is not None:
        raise StoreError(f"{day.name} is still written: its copy is begun anew, not gone on with")
    try:
        with tempfile.TemporaryDirectory(dir=request.scratch) as folder:
            copy = Path(folder) / path.name
            for _ in copying(path, copy):
                pass
            yield from _pieces(copy, day, request, None)
    except FileNotFoundError as error:
        raise StoreError(f"{day.name} was deleted while it was exported: there is nothing to take") from error
    except OSError as error:
        raise _trouble(path, request.scratch or Path(tempfile.gettempdir()), error) from error


def described(path: Path) -> Day:
    """What a day file says of itself. Raises StoreError: there is none."""
    files = Files()
    try:
        day = files.of(path).day
    except FileNotFoundError as error:
        raise StoreError(f"there is no stored day {path}: `syslogger days list` shows those there are") from error
    finally:
        files.close()
    if day is None:
        raise StoreError(f"{path} was never completed: there is nothing to take")
    return day


def is_sealed(day: Day) -> bool:
    """Whether its file is taken as it is."""
    return day.sealed and day.stamp is not None


# -- byte for byte ----------------------------------------------------------------------------------------------------


def _pieces(path: Path, day: Day, request: ExportRequest, place: ExportPlace | None) -> Iterator[Chunk]:
    with path.open("rb") as file:
        about = _about(file.fileno())
        if place is None:
            last_ids = {day.name: day.last_id}
            frozen = ExportBound(last_ids=last_ids, columns=dict(day.columns), file=about)
            place = ExportPlace(query=request.asked_as, since=None, until=None, bound=frozen)
        file.seek(place.bytes)
        while not place.whole:
            if about != place.bound.file:
                raise StoreError(f"{day.name} was changed while it was exported: begin the export anew")
            data = file.read(PIECE_BYTES)
            given, total = place.bytes + len(data), about[0]
            rows = day.last_id * given // max(total, 1)
            place = place.model_copy(update={"bytes": given, "rows": rows, "whole": given >= total or not data})
            yield Chunk(data, rows, place.encoded(), day.last_id - rows)
            about = _about(file.fileno())


def _about(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_size, found.st_mtime_ns


# -- a new file -------------------------------------------------------------------------------------------------------


def copying(source: Path, target: Path) -> Generator[tuple[int, int], None, None]:
    """Copy a day that is written into a new file, or go on with one: the last id that is there, and that will be.

    Raises StoreError: the day cannot be read, or the copy not be written; FileNotFoundError: the day is gone.
    """
    with ExitStack() as opened:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, stat.S_IRUSR | stat.S_IWUSR))
        stamp = stamp_of(source)
        try:
            connection = opened.enter_context(closing(dbapi.connect(_uri(target, "rw"), autocommit=True)))
            copy = _Copy(opened.enter_context(closing(connection.cursor())))
            copy.attach(_uri(source, "ro") + ("&immutable=1" if stamp else ""))
            last_id, greatest = copy.begin()
            while last_id < greatest:
                last_id = copy.take(last_id, greatest)
                yield last_id, greatest
            copy.end()
        except DatabaseError as error:
            raise _trouble(source, target, error) from error
        if stamp is not None and stamp != stamp_of(source):
            raise StoreError(f"{source} was changed while it was copied: begin the export anew")
    yield greatest, greatest


class _Copy:
    """The new file, with the day attached as `day`."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def attach(self, uri: str) -> None:
        self._run(f"PRAGMA page_size = {PAGE_BYTES}")
        self._run("PRAGMA synchronous = NORMAL")
        self._run("ATTACH ? AS day", (uri,))

    def begin(self) -> tuple[int, int]:
        """Take everything but the rows, if that was not done; the last id that is there, and that will be."""
        if not self._rows("SELECT 1 FROM main.sqlite_master WHERE name = 'entries'"):
            self._run("BEGIN IMMEDIATE")
            self._take_small_tables()
            self._run("COMMIT")
        last_id = self._rows("SELECT coalesce(max(id), 0) FROM main.entries")[0][0]
        still = self._rows("SELECT 1 FROM main.sqlite_master WHERE name = 'copying'")
        greatest = self._rows("SELECT last_id FROM main.copying")[0][0] if still else last_id
        return last_id, greatest

    def _take_small_tables(self) -> None:
        self._run("CREATE TABLE copying AS SELECT coalesce(max(id), 0) AS last_id FROM day.entries")
        things = self._rows(
            "SELECT type, name, sql FROM day.sqlite_master WHERE type IN ('table', 'view', 'index')"
            " AND sql IS NOT NULL AND name NOT LIKE 'sqlite^_%' ESCAPE '^'"
            " ORDER BY type = 'view', type = 'index', rowid"
        )
        for _, _, sql in things:
            self._run(sql)
        for kind, name, _ in things:
            if kind == "table" and name != "entries":
                table = quoted(name)
                self._run(f"DELETE FROM main.{table}")
                self._run(f"INSERT INTO main.{table} SELECT * FROM day.{table}")

    def take(self, last_id: int, greatest: int) -> int:
        """The next rows; the last id that is there now."""
        end = min(last_id + COPIED_ROWS, greatest)
        self._run("INSERT INTO main.entries SELECT * FROM day.entries WHERE id > ? AND id <= ?", (last_id, end))
        found: int = self._rows("SELECT coalesce(max(id), 0) FROM main.entries")[0][0]
        if found != end:
            raise StoreError(f"the day has no row {end} any more: it was changed while it was copied; begin anew")
        return end

    def end(self) -> None:
        """The copy is whole."""
        self._run("DROP TABLE IF EXISTS main.copying")
        self._run("DETACH day")

    def _run(self, sql: str, parameters: Sequence[int | str | None] = ()) -> None:
        self._cursor.execute(sql, bound(parameters))

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        self._cursor.execute(sql)
        return list(self._cursor.fetchall())


def _uri(path: Path, mode: str) -> str:
    return f"file:{urllib.parse.quote(os.fsencode(path.absolute()))}?mode={mode}"


def _trouble(source: Path, target: Path, error: Exception) -> StoreError:
    said = str(error)
    if "malformed" in said or "not a database" in said:
        return store_error(source, error)
    if any(mark in said for mark in _FULL):  # not the disk of the days: nothing there is to be deleted for a copy
        return StoreError(
            f"{target} lies on a disk that is full: free space there, or export to another disk, and export again;"
            " the stored day is as it was"
        )
    return store_error(target, error)
