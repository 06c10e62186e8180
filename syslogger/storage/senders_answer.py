"""Senders: rows and bytes of each client and sender address, from the rollups, or from the rows where these are silent.

Rules
1. Rows are exact. Bytes are those of the datagrams where the rollups know the rows, else those of the stored lines.
2. Received, refused and dropped are those of the whole minutes of the range; of a condition on anything but client and
   sender they say nothing, and are 0.
3. Who is not among the busiest of a day is only known together with all such. A sender is complete when on none of the
   days it may be among them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from syslogger.query.answers import SenderRow, SendersAnswer
from syslogger.query.model import ORIGINAL, SENDER
from syslogger.storage.day import MINUTE_US
from syslogger.storage.rolled import SHARED, rolled
from syslogger.storage.rollup_sql import OTHERS
from syslogger.storage.scan import window
from syslogger.storage.sweep import column, guarded, searching, spans_of, swept

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syslogger.query.questions import Senders
    from syslogger.storage.catalogue import Catalogue, Span
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget, Search
    from syslogger.storage.value_counts import Numbers

Who = tuple[str, str, str]  # engine (`class/name`), client, sender

SUMS = ("rows", "bytes", "received", "refused", "dropped")
SUMMED = ", ".join(f"sum({name})" for name in SUMS)
_COMPLETE = f"SELECT client, sender FROM rollup_pairs WHERE complete AND pair != {OTHERS}"
_TOGETHER = (
    f"SELECT {SUMMED} FROM rollup_senders WHERE pair NOT IN (SELECT pair FROM rollup_pairs WHERE pair != {OTHERS})"
    " AND minute >= ? AND minute < ? HAVING count(*)"
)


@dataclass(slots=True)
class _Found:
    """Sums by sender and, of all others together, by engine; whose rows are surely not among the others, by day."""

    sums: dict[Who, Numbers] = field(default_factory=dict)
    others: dict[str, Numbers] = field(default_factory=dict)
    complete: dict[str, list[set[tuple[str, str]]]] = field(default_factory=dict)

    def add(self, day: Day, found: Iterable[tuple[str, str, *tuple[int, ...]]]) -> None:
        for client, sender, *numbers in found:
            who = (engine_of(day), client, sender)
            self.sums[who] = self.sums.get(who, np.zeros(len(SUMS), np.int64)) + np.array(numbers)

    def add_others(self, engine: str, numbers: Numbers) -> None:
        self.others[engine] = self.others.get(engine, np.zeros(len(SUMS), np.int64)) + numbers

    def is_complete(self, who: Who) -> bool:
        return all(who[1:] in known for known in self.complete.get(who[0], ()))


def engine_of(day: Day) -> str:
    """`class/name`."""
    return f"{day.class_name}/{day.engine}"


def answer_senders(catalogue: Catalogue, asked: Senders, budget: Budget) -> SendersAnswer:
    """The busiest senders, by rows, then bytes; the query's ends are numbers or None."""
    with searching(catalogue, asked.query) as search:
        search.days = booked(search)
        found = _Found()
        left: list[Span] = []
        for day in list(search.days):
            with guarded(search, day):
                left += _rolled_up(search, day, found)
        for day, seen in swept(search, left, partial(_read, search), budget):
            found.add(day, seen)
        ranked = sorted(found.sums.items(), key=lambda each: (*(-each[1]).tolist(), each[0]))
        for who, numbers in ranked[asked.most :]:
            found.add_others(who[0], numbers)
        return SendersAnswer(
            senders=[_row(who, numbers, complete=found.is_complete(who)) for who, numbers in ranked[: asked.most]],
            others=[_row((engine, "", ""), found.others[engine]) for engine in sorted(found.others)],
            searched=search.told(),
        )


def booked(search: Search) -> list[Day]:
    """The days with a stamp in the range, or a minute that begins in it; those of the ledger lie in its interval."""
    since, until = search.since, search.until

    def meets(day: Day) -> bool:
        first = (day.start if day.least is None else min(day.start, day.least)) // MINUTE_US * MINUTE_US
        end = day.end if day.greatest is None else max(day.end, day.greatest + 1)
        return (since is None or since < end) and (until is None or first < until)

    return [day for day in search.scope.days if meets(day)]


def _row(who: Who, numbers: Numbers, *, complete: bool = True) -> SenderRow:
    sums = dict(zip(SUMS, numbers.tolist(), strict=True))
    return SenderRow(engine=who[0], client=who[1], sender=who[2], **sums, complete=complete)


def _rolled_up(search: Search, day: Day, found: _Found) -> list[Span]:
    """Add what the rollups know; the spans that are left."""
    always = search.filter_of(day).always
    share = rolled(search, day, ("client", SENDER), named_only=always)
    if share is None:
        return spans_of(search, [day]) if day.least is not None else []
    search.searched.add(day.name)
    found.add(day, share.asked(search, f"client, {SENDER}, {SUMMED}", " GROUP BY 1, 2"))
    file = search.files.of(day.path)
    if always:
        for numbers in file.rows(_TOGETHER, (share.first, share.end)):
            found.add_others(engine_of(day), np.array(numbers))
        if file.rows(SHARED):
            found.complete.setdefault(engine_of(day), []).append(set(file.rows(_COMPLETE)))
    return share.spans


def _read(search: Search, span: Span) -> list[tuple[str, str, *tuple[int, ...]]]:
    """The matching rows of a window by client and sender."""
    table = window(search, span, ("client", SENDER, ORIGINAL))
    frame = pl.DataFrame([column(span.day, table, name) for name in table.column_names if name != "id"])
    sums = frame.group_by("client", SENDER).agg(pl.len(), pl.col(ORIGINAL).str.len_bytes().sum())
    return [(client, sender, rows, size, 0, 0, 0) for client, sender, rows, size in sums.iter_rows()]
