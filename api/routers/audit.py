"""Routes of the audit: who did what, from where; shown, filtered, exported, never edited."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from starlette.requests import Request

from api.identity import Who
from api.middleware import is_head
from api.permissions import Access, Family
from api.routers.auth import MOST_ID, Offered
from api.routing import family_router, route
from api.services import noted
from api.store import audit
from api.store.audit import Entry, Filter
from api.store.connection import Store

router = family_router("audit")

Words = Annotated[str | None, Query(max_length=200)]
Moment = Annotated[int | None, Query(ge=0, le=MOST_ID, description="Microseconds since 1970, UTC.")]
# What a spreadsheet would calculate.
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = ("id", "at", "user_name", "user_id", "kind", "key_id", "action", "target", "details", "address")


class Format(StrEnum):
    """How the audit is exported."""

    CSV = "csv"
    JSONL = "jsonl"


class EntryBody(BaseModel):
    """One thing that was done. at: microseconds since 1970, UTC; key_id: the number of the session or token."""

    id: int
    at: int
    user_name: str
    user_id: int | None
    kind: str
    key_id: int | None
    action: str
    target: str
    details: dict[str, Any]
    address: str


class Page(BaseModel):
    """Entries, the newest first. before: what to send for the next page; null where there is none."""

    entries: list[EntryBody]
    before: int | None


def wanted(
    user: Words = None,
    action: Annotated[
        str | None, Query(max_length=200, description="One action, or a family with its dot: `users.`")
    ] = None,
    target: Annotated[str | None, Query(max_length=200, description="A part of the target.")] = None,
    address: Words = None,
    since: Moment = None,
    until: Moment = None,
) -> Filter:
    """The filter that a request spells."""
    return Filter(user, action, target, address, since, until)


Wanted = Annotated[Filter, Depends(wanted)]


@route(router, "GET", "/audit", Family.AUDIT, Access.READ, summary="Who did what, the newest first")
async def entries(
    asked: Wanted,
    offered: Offered,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
) -> Page:
    """A page of entries."""
    found = await audit.listed(offered.store, asked, before=before, limit=limit)
    told = [EntryBody(**{name: getattr(entry, name) for name in EntryBody.model_fields}) for entry in found]
    return Page(entries=told, before=told[-1].id if len(told) == limit else None)


@route(
    router,
    "GET",
    "/audit/export",
    Family.AUDIT,
    Access.READ,
    summary="The audit as a file, oldest first",
    description="In a CSV a text that a spreadsheet would calculate has a `'` before it.",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            }
        }
    },
)
async def export(
    asked: Wanted,
    caller: Who,
    offered: Offered,
    request: Request,
    format: Format = Format.CSV,  # noqa: A002 the name of the parameter in the URL
) -> StreamingResponse:
    """All entries that the filter lets through."""
    kind = "text/csv; charset=utf-8" if format is Format.CSV else "application/x-ndjson"
    headers = {"Content-Disposition": f'attachment; filename="audit.{format.value}"'}
    if is_head(request):
        return StreamingResponse((), headers=headers, media_type=kind)
    async with noted():
        await offered.audit.note(caller, "audit.exported", format.value)
    made = _csv(offered.store, asked) if format is Format.CSV else _jsonl(offered.store, asked)
    return StreamingResponse(made, headers=headers, media_type=kind)


async def _csv(store: Store, asked: Filter) -> AsyncIterator[str]:
    yield ",".join(_COLUMNS) + "\r\n"
    async for page in audit.every(store, asked):
        text = io.StringIO()
        csv.writer(text).writerows([_cell(value) for value in _row(entry).values()] for entry in page)
        yield text.getvalue()


async def _jsonl(store: Store, asked: Filter) -> AsyncIterator[bytes]:
    async for page in audit.every(store, asked):
        yield b"".join(orjson.dumps(_row(entry), option=orjson.OPT_APPEND_NEWLINE) for entry in page)


def _row(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _COLUMNS}


def _cell(value: object) -> str:
    """Text for a spreadsheet that calculates nothing of it."""
    text = orjson.dumps(value).decode() if isinstance(value, dict) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_CALCULATED) else text
