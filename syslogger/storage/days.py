"""Stored days: which there are, what stamps they hold, and how one is deleted.

Rules
1. Never in a writer's process: `sqlite3` beside ADBC's own SQLite would drop its locks. Every file is opened read-only
   and for one query. One that has no WAL is closed, so it is read as immutable: it would gain a WAL and its index by
   being read. One that got a WAL meanwhile is read again.
2. A deletion is one rename: `2026-11-20.db` becomes `2026-11-20.deleted`, and from then on there is no such day. The
   WAL and its index, then the renamed file, are only cleaned up behind it; what a kill -9 left of that, the next keeper
   finishes (`finish_deletions`). So a WAL never outlives its file unnoticed, and a file never its WAL.
3. A file is open when a process holds a lock of SQLite's on it: a connection in WAL mode holds one as long as it lives.
   Asking does not take one, so it never gets into an engine's way.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from syslogger.errors import StoreError
from syslogger.storage.day import DAY_US, MINUTE_US, day_of
from syslogger.storage.day_names import SIDECARS, SUFFIX, entries_of, files_of, trouble_of
from syslogger.storage.notes import sync_folder
from syslogger.storage.retention import StoredDay
from syslogger.storage.surplus import Disk
from syslogger.storage.verdict import Span

LOCK_SECONDS = 1.0
DELETED = ".deleted"

# the parts of struct flock, fcntl(2): type, whence, start, length, pid
_FLOCK = "hhqqi4x"
_SPAN = (
    "SELECT least_received_at, greatest_received_at, (SELECT min(minute) FROM ledger),"
    " (SELECT max(minute) FROM ledger) FROM partition"
)
_END = "SELECT interval_end FROM partition"


def disk_of(path: Path) -> Disk:
    """The file system that a path lies on, as it is now. Raises StoreError."""
    try:
        found = os.statvfs(path)
    except OSError as error:
        raise trouble_of(path, error) from error
    used = found.f_blocks - found.f_bfree
    return Disk(found.f_bavail * found.f_frsize, (used + found.f_bavail) * found.f_frsize)


# -- reading ----------------------------------------------------------------------------------------------------------


def span_of(path: Path) -> Span | None:
    """The least and the greatest stamp (us) of a day's rows and ledger minutes; None when there is none yet.

    Raises StoreError when it cannot be read.
    """
    found = _numbers(path, _SPAN)
    least, greatest, first, last = found[0] if found else (None, None, None, None)
    minutes = [minute * MINUTE_US for minute in (first, last) if minute is not None]
    stamps = [stamp for stamp in (least, greatest) if stamp is not None] + minutes
    return (min(stamps), max(stamps)) if stamps else None


def interval_end(path: Path) -> int | None:
    """The end (us) of the instants that a day holds, None when it was never completed. Raises StoreError."""
    found = _numbers(path, _END)
    return found[0][0] if found else None


def is_sealed(path: Path) -> bool:
    """Whether nobody may write the day any more. Raises StoreError."""
    try:
        writable = path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        return not writable and not path.with_name(path.name + SIDECARS[0]).exists()
    except OSError as error:
        raise trouble_of(path, error) from error


def query(path: Path, sql: str, *, needs: str = "partition") -> list[tuple[Any, ...]]:
    """The answer of one query, nothing when the file has no table `needs`. Raises StoreError."""
    wal = path.with_name(path.name + SIDECARS[0])
    try:
        quiet = not wal.exists()
        found = _read(path, sql, needs, quiet=quiet)
        return _read(path, sql, needs, quiet=False) if quiet and wal.exists() else found
    except (OSError, sqlite3.Error) as error:
        raise trouble_of(path, error) from error


def _read(path: Path, sql: str, needs: str, *, quiet: bool) -> list[tuple[Any, ...]]:
    uri = f"file:{quote(str(path))}?mode=ro{'&immutable=1' if quiet else ''}"
    with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS)) as connection:
        # one without its tables was never completed: its writer makes all of them in one transaction
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (needs,)).fetchall():
            return []
        return connection.execute(sql).fetchall()


def _numbers(path: Path, sql: str) -> list[tuple[int | None, ...]]:
    rows = query(path, sql)
    if any(not isinstance(value, int | None) for row in rows for value in row):
        raise trouble_of(path, sqlite3.DatabaseError("there is a text where a number belongs"))
    return rows


def with_stamps(stored: StoredDay, zone: ZoneInfo) -> StoredDay:
    """The same day with the local date of its newest row, or with the reason why that cannot be read."""
    try:
        span = span_of(stored.path)
        return replace(stored, youngest=None if span is None else day_of(span[1], zone))
    except StoreError as error:
        return replace(stored, trouble=str(error))
    except OverflowError:
        return replace(stored, trouble="its newest stamp is beyond any calendar")


def spans(stored: list[StoredDay], since_us: int | None, zone: ZoneInfo) -> list[Span]:
    """The spans that the clock is judged by: of the newest day of each engine, and of each day from `since_us` on.

    Files that cannot be read say nothing.
    """
    newest = {each.owner: each for each in sorted(stored, key=lambda each: each.day)}
    first = date.max if since_us is None else day_of(since_us - DAY_US, zone)
    found = []
    for each in stored:
        if each.day >= first or each is newest[each.owner]:
            try:
                found.append(span_of(each.path))
            except StoreError:
                continue  # retention reports it when its day is due
    return [span for span in found if span is not None]


# -- deleting ---------------------------------------------------------------------------------------------------------


def is_open(path: Path) -> bool:
    """Whether a process has the day open: one that writes it, or one that reads it this moment. Raises StoreError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise trouble_of(path, error) from error
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, asked)
    finally:
        os.close(descriptor)
    return bool(struct.unpack(_FLOCK, answer)[0] != fcntl.F_UNLCK)


