"""Which days there are, and which of them a question concerns: pruned by the stamps they hold, never by file names.

A day that cannot be read is named, and everything else answers; so is one that lies in another place than it says:
rows of a copy beside the original would have the ids of the original's. What a file says of itself is remembered
while nothing can have changed it: reading it costs 1 ms, and there may be thousands.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from syslogger.errors import StoreError
from syslogger.storage.day_file import BATCH_ROWS, Day, DayFile, stamp_of
from syslogger.storage.day_names import stored_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syslogger.query.model import Query
    from syslogger.storage.retention import StoredDay

MOST_OPEN = 64


@dataclass(frozen=True, slots=True)
class Span:
    """Ids first to last, both included, of one run of a day: stamps ascend as ids do."""

    day: Day
    first: int
    last: int


@dataclass(slots=True)
class Scope:
    """The days that a question concerns, in the order of (class, engine, day), and those that cannot be read."""

    days: list[Day] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)
    total: int = 0

    def fields(self) -> set[str]:
        """Every column that one of the days has, and what can be asked for like one."""
        return {name for day in self.days for name in (*day.columns, *day.constants)}


class Files:
    """The day files that a question has open; the longest unused is closed when there are many. batch_rows: of each."""

    def __init__(self, batch_rows: int = BATCH_ROWS) -> None:
        self._batch_rows = batch_rows
        self._open: dict[Path, DayFile] = {}

    def of(self, path: Path) -> DayFile:
        """The open file. Raises StoreError, FileNotFoundError."""
        file = self._open.pop(path, None) or DayFile(path, self._batch_rows)
        self._open[path] = file
        if len(self._open) > MOST_OPEN:
            self._open.pop(next(iter(self._open))).close()
        return file

    def close(self) -> None:
        """Close them all: an open one would keep its day from being sealed or deleted."""
        with ExitStack() as stack:
            for file in self._open.values():
                stack.callback(file.close)
        self._open.clear()


class Catalogue:
    """The days under a root, for one reader process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[Path, Day] = {}

    def scope(self, query: Query, files: Files) -> Scope:
        """The days of the engines that a query asks for; since and until are numbers or None. Raises StoreError."""
        stored = [each for each in stored_days(self.root) if query.covers(*each.owner)]
        scope = Scope(total=len(stored))
        for each in stored:
            try:
                day = self._day(each, files)
            except StoreError as error:
                scope.damaged[".".join((*each.owner, each.day.isoformat()))] = str(error)
            except FileNotFoundError:
                scope.total -= 1  # it was deleted this moment
            else:
                if day is not None:
                    scope.days.append(day)
        self._known |= {day.path: day for day in scope.days if day.stamp is not None}
        return scope

    def _day(self, stored: StoredDay, files: Files) -> Day | None:
        known = self._known.get(stored.path)
        if known is not None and known.stamp == stamp_of(stored.path):
            return known
        return in_place(files.of(stored.path).day)


def in_place(day: Day | None) -> Day | None:
    """A day that lies where it says. Raises StoreError: it was copied or renamed."""
    if day is not None and day.path.parts[-3:] != (day.class_name, day.engine, f"{day.day.isoformat()}.db"):
        raise StoreError(
            f"{day.path}: is the day {day.class_name}/{day.engine}/{day.day.isoformat()}, copied or renamed: "
            "move it back there, or out of the data directory"
        )
    return day


def concerned(days: Sequence[Day], since: int | None, until: int | None) -> list[Day]:
    """The days that hold a stamp of [since, until)."""
    return [
        day
        for day in days
        if day.least is not None
        and day.greatest is not None
        and (since is None or since <= day.greatest)
        and (until is None or day.least < until)
    ]


@dataclass(frozen=True, slots=True)
class Bound:
    """One moment of many days: the greatest ids of those that may still get rows, and of each engine's newest day.

    So a day that is not named is an older, sealed one, or came later.
    """

    last_ids: Mapping[str, int]

    @classmethod
    def of(cls, days: Sequence[Day]) -> Bound:
        """What there is now; days in the order of (class, engine, day)."""
        newest = {(day.class_name, day.engine): day.name for day in days}
        return cls({day.name: day.last_id for day in days if not day.sealed or day.name in newest.values()})

    def last_id(self, day: Day) -> int:
        """The greatest id of a day that belongs to this moment."""
        if day.name in self.last_ids:
            return min(day.last_id, self.last_ids[day.name])
        engine = day.name.rpartition(".")[0]
        came_later = all(name < day.name for name in self.last_ids if name.rpartition(".")[0] == engine)
        return 0 if came_later else day.last_id


def spans(day: Day, files: Files, since: int | None, until: int | None, bound: Bound | None = None) -> list[Span]:
    """The runs of a day, cut to the stamps of [since, until) and to the greatest id that belongs to `bound`."""
    last_id = day.last_id if bound is None else bound.last_id(day)
    ends = (*(first - 1 for first in day.runs[1:]), day.last_id)
    cut = [
        _cut(day, files, Span(day, first, min(last, last_id)), since, until)
        for first, last in zip(day.runs, ends, strict=True)
    ]
    return [span for span in cut if span.first <= span.last]


def _cut(day: Day, files: Files, span: Span, since: int | None, until: int | None) -> Span:
    assert day.least is not None
    assert day.greatest is not None
    first, last = span.first, span.last
    if since is not None and since > day.least:
        first = files.of(day.path).first_where(first, last, lambda stamp, _: stamp >= since)
    if until is not None and until <= day.greatest:
        last = files.of(day.path).first_where(first, last, lambda stamp, _: stamp >= until) - 1
    return Span(day, first, last)
