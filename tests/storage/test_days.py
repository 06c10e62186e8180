"""Day files on the disk: listed, read, deleted, and what is left when the one who deletes is killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syslogger.errors import StoreError
from syslogger.storage import days
from syslogger.storage.day_names import SIDECARS, stored_days
from syslogger.storage.retention import StoredDay
from tests.keeping import writer
from tests.storage.making import DAY, interval, us

ROOT = Path(__file__).resolve().parents[2]
ZONE = ZoneInfo("UTC")
NOON = us("2026-11-20T12:00:00")


def plain_day(path: Path, *stamps: int, minutes: tuple[int, ...] = ()) -> Path:
    """A day file with what is read here, closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.executescript(
            "create table partition (least_received_at, greatest_received_at);"
            "create table ledger (minute integer primary key); create table entries (id integer primary key);"
        )
        bounds = (min(stamps), max(stamps)) if stamps else (None, None)
        connection.execute("insert into partition values (?, ?)", bounds)
        connection.executemany("insert into ledger values (?)", [(minute,) for minute in minutes])
        connection.executemany("insert into entries values (?)", [(number,) for number in range(1, len(stamps) + 1)])
        connection.commit()
    return path


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_day_files_are_found_by_their_names(tmp_path: Path) -> None:
    """Class, engine and day come from the path, bytes with the WAL; what is called otherwise is none of ours."""
    path = plain_day(tmp_path / "word" / "main" / "2026-11-20.db", NOON)
    (path.parent / "2026-11-20.db-wal").write_bytes(b"x" * 100)
    for other in ("2026-13-01.db", "2026-11-19.deleted", "notes.db", "2026-11-18.broken-1", "20261117.db"):
        (path.parent / other).touch()
    for folder in ("_control/main", "Word/main", "word/.hidden"):
        plain_day(tmp_path / folder / "2026-11-20.db")
    (tmp_path / "word" / "file").touch()

    assert stored_days(tmp_path) == [StoredDay("word", "main", DAY, path, path.stat().st_size + 100)]
    assert stored_days(tmp_path / "nothing") == []


def test_a_folder_that_cannot_be_read_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days that nobody could see would pass for deleted."""

    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(StoreError, match=r"Permission denied: the user of Syslogger"):
        stored_days(tmp_path)


@pytest.mark.parametrize(
    ("stamps", "minutes", "expected"),
    [
        ((), (), None),
        ((5, 9), (), (5, 9)),
        ((), (2, 3), (120_000_000, 180_000_000)),
        ((130_000_000,), (2, 3), (120_000_000, 180_000_000)),
        ((1, 200_000_000), (2,), (1, 200_000_000)),
    ],
)
def test_the_span_of_a_day(
    tmp_path: Path, stamps: tuple[int, ...], minutes: tuple[int, ...], expected: tuple[int, int] | None
) -> None:
    """Rows and ledger minutes count, whichever is further out."""
    path = plain_day(tmp_path / "2026-11-20.db", *stamps, minutes=minutes)

    assert days.span_of(path) == expected


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    """A file that nobody has open gains neither a WAL nor its index by being read."""
    path = plain_day(tmp_path / "2026-11-20.db", 5)
    days.span_of(path)

    assert names(tmp_path) == ["2026-11-20.db"]


def test_a_live_day_is_read_with_its_wal(tmp_path: Path) -> None:
    """What a writer has committed counts although no checkpoint has moved it into the file."""
    path = tmp_path / "2026-11-20.db"
    with writer(path, NOON, NOON + 1):
        assert (tmp_path / "2026-11-20.db-wal").stat().st_size > 0
        assert days.span_of(path) == (NOON, NOON + 1)


def test_a_day_that_is_opened_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that comes between is seen by its WAL, and the file is read again with what it has committed."""
    path = plain_day(tmp_path / "2026-11-20.db", NOON)
    read, writers = days._read, ExitStack()

    def read_and_write(path: Path, sql: str, needs: str, *, quiet: bool) -> list[tuple[object, ...]]:
        found = read(path, sql, needs, quiet=quiet)
        if quiet:
            late = writers.enter_context(closing(sqlite3.connect(path)))
            late.execute("update partition set greatest_received_at = ?", (NOON + 1,))
            late.commit()
        return found

    monkeypatch.setattr(days, "_read", read_and_write)
    with writers:
        assert days.span_of(path) == (NOON, NOON + 1)


def test_a_file_without_its_tables_has_nothing(tmp_path: Path) -> None:
    """An empty file is one that its writer never completed."""
    path = tmp_path / "2026-11-20.db"
    path.touch()

    assert days.span_of(path) is None


