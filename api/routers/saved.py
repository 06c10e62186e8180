"""Routes of searches that are kept: under names, one's own and those that others share; and one's last ones.

A search says what was asked, never what was found: whoever opens it sees what is in his own scope.

Its text may name engines and clients, so it is shown only to whoever sees at least what its writer saw when he wrote
it: to those without a scope, to those with the same or a larger one, and to the writer himself when he has signed in. A
token of his with a smaller scope may be in other hands.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from api.audit import entry_of
from api.engine_asked import Asked
from api.engine_bodies import Told
from api.errors import not_found
from api.identity import Caller, Who
from api.permissions import Access, Family
from api.routers.auth import Id, Offered
from api.routing import family_router, route
from api.scope import EVERYTHING, Scope
from api.searching import AskedQuery
from api.store import audit, history, saved
from api.store.saved import Saved
from syslogger.query.model import Query
from syslogger.query.printed import printed

router = family_router("logs")

_READ = (Family.LOGS, Access.READ)
_WRITE = (Family.LOGS, Access.WRITE)
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(examples=["failed logins"]),
]


class SearchAsked(Asked):
    """A search to keep. shared: others read it, under its owner's name."""

    name: Name
    query: AskedQuery
    shared: bool = False


class SearchChanges(Asked):
    """What is sent is changed, the rest stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "failed logins", "shared": True}]})

    name: Name | None = None
    query: AskedQuery | None = None
    shared: bool | None = None


class SearchBody(Told):
    """A kept search. text: its condition as text; own: it can be changed; times in microseconds since 1970."""

    id: int
    name: str
    owner: str
    own: bool
    shared: bool
    query: dict[str, Any]
    text: str
    created_at: int
    changed_at: int


class HistoryBody(Told):
    """One of the last searches. at: microseconds since 1970; text: its condition as text."""

    id: int
    at: int
    query: dict[str, Any]
    text: str


class Cleared(Told):
    """How many there were."""

    cleared: int


@route(router, "GET", "/searches", *_READ, summary="Saved searches: one's own, and those that others share")
async def searches(caller: Who, offered: Offered) -> list[SearchBody]:
    """One's own by name, the shared ones of others behind them."""
    found = await saved.seen_by(offered.store, caller.user_id, partial(_is_seen, caller))
    return await asyncio.to_thread(lambda: [_body(each, caller.user_id) for each in found])


@route(router, "POST", "/searches", *_WRITE, summary="Keep a search under a name", status=201, also=(404, 409))
async def keep(body: SearchAsked, caller: Who, offered: Offered) -> SearchBody:
    """A new saved search."""
    async with offered.store.write() as connection:
        number = await saved.add(connection, caller.user_id, body.name, body.query, caller.scope, shared=body.shared)
        details = {"name": body.name, "shared": body.shared}
        await audit.add(connection, entry_of(caller, "searches.kept", str(number), details))
    return _body(await _one(offered, number, caller), caller.user_id)


@route(router, "GET", "/searches/history", *_READ, summary="One's last 200 searches, the newest first")
async def last_searches(caller: Who, offered: Offered) -> list[HistoryBody]:
    """What one searched for."""
    found = await history.of_user(offered.store, caller.user_id, partial(_is_seen, caller, caller.user_id))
    return [
        HistoryBody(id=each.id, at=each.at, query=_told(each.query), text=printed(each.query.where)) for each in found
    ]


@route(router, "DELETE", "/searches/history", *_WRITE, summary="Forget one's last searches; the audit keeps them")
async def forget(caller: Who, offered: Offered) -> Cleared:
    """Clear the history."""
    return Cleared(cleared=await history.clear(offered.store, caller.user_id))


@route(router, "GET", "/searches/{search_id}", *_READ, summary="A saved search", also=(404,))
async def search(search_id: Id, caller: Who, offered: Offered) -> SearchBody:
    """One's own, or a shared one."""
    return _body(await _one(offered, search_id, caller), caller.user_id)


@route(router, "PATCH", "/searches/{search_id}", *_WRITE, summary="Change a search of one's own", also=(404, 409))
async def change(search_id: Id, body: SearchChanges, caller: Who, offered: Offered) -> SearchBody:
    """Another name, another query, shared or not."""
    kept = await _one(offered, search_id, caller)
    changes = {name: value for name, value in dict(body).items() if value is not None}
    # what stays of it was written with the scope of then
    scope = caller.scope if caller.scope.covers(kept.scope) else EVERYTHING
    async with offered.store.write() as connection:
        if not await saved.change(connection, replace(kept, **changes, user_id=caller.user_id, scope=scope)):
            raise not_found(f"saved search {search_id} of yours", field="path.search_id")
        await audit.add(connection, entry_of(caller, "searches.changed", str(search_id), {"changed": sorted(changes)}))
    return _body(await _one(offered, search_id, caller), caller.user_id)


@route(
    router, "DELETE", "/searches/{search_id}", *_WRITE, summary="Delete a search of one's own", status=204, also=(404,)
)
async def remove(search_id: Id, caller: Who, offered: Offered) -> None:
    """It is gone."""
    await _one(offered, search_id, caller)
    await offered.audit.removing(
        lambda connection: saved.remove(connection, search_id, caller.user_id),
        entry_of(caller, "searches.deleted", str(search_id)),
        not_found(f"saved search {search_id} of yours", field="path.search_id"),
    )


async def _one(offered: Offered, search_id: int, caller: Caller) -> Saved:
    found = await saved.by_id(offered.store, search_id, caller.user_id)
    if found is None or not _is_seen(caller, found.user_id, found.scope):
        raise not_found(f"saved search {search_id}", field="path.search_id")
    return found


def _is_seen(caller: Caller, owner_id: int, scope: Scope) -> bool:
    """Whether the caller may read what its owner wrote with this scope."""
    return caller.scope.covers(scope) or (caller.kind == "session" and caller.user_id == owner_id)


def _body(kept: Saved, user_id: int) -> SearchBody:
    return SearchBody(
        id=kept.id,
        name=kept.name,
        owner=kept.owner,
        own=kept.user_id == user_id,
        shared=kept.shared,
        query=_told(kept.query),
        text=printed(kept.query.where),
        created_at=kept.created_at,
        changed_at=kept.changed_at,
    )


def _told(query: Query) -> dict[str, Any]:
    return query.model_dump(mode="json")
