"""Answers: what comes back. Each says how far it looked: which days, which it could not read, and why it was cut."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field as Setting

from syslogger.query.model import Frozen

RowObject = dict[str, Any]


class Cut(StrEnum):
    """Why an answer is not whole."""

    DEADLINE = "deadline"
    ROWS = "rows"


class Searched(Frozen):
    """partitions: days that the question concerns; searched: how many of them were looked at, to the end or to the cut.

    damaged: days that cannot be read, and why; unknown_fields: names in the query that none of the days has.
    """

    partitions: int = 0
    searched: int = 0
    cut: Cut | None = None
    damaged: dict[str, str] = Setting(default_factory=dict)
    unknown_fields: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


class RowsAnswer(Frozen):
    """A page. after: the cursor of the next one, None when there is nothing more.

    A row has `id` (global), `received_at` (us), `time` (ISO 8601 with offset), `class`, `engine`, and its columns.
    """

    rows: list[RowObject]
    after: str | None
    searched: Searched


class FollowAnswer(Frozen):
    """What was stored meanwhile. after: the cursor of the next answer; behind: ask at once, there is more already."""

    rows: list[RowObject]
    after: str
    behind: bool
    searched: Searched


class RowAnswer(Frozen):
    """One row; None when there is no such row (any more). Its day is looked at, and no other."""

    row: RowObject | None
    searched: Searched = Searched()


class ContextAnswer(Frozen):
    """The rows before and behind, both oldest first, and the row itself."""

    before: list[RowObject]
    row: RowObject | None
    after: list[RowObject]
    searched: Searched = Searched()


class CountAnswer(Frozen):
    """exact: there are so many; otherwise at least."""

    count: int
    exact: bool
    searched: Searched


class HistogramAnswer(Frozen):
    """starts: the beginning (us) of each step; counts: rows of each; series: the same by value (None: missing).

    A value that is not among the busiest is in `others`.
    """

    step: str
    starts: list[int]
    counts: list[int]
    series: list[tuple[int | str | None, list[int]]] = Setting(default_factory=list)
    others: list[int] = Setting(default_factory=list)
    searched: Searched


class Facet(Frozen):
    """The most frequent values of a field (None: missing). distinct: how many values there are, None when unknown.

    approximate: not every matching row was looked at, or rare values were let go.
    """

    field: str
    values: list[tuple[int | str | None, int]]
    distinct: int | None
    approximate: bool


class FacetsAnswer(Frozen):
    """rows: how many matching rows were looked at."""

    facets: list[Facet]
    rows: int
    searched: Searched


class ValuesAnswer(Frozen):
    """Values and how often each was seen in what was looked at."""

    values: list[tuple[int | str, int]]
    searched: Searched


class FieldsAnswer(Frozen):
    """name -> TEXT or INTEGER."""

    fields: dict[str, str]
    searched: Searched


class LedgerSeries(Frozen):
    """The sums of each step. engine: `class/name`; client, sender: of one sender ('' and '': all others together)."""

    engine: str
    client: str | None = None
    sender: str | None = None
    counts: dict[str, list[int]]
    dropped: dict[str, list[int]] = Setting(default_factory=dict)


class LedgerAnswer(Frozen):
    """starts: the beginning (us) of each step."""

    step: str
    starts: list[int]
    series: list[LedgerSeries]
    searched: Searched


class SenderRow(Frozen):
    """What one sender has stored. complete: false when more of its rows may be among the others.

    client '' and a sender: what was refused of an address; both '': all others together.
    """

    engine: str
    client: str
    sender: str
    rows: int
    bytes: int
    received: int
    refused: int
    dropped: int
    complete: bool


class SendersAnswer(Frozen):
    """The busiest senders; others: all that are not among them, by engine."""

    senders: list[SenderRow]
    others: list[SenderRow]
    searched: Searched


class DayRow(Frozen):
    """One day. state: live, open (it has ended and may still get a late row), sealed, damaged."""

    name: str
    class_name: str
    engine: str
    day: str
    state: str
    rows: int
    bytes: int
    least: int | None
    greatest: int | None
    trouble: str = ""


class DaysAnswer(Frozen):
    """Every day, by class, engine and day; one that cannot be read is among them, too."""

    days: list[DayRow]
    searched: Searched = Searched()
