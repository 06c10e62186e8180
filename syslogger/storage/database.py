"""One day file through ADBC: Arrow goes in without Python rows.

ADBC brings its own SQLite. Two SQLite libraries in one process must never open the same file: POSIX locks belong to the
process, and closing one library's descriptor drops the other's locks. So a process that writes day files uses this
module and nothing else on them.

Every SQLite error comes as one type without a code; only its text tells them apart. After a full disk SQLite has left
the transaction and ADBC has not noticed: it would silently store the next rows outside any transaction. After an error
the only right step is `reopen`, then to read again what was committed.
"""

from __future__ import annotations

import logging
import os
import urllib.parse
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_sqlite import dbapi

from syslogger.errors import StoreError
from syslogger.storage.checkpoint import Checkpointer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

PAGE_BYTES = 65536  # 1.0 us a row against 2.3 us with 4 KiB pages
BUSY_TIMEOUT_MILLISECONDS = 5000

_log = logging.getLogger(__name__)

DatabaseError = adbc_driver_manager.Error


class Database:
    """A connection to one SQLite file, inside a transaction at all times unless read-only."""

    def __init__(self, path: Path, *, read_only: bool = False, warn: Callable[[str], None] = _log.warning) -> None:
        """Open (and create) the file. `warn` hears of checkpoints that fail. Raises DatabaseError, OSError."""
        self.path, self._warn = path, warn
        self._read_only = read_only
        # bytes, not text: a path need not be UTF-8
        self._uri = f"file:{urllib.parse.quote(os.fsencode(path.absolute()))}?mode={'ro' if read_only else 'rwc'}"
        self._open()

    def _open(self) -> None:
        # closed in reverse: the thread's connection, the cursor (before its connection), the descriptor behind all
        with ExitStack() as opened:
            self._checkpointer = None if self._read_only else Checkpointer(self.path, self._checkpoint_failed)
            if self._checkpointer is not None:
                opened.callback(self._checkpointer.release)
            self._connection = opened.enter_context(closing(dbapi.connect(self._uri, autocommit=True)))
            self._cursor = opened.enter_context(closing(self._connection.cursor()))
            self.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
            if self._checkpointer is not None:
                self._configure()
                opened.callback(self._checkpointer.stop)
                self._checkpointer.start(self._uri)
            self._opened = opened.pop_all()

    def _checkpoint_failed(self, error: Exception) -> None:
        self._warn(f"{store_error(self.path, error)}; its rows are safe in the -wal beside it")

    def _configure(self) -> None:
        for pragma in (f"page_size = {PAGE_BYTES}", "journal_mode = WAL", "synchronous = NORMAL"):
            self.execute(f"PRAGMA {pragma}")
        self.execute("PRAGMA wal_autocheckpoint = 0")
        self._connection.adbc_connection.set_autocommit(False)

    def execute(self, sql: str, parameters: Sequence[int | str | None] = ()) -> None:
        """Run one statement. Raises DatabaseError."""
        self._cursor.execute(sql, bound(parameters))

    def rows(self, sql: str, parameters: Sequence[int | str | None] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises DatabaseError."""
        self._cursor.execute(sql, bound(parameters))
        return list(self._cursor.fetchall())

    def ingest(self, table: str, batch: pa.RecordBatch) -> None:
        """Append a record batch; columns go by name. Raises DatabaseError."""
        self._cursor.adbc_ingest(table, batch, mode="append")

    def commit(self) -> None:
        """End the transaction and begin the next; now and then wait for a checkpoint. Raises DatabaseError."""
        # asked before the commit: behind it, it would open a snapshot and keep SQLite from beginning the WAL anew
        pages = self.rows("PRAGMA page_count")[0][0]
        self._connection.adbc_connection.commit()
        if self._checkpointer is not None:
            self._checkpointer.note(pages * PAGE_BYTES)

    def reopen(self) -> None:
        """Close and open again: the only state after an error that is known."""
        self.close()
        self._open()

    def close(self) -> None:
        """Close; the last connection of a file in WAL mode checkpoints it. Open transactions are undone."""
        self._opened.close()


def bound(parameters: Sequence[int | str | None]) -> pa.RecordBatch | None:
    """Parameters of a statement as ADBC binds them; None without any."""
    # typed here: to infer a type from a Python value, pyarrow looks for pandas each time (40 us a parameter)
    if not parameters:
        return None
    arrays = [pa.array([value], _ARROW_TYPES[type(value)]) for value in parameters]
    return pa.record_batch(arrays, names=[str(place) for place in range(len(arrays))])


_ARROW_TYPES: dict[type, pa.DataType] = {int: pa.int64(), str: pa.string(), type(None): pa.null()}


def store_error(path: Path, error: Exception) -> StoreError:
    """What a failure of SQLite or of the file system means to an operator."""
    text = str(error)
    for mark, sentence in _SENTENCES.items():
        if mark in text:
            return StoreError(f"{path}: {sentence}")
    return StoreError(f"{path}: cannot be written: {text}")


_SENTENCES = {
    "database or disk is full": "the disk is full: free space or delete old days",
    "No space left": "the disk is full: free space or delete old days",
    "disk I/O error": "the disk reports an I/O error: check the file system and the kernel's log",
    "Input/output error": "the disk reports an I/O error: check the file system and the kernel's log",
    "readonly database": "the file or its file system is read-only: check mount options and the owner of the directory",
    "Read-only file system": "the file system is read-only: check its mount options and the kernel's log",
    "unable to open database file": "cannot be opened: the engine's user needs read and write rights on the directory",
    "failed to open": "cannot be opened: the engine's user needs read and write rights on the directory",
    "Permission denied": "no right to write there: give the engine's user the directory (chown), or choose another",
    "database is locked": "another program holds it locked: end that program",
    "file is not a database": "is no SQLite file",
    "malformed": "is damaged: keep a copy, and recover it with `sqlite3 FILE .recover`",
}
