"""Waits double and are bounded, calm forgives, and a crash loop is recognised."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syslogger.supervision import (
    CALM_SECONDS,
    FIRST_DELAY_SECONDS,
    GREATEST_SECONDS,
    HEALTHY_SECONDS,
    LEAST_SECONDS,
    LIMIT,
    MOST_DELAY_SECONDS,
    Backoff,
    Restarts,
)


def test_waits_double_up_to_the_limit() -> None:
    """Each death in a row waits twice as long as the one before, and the last one gets no successor."""
    restarts = Restarts()

    waits = [restarts.died(1.0, "was killed") for _ in range(LIMIT)]

    assert waits[:4] == [LEAST_SECONDS, 2 * LEAST_SECONDS, 4 * LEAST_SECONDS, 8 * LEAST_SECONDS]
    assert all(wait is not None and wait <= GREATEST_SECONDS for wait in waits[:-1])
    assert waits[-1] is None
    assert (restarts.count, restarts.last_exit) == (LIMIT - 1, "was killed")


@given(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=60))
def test_only_many_deaths_in_a_short_time_are_a_loop(gaps: list[float]) -> None:
    """A successor is refused exactly when the window before holds too many deaths."""
    restarts, now, deaths = Restarts(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        deaths.append(now)
        recent = sum(now - death <= CALM_SECONDS for death in deaths)

        assert (restarts.died(now, "died") is None) == (recent >= LIMIT)


def test_calm_forgives() -> None:
    """After a minute without a death the next one waits as little as the first."""
    restarts = Restarts()
    for _ in range(LIMIT - 1):
        restarts.died(0.0, "died")

    assert restarts.died(CALM_SECONDS + 0.1, "died") == LEAST_SECONDS


def test_a_replacement_is_no_death() -> None:
    """Processes that were replaced on purpose count, and make no loop."""
    restarts = Restarts()
    for _ in range(3 * LIMIT):
        restarts.replaced("a pattern took too long")

    assert restarts.count == 3 * LIMIT
    assert restarts.died(0.0, "died") == LEAST_SECONDS


def test_delay_doubles_up_to_a_minute() -> None:
    """What dies at once is started after 1 s, 2 s, 4 s … and never later than 60 s."""
    backoff = Backoff()

    assert [1, 2, 4, 8, 16, 32, 60, 60] == [backoff.after(0.5) for _ in range(8)]


def test_health_is_forgiveness() -> None:
    """After a minute of health the next delay is the first one again."""
    backoff = Backoff()
    delays = [backoff.after(seconds) for seconds in (0.1, 59.9, 60.0, 0.1, 3_600.0)]

    assert [1, 2, 1, 2, 1] == delays


@given(st.lists(st.floats(0, 1_000)))
def test_delay_is_always_bounded(lives: list[float]) -> None:
    """Whatever happened before, a delay is between 1 s and 60 s, and 1 s after a healthy life."""
    backoff = Backoff()
    for lived_seconds in lives:
        delay = backoff.after(lived_seconds)
        assert FIRST_DELAY_SECONDS <= delay <= MOST_DELAY_SECONDS
        assert delay == FIRST_DELAY_SECONDS or lived_seconds < HEALTHY_SECONDS
