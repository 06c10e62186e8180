"""A day file from one writer to the next: half-made, killed, newer, older, sealed; and what a transaction notes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from syslogger.errors import ExitCode, StoreError
from syslogger.ledger import Counts, DropReason, dropped_json
from syslogger.storage.attempt import Attempt, Lost
from syslogger.storage.database import Database, DatabaseError
from syslogger.storage.day import DayInterval
from syslogger.storage.partition import LEDGER_SUMS, Partition, summarize
from tests.storage.format_1 import old_day
from tests.storage.making import DAY, OWNER, WORD, interval, log_class, partition, store, us
from tests.storage.plain import ask, change

NOON = us("2026-11-20T12:00")

# -- half-made, killed, newer -----------------------------------------------------------------------------------------


def only_pragmas(path: Path) -> None:
    """What a process leaves that died between its first page and its tables."""
    Database(path).close()


def tables_not_committed(path: Path) -> None:
    """What a process leaves that died before its first commit."""
    with closing(Database(path)) as database:
        database.execute("CREATE TABLE partition (class TEXT)")


def wal_of_another(path: Path) -> None:
    """A file of no bytes beside the WAL of one that is gone."""
    path.touch()
    other = path.with_name("other.db")
    with partition(other) as made:
        store(made, NOON, NOON)
        subprocess.run(["cp", f"{other}-wal", f"{path}-wal"], check=True)


@pytest.mark.parametrize("make", [Path.touch, only_pragmas, tables_not_committed, wal_of_another])
def test_a_half_made_file_is_completed(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file without tables was never used: opening it makes them, and it works like any other."""
    path = tmp_path / "day.db"
    make(path)
    with closing(Database(path, read_only=True)) as database:
        assert summarize(database) is None
    with partition(path, cursor=3 << 16) as made:
        store(made, NOON)

    assert ask(path, "SELECT id, received_at FROM entries") == [[1, NOON]]
    assert ask(path, "SELECT last_sequence FROM partition") == [[3]]
    assert ask(path, "PRAGMA integrity_check") == [["ok"]]


def test_rows_in_a_wal_that_was_left_behind_are_kept(tmp_path: Path) -> None:
    """What a killed writer had committed lies in the WAL: the next one finds it and goes on behind it."""
    path, copy = tmp_path / "day.db", tmp_path / "copy.db"
    with partition(path) as made:
        store(made, NOON)
        store(made, NOON + 1)
        subprocess.run(["cp", path, copy], check=True)
        subprocess.run(["cp", f"{path}-wal", f"{copy}-wal"], check=True)
    with partition(copy) as made:
        store(made, NOON + 2)

    assert ask(copy, "SELECT id, received_at FROM entries") == [[1, NOON], [2, NOON + 1], [3, NOON + 2]]
    assert ask(copy, "PRAGMA integrity_check") == [["ok"]]


@pytest.mark.parametrize("changed", ["SELECT 1", "ALTER TABLE partition RENAME COLUMN last_sequence TO cursor"])
def test_a_newer_file_is_refused(tmp_path: Path, changed: str) -> None:
    """A file of a later format gives a clear error, whatever else is new in it, and is not touched."""
    path = tmp_path / "day.db"
    with partition(path):
        pass
    change(path, "UPDATE partition SET format_version = 3", changed)
    before = ask(path, "SELECT sql FROM sqlite_master")
    with pytest.raises(StoreError, match=r"newer Syslogger \(format 3, this one knows 2\): upgrade") as refused:
        Partition.open(path, interval(), OWNER, log_class(other="(x)"), 0, pytest.fail)

    assert str(path) in str(refused.value)
    assert refused.value.exit_code is ExitCode.WRITE
    assert ask(path, "SELECT sql FROM sqlite_master") == before


# -- what a transaction notes -----------------------------------------------------------------------------------------


def test_the_ledger_of_a_minute_comes_back(tmp_path: Path) -> None:
    """Sums and drops are read as they were written; writing a minute again replaces it."""
    path = tmp_path / "day.db"
    drops = Counts.drop(DropReason.NO_SPACE, 3)
    with partition(path) as made:
        assert made.minute(5) is None
        assert made.last_minute() is None
        for factor in (1, 2):
            sums = {name: factor * place for place, name in enumerate(LEDGER_SUMS)}
            made.write_minute(5, sums, dropped_json(drops), in_flight=9)
        made.database.commit()

        assert made.minute(5) == (sums, drops)
        assert made.last_minute() == (5, 9)
    assert ask(path, "SELECT minute, json_extract(dropped, '$.no_space'), in_flight FROM ledger") == [[5, 3, 9]]


def test_the_minute_that_was_written_last(tmp_path: Path) -> None:
    """It is the last one, not the greatest: a clock may step back."""
    with partition(tmp_path / "day.db") as made:
        for minute, in_flight in ((10, 5), (9, 3)):
            made.write_minute(minute, dict.fromkeys(LEDGER_SUMS, 0), dropped_json(Counts()), in_flight)

        assert made.last_minute() == (9, 3)


