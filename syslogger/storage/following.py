"""Following: the rows that were stored since the last answer, of every day a query covers.

Rules
1. A place per day, the last id that was looked at, and not one key: an engine may commit late what another one had
   received after it. So nothing is given twice and nothing left out, whichever days and engines appear meanwhile.
2. Rows of one answer are in the order (received_at, class, engine, day, id); what is committed later follows.
3. A day is taken run by run: the ids up to its place are done, so one number says where to go on. A day whose clock
   never stepped back is one run.
4. A day that cannot be read keeps its place, is named, and is tried again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from syslogger.errors import StoreError
from syslogger.query.answers import FollowAnswer
from syslogger.query.cursor import Place
from syslogger.storage.catalogue import Files, Span, spans
from syslogger.storage.rows import Merge, fetched
from syslogger.storage.scan import Search

if TYPE_CHECKING:
    from syslogger.query.answers import RowObject
    from syslogger.query.questions import Follow
    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget


def answer_follow(catalogue: Catalogue, asked: Follow, budget: Budget) -> FollowAnswer:
    """At most `limit` rows. The query's ends are numbers or None, but behind a cursor, which has its own.

    Raises CursorError.
    """
    query, looked_at = asked.query, dict[str, int]()
    if asked.after is not None:
        place = Place.decoded(asked.after, query.digest)
        query = query.model_copy(update={"since": place.since, "until": place.until})
        looked_at = place.looked_at
    files = Files()
    try:
        search = Search.of(catalogue.scope(query, files), files, query)
        behind, looked_at = _taken(search, looked_at)
        merge = Merge(search, newest=False, limit=query.limit)
        merge.run(behind, budget)
        rows = fetched(search, merge.found, query.columns)
        looked_at |= _reached(search, behind, merge, rows)
        more = any(looked_at.get(day.name, 0) < day.last_id for day in search.days)
    finally:
        files.close()
    after = Place(query=asked.query.digest, since=search.since, until=search.until, looked_at=looked_at)
    return FollowAnswer(rows=rows, after=after.encoded(), behind=more, searched=search.told())


def _taken(search: Search, looked_at: dict[str, int]) -> tuple[list[Span], dict[str, int]]:
    """The next run of each day behind its place, and the places; a day without a row to look at is done."""
    found: list[Span] = []
    places = dict(looked_at)
    for day in list(search.days):
        try:
            span = _next(search, day, looked_at.get(day.name, 0))
        except StoreError as error:
            search.damage(day, error)
        except FileNotFoundError:
            search.days = [each for each in search.days if each is not day]  # it was deleted this moment
        else:
            found += [span] if span is not None else []
            places[day.name] = day.last_id if span is None else span.first - 1
    return found, places


def _next(search: Search, day: Day, place: int) -> Span | None:
    if place > day.last_id:
        place = 0  # it was deleted and made anew
    if place == day.last_id:
        return None
    for span in spans(day, search.files, search.since, search.until):
        if span.last > place:
            return Span(day, max(span.first, place + 1), span.last)
    return None


def _reached(search: Search, taken: list[Span], merge: Merge, rows: list[RowObject]) -> dict[str, int]:
    """The places of the days that were looked at: behind the last row of each that needs no second look."""
    damaged = search.scope.damaged
    given = {row["id"] for row in rows}
    places = {
        span.day.name: merge.waiting.get(span.day.name, span.last + 1) - 1
        for span in taken
        if span.day.name not in damaged
    }
    # what was given of a day before it became unreadable is not given again
    for day, row_id, _ in merge.found:
        if day.name in damaged and f"{day.name}.{row_id}" in given:
            places[day.name] = max(row_id, places.get(day.name, 0))
    return places
