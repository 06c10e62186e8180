"""A day file as plain `sqlite3` finds it: tables, view, versions, and what becomes of half-made and newer ones."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from syslogger.errors import ExitCode, StoreError
from syslogger.ledger import Counts, DropReason, dropped_json
from syslogger.storage.attempt import Attempt, Lost
from syslogger.storage.database import Database, DatabaseError
from syslogger.storage.day import DAY_US, HOUR_US, DayInterval, day_bounds
from syslogger.storage.partition import LEDGER_SUMS, Partition, quoted, summarize
from tests.storage.format_1 import old_day
from tests.storage.making import DAY, OWNER, WORD, entries, interval, log_class, partition, us
from tests.storage.plain import ask, change

NOON = us("2026-11-20T12:00")
TWO = log_class(user_ip=r"([\d.]+:\d+)", word=r"\b(\w+)")


def columns(path: Path, table: str) -> list[tuple[str, str]]:
    """Names and types of a table's or view's columns."""
    return [(row[0], row[1]) for row in ask(path, f"SELECT name, type FROM pragma_table_info('{table}')")]


def store(made: Partition, *stamps: int, **values: Sequence[object]) -> None:
    """Rows, committed."""
    made.database.ingest("entries", entries(stamps, **values))
    made.database.commit()


# -- the tables -------------------------------------------------------------------------------------------------------


def test_entries_have_the_columns_of_the_class(tmp_path: Path) -> None:
    """Base columns, the fields in class order with text and integer, the line; ids count from 1."""
    path = tmp_path / "day.db"
    with partition(path, fields=TWO) as made:
        store(made, NOON, NOON + 1)

    assert columns(path, "entries") == [
        ("id", "INTEGER"),
        ("received_at", "INTEGER"),
        ("client", "TEXT"),
        ("log_sender_ip", "TEXT"),
        ("facility", "INTEGER"),
        ("severity", "INTEGER"),
        ("user_ip", "TEXT"),
        ("user_port", "INTEGER"),
        ("word", "TEXT"),
        ("original_log", "TEXT"),
    ]
    assert ask(path, "SELECT name FROM pragma_table_info('entries') WHERE pk") == [["id"]]
    assert ask(path, "SELECT id FROM entries") == [[1], [2]]


LEDGER_COLUMNS = ["minute", "offered", "kernel_dropped", "received", "stored", "refused", "empty", "dropped"]
TABLES = {
    "ledger": [*LEDGER_COLUMNS, "in_flight", "unexplained", "truncated"],
    "class_versions": ["version", "digest", "from_id", "patterns"],
    "clock_steps": ["sequence", "from_received_at", "to_received_at"],
    "clients": ["name", "network"],
    "runs": ["first_id"],
    "rollup_severity": ["minute", "severity", "rows", "bytes"],
    "rollup_pairs": ["pair", "client", "sender", "complete"],
    "rollup_senders": ["minute", "pair", "rows", "bytes", "received", "refused", "dropped"],
}


@pytest.mark.parametrize("table", TABLES)
def test_the_other_tables(tmp_path: Path, table: str) -> None:
    """Each has its columns, in this order."""
    path = tmp_path / "day.db"
    with partition(path):
        pass

    assert [name for name, _ in columns(path, table)] == TABLES[table]


def test_a_file_says_whose_day_it_is(tmp_path: Path) -> None:
    """`partition` has one row: class, engine, day, zone, interval, cursor and format."""
    path = tmp_path / "day.db"
    day = interval(DAY, "Europe/Berlin")
    with partition(path, day, cursor=7 << 16 | 5):
        pass
    query = (
        "SELECT class, engine, day, time_zone, interval_start, interval_end, last_sequence, last_row, bookings,"
        " format_version, least_received_at, greatest_received_at FROM partition"
    )

    zone = ("2026-11-20", "Europe/Berlin", us("2026-11-19T23:00"), us("2026-11-20T23:00"))
    assert ask(path, query) == [["word", "main", *zone, 7, 5, 0, 2, None, None]]


def test_what_is_committed_is_noted(tmp_path: Path) -> None:
    """The cursor, the booking, and least and greatest stamp, which rows alone move."""
    path = tmp_path / "day.db"
    query = "SELECT last_sequence, last_row, bookings, least_received_at, greatest_received_at FROM partition"
    with partition(path) as made:
        for advance, expected in (
            ((1, 0, 1, None, None), [1, 0, 1, None, None]),
            ((2, 7, 2, 50, 60), [2, 7, 2, 50, 60]),
            ((3, 0, 3, None, None), [3, 0, 3, 50, 60]),
            ((4, 0, 4, 55, 58), [4, 0, 4, 50, 60]),
            ((5, 0, 5, 40, 70), [5, 0, 5, 40, 70]),
        ):
            made.advance(*advance)
            made.database.commit()
            assert ask(path, query) == [expected]


def test_names_are_quoted() -> None:
    """A quote inside a name is doubled."""
    assert quoted('a"b') == '"a""b"'


@pytest.mark.parametrize("name", ["select", "order", "index", "group", "table", "values"])
def test_a_field_may_be_called_like_a_keyword(tmp_path: Path, name: str) -> None:
    """Words of SQL are names like others, in tables and in the view."""
    path = tmp_path / "day.db"
    with partition(path, fields=log_class(**{name: "(a)"})) as made:
        store(made, NOON, **{name: ["a"]})

    assert ask(path, f'SELECT "{name}" FROM log') == [["a"]]


# -- the view ---------------------------------------------------------------------------------------------------------


def test_the_view_shows_what_people_read(tmp_path: Path) -> None:
    """Sender, local time, zone, the fields and the line, and nothing else."""
    path = tmp_path / "day.db"
    with partition(path, interval(DAY, "Europe/Berlin"), TWO) as made:
        store(made, NOON + 999_999, user_ip=["1.2.3.4"], user_port=[80], word=["w"], facility=[4], severity=[1])

    assert [name for name, _ in columns(path, "log")] == [
        "log_sender_ip",
        "time",
        "time_zone",
        "user_ip",
        "user_port",
        "word",
        "original_log",
    ]
    assert ask(path, "SELECT * FROM log") == [["10.0.0.1", "13:00:00", "Europe/Berlin", "1.2.3.4", 80, "w", "line"]]


DST_DAYS = [
    ("Europe/Berlin", date(2026, 3, 29), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("America/New_York", date(2026, 3, 8), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("America/Havana", date(2026, 3, 8), 23),
    ("Asia/Kathmandu", date(2026, 11, 20), 24),
]


@pytest.mark.parametrize(("zone", "day", "hours"), DST_DAYS)
def test_local_time_is_right_all_day(tmp_path: Path, zone: str, day: date, hours: float) -> None:
    """Every five minutes and at both ends the view says what a wall clock of the zone says, on DST days too."""
    path = tmp_path / "day.db"
    start, end = day_bounds(day, ZoneInfo(zone))
    stamps = [*range(start, end, HOUR_US // 12), end - 1]
    with partition(path, interval(day, zone)) as made:
        store(made, *stamps)
    clocks = [datetime.fromtimestamp(stamp // 1_000_000, UTC).astimezone(ZoneInfo(zone)) for stamp in stamps]

    assert (end - start) / HOUR_US == hours
    assert ask(path, "SELECT time FROM log ORDER BY rowid") == [[clock.strftime("%H:%M:%S")] for clock in clocks]


def test_an_extended_day_shows_the_offsets_of_all_of_it(tmp_path: Path) -> None:
    """When a day lasts longer because the zone changes, the view knows a DST change that lies in the new part."""
    path = tmp_path / "day.db"
    day = interval(date(2026, 3, 28), "Europe/Berlin")
    with partition(path, day) as made:
        longer = DayInterval(day.day, day.start, day.end + DAY_US, day.time_zone)
        made.use_interval(longer)
        made.use_class(WORD)
        store(made, us("2026-03-28T12:00"), us("2026-03-29T12:00"))

        assert made.interval == longer
    assert ask(path, "SELECT time FROM log") == [["13:00:00"], ["14:00:00"]]
    assert ask(path, "SELECT interval_end FROM partition") == [[longer.end]]


# -- a class that changes ---------------------------------------------------------------------------------------------


def test_a_gained_field_is_added_before_the_line(tmp_path: Path) -> None:
    """Old rows have NULL in the new columns, and the view still ends with the line."""
    path = tmp_path / "day.db"
    with partition(path) as made:
        store(made, NOON, number=["1"])
    with partition(path, fields=log_class(number="number ([0-9]+)", user_ip="(.*)")) as made:
        store(made, NOON, number=["2"], user_ip=["1.1.1.1"], user_port=[5])

    assert [name for name, _ in columns(path, "log")][3:] == ["number", "user_ip", "user_port", "original_log"]
    assert columns(path, "entries")[-2:] == [("user_ip", "TEXT"), ("user_port", "INTEGER")]
    assert ask(path, "SELECT number, user_ip, user_port, original_log FROM log") == [
        ["1", None, None, "line"],
        ["2", "1.1.1.1", 5, "line"],
    ]


def test_a_lost_field_stays_and_is_null(tmp_path: Path) -> None:
    """Its values are kept, later rows have none, and its column is still shown."""
    path = tmp_path / "day.db"
    with partition(path, fields=log_class(number="(1)", word="(w)")) as made:
        store(made, NOON, number=["1"], word=["w"])
    with partition(path, fields=log_class(word="(w)")) as made:
        store(made, NOON, word=["x"])

    assert [name for name, _ in columns(path, "log")][3:] == ["number", "word", "original_log"]
    assert ask(path, "SELECT number, word FROM log") == [["1", "w"], [None, "x"]]


def test_versions_say_which_patterns_filled_which_rows(tmp_path: Path) -> None:
    """A version begins with the id of its first row; the same class again is no new version, a former one is."""
    path = tmp_path / "day.db"
    other = log_class(number="number ([1-9])")
    for fields, rows in ((WORD, 2), (WORD, 1), (other, 3), (WORD, 0)):
        with partition(path, fields=fields) as made:
            store(made, *[NOON] * rows)
    found = ask(path, "SELECT version, digest, from_id, patterns FROM class_versions")

    assert [row[:3] for row in found] == [[1, WORD.digest, 1], [2, other.digest, 4], [3, WORD.digest, 7]]
    assert [json.loads(row[3])["number"] for row in found] == ["number ([0-9]+)", "number ([1-9])", "number ([0-9]+)"]


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
