"""Which day file holds a row: each rule by an example, then its promises over random walks of clock and zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.storage.day import DAY_US, HOUR_US, Choice, DayInterval, choose, day_bounds

ZONES = [
    ZoneInfo(key)
    for key in (
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "America/Havana",
        "America/St_Johns",
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
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        microseconds=1
    )


def interval(day: str, start: str, end: str, zone: str) -> DayInterval:
    """A known day file, written in ISO times of UTC."""
    return DayInterval(date.fromisoformat(day), us(start), us(end), zone)


BERLIN = interval("2026-05-10", "2026-05-09T22:00", "2026-05-10T22:00", "Europe/Berlin")
NEW_YORK = interval("2026-05-10", "2026-05-10T04:00", "2026-05-11T04:00", "America/New_York")


def test_the_first_file_is_its_whole_day() -> None:
    """With no file yet, the choice is a new one with exactly the day's bounds."""
    assert choose(us("2026-05-10T12:00"), ZoneInfo("Europe/Berlin"), []) == Choice(BERLIN, "new")


def test_a_new_zone_waits_for_the_end_of_the_present_day() -> None:
    """From its first instant to its last, what lies inside a file belongs to it, whatever the zone is now."""
    for instant in (BERLIN.start, BERLIN.end - 1):
        assert choose(instant, ZoneInfo("Asia/Kathmandu"), [BERLIN]) == Choice(BERLIN, "existing")


def test_a_zone_to_the_east_begins_at_the_end_of_the_old_day() -> None:
    """New York's day ends at 06:00 in Berlin; Berlin's first file begins there and ends at its midnight."""
    first = interval("2026-05-11", "2026-05-11T04:00", "2026-05-11T22:00", "Europe/Berlin")

    assert choose(NEW_YORK.end, ZoneInfo("Europe/Berlin"), [NEW_YORK]) == Choice(first, "new")


def test_a_zone_to_the_west_lets_the_old_day_last() -> None:
    """Berlin's day ends at 18:00 of the same date in New York: it lasts until New York's midnight, in its own zone."""
    lasting = interval("2026-05-10", "2026-05-09T22:00", "2026-05-11T04:00", "Europe/Berlin")

    assert choose(BERLIN.end, ZoneInfo("America/New_York"), [BERLIN]) == Choice(lasting, "extended")


def test_a_step_back_extends_the_same_date_to_the_front() -> None:
    """Before New York's day began it was the same date in Berlin: that file now begins at Berlin's midnight."""
    wider = interval("2026-05-10", "2026-05-09T22:00", "2026-05-11T04:00", "America/New_York")

    assert choose(us("2026-05-10T01:00"), ZoneInfo("Europe/Berlin"), [NEW_YORK]) == Choice(wider, "extended")


def test_a_front_extension_stops_at_the_file_before() -> None:
    """What is added at the front begins where the earlier file ends."""
    earlier = interval("2026-05-09", "2026-05-08T22:00", "2026-05-10T00:30", "Europe/Berlin")
    wider = interval("2026-05-10", "2026-05-10T00:30", "2026-05-11T04:00", "America/New_York")

    choice = choose(us("2026-05-10T01:00"), ZoneInfo("Europe/Berlin"), [NEW_YORK, earlier])

    assert choice == Choice(wider, "extended")


def test_a_new_file_ends_where_a_later_one_begins() -> None:
    """A day that comes late, between two files of other zones, gets exactly the room between them."""
    later = interval("2026-05-12", "2026-05-11T10:00", "2026-05-12T10:00", "Pacific/Kiritimati")
    between = interval("2026-05-11", "2026-05-11T04:00", "2026-05-11T10:00", "Europe/Berlin")

    assert choose(us("2026-05-11T05:00"), ZoneInfo("Europe/Berlin"), [later, NEW_YORK]) == Choice(between, "new")


def test_the_last_file_lasts_when_it_stands_between() -> None:
    """From Kiritimati to Pago Pago it is yesterday again, which has a file: today's lasts, through both its dates."""
    yesterday = interval("2026-05-09", "2026-05-08T10:00", "2026-05-09T10:00", "Pacific/Kiritimati")
    today = interval("2026-05-10", "2026-05-09T10:00", "2026-05-10T10:00", "Pacific/Kiritimati")
    zone = ZoneInfo("Pacific/Pago_Pago")

    hour_longer = choose(today.end, zone, [today, yesterday])
    day_longer = choose(hour_longer.interval.end, zone, [hour_longer.interval, yesterday])
    tomorrow = choose(day_longer.interval.end, zone, [day_longer.interval, yesterday])

    assert hour_longer == Choice(
        interval("2026-05-10", "2026-05-09T10:00", "2026-05-10T11:00", "Pacific/Kiritimati"), "extended"
    )
    assert day_longer == Choice(
        interval("2026-05-10", "2026-05-09T10:00", "2026-05-11T11:00", "Pacific/Kiritimati"), "extended"
    )
    assert tomorrow == Choice(
        interval("2026-05-11", "2026-05-11T11:00", "2026-05-12T11:00", "Pacific/Pago_Pago"), "new"
    )


def test_the_next_file_begins_earlier_when_it_stands_between() -> None:
    """After a step back from Pago Pago to Kiritimati it was tomorrow, which has a file: today's is widened."""
    today = interval("2026-05-09", "2026-05-09T11:00", "2026-05-10T11:00", "Pacific/Pago_Pago")
    tomorrow = interval("2026-05-10", "2026-05-10T11:00", "2026-05-11T11:00", "Pacific/Pago_Pago")
    wider = interval("2026-05-09", "2026-05-09T10:00", "2026-05-10T11:00", "Pacific/Pago_Pago")

    choice = choose(us("2026-05-09T10:30"), ZoneInfo("Pacific/Kiritimati"), [tomorrow, today])

    assert choice == Choice(wider, "extended")


