"""Which day goes next because there is too much: of an engine, or on the disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage.retention import Deletion, StoredDay
from syslogger.storage.surplus import Bounds, Disk, next_surplus

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)
MAIN, SECOND = ("word", "main"), ("word", "second")
ROOMY = Disk(900, 1_000)


def day(age: int, size: int = 100, owner: tuple[str, str] = MAIN) -> StoredDay:
    """A day so many days old, of so many bytes."""
    named = TODAY - timedelta(days=age)
    return StoredDay(*owner, named, Path("/data", *owner, f"{named}.db"), size)


def run(stored: list[StoredDay], bounds: Bounds, disk: Disk, kept: frozenset[Path] = frozenset()) -> list[Deletion]:
    """Every deletion of a run, each with the disk as it is after the one before."""
    left, found = list(stored), []
    while (deletion := next_surplus(left, bounds, disk, TODAY, kept)) is not None:
        found.append(deletion)
        left.remove(deletion.stored)
        disk = replace(disk, free_bytes=disk.free_bytes + deletion.stored.byte_count)
    return found


def named(deletions: list[Deletion]) -> list[str]:
    """The days, by their names."""
    return [str(each.stored) for each in deletions]


def test_without_bounds_nothing_goes() -> None:
    """A full disk alone is no reason."""
    assert not Bounds()
    assert run([day(age) for age in range(9)], Bounds(), Disk(0, 1_000)) == []


def test_of_bytes_the_oldest_days_of_that_engine_go() -> None:
    """As many as are too many; the sentence has the sums as they were then."""
    stored = [day(age) for age in range(5)] + [day(9, owner=SECOND)]
    found = run(stored, Bounds({MAIN: 350}), ROOMY)

    assert named(found) == ["word/main/2026-11-16", "word/main/2026-11-17"]
    assert found[0].reason == (
        "word/main/2026-11-16 is the oldest day of word/main: the days of this engine take 500 bytes,"
        " auto_delete_bytes is 350"
    )


def test_of_space_the_oldest_days_of_all_engines_go() -> None:
    """By date over all engines, of one date the larger file first, until so much is free."""
    stored = [day(5), day(4, 100), day(4, 150, SECOND), day(3), day(0)]
    found = run(stored, Bounds(free_percent=35), Disk(100, 1_000))

    assert named(found) == ["word/main/2026-11-15", "word/second/2026-11-16"]
    assert found[1].reason == (
        "word/second/2026-11-16 is the oldest of all days: 20.0 % of the disk are free,"
        " DELETE_OLDEST_BELOW_FREE_PERCENTAGE is 35"
    )


@pytest.mark.parametrize("age", [0, 1, -3])
def test_today_and_yesterday_never_go(age: int) -> None:
    """Whatever the bounds say; a date of the future does not either."""
    assert run([day(age, 10_000)], Bounds({MAIN: 1}, 50), Disk(0, 10_000)) == []


def test_what_nobody_may_delete_counts_and_stays() -> None:
    """An open day takes room like any other; the next oldest goes in its place."""
    stored = [day(4), day(3), day(2)]

    assert named(run(stored, Bounds({MAIN: 250}), ROOMY, frozenset({stored[0].path}))) == ["word/main/2026-11-17"]


def test_an_empty_file_system_is_free() -> None:
    """One of no size is no reason to delete."""
    assert run([day(9)], Bounds(free_percent=50), Disk(0, 0)) == []


OWNERS = st.sampled_from([MAIN, SECOND])
STORED = st.lists(st.builds(day, st.integers(-2, 30), st.integers(0, 1_000), OWNERS), unique_by=str, max_size=30)
BOUNDS = st.builds(Bounds, st.dictionaries(OWNERS, st.integers(0, 10_000), max_size=2), st.none() | st.integers(1, 50))
FREE = st.integers(0, 10_000)


@given(STORED, BOUNDS, FREE)
def test_the_bounds_hold_or_nothing_is_left(stored: list[StoredDay], bounds: Bounds, free: int) -> None:
    """After a run every engine fits and enough is free, unless only today and yesterday are there."""
    disk = Disk(free, 40_000)
    gone = [each.stored for each in run(stored, bounds, disk)]
    left = [each for each in stored if each not in gone]
    sizes = Counter[tuple[str, str]]()
    for each in left:
        sizes[each.owner] += each.byte_count
    old = [each for each in left if each.day < YESTERDAY]

    for owner, bound in bounds.engine_bytes.items():
        assert sizes[owner] <= bound or not [each for each in old if each.owner == owner]
    freed = disk.free_bytes + sum(each.byte_count for each in gone)
    assert bounds.free_percent is None or 100 * freed >= bounds.free_percent * disk.total_bytes or not old


@given(STORED, BOUNDS, FREE)
def test_never_today_or_yesterday_and_always_the_oldest(stored: list[StoredDay], bounds: Bounds, free: int) -> None:
    """Of each engine what goes is older than all that stays."""
    gone = [each.stored for each in run(stored, bounds, Disk(free, 40_000))]

    assert all(each.day < YESTERDAY for each in gone)
    for each in gone:
        assert all(each.day < other.day for other in stored if other.owner == each.owner and other not in gone)


@given(STORED, BOUNDS, FREE)
def test_not_one_day_more_than_needed(stored: list[StoredDay], bounds: Bounds, free: int) -> None:
    """Without its last deletion a bound would not hold."""
    disk = Disk(free, 40_000)
    gone = [each.stored for each in run(stored, bounds, disk)]
    if not gone:
        return
    left = [each for each in stored if each not in gone[:-1]]
    freed = disk.free_bytes + sum(each.byte_count for each in gone[:-1])
    sums = {owner: sum(each.byte_count for each in left if each.owner == owner) for owner in bounds.engine_bytes}
    too_full = bounds.free_percent is not None and 100 * freed < bounds.free_percent * disk.total_bytes

    assert too_full or any(sums[owner] > bound for owner, bound in bounds.engine_bytes.items())
