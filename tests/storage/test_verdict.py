"""Whether a clock may decide: steps back and forward, while it runs, over a restart, over a boot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage.day import DAY_US, HOUR_US, SECOND_US
from syslogger.storage.verdict import STEADY_US, TOLERANCE_US, ClockVerdict, Why

NOON = 1_795_176_000_000_000  # 2026-11-20 12:00 UTC
TRUSTED = ClockVerdict(NOON, last_run_us=NOON)


def why(verdict: ClockVerdict) -> Why | None:
    """What it waits for."""
    return None if verdict.wait is None else verdict.wait.why


@pytest.mark.parametrize(
    ("step_us", "expected"),
    [
        (0, None),
        (TOLERANCE_US, None),
        (-TOLERANCE_US, None),
        (-TOLERANCE_US - 1, Why.BACK),
        (-400 * DAY_US, Why.BACK),
        (DAY_US, None),
        (DAY_US + 1, Why.FORWARD),
        (3_650 * DAY_US, Why.FORWARD),
    ],
)
def test_a_step_while_it_runs(step_us: int, expected: Why | None) -> None:
    """Back by more than a minute and forward by more than a day are doubted, nothing else is."""
    assert why(TRUSTED.observe(NOON + HOUR_US + step_us, HOUR_US)) is expected


def test_small_steps_add_up() -> None:
    """Three steps of nine hours are a step of over a day, and so are steps back of half a minute each a step back."""
    verdict = TRUSTED
    for hours in (9, 18):
        verdict = verdict.observe(NOON + hours * HOUR_US, 0)
        assert verdict.wait is None

    assert why(verdict.observe(NOON + 27 * HOUR_US, 0)) is Why.FORWARD
    half = TRUSTED.observe(NOON - 40 * SECOND_US, 0)
    assert (half.wait, why(half.observe(NOON - 80 * SECOND_US, 0))) == (None, Why.BACK)


def test_a_day_of_steadiness_ends_the_wait_for_a_step_forward() -> None:
    """It takes 24 hours on the steady clock, and another step begins them anew."""
    verdict = TRUSTED.observe(NOON + 90 * DAY_US, 0)
    verdict = verdict.observe(verdict.wall_us + STEADY_US - 1, STEADY_US - 1)
    assert why(verdict) is Why.FORWARD
    assert verdict.observe(verdict.wall_us + 1, 1).wait is None

    jumped = verdict.observe(verdict.wall_us + HOUR_US, 1)
    assert why(jumped.observe(jumped.wall_us + STEADY_US - 1, STEADY_US - 1)) is Why.FORWARD


def test_a_step_back_waits_for_an_operator_however_long() -> None:
    """Neither a year of steadiness, nor the step forward that undoes it, nor a boot ends it; an operator does."""
    verdict = TRUSTED.observe(NOON - HOUR_US, 0)
    verdict = verdict.observe(verdict.wall_us + 365 * DAY_US, 365 * DAY_US)
    verdict = verdict.observe(verdict.wall_us + HOUR_US, 0)
    verdict = verdict.start(verdict.wall_us + HOUR_US, [], None)

    assert why(verdict) is Why.BACK
    assert verdict.confirm(verdict.wall_us, 0).wait is None


@pytest.mark.parametrize(
    ("stamps", "wall_us", "expected"),
    [
        ([], NOON, None),
        ([(NOON - HOUR_US, NOON - SECOND_US)], NOON, None),
        ([(NOON - DAY_US, NOON - DAY_US)], NOON, None),
        ([(NOON - DAY_US - 1, NOON - DAY_US - 1)], NOON, Why.FORWARD),
        ([(NOON - HOUR_US, NOON + TOLERANCE_US)], NOON, None),
        ([(NOON - HOUR_US, NOON + TOLERANCE_US + 1)], NOON, Why.BACK),
    ],
)
def test_the_first_start_compares_with_the_newest_stamp(
    stamps: list[tuple[int, int]], wall_us: int, expected: Why | None
) -> None:
    """Without notes only the rows and minutes speak; the newest stands for the last run."""
    verdict = ClockVerdict.first(wall_us, stamps)

    assert why(verdict) is expected
    assert verdict.last_run_us == max((greatest for _, greatest in stamps), default=None)


def test_a_start_after_a_boot_goes_by_the_last_observation_and_the_stamps_since() -> None:
    """A machine that was off for two days waits; one whose engines went on without the keeper does not."""
    now = NOON + 2 * DAY_US
    engines = [(NOON - HOUR_US, NOON + 20 * HOUR_US), (NOON + 21 * HOUR_US, now - HOUR_US)]

    assert why(TRUSTED.start(now, [], None)) is Why.FORWARD
    assert TRUSTED.start(now, engines, None).wait is None
    assert TRUSTED.start(now, engines, None).elapsed_us == 2 * DAY_US


def test_rows_stamped_by_the_clock_in_doubt_do_not_vouch_for_it() -> None:
    """An engine that started before the keeper has stamped rows in 2036: the gap before them is the step."""
    wrong = NOON + 3_650 * DAY_US
    verdict = TRUSTED.start(wrong, [(NOON - HOUR_US, NOON), (wrong - SECOND_US, wrong)], None)

    assert why(verdict) is Why.FORWARD
    assert verdict.elapsed_us == 0


def test_a_start_within_one_boot_goes_by_the_steady_clock() -> None:
    """A keeper that did not run for a week loses nothing: the steady clock went on; a step in that week is seen."""
    week = 7 * DAY_US

    assert TRUSTED.start(NOON + week, [], week) == replace(TRUSTED, wall_us=NOON + week, elapsed_us=week)
    assert why(TRUSTED.start(NOON + week, [], HOUR_US)) is Why.FORWARD
    assert why(TRUSTED.start(NOON + HOUR_US, [(NOON, NOON + DAY_US)], HOUR_US)) is Why.BACK


def test_a_wait_goes_on_over_a_restart() -> None:
    """What was steady before a boot counts when the clock did not step over it."""
    verdict = TRUSTED.observe(NOON + 90 * DAY_US, 0)
    verdict = verdict.observe(verdict.wall_us + 20 * HOUR_US, 20 * HOUR_US)
    verdict = verdict.start(verdict.wall_us + HOUR_US, [], None)
    assert why(verdict) is Why.FORWARD

    assert verdict.observe(verdict.wall_us + 4 * HOUR_US, 4 * HOUR_US).wait is None


def test_only_an_operator_vouches_for_the_time_of_a_doubtful_clock() -> None:
    """After 24 steady hours one day has passed; after a confirmation all the time since the last run has."""
    jumped = TRUSTED.observe(NOON + 90 * DAY_US, 0)
    steady = jumped.observe(jumped.wall_us + DAY_US, DAY_US)

    assert (steady.wait, steady.elapsed_us) == (None, DAY_US)
    assert jumped.confirm(jumped.wall_us, 0).elapsed_us == 90 * DAY_US


def test_what_was_confirmed_stays_confirmed() -> None:
    """Rows of a clock that was ahead do not stop the next start; younger ones from the future do."""
    future = NOON + 3_650 * DAY_US
    verdict = TRUSTED.observe(NOON - HOUR_US, 0).confirm(NOON, future)

    assert verdict.start(NOON + HOUR_US, [(NOON, NOON), (future, future)], None).wait is None
    assert why(verdict.start(NOON + HOUR_US, [(NOON, NOON), (future, future + 1)], None)) is Why.BACK


def test_the_sentence_says_what_to_do() -> None:
    """A wait says which way the clock stepped, how far, and how it ends."""
    back = TRUSTED.observe(NOON - 3 * HOUR_US, 0).wait
    forward = TRUSTED.observe(NOON + 3 * DAY_US, 0).wait

    assert str(back) == (
        "the clock stepped back by 3.0 hours: look at the clock and confirm it (syslogger days confirm-clock)"
    )
    assert str(forward).startswith("the clock stepped forward by 72.0 hours")
    assert str(forward).endswith("or wait 24.0 hours while it is steady")


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Observations as (steady time passed, how far the clock was set meanwhile), up to thirty."""
    passed = st.integers(0, 2 * DAY_US)
    step = st.one_of(st.just(0), st.integers(-3 * DAY_US, 3 * DAY_US), st.sampled_from([3_650 * DAY_US, -DAY_US]))
    return draw(st.lists(st.tuples(passed, step), max_size=30))


