"""What a day takes, of each engine and each sender, from real day files."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from syslogger.storage import forecast as forecasting
from syslogger.storage.forecast import EngineGrowth, Forecast, SenderGrowth, forecast
from syslogger.storage.retention import Limits
from syslogger.storage.sealing import seal
from syslogger.storage.surplus import Bounds
from tests.storage.making import us
from tests.storage.past import ROW_BYTES, past_day

UTC = ZoneInfo("UTC")
TODAY = date(2026, 11, 20)
NOW_US = us("2026-11-20T12:00:00")
SENDERS = forecasting.SHOWN_SENDERS


def stored(root: Path, age: int, rows: int = 300, *, owner: str = "word/main", senders: int = 3) -> Path:
    """A day so many days old."""
    return past_day(root / owner / f"{TODAY - timedelta(days=age)}.db", rows, senders=senders)


def told(root: Path, now_us: int = NOW_US) -> Forecast:
    """The forecast without any bound, by this clock."""
    return forecast(root, UTC, Limits(180), Bounds(), 90, now_us)


def only(found: Forecast) -> EngineGrowth:
    """What it says of the only engine."""
    (growth,) = found.engines
    return growth


def test_an_engine_grows_by_the_mean_of_seven_days(tmp_path: Path) -> None:
    """Today's file and older ones do not count; what is stored is all files."""
    paths = {age: stored(tmp_path, age, 300 * age) for age in (0, 1, 4, 7, 8, 30)}
    growth = only(told(tmp_path))
    measured = [paths[age].stat().st_size for age in (1, 4, 7)]

    assert (growth.class_name, growth.engine) == ("word", "main")
    assert growth.bytes_a_day == round(sum(measured) / 7)  # a day without a file is a day, too
    assert (growth.measured_days, growth.is_guess) == (3, False)
    assert growth.stored_bytes == sum(path.stat().st_size for path in paths.values())


def test_an_engine_of_today_is_a_guess(tmp_path: Path) -> None:
    """At noon a day takes twice of what there is."""
    path = stored(tmp_path, 0)
    growth = only(told(tmp_path))

    assert (growth.bytes_a_day, growth.measured_days, growth.is_guess) == (2 * path.stat().st_size, 1, True)
    assert growth.senders[0].rows == 200


def test_an_engine_that_has_stopped_does_not_grow(tmp_path: Path) -> None:
    """Its files of last month are stored, and nothing comes."""
    path = stored(tmp_path, 30)

    assert only(told(tmp_path)) == EngineGrowth("word", "main", path.stat().st_size, 0, 0, False, ())


def test_senders_share_what_the_engine_takes(tmp_path: Path) -> None:
    """Rows and bytes a day as their minutes say, and their part of the files; sealed days tell the same."""
    for age in (1, 2):
        stored(tmp_path, age, 300, senders=3)
    growth = only(told(tmp_path))
    for path in (tmp_path / "word" / "main").glob("*.db"):
        seal(path, NOW_US)

    part = round(growth.bytes_a_day / 3)
    assert growth.senders == tuple(
        SenderGrowth("office", f"10.0.0.{number}", 100, 100 * ROW_BYTES, part) for number in range(3)
    )
    assert only(told(tmp_path)).senders[0].rows == 100


def test_all_senders_beside_the_busiest_are_one(tmp_path: Path) -> None:
    """20 by their names, the rest together; their parts make up the whole."""
    stored(tmp_path, 1, 1_000, senders=30)
    growth = only(told(tmp_path))

    assert [each.sender == "" for each in growth.senders] == [False] * SENDERS + [True]
    assert sum(each.rows for each in growth.senders) == 1_000
    assert abs(sum(each.file_bytes for each in growth.senders) - growth.bytes_a_day) <= SENDERS
    sizes = [each.bytes for each in growth.senders[:SENDERS]]
    assert sizes == sorted(sizes, reverse=True)


def test_who_has_just_lost_the_name_is_one_of_the_others(tmp_path: Path) -> None:
    """A fold that is under way hides nobody's bytes."""
    path = stored(tmp_path, 1, 300, senders=3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("delete from rollup_pairs where pair > 1")
    growth = only(told(tmp_path))

    assert [(each.sender, each.rows) for each in growth.senders] == [("10.0.0.0", 100), ("", 200)]


def test_files_of_the_first_format_say_nothing_of_senders(tmp_path: Path) -> None:
    """Their bytes count."""
    path = past_day(tmp_path / "word" / "main" / "2026-11-19.db", version=1)
    growth = only(told(tmp_path))

    assert (growth.bytes_a_day, growth.senders, growth.troubles) == (path.stat().st_size, (), ())


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Its size counts, and the other files tell of the senders."""
    stored(tmp_path, 1)
    broken = tmp_path / "word" / "main" / "2026-11-18.db"
    broken.write_bytes(b"no database" * 9_000)
    growth = only(told(tmp_path))

    assert len(growth.troubles) == 1
    assert str(broken) in growth.troubles[0]
    assert growth.measured_days == 2
    assert len(growth.senders) == 3


def test_senders_are_told_within_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is over no further file is opened; the engine's figure stays."""
    stored(tmp_path, 1)
    monkeypatch.setattr(forecasting, "SENDERS_SECONDS", -1.0)
    growth = only(told(tmp_path))

    assert growth.senders == ()
    assert growth.bytes_a_day > 0


def test_a_forecast_is_told_as_plain_data(tmp_path: Path) -> None:
    """It is JSON, with the dates of what comes."""
    stored(tmp_path, 1)
    found = told(tmp_path)
    plain = json.loads(json.dumps(found.told()))

    assert (plain["today"], plain["free_bytes"]) == ("2026-11-20", found.disk.free_bytes)
    days = found.outlook.full_in_days
    assert plain["full_on"] == (None if days is None else str(TODAY + timedelta(days=days)))
    assert plain["engines"][0]["class"] == "word"
    assert plain["engines"][0]["senders"][0]["sender"] == "10.0.0.0"


def test_the_first_minute_of_a_day_is_no_division_by_nothing(tmp_path: Path) -> None:
    """A file of this moment is taken for a minute's."""
    path = stored(tmp_path, 0)
    growth = only(told(tmp_path, us("2026-11-20T00:00:00")))

    assert growth.bytes_a_day == path.stat().st_size * 1_440
