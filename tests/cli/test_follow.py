"""Following day files: every row once and in order, over rollover, new columns, new files and half-made ones."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from syslogger.cli import follow
from syslogger.cli.follow import DayFile, Follower
from syslogger.errors import StoreError
from tests.cli.days import TABLES, day_file
from tests.cli.program import environment


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[Follower]:
    """A follower of `tmp_path`."""
    with closing(Follower(tmp_path)) as follower:
        yield follower


def last(follower: Follower, count: int) -> list[object]:
    """The originals of the newest `count` rows."""
    return [row["original_log"] for rows in follower.last(count) for row in rows]


def after(follower: Follower) -> list[object]:
    """The originals stored since."""
    return [row["original_log"] for row in follower.next()]


def test_last_rows_then_the_new_ones(tmp_path: Path, follower: Follower) -> None:
    """The newest rows come first to last, and what is stored afterwards comes once."""
    with day_file(tmp_path) as day:
        day.add("a", "b", "c")

        assert ["b", "c"] == last(follower, 2)
        assert [] == after(follower)
        day.add("d", "e")
        assert ["d", "e"] == after(follower)
        assert [] == after(follower)


@pytest.mark.parametrize(("count", "expected"), [(0, []), (1, ["e"]), (3, ["c", "d", "e"]), (99, list("abcde"))])
def test_last_rows_reach_back_over_days(tmp_path: Path, follower: Follower, count: int, expected: list[str]) -> None:
    """When today has too few rows, they come from the days before, in order."""
    for day, rows in {"2026-11-17": "ab", "2026-11-18": "c", "2026-11-19": "", "2026-11-20": "de"}.items():
        with day_file(tmp_path, day) as file:
            file.add(*rows)

    assert expected == last(follower, count)
    assert [] == after(follower)


def test_last_ends_while_rows_keep_coming(tmp_path: Path, follower: Follower) -> None:
    """The newest rows are a fixed number, even when the day grows faster than they are read."""
    with day_file(tmp_path) as day:
        day.add("a", "b")
        rows = follower.last(2)
        first = next(rows)
        day.add("c")

        assert ["a", "b"] == [row["original_log"] for row in first]
        assert [] == list(rows)
        assert ["c"] == after(follower)


def test_rollover_is_followed_and_late_rows_are_shown(tmp_path: Path, follower: Follower) -> None:
    """A new day's file is found, and a row that the old day still gets comes too."""
    with day_file(tmp_path) as old:
        old.add("a")
        assert ["a"] == last(follower, 10)
        with day_file(tmp_path, "2026-11-21") as new:
            old.add("b")
            new.add("c")
            assert ["b", "c"] == after(follower)
            old.add("late")
            assert ["late"] == after(follower)


def test_only_the_newest_days_stay_open(tmp_path: Path, follower: Follower) -> None:
    """Files of days gone by are let go."""
    for number in range(15, 21):
        with day_file(tmp_path, f"2026-11-{number}") as day:
            day.add(str(number))
        after(follower)
    opened = {Path(file.path).name for file in psutil.Process().open_files()}

    assert {"2026-11-19.db", "2026-11-20.db"} == {name for name in opened if name.endswith(".db")}


def test_folder_and_file_may_appear_later(tmp_path: Path) -> None:
    """An engine that has not stored anything yet is waited for."""
    folder = tmp_path / "mikrotik" / "main"
    with closing(Follower(folder)) as follower:
        assert [] == last(follower, 10)
        assert [] == after(follower)
        with day_file(folder) as day:
            day.add("a")
            assert ["a"] == after(follower)


def test_half_made_file_has_no_rows_yet(tmp_path: Path, follower: Follower) -> None:
    """An empty file, one without all its tables, one without its partition row and a locked one are waited for."""
    path = tmp_path / "2026-11-20.db"
    path.touch()
    assert [] == last(follower, 10)
    entries, partition = TABLES.strip().rsplit("\n", 1)
    with closing(sqlite3.connect(path)) as writer:
        writer.executescript(entries)
        assert [] == after(follower)
        writer.executescript(partition)
        assert [] == after(follower)
        writer.execute("insert into partition values ('mikrotik', 'main', '2026-11-20', 'UTC')")
        writer.execute("insert into entries(received_at, original_log) values (0, 'a')")
        writer.commit()
        writer.execute("begin exclusive")
        assert [] == after(follower)
        writer.rollback()
        assert ["a"] == after(follower)


def test_file_made_anew_is_read_from_its_first_row(tmp_path: Path, follower: Follower) -> None:
    """A data directory that was emptied under a running tail does not silence it."""
    with day_file(tmp_path) as day:
        day.add("a", "b")
        assert ["a", "b"] == last(follower, 10)
    for path in tmp_path.iterdir():
        path.unlink()
    assert [] == after(follower)
    with day_file(tmp_path) as day:
        day.add("c")
        assert ["c"] == after(follower)