def delete(path: Path) -> None:
    """Delete a day. Raises StoreError; the day is whole then, or gone."""
    try:
        for _ in deletion(path):
            pass
    except OSError as error:
        raise trouble_of(path, error) from error


def deletion(path: Path) -> Iterator[str]:
    """Delete a day step by step: what was just done, by name, for whoever wants to be killed there. Raises OSError."""
    gone = path.with_suffix(DELETED)
    path.rename(gone)
    yield "renamed"
    sync_folder(path.parent)
    yield "synced"
    yield from _clean_up(gone)


def _clean_up(gone: Path) -> Iterator[str]:
    path = gone.with_suffix(SUFFIX)
    for sidecar in files_of(path)[1:]:
        if not path.exists():  # a new file of that day has sidecars of its own
            sidecar.unlink(missing_ok=True)
        yield sidecar.name.rpartition("-")[2]
    gone.unlink()
    yield "unlinked"
    sync_folder(gone.parent)


def finish_deletions(root: Path) -> list[str]:
    """Finish what a keeper that was killed had begun to delete; returns the names of those days. Raises StoreError."""
    finished = []
    for gone in sorted(root.glob(f"[a-z]*/[a-z]*/????-??-??{DELETED}")):
        try:
            for _ in _clean_up(gone):
                pass
        except OSError as error:
            raise trouble_of(gone, error) from error
        finished.append(f"{gone.parent.parent.name}/{gone.parent.name}/{gone.stem}")
    return finished


def remove_folder(folder: Path) -> list[str]:
    """Remove an engine's folder once its days are gone; returns the names of foreign files, for which it stays.

    The caller holds the folder's lock. Raises StoreError.
    """
    try:
        for aside in folder.glob("????-??-??.broken-*"):
            aside.unlink()
        foreign = sorted(entry.name for entry in entries_of(folder) if entry.name != ".lock")
        if not foreign:
            (folder / ".lock").unlink(missing_ok=True)
            folder.rmdir()
    except OSError as error:
        raise trouble_of(folder, error) from error
    return foreign
