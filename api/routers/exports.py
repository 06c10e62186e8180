"""Routes of exports: ask for one, see how far it is, fetch it while it is made and after, give it up.

Rules
- An export is its owner's, and is what he saw when he asked: for whoever sees less now, or by a token with a smaller
  scope, it is not there.
- A day file wants its own right, when it is asked for and whenever it is read.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Path
from fastapi import Query as Parameter
from fastapi.responses import StreamingResponse
from pydantic import Field, StringConstraints
from starlette.requests import Request

from api.audit import entry_of
from api.engine_asked import Asked
from api.engine_bodies import Told
from api.errors import ApiError, ErrorBody, not_found
from api.exports import spool
from api.exports.fetching import Fetch, part_of
from api.exports.making import Exports, Making
from api.identity import Caller, check_right, still
from api.middleware import is_head
from api.permissions import Access, Family
from api.routing import family_router, route
from api.scope import EVERYTHING
from api.searching import AskedQuery, Searcher, Searching, fitting, parsed
from api.services import Services, noted
from api.store import audit
from api.store import exports as kept
from api.store.exports import Export
from api.store.users import now_us
from syslogger.query.exports import DayPath, ExportRequest, Format, Manifest
from syslogger.query.model import MOST_VALUES, Order, Query
from syslogger.query.text import MOST_TEXT_CHARACTERS
from syslogger.query.times import resolved

MOST_NAME = 100
MOST_PLACE = (1 << 63) - 1
KINDS = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.RAW: "text/plain; charset=utf-8",
    Format.DB: "application/vnd.sqlite3",
}

router = family_router("exports")

_READ = (Family.LOGS, Access.READ)
_WRITE = (Family.LOGS, Access.WRITE)
ExportId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]


@asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    """The exports of an app, while its services are open."""
    found: Services = app.state.services
    minutes = found.settings.download_token_expiration_minutes
    app.state.exports = exports = Exports(found.store, found.reader, found.settings.root, minutes)
    await exports.open()
    try:
        yield
    finally:
        await exports.close()


router.lifespan_context = _opened


def _exports(request: Request) -> Exports:
    found: Exports = request.app.state.exports
    return found


Offered = Annotated[Exports, Depends(_exports)]


class ExportAsked(Asked):
    """What to take. q: the condition as text, instead of `where` of the query; its `limit` says nothing here.

    days: only of these day files; db: one whole day. bom: CSV begins with a byte order mark. formula_safe: a `'`
    before what a spreadsheet would calculate; for CSV that is so if nothing is said. skip_damaged: days that cannot be
    read are left out; otherwise the export fails at its end. name: of the file, without its ending.
    """

    q: Annotated[str, Field(max_length=MOST_TEXT_CHARACTERS + 1, examples=["severity:>=warning"])] | None = None
    query: AskedQuery | None = None
    format: Annotated[Format, Field(examples=["csv"])] = Format.CSV
    days: Annotated[tuple[DayPath, ...], Field(max_length=MOST_VALUES)] = ()
    bom: bool = False
    formula_safe: bool | None = None
    skip_damaged: bool = False
    name: Annotated[str, StringConstraints(max_length=MOST_NAME)] | None = None


class ExportBody(Told):
    """An export. state: waiting, running, done, failed; percent: how much was looked at.

    It is deleted at expires_at, if nobody reads it until then; null: not before it has ended. Times in microseconds
    since 1970.
    """

    id: str
    file_name: str
    format: Format
    state: kept.State
    rows: int
    bytes: int
    percent: float
    error: str
    asked: dict[str, Any]
    created_at: int
    expires_at: int | None


class ManifestBody(Told):
    """What is in the file. left_out: rows without an original line, which raw cannot show; damaged: days left out."""

    request: dict[str, Any]
    rows: int
    bytes: int
    sha256: str
    started: str
    finished: str
    version: str
    left_out: int
    damaged: dict[str, str]


# -- ask ---------------------------------------------------------------------------------------------------------------


@route(
    router,
    "POST",
    "/exports",
    *_WRITE,
    summary="Take home everything that a query finds, as a file",
    description="It is made in the background. Fetch its data at once or when it is done; twenty of a person are kept.",
    status=201,
    also=(404, 409),
)
async def create(body: ExportAsked, searching: Searcher, offered: Offered) -> ExportBody:
    """A new export; csv, jsonl, parquet, raw, or a day file (db), for operators without a scope."""
    if body.format is Format.DB:
        check_right(searching.caller, Family.DAY_FILES, Access.READ)
    spool.check_room(offered.folder)
    export = await _export(searching, body)
    async with searching.services.store.write() as connection:
        await kept.add(connection, export)
        details = {"format": body.format.value, "query": export.asked.query.model_dump(mode="json"), "days": body.days}
        await audit.add(connection, entry_of(searching.caller, "exports.created", export.id, details))
    offered.begin(export)
    return _body(offered, await _kept(searching, export.id))


async def _export(searching: Searching, body: ExportAsked) -> Export:
    """Raises ApiError, QueryError."""
    asked = await _asked(searching, body)
    query = asked.query
    if searching.scope.limited:
        query = await searching.where_rows_are(query)
        with fitting("body.query"):
            query = searching.scope.narrowed(query)
    return Export(
        id=secrets.token_hex(16),
        user_id=searching.caller.user_id,
        name=_name(body.name),
        asked=asked,
        request=asked.model_copy(update={"query": query}),
        scope=searching.scope,
    )


async def _asked(searching: Searching, body: ExportAsked) -> ExportRequest:
    typed = body.query or Query()
    where = typed.where
    if body.q is not None:
        if where is not None:
            raise ApiError(422, "invalid", "q and query.where are two ways to say one thing", field="body.q")
        where = await parsed(body.q, "body.q")
    order = typed.order if "order" in typed.model_fields_set else Order.OLDEST
    query = typed.model_copy(update={"where": where, "order": order, "limit": Query().limit})
    query = resolved(query, now_us(), searching.services.reader.zone)
    is_safe = body.format is Format.CSV if body.formula_safe is None else body.formula_safe
    options = {"bom": body.bom, "formula_safe": is_safe, "skip_damaged": body.skip_damaged}
    with fitting("body"):
        return ExportRequest.model_validate({"query": query, "days": body.days, "format": body.format, **options})


def _name(wanted: str | None) -> str:
    """A file name that no header, shell or file system takes for anything else."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted or "").strip("._-")
    return plain or f"syslogger-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"


