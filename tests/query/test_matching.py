"""Rows that have just arrived: a condition means the same of them as of a row looked at by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from syslogger.query import model
from syslogger.query.matching import Arrived, matcher
from syslogger.query.text import parse
from tests.query.naive import holds
from tests.query.strategies import COLUMNS, CONSTANTS, Rows, conditions, rows

FIRST_ID = 7
_ARROW = {"TEXT": pa.large_string(), "INTEGER": pa.int64()}


def arrived(made: Rows, names: Sequence[str] = tuple(COLUMNS)) -> Arrived:
    """The rows as a tail offers them: every column but the id."""
    columns = {name: pa.array([row.get(name) for row in made], _ARROW[COLUMNS[name]]) for name in names if name != "id"}
    return Arrived(pa.RecordBatch.from_pydict(columns), FIRST_ID, CONSTANTS)


def plain(made: Rows) -> Rows:
    """The same rows with what they are asked for beside their columns."""
    return [{**row, **CONSTANTS, "id": FIRST_ID + place} for place, row in enumerate(made)]


@given(rows(), conditions())
def test_a_condition_means_what_it_means_of_each_row(made: Rows, condition: model.Condition) -> None:
    """Every condition, however nested, holds for exactly the rows for which it plainly does."""
    found = matcher(condition)(arrived(made))

    assert found.dtype == np.bool_
    assert found.tolist() == [holds(condition, row) for row in plain(made)]


def test_no_condition_is_every_row() -> None:
    """Without a condition all rows are meant."""
    assert matcher(None)(arrived([{"word": "a"}, {"word": None}], ["word"])).tolist() == [True, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("engine:main_1", [True, True, True]),
        ("engine:other", [False, False, False]),
        ("id:>=8", [False, True, True]),
        ("nowhere:a", [False, False, False]),
        ("-nowhere:*", [True, True, True]),
    ],
)
def test_what_is_no_column_is_known_of_every_row(text: str, expected: list[bool]) -> None:
    """Class, engine and day, the id, a field that the class has not, and a severity that is missing."""
    made: Rows = [{"severity": 3}, {"severity": 4}, {"severity": None}]

    assert matcher(parse(text))(arrived(made, ["severity"])).tolist() == expected
    assert matcher(model.SeverityAtLeast(severity=3))(arrived(made, ["severity"])).tolist() == [True, False, False]


def test_a_matcher_is_asked_of_one_batch_after_another() -> None:
    """It is made once, and the columns of each batch decide."""
    found = matcher(model.Equals(field="word", value="a"))

    assert found(arrived([{"word": "a"}], ["word"])).tolist() == [True]
    assert found(arrived([{"severity": 1}], ["severity"])).tolist() == [False]
