"""One SQLite file through ADBC, and every trap that was found in it, against the real library.

What is in the file is always asked of plain `sqlite3` in another process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from syslogger.storage import database as module
from syslogger.storage.database import PAGE_BYTES, Database, DatabaseError, store_error
from tests.storage.numbered import day, rows, store
from tests.storage.plain import ask, change, held_by_another

ROOT = Path(__file__).resolve().parents[2]


def numbers_in(path: Path) -> list[int]:
    """The numbers that plain sqlite3 sees, in order of id."""
    return [row[0] for row in ask(path, "SELECT number FROM entries ORDER BY id")]


def cursor_in(path: Path) -> int:
    """The cursor that plain sqlite3 sees."""
    return int(ask(path, "SELECT sequence FROM cursor")[0][0])


def allow_pages(database: Database, more: int) -> None:
    """Let the file grow by so many pages and no further: what a full disk does in the middle of an INSERT."""
    used = database.rows("PRAGMA page_count")[0][0]
    database.rows(f"PRAGMA max_page_count = {used + more}")


# -- transactions -----------------------------------------------------------------------------------------------------


def test_rows_and_cursor_appear_together(tmp_path: Path) -> None:
    """Nothing is seen by others before the commit, everything after it, also while the writer has the file open."""
    path = tmp_path / "day.db"
    with day(path) as database:
        database.ingest("entries", rows(0, 1_000))
        database.execute("UPDATE cursor SET sequence = 1")
        assert (numbers_in(path), cursor_in(path)) == ([], 0)
        database.commit()
        assert (numbers_in(path), cursor_in(path)) == (list(range(1_000)), 1)


def test_several_batches_share_a_transaction(tmp_path: Path) -> None:
    """Ids run on from 1 over batches and commits."""
    path = tmp_path / "day.db"
    with day(path) as database:
        for first in (0, 10, 20):
            database.ingest("entries", rows(first, 10))
        database.commit()
        store(database, 4, rows(30, 10))

    assert ask(path, "SELECT id, number FROM entries") == [[number + 1, number] for number in range(40)]


def test_closing_undoes_what_was_not_committed(tmp_path: Path) -> None:
    """An open transaction ends with the connection, and the last connection leaves no WAL behind."""
    path = tmp_path / "day.db"
    with day(path) as database:
        store(database, 1, rows(0, 3))
        database.ingest("entries", rows(3, 3))

    assert [each.name for each in tmp_path.iterdir()] == ["day.db"]
    assert numbers_in(path) == [0, 1, 2]


def test_a_killed_writer_leaves_what_it_had_committed(tmp_path: Path) -> None:
    """After kill -9 inside a transaction the file holds the rows and the cursor of the last commit, and is sound."""
    program = """