# -- see ---------------------------------------------------------------------------------------------------------------


@route(router, "GET", "/exports", *_READ, summary="One's exports, the newest first")
async def exports(searching: Searcher, offered: Offered) -> list[ExportBody]:
    """Those that are made or can be fetched."""
    found = await kept.of_user(searching.services.store, searching.caller.user_id)
    return [_body(offered, each) for each in found if _is_seen(searching.caller, each)]


@route(router, "GET", "/exports/{id}", *_READ, summary="How far an export is", also=(404,))
async def export(id: ExportId, searching: Searcher, offered: Offered) -> ExportBody:  # noqa: A002 as in the path
    """Its state and progress."""
    return _body(offered, await _kept(searching, id))


@route(router, "GET", "/exports/{id}/manifest", *_READ, summary="What is in an export", also=(404, 409))
async def manifest(id: ExportId, searching: Searcher, offered: Offered) -> ManifestBody:  # noqa: A002 as in the path
    """Its rows, bytes and SHA-256, of what was asked; when it is done."""
    found = await _kept(searching, id)
    made = _whole(offered, found)
    told = {**made.model_dump(mode="json"), "request": _told(found.asked)}
    return ManifestBody.model_validate(told)


@route(
    router,
    "DELETE",
    "/exports/{id}",
    *_WRITE,
    summary="Cancel an export, and delete what there is of it",
    status=204,
    also=(404,),
)
async def cancel(id: ExportId, searching: Searcher, offered: Offered) -> None:  # noqa: A002 as in the path
    """It is gone; whoever is fetching it is cut off."""
    found = await _kept(searching, id)
    await offered.delete(found.id)
    await searching.services.audit.note(searching.caller, "exports.deleted", found.id)


