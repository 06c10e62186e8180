"""Stamps behind the last committed one: against a model that looks at one row after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syslogger.storage.clock import TOLERATED_US, ClockStep, settle_stamps

SECOND = 1_000_000
NOON = 1_795_176_000 * SECOND
# around the border between a waver and a step, and far away from it
moves = st.one_of(
    st.sampled_from([0, 1, -1, SECOND, -SECOND, -SECOND - 1, -SECOND + 1, 3600 * SECOND, -86_400 * SECOND]),
    st.integers(-3 * SECOND, 3 * SECOND),
)
batches = st.lists(st.tuples(moves, st.integers(1, 4)), max_size=12)


def one_by_one(stamps: list[int], last: int | None) -> tuple[list[int], list[ClockStep]]:
    """The rule, row by row."""
    settled: list[int] = []
    steps = []
    for stamp in stamps:
        kept = stamp
        if last is not None and stamp < last:
            if last - stamp <= SECOND:
                kept = last
            else:
                steps.append(ClockStep(last, stamp))
        settled.append(kept)
        last = kept
    return settled, steps


def array(stamps: list[int]) -> np.ndarray:
    """Stamps as a piece has them."""
    return np.array(stamps, np.int64)


@given(batches, st.one_of(st.none(), moves.map(lambda move: NOON + move)))
@example([], None)
@example([], NOON)
def test_as_if_looked_at_one_by_one(drawn: list[tuple[int, int]], last: int | None) -> None:
    """Whole batches are settled as single rows would be, the steps in order, and the given stamps are left alone."""
    now, stamps = NOON, []
    for move, rows in drawn:
        now += move
        stamps += [now] * rows
    given_stamps = array(stamps)
    settled, steps = settle_stamps(given_stamps, last)

    assert (settled.tolist(), steps) == one_by_one(stamps, last)
    assert given_stamps.tolist() == stamps
    assert settled.dtype == np.int64


@given(batches)
def test_a_wavering_clock_never_goes_back(drawn: list[tuple[int, int]]) -> None:
    """Without a step the settled stamps never decrease, and each is at most a second above the true one."""
    stamps = array([NOON + move % TOLERATED_US for move, rows in drawn for _ in range(rows)])
    settled, steps = settle_stamps(stamps, NOON)

    assert steps == []
    assert (np.diff(settled) >= 0).all()
    assert ((settled >= stamps) & (settled - stamps <= TOLERATED_US)).all()


@pytest.mark.parametrize(
    ("stamps", "last", "settled", "steps"),
    [
        ([10, 10, 12], 9, [10, 10, 12], []),
        ([10, 10, 12], None, [10, 10, 12], []),
        ([5, 5], SECOND + 5, [SECOND + 5, SECOND + 5], []),
        ([4, 4], SECOND + 5, [4, 4], [ClockStep(SECOND + 5, 4)]),
        ([9, 2 * SECOND, 7], 9, [9, 2 * SECOND, 7], [ClockStep(2 * SECOND, 7)]),
        ([], 7, [], []),
        ([], None, [], []),
    ],
)
def test_by_hand(stamps: list[int], last: int | None, settled: list[int], steps: list[ClockStep]) -> None:
    """A second is raised, a microsecond more is a step that keeps the true time; no row is no step."""
    result = settle_stamps(array(stamps), last)

    assert (result[0].tolist(), result[1]) == (settled, steps)


def test_stamps_in_order_are_not_copied() -> None:
    """The common case costs nothing: the array that came is the one that is stored."""
    stamps = array([1, 2, 2])

    assert settle_stamps(stamps, 1)[0] is stamps