import os, signal, sys
from pathlib import Path
from tests.storage.numbered import day, rows, store
with day(Path(sys.argv[1])) as database:
    store(database, 1, rows(0, 1_000))
    database.ingest("entries", rows(1_000, 1_000))
    database.execute("UPDATE cursor SET sequence = 2")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "day.db"
    killed = subprocess.run([sys.executable, "-c", program, path], cwd=ROOT, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert (numbers_in(path), cursor_in(path)) == (list(range(1_000)), 1)
    with day(path) as database:
        assert database.rows("PRAGMA integrity_check") == [("ok",)]


def test_an_interrupt_does_not_reach_a_writer_process(tmp_path: Path) -> None:
    """Ctrl-C goes to the whole group: a child in the middle of ADBC's calls, which set a handler, never notices."""
    program = """
import os, signal, sys
from pathlib import Path
from syslogger.process import spawn
from tests.rings import SMALL
from syslogger.ring import Ring
from tests.storage.numbered import day, rows, store

def write(control):
    with day(Path(sys.argv[1])) as database:
        control.report({"event": "ready"})
        for sequence in range(1, 101):
            store(database, sequence, rows(0, 1_000))

child = spawn("writer", Ring(SMALL), write, ())
child.control.recv(100)
while os.waitid(os.P_PIDFD, child.pidfd, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
    signal.pidfd_send_signal(child.pidfd, signal.SIGINT)
sys.exit(child.reap())
"""
    path = tmp_path / "day.db"
    done = subprocess.run([sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")
    assert (len(numbers_in(path)), cursor_in(path)) == (100_000, 100)


# -- a full disk ------------------------------------------------------------------------------------------------------


def test_a_batch_that_met_a_full_disk_is_stored_once(tmp_path: Path) -> None:
    """After reopening, the cursor says what is missing; the same batch again gives every row once, none outside."""
    path = tmp_path / "day.db"
    large = rows(100, 5_000, width=500)
    with day(path) as database:
        store(database, 1, rows(0, 100))
        allow_pages(database, 3)
        with pytest.raises(DatabaseError, match="database or disk is full") as full:
            store(database, 2, large)
        assert "the disk is full" in str(store_error(path, full.value))
        database.reopen()
        assert database.rows("SELECT sequence FROM cursor") == [(1,)]
        assert numbers_in(path) == list(range(100))
        store(database, 2, large)
        store(database, 3, rows(5_100, 10))

    assert (numbers_in(path), cursor_in(path)) == (list(range(5_110)), 3)
    assert ask(path, "PRAGMA integrity_check") == [["ok"]]


def test_without_reopening_rows_would_be_stored_outside_any_transaction(tmp_path: Path) -> None:
    """This is why: SQLite has left the transaction and ADBC has not noticed, so rows appear before any commit."""
    path = tmp_path / "day.db"
    with day(path) as database:
        allow_pages(database, 3)
        with pytest.raises(DatabaseError, match="full"):
            database.ingest("entries", rows(0, 5_000, width=500))
        database.ingest("entries", rows(0, 10))

        assert numbers_in(path) == list(range(10))
        with pytest.raises(DatabaseError, match="no transaction is active"):
            database.commit()


def test_a_failed_insert_is_undone_by_reopening(tmp_path: Path) -> None:
    """Rows before the one that failed lie in the open transaction; reopening takes them back."""
    path = tmp_path / "day.db"
    with day(path) as database:
        store(database, 1, rows(0, 1))
        with pytest.raises(DatabaseError, match="UNIQUE"):
            database.ingest("entries", pa.record_batch({"id": [7, 8, 8], "number": [1, 2, 3]}))
        database.reopen()
        store(database, 2, rows(9, 1))

    assert ask(path, "SELECT id, number FROM entries") == [[1, 0], [2, 9]]


def test_reopening_may_be_tried_again(tmp_path: Path) -> None:
    """While the directory is away every attempt fails; when it is back the next one works."""
    (tmp_path / "here").mkdir()
    with day(tmp_path / "here" / "day.db") as database:
        store(database, 1, rows(0, 5))
        (tmp_path / "here").rename(tmp_path / "away")
        for _ in range(2):
            with pytest.raises(FileNotFoundError):
                database.reopen()
        (tmp_path / "away").rename(tmp_path / "here")
        database.reopen()
        store(database, 2, rows(5, 5))

    assert numbers_in(tmp_path / "here" / "day.db") == list(range(10))


# -- other programs ---------------------------------------------------------------------------------------------------


def test_a_lock_of_another_program_is_waited_for_and_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that finds the file locked fails after its patience and goes on when the lock is gone."""
    monkeypatch.setattr(module, "BUSY_TIMEOUT_MILLISECONDS", 50)
    path = tmp_path / "day.db"
    with day(path) as database:
        with held_by_another(path), pytest.raises(DatabaseError, match="database is locked") as locked:
            store(database, 1, rows(0, 5))
        assert "another program" in str(store_error(path, locked.value))
        database.reopen()
        store(database, 1, rows(0, 5))

    assert (numbers_in(path), cursor_in(path)) == ([0, 1, 2, 3, 4], 1)


def test_a_column_that_another_process_added_is_there_at_once(tmp_path: Path) -> None:
    """The file may be altered beside the writer, between two of its transactions."""
    path = tmp_path / "day.db"
    with day(path) as database:
        store(database, 1, rows(0, 1))
        change(path, "ALTER TABLE entries ADD COLUMN extra TEXT")
        database.ingest("entries", pa.record_batch({"extra": ["x"], "number": [1]}))
        database.commit()

    assert ask(path, "SELECT number, extra FROM entries") == [[0, None], [1, "x"]]


def test_reading_only(tmp_path: Path) -> None:
    """A read-only connection reads what is committed, beside the writer too, and refuses to write."""
    path = tmp_path / "day.db"
    with day(path) as database:
        store(database, 1, rows(0, 3))
        with closing(Database(path, read_only=True)) as reader:
            assert reader.rows("SELECT number FROM entries") == [(0,), (1,), (2,)]
            with pytest.raises(DatabaseError, match="readonly database") as refused:
                reader.execute("DELETE FROM entries")

    assert "read-only" in str(store_error(path, refused.value))
    assert numbers_in(path) == [0, 1, 2]


@pytest.mark.parametrize("size", [None, 0])
def test_reading_only_makes_nothing(tmp_path: Path, size: int | None) -> None:
    """A file that is missing is not created, an empty one stays empty."""
    path = tmp_path / "day.db"
    if size is None:
        with pytest.raises(DatabaseError) as refused:
            Database(path, read_only=True)
        assert "cannot be opened" in str(store_error(path, refused.value))
        assert not path.exists()
        return
    path.touch()
    with closing(Database(path, read_only=True)) as reader:
        assert reader.rows("SELECT name FROM sqlite_master") == []
    assert path.stat().st_size == 0


# -- what goes in -----------------------------------------------------------------------------------------------------

VALUES = [
    None,
    0,
    -(2**63),
    2**63 - 1,
    "",
    "it's",
    '"',
    "'; DROP TABLE entries; --",
    "%s ? :a",
    "ünï 😀",
    "line\nbreak",
]


@pytest.mark.parametrize("value", VALUES)
def test_parameters_are_values(tmp_path: Path, value: int | str | None) -> None:
    """Whatever is bound comes back as it was, by place or by number, more than once."""
    with day(tmp_path / "day.db") as database:
        assert database.rows("SELECT ?, ?1, typeof(?1)", (value,)) == [(value, value, kind_of(value))]
        assert database.rows("SELECT coalesce(?2, ?1), ?3", (1, value, "end")) == [
            (1 if value is None else value, "end")
        ]


def kind_of(value: int | str | None) -> str:
    """What SQLite calls its type."""
    return {int: "integer", str: "text", type(None): "null"}[type(value)]


def test_columns_go_by_name(tmp_path: Path) -> None:
    """The order of a batch's columns does not matter, a column it lacks is NULL, one too many stores nothing."""
    path = tmp_path / "day.db"
    with day(path) as database:
        database.ingest("entries", pa.record_batch({"word": ["w"], "number": [1]}))
        database.ingest("entries", pa.record_batch({"number": [2]}))
        database.commit()
        with pytest.raises(DatabaseError):
            database.ingest("entries", pa.record_batch({"number": [3], "stranger": [1]}))
        database.reopen()

    assert ask(path, "SELECT id, word, number FROM entries") == [[1, "w", 1], [2, None, 2]]


def test_settings_of_the_file(tmp_path: Path) -> None:
    """Large pages, a WAL that plain readers can follow, and a flush at checkpoints only."""
    path = tmp_path / "day.db"
    with day(path) as database:
        assert database.rows("PRAGMA synchronous") == [(1,)]
        assert database.rows("PRAGMA busy_timeout") == [(5_000,)]
        database.reopen()
        assert database.rows("PRAGMA synchronous") == [(1,)]

    assert ask(path, "PRAGMA page_size") == [[PAGE_BYTES]]
    assert ask(path, "PRAGMA journal_mode") == [["wal"]]
