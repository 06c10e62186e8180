"""Moments as people write them, and the borders of a histogram's steps on a zone's clock.

Pure: the present moment comes as an argument. Instants are us since the epoch, UTC.

Rules
1. A local time means the first instant at which the zone's clock shows it or a later one, counted in sequence: of a
   time that comes twice (autumn) the first, of one that is skipped (spring) the moment of the jump. So an earlier
   local time is never a later instant.
2. A duration is exact: `1d` back is 86,400 s, whatever the clock did. A date is the start of its day, as the day files
   have it (`storage.day`).
3. Steps follow the clock on the wall. Steps of seconds, minutes and hours divide a day: a border is wherever the clock
   shows a multiple counted from 00:00, so an hour that comes twice is two steps, and also where it jumps over one.
   Steps of days, weeks (from Monday) and months begin where such a day begins, and have as many hours as it has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from syslogger.errors import MomentError, QueryError, shown
from syslogger.query.model import Query
from syslogger.storage.day import DAY_US, HOUR_US, SECOND_US, day_bounds, day_of, offsets

MOST_BORDERS = 10_000
FORMS = (
    "now",
    "-15m, 2h30m, now-7d (s m h d w)",
    "today, yesterday, monday … sunday",
    "14:30 or 14:30:15 (of today)",
    "2026-11-20",
    "2026-11-20T14:30:15, with an offset (Z, +02:00) or in the zone's own time",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNITS_US = {"s": SECOND_US, "m": 60 * SECOND_US, "h": HOUR_US, "d": DAY_US, "w": 7 * DAY_US}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BACK = re.compile(r"(?:(?:now)?-)?((?:[0-9]{1,9}[smhdw])+)")
_PART = re.compile(r"([0-9]+)([smhdw])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEP = re.compile(r"([0-9]{1,6})(s|m|h|d|w|mo)")
_MONTH_US = 28 * DAY_US
_STEPS = (
    *("1s", "5s", "10s", "15s", "30s", "1m", "5m", "10m", "15m", "30m", "1h", "2h", "3h", "6h", "12h"),
    *("1d", "2d", "1w", "2w", "1mo", "3mo", "6mo", "12mo", "60mo", "120mo", "1200mo", "12000mo"),
)


def resolve(moment: int | str, now_us: int, zone: ZoneInfo) -> int:
    """The instant that a moment means; whole numbers are instants already.

    Raises MomentError for anything that is none of `FORMS`, and outside of the years 2 to 9998.
    """
    if isinstance(moment, int):
        return moment
    text = moment.strip()
    try:
        instant = _resolved(text, now_us, zone)
        if instant is not None:
            _EPOCH + instant * _MICROSECOND
            return instant
    except (ValueError, OverflowError) as error:
        raise MomentError(f"{shown(text)} is no moment in the calendar: {error}", 0, FORMS) from error
    raise MomentError(f"{shown(text)} is no moment; there are: {'; '.join(FORMS)}", 0, FORMS)


def resolved(query: Query, now_us: int, zone: ZoneInfo) -> Query:
    """The query with instants for its ends; None stays None. Raises MomentError, also for an end before the start."""
    since = None if query.since is None else resolve(query.since, now_us, zone)
    until = None if query.until is None else resolve(query.until, now_us, zone)
    if since is not None and until is not None and until < since:
        raise MomentError(
            f"the time range ends ({shown(query.until)}) before it begins ({shown(query.since)}): exchange its ends"
        )
    return query.model_copy(update={"since": since, "until": until})


def steps(start: int, end: int, step: str, zone: ZoneInfo) -> list[int]:
    """Ascending borders of steps: the first at or before `start`, the last at or behind `end`.

    Raises QueryError for a step that is none, and for more than 10,000 borders.
    """
    count, unit = _step(step)
    if (end - start) // (count * _UNITS_US.get(unit, _MONTH_US)) > MOST_BORDERS:
        raise _too_many(start, end, step)
    try:
        borders = _borders(start, end, count, unit, zone)
    except (ValueError, OverflowError) as error:
        raise QueryError(f"steps of {step} from there leave the calendar (years 2 to 9998)") from error
    if len(borders) > MOST_BORDERS:
        raise _too_many(start, end, step)
    return borders


def fitting_step(start: int, end: int, most: int = 120) -> str:
    """The finest of the usual steps that cuts a range into at most `most` pieces (at least 5 may be asked for)."""
    for step in _STEPS:
        count, unit = _step(step)
        # Two are begun before and ended behind the range, one is for a clock that was turned back.
        if (end - start) // (count * _UNITS_US.get(unit, _MONTH_US)) + 3 <= most:
            return step
    return _STEPS[-1]


def _resolved(text: str, now_us: int, zone: ZoneInfo) -> int | None:
    lower = text.lower()
    if lower == "now":
        return now_us
    if back := _BACK.fullmatch(lower):
        return now_us - sum(int(count) * _UNITS_US[unit] for count, unit in _PART.findall(back[1]))
    if lower in {"today", "yesterday", *_WEEKDAYS}:
        return day_bounds(_named_day(lower, day_of(now_us, zone)), zone)[0]
    if clock := _CLOCK.fullmatch(text):
        today = day_of(now_us, zone)
        hour, minute, second = (int(part or 0) for part in clock.groups())
        return _first_instant(datetime(today.year, today.month, today.day, hour, minute, second, tzinfo=UTC), zone)
    if _DATE.fullmatch(text):
        return day_bounds(date.fromisoformat(text), zone)[0]
    return _iso(text.upper(), zone) if _ISO.fullmatch(text) else None


def _named_day(name: str, today: date) -> date:
    if name == "today":
        return today
    if name == "yesterday":
        return today - timedelta(days=1)
    return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(name)) % 7)


def _iso(text: str, zone: ZoneInfo) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return _first_instant(moment.replace(tzinfo=UTC), zone)
    return (moment - _EPOCH) // _MICROSECOND


def _first_instant(shows: datetime, zone: ZoneInfo) -> int:
    """The first instant at which the clock of the zone shows this (labelled UTC) or a later time.

    Offsets are under 24 hours, so it lies within a day of the same time in UTC.
    """
    wanted = (shows - _EPOCH) // _MICROSECOND
    for begin, finish, offset in _pieces(wanted - DAY_US, wanted + DAY_US, zone):
        first = max(begin, wanted - offset)
        if first < finish:
            return first
    return wanted + DAY_US


def _pieces(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[int, int, int]]:
    """The pieces of constant offset: first instant, first behind, offset (us)."""
    found = [*((begin, offset * SECOND_US) for begin, offset in offsets(start, end, zone)), (end, 0)]
    for (begin, offset), (finish, _) in pairwise(found):
        yield begin, finish, offset


def _step(step: str) -> tuple[int, str]:
    found = _STEP.fullmatch(step)
    if found is None or int(found[1]) == 0:
        raise QueryError(f"{shown(step)} is no step: a number and s m h d w or mo, like 10s 5m 1h 1d 1w 1mo")
    count, unit = int(found[1]), found[2]
    if unit in "smh" and DAY_US % (count * _UNITS_US[unit]):
        raise QueryError(f"a step of seconds, minutes or hours divides a day, {step} does not: 10s 5m 15m 1h 3h 12h do")
    return count, unit


def _too_many(start: int, end: int, step: str) -> QueryError:
    right = fitting_step(start, end, MOST_BORDERS - 1)
    return QueryError(f"steps of {step} are more than {MOST_BORDERS:,}: take {right} or more, or a shorter time range")


def _borders(start: int, end: int, count: int, unit: str, zone: ZoneInfo) -> list[int]:
    if unit in {"s", "m", "h"}:
        return _clock_borders(start, end, count * _UNITS_US[unit], zone)
    return _date_borders(start, end, zone, *_dates(count, unit))


def _clock_borders(start: int, end: int, step_us: int, zone: ZoneInfo) -> list[int]:
    # Two borders are at most a step apart, or two around a moment at which the clock was turned back.
    window = (start - 2 * step_us, end + 2 * step_us + 1)
    borders: list[int] = []
    before = None
    for begin, finish, offset in _pieces(*window, zone):
        jumped = before is not None and (begin + before - 1) // step_us < (begin + offset) // step_us
        if jumped and (begin + offset) % step_us:
            borders.append(begin)
        borders += range(begin + -(begin + offset) % step_us, finish, step_us)
        before = offset
    first = max(border for border in borders if border <= start)
    last = min(border for border in borders if border >= end)
    return [border for border in borders if first <= border <= last]


def _dates(count: int, unit: str) -> tuple[Callable[[date], int], Callable[[int], date]]:
    """Which step a date is in, and the first date of a step."""
    if unit == "mo":
        return (
            lambda day: ((day.year - 1) * 12 + day.month - 1) // count,
            lambda index: date(index * count // 12 + 1, index * count % 12 + 1, 1),
        )
    days = count * (7 if unit == "w" else 1)
    # Day 1 of the calendar was a Monday.
    return lambda day: (day.toordinal() - 1) // days, lambda index: date.fromordinal(index * days + 1)


def _date_borders(
    start: int, end: int, zone: ZoneInfo, index_of: Callable[[date], int], first_of: Callable[[int], date]
) -> list[int]:
    index = index_of(day_of(start, zone))
    borders = [day_bounds(first_of(index), zone)[0]]
    while borders[-1] < end and len(borders) <= MOST_BORDERS:
        index += 1
        border = day_bounds(first_of(index), zone)[0]
        if border > borders[-1]:  # a day that the zone skipped has no length
            borders.append(border)
    return borders