@pytest.mark.parametrize("content", [b"no database" * 500, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """It cannot be read, and the error says which it is; with_stamps keeps the reason."""
    path = tmp_path / "2026-11-20.db"
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"2026-11-20\.db: "):
        days.span_of(path)
    assert str(path) in days.with_stamps(StoredDay("word", "main", DAY, path), ZONE).trouble


def test_a_text_for_a_stamp_is_damage(tmp_path: Path) -> None:
    """What somebody else wrote into the file never gets into a calculation."""
    path = plain_day(tmp_path / "2026-11-20.db", 5)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update partition set greatest_received_at = 'late'")
        connection.commit()

    with pytest.raises(StoreError, match="a text where a number belongs"):
        days.span_of(path)


@pytest.mark.parametrize(("stamp", "trouble"), [(NOON, ""), (1 << 62, "its newest stamp is beyond any calendar")])
def test_the_youngest_row_by_local_date(tmp_path: Path, stamp: int, trouble: str) -> None:
    """The date is that of the zone; a stamp that no calendar knows is trouble, not a traceback."""
    path = plain_day(tmp_path / "2026-11-20.db", stamp)
    found = days.with_stamps(StoredDay("word", "main", DAY, path), ZoneInfo("Pacific/Kiritimati"))

    assert (found.youngest, found.trouble) == (None if trouble else date(2026, 11, 21), trouble)


def test_the_clock_is_judged_by_the_newest_days(tmp_path: Path) -> None:
    """Of each engine the newest day, and every day since the last observation; what cannot be read says nothing."""
    for number in range(5):
        day = DAY - timedelta(days=number)
        plain_day(tmp_path / "word" / "main" / f"{day}.db", interval(day).start)
    plain_day(tmp_path / "word" / "second" / "2026-01-01.db", 7)
    (tmp_path / "word" / "main" / "2026-11-21.db").write_bytes(b"damaged" * 500)
    stored = stored_days(tmp_path)

    assert days.spans(stored, None, ZONE) == [(7, 7)]
    since = [start for start, _ in days.spans(stored, NOON - 2 * 86_400_000_000, ZONE)]
    assert since == [*(interval(DAY - timedelta(days=number)).start for number in (3, 2, 1, 0)), 7]


# -- who has it open --------------------------------------------------------------------------------------------------


def test_a_day_that_is_written_is_open(tmp_path: Path) -> None:
    """As long as a writer has it open, idle too, and not a moment longer; to ask disturbs nobody."""
    path = tmp_path / "2026-11-20.db"
    with writer(path, NOON):
        assert days.is_open(path)
        assert days.is_open(path)
    assert not days.is_open(path)


def test_a_writer_that_was_killed_has_nothing_open(tmp_path: Path) -> None:
    """Its WAL lies there, and the day may go."""
    path = tmp_path / "2026-11-20.db"
    with writer(path, NOON) as process:
        process.kill()
        process.wait(60)

        assert (tmp_path / "2026-11-20.db-wal").exists()
        assert not days.is_open(path)


# -- deleting ---------------------------------------------------------------------------------------------------------


def full_day(folder: Path) -> Path:
    """A day with a WAL and its index, as a killed writer leaves it."""
    path = plain_day(folder / "2026-11-20.db", NOON)
    for ending in SIDECARS:
        path.with_name(path.name + ending).write_bytes(b"x")
    return path


def test_a_day_is_deleted_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    """File, WAL and index are gone; the neighbours stay."""
    path = full_day(tmp_path)
    plain_day(tmp_path / "2026-11-19.db")
    days.delete(path)

    assert names(tmp_path) == ["2026-11-19.db"]


def test_a_day_that_is_not_there_cannot_be_deleted(tmp_path: Path) -> None:
    """The error says which it was."""
    with pytest.raises(StoreError, match=r"2026-11-20\.db: No such file"):
        days.delete(tmp_path / "2026-11-20.db")


STEPS = ["renamed", "synced", "wal", "shm", "unlinked"]
DELETE = """
import os, signal, sys
from pathlib import Path
from syslogger.storage.days import deletion
for step in deletion(Path(sys.argv[1])):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_steps_of_a_deletion_have_names(tmp_path: Path) -> None:
    """These are all the points at which the next test kills."""
    assert list(days.deletion(full_day(tmp_path))) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps(tmp_path: Path, step: str) -> None:
    """After kill -9 the day is gone for every reader, and the next keeper takes the rest away."""
    folder = tmp_path / "word" / "main"
    path = full_day(folder)
    killed = subprocess.run([sys.executable, "-c", DELETE, str(path), step], cwd=ROOT, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert stored_days(tmp_path) == []
    left = names(folder)
    assert days.finish_deletions(tmp_path) == (["word/main/2026-11-20"] if left else [])
    assert names(folder) == []


def test_a_new_file_of_that_day_keeps_its_wal(tmp_path: Path) -> None:
    """An engine that made the day anew before the rest was taken away loses nothing."""
    folder = tmp_path / "word" / "main"
    assert next(days.deletion(full_day(folder))) == "renamed"
    new = full_day(folder)
    days.finish_deletions(tmp_path)

    assert names(folder) == ["2026-11-20.db", "2026-11-20.db-shm", "2026-11-20.db-wal"]
    assert new.stat().st_size > 0


def test_a_reader_keeps_what_it_reads(tmp_path: Path) -> None:
    """A query that runs while its day is deleted ends with its rows."""
    path = plain_day(tmp_path / "2026-11-20.db", NOON)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
        rows = reader.execute("select id from entries")
        days.delete(path)

        assert rows.fetchall() == [(1,)]


def test_a_folder_goes_unless_something_of_others_lies_there(tmp_path: Path) -> None:
    """Lock and files moved aside are ours; notes of an operator keep the folder, and are named."""
    folder = tmp_path / "main"
    folder.mkdir()
    for name in (".lock", "2026-11-20.broken-123", "notes.txt"):
        (folder / name).touch()

    assert days.remove_folder(folder) == ["notes.txt"]
    assert names(folder) == [".lock", "notes.txt"]
    (folder / "notes.txt").unlink()
    assert days.remove_folder(folder) == []
    assert not folder.exists()
