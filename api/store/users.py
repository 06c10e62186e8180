"""Users in `api.db`.

Rules
- A name is compared by its key: NFKC and case folded, so that "Anna" and "ANNA" are one person.
- After every change there is an enabled admin without a scope, or the change is none: whoever asks, at whatever moment.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass, field
from sqlite3 import IntegrityError

import aiosqlite

from api.errors import ApiError
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.store.connection import Row, Store


@dataclass(frozen=True, slots=True)
class User:
    """A person. Times in microseconds since 1970; id 0: not kept yet; signed_in_at: the last time, None: never."""

    name: str
    role: Role
    password_hash: str = field(repr=False)
    scope: Scope = EVERYTHING
    display_name: str = ""
    email: str = ""
    phone: str = ""
    disabled: bool = False
    id: int = 0
    created_at: int = 0
    changed_at: int = 0
    signed_in_at: int | None = None


def now_us() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def name_key(name: str) -> str:
    """A name as it is compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def user_of(row: Row) -> User:
    """The user in a row of `users`."""
    return User(
        name=row["name"],
        role=Role(row["role"]),
        password_hash=row["password_hash"],
        scope=Scope.model_validate_json(row["scope"]),
        display_name=row["display_name"],
        email=row["email"],
        phone=row["phone"],
        disabled=bool(row["disabled"]),
        id=row["id"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        signed_in_at=row["signed_in_at"],
    )


async def by_id(store: Store, user_id: int) -> User | None:
    """The user of this number."""
    row = await store.one("SELECT * FROM users WHERE id = ?", (user_id,))
    return user_of(row) if row else None


async def by_name(store: Store, name: str) -> User | None:
    """The user of this name, however it is spelled."""
    row = await store.one("SELECT * FROM users WHERE name_key = ?", (name_key(name),))
    return user_of(row) if row else None


async def listed(store: Store, *, after: int = 0, limit: int = 1_000) -> list[User]:
    """Users by number, those behind `after`."""
    rows = await store.read("SELECT * FROM users WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [user_of(row) for row in rows]


async def are_there(store: Store) -> bool:
    """Whether there is anybody."""
    return bool(await store.read("SELECT 1 FROM users LIMIT 1"))


async def in_write(connection: aiosqlite.Connection, user_id: int) -> User:
    """The user as the transaction sees them. Raises ApiError (404)."""
    rows = list(await connection.execute_fetchall("SELECT * FROM users WHERE id = ?", (user_id,)))
    if not rows:
        raise ApiError(404, "not_found", f"there is no user {user_id}", hint="GET /api/v1/users lists them")
    return user_of(rows[0])


async def add(connection: aiosqlite.Connection, user: User) -> User:
    """Keep a new user. Raises ApiError (409) when the name is taken, or when the first one would be no admin."""
    at = now_us()
    try:
        cursor = await connection.execute(
            "INSERT INTO users (created_at, name, name_key, display_name, email, phone, password_hash, role, scope,"
            " limited, disabled, changed_at, signed_in_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (at, *_values(user, at)),
        )
    except IntegrityError as error:
        raise _taken(user) from error
    await _keep_an_admin(connection)
    return await in_write(connection, int(cursor.lastrowid or 0))


async def put(connection: aiosqlite.Connection, user: User) -> User:
    """Keep a user as they are now. Raises ApiError (409) for a name that is taken, and when no admin would be left."""
    try:
        await connection.execute(
            "UPDATE users SET name = ?, name_key = ?, display_name = ?, email = ?, phone = ?, password_hash = ?,"
            " role = ?, scope = ?, limited = ?, disabled = ?, changed_at = ?, signed_in_at = ? WHERE id = ?",
            (*_values(user, now_us()), user.id),
        )
    except IntegrityError as error:
        raise _taken(user) from error
    await _keep_an_admin(connection)
    return await in_write(connection, user.id)


async def remove(connection: aiosqlite.Connection, user_id: int) -> None:
    """The user is none any more, nor are their sessions and tokens. Raises ApiError (409) for the last admin."""
    await connection.execute("DELETE FROM users WHERE id = ?", (user_id,))
    await _keep_an_admin(connection)


async def note_sign_in(connection: aiosqlite.Connection, user_id: int, password_hash: str) -> None:
    """They signed in now; the hash may be of newer parameters."""
    await connection.execute(
        "UPDATE users SET signed_in_at = ?, password_hash = ? WHERE id = ?", (now_us(), password_hash, user_id)
    )


def _values(user: User, at: int) -> tuple[str | int | None, ...]:
    words = (user.name, name_key(user.name), user.display_name, user.email, user.phone, user.password_hash)
    rights = (user.role.value, user.scope.model_dump_json(), int(user.scope.limited), int(user.disabled))
    return (*words, *rights, at, user.signed_in_at)


def _taken(user: User) -> ApiError:
    return ApiError(409, "taken", f"there is a user {user.name!r} already", field="name", hint="take another name")


async def _keep_an_admin(connection: aiosqlite.Connection) -> None:
    full = "SELECT 1 FROM users WHERE role = 'admin' AND disabled = 0 AND limited = 0 LIMIT 1"
    if not list(await connection.execute_fetchall(full)):
        message = "there has to be an enabled admin who sees everything"
        raise ApiError(409, "last_admin", message, hint="make another user such an admin first")
