"""Store: the open `api.db`. Reads go through one connection, writes through another, one transaction at a time.

Rules
- Values are bound, never joined into SQL.
- A write is on the disk when its block has ended (synchronous=FULL), or nothing of it has happened.
- Another process (a command) may write meanwhile: SQLite's own lock is waited for, `BUSY_SECONDS` at most.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Self

import aiosqlite

from api.store.migrations import migrate
from syslogger.control import control_folder
from syslogger.errors import StoreError

DATABASE = "api.db"
BUSY_SECONDS = 20.0  # more than a disk takes to sync that is busy with a day file

Row = sqlite3.Row
Value = str | int | float | bytes | None


def database_of(root: Path) -> Path:
    """Where the file of a data directory lies; its folder is made. Raises StoreError."""
    try:
        return control_folder(root) / DATABASE
    except OSError as error:
        raise StoreError(f"{root}: {error.strerror}: the user of the API needs to write there (chown)") from error


class Store:
    """The open file; made by `open`. What fails raises StoreError, and a constraint sqlite3.IntegrityError."""

    def __init__(self, path: Path, reading: aiosqlite.Connection, writing: aiosqlite.Connection) -> None:
        self.path = path
        self._reading, self._writing = reading, writing
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Store:
        """Bring the file up to date and open it. Raises StoreError."""
        await asyncio.to_thread(migrate, path)
        with _told(path):
            reading = await _connect(path)
            try:
                await reading.execute("PRAGMA query_only=ON")
                writing = await _connect(path)
            except BaseException:  # whatever it was goes on; only the open file must not stay behind
                await reading.close()
                raise
        return cls(path, reading, writing)

    async def close(self) -> None:
        """Close it; what is being written is finished first."""
        async with self._turn:
            await self._writing.close()
        await self._reading.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def read(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """The rows of a question; each value stands for a `?`."""
        with _told(self.path):
            return list(await self._reading.execute_fetchall(sql, values))

    async def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row of a question, None where there is none."""
        rows = await self.read(sql, values)
        return rows[0] if rows else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        """Everything in the block becomes true at its end, or nothing of it; what it reads cannot change meanwhile."""
        async with self._turn:
            with _told(self.path):
                try:
                    await self._writing.execute("BEGIN IMMEDIATE")
                    yield self._writing
                    await self._writing.commit()
                finally:
                    # After a commit it does nothing; it is queued behind what a cancelled task has begun.
                    await self._writing.rollback()


async def _connect(path: Path) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    connection.row_factory = sqlite3.Row
    try:
        await connection.execute("PRAGMA foreign_keys=ON")
        await connection.execute("PRAGMA synchronous=FULL")
    except BaseException:  # whatever it was goes on; only the open file must not stay behind
        await connection.close()
        raise
    return connection


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What SQLite says about the file becomes ours; that a constraint holds is for whoever asked."""
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        raise StoreError(
            f"{path}: {error}: nothing was changed; give the disk some room, or its owner rights"
        ) from error
