"""The calendar of day files: which instants a day holds, how they read locally, which file holds a row.

Pure: no I/O, no clock. Instants are integers, µs since the epoch, UTC; intervals are half-open.

Rules
1. Day D of a zone lasts from the first instant whose local date is D to the first whose local date is D+1.
   "First whose local date is D" is computed as "first whose local date is D or later": the same instant for
   every date that exists, the end of the day before for a date that was skipped whole (an empty day), and defined
   for a date that came twice (the replay belongs to the file that was open when the clock was turned back).
   So days follow each other without overlap or gap, and every instant has exactly one day.
2. Files are told apart by their date; their intervals never overlap. An instant inside a file's interval belongs
   to that file, whatever zone is configured now: a zone takes over where the present day ends.
3. An instant no file contains opens the file of its day, cut to the free room between the neighbours. If that date
   has its file already, the neighbour lying towards that file is extended over the instant instead.

Strategy: `zoneinfo` does not show its transitions, and its `fold` is about naming local times, so neither is
used. The offset at a UTC instant is asked (always unambiguous), changes are found by stepping and bisection, and a
local midnight is then a subtraction in each piece of constant offset.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
HOUR_US = 3600 * SECOND_US
DAY_US = 24 * HOUR_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)

# Two changes inside one step could hide each other. Read from the TZif files of tzdata 2025b (packed with the
# old zones) and 2026f, the closest pair of any zone is 95 hours apart: Africa/Freetown, September 1939.
_STEP_US = 6 * HOUR_US


@dataclass(frozen=True, slots=True)
class DayInterval:
    """One day file: its date, the instants it holds (`start` <= t < `end`) and the zone its `time` is shown in."""

    day: date
    start: int
    end: int
    time_zone: str

    def __contains__(self, instant: int) -> bool:
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Choice:
    """The file that holds a row, as it must be from now on, and what the writer has to do for that.

    `existing`: nothing. `new`: create the file of `interval.day`. `extended`: the file of `interval.day` exists and
    takes the wider `interval`; its date and zone stay, its view needs the offsets of the wider interval.
    """

    interval: DayInterval
    kind: Literal["existing", "new", "extended"]


def day_bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """First instant of `day` in `zone` and first instant of the next day; equal if the zone skipped the date.

    Raises OverflowError within two days of the years 1 and 9999, where `datetime` ends.
    """
    return _day_start(day, zone), _day_start(day + timedelta(days=1), zone)


def day_of(instant: int, zone: ZoneInfo) -> date:
    """The day D with `day_bounds(D)` around `instant`.

    Mostly the local date, but a later one while a clock that was turned back over midnight repeats the evening
    (America/St_Johns 2010-11-07 00:01 -> 2010-11-06 23:01). Raises OverflowError as `day_bounds` does.
    """
    day = _wall_clock(instant, zone).date()
    while _day_start(day + timedelta(days=1), zone) <= instant:
        day += timedelta(days=1)
    return day


def offsets(start: int, end: int, zone: ZoneInfo) -> tuple[tuple[int, int], ...]:
    """The pieces of constant offset that cover [start, end): (first instant, UTC offset in seconds), ascending.

    The first piece begins at `start`, also when the interval is empty; a DST day has two. Exact to the µs.
    """
    pieces = [(start, _offset_seconds(start, zone))]
    for left in range(start, end, _STEP_US):
        right = min(left + _STEP_US, end - 1)
        if _offset_seconds(right, zone) != pieces[-1][1]:
            change = _first_change(left, right, zone)
            pieces.append((change, _offset_seconds(change, zone)))
    return tuple(pieces)


def local_time_sql(column: str, pieces: Sequence[tuple[int, int]]) -> str:
    """An SQLite expression: the local HH:MM:SS of the µs in `column`, with `pieces` of `offsets` as constants.

    `column` is pasted as it stands. Rows before the first or after the last piece use the nearest one. NULL for
    NULL and for years SQLite's `time()` does not know; never an error. Raises ValueError when `pieces` is empty.
    """
    if not pieces:
        raise ValueError("local_time_sql needs at least one piece of constant offset")
    shift = str(pieces[-1][1])
    if len(pieces) > 1:
        whens = (f"WHEN {column} < {until} THEN {offset}" for (_, offset), (until, _) in pairwise(pieces))
        shift = f"CASE {' '.join(whens)} ELSE {shift} END"
    # SQLite's division rounds towards zero: before 1970 that would be the second after the right one.
    seconds = f"{column} / {SECOND_US} - ({column} % {SECOND_US} < 0)"
    return f"time({seconds} + {shift}, 'unixepoch')"


def choose(instant: int, zone: ZoneInfo, known: Sequence[DayInterval]) -> Choice:
    """Which day file holds a row received at `instant`; `known` are the files that exist, in any order.

    Given that `known` do not overlap and each date is there at most once, this stays true when the answer is
    applied, and always:
    - the interval contains `instant`; `existing` comes first, so a file's rows never move;
    - `new` has a date no file has, lies within that day of `zone`, and touches a neighbour that reaches into the day;
    - `extended` only adds instants, at one end, of the day of `zone` around `instant` and of the room up to it;
    - without changes of zone it is `existing`, or `new` with exactly `day_bounds`;
    - who asks again at each `interval.end` gets files that follow each other without a gap.

    When a new zone's date has its file already, the old day lasts until the new zone's next date. If yet another file
    lies between (Pacific/Kiritimati to Pacific/Pago_Pago: the last file is of tomorrow), it is that one which lasts.
    Total for every instant `day_bounds` knows; raises OverflowError beyond.
    """
    for interval in known:
        if instant in interval:
            return Choice(interval, "existing")
    day = day_of(instant, zone)
    start, end = day_bounds(day, zone)
    before = [interval for interval in known if interval.end <= instant]
    after = [interval for interval in known if interval.start > instant]
    start = max([start, *(interval.end for interval in before)])
    end = min([end, *(interval.start for interval in after)])
    if any(interval.day == day for interval in before):
        return Choice(replace(max(before, key=lambda interval: interval.end), end=end), "extended")
    if any(interval.day == day for interval in after):
        return Choice(replace(min(after, key=lambda interval: interval.start), start=start), "extended")
    return Choice(DayInterval(day, start, end, zone.key), "new")


def _utc(instant: int) -> datetime:
    return _EPOCH + instant * _MICROSECOND


def _wall_clock(instant: int, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows in `zone` at `instant`, labelled UTC so that sums with it are plain."""
    return _utc(instant).astimezone(zone).replace(tzinfo=UTC)


