"""API tokens in `api.db`: their digests, what they may and until when. A row that is gone is a revoked token."""

from __future__ import annotations

from dataclasses import dataclass
from sqlite3 import IntegrityError

import aiosqlite

from api.errors import ApiError
from api.permissions import Role
from api.scope import Scope
from api.store import users
from api.store.connection import Row, Store
from api.store.users import User, now_us

MOST_OF_A_USER = 100


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; not itself. starts: its first characters, by which its owner knows it again."""

    name: str
    starts: str
    role: Role
    scope: Scope
    expires_at: int
    id: int = 0
    user_id: int = 0
    created_at: int = 0
    last_used_at: int | None = None
    last_used_address: str = ""


async def add(connection: aiosqlite.Connection, token: Token, digest: bytes) -> Token:
    """Keep a new token. Raises ApiError (409) when its owner has one of this name, or a hundred."""
    rows = list(
        await connection.execute_fetchall("SELECT count(*) FROM api_tokens WHERE user_id = ?", (token.user_id,))
    )
    if rows[0][0] >= MOST_OF_A_USER:
        raise ApiError(409, "too_many_tokens", f"there are {MOST_OF_A_USER} tokens already", hint="revoke some first")
    rights = (token.role.value, token.scope.model_dump_json())
    try:
        cursor = await connection.execute(
            "INSERT INTO api_tokens (user_id, name, digest, starts, role, scope, created_at, expires_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (token.user_id, token.name, digest, token.starts, *rights, now_us(), token.expires_at),
        )
    except IntegrityError as error:
        message = f"there is a token {token.name!r} already"
        raise ApiError(409, "taken", message, field="name", hint="revoke it, or take another name") from error
    kept = list(await connection.execute_fetchall("SELECT * FROM api_tokens WHERE id = ?", (cursor.lastrowid,)))
    return _token(kept[0])


async def found(store: Store, digest: bytes) -> tuple[Token, User] | None:
    """The token of this digest and whose it is, as both are now."""
    return await _with_owner(store, await store.one("SELECT * FROM api_tokens WHERE digest = ?", (digest,)))


async def by_id(store: Store, token_id: int) -> tuple[Token, User] | None:
    """The token of this number and whose it is, as both are now."""
    return await _with_owner(store, await store.one("SELECT * FROM api_tokens WHERE id = ?", (token_id,)))


async def _with_owner(store: Store, row: Row | None) -> tuple[Token, User] | None:
    owner = await users.by_id(store, row["user_id"]) if row else None
    return (_token(row), owner) if row and owner else None


async def of_user(store: Store, user_id: int) -> list[Token]:
    """The tokens of a user, expired ones too, the newest first."""
    rows = await store.read("SELECT * FROM api_tokens WHERE user_id = ? ORDER BY id DESC", (user_id,))
    return [_token(row) for row in rows]


async def touch(connection: aiosqlite.Connection, token_id: int, address: str) -> None:
    """It was used now, from there."""
    await connection.execute(
        "UPDATE api_tokens SET last_used_at = ?, last_used_address = ? WHERE id = ?", (now_us(), address, token_id)
    )


async def revoke(connection: aiosqlite.Connection, token_id: int, user_id: int) -> bool:
    """The token of this user is worth nothing any more; whether there was one."""
    cursor = await connection.execute("DELETE FROM api_tokens WHERE id = ? AND user_id = ?", (token_id, user_id))
    return cursor.rowcount > 0


def _token(row: Row) -> Token:
    return Token(
        name=row["name"],
        starts=row["starts"],
        role=Role(row["role"]),
        scope=Scope.model_validate_json(row["scope"]),
        expires_at=row["expires_at"],
        id=row["id"],
        user_id=row["user_id"],
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        last_used_address=row["last_used_address"],
    )
