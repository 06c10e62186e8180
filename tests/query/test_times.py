"""Moments and steps against the zone library: hard days by hand, the rest against a scan by the minute."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import MomentError, QueryError
from syslogger.query.model import Query
from syslogger.query.times import fitting_step, resolve, resolved, steps
from syslogger.storage.day import DAY_US, HOUR_US, day_bounds, day_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_US = HOUR_US // 60
BERLIN = ZoneInfo("Europe/Berlin")
KOLKATA = ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
APIA = ZoneInfo("Pacific/Apia")
ZONES = [
    *(BERLIN, KOLKATA, LORD_HOWE, APIA),
    *map(ZoneInfo, ("UTC", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut")),
]
zones = st.sampled_from(ZONES)
YEARS = (2005, 2027)
instants = st.integers(
    (datetime(YEARS[0], 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1),
    (datetime(YEARS[1], 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1),
)
# Around changes of clocks, where the mistakes are.
CHANGES = (
    *("2026-03-29 01:00", "2026-10-25 01:00", "2026-10-03 15:30", "2026-04-04 15:00", "2011-12-30 10:00"),
    *("2010-11-07 02:31", "2018-11-04 03:00", "2026-11-01 06:00", "2026-03-28 22:00", "2018-02-18 02:00"),
)


def us(text: str) -> int:
    """The instant of an ISO time in UTC."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def local(instant: int, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows, without its zone."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone).replace(tzinfo=None)


near_changes = st.builds(
    lambda text, shift: us(text) + shift, st.sampled_from(CHANGES), st.integers(-2 * DAY_US, 2 * DAY_US)
)
moments = instants | near_changes
NOW = us("2026-11-20 13:45:10")  # a Friday; 14:45:10 in Berlin


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (1234, "1970-01-01 00:00:00.001234"),
        ("now", "2026-11-20 13:45:10"),
        (" NOW ", "2026-11-20 13:45:10"),
        ("-15m", "2026-11-20 13:30:10"),
        ("15m", "2026-11-20 13:30:10"),
        ("-2h30m", "2026-11-20 11:15:10"),
        ("now-7d", "2026-11-13 13:45:10"),
        ("1w1d1h1m1s", "2026-11-12 12:44:09"),
        ("today", "2026-11-19 23:00"),
        ("yesterday", "2026-11-18 23:00"),
        ("friday", "2026-11-19 23:00"),
        ("Saturday", "2026-11-13 23:00"),
        ("14:30", "2026-11-20 13:30"),
        ("9:05:07", "2026-11-20 08:05:07"),
        ("23:59", "2026-11-20 22:59"),
        ("2026-11-20", "2026-11-19 23:00"),
        ("2026-07-01", "2026-06-30 22:00"),
        ("2026-11-20T14:30", "2026-11-20 13:30"),
        ("2026-11-20 14:30:15.25", "2026-11-20 13:30:15.25"),
        ("2026-11-20T14:30:15,123456", "2026-11-20 13:30:15.123456"),
        ("2026-11-20T14:30:15Z", "2026-11-20 14:30:15"),
        ("2026-11-20t14:30:15z", "2026-11-20 14:30:15"),
        ("2026-11-20T14:30:15+05:30", "2026-11-20 09:00:15"),
        ("2026-11-20T14:30-0800", "2026-11-20 22:30"),
        ("2026-11-20T14:30+02", "2026-11-20 12:30"),
        # Skipped in spring: the jump; twice in autumn: the first.
        ("2026-03-29T02:30", "2026-03-29 01:00"),
        ("2026-10-25T02:30", "2026-10-25 00:30"),
    ],
)
def test_a_moment_in_berlin(moment: int | str, expected: str) -> None:
    """Each form means what docs/query.md says."""
    assert resolve(moment, NOW, BERLIN) == us(expected)


@pytest.mark.parametrize(
    "moment",
    [
        *("", "soon", "-1mo", "-1y", "15", "1700000000", "now7d", "now+1h", "--1h", "m", "24:00", "12:60", "12:30:60"),
        *(
            "2026-13-01",
            "2026-02-30",
            "2026-11-20T25:00",
            "2026-11-20-10:00",
            "20261120",
            "2026-11-20T10",
            "0001-01-01",
        ),
        *("9999-12-31", "2026-11-20T14:30+25:00", "999999999w", "１５m", "2026-11-20T14:30:15 Z", "-15m\x00"),
    ],
)
def test_what_is_no_moment_is_named(moment: str) -> None:
    """Anything else is an error at the beginning that lists the forms."""
    with pytest.raises(MomentError, match="moment") as caught:
        resolve(moment, NOW, BERLIN)

    assert caught.value.position == 0
    assert "-15m" in " ".join(caught.value.expected)


@given(text=st.text(max_size=20) | st.from_regex(r"[0-9nowtday:TZ+\-smhdw .]{1,30}", fullmatch=True), zone=zones)
@settings(max_examples=200, deadline=None)
def test_no_text_raises_anything_else(text: str, zone: ZoneInfo) -> None:
    """A text is an instant or a QueryError."""
    with suppress(QueryError):
        assert isinstance(resolve(text, NOW, zone), int)


