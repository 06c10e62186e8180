"""When storing stops and when the disk is full, if every day is like the last ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage.outlook import MOST_DAYS, Outlook, outlook
from syslogger.storage.retention import Limits, StoredDay
from syslogger.storage.surplus import Bounds, Disk

TODAY = date(2026, 11, 20)
MAIN, SECOND = ("word", "main"), ("word", "second")
LONG = Limits(36_500)


def day(age: int, size: int = 100, owner: tuple[str, str] = MAIN) -> StoredDay:
    """A day so many days old, of so many bytes."""
    named = TODAY - timedelta(days=age)
    return StoredDay(*owner, named, Path("/data", *owner, f"{named}.db"), size)


def test_a_disk_fills_up_day_by_day() -> None:
    """Of 1,000 free bytes 100 go a day: on the tenth day, nine days from now, more than 90 % are taken."""
    assert outlook([], {MAIN: 100}, LONG, Bounds(), Disk(1_000, 1_000), 90, TODAY) == Outlook(9, 9)
    assert outlook([], {MAIN: 100}, LONG, Bounds(), Disk(1_050, 1_050), 90, TODAY) == Outlook(9, 10)


def test_what_today_has_taken_is_taken_already() -> None:
    """Only the rest of today comes on top; a day that is larger than usual takes nothing more."""
    disk = Disk(300, 1_000)

    assert outlook([day(0, 60)], {MAIN: 100}, LONG, Bounds(), disk, 100, TODAY) == Outlook(None, 3)
    assert outlook([day(0, 900)], {MAIN: 100}, LONG, Bounds(), disk, 100, TODAY) == Outlook(None, 3)
    assert outlook([], {MAIN: 100}, LONG, Bounds(), disk, 100, TODAY) == Outlook(None, 2)


def test_a_disk_that_is_too_full_stops_today() -> None:
    """0 days are today; a limit of 100 is never reached."""
    assert outlook([], {}, LONG, Bounds(), Disk(5, 100), 90, TODAY) == Outlook(0, None)
    assert outlook([], {}, LONG, Bounds(), Disk(0, 100), 100, TODAY) == Outlook(None, 0)


def test_retention_by_age_keeps_it_from_filling() -> None:
    """As many bytes go as come, once the limit is reached."""
    stored = [day(age) for age in range(31)]

    assert outlook(stored, {MAIN: 100}, Limits(30), Bounds(), Disk(150, 5_000), 100, TODAY) == Outlook(None, None)
    assert outlook(stored, {MAIN: 100}, Limits(40), Bounds(), Disk(150, 5_000), 100, TODAY) == Outlook(None, 2)


def test_retention_by_bytes_and_by_space_does_too() -> None:
    """Whichever is set; of space the oldest of all engines go."""
    stored = [day(age) for age in range(5)] + [day(age, owner=SECOND) for age in range(20)]
    growth, disk = {MAIN: 100}, Disk(450, 5_000)

    assert outlook(stored, growth, LONG, Bounds(), disk, 100, TODAY).full_in_days == 5
    assert outlook(stored, growth, LONG, Bounds({MAIN: 500}), disk, 100, TODAY).full_in_days is None
    assert outlook(stored, growth, LONG, Bounds(free_percent=5), disk, 100, TODAY).full_in_days is None


def test_it_looks_ten_years_ahead() -> None:
    """A byte more than they take is never full."""
    assert outlook([], {MAIN: 1}, LONG, Bounds(), Disk(MOST_DAYS + 1, 10_000), 100, TODAY).full_in_days == MOST_DAYS
    assert outlook([], {MAIN: 1}, LONG, Bounds(), Disk(MOST_DAYS + 2, 10_000), 100, TODAY).full_in_days is None


@given(st.integers(1, 1_000), st.integers(1, 100_000), st.integers(1, 99))
def test_it_never_stops_after_it_is_full(growth: int, free: int, percent: int) -> None:
    """Without retention the disk is full when what is free is divided by what comes, and storing stops before."""
    found = outlook([], {MAIN: growth}, LONG, Bounds(), Disk(free, free * 2), percent, TODAY)
    days = -(-free // growth) - 1

    assert found.full_in_days == (days if days <= MOST_DAYS else None)
    assert found.stops_in_days is None or found.full_in_days is None or found.stops_in_days <= found.full_in_days
