"""Merging: the matching rows of many spans in the order (received_at, class, engine, day, id), in columns.

Rules
1. What was looked at and not given yet waits; what comes before every window that was not looked at is given. So a
   window is looked at only when nothing else may come before its first row, and one day after the other needs no sort.
2. Windows end at multiples of their size, which depends on the days alone: where a day turns out to be damaged, and how
   much of it was given before, is the same whether an export was interrupted or not.
3. What is held at a time is bounded, whatever strangers sent: days that overlap share the rows, and a window of long
   lines is halved.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.errors import StoreError
from syslogger.query.model import ORIGINAL
from syslogger.storage.catalogue import Span
from syslogger.storage.scan import window
from syslogger.storage.shaping import STAMP, needed, shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Search

MOST_ROWS, LEAST_ROWS = 8_192, 256
MOST_BYTES = 32 << 20
Key = tuple[int, int, int]  # stamp, rank of the day, id; each negated when the newest come first
Place = tuple[int, str, str, str, int]


@dataclass(slots=True)
class _Block:
    """Rows of one window that were not given yet, in the order of the export. stamps, ids: as in keys."""

    span: Span
    rank: int
    stamps: np.ndarray
    ids: np.ndarray
    table: pa.Table

    def before(self, border: Key | None) -> int:
        """How many rows come before a key."""
        if border is None:
            return len(self.ids)
        first, behind = np.searchsorted(self.stamps, border[0]), np.searchsorted(self.stamps, border[0], "right")
        if self.rank != border[1]:
            return int(behind if self.rank < border[1] else first)
        return int(first + np.searchsorted(self.ids[first:behind], border[2]))

    def cut(self, count: int) -> _Block:
        """Take the first rows off."""
        taken = _Block(self.span, self.rank, self.stamps[:count], self.ids[:count], self.table.slice(0, count))
        self.stamps, self.ids, self.table = self.stamps[count:], self.ids[count:], self.table.slice(count)
        return taken


@dataclass(slots=True)
class Merging:
    """The rows of spans, table by table; `border` is where those that were not given yet begin, None at the end.

    ranks: of the days by name, in the order of (class, engine, day).
    """

    search: Search
    schema: pa.Schema
    newest: bool
    ranks: dict[str, int]
    window_rows: dict[str, int]
    left: int = 0
    _heads: list[tuple[Key, Span]] = field(default_factory=list)
    _begun: set[tuple[str, int]] = field(default_factory=set)
    _waiting: list[_Block] = field(default_factory=list)

    def tables(self, spans: Sequence[Span], *, rests: bool) -> Iterator[pa.Table]:
        """The rows; a table may be empty. Raises StoreError: a day was deleted; one that is damaged is named.

        rests: spans may have been begun before.
        """
        for span in spans:
            if span.day in self.search.days:
                self._guarded(span, partial(self._begin, is_rest=rests))
        while self._heads:
            _, span = heapq.heappop(self._heads)
            self._guarded(span, self._look_at)
            yield self._ready()

    def _guarded(self, span: Span, step: Callable[[Span], None]) -> None:
        try:
            step(span)
        except FileNotFoundError as error:
            raise deleted(span.day.name) from error
        except StoreError as error:
            self._forget(span.day, error)

    @property
    def border(self) -> Place | None:
        """The key before which everything was given."""
        if not self._heads:
            return None
        (stamp, _, row_id), span = self._heads[0]
        return stamp * self._sign, span.day.class_name, span.day.engine, span.day.day.isoformat(), row_id * self._sign

    @property
    def _sign(self) -> int:
        return -1 if self.newest else 1

    @property
    def begun(self) -> dict[str, list[tuple[int, int]]]:
        """What is still to be given of spans that were begun: first and last ids, by the names of their days."""
        firsts: dict[tuple[str, int], int] = {}
        ids = [(span, key[2]) for key, span in self._heads] + [
            (block.span, int(block.ids[0])) for block in self._waiting
        ]
        for span, row_id in ids:
            if (name := self._name(span)) in self._begun:
                firsts[name] = min(row_id, firsts.get(name, row_id))
        found: dict[str, list[tuple[int, int]]] = {}
        for (day, end), row_id in firsts.items():
            found.setdefault(day, []).append((end, row_id * self._sign) if self.newest else (row_id, end))
        return found

    def _name(self, span: Span) -> tuple[str, int]:
        """A span by the end that stays while it is given."""
        return span.day.name, span.first if self.newest else span.last

    def _begin(self, span: Span, *, is_rest: bool) -> None:
        """Put in a span. A day of one run is opened when it is needed: none of its rows comes before its stamp."""
        stamp = span.day.greatest if self.newest else span.day.least
        if is_rest or len(span.day.runs) > 1 or stamp is None:
            stamp = self._first_stamp(span)
        self._push(span, stamp)

    def _first_stamp(self, span: Span) -> int:
        return self.search.files.of(span.day.path).stamp_at(span.last if self.newest else span.first)

    def _push(self, span: Span, stamp: int) -> None:
        row_id = span.last if self.newest else span.first
        key = (stamp * self._sign, self.ranks[span.day.name] * self._sign, row_id * self._sign)
        heapq.heappush(self._heads, (key, span))
        self.left += span.last - span.first + 1

    def _look_at(self, span: Span) -> None:
        """Look at the first window of a span, and put back the rest."""
        self._begun.add(self._name(span))
        self.left -= span.last - span.first + 1
        if self.search.filter_of(span.day).never:
            return
        near = self._window(span)
        found = window(self.search, near, needed(self.schema.names, span.day))
        if found.num_rows:
            self._keep(span, found)
        rest = Span(span.day, span.first, near.first - 1) if self.newest else Span(span.day, near.last + 1, span.last)
        if rest.first <= rest.last:
            self._push(rest, self._first_stamp(rest))

    def _window(self, span: Span) -> Span:
        rows = self.window_rows[span.day.name]
        while True:
            near = self._end(span, rows)
            if rows <= 1 or self._bytes(near) <= MOST_BYTES:
                return near
            rows //= 2

    def _end(self, span: Span, rows: int) -> Span:
        """The end of a span that comes first, up to a multiple of `rows`."""
        if self.newest:
            return Span(span.day, max(span.first, span.last // rows * rows), span.last)
        return Span(span.day, span.first, min(span.last, (span.first // rows + 1) * rows - 1))

    def _bytes(self, span: Span) -> int:
        """Of the lines of a window's rows; the fields are parts of them."""
        sql = f"SELECT coalesce(sum(octet_length({ORIGINAL})), 0) FROM entries WHERE id BETWEEN ? AND ?"
        return int(self.search.files.of(span.day.path).rows(sql, (span.first, span.last))[0][0])

    def _keep(self, span: Span, found: pa.Table) -> None:
        day = span.day
        stamps, ids = (found[name].to_numpy() * self._sign for name in (STAMP, "id"))
        table = shaped(day, found, self.schema)
        if self.newest:
            stamps, ids, table = stamps[::-1], ids[::-1], table.take(np.arange(len(ids))[::-1])
        self._waiting.append(_Block(span, self.ranks[day.name] * self._sign, stamps, ids, table))

    def _forget(self, day: Day, error: StoreError) -> None:
        """A day cannot be read: it is named, and nothing more of it is given."""
        self.search.damage(day, error)
        rank = self.ranks[day.name] * self._sign
        self.left -= sum(span.last - span.first + 1 for _, span in self._heads if span.day is day)
        self._heads = [each for each in self._heads if each[1].day is not day]
        heapq.heapify(self._heads)
        self._waiting = [block for block in self._waiting if block.rank != rank]

    def _ready(self) -> pa.Table:
        """What comes before every window that was not looked at."""
        border = self._heads[0][0] if self._heads else None
        parts = [block.cut(count) for block in self._waiting if (count := block.before(border))]
        self._waiting = [block for block in self._waiting if len(block.ids)]
        if not parts:
            return self.schema.empty_table()
        if len(parts) == 1:
            return parts[0].table
        ranks = np.concatenate([np.full(len(part.ids), part.rank) for part in parts])
        stamps, ids = (np.concatenate(each) for each in zip(*((part.stamps, part.ids) for part in parts), strict=True))
        return pa.concat_tables([part.table for part in parts]).take(np.lexsort((ids, ranks, stamps)))


def deleted(name: str) -> StoreError:
    """A day that belongs to an export is no more."""
    return StoreError(f"{name} was deleted while it was exported: begin the export anew")


def shares(days: Sequence[Day]) -> dict[str, int]:
    """How many rows of a day are looked at in one window, by its name: days that overlap in time share a number."""
    starts, ends = sorted(day.least or 0 for day in days), sorted(day.greatest or 0 for day in days)
    found = {}
    for day in days:
        together = bisect_right(starts, day.greatest or 0) - bisect_left(ends, day.least or 0)
        found[day.name] = max(LEAST_ROWS, MOST_ROWS >> (max(1, together) - 1).bit_length())
    return found
