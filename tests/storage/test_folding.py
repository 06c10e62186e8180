"""A fold in steps: a window at a time, true after each, and in the end what a fold at one go leaves."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage import folding
from syslogger.storage.folding import Fold
from syslogger.storage.rollup_sql import ADD_PAIRS, ADD_SENDERS, OTHERS, TABLES, fold

PAIRS = range(1, 10)
NUMBERS = st.tuples(*[st.integers(0, 3)] * 5)
MINUTES = st.dictionaries(st.tuples(st.integers(1, 8), st.sampled_from(PAIRS)), NUMBERS, max_size=40)
LATER = st.lists(MINUTES, max_size=12)
Minutes = Mapping[tuple[int, int], tuple[int, ...]]


class Memory:
    """Rollups in memory, asked as a day file is; `touched`: how many rows of `rollup_senders` each statement took."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        for table in TABLES:
            connection.execute(table)
        names = [(pair, "office", f"10.0.0.{pair}") for pair in PAIRS]
        connection.execute(ADD_PAIRS, (json.dumps(names),))

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Run a statement."""
        self._connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a statement."""
        return self._connection.execute(sql, parameters).fetchall()

    def add(self, minutes: Minutes) -> list[list[int]]:
        """Minutes are added; what has no name any more goes to all others."""
        named = {pair for (pair,) in self.rows("SELECT pair FROM rollup_pairs")}
        numbers = [[minute, pair if pair in named else OTHERS, *sums] for (minute, pair), sums in minutes.items()]
        self.execute(ADD_SENDERS, (json.dumps(numbers),))
        return numbers

    def names(self) -> set[int]:
        """The pairs that have a name."""
        return {pair for (pair,) in self.rows(f"SELECT pair FROM rollup_pairs WHERE pair != {OTHERS}")}

    def sums(self) -> dict[int, tuple[int, ...]]:
        """What each minute holds, whoever's it is."""
        all_sums = "sum(rows), sum(bytes), sum(received), sum(refused), sum(dropped)"
        return {row[0]: row[1:] for row in self.rows(f"SELECT minute, {all_sums} FROM rollup_senders GROUP BY 1")}


@contextmanager
def memory(minutes: Minutes) -> Iterator[Memory]:
    """A day of nine pairs with these minutes."""
    with closing(sqlite3.connect(":memory:")) as connection:
        made = Memory(connection)
        made.add(minutes)
        yield made


@given(MINUTES, LATER, st.integers(0, 9), st.integers(1, 6))
def test_in_the_end_it_is_what_a_fold_at_one_go_leaves(
    minutes: Minutes, later: list[Minutes], kept: int, step_rows: int
) -> None:
    """Whatever is added between two steps, no sum is lost, and the busiest of the moment keep their names."""
    busy = Counter[int]()
    received = Counter[int]()

    def count(added: Minutes) -> None:
        for (_, pair), sums in added.items():
            busy[pair] += sums[0]
            received[pair] += sums[2]

    count(minutes)
    with memory(minutes) as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "STEP_ROWS", step_rows)
        one, coming = Fold(made, kept), iter(later)  # type: ignore[arg-type]
        expected: set[int] = set()
        while not one.is_over:
            before = made.sums()
            if gone := one.step(made.names()):
                ranked = sorted(PAIRS, key=lambda pair: (-busy[pair], -received[pair], pair))
                expected = set(ranked[:kept]) | {max(PAIRS)}
                assert gone == set(PAIRS) - expected
                assert one.others_get_rows is any(busy[pair] for pair in gone)
            assert made.sums() == before
            added = next(coming, {})
            count(added)
            one.note(made.add(added))
        left = {pair for (pair,) in made.rows("SELECT DISTINCT pair FROM rollup_senders")}

        assert made.names() == (expected or set(PAIRS))
        assert left <= {*made.names(), OTHERS}


@given(MINUTES, st.integers(0, 9), st.integers(1, 6), st.integers(1, 10))
def test_one_that_is_broken_off_is_finished_by_the_next(
    minutes: Minutes, kept: int, step_rows: int, steps: int
) -> None:
    """Minutes whose pair has no name any more are those of all others, and the seal's fold moves them there."""
    with memory(minutes) as made, pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "STEP_ROWS", step_rows)
        one = Fold(made, kept)  # type: ignore[arg-type]
        for _ in range(steps):
            if not one.is_over:
                one.step(made.names())
        before = made.sums()
        for sql, parameters in fold(kept):
            made.execute(sql, parameters)

        assert made.sums() == before
        assert len(made.names()) == kept
        assert {pair for (pair,) in made.rows("SELECT pair FROM rollup_senders")} <= {*made.names(), OTHERS}


def test_a_step_takes_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the day is, a step takes so many rows and the rest of their minute, and changes no other."""
    monkeypatch.setattr(folding, "STEP_ROWS", 20)
    minutes = {(minute, pair): (pair, 1, 1, 0, 0) for minute in range(100) for pair in PAIRS}
    with memory(minutes) as made:
        one, steps, moved = Fold(made, 1), 0, []  # type: ignore[arg-type]
        while not one.is_over:
            folded = set(made.rows("SELECT minute FROM rollup_senders WHERE pair = 0"))
            one.step(made.names())
            moved.append(len(set(made.rows("SELECT minute FROM rollup_senders WHERE pair = 0")) - folded))
            steps += 1

        assert steps >= 2 * len(minutes) // 20 // 2
        assert max(moved) <= 3
        assert made.rows("SELECT DISTINCT pair FROM rollup_senders ORDER BY 1") == [(0,), (9,)]