def test_new_column_is_shown_at_once(tmp_path: Path, follower: Follower) -> None:
    """A class that gains a field while it runs has it in the next row."""
    with day_file(tmp_path) as day:
        day.add("a")
        assert ["a"] == last(follower, 10)
        day.connection.execute("alter table entries add column colour TEXT")
        day.connection.execute("insert into entries(received_at, colour) values (0, 'red')")
        day.connection.commit()

        assert ["red"] == [row["colour"] for row in follower.next()]


def test_long_backlog_comes_in_bounded_pieces(tmp_path: Path, follower: Follower) -> None:
    """However much is waiting, one piece is at most ROWS_A_QUERY rows, and none is left out."""
    with day_file(tmp_path) as day:
        day.add(*map(str, range(2 * follow.ROWS_A_QUERY + 1)))
        pieces = [len(rows) for rows in follower.last(2 * follow.ROWS_A_QUERY)]
        day.add(*map(str, range(follow.ROWS_A_QUERY + 1)))

        assert [follow.ROWS_A_QUERY] * 2 == pieces
        assert [follow.ROWS_A_QUERY, 1, 0] == [len(follower.next()) for _ in range(3)]


def test_following_never_holds_the_writer_up(tmp_path: Path, follower: Follower) -> None:
    """Between two looks no snapshot is held: the writer can empty its WAL."""
    with day_file(tmp_path) as day:
        day.add("a")
        assert ["a"] == last(follower, 10)
        day.add("b")

        assert (0, 0, 0) == day.connection.execute("pragma wal_checkpoint(truncate)").fetchone()


def test_row_has_the_local_time_of_its_day(tmp_path: Path, follower: Follower) -> None:
    """`time` is local ISO time with its offset in the zone of the day file, whatever zone the reader is in."""
    with day_file(tmp_path, zone="Asia/Kathmandu") as day:
        day.add("a")
    (row,) = next(follower.last(1))

    assert ["id", "date", "time", "time_zone", "received_at"] == list(row)[:5]
    assert ("2026-11-20", "2026-11-20T17:45:00.250000+05:45") == (row["date"], row["time"])
    assert "Asia/Kathmandu" == row["time_zone"]


def test_bytes_that_are_no_text_are_shown(tmp_path: Path, follower: Follower) -> None:
    """A TEXT value that is not UTF-8 is a row like any other."""
    with day_file(tmp_path) as day:
        day.connection.execute("insert into entries(received_at, original_log) values (0, cast(x'41ff' as text))")
        day.connection.commit()

    assert ["A\\xff"] == last(follower, 1)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update partition set time_zone = 'Mars/Olympus'", "no time zone"),
        ("update entries set received_at = 9223372036854775807", "beyond any calendar"),
        ("alter table partition rename column time_zone to zone", "no such column: time_zone"),
    ],
)
def test_file_that_is_none_of_ours_is_an_error_in_words(
    tmp_path: Path, follower: Follower, statement: str, words: str
) -> None:
    """A file with our tables and impossible contents is refused with its name and the reason."""
    with day_file(tmp_path) as day:
        day.add("a")
        day.connection.execute(statement)
        day.connection.commit()
    with pytest.raises(StoreError, match=words):
        last(follower, 1)


# Everything is imported while the process may still read it; then it becomes `nobody` (when it was root).
WITHOUT_RIGHTS = """
import os, pathlib, sys, zoneinfo
from syslogger.cli.follow import Follower
zone = zoneinfo.ZoneInfo("Europe/Berlin")
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
print([row["original_log"] for rows in Follower(pathlib.Path(sys.argv[1])).last(1) for row in rows])
"""


def read_without_rights(folder: Path) -> str:
    """What a process that may not write the folder prints."""
    command = [sys.executable, "-c", WITHOUT_RIGHTS, str(folder)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def test_reader_without_rights_is_told_what_is_missing() -> None:
    """Beside a running engine such a user reads on; without one there is the reason."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        with day_file(folder) as day:
            day.add("a")
            beside = read_without_rights(folder)
        folder.chmod(0o555)
        alone = read_without_rights(folder)
        folder.chmod(0o755)

    assert "['a']\n" == beside
    assert "only a user who may write its folder can read a day file" in alone


def test_file_that_is_no_database_is_an_error_in_words(tmp_path: Path, follower: Follower) -> None:
    """A file that SQLite refuses is named with SQLite's reason."""
    (tmp_path / "2026-11-20.db").write_bytes(b"this is no database\n" * 99)
    with pytest.raises(StoreError, match=r"2026-11-20\.db: file is not a database"):
        last(follower, 1)


def test_day_file_that_went_away_is_an_error_in_words(tmp_path: Path) -> None:
    """A path without a file is a sentence, and nothing is created there."""
    with pytest.raises(StoreError, match="cannot open"):
        DayFile(tmp_path / "2026-11-20.db")
    assert [] == list(tmp_path.iterdir())
