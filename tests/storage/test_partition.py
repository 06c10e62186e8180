"""A day file as plain `sqlite3` finds it: tables, view, versions of its class."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syslogger.storage.day import DAY_US, HOUR_US, DayInterval, day_bounds
from tests.storage.making import DAY, WORD, interval, log_class, partition, store, us
from tests.storage.plain import ask

NOON = us("2026-11-20T12:00")
TWO = log_class(user_ip=r"([\d.]+:\d+)", word=r"\b(\w+)")


def columns(path: Path, table: str) -> list[tuple[str, str]]:
    """Names and types of a table's or view's columns."""
    return [(row[0], row[1]) for row in ask(path, f"SELECT name, type FROM pragma_table_info('{table}')")]


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
