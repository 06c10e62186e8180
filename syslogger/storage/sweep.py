"""Sweep: every row that a question concerns, a window at a time, whatever is asked of each window.

Rules
1. The window whose first row comes first in the order of the question is looked at first, whichever day it belongs to:
   what is cut is cut in that order, and the days of several engines take turns.
2. A day that cannot be read is named, and the others answer. What was read of it before that was noticed stays in the
   answer: it is true, and not all.
"""

from __future__ import annotations

import heapq
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import polars as pl
import pyarrow as pa

from syslogger.errors import StoreError
from syslogger.query.answers import Cut
from syslogger.storage.catalogue import Files, Span, spans
from syslogger.storage.database import store_error
from syslogger.storage.scan import Search
from syslogger.storage.value_counts import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from syslogger.query.model import Query
    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget

T = TypeVar("T")


@contextmanager
def searching(catalogue: Catalogue, query: Query) -> Iterator[Search]:
    """A question at work; its files are closed behind the block. Raises StoreError: the root cannot be read."""
    files = Files()
    try:
        yield Search.of(catalogue.scope(query, files), files, query)
    finally:
        files.close()


@contextmanager
def guarded(search: Search, day: Day) -> Iterator[None]:
    """While the block reads a day: one that cannot be read is named, one that was deleted this moment is forgotten."""
    try:
        yield
    except StoreError as error:
        search.damage(day, error)
    except FileNotFoundError:
        search.days = [each for each in search.days if each is not day]


def spans_of(search: Search, days: Iterable[Day]) -> list[Span]:
    """The spans of these days in the range of the question; of a day without a match none."""
    found: list[Span] = []
    for day in days:
        search.searched.add(day.name)
        if not search.filter_of(day).never:
            with guarded(search, day):
                found += spans(day, search.files, search.since, search.until)
    return found


def swept(
    search: Search, found: Iterable[Span], look: Callable[[Span], T], budget: Budget, *, newest: bool = True
) -> Iterator[tuple[Day, T]]:
    """What `look` finds in each window; ends early, with `search.cut`, when the budget is spent."""
    heads = _Heads(search, newest)
    for span in found:
        with guarded(search, span.day):
            heads.push(span)
    while heads.heap:
        if budget.spent:
            search.cut = Cut.DEADLINE
            return
        near, rest = heads.pop()
        if any(day is near.day for day in search.days):  # else another window of it could not be read
            with guarded(search, near.day):
                seen = look(near)
                heads.push(rest)
                yield near.day, seen


def column(day: Day, table: pa.Table, name: str) -> pl.Series:
    """A column of a window, of the type that the day says it has. Raises StoreError: it holds something else."""
    try:
        table[name].validate(full=True)  # bytes that are no text must not get into Polars
        return pl.Series(name, table[name]).cast(TYPES[day.columns[name]])
    except (pa.ArrowInvalid, pl.exceptions.PolarsError) as error:
        raise store_error(day.path, ValueError("malformed value")) from error


def constant(day: Day, name: str | None) -> str | None:
    """What all rows of a day have in a field that is no column of it; None: nothing."""
    return None if name is None else day.constants.get(name)


class _Heads:
    """What was not looked at yet, by the first row of each span: by stamp, then by day and id, as rows are ordered."""

    def __init__(self, search: Search, newest: bool) -> None:
        self.heap: list[tuple[int, int, int, Span]] = []
        self._search, self._newest = search, newest
        self._ranks = {day.name: rank for rank, day in enumerate(search.scope.days)}

    def push(self, span: Span) -> None:
        """Raises StoreError, FileNotFoundError."""
        if span.first <= span.last:
            row_id, sign = (span.last, -1) if self._newest else (span.first, 1)
            stamp = self._search.files.of(span.day.path).stamp_at(row_id)
            heapq.heappush(self.heap, (stamp * sign, self._ranks[span.day.name] * sign, row_id * sign, span))

    def pop(self) -> tuple[Span, Span]:
        """The window to look at, and what comes behind it."""
        span = heapq.heappop(self.heap)[-1]
        rows = self._search.window_rows
        if self._newest:
            border = max(span.first, span.last - rows + 1)
            return Span(span.day, border, span.last), Span(span.day, span.first, border - 1)
        border = min(span.last, span.first + rows - 1)
        return Span(span.day, span.first, border), Span(span.day, border + 1, span.last)
