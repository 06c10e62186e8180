"""Matching: which rows that have just arrived a condition means, held against their columns.

Rules: the meaning is that of `query.model`, of a row in memory as of one in a day file. What a leaf is held against is
a column of the batch, its `id`, or what is the same for all of its rows.

Strategy: what stored rows have SQL for is asked of the columns here: numbers as numbers, texts through Polars. The rest
is `query.masks`. Columns become texts once for all conditions that ask for them. Nothing is bounded in time, as there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from syslogger.query.masks import column_test, text_test
from syslogger.query.model import (
    ORIGINAL,
    And,
    Between,
    Condition,
    Contains,
    Equals,
    Leaf,
    Missing,
    Not,
    OneOf,
    Or,
    Phrase,
    Prefix,
    SeverityAtLeast,
)

Matcher = Callable[["Arrived"], np.ndarray]


class Arrived:
    """Rows of one day in order of id, all columns but that; constants: what is the same text for all of them."""

    def __init__(self, table: pa.RecordBatch, first_id: int, constants: Mapping[str, str]) -> None:
        self.table, self.first_id, self.constants = table, first_id, constants
        self._values: dict[str, pl.Series] = {}
        self._texts: dict[str, pl.Series] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return name == "id" or name in self.table.schema.names

    def values(self, name: str) -> pl.Series:
        """A column as it is (n,)."""
        if name not in self._values:
            self._values[name] = self._made(name)
        return self._values[name]

    def texts(self, name: str) -> pl.Series:
        """A column as String (n,); numbers as their decimal texts."""
        if name not in self._texts:
            self._texts[name] = self.values(name).cast(pl.String)
        return self._texts[name]

    def _made(self, name: str) -> pl.Series:
        if name == "id":
            return pl.Series(np.arange(self.first_id, self.first_id + len(self), dtype=np.int64))
        found: Any = pl.from_arrow(self.table.column(name))
        values: pl.Series = found
        return values


def matcher(condition: Condition | None) -> Matcher:
    """What tells which rows a condition means: bool (n,). Made once, asked of every batch; None: every row."""
    match condition:
        case None:
            return partial(_all, value=True)
        case And(conditions=conditions) | Or(conditions=conditions):
            combine = np.logical_and if isinstance(condition, And) else np.logical_or
            parts = [matcher(each) for each in conditions]
            return lambda rows: combine.reduce([part(rows) for part in parts])
        case Not(condition=inner):
            negated = matcher(inner)
            return lambda rows: ~negated(rows)
    return _leaf(condition)


def _leaf(leaf: Leaf) -> Matcher:
    name = ORIGINAL if isinstance(leaf, Phrase) else "severity" if isinstance(leaf, SeverityAtLeast) else leaf.field
    of_text, of_column = text_test(leaf), _column(leaf)

    def test(rows: Arrived) -> np.ndarray:
        if name in rows.constants:
            return _all(rows, value=of_text(rows.constants[name]))
        if not rows.has(name):
            return _all(rows, value=isinstance(leaf, Missing))
        return of_column(rows, name)

    return test


def _all(rows: Arrived, *, value: bool) -> np.ndarray:
    return np.full(len(rows), value, np.bool_)


def _column(leaf: Leaf) -> Callable[[Arrived, str], np.ndarray]:
    """How a leaf is held against a column that is there."""
    match leaf:
        case Missing():
            return lambda rows, name: _truths(rows.values(name).is_null())
        case Equals(value=value):
            return lambda rows, name: _truths(rows.texts(name) == str(value))
        case OneOf(values=values):
            wanted = pl.Series([str(value) for value in values], dtype=pl.String).implode()
            return lambda rows, name: _truths(rows.texts(name).is_in(wanted))
        case Prefix(value=prefix):
            return lambda rows, name: _truths(rows.texts(name).str.starts_with(prefix))
        case Contains(value=part):
            return lambda rows, name: _truths(rows.texts(name).str.contains(part, literal=True))
        case SeverityAtLeast(severity=severity):
            return lambda rows, name: _truths(rows.values(name).cast(pl.Int64, strict=False) <= severity)
        case Between():
            return partial(_between, leaf)
    test = column_test(leaf)
    return lambda rows, name: test(rows.texts(name))


def _between(leaf: Between, rows: Arrived, name: str) -> np.ndarray:
    values = rows.values(name)
    if not values.dtype.is_integer():
        return column_test(leaf)(rows.texts(name))
    least = -(1 << 63) if leaf.least is None else leaf.least
    greatest = (1 << 63) - 1 if leaf.greatest is None else leaf.greatest
    return _truths(values.cast(pl.Int64).is_between(least, greatest))


def _truths(answers: pl.Series) -> np.ndarray:
    return answers.fill_null(value=False).to_numpy()
