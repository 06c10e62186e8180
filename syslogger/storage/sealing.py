"""Sealing: a day that is over becomes one file that nothing changes any more.

Never in a writer's process, as everything here that opens day files with `sqlite3`.

Rules
1. Every step leaves the day whole and can be taken again: after a kill -9 the next one who seals begins anew. The mode
   comes last, so a day is sealed when its mode allows no writing and no WAL lies beside it.
2. SQLite's own locks say who has the day open: a writer may open a past day again at any moment. From the switch of the
   journal to the change of the mode the lock is exclusive, so nobody gets in between the two.
3. The descriptor whose mode is changed is opened before SQLite's and closed behind it: to close any descriptor of a
   file drops every lock that the process has on it.
4. What is damaged is not sealed: its mode and its journal are then part of what a person has to look at.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

from syslogger.errors import StoreError
from syslogger.storage.day import HOUR_US
from syslogger.storage.days import LOCK_SECONDS, is_open
from syslogger.storage.notes import sync_folder
from syslogger.storage.rollup_sql import KEPT_PAIRS, fold

WAIT_US = HOUR_US  # after the end of the day: so long a writer keeps it open for late rows
SEALED_MODE = 0o444
ANALYSIS_ROWS = 1_000  # an index: enough for the planner, and no reading of the whole day
_STEPS_BETWEEN_LOOKS = 100_000  # of SQLite's machine: some ms
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_PROTOCOL)
_USED = "somebody has it open: it is sealed when nobody has"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DayInUseError(StoreError):
    """Somebody has the day open, or whoever seals it has to end: it is sealed at the next look."""


def seal(path: Path, now_us: int, give_up: Callable[[], bool] = lambda: False) -> None:
    """Seal a day. now_us: the instant to note; give_up: asked now and then whether to leave it for later.

    Raises DayInUseError, StoreError; the day is whole then, and unsealed.
    """
    if is_open(path):
        raise DayInUseError(_USED)
    try:
        for _ in sealing(path, now_us, give_up):
            pass
    except (OSError, sqlite3.Error) as error:
        raise _trouble(path, error) from error


def sealing(path: Path, now_us: int, give_up: Callable[[], bool] = lambda: False) -> Generator[str, None, None]:
    """Seal a day step by step: what was just done, by name. Raises OSError, sqlite3.Error, StoreError."""
    with ExitStack() as opened:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        opened.callback(os.close, descriptor)
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        os.fchmod(descriptor, mode | stat.S_IWUSR)  # one that was written to after it was sealed
        connection = opened.enter_context(closing(_connected(path)))
        connection.set_progress_handler(give_up, _STEPS_BETWEEN_LOOKS)
        _set_journal(connection, "wal")  # a kill within a transaction then leaves nothing that a reader has to undo
        _check(connection, path)
        yield "checked"
        _complete(connection, now_us)
        yield "completed"
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise DayInUseError(_USED)
        yield "checkpointed"
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _set_journal(connection, "delete")
        yield "alone"
        os.fchmod(descriptor, mode & SEALED_MODE)  # who may not read the day now, may not then
        os.fsync(descriptor)
        yield "closed"
    sync_folder(path.parent)
    yield "sealed"


def _connected(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)


def _set_journal(connection: sqlite3.Connection, journal: str) -> None:
    found = connection.execute(f"PRAGMA journal_mode = {journal}").fetchone()[0]
    if found != journal:
        raise DayInUseError(_USED)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _damaged(path, found)


def _complete(connection: sqlite3.Connection, now_us: int) -> None:
    """All that is still to be written, in one transaction."""
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        if _has(connection, "rollup_pairs"):
            for sql, parameters in fold(KEPT_PAIRS):
                connection.execute(sql, parameters)
        connection.execute(f"PRAGMA analysis_limit = {ANALYSIS_ROWS}")
        connection.execute("ANALYZE")
        if not connection.execute("SELECT 1 FROM pragma_table_info('partition') WHERE name = 'sealed_at'").fetchone():
            connection.execute("ALTER TABLE partition ADD COLUMN sealed_at INTEGER")  # a file of format 1
        connection.execute("UPDATE partition SET sealed_at = ?", (now_us,))


def _has(connection: sqlite3.Connection, table: str) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def _damaged(path: Path, found: str) -> StoreError:
    what = " ".join(found.split())
    return StoreError(
        f"{path} is damaged ({what}) and stays unsealed: keep a copy, and recover it with `sqlite3 FILE .recover`"
    )


def _trouble(path: Path, error: OSError | sqlite3.Error) -> StoreError:
    if isinstance(error, OSError):
        return StoreError(f"{path} cannot be sealed: {error.strerror}: its owner needs to be the user of Syslogger")
    whole_code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    code = whole_code & 0xFF
    if code in _IN_USE:
        return DayInUseError(_USED)
    if code in _DAMAGED:
        return _damaged(path, str(error))
    if whole_code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE):  # no room for the WAL, or for its index
        return StoreError(f"{path} cannot be sealed: the disk is full: free space or delete old days")
    return StoreError(f"{path} cannot be sealed: {error}: look at the rights of the file, and at the kernel's log")
