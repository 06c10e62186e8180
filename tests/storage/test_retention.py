"""Which days are due, which of them a run deletes, and the sentence for each."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage.day import DAY_US, HOUR_US
from syslogger.storage.retention import LastRun, Limits, Plan, StoredDay, plan
from syslogger.storage.verdict import TOLERANCE_US, ClockVerdict

TODAY = date(2026, 11, 20)
NOON = 1_795_176_000_000_000  # of that day, UTC
OWNERS = [("mikrotik", "main"), ("mikrotik", "second"), ("word", "main")]


def stored(age_days: int, owner: tuple[str, str] = OWNERS[0], *, youngest: int | None = None) -> StoredDay:
    """A day so many days before today, whose newest row is `youngest` days old."""
    day = TODAY - timedelta(days=age_days)
    newest = None if youngest is None else TODAY - timedelta(days=youngest)
    return StoredDay(*owner, day, Path(f"{day}.db"), youngest=newest)


def ages(planned: Plan) -> list[int]:
    """How old the days are that would be deleted."""
    return [(TODAY - deletion.stored.day).days for deletion in planned.deletions]


def decide(
    days: list[StoredDay], limit: int, *, elapsed_us: int = 0, before: int | None = None, since_days: int = 1
) -> Plan:
    """A plan under one limit; the last run was so many days ago, under the limit `before` (None: the same)."""
    last = LastRun(TODAY - timedelta(days=since_days), Limits(before or limit))
    return plan(days, Limits(limit), TODAY, last, elapsed_us)


def test_a_day_is_due_when_the_whole_day_is_older_than_the_limit() -> None:
    """With a limit of 30 the day 31 days ago goes, and the one 30 days ago stays."""
    planned = decide([stored(age) for age in (0, 1, 29, 30, 31)], 30)

    assert ages(planned) == [31]
    assert planned.deletions[0].reason == "mikrotik/main/2026-10-20 is 31 days old, AUTO_DELETE_DAYS is 30"


@pytest.mark.parametrize("limit", [-5, 0, 1, 2])
def test_today_and_yesterday_are_never_due(limit: int) -> None:
    """A limit below two, which the configuration refuses, is two here."""
    assert ages(decide([stored(age) for age in range(4)], limit, elapsed_us=90 * DAY_US)) == [3]


def test_days_of_the_future_are_not_due() -> None:
    """A file that a clock that was wrong has made stays for an operator."""
    assert decide([stored(-400)], 2, elapsed_us=900 * DAY_US) == Plan()


def test_an_engine_with_a_limit_of_its_own() -> None:
    """Limits are of class and engine, and the reason says which of the two kinds it was."""
    limits = Limits(30, {("mikrotik", "main"): 5, ("word", "main"): 90})
    days = [stored(40, owner) for owner in OWNERS] + [stored(6)]
    planned = plan(days, limits, TODAY, LastRun(TODAY, limits), DAY_US)

    assert [(str(each.stored), each.reason.partition(", ")[2]) for each in planned.deletions] == [
        ("mikrotik/main/2026-10-11", "auto_delete_days of this engine is 5"),
        ("mikrotik/second/2026-10-11", "AUTO_DELETE_DAYS is 30"),
        ("mikrotik/main/2026-11-14", "auto_delete_days of this engine is 5"),
    ]


def test_a_late_row_keeps_its_day() -> None:
    """A file with a younger row than its name says waits for the row; a row of the future counts for nothing."""
    assert ages(decide([stored(40, youngest=20)], 30)) == []
    assert ages(decide([stored(40, youngest=39)], 30)) == [40]
    assert ages(decide([stored(40, youngest=-300)], 30)) == [40]


def test_what_cannot_be_read_goes_by_its_name() -> None:
    """The date decides, and the reason says so."""
    broken = StoredDay("word", "main", date(2026, 1, 1), Path("2026-01-01.db"), trouble="file is not a database")
    planned = decide([broken], 30)

    assert planned.deletions[0].reason.endswith(
        "AUTO_DELETE_DAYS is 30; it cannot be read (file is not a database), so the date in its name decided"
    )


@pytest.mark.parametrize(("elapsed_us", "many"), [(0, 1), (DAY_US - 1, 1), (DAY_US, 2), (3 * DAY_US + HOUR_US, 4)])
def test_a_run_deletes_what_fell_due_by_time_and_one_more(elapsed_us: int, many: int) -> None:
    """Of each engine the oldest days; what is left over is counted."""
    days = [stored(age, owner) for owner in OWNERS[:2] for age in range(100, 110)]
    planned = decide(days, 30, elapsed_us=elapsed_us)

    assert sorted(ages(planned)) == sorted([*range(110 - many, 110)] * 2)
    assert planned.left == 20 - 2 * many


def test_a_lower_limit_is_no_clock() -> None:
    """What the new limit makes due goes at once; what was due under the old one too stays the clock's."""
    days = [stored(age) for age in range(20, 200)]
    planned = decide(days, 30, before=180, since_days=0)

    assert sorted(ages(planned)) == [*range(31, 181), 199]
    assert planned.left == 18


