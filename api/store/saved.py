"""Saved searches in `api.db`: typed queries under names; each is its owner's, and others read those that are shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from sqlite3 import IntegrityError

import aiosqlite

from api.errors import ApiError
from api.scope import Scope
from api.store.connection import Row, Store
from api.store.users import now_us
from syslogger.query.model import Query

MOST_OF_A_USER = 200
MOST_SHARED = 1_000

_SELECT = "SELECT s.*, u.name AS owner FROM saved_searches s JOIN users u ON u.id = s.user_id"


@dataclass(frozen=True, slots=True)
class Saved:
    """A search under a name. shared: others may read it; times in microseconds since 1970.

    scope: what whoever wrote it saw then; name and query may speak of all of that.
    """

    id: int
    user_id: int
    owner: str
    name: str
    query: Query
    shared: bool
    scope: Scope
    created_at: int
    changed_at: int


async def seen_by(store: Store, user_id: int, is_seen: Callable[[int, Scope], bool]) -> list[Saved]:
    """One's own searches by name, and the shared ones of others behind them; is_seen: by its owner and scope."""
    rows = await store.read(
        f"{_SELECT} WHERE s.shared OR s.user_id = ?1 ORDER BY s.user_id <> ?1, s.name, s.id", (user_id,)
    )
    seen = (row for row in rows if is_seen(row["user_id"], Scope.model_validate_json(row["scope"])))
    return [_saved(row) for row in islice(seen, MOST_OF_A_USER + MOST_SHARED)]


async def by_id(store: Store, search_id: int, user_id: int) -> Saved | None:
    """The search of this number, if it is this user's or shared."""
    row = await store.one(f"{_SELECT} WHERE s.id = ? AND (s.shared OR s.user_id = ?)", (search_id, user_id))
    return _saved(row) if row else None


async def add(
    connection: aiosqlite.Connection, user_id: int, name: str, query: Query, scope: Scope, *, shared: bool
) -> int:
    """Keep a search; its number. Raises ApiError (409): the name is taken, or there are too many."""
    rows = list(await connection.execute_fetchall("SELECT count(*) FROM saved_searches WHERE user_id = ?", (user_id,)))
    if rows[0][0] >= MOST_OF_A_USER:
        message = f"there are {MOST_OF_A_USER} saved searches already"
        raise ApiError(409, "too_many_searches", message, hint="delete some first")
    at = now_us()
    try:
        cursor = await connection.execute(
            "INSERT INTO saved_searches (user_id, name, query, shared, scope, created_at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (user_id, name, query.model_dump_json(), shared, scope.model_dump_json(), at, at),
        )
    except IntegrityError as error:
        raise _taken(name) from error
    return int(cursor.lastrowid or 0)


async def change(connection: aiosqlite.Connection, kept: Saved) -> bool:
    """Replace name, query, `shared` and scope of its owner's search; whether there is one. Raises ApiError (409)."""
    told = (kept.name, kept.query.model_dump_json(), kept.shared, kept.scope.model_dump_json())
    try:
        cursor = await connection.execute(
            "UPDATE saved_searches SET name = ?, query = ?, shared = ?, scope = ?, changed_at = ?"
            " WHERE id = ? AND user_id = ?",
            (*told, now_us(), kept.id, kept.user_id),
        )
    except IntegrityError as error:
        raise _taken(kept.name) from error
    return cursor.rowcount > 0


async def remove(connection: aiosqlite.Connection, search_id: int, user_id: int) -> bool:
    """Delete a search of this user; whether there was one."""
    cursor = await connection.execute("DELETE FROM saved_searches WHERE id = ? AND user_id = ?", (search_id, user_id))
    return cursor.rowcount > 0


def _taken(name: str) -> ApiError:
    return ApiError(409, "taken", f"there is a saved search {name!r} already", field="body.name", hint="take another")


def _saved(row: Row) -> Saved:
    return Saved(
        id=row["id"],
        user_id=row["user_id"],
        owner=row["owner"],
        name=row["name"],
        query=Query.model_validate_json(row["query"]),
        shared=bool(row["shared"]),
        scope=Scope.model_validate_json(row["scope"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )
