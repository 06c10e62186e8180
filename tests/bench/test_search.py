"""The search for the highest rate, against machines whose limit is known."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syslogger.bench.search import LADDER_STEP, LOWEST_RATE, RESOLUTION, SHORT_SECONDS, find_max


@given(limit=st.integers(LOWEST_RATE * 2, 3_000_000))
def test_it_finds_the_limit_of_a_steady_machine(limit: int) -> None:
    """The rate found is held, and no more than the resolution below the limit."""
    found = find_max(lambda rate, _: rate <= limit, seconds=20.0)

    assert found is not None
    assert limit / RESOLUTION / 1.01 <= found <= limit


@given(limit=st.integers(100_000, 1_000_000), flattered=st.floats(1.0, 1.4))
def test_only_full_length_runs_decide(limit: int, flattered: float) -> None:
    """Where buffers let short runs pass that long ones do not, the answer is a rate that the long run held."""
    confirmed = []

    def holds(rate: int, seconds: float) -> bool:
        held = rate <= (limit * flattered if seconds < 20.0 else limit)
        if held and seconds == 20.0:
            confirmed.append(rate)
        return held

    assert [find_max(holds, seconds=20.0)] == confirmed
    assert confirmed[0] >= 0.94 * limit


@given(st.integers(0, 12))
def test_one_disturbed_run_does_not_stop_the_ladder(disturbed: int) -> None:
    """A rate gets a second chance, so that a single bad run anywhere changes nothing."""
    runs: list[int] = []

    def holds(rate: int, _: float) -> bool:
        runs.append(rate)
        return rate <= 400_000 and len(runs) - 1 != disturbed

    assert find_max(holds, seconds=20.0) == find_max(lambda rate, _: rate <= 400_000, seconds=20.0)


def test_no_rate_is_an_answer() -> None:
    """A machine that holds nothing ends the search instead of going on for ever."""
    assert find_max(lambda _rate, _seconds: False, seconds=20.0) is None


def test_a_short_search_runs_no_longer_than_asked() -> None:
    """With fewer seconds than a probing run has, every run has those seconds."""
    lengths: set[float] = set()

    def holds(rate: int, seconds: float) -> bool:
        lengths.add(seconds)
        return rate <= 150_000

    assert find_max(holds, seconds=2.0) is not None
    assert lengths == {2.0}


def test_runs_are_few() -> None:
    """A search on a machine at 400,000/s is a matter of minutes: at most 20 short runs and one long one."""
    lengths: list[float] = []

    def holds(rate: int, seconds: float) -> bool:
        lengths.append(seconds)
        return rate <= 400_000

    find_max(holds, seconds=20.0)

    assert lengths.count(20.0) == 1
    assert lengths.count(SHORT_SECONDS) <= 20
    assert LADDER_STEP > RESOLUTION
