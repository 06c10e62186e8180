"""Rows: pages of matching rows in the order (received_at, class, engine, day, id), one row, and the rows around it.

Strategy: a heap of rows that match and of the heads of spans that were not looked at yet, by key. What is popped is a
row of the answer, or a head: then a window behind it is looked at. So no day is opened before everything that comes
before it is known, and the newest hundred of a common value cost one statement.
"""

from __future__ import annotations

import datetime as dt
import heapq
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from syslogger.errors import StoreError, SysloggerError
from syslogger.query.answers import ContextAnswer, Cut, RowAnswer, RowsAnswer, Searched
from syslogger.query.cursor import Cursor, decoded
from syslogger.query.model import SENDER, Equals, Order, Query
from syslogger.query.quoting import quoted
from syslogger.storage.catalogue import Bound, Files, Span, concerned, in_place, spans
from syslogger.storage.day_names import as_day
from syslogger.storage.scan import GREATEST_WINDOW, Search, window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from syslogger.query.answers import RowObject
    from syslogger.query.questions import Context, Row, Rows
    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget

Key = tuple[int, str, str, str, int]
MOST_PARAMETERS = 1_000
_GLOBAL_ID = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\.([0-9-]{10})\.([0-9]{1,18})")


@dataclass(slots=True)
class Merge:
    """Merges what matches in many spans; `found` are the first rows in the order, `(day, id, received_at)`."""

    search: Search
    newest: bool
    limit: int
    found: list[tuple[Day, int, int]] = field(default_factory=list)
    _heap: list[tuple[int, int, int, Day, Span | None]] = field(default_factory=list)
    _ranks: dict[str, int] = field(default_factory=dict)

    def run(self, all_spans: Iterable[Span], budget: Budget) -> None:
        """Find rows until there are enough, no more, or no time."""
        self._ranks = {day.name: rank for rank, day in enumerate(self.search.scope.days)}
        for span in all_spans:
            self._guarded(span.day, partial(self._push_head, span))
        while self._heap and len(self.found) < self.limit:
            if budget.spent:
                self.search.cut = Cut.DEADLINE
                return
            stamp, _, row_id, day, head = heapq.heappop(self._heap)
            if head is None:
                self.found.append((day, row_id * self._sign, stamp * self._sign))
            else:
                self.search.searched.add(day.name)
                self._guarded(day, partial(self._look_at, head))

    @property
    def _sign(self) -> int:
        """The heap gives the least first."""
        return -1 if self.newest else 1

    def _push(self, stamp: int, day: Day, row_id: int, head: Span | None) -> None:
        sign = self._sign
        heapq.heappush(self._heap, (stamp * sign, self._ranks[day.name] * sign, row_id * sign, day, head))

    def _push_head(self, span: Span) -> None:
        if span.first <= span.last and not self.search.filter_of(span.day).never:
            row_id = span.last if self.newest else span.first
            self._push(self.search.files.of(span.day.path).stamp_at(row_id), span.day, row_id, span)

    def _guarded(self, day: Day, step: Callable[[], None]) -> None:
        """Take a step; a day that cannot be read is named, and nothing more of it is given."""
        try:
            step()
            return
        except StoreError as error:
            self.search.damage(day, error)
        except FileNotFoundError:
            pass  # it was deleted meanwhile
        self._heap = [each for each in self._heap if each[3] is not day]
        heapq.heapify(self._heap)

    def _look_at(self, head: Span) -> None:
        day, first, last = head.day, head.first, head.last
        rows = GREATEST_WINDOW if self.search.filter_of(day).exact else self.search.window_rows
        if self.newest:
            near = Span(day, max(first, last - rows + 1), last)
        else:
            near = Span(day, first, min(last, first + rows - 1))
        wanted = self.limit - len(self.found)
        table = window(self.search, near, ["received_at"], newest=self.newest, most=wanted)
        ids, stamps = table["id"].to_pylist()[:wanted], table["received_at"].to_pylist()[:wanted]
        for row_id, stamp in zip(ids, stamps, strict=True):
            self._push(stamp, day, row_id, None)
        full = len(ids) == wanted
        if self.newest:
            rest = Span(day, first, (ids[-1] if full else near.first) - 1)
        else:
            rest = Span(day, (ids[-1] if full else near.last) + 1, last)
        self._push_head(rest)

    @property
    def waiting(self) -> dict[str, int]:
        """The least id of each day that was not given yet; none of a day of which all was."""
        found: dict[str, int] = {}
        for _, _, row_id, day, _ in self._heap:
            found[day.name] = min(row_id * self._sign, found.get(day.name, row_id * self._sign))
        return found

    @property
    def frontier(self) -> tuple[Key, bool] | None:
        """Where to go on: a key, and whether its row is still to be given; None when nothing is left."""
        if not self._heap:
            return None
        if self.search.cut is None:
            day, row_id, stamp = self.found[-1]
            return _key(day, row_id, stamp), False
        stamp, _, row_id, day, _ = self._heap[0]
        return _key(day, row_id * self._sign, stamp * self._sign), True


