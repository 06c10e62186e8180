"""Which file takes a row: midnight, late rows, clocks that step, zones that change, days with 23 to 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from syslogger.storage import folder as module
from syslogger.storage.day import DAY_US, HOUR_US, DayInterval, choose, day_bounds
from tests.storage.making import entries, folder, interval, settings, us
from tests.storage.plain import ask

NOON = us("2026-11-20T12:00")
MIDNIGHT = us("2026-11-21T00:00")


def days(found: module.Folder, *instants: int) -> list[str]:
    """The days of the files that take rows of these instants."""
    return [found.route(instant).interval.day.isoformat() for instant in instants]


def test_midnight_begins_a_new_file(tmp_path: Path) -> None:
    """The last microsecond belongs to the old day and the next one to the new; both files stay open."""
    with folder(settings(tmp_path)) as found:
        old = found.route(NOON)

        assert days(found, MIDNIGHT - 1, MIDNIGHT, MIDNIGHT - 1) == ["2026-11-20", "2026-11-21", "2026-11-20"]
        assert found.route(MIDNIGHT - 1) is old
        assert old.interval.end == found.route(MIDNIGHT).interval.start == MIDNIGHT


def test_a_day_is_let_go_an_hour_after_the_next_took_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then late rows find it; afterwards they go to the oldest file that is still open."""
    with folder(settings(tmp_path)) as found:
        found.route(NOON)
        new = found.route(MIDNIGHT)
        found.let_go()
        assert days(found, NOON) == ["2026-11-20"]

        monkeypatch.setattr(module, "LINGER_SECONDS", 0.0)
        found.let_go()
        assert found.route(NOON) is new
        found.let_go()
        assert found.route(MIDNIGHT) is new


def test_a_clock_that_steps_back_meets_its_day_while_it_is_open(tmp_path: Path) -> None:
    """An earlier day takes its own rows while open; a day before all open files goes to the oldest; no file is made."""
    with folder(settings(tmp_path)) as found:
        assert days(found, NOON, NOON + DAY_US) == ["2026-11-20", "2026-11-21"]
        assert days(found, NOON, NOON - DAY_US, NOON - 30 * DAY_US) == ["2026-11-20"] * 3

    assert sorted(path.name for path in (tmp_path / "word" / "main").glob("*.db")) == ["2026-11-20.db", "2026-11-21.db"]


def test_a_clock_that_had_jumped_ahead_and_comes_back_between_two_files(tmp_path: Path) -> None:
    """Rows of a day that has no open file go to the oldest one; when its turn comes, the later file is used again."""
    with folder(settings(tmp_path)) as found:
        assert days(found, NOON, NOON + 5 * DAY_US) == ["2026-11-20", "2026-11-25"]
        assert days(found, NOON + 2 * DAY_US, NOON + 5 * DAY_US) == ["2026-11-20", "2026-11-25"]


def test_a_restart_with_the_clock_in_an_earlier_day_continues_that_day(tmp_path: Path) -> None:
    """Nothing is open yet, so the row's own day is, and the later file keeps its rows."""
    made = settings(tmp_path)
    with folder(made) as found:
        days(found, NOON, NOON + DAY_US)
    with folder(made) as found:
        assert days(found, NOON, NOON + DAY_US) == ["2026-11-20", "2026-11-21"]


def test_routing_leaves_an_open_transaction_alone(tmp_path: Path) -> None:
    """Opening the next day's file commits nothing of what lies half done in the present one."""
    made = settings(tmp_path)
    path = made.folder / "2026-11-20.db"
    with folder(made) as found:
        present = found.route(NOON)
        present.database.ingest("entries", entries([NOON]))
        found.route(MIDNIGHT)

        assert ask(path, "SELECT count(*) FROM entries") == [[0]]
        present.database.commit()
        assert ask(path, "SELECT count(*) FROM entries") == [[1]]