def test_clients_are_noted_once(tmp_path: Path) -> None:
    """A name that has rows keeps the range that was noted first."""
    path = tmp_path / "day.db"
    for networks in ({"office": "10.0.0.0/8"}, {"office": "10.0.0.0/8", "home": "192.168.0.0/16"}):
        with partition(path) as made:
            made.note_clients(networks)
            made.database.commit()

            assert made.clients == networks
    assert ask(path, "SELECT name, network FROM clients ORDER BY rowid") == [
        ["office", "10.0.0.0/8"],
        ["home", "192.168.0.0/16"],
    ]


def test_clock_steps_are_noted(tmp_path: Path) -> None:
    """Which batch it was, where the clock stood and where it stood then."""
    path = tmp_path / "day.db"
    with partition(path) as made:
        made.note_clock_step(7, NOON, NOON - 10_000_000)
        made.database.commit()

    assert ask(path, "SELECT * FROM clock_steps") == [[7, NOON, NOON - 10_000_000]]


def test_reopening_forgets_what_was_not_committed(tmp_path: Path) -> None:
    """After a failed transaction interval and clients are those of the file, and its last booking is told."""
    with partition(tmp_path / "day.db") as made:
        made.advance(4, 0, 2, None, None)
        made.note_clients({"office": "10.0.0.0/8"})
        made.database.commit()
        made.advance(5, 0, 3, None, None)
        made.note_clients({"home": "192.168.0.0/16"})
        made.use_interval(DayInterval(DAY, 0, 1, "UTC"))

        assert made.reopen() == 2
        assert made.clients == {"office": "10.0.0.0/8"}
        assert made.interval == interval()


def test_a_failed_opening_leaves_no_connection(tmp_path: Path) -> None:
    """Garbage is refused, and nothing of it stays open."""
    (tmp_path / "day.db").write_bytes(b"garbage" * 1_000)
    with pytest.raises(DatabaseError, match="not a database"):
        Partition.open(tmp_path / "day.db", interval(), OWNER, WORD, 0, pytest.fail)


# -- other states of a file -------------------------------------------------------------------------------------------


def test_a_file_of_format_1_is_continued_as_it_is(tmp_path: Path) -> None:
    """It is read and takes rows, and gains neither runs nor rollups: they would lack the rows it had before."""
    old_day(tmp_path / "day.db")
    with partition(tmp_path / "day.db") as made:
        assert (made.rows, made.reopen(), made.clients) == (1, 3, {"office": "10.0.0.0/8"})
        attempt = Attempt(8 << 16, NOON, made, first_id=2)
        attempt.take(Lost(0, 0, 0), np.array([NOON - 10_000_000]), [])
        made.roll_up(attempt, 1)
        store(made, NOON)
    tables = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'rollup%' OR name = 'runs'"

    assert ask(tmp_path / "day.db", "SELECT format_version FROM partition") == [[1]]
    assert ask(tmp_path / "day.db", tables) == [[0]]
    assert ask(tmp_path / "day.db", "SELECT id FROM entries") == [[1], [2]]


@pytest.mark.parametrize("old", [True, False])
def test_an_opened_day_is_no_sealed_one(tmp_path: Path, old: bool) -> None:
    """The instant of its sealing goes in the transaction that opens it, in files of either format."""
    path = tmp_path / "day.db"
    if old:
        old_day(path)
        change(path, "ALTER TABLE partition ADD COLUMN sealed_at INTEGER")
    else:
        with partition(path):
            pass
    change(path, "UPDATE partition SET sealed_at = 5")
    with partition(path):
        pass

    assert ask(path, "SELECT sealed_at FROM partition") == [[None]]


@pytest.mark.parametrize(
    ("before", "pieces", "expected"),
    [
        ([], [[5, 5, 6], [6, 7]], []),
        ([], [[5, 4, 6], [6, 5]], [2, 5]),
        ([9], [[8, 8], [], [9]], [2]),
        ([9], [[9], [8], [7]], [3, 4]),
        ([9], [], []),
    ],
)
def test_runs_begin_where_a_stamp_goes_back(
    tmp_path: Path, before: list[int], pieces: list[list[int]], expected: list[int]
) -> None:
    """Behind the rows that the file holds, within a piece, and from one to the next; forgotten if not committed."""
    path = tmp_path / "day.db"
    with partition(path) as made:
        store(made, *before)
    with partition(path) as made:
        for commit in (False, True):
            attempt = Attempt(8 << 16, None, made, first_id=made.rows + 1)
            for stamps in pieces:
                attempt.take(Lost(0, 0, 0), np.array(stamps, np.int64), [])
            made.roll_up(attempt, 1)
            if commit:
                made.database.commit()
            else:
                made.reopen()

    assert ask(path, "SELECT first_id FROM runs ORDER BY 1") == [[first_id] for first_id in expected]
