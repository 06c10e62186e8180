"""Checkpoints beside the writer: the WAL stays short, no row is lost, and the thread ends when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from syslogger.storage import checkpoint
from syslogger.storage.database import Database
from tests.storage.plain import ask, change
from tests.support import deadline, wait_until

ROWS = pa.record_batch({"word": ["x" * 1_000] * 500})
LIMIT_BYTES = 1 << 20


@contextmanager
def table(path: Path) -> Iterator[Database]:
    """A database with one table."""
    with closing(Database(path)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, word TEXT)")
        database.commit()
        yield database


def store(database: Database) -> None:
    """One commit of half a megabyte."""
    database.ingest("entries", ROWS)
    database.commit()


def wal_bytes(path: Path) -> int:
    """The size of the WAL, which never shrinks while it is in use."""
    return Path(f"{path}-wal").stat().st_size


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints every megabyte or two."""
    monkeypatch.setattr(checkpoint, "START_BYTES", LIMIT_BYTES)
    monkeypatch.setattr(checkpoint, "FEW_BYTES", LIMIT_BYTES // 2)
    monkeypatch.setattr(checkpoint, "WAIT_BYTES", 4 * LIMIT_BYTES)


@pytest.mark.usefixtures("small_limits")
def test_the_wal_is_begun_anew_while_rows_come(tmp_path: Path) -> None:
    """Fifty megabytes go through a WAL of a few, and every row is in the file."""
    path = tmp_path / "day.db"
    with table(path) as database:
        for _ in range(100):
            store(database)
        assert wal_bytes(path) < 16 * LIMIT_BYTES

    assert ask(path, "SELECT count(*), sum(length(word)), max(id) FROM entries") == [[50_000, 50_000_000, 50_000]]
    assert ask(path, "PRAGMA integrity_check") == [["ok"]]


@pytest.mark.usefixtures("small_limits")
def test_the_wal_of_a_quiet_engine_stays_short(tmp_path: Path) -> None:
    """Small commits write whole pages: the WAL is begun anew though the file has hardly grown."""
    path, row = tmp_path / "day.db", ROWS.slice(0, 1)
    with table(path) as database:
        for _ in range(300):
            database.ingest("entries", row)
            database.execute("CREATE TABLE IF NOT EXISTS minutes (minute INTEGER PRIMARY KEY, rows INTEGER)")
            database.execute("INSERT INTO minutes VALUES (1, 1) ON CONFLICT DO UPDATE SET rows = rows + 1")
            database.commit()

        assert path.stat().st_size < LIMIT_BYTES
        # however slow the disk is, the writer waits for it at four of them; never begun anew, the WAL has 38
        assert wal_bytes(path) < 16 * LIMIT_BYTES

    assert ask(path, "SELECT count(*), (SELECT rows FROM minutes) FROM entries") == [[300, 300]]


@pytest.mark.usefixtures("small_limits")
def test_a_reader_only_delays_it(tmp_path: Path) -> None:
    """Another program's open transaction neither stops commits nor checkpoints for good."""
    path = tmp_path / "day.db"
    with table(path) as database:
        store(database)
        with deadline(120), closing(Database(path, read_only=True)) as reader:
            for _ in range(10):
                store(database)
                assert reader.rows("SELECT count(*) % 500 FROM entries") == [(0,)]
        for _ in range(10):
            store(database)

    assert ask(path, "SELECT count(*) FROM entries") == [[10_500]]


def test_what_is_committed_is_seen_without_a_checkpoint(tmp_path: Path) -> None:
    """Rows lie in the WAL until it has grown, and plain sqlite3 reads them there."""
    path = tmp_path / "day.db"
    with table(path) as database:
        store(database)

        assert wal_bytes(path) > 500_000
        assert ask(path, "SELECT count(*) FROM entries") == [[500]]


@pytest.mark.usefixtures("small_limits")
def test_the_thread_ends_whatever_it_is_doing(tmp_path: Path) -> None:
    """Closing in the middle of a checkpoint, or before one, never waits for ever and leaves no thread."""
    with deadline(120):
        for _ in range(50):
            with table(tmp_path / "day.db") as database:
                for _ in range(3):
                    store(database)
    wait_until(lambda: not running(), 60, "no checkpointing thread is left")


def running() -> list[threading.Thread]:
    """Checkpointing threads of this process."""
    return [thread for thread in threading.enumerate() if thread.name == "checkpoint"]


def test_another_program_that_comes_and_goes_does_not_end_the_wal(tmp_path: Path) -> None:
    """The descriptor for syncing takes no lock of SQLite away, so nobody else thinks himself the file's last user."""
    path = tmp_path / "day.db"
    with table(path) as database:
        database.reopen()
        store(database)
        inode = Path(f"{path}-wal").stat().st_ino
        change(path, "SELECT count(*) FROM entries")
        store(database)

        assert Path(f"{path}-wal").stat().st_ino == inode
        assert ask(path, "SELECT count(*) FROM entries") == [[1_000]]
