"""Routes to stored rows: pages of them, one by its id, those around it, and what a query means.

Rules
- The page of a cursor is the next part of one answer; only the first page of a search is written to the history.
- Rows go from the reader's answer into the response as they are: to check ten thousand of them against a model would
  keep everybody waiting.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Path
from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field

from api.around import around
from api.engine_asked import Asked
from api.engine_bodies import Told
from api.errors import ApiError
from api.permissions import Access, Family
from api.responses import ORJSONResponse
from api.routing import family_router, route
from api.searching import AskedQuery, SearchedBody, Searcher, Searching, parsed
from api.selecting import SelectedRows
from api.store import history
from api.store.users import now_us
from syslogger.errors import StoreError
from syslogger.query.answers import RowsAnswer
from syslogger.query.cursor import MOST_CHARACTERS
from syslogger.query.model import MOST_ROWS, Query
from syslogger.query.questions import MOST_CONTEXT, Context, Rows
from syslogger.query.text import MOST_TEXT_CHARACTERS, printed
from syslogger.query.times import resolved

MOST_SKIPPED = 10_000

router = family_router("logs")

_READ = (Family.LOGS, Access.READ)
Cursor = Annotated[str | None, Parameter(max_length=MOST_CHARACTERS, description="`after` of the page before.")]
Limit = Annotated[int, Parameter(ge=1, le=MOST_ROWS, description="How many rows at most.")]
Skip = Annotated[
    int,
    Parameter(ge=0, le=MOST_SKIPPED, description="Leave out so many rows. They are read all the same: use `after`."),
]
RowId = Annotated[
    str, Path(max_length=200, description="`class.engine.day.number`.", examples=["mikrotik.main.2026-11-20.42"])
]
Around = Annotated[int, Parameter(ge=0, le=MOST_CONTEXT)]


class RowBody(BaseModel):
    """A row: what every one has, and the columns of its class."""

    model_config = ConfigDict(extra="allow")

    id: str
    received_at: int = Field(description="Microseconds since 1970, UTC.")
    time: str = Field(description="The same with the engine's offset, ISO 8601.")
    class_name: str = Field(alias="class")
    engine: str
    day: str


class RowsBody(Told):
    """A page. after: what to send for the next one; null where there is none."""

    rows: list[RowBody]
    after: str | None
    searched: SearchedBody


class RowsAsked(Asked):
    """A page of a typed query. after: the cursor of the page before."""

    query: AskedQuery
    after: Annotated[str, Field(max_length=MOST_CHARACTERS)] | None = None


class ContextBody(Told):
    """The rows before and behind, both oldest first, and the row itself."""

    before: list[RowBody]
    row: RowBody
    after: list[RowBody]


@route(
    router,
    "GET",
    "/logs",
    *_READ,
    summary="Rows that a text finds",
    description=(
        "Newest first, page by page: send `after` of a page with the same other parameters for the next one. Pages are"
        " of one moment, whatever arrives meanwhile. `skip` is for scripts that know nothing else."
    ),
    response_model=RowsBody,
)
async def rows(
    searching: Searcher, query: SelectedRows, after: Cursor = None, limit: Limit = 100, skip: Skip = 0
) -> ORJSONResponse:
    """A page of rows."""
    if skip and after is not None:
        raise ApiError(422, "invalid", "skip goes without after", field="query.skip", hint="leave one of them out")
    query = query.model_copy(update={"limit": limit})
    if skip:
        before: RowsAnswer = await searching.ask(Rows(query=query.model_copy(update={"limit": skip})))
        if before.after is None:
            return ORJSONResponse({"rows": [], "after": None, "searched": searching.told(before.searched)})
        if len(before.rows) < skip:
            raise ApiError(503, "time_limit", "the rows to leave out took too long", hint="page with `after`")
        after = before.after
    return await _page(searching, query, after)


@route(router, "POST", "/logs/query", *_READ, summary="Rows that a typed query finds", response_model=RowsBody)
async def typed_rows(body: RowsAsked, searching: Searcher) -> ORJSONResponse:
    """A page of rows; as many as `limit` of the query says."""
    return await _page(searching, body.query, body.after)


async def _page(searching: Searching, query: Query, after: str | None) -> ORJSONResponse:
    if after is None:
        await _remember(searching, query)
    answer: RowsAnswer = await searching.ask(Rows(query=query, after=after))
    told = {"rows": answer.rows, "after": answer.after, "searched": searching.told(answer.searched)}
    return ORJSONResponse(told)


async def _remember(searching: Searching, query: Query) -> None:
    caller = searching.caller
    with suppress(StoreError):  # where nothing can be written the audit refuses the search, and says so
        await history.add(searching.services.store, caller.user_id, query, caller.scope)


# -- what a query means ------------------------------------------------------------------------------------------------


class ParseAsked(Asked):
    """What is in a query bar: a text, or a typed query that is to become one; and the ends of a time range."""

    q: Annotated[str, Field(max_length=MOST_TEXT_CHARACTERS + 1, examples=["severity:>=warning login"])] | None = None
    query: AskedQuery | None = None
    since: Annotated[str, Field(max_length=100, examples=["-15m"])] | None = None
    until: Annotated[str, Field(max_length=100)] | None = None


class ParsedBody(Told):
    """where: the typed condition, null for every row; text: its shortest text; since, until: us since 1970."""

    where: dict[str, Any] | None
    text: str
    since: int | None
    until: int | None


@route(
    router,
    "POST",
    "/logs/parse",
    *_READ,
    summary="What a text means, or how a typed query is written",
    description="A text that cannot be read is 400, with the `position` where it is wrong and what could stand there.",
)
async def parse(body: ParseAsked, searching: Searcher) -> ParsedBody:
    """Text to typed query and back; no row is looked at."""
    if body.q is not None and body.query is not None:
        raise ApiError(422, "invalid", "q and query are two ways to say one thing", field="body.q")
    typed = body.query or Query()
    where = typed.where if body.q is None else await parsed(body.q, "body.q")
    text = await asyncio.to_thread(printed, where)
    ends = Query(since=body.since or typed.since, until=body.until or typed.until)
    found = resolved(ends, now_us(), searching.services.reader.zone)
    told = None if where is None else where.model_dump(mode="json")
    return ParsedBody.model_validate({"where": told, "text": text, "since": found.since, "until": found.until})


# -- one row -----------------------------------------------------------------------------------------------------------


@route(router, "GET", "/logs/{id}", *_READ, summary="One row", also=(404,), response_model=RowBody)
async def row(id: RowId, searching: Searcher) -> ORJSONResponse:  # noqa: A002 the name of the parameter in the path
    """The row of this id."""
    return ORJSONResponse(await searching.row(id))


@route(
    router,
    "GET",
    "/logs/{id}/context",
    *_READ,
    summary="The rows around one, of its engine",
    also=(404,),
    response_model=ContextBody,
)
async def context(
    id: RowId,  # noqa: A002 the name of the parameter in the path
    searching: Searcher,
    before: Around = 10,
    after: Around = 10,
    same_sender: Annotated[bool, Parameter(description="Only rows of its sender.")] = False,
) -> ORJSONResponse:
    """What came just before it, and what came then."""
    return ORJSONResponse(await around(searching, Context(id=id, before=before, after=after, same_sender=same_sender)))
