"""What each person searched for last, in `api.db`: the typed query, newest first, two hundred of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.scope import Scope
from api.store.connection import Store
from api.store.users import now_us
from syslogger.query.model import Query

MOST_OF_A_USER = 200


@dataclass(frozen=True, slots=True)
class Searched:
    """One search. at: microseconds since 1970."""

    id: int
    at: int
    query: Query


async def add(store: Store, user_id: int, query: Query, scope: Scope) -> None:
    """Note a search and what whoever wrote it saw; the same again is the newest one. Raises StoreError."""
    text = query.model_dump_json(exclude={"limit"})
    async with store.write() as connection:
        await connection.execute("DELETE FROM search_history WHERE user_id = ? AND query = ?", (user_id, text))
        await connection.execute(
            "INSERT INTO search_history (user_id, at, query, scope) VALUES (?, ?, ?, ?)",
            (user_id, now_us(), text, scope.model_dump_json()),
        )
        await connection.execute(
            "DELETE FROM search_history WHERE user_id = ?1 AND id <="
            " (SELECT id FROM search_history WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
            (user_id, MOST_OF_A_USER),
        )


async def of_user(store: Store, user_id: int, is_seen: Callable[[Scope], bool]) -> list[Searched]:
    """The searches of a user, the newest first; is_seen: by what whoever wrote it saw."""
    rows = await store.read("SELECT * FROM search_history WHERE user_id = ? ORDER BY id DESC", (user_id,))
    seen = (row for row in rows if is_seen(Scope.model_validate_json(row["scope"])))
    return [Searched(row["id"], row["at"], Query.model_validate_json(row["query"])) for row in seen]


async def clear(store: Store, user_id: int) -> int:
    """Forget the searches of a user; how many there were."""
    async with store.write() as connection:
        cursor = await connection.execute("DELETE FROM search_history WHERE user_id = ?", (user_id,))
        return cursor.rowcount
