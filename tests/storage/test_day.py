"""Days, offsets and local time: known hard days by hand, the rest against a scan by the minute and plain SQLite.

Which file holds a row (`choose`) has its tests in test_day_choice.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.storage.day import (
    DAY_US,
    HOUR_US,
    day_bounds,
    day_of,
    local_time_sql,
    offsets,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_US = HOUR_US // 60
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

ZONES = [
    ZoneInfo(key)
    for key in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Havana",
        "America/Sao_Paulo",
        "America/St_Johns",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
    )
]
zones = st.sampled_from(ZONES)


def us(text: str) -> int:
    """µs since the epoch of an ISO time in UTC."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def local(instant: int, zone: ZoneInfo) -> datetime:
    """What a wall clock in `zone` shows, by the library's own conversion."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def shown(instants: Iterable[int | None], expression: str) -> list[str | None]:
    """What plain SQLite answers for `expression` over a table of these `received_at`."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY, received_at INTEGER)")
        connection.executemany("INSERT INTO entries (received_at) VALUES (?)", ((instant,) for instant in instants))
        connection.execute(f"CREATE VIEW log AS SELECT id, {expression} AS time FROM entries")
        return [row[0] for row in connection.execute("SELECT time FROM log ORDER BY id")]
    finally:
        connection.close()


# ---- bounds and offsets

HARD_DAYS = [
    ("UTC", "2026-11-20", "2026-11-20T00:00", "2026-11-21T00:00"),
    # DST days in three zones: 23, 25; 23, 25; 24.5, 23.5 hours
    ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
    ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
    ("America/New_York", "2026-03-08", "2026-03-08T05:00", "2026-03-09T04:00"),
    ("America/New_York", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00", "2026-04-05T13:30"),
    ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30", "2026-10-04T13:00"),
    # no midnight: the day begins at 01:00
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", "2018-11-05T02:00"),
    ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00", "2024-04-26T21:00"),
    ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00", "2022-03-27T21:00"),
    # two midnights: 24:00 -> 23:00 leaves the evening in its day, 01:00 -> 00:00 begins at the first one
    ("Africa/Cairo", "2024-10-31", "2024-10-30T21:00", "2024-10-31T22:00"),
    ("America/Havana", "2022-11-06", "2022-11-06T04:00", "2022-11-07T05:00"),
    # 00:01 -> 23:01 of the day before: that evening's replay belongs to the new day
    ("America/St_Johns", "2010-11-06", "2010-11-06T02:30", "2010-11-07T02:30"),
    ("America/St_Johns", "2010-11-07", "2010-11-07T02:30", "2010-11-08T03:30"),
    # dates skipped whole, and a date that came twice (47 hours)
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", "2011-12-30T10:00"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", "2011-12-31T10:00"),
    ("Pacific/Kwajalein", "1969-09-30", "1969-09-29T13:00", "1969-10-01T12:00"),
    # offsets with odd minutes and seconds: -0:44:30 until 1972-01-07, then UTC, at midnight
    ("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15", "2026-01-01T18:15"),
    ("Africa/Monrovia", "1972-01-01", "1972-01-01T00:44:30", "1972-01-02T00:44:30"),
    ("Africa/Monrovia", "1972-01-07", "1972-01-07T00:44:30", "1972-01-08T00:00"),
]


@pytest.mark.parametrize(("key", "day", "start", "end"), HARD_DAYS)
def test_hard_days_have_the_bounds_found_by_hand(key: str, day: str, start: str, end: str) -> None:
    """DST days, days without a midnight or with two, skipped and repeated dates begin and end to the µs."""
    assert (us(start), us(end)) == day_bounds(date.fromisoformat(day), ZoneInfo(key))


