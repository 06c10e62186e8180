"""The fold: by plain `sqlite3`, as the seal runs it, on any pairs and minutes."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.storage.rollup_sql import ADD_PAIRS, ADD_SENDERS, ADD_SEVERITIES, OTHERS, TABLES, fold

Numbers = tuple[int, int, int, int, int]

NUMBERS = st.tuples(*[st.integers(0, 3)] * 5)
MINUTES = st.dictionaries(st.tuples(st.integers(1, 5), st.integers(1, 9)), NUMBERS, max_size=30)
SUMS = "sum(rows), sum(bytes), sum(received), sum(refused), sum(dropped)"


@contextmanager
def day(minutes: dict[tuple[int, int], Numbers]) -> Iterator[sqlite3.Connection]:
    """The rollups of a file with nine pairs; minutes: by minute and pair."""
    with closing(sqlite3.connect(":memory:")) as made:
        for table in TABLES:
            made.execute(table)
        made.execute(ADD_PAIRS, (json.dumps([(pair, "office", f"10.0.0.{pair}") for pair in range(1, 10)]),))
        add(made, [(*key, *numbers) for key, numbers in minutes.items()])
        yield made


def add(to: sqlite3.Connection, rows: Sequence[tuple[int, ...]]) -> None:
    """Minutes are added."""
    to.execute(ADD_SENDERS, (json.dumps(rows),))


def run_fold(on: sqlite3.Connection, kept: int) -> None:
    """Every statement of the fold."""
    for sql, parameters in fold(kept):
        on.execute(sql, parameters)


@given(MINUTES, st.integers(0, 9))
def test_a_fold_keeps_the_busiest_and_every_sum(minutes: dict[tuple[int, int], Numbers], kept: int) -> None:
    """The sums of each minute stay; those by name are the busiest by rows, then by received, as they were."""
    busy: dict[int, list[int]] = {pair: [0, 0] for pair in range(1, 10)}
    by_minute: dict[int, Counter[int]] = {}
    for (minute, pair), numbers in minutes.items():
        busy[pair] = [busy[pair][0] + numbers[0], busy[pair][1] + numbers[2]]
        by_minute.setdefault(minute, Counter()).update(dict(enumerate(numbers)))
    with day(minutes) as made:
        run_fold(made, kept)
        named = [pair for (pair,) in made.execute("SELECT pair FROM rollup_pairs WHERE pair != 0")]
        found = {row[:2]: row[2:] for row in made.execute("SELECT * FROM rollup_senders")}
        sums = {row[0]: row[1:] for row in made.execute(f"SELECT minute, {SUMS} FROM rollup_senders GROUP BY 1")}

    assert sums == {minute: tuple(each[place] for place in range(5)) for minute, each in by_minute.items()}
    assert len(named) == kept
    order = {pair: (-rows, -received) for pair, (rows, received) in busy.items()}
    assert sorted(map(order.__getitem__, named)) == sorted(order.values())[:kept]
    assert {key: found[key] for key in found if key[1] != OTHERS} == {
        key: numbers for key, numbers in minutes.items() if key[1] in named
    }


@pytest.mark.parametrize(("rows", "complete"), [(0, 1), (1, 0)])
def test_new_pairs_are_complete_until_others_hold_rows(rows: int, complete: int) -> None:
    """Rows that went to pair 0 may be of whoever comes; refused datagrams say nothing of rows."""
    with day({(1, 1): (5, 5, 5, 0, 0), (1, 2): (rows, rows, 4, 4, 0)}) as made:
        run_fold(made, 1)
        made.execute(ADD_PAIRS, (json.dumps([(10, "office", "10.0.0.10")]),))

        pairs = made.execute("SELECT pair, complete FROM rollup_pairs ORDER BY 1").fetchall()
        assert pairs == [(0, complete), (1, 1), (10, complete)]


def test_a_second_fold_changes_nothing() -> None:
    """What is folded stays so; whoever has no minutes at all is the first to go."""
    with day({(minute, pair): (pair, 1, 1, 0, 0) for minute in (1, 2) for pair in (3, 4, 5)}) as made:
        run_fold(made, 2)
        before = list(made.iterdump())
        run_fold(made, 2)

        assert list(made.iterdump()) == before
        assert made.execute("SELECT pair FROM rollup_pairs").fetchall() == [(0,), (4,), (5,)]


def test_adding_adds() -> None:
    """What a minute has already is added to, also within one statement."""
    with day({(1, 1): (1, 2, 3, 4, 5)}) as made:
        add(made, [(1, 1, 1, 1, 1, 1, 1), (2, 1, 0, 0, 7, 0, 0), (1, 1, 1, 1, 1, 1, 1)])
        for _ in range(2):
            made.execute(ADD_SEVERITIES, (json.dumps([(1, 8, 2, 100), (1, 6, 1, 10), (1, 8, 1, 1)]),))

        assert made.execute("SELECT * FROM rollup_senders").fetchall() == [(1, 1, 3, 4, 5, 6, 7), (2, 1, 0, 0, 7, 0, 0)]
        assert made.execute("SELECT * FROM rollup_severity").fetchall() == [(1, 6, 2, 20), (1, 8, 6, 202)]