def test_a_skipped_date_has_no_file() -> None:
    """Where Samoa left out a day, the file of the 29th is followed by that of the 31st without a gap."""
    zone = ZoneInfo("Pacific/Apia")
    last = choose(us("2011-12-30T09:59"), zone, []).interval

    following = choose(last.end, zone, [last])

    assert (last.day, following.interval.day) == (date(2011, 12, 29), date(2011, 12, 31))
    assert (last.end, following.kind) == (following.interval.start, "new")


# ---- invariants of the choice

# Near DST days, Samoa's skipped date, and an ordinary week.
STARTS = [us(text) for text in ("2026-10-22T12:00", "2026-03-06T12:00", "2011-12-27T12:00", "2026-05-10T12:00")]
starts = st.sampled_from(STARTS)
new_zones = st.one_of(st.none(), st.none(), zones)
walks = st.lists(
    st.tuples(
        st.one_of(
            st.integers(0, 6 * HOUR_US),
            st.integers(0, DAY_US),
            st.integers(1, 4).map(lambda days: days * DAY_US),
            st.integers(-2 * DAY_US, -1),
        ),
        new_zones,
    ),
    min_size=1,
    max_size=25,
)
rests = st.lists(st.tuples(st.integers(0, 2 * DAY_US), new_zones), min_size=1, max_size=12)


class Folder:
    """The day files of an engine, as a writer would have them, checked at every choice."""

    def __init__(self) -> None:
        self.files: dict[date, DayInterval] = {}

    def file_of(self, instant: int, zone: ZoneInfo) -> DayInterval:
        """Ask for the file of `instant`, check that the answer keeps its promises, and apply it."""
        choice = choose(instant, zone, list(self.files.values()))
        chosen, present = choice.interval, self.files.get(choice.interval.day)
        assert chosen.start <= instant < chosen.end
        if choice.kind == "existing":
            assert chosen == present
        elif choice.kind == "extended":
            assert present is not None
            assert (chosen.start, chosen.end) != (present.start, present.end)
            assert chosen.start == present.start or chosen.end == present.end
            assert chosen.start <= present.start
            assert chosen.end >= present.end
            assert chosen.time_zone == present.time_zone
        else:
            assert present is None
            start, end = day_bounds(chosen.day, zone)
            assert chosen.start == max([start, *(file.end for file in self.files.values() if file.end <= instant)])
            assert chosen.end == min([end, *(file.start for file in self.files.values() if file.start > instant)])
            assert chosen.time_zone == zone.key
        self.files[chosen.day] = chosen
        self.check_disjoint()
        return chosen

    def in_order(self) -> list[DayInterval]:
        """The files by their first instant."""
        return sorted(self.files.values(), key=lambda file: file.start)

    def check_disjoint(self) -> None:
        """No two files hold the same instant."""
        files = self.in_order()
        assert all(file.start < file.end for file in files)
        assert all(left.end <= right.start for left, right in pairwise(files))


@given(starts, zones, walks)
@settings(max_examples=150, deadline=None)
def test_any_walk_keeps_files_apart(instant: int, zone: ZoneInfo, walk: list[tuple[int, ZoneInfo | None]]) -> None:
    """Steps forward, jumps of days, steps back and changes of zone: every instant has a file, none overlap."""
    folder = Folder()
    for step, new_zone in walk:
        instant += step
        zone = new_zone or zone
        folder.file_of(instant, zone)


@given(starts, zones, rests)
@settings(max_examples=100, deadline=None)
def test_running_on_leaves_no_gap(instant: int, zone: ZoneInfo, rests: list[tuple[int, ZoneInfo | None]]) -> None:
    """An engine that asks at each border has files that follow each other, through any changes of zone."""
    folder = Folder()
    held = folder.file_of(instant, zone)
    for rest, new_zone in rests:
        instant += rest
        while held.end <= instant:
            held = folder.file_of(held.end, zone)
        zone = new_zone or zone
        assert folder.file_of(instant, zone) == held

    files = folder.in_order()
    assert all(left.end == right.start for left, right in pairwise(files))
    # Wall clocks of two zones are never more than 26 hours apart, so a file outlasts its day by two dates at most.
    assert all(file.end - file.start < 3 * DAY_US for file in files)


@given(starts, zones, walks)
@settings(max_examples=100, deadline=None)
def test_without_a_change_of_zone_a_file_is_its_day(
    instant: int, zone: ZoneInfo, walk: list[tuple[int, ZoneInfo | None]]
) -> None:
    """However the clock walks, in one zone every file has exactly the bounds of its date."""
    folder = Folder()
    for step, _ in walk:
        instant += step
        file = folder.file_of(instant, zone)
        assert (file.start, file.end) == day_bounds(file.day, zone)


@given(starts, st.permutations(range(4)), st.integers(0, 3 * DAY_US), zones)
@settings(max_examples=50, deadline=None)
def test_the_order_of_known_files_does_not_matter(instant: int, order: list[int], step: int, zone: ZoneInfo) -> None:
    """A folder may be listed in any order."""
    folder = Folder()
    for day in range(4):
        folder.file_of(instant + 2 * day * DAY_US, ZONES[day])
    files = folder.in_order()

    shuffled = [files[place] for place in order if place < len(files)]

    assert choose(instant + step, zone, shuffled) == choose(instant + step, zone, files)
