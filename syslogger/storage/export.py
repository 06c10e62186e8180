"""Export: everything that matches, as the bytes of a file, chunk by chunk, in flat memory.

Strategy: what is exported is frozen first (`query.exports.ExportBound`); from then on the bytes are a function of
request and bound. A chunk is what one window has made ready. Lines go on at the key of a place; Parquet is made again
from its beginning, and what was given already is compared by its SHA-256 and skipped.
"""

from __future__ import annotations

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from syslogger.errors import StoreError, SysloggerError
from syslogger.query.exports import Chunk, ExportBound, ExportPlace, ExportRequest, Format
from syslogger.query.model import ORIGINAL, Order
from syslogger.storage.catalogue import Bound, Files, Span, concerned, spans
from syslogger.storage.day_copy import copied_day
from syslogger.storage.formats import encoder_of, schema_of
from syslogger.storage.merging import MOST_ROWS, Merging, Place, deleted, shares
from syslogger.storage.scan import Search
from syslogger.storage.shaping import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day


def exported(catalogue: Catalogue, request: ExportRequest, after: str | None = None) -> Iterator[Chunk]:
    """The chunks of an export, or the rest of them; any may be empty.

    The query's ends are numbers or None, but behind a place, which has its own. Raises CursorError, SysloggerError;
    StoreError: a day was deleted, or (at the end, unless such may be left out) could not be read.
    """
    place = None if after is None else ExportPlace.decoded(after, request.asked_as)
    if request.format is Format.DB:
        yield from copied_day(catalogue.root, request, place)
        return
    files = Files(MOST_ROWS)  # a window; as many as others ask for would be 70 MB more of Parquet
    try:
        search = _search(catalogue, files, request, place)
        unread = dict(search.scope.damaged)
        if place is None:
            place = _frozen(request, search)
        export = _Export(request, search, unread, place)
        yield from export.chunks()
        if export.damaged and not request.skip_damaged:
            raise _damaged(export.damaged)
    finally:
        files.close()


def _search(catalogue: Catalogue, files: Files, request: ExportRequest, place: ExportPlace | None) -> Search:
    query = request.query
    if place is not None:
        query = query.model_copy(update={"since": place.bound.since, "until": place.bound.until})
    scope = catalogue.scope(query, files)
    scope.days = [day for day in scope.days if request.takes(day.name)]
    scope.damaged = {name: why for name, why in scope.damaged.items() if request.takes(name)}
    return Search.of(scope, files, query)


def _frozen(request: ExportRequest, search: Search) -> ExportPlace:
    """The place before everything: of this moment."""
    there = {day.name.replace(".", "/") for day in search.scope.days}
    missing = [
        path for path in request.days if path not in there and path.replace("/", ".") not in search.scope.damaged
    ]
    if missing:
        raise StoreError(f"there is no stored day {', '.join(missing)}: `syslogger days list` shows those there are")
    asked = (ORIGINAL,) if request.format is Format.RAW else request.query.columns
    unknown = set(asked) - search.scope.fields() - {"time", ORIGINAL}
    if unknown and search.scope.days:
        known = ", ".join(sorted(search.scope.fields() | {"time"}))
        raise SysloggerError(f"no day has a column {', '.join(sorted(unknown))}; there is: {known}")
    bound = ExportBound(
        since=search.since,
        until=search.until,
        last_ids={day.name: day.last_id for day in search.days},
        columns=columns_of((day.columns for day in search.days), asked),
    )
    damaged = dict(search.scope.damaged)
    return ExportPlace(query=request.asked_as, since=search.since, until=search.until, bound=bound, damaged=damaged)


