"""Waits double and are bounded, calm forgives, and a crash loop is recognised."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syslogger.supervision import CALM_SECONDS, GREATEST_SECONDS, LEAST_SECONDS, LIMIT, Restarts


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