def _key(day: Day, row_id: int, stamp: int) -> Key:
    return stamp, day.class_name, day.engine, day.day.isoformat(), row_id


# -- a page -----------------------------------------------------------------------------------------------------------


def answer_rows(catalogue: Catalogue, asked: Rows, budget: Budget) -> RowsAnswer:
    """A page of rows. The query's ends are numbers or None, but behind a cursor, which has its own.

    Raises CursorError.
    """
    cursor = None if asked.after is None else decoded(asked.after, asked.asked_as)
    query = asked.query
    if cursor is not None:
        query = query.model_copy(update={"since": cursor.since, "until": cursor.until})
    files = Files()
    try:
        search = Search.of(catalogue.scope(query, files), files, query)
        bound = Bound.of(search.scope.days) if cursor is None else Bound(cursor.bound)
        merge = Merge(search, query.order is Order.NEWEST, query.limit)
        place = None if cursor is None else (cursor.key, cursor.included)
        merge.run(_spans(search, merge.newest, place, bound), budget)
        rows = fetched(search, merge.found, query.columns)
        after = merge.frontier and _cursor(asked.asked_as, search, *merge.frontier, bound)
        return RowsAnswer(rows=rows, after=after, searched=search.told())
    finally:
        files.close()


def _cursor(digest: str, search: Search, key: Key, included: bool, bound: Bound) -> str:
    return Cursor(
        query=digest,
        since=search.since,
        until=search.until,
        key=key,
        included=included,
        bound=dict(bound.last_ids),
    ).encoded()


def _spans(search: Search, newest: bool, place: tuple[Key, bool] | None, bound: Bound | None) -> list[Span]:
    """Every span that the answer may come from, behind a place if there is one."""
    days = search.days
    if place is not None:
        stamp = place[0][0]
        days = concerned(days, None, stamp + 1) if newest else concerned(days, stamp, None)
    found = []
    for day in days:
        try:
            whole = spans(day, search.files, search.since, search.until, bound)
            found += whole if place is None else [_behind(search.files, span, *place, newest=newest) for span in whole]
        except StoreError as error:
            search.damage(day, error)
        except FileNotFoundError:
            continue
    return [span for span in found if span.first <= span.last]


def _behind(files: Files, span: Span, key: Key, included: bool, *, newest: bool) -> Span:
    """What of a span comes behind a key, or at it if that is included."""
    file, day = files.of(span.day.path), span.day

    def reached(stamp: int, row_id: int) -> bool:
        own = _key(day, row_id, stamp)
        return own > key or (own == key and (included != newest))

    border = file.first_where(span.first, span.last, reached)
    return Span(day, span.first, border - 1) if newest else Span(day, border, span.last)


# -- what a row looks like --------------------------------------------------------------------------------------------


def fetched(search: Search, found: Sequence[tuple[Day, int, int]], columns: Sequence[str]) -> list[RowObject]:
    """The rows themselves, in this order; of a day that became unreadable none."""
    by_day: dict[str, tuple[Day, list[int]]] = {}
    for day, row_id, _ in found:
        by_day.setdefault(day.name, (day, []))[1].append(row_id)
    rows: dict[tuple[str, int], RowObject] = {}
    for name, (day, ids) in by_day.items():
        try:
            rows |= {(name, row["id"]): _shown(day, row, columns) for row in _by_ids(search.files, day, ids, columns)}
        except StoreError as error:
            search.damage(day, error)
        except FileNotFoundError:
            continue
    return [rows[day.name, row_id] for day, row_id, _ in found if (day.name, row_id) in rows]


