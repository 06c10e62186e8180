"""Facets: the most frequent values of fields among the matching rows, and the values that complete what is typed.

Strategy: a field that the rollups know is answered from them. The others are read in one sweep, all columns of a window
by one statement, until `most_rows` matching rows were looked at, the first in the order of the query.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from syslogger.query.answers import Cut, Facet, FacetsAnswer, ValuesAnswer
from syslogger.query.model import And, Order, Prefix
from syslogger.query.questions import Facets
from syslogger.storage.scan import Budget, window
from syslogger.storage.stepping import EVER, known, looked_at
from syslogger.storage.sweep import column, constant, guarded, searching, spans_of, swept
from syslogger.storage.value_counts import MOST_CELLS, ValueCounts

if TYPE_CHECKING:
    import pyarrow as pa

    from syslogger.query.questions import Values
    from syslogger.storage.catalogue import Catalogue, Span
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Search

CONSTANTS = ("class", "engine", "day")
_MOST_CELLS = 2_000_000  # of all fields together
COMPLETION_ROWS = 200_000
COMPLETION_SECONDS = 0.5


def answer_facets(catalogue: Catalogue, asked: Facets, budget: Budget) -> FacetsAnswer:
    """The most frequent values; the query's ends are numbers or None.

    A facet is exact where the rollups know it, or when every matching row was looked at; and no day is damaged.
    """
    with searching(catalogue, asked.query) as search:
        facets, rows = _facets(search, asked, budget)
        return FacetsAnswer(facets=facets, rows=rows, searched=search.told())


def _facets(search: Search, asked: Facets, budget: Budget) -> tuple[list[Facet], int]:
    fields = tuple(dict.fromkeys(asked.fields))
    counted = {name: counts for name in fields if (counts := _rolled_up(search, name, budget)) is not None}
    rows = max((counts.rows for counts in counted.values()), default=0)
    exact = set() if search.cut else set(counted)
    unread = [name for name in fields if name not in counted]
    if unread:
        read, rows = _read(search, unread, asked, budget)
        counted |= read
    facets = []
    for name in fields:
        busiest = counted[name].busiest(asked.top)
        values = [(value, int(by_step[0])) for value, by_step in busiest.values]
        sure = (name in exact or search.cut is None) and not search.scope.damaged
        approximate = busiest.distinct is None or not sure
        facets.append(Facet(field=name, values=values, distinct=busiest.distinct, approximate=approximate))
    return facets, rows


def _rolled_up(search: Search, name: str, budget: Budget) -> ValueCounts | None:
    """The counts of a field without a sweep of the days; None: one of them has to be read for it."""
    counts = ValueCounts()
    left: list[Span] = []
    for day in list(search.days):
        with guarded(search, day):
            found = known(search, day, EVER, name)
            if found is None:
                return None
            search.searched.add(day.name)
            counts.take(found[0])
            left += found[1]
    for _, seen in swept(search, left, partial(looked_at, search, EVER, name), budget):
        counts.take(seen)
    return counts


def _read(search: Search, names: list[str], asked: Facets, budget: Budget) -> tuple[dict[str, ValueCounts], int]:
    """The counts of fields over the first matching rows, and how many these are."""
    newest, rows = asked.query.order is Order.NEWEST, 0
    counts = {name: ValueCounts(most_cells=min(MOST_CELLS, _MOST_CELLS // len(names))) for name in names}
    look = partial(_columns, search, names, newest)
    for day, table in swept(search, spans_of(search, search.days), look, budget, newest=newest):
        part = table.slice(0, asked.most_rows - rows)
        rows += part.num_rows
        with guarded(search, day):
            for name in names:
                _count(counts[name], day, part, name)
        if rows >= asked.most_rows:
            search.cut = Cut.ROWS
            break
    return counts, rows


def _columns(search: Search, names: list[str], newest: bool, span: Span) -> pa.Table:
    return window(search, span, [name for name in names if name in span.day.columns], newest=newest)


def _count(counts: ValueCounts, day: Day, table: pa.Table, name: str) -> None:
    if name not in day.columns:
        counts.add_one(constant(day, name), np.array([table.num_rows]))
    elif table.num_rows:
        found = column(day, table, name).alias("value").value_counts(name="rows")
        counts.add(day.columns[name], found["value"], np.zeros(found.height, np.int64), found["rows"].to_numpy())


# -- completion -------------------------------------------------------------------------------------------------------


def answer_values(catalogue: Catalogue, asked: Values, budget: Budget) -> ValuesAnswer:
    """Values that begin with a text; the query's ends are numbers or None.

    Those of the newest matching rows, as many as half a second allows. Of `class`, `engine` and `day` those of the
    days, whatever the condition; `client` and `severity` also have those that no row was seen with.
    """
    starts = Prefix(field=asked.field, value=asked.prefix)
    where = starts if asked.query.where is None else And(conditions=(asked.query.where, starts))
    query = asked.query.model_copy(update={"where": where, "order": Order.NEWEST})
    facets = Facets(query=query, fields=(asked.field,), top=asked.most, most_rows=COMPLETION_ROWS)
    with searching(catalogue, query) as search:
        if asked.field in CONSTANTS:
            found = _constants(search, asked.field)
        else:
            brief = Budget(min(budget.deadline, Budget.of(COMPLETION_SECONDS).deadline))
            [facet], _ = _facets(search, facets, brief)
            found = {value: rows for value, rows in facet.values if value is not None}
            found |= {value: 0 for value in _unseen(search, asked.field) if value not in found}
        fitting = [(value, rows) for value, rows in found.items() if str(value).startswith(asked.prefix)]
        return ValuesAnswer(values=fitting[: asked.most], searched=search.told())


def _constants(search: Search, name: str) -> dict[int | str, int]:
    """The values of all rows of a day, the most frequent first."""
    found: Counter[int | str] = Counter()
    for day in search.days:
        search.searched.add(day.name)
        found[day.constants[name]] += day.last_id
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _unseen(search: Search, name: str) -> list[int | str]:
    if name == "severity":
        return list(range(8))
    names: set[str] = set()
    for day in list(search.days) if name == "client" else ():
        with guarded(search, day):
            names |= {client for (client,) in search.files.of(day.path).rows("SELECT name FROM clients")}
    return sorted(names)