@given(lives())
def test_no_jumps_make_time_pass(life: list[tuple[int, int]]) -> None:
    """Whatever a clock does, the time that retention may spend is at most the steady time that has passed."""
    verdict, steady_us = TRUSTED, 0
    for passed_us, step_us in life:
        verdict = verdict.observe(verdict.wall_us + passed_us + step_us, passed_us)
        steady_us += passed_us

        assert verdict.elapsed_us == steady_us


@given(lives())
def test_a_clock_that_is_believed_is_at_most_a_day_ahead(life: list[tuple[int, int]]) -> None:
    """Without a wait and without 24 steady hours behind a jump, the clock shows at most a day more than has passed."""
    verdict, true_us = TRUSTED, NOON
    for passed_us, step_us in life:
        before = verdict
        verdict = verdict.observe(verdict.wall_us + passed_us + step_us, passed_us)
        true_us += passed_us
        if before.wait is not None and verdict.wait is None:
            return  # it was steady for a day: from here on nobody can tell
        if verdict.wait is None:
            assert -TOLERANCE_US <= verdict.wall_us - true_us <= DAY_US


@given(lives())
def test_a_wait_never_ends_within_a_day_by_itself(life: list[tuple[int, int]]) -> None:
    """From the jump to the end of the wait 24 steady hours pass, all of them without a step."""
    verdict, since_us = TRUSTED, 0
    for passed_us, step_us in life:
        before = verdict
        verdict = verdict.observe(verdict.wall_us + passed_us + step_us, passed_us)
        began = before.wait is None or abs(step_us) > TOLERANCE_US
        since_us = 0 if began else since_us + passed_us
        if before.wait is not None and verdict.wait is None:
            assert before.wait.why is Why.FORWARD
            assert since_us >= STEADY_US