def _by_ids(files: Files, day: Day, ids: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
    asked = dict.fromkeys(("id", "received_at", *(name for name in columns or day.columns if name in day.columns)))
    names = ", ".join(map(quoted, asked))
    found: list[dict[str, Any]] = []
    for start in range(0, len(ids), MOST_PARAMETERS):
        part = ids[start : start + MOST_PARAMETERS]
        sql = f"SELECT {names} FROM entries WHERE id IN ({', '.join('?' * len(part))})"
        found += files.of(day.path).dicts(sql, part)
    return found


def _shown(day: Day, row: dict[str, Any], columns: Sequence[str]) -> RowObject:
    when = dt.datetime.fromtimestamp(0, ZoneInfo("UTC")) + dt.timedelta(microseconds=row["received_at"])
    shown = {
        "id": f"{day.name}.{row['id']}",
        "received_at": row["received_at"],
        "time": when.astimezone(ZoneInfo(day.time_zone)).isoformat(timespec="microseconds"),
        "class": day.class_name,
        "engine": day.engine,
        "day": day.day.isoformat(),
    }
    return {**shown, **{name: row.get(name) for name in columns or day.columns if name not in shown}}


# -- one row ----------------------------------------------------------------------------------------------------------


def answer_row(catalogue: Catalogue, asked: Row) -> RowAnswer:
    """One row. Raises SysloggerError: this is no id; StoreError: its day cannot be read."""
    files = Files()
    try:
        day, row = _one(catalogue, files, asked.id)
        if day is None:
            return RowAnswer(row=None)
        shown = None if row is None else _shown(day, row, ())
        return RowAnswer(row=shown, searched=Searched(partitions=1, searched=1))
    finally:
        files.close()


def _one(catalogue: Catalogue, files: Files, global_id: str) -> tuple[Day | None, dict[str, Any] | None]:
    """The day of an id and its row, each None when there is none."""
    class_name, engine, day_text, row_id = _parted(global_id)
    path = catalogue.root / class_name / engine / f"{day_text}.db"
    try:
        day = in_place(files.of(path).day)
        if day is None:
            return None, None
        return day, next(iter(_by_ids(files, day, [row_id], ())), None)
    except FileNotFoundError:
        return None, None


def _parted(global_id: str) -> tuple[str, str, str, int]:
    parts = _GLOBAL_ID.fullmatch(global_id)
    if parts is None or as_day(parts[3]) is None:
        raise SysloggerError("a row's id is <class>.<engine>.<YYYY-MM-DD>.<number>: take it from an answer")
    return parts[1], parts[2], parts[3], int(parts[4])


def answer_context(catalogue: Catalogue, asked: Context, budget: Budget) -> ContextAnswer:
    """The rows around one. Raises SysloggerError: this is no id."""
    files = Files()
    try:
        day, row = _one(catalogue, files, asked.id)
        if day is None or row is None:
            return ContextAnswer(before=[], row=None, after=[])
        where = Equals(field=SENDER, value=row[SENDER]) if asked.same_sender else None
        query = Query(engines=(f"{day.class_name}/{day.engine}",), where=where)
        key = _key(day, row["id"], row["received_at"])
        search = Search.of(catalogue.scope(query, files), files, query)
        before, after = (
            _around(search, key, newest=newest, most=most, budget=budget)
            for newest, most in ((True, asked.before), (False, asked.after))
        )
        return ContextAnswer(before=before[::-1], row=_shown(day, row, ()), after=after, searched=search.told())
    finally:
        files.close()


def _around(search: Search, key: Key, *, newest: bool, most: int, budget: Budget) -> list[RowObject]:
    merge = Merge(search, newest, most)
    merge.run(_spans(search, newest, (key, False), None) if most else (), budget)
    return fetched(search, merge.found, ())
