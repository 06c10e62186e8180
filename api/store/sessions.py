"""Sessions in `api.db`: who is signed in, from where, since when. A row that is gone is a session that has ended."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import aiosqlite

from api.store.connection import Row, Store
from api.store.users import User, now_us, user_of

SID_BYTES = 18
MOST_AGENT_CHARACTERS = 200
MOST_OF_A_USER = 100


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. sid: what the signed cookie holds; csrf: what a page has to send along with a write."""

    id: int
    user_id: int
    created_at: int
    last_seen_at: int
    address: str
    agent: str
    sid: str = field(repr=False)
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Since:
    """Since when a session must have been seen, and begun, to be one still (microseconds since 1970)."""

    seen: int
    begun: int


async def begin(connection: aiosqlite.Connection, user_id: int, address: str, agent: str) -> Session:
    """A new session with new secrets. Of a user the newest hundred are kept."""
    at = now_us()
    sid, csrf = secrets.token_urlsafe(SID_BYTES), secrets.token_urlsafe(SID_BYTES)
    row = (sid, user_id, csrf, at, at, address, agent[:MOST_AGENT_CHARACTERS])
    cursor = await connection.execute(
        "INSERT INTO sessions (sid, user_id, csrf, created_at, last_seen_at, address, agent)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    await connection.execute(
        "DELETE FROM sessions WHERE user_id = ?1 AND id <="
        " (SELECT id FROM sessions WHERE user_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        (user_id, MOST_OF_A_USER),
    )
    return Session(int(cursor.lastrowid or 0), user_id, at, at, address, row[-1], sid, csrf)


async def found(store: Store, sid: str) -> tuple[Session, User] | None:
    """The session of a cookie and whose it is, as both are now."""
    return await _joined(store, "s.sid = ?", sid)


async def by_id(store: Store, session_id: int) -> tuple[Session, User] | None:
    """The session of this number and whose it is, as both are now."""
    return await _joined(store, "s.id = ?", session_id)


async def _joined(store: Store, where: str, value: str | int) -> tuple[Session, User] | None:
    row = await store.one(
        "SELECT u.*, s.id AS session_id, s.user_id, s.created_at AS began_at, s.last_seen_at, s.address, s.agent,"
        f" s.sid, s.csrf FROM sessions s JOIN users u ON u.id = s.user_id WHERE {where}",
        (value,),
    )
    return (_session(row, row["session_id"], row["began_at"]), user_of(row)) if row else None


async def of_user(store: Store, user_id: int, since: Since) -> list[Session]:
    """The sessions of a user that are one still, the newest first."""
    rows = await store.read(
        "SELECT * FROM sessions WHERE user_id = ? AND last_seen_at >= ? AND created_at >= ? ORDER BY id DESC",
        (user_id, since.seen, since.begun),
    )
    return [_session(row, row["id"], row["created_at"]) for row in rows]


async def touch(connection: aiosqlite.Connection, session_id: int) -> None:
    """It was used now."""
    await connection.execute("UPDATE sessions SET last_seen_at = ? WHERE id = ?", (now_us(), session_id))


async def end(connection: aiosqlite.Connection, session_id: int, user_id: int) -> bool:
    """End a session of this user; whether there was one."""
    cursor = await connection.execute("DELETE FROM sessions WHERE id = ? AND user_id = ?", (session_id, user_id))
    return cursor.rowcount > 0


async def end_sid(connection: aiosqlite.Connection, sid: str) -> None:
    """End the session of a cookie, whoever's it is."""
    await connection.execute("DELETE FROM sessions WHERE sid = ?", (sid,))


async def end_all(connection: aiosqlite.Connection, user_id: int, *, but: int = 0) -> int:
    """End every session of a user except the one of this number; how many there were."""
    cursor = await connection.execute("DELETE FROM sessions WHERE user_id = ? AND id <> ?", (user_id, but))
    return cursor.rowcount


async def sweep(connection: aiosqlite.Connection, since: Since) -> None:
    """Forget the sessions that are none any more."""
    await connection.execute("DELETE FROM sessions WHERE last_seen_at < ? OR created_at < ?", (since.seen, since.begun))


def _session(row: Row, number: int, began_at: int) -> Session:
    return Session(
        id=number,
        user_id=row["user_id"],
        created_at=began_at,
        last_seen_at=row["last_seen_at"],
        address=row["address"],
        agent=row["agent"],
        sid=row["sid"],
        csrf=row["csrf"],
    )
