"""The days there are, and their fields."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from syslogger.query.answers import DayRow
from syslogger.query.model import Query
from syslogger.query.questions import Days, Fields
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.listing import answer_days, answer_fields
from tests.storage.made_days import DaySpec, make_root
from tests.storage.made_roots import ample
from tests.storage.making import us

NOON = us("2020-11-20T12:00:00")
PAST = datetime(2020, 11, 20, tzinfo=UTC).date()
ROWS = [{"received_at": NOON, "number": "1"}, {"received_at": NOON + 1, "nat_port": 5, "nat_ip": "10.0.0.1"}]


def test_fields_say_which_days_they_are_of(tmp_path: Path) -> None:
    """A day that cannot be read may have more of them, and is named."""
    make_root(tmp_path, [DaySpec(ROWS, day=PAST)])
    (tmp_path / "word" / "main" / "2020-11-21.db").write_bytes(b"nothing of ours" * 100)
    answer = answer_fields(Catalogue(tmp_path), Fields(query=Query()), ample())

    assert answer.fields["number"] == "TEXT"
    assert (answer.searched.searched, answer.searched.partitions) == (1, 2)
    assert list(answer.searched.damaged) == ["word.main.2020-11-21"]


def listed(root: Path, query: Query | None = None) -> list[DayRow]:
    """The days of a root."""
    return answer_days(Catalogue(root), Days(query=query or Query()), ample()).days


def test_each_day_has_a_state(tmp_path: Path) -> None:
    """Sealed, open until then, live today, damaged; in the order of class, engine and day."""
    now = time.time_ns() // 1000
    today = datetime.fromtimestamp(now / 1_000_000, UTC).date()
    make_root(
        tmp_path,
        [
            DaySpec(ROWS, day=PAST, engine="c", state="sealed"),
            DaySpec(ROWS, day=PAST, engine="b"),
            DaySpec([{"received_at": now}], day=today, engine="b"),
            DaySpec(day=PAST, engine="a", state="live"),
            DaySpec(ROWS, day=PAST, engine="d"),
        ],
    )
    broken = tmp_path / "word" / "d" / "2020-11-20.db"
    broken.write_bytes(b"nothing of ours" * 100)
    days = listed(tmp_path)

    assert [(day.engine, day.state, day.rows) for day in days] == [
        ("a", "open", 0),
        ("b", "open", 2),
        ("b", "live", 1),
        ("c", "sealed", 2),
        ("d", "damaged", 0),
    ]
    assert (days[1].name, days[1].least, days[1].greatest) == ("word.b.2020-11-20", NOON, NOON + 1)
    assert days[3].bytes == (tmp_path / "word" / "c" / "2020-11-20.db").stat().st_size
    assert "is no SQLite file" in days[4].trouble
    assert days[4].bytes == 1_500


def test_a_day_that_lies_elsewhere_takes_its_wal_with_it(tmp_path: Path) -> None:
    """What a damaged day takes counts as that of any other: its WAL, too; and the answer says how far it looked."""
    make_root(tmp_path, [DaySpec(ROWS, day=PAST, engine="a"), DaySpec(ROWS, day=PAST, engine="b", state="live")])
    (tmp_path / "word" / "c").mkdir()
    for ending in ("", "-wal"):
        shutil.copy(*(tmp_path / "word" / each / f"2020-11-20.db{ending}" for each in "bc"))
    answer = answer_days(Catalogue(tmp_path), Days(query=Query()), ample())
    copied = next(day for day in answer.days if day.engine == "c")
    size, wal = ((tmp_path / "word" / "c" / f"2020-11-20.db{ending}").stat().st_size for ending in ("", "-wal"))

    assert "copied or renamed" in copied.trouble
    assert wal > 0
    assert copied.bytes == size + wal
    assert (answer.searched.partitions, answer.searched.searched) == (3, 2)
    assert list(answer.searched.damaged) == ["word.c.2020-11-20"]


def test_days_are_asked_for_by_engine_and_range(tmp_path: Path) -> None:
    """With a range, those that hold a stamp of it."""
    make_root(tmp_path, [DaySpec(ROWS, day=PAST, engine="b"), DaySpec(day=PAST, engine="a")])

    assert [day.engine for day in listed(tmp_path, Query(engines=("a",)))] == ["a"]
    assert [day.engine for day in listed(tmp_path, Query(until=NOON + 1))] == ["b"]
    assert listed(tmp_path, Query(since=NOON + 2)) == []


def test_the_fields_of_all_days_are_joined(tmp_path: Path) -> None:
    """Each with its type; one that is a number here and a text there is a text."""
    make_root(
        tmp_path,
        [DaySpec(ROWS, day=PAST), DaySpec([{"received_at": NOON, "extra": "a"}], day=PAST, class_name="nat")],
    )
    fields = answer_fields(Catalogue(tmp_path), Fields(query=Query()), ample()).fields

    assert fields == {
        **dict.fromkeys(("id", "received_at", "facility", "severity", "nat_port"), "INTEGER"),
        **dict.fromkeys(("client", "log_sender_ip", "number", "nat_ip", "extra", "original_log"), "TEXT"),
        **dict.fromkeys(("class", "engine", "day"), "TEXT"),
    }
    assert answer_fields(Catalogue(tmp_path), Fields(query=Query(classes=("nobody",))), ample()).fields == {}
