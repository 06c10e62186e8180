"""Conditions: what a query's condition is as SQL over one day's rows, and exactly which of the found rows it means.

Rules
1. Values are parameters. A name stands in SQL only after it was found among the day's columns, quoted.
2. A condition is true or false, never unknown: NULL counts as false, and a negated condition holds for it.
3. The filter's SQL is true for every row that matches. Where it may be true for more, `mask` decides.

Strategy: each leaf has an upper bound (true wherever the leaf is) and a lower one, equal where SQL says it exactly. AND
and OR combine them, NOT swaps them. What is known before any row is seen (a field the day does not have, its class) is
folded away. For the mask, exact branches come as computed columns, inexact leaves are held against columns by
`query.masks`, and what the SQL has made sure of is not asked again.

A query at the model's limits keeps to SQLite's: 32,766 parameters, expressions 1,000 deep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from syslogger.query.bounds import FALSE, TRUE, Bounds, Parameters, all_of, any_of, leaf_bounds, negated
from syslogger.query.masks import Test, column_test, text_test
from syslogger.query.model import (
    ORIGINAL,
    And,
    Condition,
    Contains,
    InNetwork,
    Leaf,
    Missing,
    Not,
    OneOf,
    Or,
    Phrase,
    Regex,
    SeverityAtLeast,
)

Mask = Callable[[pa.Table], np.ndarray]

# What is quick to ask goes first; of the rest, the slowest last.
_COST: dict[type, int] = {OneOf: 1, InNetwork: 2, Contains: 3, Phrase: 4, Regex: 4}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows of a day a condition means.

    sql, parameters: an expression that is true for every row that matches, perhaps for more; never: no row of this day
    can match; always: every one does; exact: the SQL says it all. Otherwise `mask` needs `columns`, and what `computed`
    says: alias, expression, its parameters.
    """

    sql: str
    parameters: Parameters
    never: bool
    always: bool
    exact: bool
    computed: tuple[tuple[str, str, Parameters], ...]
    columns: tuple[str, ...]
    decide: Mask

    def mask(self, table: pa.Table) -> np.ndarray:
        """Which rows of a table match: bool (n,); all, where the SQL was exact. Raises UnicodeDecodeError: no texts."""
        return np.ones(table.num_rows, np.bool_) if self.exact else self.decide(table)


@dataclass(frozen=True, slots=True)
class _Part:
    """A condition with its bounds: a leaf, or one that combines `parts` by `operator`."""

    bounds: Bounds
    cost: int
    leaf: Leaf | None = None
    operator: type[And | Or | Not] | None = None
    parts: tuple[_Part, ...] = ()


def compile_condition(condition: Condition | None, columns: Mapping[str, str], constants: Mapping[str, str]) -> Filter:
    """What a condition is for one day.

    columns: name -> TEXT or INTEGER, as the day has them; constants: what is the same text for all its rows. A field
    that is in neither is missing in every row. None: every row. Runs a query
    (`extract.pattern.probe`): a process that forks later must not.
    """
    part = _Part(Bounds(TRUE, TRUE), 0) if condition is None else _part(condition, columns, constants)
    upper, lower = part.bounds.upper, part.bounds.lower
    masks = _Masks()
    decide = masks.of(_undecided(part)) if not part.bounds.exact else _everything
    return Filter(
        sql=upper.text,
        parameters=upper.parameters,
        never=upper == FALSE,
        always=lower == TRUE,
        exact=part.bounds.exact,
        computed=tuple(masks.computed),
        columns=tuple(masks.columns),
        decide=decide,
    )


def _part(condition: Condition, columns: Mapping[str, str], constants: Mapping[str, str]) -> _Part:
    match condition:
        case And(conditions=conditions) | Or(conditions=conditions):
            parts = sorted((_part(each, columns, constants) for each in conditions), key=lambda part: part.cost)
            return _combined(type(condition), parts)
        case Not(condition=inner):
            return _combined(Not, [_part(inner, columns, constants)])
    cost = _COST.get(type(condition), 0)
    return _Part(_leaf_bounds(condition, columns, constants), cost, leaf=condition)


def _combined(operator: type[And | Or | Not], parts: Sequence[_Part]) -> _Part:
    uppers, lowers = [part.bounds.upper for part in parts], [part.bounds.lower for part in parts]
    if operator is Not:
        bounds = Bounds(negated(lowers[0]), negated(uppers[0]))
    else:
        joined = all_of if operator is And else any_of
        bounds = Bounds(joined(uppers), joined(lowers))
    return _Part(bounds, max(part.cost for part in parts), operator=operator, parts=tuple(parts))


def _leaf_bounds(leaf: Leaf, columns: Mapping[str, str], constants: Mapping[str, str]) -> Bounds:
    name = _field(leaf)
    if name in constants:
        return _KNOWN[text_test(leaf)(constants[name])]
    if name not in columns:
        return _KNOWN[isinstance(leaf, Missing)]
    return leaf_bounds(leaf, name, columns[name])


_KNOWN = {True: Bounds(TRUE, TRUE), False: Bounds(FALSE, FALSE)}


def _field(leaf: Leaf) -> str:
    match leaf:
        case Phrase():
            return ORIGINAL
        case SeverityAtLeast():
            return "severity"
    return leaf.field


def _undecided(part: _Part) -> _Part:
    """A part without what its upper bound has made sure of: of an AND, what is exact."""
    if part.operator is not And:
        return part
    left = [_undecided(each) for each in part.parts if not each.bounds.exact]
    return left[0] if len(left) == 1 else _combined(And, left)


# -- the mask ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Masks:
    """How parts are decided for the rows of a table, and what the table must have for it."""

    computed: list[tuple[str, str, Parameters]] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)

    def of(self, part: _Part) -> Mask:
        if part.bounds.exact:
            alias = f"_{len(self.computed)}"  # a field begins with a letter
            self.computed.append((alias, f"({part.bounds.upper.text} IS TRUE)", part.bounds.upper.parameters))
            return partial(_computed, alias)
        if part.leaf is not None:
            name = _field(part.leaf)
            self.columns[name] = None
            return partial(_tested, name, column_test(part.leaf))
        masks = [self.of(each) for each in part.parts]
        if part.operator is Not:
            return lambda table: ~masks[0](table)
        combine = np.logical_and if part.operator is And else np.logical_or
        return lambda table: combine.reduce([mask(table) for mask in masks])


def _everything(table: pa.Table) -> np.ndarray:
    return np.ones(table.num_rows, np.bool_)


def _computed(alias: str, table: pa.Table) -> np.ndarray:
    answers: np.ndarray = table[alias].to_numpy()
    return answers.astype(np.bool_)


def _tested(name: str, test: Test, table: pa.Table) -> np.ndarray:
    return test(_texts(table[name]))


def _texts(column: pa.ChunkedArray) -> pl.Series:
    """A column as String: one without a value, or of numbers, comes as int64. Raises UnicodeDecodeError."""
    try:
        column.validate(full=True)  # 26 ns a line; SQLite hands on bytes that are no text, and Polars believes it
    except pa.ArrowInvalid:
        column.to_pylist()
        raise
    found: Any = pl.from_arrow(column)
    texts: pl.Series = found.cast(pl.String)
    return texts