def test_a_clock_cannot_hide_behind_a_lower_limit() -> None:
    """Days that only became due because today is not what it was are no operator's wish."""
    days = [stored(age) for age in range(3_650, 3_750)]
    planned = decide(days, 30, before=180, since_days=3_650)

    assert sorted(ages(planned)) == [
        3_680,
        *range(3_681, 3_750),
    ]  # one by time, the others were older than 30 days then
    assert planned.left == 30


def test_before_the_first_run_there_was_no_limit() -> None:
    """An operator who begins to delete gets what is due by the newest stamp; without any, a day a run."""
    days = [stored(age) for age in range(1, 101)]

    assert len(plan(days, Limits(30), TODAY, LastRun(TODAY, None), 0).deletions) == 70
    assert len(plan(days, Limits(30), TODAY, None, 0).deletions) == 1


def test_while_the_clock_is_in_doubt_nothing_goes() -> None:
    """The plan says why it waits, and how many days this clock would have deleted."""
    days = [stored(age) for age in range(1, 101)]

    assert plan(days, Limits(30), TODAY, None, 90 * DAY_US, "it stepped") == Plan(waits="it stepped", left=70)


limit_days = st.integers(2, 60)


@given(st.sets(st.integers(-5, 200), max_size=60), limit_days, limit_days, st.integers(0, 30), st.integers(0, 400))
def test_nothing_young_ever_goes(held: set[int], limit: int, before: int, elapsed_days: int, since_days: int) -> None:
    """Whatever the limits were and however much time has passed: only whole days older than the limit, each once."""
    planned = decide(
        [stored(age) for age in held], limit, elapsed_us=elapsed_days * DAY_US, before=before, since_days=since_days
    )

    assert all(age > limit for age in ages(planned))
    assert len(ages(planned)) == len(set(ages(planned)))
    assert len(ages(planned)) + planned.left == sum(age > limit for age in held)


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Hours with (steady time, how far the clock was set meanwhile); never a whole day without a jump."""
    step = st.one_of(st.just(0), st.integers(-3 * DAY_US, 3 * DAY_US), st.just(3_650 * DAY_US), st.just(20 * HOUR_US))
    return draw(st.lists(st.tuples(st.integers(0, 30 * HOUR_US), step), max_size=40))


@given(lives(), st.integers(2, 10))
def test_no_sequence_of_jumps_deletes_a_young_day(life: list[tuple[int, int]], limit: int) -> None:
    """By steady time a day that goes is at most one day short of its limit, unless a jump was steady for 24 hours."""
    verdict = ClockVerdict(NOON, last_run_us=NOON)
    held = {age: stored(age) for age in range(-60, 40)}
    last, steady_us = LastRun(TODAY, Limits(limit)), 0
    for passed_us, step_us in life:
        waited = verdict.wait is not None
        verdict = verdict.observe(verdict.wall_us + passed_us + step_us, passed_us)
        steady_us += passed_us
        if verdict.wait is not None:
            continue
        if waited:
            return  # for a day it was steady
        shown = TODAY + timedelta(days=(verdict.wall_us - NOON + 12 * HOUR_US) // DAY_US)
        planned = plan(held.values(), Limits(limit), shown, last, verdict.elapsed_us)
        for age in ages(planned):
            del held[age]
            # the end of that day, on the steady clock that began at noon today
            assert NOON + steady_us - (NOON + 12 * HOUR_US - age * DAY_US) >= (limit - 1) * DAY_US - TOLERANCE_US
        verdict, last = verdict.spend().ran(verdict.wall_us), LastRun(shown, Limits(limit))


@given(lives(), st.integers(1, 40))
def test_no_sequence_of_jumps_deletes_much(life: list[tuple[int, int]], limit: int) -> None:
    """Even a clock that is believed after a day of steadiness costs a day a run beyond those that passed."""
    verdict = ClockVerdict(NOON, last_run_us=NOON)
    held = {age: stored(age) for age in range(-400, 400)}
    last, steady_us, runs, gone = LastRun(TODAY, Limits(limit)), 0, 0, 0
    for passed_us, step_us in life:
        verdict = verdict.observe(verdict.wall_us + passed_us + step_us, passed_us)
        steady_us += passed_us
        if verdict.wait is not None:
            continue
        shown = TODAY + timedelta(days=(verdict.wall_us - NOON + 12 * HOUR_US) // DAY_US)
        planned = plan(held.values(), Limits(limit), shown, last, verdict.elapsed_us)
        runs, gone = runs + 1, gone + len(planned.deletions)
        for age in ages(planned):
            del held[age]
        verdict, last = verdict.spend().ran(verdict.wall_us), LastRun(shown, Limits(limit))

    assert gone <= steady_us // DAY_US + runs
