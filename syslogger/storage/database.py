"""One day file through ADBC: Arrow goes in without Python rows.

ADBC brings its own SQLite. Two SQLite libraries in one process must never open the same file: POSIX locks belong to the
process, and closing one library's descriptor drops the other's locks. So a process that writes day files uses this
module and nothing else on them.

Every SQLite error comes as one type without a code; only its text tells them apart. After a full disk SQLite has left the
transaction and ADBC has not noticed: it would silently store the next rows outside any transaction. After an error the
only right step is `reopen`, then to read again what was committed.
"""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

import adbc_driver_manager
from adbc_driver_sqlite import dbapi

from syslogger.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pyarrow as pa

PAGE_BYTES = 65536  # 1.0 us a row against 2.3 us with 4 KiB pages
BUSY_TIMEOUT_MILLISECONDS = 5000
CHECKPOINT_PAGES = 1000

DatabaseError = adbc_driver_manager.Error


class Database:
    """A connection to one SQLite file, inside a transaction at all times unless read-only."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open (and create) the file. Raises DatabaseError."""
        self.path = path
        self._read_only = read_only
        self._open()

    def _open(self) -> None:
        mode = "ro" if self._read_only else "rwc"
        uri = f"file:{urllib.parse.quote(str(self.path.absolute()))}?mode={mode}"
        self._connection = dbapi.connect(uri, autocommit=True)
        self._cursor = self._connection.cursor()
        try:
            self._configure()
        except DatabaseError:
            self.close()
            raise

    def _configure(self) -> None:
        self.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
        if self._read_only:
            return
        for pragma in (f"page_size = {PAGE_BYTES}", "journal_mode = WAL", "synchronous = NORMAL"):
            self.execute(f"PRAGMA {pragma}")
        self.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._connection.adbc_connection.set_autocommit(False)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run one statement. Raises DatabaseError."""
        self._cursor.execute(sql, parameters or None)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises DatabaseError."""
        self._cursor.execute(sql, parameters or None)
        return list(self._cursor.fetchall())

    def ingest(self, table: str, batch: pa.RecordBatch) -> None:
        """Append a record batch; columns go by name. Raises DatabaseError."""
        self._cursor.adbc_ingest(table, batch, mode="append")

    def commit(self) -> None:
        """End the transaction and begin the next. Raises DatabaseError."""
        self._connection.adbc_connection.commit()

    def rollback(self) -> None:
        """Undo the transaction; only after our own refusal, never after an error of SQLite (see above)."""
        self._connection.adbc_connection.rollback()

    def reopen(self) -> None:
        """Close and open again: the only state after an error that is known."""
        self.close()
        self._open()

    def close(self) -> None:
        """Close; the last connection of a file in WAL mode checkpoints it. Open transactions are undone."""
        self._cursor.close()
        self._connection.close()


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
    "readonly database": "the file or its file system is read-only: check mount options and the owner of the directory",
    "Read-only file system": "the file system is read-only: check its mount options and the kernel's log",
    "unable to open database file": "cannot be opened: the engine's user needs read and write rights on the directory",
    "Permission denied": "no right to write there: give the engine's user the directory (chown), or choose another",
    "database is locked": "another program holds it locked: end that program",
    "file is not a database": "is no SQLite file",
    "malformed": "is damaged: keep a copy, and recover it with `sqlite3 FILE .recover`",
}