def test_an_opening_that_fails_changes_nothing(tmp_path: Path) -> None:
    """If the next day's file cannot be made, the present one goes on, and the next attempt may work."""
    made = settings(tmp_path)
    with folder(made) as found:
        present = found.route(NOON)
        (made.folder / "2026-11-21.db").mkdir()
        for _ in range(2):
            with pytest.raises(OSError, match="directory"):
                found.route(MIDNIGHT)
        assert found.route(NOON) is present
        (made.folder / "2026-11-21.db").rmdir()

        assert days(found, MIDNIGHT, NOON) == ["2026-11-21", "2026-11-20"]


# -- long, short and moved days ---------------------------------------------------------------------------------------

DST = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
]


@pytest.mark.parametrize(("zone", "day"), DST)
def test_a_day_is_as_long_as_its_zone_says(tmp_path: Path, zone: str, day: date) -> None:
    """From the first to the last microsecond of a DST day rows go to its file, before and behind it to others."""
    start, end = day_bounds(day, ZoneInfo(zone))
    expected = [str(day - timedelta(days=1)), *[str(day)] * 3, str(day + timedelta(days=1))]
    with folder(settings(tmp_path, zone=zone)) as found:
        assert days(found, start - 1, start, (start + end) // 2, end - 1, end) == expected


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"]


@pytest.mark.parametrize("before", ZONES[1:4])
@pytest.mark.parametrize("after", ZONES)
def test_a_new_zone_takes_over_at_the_end_of_the_day(tmp_path: Path, before: str, after: str) -> None:
    """A day begun in the old zone lasts to its end; the files then follow each other without gap or overlap."""
    with folder(settings(tmp_path, zone=before)) as found:
        first = found.route(NOON).interval
    made = settings(tmp_path, zone=after)
    intervals: list[DayInterval] = []
    with folder(made) as found:
        assert found.route(NOON).interval == first
        for hour in range(96):
            intervals.append(found.route(NOON + hour * HOUR_US).interval)
            assert NOON + hour * HOUR_US in intervals[-1]
    written = ask_intervals(made.folder)

    assert [start for start, _, _ in written[1:]] == [end for _, end, _ in written[:-1]]
    assert written[-1][2] == after
    assert {(each.start, each.end) for each in intervals} >= {(start, end) for start, end, _ in written}


def ask_intervals(path: Path) -> list[tuple[int, int, str]]:
    """The intervals that the files say they have, in order."""
    query = "SELECT interval_start, interval_end, time_zone FROM partition"
    rows = [ask(each, query)[0] for each in path.glob("*.db")]
    return sorted((int(start), int(end), str(zone)) for start, end, zone in rows)


@given(st.lists(st.tuples(st.sampled_from(ZONES), st.integers(1, 40)), min_size=1, max_size=4))
@examples(max_examples=15)
def test_runs_in_any_zones_choose_as_the_calendar_does(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[str, int]]
) -> None:
    """Whatever zones follow each other, each row's file is the calendar's choice, and intervals never overlap."""
    root = tmp_path_factory.mktemp("zones")
    known: dict[date, DayInterval] = {}
    now = NOON
    for zone, hours in runs:
        with folder(settings(root, zone=zone)) as found:
            for _ in range(0, hours, 5):
                chosen = choose(now, ZoneInfo(zone), list(known.values())).interval
                known[chosen.day] = chosen

                assert found.route(now).interval == chosen
                now += 5 * HOUR_US
    ordered = sorted(known.values(), key=lambda each: each.start)

    assert all(one.end <= other.start for one, other in pairwise(ordered))


def test_names_of_files_are_local_dates(tmp_path: Path) -> None:
    """A file is called after the local date of its rows."""
    late = us("2026-11-20T23:30")
    with folder(settings(tmp_path, zone="Europe/Berlin")) as found:
        day = found.route(late).interval.day

    assert day == datetime.fromtimestamp(late // 1_000_000, UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    assert interval(day, "Europe/Berlin").start == us("2026-11-20T23:00")
    assert (tmp_path / "word" / "main" / "2026-11-21.db").exists()