@given(instant=moments, zone=zones)
@settings(max_examples=200, deadline=None)
def test_a_local_time_is_the_first_instant_that_shows_it(instant: int, zone: ZoneInfo) -> None:
    """What the clock shows at an instant was shown first by the resolved one, and by none earlier."""
    shows = local(instant, zone)
    found = resolve(shows.isoformat(), NOW, zone)

    assert found <= instant
    assert local(found, zone) == shows
    assert found == (shows.replace(tzinfo=zone, fold=0) - EPOCH) // timedelta(microseconds=1)


@given(base=near_changes, zone=zones)
@settings(max_examples=200, deadline=None)
def test_a_skipped_time_is_the_moment_of_the_jump(base: int, zone: ZoneInfo) -> None:
    """A time that the clock never showed is the instant before which it was earlier and at which it is later."""
    shows = datetime.fromisoformat("1970-01-01") + timedelta(microseconds=base)
    found = resolve(shows.isoformat(), NOW, zone)

    assert local(found - 1, zone) < shows <= local(found, zone) or local(found, zone) == shows


@given(first=near_changes, second=near_changes, zone=zones)
@settings(max_examples=100, deadline=None)
def test_an_earlier_local_time_is_never_a_later_instant(first: int, second: int, zone: ZoneInfo) -> None:
    """The order of local times is kept."""
    earlier, later = (
        datetime.fromisoformat("1970-01-01") + timedelta(microseconds=shift) for shift in sorted((first, second))
    )

    assert resolve(earlier.isoformat(), NOW, zone) <= resolve(later.isoformat(), NOW, zone)


@given(instant=moments, zone=zones)
@settings(max_examples=100, deadline=None)
def test_named_days_are_days_of_the_files(instant: int, zone: ZoneInfo) -> None:
    """Today begins where the day file of now does; a weekday is one of the last seven days."""
    today = day_of(instant, zone)

    assert resolve("today", instant, zone) == resolve(today.isoformat(), 0, zone) == day_bounds(today, zone)[0]
    assert resolve("yesterday", instant, zone) == day_bounds(today - timedelta(days=1), zone)[0]
    monday = today - timedelta(days=today.weekday())
    assert resolve("monday", instant, zone) == day_bounds(monday, zone)[0] <= instant


def test_a_query_gets_instants_for_its_ends() -> None:
    """Both ends are resolved against the same moment; an open end stays open."""
    query = resolved(Query(since="-1h", until="now"), NOW, BERLIN)

    assert (query.since, query.until) == (NOW - HOUR_US, NOW)
    assert resolved(Query(), NOW, BERLIN) == Query()
    assert resolved(Query(since=5, until=5), NOW, BERLIN).until == 5


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """The ends are the wrong way round: an error that shows both."""
    with pytest.raises(MomentError, match=r"'yesterday'.*'today'"):
        resolved(Query(since="today", until="yesterday"), NOW, BERLIN)


def hours(borders: list[int]) -> list[float]:
    """How long each step is."""
    return [(later - earlier) / HOUR_US for earlier, later in pairwise(borders)]


@pytest.mark.parametrize(
    ("zone", "start", "end", "step", "lengths"),
    [
        (BERLIN, "2026-03-28", "2026-03-31", "1d", [24, 23, 24]),
        (BERLIN, "2026-10-24", "2026-10-27", "1d", [24, 25, 24]),
        (BERLIN, "2026-10-25", "2026-10-26", "1h", [1] * 25),
        (BERLIN, "2026-10-25", "2026-10-26", "3h", [4, 3, 3, 3, 3, 3, 3, 3]),
        (BERLIN, "2026-03-29", "2026-03-30", "3h", [2, 3, 3, 3, 3, 3, 3, 3]),
        (BERLIN, "2026-10-19", "2026-11-02", "1w", [169, 168]),
        (BERLIN, "2026-10-01", "2026-12-01", "1mo", [745, 720]),
        (KOLKATA, "2026-10-25", "2026-10-26", "12h", [12, 12]),
        (LORD_HOWE, "2026-10-04", "2026-10-05", "1d", [23.5]),
        (LORD_HOWE, "2026-04-05", "2026-04-06", "6h", [6.5, 6, 6, 6]),
        (LORD_HOWE, "2026-04-05", "2026-04-05T04:00", "1h", [1, 1.5, 1, 1]),
        (APIA, "2011-12-29", "2012-01-01", "1d", [24, 24]),
    ],
)
def test_steps_of_hard_days(zone: ZoneInfo, start: str, end: str, step: str, lengths: list[float]) -> None:
    """Days of 23 and 25 hours, hours that come twice, a half-hour change, a day that never was."""
    borders = steps(resolve(start, NOW, zone), resolve(end, NOW, zone), step, zone)

    assert hours(borders) == lengths
    assert borders[0] == resolve(start, NOW, zone)