@given(zones, st.dates(date(1972, 1, 1), date(2070, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_a_day_starts_at_the_first_instant_of_its_date(zone: ZoneInfo, day: date) -> None:
    """A scan of the 26 hours before the start shows no instant of that date; the start itself has it."""
    start, end = day_bounds(day, zone)

    assert local(start, zone).date() >= day
    assert all(local(instant, zone).date() < day for instant in range(start - 26 * HOUR_US, start, MINUTE_US))
    assert local(start - 1, zone).date() < day
    assert local(start, zone).date() == day or start == end
    assert day_bounds(day + timedelta(days=1), zone)[0] == end


@given(zones, st.integers(us("1972-01-01"), us("2070-01-01")))
@settings(max_examples=200, deadline=None)
def test_every_instant_lies_in_its_day(zone: ZoneInfo, instant: int) -> None:
    """`day_of` names the one day whose bounds hold the instant, never earlier than the local date."""
    day = day_of(instant, zone)
    start, end = day_bounds(day, zone)

    assert start <= instant < end
    assert day >= local(instant, zone).date()


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("key", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_are_refused(key: str, day: date) -> None:
    """Where `datetime` ends there are no bounds, and it is said with the documented error."""
    with pytest.raises(OverflowError):
        day_bounds(day, ZoneInfo(key))


@pytest.mark.parametrize("instant", [INT64_MIN, INT64_MAX, us("0001-01-01"), us("9999-12-31T23:00")])
def test_instants_outside_the_calendar_are_refused(instant: int) -> None:
    """An instant whose day has no bounds raises the same error."""
    with pytest.raises(OverflowError):
        day_of(instant, ZoneInfo("Pacific/Kiritimati"))


def test_a_repeated_evening_stays_in_the_day_that_had_begun() -> None:
    """At 23:15 for the second time the day is the one whose first minute has already passed."""
    again = us("2010-11-07T02:45")
    zone = ZoneInfo("America/St_Johns")

    assert local(again, zone).isoformat() == "2010-11-06T23:15:00-03:30"
    assert day_of(again, zone) == date(2010, 11, 7)


CHANGES = [
    ("Europe/Berlin", "2026-03-29", "2026-03-29T01:00", 3600, 7200),
    ("Europe/Berlin", "2026-10-25", "2026-10-25T01:00", 7200, 3600),
    ("America/New_York", "2026-03-08", "2026-03-08T07:00", -18000, -14400),
    ("America/New_York", "2026-11-01", "2026-11-01T06:00", -14400, -18000),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T15:00", 39600, 37800),
    ("Australia/Lord_Howe", "2026-10-04", "2026-10-03T15:30", 37800, 39600),
    ("America/St_Johns", "2010-11-07", "2010-11-07T02:31", -9000, -12600),
    ("Pacific/Kwajalein", "1969-09-30", "1969-09-30T13:00", 39600, -43200),
]


@pytest.mark.parametrize(("key", "day", "change", "before", "after"), CHANGES)
def test_a_day_with_a_change_has_two_pieces(key: str, day: str, change: str, before: int, after: int) -> None:
    """The pieces begin at the day's start and at the very instant the clock was changed."""
    zone = ZoneInfo(key)
    start, end = day_bounds(date.fromisoformat(day), zone)

    assert offsets(start, end, zone) == ((start, before), (us(change), after))


@pytest.mark.parametrize(("microseconds", "pieces"), [(-1, 1), (0, 1), (1, 2)])
def test_a_change_counts_only_inside_the_interval(microseconds: int, pieces: int) -> None:
    """An interval that ends at the change or before has one piece, one that reaches a µs past it has two."""
    change = us("2026-03-29T01:00")

    assert len(offsets(change - DAY_US, change + microseconds, ZoneInfo("Europe/Berlin"))) == pieces


def test_an_interval_that_starts_at_the_change_has_the_new_offset() -> None:
    """The instant of the change already has the new offset, the µs before still the old one."""
    change, zone = us("2026-03-29T01:00"), ZoneInfo("Europe/Berlin")

    assert offsets(change, change + HOUR_US, zone) == ((change, 7200),)
    assert offsets(change - 1, change + HOUR_US, zone) == ((change - 1, 3600), (change, 7200))


def test_an_empty_interval_still_has_an_offset() -> None:
    """A skipped date gives one piece, so that an expression can be made of it."""
    start, end = day_bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))

    assert offsets(start, end, ZoneInfo("Pacific/Apia")) == ((start, 14 * 3600),)


def test_a_year_has_a_piece_for_each_change() -> None:
    """Intervals longer than a day work alike: a year in Berlin is winter, summer, winter."""
    start, end = us("2026-01-01"), us("2027-01-01")

    pieces = offsets(start, end, ZoneInfo("Europe/Berlin"))

    assert pieces == ((start, 3600), (us("2026-03-29T01:00"), 7200), (us("2026-10-25T01:00"), 3600))


# ---- local time in SQL


@given(zones, st.dates(date(1972, 1, 1), date(2070, 1, 1)), st.lists(st.floats(0, 1, exclude_max=True), max_size=20))
@settings(max_examples=60, deadline=None)
def test_sqlite_shows_the_local_time_of_a_day(zone: ZoneInfo, day: date, fractions: list[float]) -> None:
    """For instants all over a day plain SQLite shows what zoneinfo says."""
    start, end = day_bounds(day, zone)
    instants = [start + int((end - start) * fraction) for fraction in fractions]

    expected = [local(instant, zone).strftime("%H:%M:%S") for instant in instants]

    assert shown(instants, local_time_sql("received_at", offsets(start, end, zone))) == expected


@pytest.mark.parametrize("day", [case[:2] for case in CHANGES])
def test_sqlite_shows_both_sides_of_a_change(day: tuple[str, str]) -> None:
    """Every minute of a day with a change, and the µs around it, are shown as zoneinfo has them."""
    zone = ZoneInfo(day[0])
    start, end = day_bounds(date.fromisoformat(day[1]), zone)
    pieces = offsets(start, end, zone)
    instants = [*range(start, end, MINUTE_US), pieces[1][0] - 1, pieces[1][0], pieces[1][0] + 1, end - 1]

    expected = [local(instant, zone).strftime("%H:%M:%S") for instant in instants]

    assert shown(instants, local_time_sql("received_at", pieces)) == expected


def test_rows_outside_the_interval_use_the_nearest_piece() -> None:
    """A row days before the interval reads with the first offset, one days after with the last."""
    zone = ZoneInfo("Europe/Berlin")
    start, end = day_bounds(date(2026, 3, 29), zone)
    expression = local_time_sql("received_at", offsets(start, end, zone))

    assert shown([us("2026-01-01T12:00"), us("2027-01-01T12:00")], expression) == ["13:00:00", "14:00:00"]


def test_times_before_1970_are_not_rounded_towards_zero() -> None:
    """The µs before the epoch is 23:59:59, not midnight."""
    expected = ["23:59:59", "23:59:59", "23:59:58", "00:00:00"]

    assert shown([-1, -1_000_000, -1_000_001, 0], local_time_sql("received_at", ((0, 0),))) == expected


def test_stamps_outside_all_calendars_are_null() -> None:
    """The ends of int64 and NULL give NULL, not an error, with one piece and with two."""
    for pieces in (((0, 3600),), ((0, 3600), (1, -7200))):
        assert shown([INT64_MIN, INT64_MAX, None], local_time_sql("received_at", pieces)) == [None, None, None]


def test_an_expression_needs_a_piece() -> None:
    """Without any offset there is no local time to write down."""
    with pytest.raises(ValueError, match="at least one piece"):
        local_time_sql("received_at", ())
