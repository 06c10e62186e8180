"""Ledger history: what became of the messages, by step, of each engine or of each of the busiest senders.

Rules
1. A minute of the ledger belongs to the step, and to the range, in which it begins. So no step is shorter than one.
2. All numbers are sums, but for `in_flight`: that is what the last minute of the step says.
3. By sender: what the rollups know. Who is not among the busiest is shown together, as client '' and sender ''; so is
   all of a day without rollups, by its ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson

from syslogger.errors import SysloggerError
from syslogger.ledger import DROP_REASONS
from syslogger.query.answers import Cut, LedgerAnswer, LedgerSeries
from syslogger.query.times import fitting_step, steps
from syslogger.storage.database import store_error
from syslogger.storage.day import MINUTE_US
from syslogger.storage.partition import LEDGER_SUMS
from syslogger.storage.senders_answer import SUMMED, SUMS, Who, booked, engine_of
from syslogger.storage.stepping import Clock, zone_of
from syslogger.storage.sweep import guarded, searching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from syslogger.query.questions import LedgerHistory
    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget, Search
    from syslogger.storage.value_counts import Numbers

LEAST_STEP = "1m"
SENDER_SUMS = ("stored", "bytes", "received", "refused", "dropped")  # of the rollups' columns, in their order
_NEVER = -(1 << 62)
_RANGE = "minute >= ? AND minute < ?"
_LEDGER = f"SELECT minute, {', '.join(LEDGER_SUMS)}, in_flight, dropped FROM ledger WHERE {_RANGE} ORDER BY minute"
_ENDS = f"SELECT min(minute), max(minute) FROM %s WHERE {_RANGE}"
_TOTALS = (
    f"SELECT client, sender, {SUMMED} FROM rollup_senders JOIN rollup_pairs USING (pair)"
    f" WHERE {_RANGE} AND pair GROUP BY pair"
)
# one statement, so that those who are shown and the others are of one moment
_SENDERS = (
    f"SELECT minute, coalesce(client, ''), coalesce(sender, ''), {SUMMED} FROM rollup_senders LEFT JOIN (SELECT * FROM"
    " rollup_pairs WHERE (client, sender) IN (SELECT value->>0, value->>1 FROM json_each(?))) USING (pair)"
    f" WHERE {_RANGE} GROUP BY 1, 2, 3"
)


def answer_ledger(catalogue: Catalogue, asked: LedgerHistory, budget: Budget) -> LedgerAnswer:
    """The ledger by step; the query's ends are numbers or None. By engine, then by sender, the busiest first.

    Raises QueryError: too many steps; SysloggerError: a condition, for a message has no fields before it is a row.
    """
    if asked.query.where is not None:
        raise SysloggerError("the ledger counts messages, also those that never became rows: ask without a condition")
    with searching(catalogue, asked.query) as search:
        search.days = booked(search)
        by_sender = asked.by == "sender"
        clock = _clock(search, asked, ["ledger", *(["rollup_senders"] if by_sender else [])])
        if not clock.size:
            series = []
        elif by_sender:
            series = _of_senders(search, clock, asked.top, budget)
        else:
            series = _of_engines(search, clock, budget)
        starts = clock.borders[:-1].tolist()
        return LedgerAnswer(step=clock.step, starts=starts, series=series, searched=search.told())


def _minutes(search: Search) -> tuple[int, int]:
    """The minutes [first, end) that begin in the range."""
    first = _NEVER if search.since is None else -(-search.since // MINUTE_US)
    return first, -_NEVER if search.until is None else -(-search.until // MINUTE_US)


def _clock(search: Search, asked: LedgerHistory, tables: list[str]) -> Clock:
    """The steps of the range; where it is open, of the minutes there are."""
    zone = zone_of(search, asked.time_zone)
    ends: list[int] = []
    _each(search, None, lambda day: ends.extend(_ends(search, day, tables)))
    since = search.since if search.since is not None else min(ends, default=search.until)
    until = search.until if search.until is not None else max(ends, default=search.since)
    if since is None or until is None or since >= until:
        return Clock(asked.step or LEAST_STEP, np.zeros(1, np.int64))
    step = asked.step or fitting_step(since, until)
    if step.endswith("s"):
        step = LEAST_STEP
    return Clock(step, np.array(steps(since, until, step, zone), np.int64))


def _ends(search: Search, day: Day, tables: list[str]) -> list[int]:
    file = search.files.of(day.path)
    found = [file.rows(_ENDS % table, _minutes(search))[0] for table in tables if day.rollups or table == "ledger"]
    return [us for first, last in found if first is not None for us in (first * MINUTE_US, (last + 1) * MINUTE_US)]


def _each(search: Search, budget: Budget | None, step: Callable[[Day], None]) -> None:
    """Take a step with each day that can be read, until the budget is spent."""
    for day in list(search.days):
        if budget is not None and budget.spent:
            search.cut = Cut.DEADLINE
            return
        with guarded(search, day):
            step(day)
            search.searched.add(day.name)


class _Sums:
    """Numbers of one series by step, under their names."""

    def __init__(self, clock: Clock, names: Iterable[str], reasons: Iterable[str] = ()) -> None:
        self._clock = clock
        self._counts = {name: np.zeros(clock.size, np.int64) for name in names}
        self._dropped = {reason: np.zeros(clock.size, np.int64) for reason in reasons}
        self._last = np.full(clock.size, _NEVER, np.int64)

    def add(self, minute: int, numbers: Mapping[str, int], dropped: Mapping[str, int]) -> None:
        """Add a minute; `in_flight` is taken as it is, if no later minute of the step was."""
        place = int(self._clock.places(np.array([minute * MINUTE_US]))[0])
        for name, number in numbers.items():
            if name != "in_flight":
                self._counts[name][place] += number
            elif minute >= self._last[place]:
                self._last[place], self._counts[name][place] = minute, number
        for reason, number in dropped.items():
            self._dropped[reason][place] += number

    def as_series(self, engine: str, client: str | None = None, sender: str | None = None) -> LedgerSeries:
        """As it is answered."""
        counts = {name: by_step.tolist() for name, by_step in self._counts.items()}
        dropped = {reason: by_step.tolist() for reason, by_step in self._dropped.items()}
        return LedgerSeries(engine=engine, client=client, sender=sender, counts=counts, dropped=dropped)


def _ledger(search: Search, day: Day) -> Iterator[tuple[int, dict[str, int], dict[str, int]]]:
    """Minute, numbers, drops by reason. Raises StoreError, FileNotFoundError."""
    for minute, *numbers, dropped in search.files.of(day.path).rows(_LEDGER, _minutes(search)):
        try:
            reasons = {reason.value: int(orjson.loads(dropped).get(reason.value, 0)) for reason in DROP_REASONS}
        except (ValueError, AttributeError) as error:
            raise store_error(day.path, ValueError("malformed ledger")) from error
        yield minute, dict(zip((*LEDGER_SUMS, "in_flight"), numbers, strict=True)), reasons


def _of_engines(search: Search, clock: Clock, budget: Budget) -> list[LedgerSeries]:
    engines: dict[str, _Sums] = {}

    def add(day: Day) -> None:
        new = _Sums(clock, (*LEDGER_SUMS, "in_flight"), [reason.value for reason in DROP_REASONS])
        for minute, numbers, dropped in _ledger(search, day):
            engines.setdefault(engine_of(day), new).add(minute, numbers, dropped)

    _each(search, budget, add)
    return [engines[engine].as_series(engine) for engine in sorted(engines)]


def _of_senders(search: Search, clock: Clock, top: int, budget: Budget) -> list[LedgerSeries]:
    totals: dict[Who, Numbers] = {}

    def add_totals(day: Day) -> None:
        for client, sender, *numbers in (
            search.files.of(day.path).rows(_TOTALS, _minutes(search)) if day.rollups else ()
        ):
            who = engine_of(day), client, sender
            totals[who] = totals.get(who, np.zeros(len(SUMS), np.int64)) + np.array(numbers)

    _each(search, budget, add_totals)
    busiest = sorted(totals, key=lambda who: (*(-totals[who][[0, 2]]).tolist(), who))[:top]
    series = {who: _Sums(clock, SENDER_SUMS) for who in busiest}

    def add(day: Day) -> None:
        for minute, who, numbers in _by_sender(search, day, busiest):
            series.setdefault(who, _Sums(clock, SENDER_SUMS)).add(minute, numbers, {})

    _each(search, budget, add)
    others = sorted(series.keys() - set(busiest))
    return [series[who].as_series(*who) for who in (*busiest, *others)]


def _by_sender(search: Search, day: Day, shown: Iterable[Who]) -> Iterator[tuple[int, Who, dict[str, int]]]:
    """Minute, sender, numbers: of those who are shown, and of all others together."""
    engine = engine_of(day)
    if not day.rollups:
        for minute, sums, dropped in _ledger(search, day):
            found = {name: sums.get(name, 0) for name in SENDER_SUMS} | {"dropped": sum(dropped.values())}
            yield minute, (engine, "", ""), found
        return
    named = orjson.dumps([who[1:] for who in shown if who[0] == engine]).decode()
    for minute, client, sender, *numbers in search.files.of(day.path).rows(_SENDERS, (named, *_minutes(search))):
        yield minute, (engine, client, sender), dict(zip(SENDER_SUMS, numbers, strict=True))
