"""Around: the rows before and behind one, of what a person sees.

Who sees the whole engine is answered by one question. Who sees clients of it only gets the rows of these: two pages
that begin at the row, of a query that is narrowed like every other.
"""

from __future__ import annotations

from typing import Any

from api.searching import Searching
from syslogger.query.answers import ContextAnswer, RowsAnswer
from syslogger.query.cursor import Cursor
from syslogger.query.model import SENDER, Equals, Order, Query
from syslogger.query.questions import Context, Rows

# A cursor's days that are named are of its moment, and so are all older ones of the engine: this one is younger.
_LATEST_DAY = "9999-12-31"


async def around(searching: Searching, asked: Context) -> dict[str, Any]:
    """The rows before, the row, the rows behind. Raises ApiError (404): there is no such row that they see."""
    row = await searching.row(asked.id)
    if not searching.scope.sees_engine(row["engine"]):
        before = await _beside(searching, row, asked, Order.NEWEST, asked.before)
        after = await _beside(searching, row, asked, Order.OLDEST, asked.after)
        return {"before": before[::-1], "row": row, "after": after}
    answer: ContextAnswer = await searching.services.ask(
        asked, searching.caller, request=searching.request, looked_at=True
    )
    return {"before": answer.before, "row": answer.row or row, "after": answer.after}


async def _beside(searching: Searching, row: dict[str, Any], asked: Context, order: Order, most: int) -> list[Any]:
    """So many rows from this one on, without it."""
    if not most:
        return []
    where = Equals(field=SENDER, value=row[SENDER]) if asked.same_sender else None
    engine = f"{row['class']}/{row['engine']}"
    query = Query(engines=(engine,), where=where, order=order, limit=most)
    number = int(asked.id.rpartition(".")[2])
    place = Cursor(
        query=searching.scope.narrowed(searching.asked(query)).digest,
        since=None,
        until=None,
        key=(row["received_at"], row["class"], row["engine"], row["day"], number),
        bound={f"{engine.replace('/', '.')}.{_LATEST_DAY}": 0},
    )
    answer: RowsAnswer = await searching.ask(Rows(query=query, after=place.encoded()))
    return answer.rows
