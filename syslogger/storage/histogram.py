"""Histogram: how many rows in each step of a time zone's clock, apart by the values of a field if asked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from syslogger.query.answers import HistogramAnswer
from syslogger.query.times import fitting_step, steps
from syslogger.storage.stepping import MOST_CELLS, Clock, known, looked_at, zone_of
from syslogger.storage.sweep import guarded, searching, spans_of, swept
from syslogger.storage.value_counts import ValueCounts

if TYPE_CHECKING:
    from syslogger.query.questions import Histogram
    from syslogger.storage.catalogue import Catalogue, Span
    from syslogger.storage.scan import Budget, Search
    from syslogger.storage.value_counts import Busiest


def clock_of(search: Search, step: str | None, time_zone: str | None) -> Clock:
    """The steps from the beginning of a question to its end, which are those of its rows where it leaves them open.

    Raises QueryError: too many steps, no such zone.
    """
    zone = zone_of(search, time_zone)
    since, until = search.since, search.until
    if since is None:
        since = min((day.least for day in search.days if day.least is not None), default=until)
    if until is None:
        until = max((day.greatest + 1 for day in search.days if day.greatest is not None), default=since)
    if since is None or until is None or since >= until:
        return Clock(step or "1m", np.zeros(1, np.int64))
    step = step or fitting_step(since, until)
    return Clock(step, np.array(steps(since, until, step, zone), np.int64))


def answer_histogram(catalogue: Catalogue, asked: Histogram, budget: Budget) -> HistogramAnswer:
    """Rows by step; the query's ends are numbers or None. Raises QueryError: too many steps."""
    with searching(catalogue, asked.query) as search:
        clock = clock_of(search, asked.step, asked.time_zone)
        counts = ValueCounts(clock.size, MOST_CELLS)
        left: list[Span] = []
        for day in list(search.days) if clock.size else ():
            with guarded(search, day):
                search.searched.add(day.name)
                share, unread = known(search, day, clock, asked.by) or (None, spans_of(search, [day]))
                left += unread
                if share is not None:
                    counts.take(share)
        for _, seen in swept(search, left, partial(looked_at, search, clock, asked.by), budget):
            counts.take(seen)
        return _answer(search, clock, counts.busiest(asked.top), asked.by is not None)


def _answer(search: Search, clock: Clock, busiest: Busiest, apart: bool) -> HistogramAnswer:
    counts = sum((by_step for _, by_step in busiest.values), busiest.others)
    series = [(value, by_step.tolist()) for value, by_step in busiest.values]
    return HistogramAnswer(
        step=clock.step,
        starts=clock.borders[:-1].tolist(),
        counts=counts.tolist(),
        series=series if apart else [],
        others=busiest.others.tolist() if apart else [],
        searched=search.told(),
    )