async def _kept(searching: Searching, export_id: str) -> Export:
    found = await kept.by_id(searching.services.store, export_id)
    if found is None or not _is_seen(searching.caller, found):
        raise not_found(f"export {export_id} of yours (any more)", field="path.id")
    return found


def _is_seen(caller: Caller, found: Export) -> bool:
    return found.user_id == caller.user_id and caller.scope in (EVERYTHING, found.scope)


def _whole(offered: Exports, found: Export) -> Manifest:
    if found.state == "failed":
        raise ApiError(409, "failed", found.error or "the export has failed", hint="export anew")
    made = spool.manifest(offered.folder, found.id) if found.state == "done" else None
    if made is None:
        raise ApiError(409, "not_done", "the export is still made", hint="ask again when its state is done")
    return made


def _told(asked: ExportRequest) -> dict[str, Any]:
    return asked.model_dump(mode="json", exclude={"digest", "scratch", "kind"})


def _body(offered: Exports, found: Export) -> ExportBody:
    making = offered.of(found.id)
    return ExportBody(
        id=found.id,
        file_name=found.file_name,
        format=found.request.format,
        state=found.state,
        rows=making.rows if making else found.rows,
        bytes=making.bytes if making else found.bytes,
        percent=_percent(making, found),
        error=found.error,
        asked=_told(found.asked),
        created_at=found.created_at,
        expires_at=found.touched_at + offered.keep_us if found.ended else None,
    )


def _percent(making: Making | None, found: Export) -> float:
    if found.state == "done":
        return 100.0
    return round(making.percent, 1) if making else 0.0


# -- fetch -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Standing:
    """Whether somebody may still read what he reads, asked again and again while he does."""

    services: Services
    caller: Caller
    found: Export

    async def check(self) -> None:
        """Raises ApiError."""
        now = await still(self.services, self.caller)
        check_right(now, *_READ)
        if self.found.request.format is Format.DB:
            check_right(now, Family.DAY_FILES, Access.READ)
        if not _is_seen(now, self.found):
            raise not_found("export of yours (any more)")


@route(
    router,
    "GET",
    "/exports/{id}/data",
    *_READ,
    summary="The bytes of an export, from any place on",
    description=(
        "While it is made the answer follows it to its end. A connection that breaks is gone on with by `after`: the"
        " number of bytes that are there already. Of an export that is done a `Range` of one part is understood, too."
    ),
    also=(404, 409),
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in KINDS.values()}},
        206: {"description": "The part that `Range` asks for."},
        416: {"model": ErrorBody, "description": "The file has no such bytes."},
    },
)
async def data(
    id: ExportId,  # noqa: A002 as in the path
    searching: Searcher,
    offered: Offered,
    after: Annotated[int, Parameter(ge=0, le=MOST_PLACE, description="So many bytes are there already.")] = 0,
    range_: Annotated[str | None, Header(alias="Range", max_length=200)] = None,
) -> StreamingResponse:
    """A stream; it ends without its last chunk when the export fails."""
    found = await _kept(searching, id)
    standing = _Standing(searching.services, searching.caller, found)
    await standing.check()
    made = _whole(offered, found) if found.ended else None
    size = made.bytes if made else None
    head_only = is_head(searching.request)
    part = part_of(size, after, None if head_only else range_)
    fetch = Fetch(offered, searching.services.store, found.id, standing.check)
    headers = {"Content-Disposition": f'attachment; filename="{found.file_name}"'}
    if made is not None and part.end is not None:
        headers |= {"Content-Length": str(part.end - part.first), "Accept-Ranges": "bytes", "ETag": f'"{made.sha256}"'}
        if part.is_range:
            headers["Content-Range"] = f"bytes {part.first}-{part.end - 1}/{made.bytes}"
    status, kind = 206 if part.is_range else 200, KINDS[found.request.format]
    if head_only:
        return StreamingResponse((), status, headers, kind)
    async with noted():
        await searching.services.audit.note(searching.caller, "exports.fetched", found.id, {"after": part.first})
    return StreamingResponse(fetch.pieces(part), status, headers, kind)