def _offset_seconds(instant: int, zone: ZoneInfo) -> int:
    """Local minus UTC at `instant`; not `utcoffset()`, which would go back from the wall clock by way of `fold`."""
    return (_wall_clock(instant, zone) - _utc(instant)) // _SECOND


def _first_change(left: int, right: int, zone: ZoneInfo) -> int:
    """First instant in (left, right] with another offset than `left`, given that `right` has another."""
    before = _offset_seconds(left, zone)
    while right - left > 1:
        middle = (left + right) // 2
        if _offset_seconds(middle, zone) == before:
            left = middle
        else:
            right = middle
    return right


def _day_start(day: date, zone: ZoneInfo) -> int:
    """First instant whose local date is `day` or later.

    Offsets are under 24 hours (datetime's own limit), so it lies within a day of midnight UTC. In a piece of constant
    offset the local midnight is one subtraction; the piece holds it, lies wholly before it, or begins after it
    because the clock jumped over it.
    """
    midnight = (datetime(day.year, day.month, day.day, tzinfo=UTC) - _EPOCH) // _MICROSECOND
    window_end = midnight + DAY_US
    pieces = offsets(midnight - DAY_US, window_end, zone)
    ends = [start for start, _ in pieces[1:]] + [window_end]
    firsts = (max(start, midnight - offset * SECOND_US) for start, offset in pieces)
    return next(first for first, end in zip(firsts, ends, strict=True) if first < end)
