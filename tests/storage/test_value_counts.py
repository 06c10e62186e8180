"""Counts of values by step equal a plain Counter, and stay bounded when there are too many values."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.storage.value_counts import Value, ValueCounts

STEPS = 3
_VALUES: st.SearchStrategy[Value] = st.none() | st.integers(-2, 9) | st.sampled_from(["", "1", "a", "b", "ß", "𝔞"])
_CELLS = st.lists(st.tuples(_VALUES, st.integers(0, STEPS - 1), st.integers(1, 5)))


def counted(cells: list[tuple[Value, int, int]], most_cells: int = 200_000) -> ValueCounts:
    """The counts of (value, step, rows), added as columns."""
    counts = ValueCounts(STEPS, most_cells)
    for kind, types in (("INTEGER", int), ("TEXT", str)):
        part = [cell for cell in cells if isinstance(cell[0], types) or (cell[0] is None and kind == "TEXT")]
        values = [value for value, _, _ in part]
        numbers = np.array([cell[1:] for cell in part], np.int64).reshape(-1, 2)
        counts.add(kind, values, numbers[:, 0], numbers[:, 1])
    return counts


def rank(each: tuple[Value, int]) -> tuple[int, bool, bool, Value]:
    """Most rows first, then missing, numbers, texts."""
    return -each[1], each[0] is not None, isinstance(each[0], str), each[0]


@settings(deadline=None)
@given(st.lists(_CELLS, max_size=3), st.integers(1, 30))
def test_the_busiest_are_those_of_a_counter(parts: list[list[tuple[Value, int, int]]], top: int) -> None:
    """Values, their steps, the rest, and how many values there are, however it was added up."""
    whole = ValueCounts(STEPS)
    truth: Counter[Value] = Counter()
    steps: Counter[tuple[Value, int]] = Counter()
    for part in parts:
        whole.take(counted(part))
        for value, step, rows in part:
            truth[value] += rows
            steps[value, step] += rows
    best = sorted(truth.items(), key=rank)[:top]
    busiest = whole.busiest(top)

    assert [(value, by_step.tolist()) for value, by_step in busiest.values] == [
        (value, [steps[value, step] for step in range(STEPS)]) for value, _ in best
    ]
    rest = [sum(steps[value, step] for value in truth.keys() - dict(best).keys()) for step in range(STEPS)]
    assert busiest.others.tolist() == rest
    assert busiest.distinct == len(truth)
    assert whole.rows == truth.total()


def test_one_value_is_added_by_step() -> None:
    """A number, a text, a missing value."""
    counts = ValueCounts(STEPS)
    for value in (7, "7", None):
        counts.add_one(value, np.array([1, 0, 2]))

    assert [(value, by_step.tolist()) for value, by_step in counts.busiest(9).values] == [
        (None, [1, 0, 2]),
        (7, [1, 0, 2]),
        ("7", [1, 0, 2]),
    ]


@pytest.mark.parametrize("kind", ["INTEGER", "TEXT"])
def test_rare_values_are_let_go(kind: str) -> None:
    """The frequent ones are exact, no row is lost, and it is said that the number of values is unknown."""
    many = 400_000
    numbers = np.arange(many)
    values = numbers if kind == "INTEGER" else numbers.astype(str)
    counts = ValueCounts(1, most_cells=1_000)
    for _ in range(2):
        counts.add(kind, values.tolist(), np.zeros(many, np.int64), np.where(numbers < 3, 10 - numbers, 1))
    busiest = counts.busiest(3)
    frequent: list[Value] = [0, 1, 2] if kind == "INTEGER" else ["0", "1", "2"]

    assert [(value, by_step.tolist()) for value, by_step in busiest.values] == [
        (value, [20 - 2 * place]) for place, value in enumerate(frequent)
    ]
    assert busiest.distinct is None
    assert counts.rows == 2 * (many - 3 + 27)
    assert len(counts._frames[kind][0]) <= 1_000