def test_hours_are_those_of_the_local_clock() -> None:
    """In a zone of +05:30 an hour begins at half past in UTC."""
    borders = steps(us("2026-11-20 10:00"), us("2026-11-20 12:00"), "1h", KOLKATA)

    assert borders == [us(f"2026-11-20 {hour}:30") for hour in ("09", "10", "11", "12")]


@given(
    start=moments,
    length=st.integers(0, 3 * DAY_US),
    step_minutes=st.sampled_from([15, 30, 60, 180, 720, 1440]),
    zone=zones,
)
@settings(max_examples=100, deadline=None)
def test_steps_of_the_clock_equal_a_scan(start: int, length: int, step_minutes: int, zone: ZoneInfo) -> None:
    """A border is each minute at which the clock shows a multiple, or has jumped over one."""
    end = start + length
    text = f"{step_minutes}m" if step_minutes < 60 else f"{step_minutes // 60}h"
    first = start // MINUTE_US - 2 * step_minutes - 1
    minutes = range(first, end // MINUTE_US + 2 * step_minutes + 2)
    shown = [
        round((local(minute * MINUTE_US, zone) - EPOCH.replace(tzinfo=None)).total_seconds() // 60)
        for minute in minutes
    ]
    expected = [
        minute * MINUTE_US
        for minute, (before, now) in zip(minutes[1:], pairwise(shown), strict=True)
        if now % step_minutes == 0 or before // step_minutes < now // step_minutes
    ]
    begin = max(border for border in expected if border <= start)
    finish = min(border for border in expected if border >= end)

    assert steps(start, end, text, zone) == [border for border in expected if begin <= border <= finish]


@given(
    start=moments,
    length=st.integers(0, 400 * DAY_US),
    step=st.sampled_from(["1d", "2d", "1w", "1mo", "3mo"]),
    zone=zones,
)
@settings(max_examples=100, deadline=None)
def test_steps_of_days_are_whole_days(start: int, length: int, step: str, zone: ZoneInfo) -> None:
    """Borders ascend around the range, each is where a day of the files begins, weeks on Mondays, months on a first."""
    end = start + length
    borders = steps(start, end, step, zone)
    firsts = [day_of(border, zone) for border in borders]

    assert borders[0] <= start
    assert end <= borders[-1]
    assert all(earlier < later for earlier, later in pairwise(borders))
    assert len(borders) == 1 or borders[1] > start
    assert len(borders) == 1 or borders[-2] < end
    assert borders == [day_bounds(day, zone)[0] for day in firsts]
    assert all(begins(day, step) for day in firsts if zone is not APIA)


def begins(day: date, step: str) -> bool:
    """Whether a step begins with this day."""
    if step.endswith("mo"):
        return day.day == 1 and (day.month - 1) % int(step[:-2]) == 0
    return step == "1d" or (step == "1w" and day.weekday() == 0) or (step == "2d" and day.toordinal() % 2 == 1)


@given(start=moments, length=st.integers(0, 20 * 365 * DAY_US), most=st.integers(5, 500), zone=zones)
@settings(max_examples=100, deadline=None)
def test_the_fitting_step_fits(start: int, length: int, most: int, zone: ZoneInfo) -> None:
    """There are never more pieces than asked for, whatever the clock did in between."""
    assert len(steps(start, start + length, fitting_step(start, start + length, most), zone)) - 1 <= most


@pytest.mark.parametrize(
    ("length", "step"),
    [(0, "1s"), (HOUR_US, "1m"), (DAY_US, "15m"), (7 * DAY_US, "2h"), (30 * DAY_US, "12h"), (365 * DAY_US, "1w")],
)
def test_the_fitting_step_is_not_too_coarse(length: int, step: str) -> None:
    """Usual ranges get the step a person would choose."""
    assert fitting_step(NOW, NOW + length) == step


@pytest.mark.parametrize("step", ["", "1", "h", "0h", "1y", "-1h", "1.5h", "7m", "5h", "48h", "1M", "1 h", "1h\n"])
def test_what_is_no_step_is_refused(step: str) -> None:
    """A number and a unit; what does not divide a day has no place on the clock."""
    with pytest.raises(QueryError, match="step"):
        steps(NOW, NOW + HOUR_US, step, BERLIN)


@pytest.mark.parametrize(
    ("length", "step", "right"), [(DAY_US, "1s", "10s"), (10**15, "1h", "2d"), (10**16, "1d", "2w")]
)
def test_too_many_steps_name_a_coarser_one(length: int, step: str, right: str) -> None:
    """More than 10,000 borders are an error at once, and the step it names is possible."""
    with pytest.raises(QueryError, match=f"take {right} or more"):
        steps(NOW, NOW + length, step, BERLIN)

    assert len(steps(NOW, NOW + length, right, BERLIN)) <= 10_000


@pytest.mark.parametrize("step", ["1d", "999999mo", "999999w", "1h"])
def test_steps_out_of_the_calendar_are_refused(step: str) -> None:
    """Where dates end there is an error that says so."""
    with pytest.raises(QueryError, match="calendar"):
        steps(us("9999-12-31 22:30"), us("9999-12-31 23:30"), step, BERLIN)
