"""The open `api.db`: bound values, whole transactions, and another process that writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.store.connection import Store, database_of
from syslogger.errors import StoreError

INSERT = "INSERT INTO words (word) VALUES (?)"
COUNT = "SELECT count(*) FROM words"

Life = Callable[[Store], Coroutine[Any, Any, None]]


def with_words(folder: Path, life: Life) -> None:
    """Run a coroutine with a store that has a table `words`."""

    async def lived() -> None:
        async with await Store.open(database_of(folder)) as store:
            async with store.write() as connection:
                await connection.execute("CREATE TABLE words (word TEXT NOT NULL UNIQUE)")
            await life(store)

    asyncio.run(lived())


async def count(store: Store) -> int:
    """How many words there are."""
    ((found,),) = await store.read(COUNT)
    return int(found)


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Database, WAL and shared memory are 0600, the folder 0700."""

    async def life(store: Store) -> None:
        modes = {path.name: path.stat().st_mode & 0o777 for path in store.path.parent.iterdir()}
        assert {"api.db": 0o600, "api.db-wal": 0o600, "api.db-shm": 0o600} == modes
        assert 0o700 == store.path.parent.stat().st_mode & 0o777

    with_words(tmp_path, life)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Values are bound: SQL in one is a text, and rows have the names of their columns."""

    async def life(store: Store) -> None:
        word = "x'); DROP TABLE words; --"
        async with store.write() as connection:
            await connection.execute(INSERT, (word,))
        row = await store.one("SELECT word FROM words WHERE word = ?", (word,))
        assert row is not None
        assert word == row["word"]
        assert await store.one("SELECT word FROM words WHERE word = ?", ("y",)) is None

    with_words(tmp_path, life)


def test_reading_cannot_write(tmp_path: Path) -> None:
    """What reads is refused to change anything."""

    async def life(store: Store) -> None:
        with pytest.raises(StoreError, match="readonly"):
            await store.read(INSERT, ("a",))
        assert 0 == await count(store)

    with_words(tmp_path, life)


def test_a_transaction_that_fails_has_not_happened(tmp_path: Path) -> None:
    """An error in the block takes everything in it back; a broken constraint is the asker's to hear."""

    async def twice(store: Store) -> None:
        async with store.write() as connection:
            await connection.execute(INSERT, ("b",))
            await connection.execute(INSERT, ("b",))

    async def defect(store: Store) -> None:
        async with store.write() as connection:
            await connection.execute(INSERT, ("a",))
            raise ZeroDivisionError

    async def life(store: Store) -> None:
        with pytest.raises(ZeroDivisionError):
            await defect(store)
        with pytest.raises(sqlite3.IntegrityError):
            await twice(store)
        assert 0 == await count(store)
        await add_one(store)
        assert 1 == await count(store)

    with_words(tmp_path, life)


def test_a_transaction_whose_task_is_cancelled_has_not_happened(tmp_path: Path) -> None:
    """Wherever it is cancelled, the next transaction begins with nothing of it."""

    async def life(store: Store) -> None:
        async def writing() -> None:
            async with store.write() as connection:
                for number in range(1_000):
                    await connection.execute(INSERT, (f"{number}",))

        for turns in range(0, 60, 3):
            task = asyncio.create_task(writing())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert 0 == await count(store)

    with_words(tmp_path, life)


def test_transactions_come_one_after_the_other(tmp_path: Path) -> None:
    """Fifty at once that read and then write count up to fifty."""

    async def life(store: Store) -> None:
        async def add() -> None:
            async with store.write() as connection:
                ((found,),) = await connection.execute_fetchall(COUNT)
                await connection.execute(INSERT, (f"{found}",))

        await asyncio.gather(*(add() for _ in range(50)))
        assert 50 == await count(store)

    with_words(tmp_path, life)


def test_another_writer_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody else holds SQLite's lock a write waits, and then happens."""
    monkeypatch.setattr("api.store.connection.BUSY_SECONDS", 60.0)

    async def life(store: Store) -> None:
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute(INSERT, ("a",))
            task = asyncio.create_task(add_one(store))
            assert 0 == await count(store)
            assert not task.done()
            other.execute("COMMIT")
        await task
        assert 2 == await count(store)

    with_words(tmp_path, life)


async def add_one(store: Store) -> None:
    """Write a word."""
    async with store.write() as connection:
        await connection.execute(INSERT, ("b",))


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    """A file that is no database, and a folder that is a file, are errors with their path."""
    path = database_of(tmp_path)
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match=r"api\.db"):
        asyncio.run(Store.open(path))
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        database_of(tmp_path / "file")
