"""How answers that are no rows look to people: tables, and bars for a histogram."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from syslogger.cli.output import columns
from syslogger.query.answers import (
    CountAnswer,
    FacetsAnswer,
    FieldsAnswer,
    HistogramAnswer,
    LedgerAnswer,
    LedgerSeries,
    SenderRow,
    SendersAnswer,
    ValuesAnswer,
)

BAR_CHARACTERS = 50

Value = int | str | None


def lines_of(answer: object, zone: ZoneInfo) -> list[str]:
    """The lines of an answer; times are shown on the clock of `zone`."""
    match answer:
        case CountAnswer():
            return [f"{'' if answer.exact else 'at least '}{answer.count:,}"]
        case HistogramAnswer():
            return _histogram(answer, zone)
        case FacetsAnswer():
            return list(_facets(answer))
        case ValuesAnswer():
            return columns([["value", "rows"], *([str(value), f"{rows:,}"] for value, rows in answer.values)])
        case FieldsAnswer():
            return columns([["field", "type"], *([name, kind] for name, kind in answer.fields.items())])
        case SendersAnswer():
            return columns([_SENDER_HEAD, *map(_sender, [*answer.senders, *answer.others])])
        case LedgerAnswer():
            return _ledger(answer, zone)
    raise TypeError(f"{type(answer).__name__} is no answer that is shown so")


def _histogram(answer: HistogramAnswer, zone: ZoneInfo) -> list[str]:
    """A bar for each step; split by a field, a column for each value instead."""
    times = [_clock(start, zone) for start in answer.starts]
    if not answer.series:
        most = max(answer.counts, default=0) or 1
        rows = zip(times, answer.counts, strict=True)
        return columns([[time, f"{count:,}", "█" * round(BAR_CHARACTERS * count / most)] for time, count in rows])
    series = [(_value(value), counts) for value, counts in answer.series]
    series += [("others", answer.others)] if any(answer.others) else []
    return _steps(times, [*series, ("all", answer.counts)])


def _steps(times: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> list[str]:
    steps = zip(times, *(counts for _, counts in series), strict=True)
    rows = [[str(time), *(f"{count:,}" for count in counts)] for time, *counts in steps]
    return columns([["time", *(name for name, _ in series)], *rows])


def _facets(answer: FacetsAnswer) -> Iterator[str]:
    for place, facet in enumerate(answer.facets):
        if place:
            yield ""
        distinct = "" if facet.distinct is None else f", {facet.distinct:,} values"
        yield f"{facet.field}{distinct}{', approximate' if facet.approximate else ''}"
        yield from columns([[f"  {_value(value)}", f"{count:,}"] for value, count in facet.values])
    yield f"\n{answer.rows:,} rows looked at"


_SENDER_HEAD = ("engine", "client", "sender", "rows", "bytes", "received", "refused", "dropped")


def _sender(row: SenderRow) -> list[str]:
    """One that is not complete has a `+`: more of its rows may be among the others."""
    rows = f"{row.rows:,}{'' if row.complete else '+'}"
    counts = (row.bytes, row.received, row.refused, row.dropped)
    return [row.engine, *_who(row.client, row.sender), rows, *(f"{each:,}" for each in counts)]


def _ledger(answer: LedgerAnswer, zone: ZoneInfo) -> list[str]:
    """A row for each step and engine or sender in which anything happened."""
    names = list(dict.fromkeys(name for each in answer.series for name in each.counts))
    reasons = list(dict.fromkeys(name for each in answer.series for name in each.dropped))
    times = [_clock(start, zone) for start in answer.starts]
    rows = []
    for each in answer.series:
        counts = [*(each.counts.get(name) for name in names), *(each.dropped.get(name) for name in reasons)]
        for place, time in enumerate(times):
            step = [0 if column is None else column[place] for column in counts]
            if any(step):
                rows.append([time, *_owner(each), *(f"{count:,}" for count in step)])
    who = ["engine"] if all(each.sender is None for each in answer.series) else ["engine", "client", "sender"]
    return columns([["time", *who, *names, *(f"dropped: {reason}" for reason in reasons)], *rows])


def _owner(series: LedgerSeries) -> list[str]:
    if series.sender is None:
        return [series.engine]
    return [series.engine, *_who(series.client or "", series.sender)]


def _who(client: str, sender: str) -> tuple[str, str]:
    """An address without a client was refused."""
    return (client or "(none)", sender) if sender else ("others", "others")


def _value(value: Value) -> str:
    return "(none)" if value is None else str(value)


def _clock(moment_us: int, zone: ZoneInfo) -> str:
    return dt.datetime.fromtimestamp(moment_us / 1_000_000, zone).isoformat(" ", "seconds")
