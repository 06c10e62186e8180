"""Checkpoints beside the writer: the WAL's pages go to the day file and to the disk while commits go on.

A checkpoint inside the writer's commit waits for the disk twice (fsync of the WAL, then of the file), and nothing is
committed meanwhile. So a thread with a connection of its own
copies and syncs, again and again, and each time less has come meanwhile. When little is left, the writer waits for one
more round: it is complete, and SQLite begins the WAL anew. PASSIVE never waits for readers: one with an old snapshot
only delays the new beginning.

Should the disk be slower than the rows, the WAL would grow without end: from a limit on, the writer waits for it.

What a commit adds to the WAL is not told. It is taken for what it adds to the file, and for a few pages at least, as
pages go to the WAL whole: 80 lines a second of a quiet engine wrote 2 MB a second, and 4.4 GB before the file had grown
by the 32 MiB that alone were looked at once.

The descriptor for syncing is opened before and closed after every connection: closing it earlier would drop the POSIX
locks that SQLite holds on the file in this process.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import adbc_driver_manager
from adbc_driver_sqlite import dbapi

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

START_BYTES = 32 << 20
FEW_BYTES = 8 << 20
WAIT_BYTES = 512 << 20
LEAST_BYTES = 512 << 10  # of a commit: eight pages
CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpointer:
    """Checkpoints one file. All but the thread's own `_run` is called by the writer; `warn` is called by the thread."""

    def __init__(self, path: Path, warn: Callable[[Exception], None]) -> None:
        self._warn, self._told = warn, ""
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._file_bytes = 0
        self._written = self._begun_at = 0  # bytes in all commits; those of them before the present WAL
        self._wake = threading.Event()
        self._closing = False
        self._few_left = False
        self._asked = self._done = 0
        self._round_ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, uri: str) -> None:
        """Start the thread on a file that is in WAL mode. Raises adbc_driver_manager.Error."""
        self._closing = False
        connection = dbapi.connect(uri, autocommit=True)
        self._thread = threading.Thread(target=self._run, args=(connection,), name="checkpoint", daemon=True)
        self._thread.start()

    def note(self, file_bytes: int) -> None:
        """A commit has made the file so large. Returns at once, but for the end of a checkpoint or beyond the limit."""
        self._written += max(file_bytes - self._file_bytes, LEAST_BYTES)
        self._file_bytes = file_bytes
        since = self._written - self._begun_at
        if self._few_left or since >= WAIT_BYTES:
            self._begun_at = self._written
            self._finish()
        elif since >= START_BYTES:
            self._wake.set()

    def _finish(self) -> None:
        """Let the thread begin a round and wait for it: nothing is committed meanwhile, so the checkpoint is complete.

        One that is under way does not count: it began before the last commit.
        """
        self._asked += 1
        self._wake.set()
        while self._done < self._asked and self._thread is not None and self._thread.is_alive():
            self._round_ended.wait(1.0)
            self._round_ended.clear()
        self._few_left = False

    def stop(self) -> None:
        """End the thread and its connection."""
        if self._thread is not None:
            self._closing = True
            self._wake.set()
            self._thread.join()
            self._wake.clear()
            self._thread = None

    def release(self) -> None:
        """Close the descriptor, when no connection is left."""
        os.close(self._descriptor)

    def _run(self, connection: dbapi.Connection) -> None:
        with connection, connection.cursor() as cursor:
            while self._wake.wait():
                self._wake.clear()  # before the look at `_closing`: `stop` sets them the other way round
                if self._closing:
                    return
                asked = self._asked
                try:
                    while self._copy(cursor) > FEW_BYTES and not self._closing:
                        pass
                    self._told = ""
                except (adbc_driver_manager.Error, OSError) as error:
                    self._tell(error)
                self._few_left, self._done = True, asked
                self._round_ended.set()

    def _tell(self, error: Exception) -> None:
        """Once for each reason: when the WAL cannot grow either, a commit fails and the writer says more."""
        if str(error) != self._told:
            self._told = str(error)
            self._warn(error)

    def _copy(self, cursor: dbapi.Cursor) -> int:
        """Copy what is in the WAL and sync the file; how many bytes were written meanwhile."""
        before = self._written
        cursor.execute(CHECKPOINT)
        cursor.fetchall()
        os.fdatasync(self._descriptor)
        return self._written - before