class _Export:
    """One export at work, behind the place that was reached before; `damaged`: what could not be read, by day."""

    def __init__(self, request: ExportRequest, search: Search, unread: dict[str, str], given: ExportPlace) -> None:
        self.request, self.search, self._unread, self._given = request, search, unread, given
        self._schema = schema_of(given.bound.columns, request.format)
        self._encoder = encoder_of(request, self._schema)
        self._start = _anew(given) if self._encoder.restarts else given
        self._rows, self._bytes, self._left_out = self._start.rows, self._start.bytes, self._start.left_out
        self._hash = hashlib.sha256()
        self.damaged = search.scope.damaged = dict(given.damaged if given.whole else self._start.damaged)

    def chunks(self) -> Iterator[Chunk]:
        """The rest. Raises StoreError."""
        if self._given.whole:
            return
        self.search.days = self._days()
        newest, days = self.request.query.order is Order.NEWEST, self.search.days
        ranks = {day.name: rank for rank, day in enumerate(days)}
        merging = Merging(self.search, self._schema, newest, ranks, shares(days))
        data = b"" if self._start.bytes else self._encoder.begin()
        for more, place, left in self._encoded(merging, self._spans(newest=newest)):
            data += more
            if place.key is not None:
                yield self._chunk(data, place, left)
                data = b""
        yield self._chunk(data + self._encoder.end(), self._reached(whole=True))

    def _encoded(self, merging: Merging, spans: list[Span]) -> Iterator[tuple[bytes, ExportPlace, int]]:
        """Each window's bytes, the place behind them, and how many ids are left to be looked at.

        While one window is made bytes the next one is looked for: Arrow and SQLite let go of the interpreter.
        """
        with ThreadPoolExecutor(1) as encoding:
            waiting: deque[tuple[Future[bytes], ExportPlace, int]] = deque()
            for table in merging.tables(spans, rests=self._start.key is not None):
                made = encoding.submit(self._encoder.add, self._counted(table))
                waiting.append((made, self._reached(key=merging.border, begun=merging.begun), merging.left))
                if len(waiting) > 1:
                    made, place, left = waiting.popleft()
                    yield made.result(), place, left
            for made, place, left in waiting:
                yield made.result(), place, left

    def _days(self) -> list[Day]:
        """The days of the bound that are not known to be damaged. Raises StoreError: one is gone."""
        there = {day.name: day for day in self.search.scope.days}
        found = [day for name, day in there.items() if name in self._given.bound.last_ids and name not in self.damaged]
        for name, last_id in self._given.bound.last_ids.items():
            if name in self._unread:
                self.damaged.setdefault(name, self._unread[name])
            elif name not in there or there[name].last_id < last_id:
                raise deleted(name)
        return found

    def _spans(self, *, newest: bool) -> list[Span]:
        """What of the days is still to be looked at."""
        bound, key = Bound(self._given.bound.last_ids), self._start.key
        days = self.search.days
        if key is not None:
            days = concerned(days, None, key[0] + 1) if newest else concerned(days, key[0], None)
        found: list[Span] = []
        for day in days:
            try:
                whole = spans(day, self.search.files, self.search.since, self.search.until, bound)
                found += whole if key is None else [self._rest(span, key, newest=newest) for span in whole]
            except FileNotFoundError as error:
                raise deleted(day.name) from error
            except StoreError as error:
                self.search.damage(day, error)
        return [span for span in found if span.first <= span.last]

    def _rest(self, span: Span, key: Place, *, newest: bool) -> Span:
        """What of a span is still to be given."""
        day = span.day
        for first, last in self._start.begun.get(day.name, ()):
            if span.first <= first and last <= span.last:
                return Span(day, first, last)
        outermost = day.greatest if newest else day.least
        if outermost is not None and (outermost < key[0] if newest else outermost > key[0]):
            return span
        # the rest is asked of its stamps, which takes a day whose pages can be read: mostly it was given whole

        def reached(stamp: int, row_id: int) -> bool:
            own = (stamp, day.class_name, day.engine, day.day.isoformat(), row_id)
            return own > key or (own == key and not newest)

        border = self.search.files.of(day.path).first_where(span.first, span.last, reached)
        return Span(day, span.first, border - 1) if newest else Span(day, border, span.last)

    def _counted(self, table: pa.Table) -> pa.Table:
        """The rows that can be shown."""
        shown = table
        if self.request.format is Format.RAW:
            shown = table.filter(pc.is_valid(table.column(0)))
        self._rows += shown.num_rows
        self._left_out += table.num_rows - shown.num_rows
        return shown

    def _reached(self, **parts: Any) -> ExportPlace:
        """The place behind the rows counted so far, but for its bytes; parts: `key` and `begun`, or `whole`."""
        counts = {"rows": self._rows, "left_out": self._left_out, "damaged": dict(self.damaged)}
        return self._given.model_copy(update={"key": None, "begun": {}, **counts, **parts})

    def _chunk(self, data: bytes, place: ExportPlace, left: int = 0) -> Chunk:
        """The next chunk, and the place behind it. Raises StoreError."""
        fresh = self._fresh(data)
        if self._bytes < self._given.bytes:
            if place.whole:
                raise _changed()
            return Chunk(b"", self._given.rows, self._given.encoded(), left)
        digest = self._hash.hexdigest() if self._encoder.restarts else ""
        place = place.model_copy(update={"bytes": self._bytes, "bytes_digest": digest})
        return Chunk(fresh, place.rows, place.encoded(), left)

    def _fresh(self, data: bytes) -> bytes:
        """What of the next bytes was not given before. Raises StoreError: that was other bytes."""
        known = max(0, self._given.bytes - self._bytes) if self._encoder.restarts else 0
        self._bytes += len(data)
        if self._encoder.restarts:
            self._hash.update(data[:known])
            if known and self._bytes >= self._given.bytes and self._hash.hexdigest() != self._given.bytes_digest:
                raise _changed()
            self._hash.update(data[known:])
        return data[known:]


def _anew(given: ExportPlace) -> ExportPlace:
    """The beginning of the same export; days that could not be read then are left out as they were."""
    damaged = {name: why for name, why in given.damaged.items() if name not in given.bound.last_ids}
    update = {
        "key": None,
        "begun": {},
        "rows": 0,
        "bytes": 0,
        "left_out": 0,
        "damaged": damaged,
        "bytes_digest": "",
        "whole": False,
    }
    return given.model_copy(update=update)


def _changed() -> StoreError:
    return StoreError("what was exported before is not what would be exported now: begin the export anew")


def _damaged(damaged: dict[str, str]) -> StoreError:
    listed = "\n".join(f"{name}: {why}" for name, why in sorted(damaged.items()))
    return StoreError(
        f"everything was exported but what cannot be read:\n{listed}\n"
        "repair it and export anew, or leave it out (--skip-damaged)"
    )
