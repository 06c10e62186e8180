"""Exports in `api.db`: whose they are, what was asked for, what became of it. Their bytes lie in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import aiosqlite

from api.errors import ApiError
from api.scope import Scope
from api.store.connection import Row, Store
from api.store.users import now_us
from syslogger.query.exports import ExportRequest

MOST_OF_A_USER = 20

State = Literal["waiting", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Export:
    """One export. asked: the request as it was sent; request: the same of what its owner saw then (`scope`).

    touched_at: when it ended or was last read; times in microseconds since 1970.
    """

    id: str
    user_id: int
    name: str
    asked: ExportRequest
    request: ExportRequest
    scope: Scope
    state: State = "waiting"
    error: str = ""
    rows: int = 0
    bytes: int = 0
    created_at: int = 0
    touched_at: int = 0

    @property
    def file_name(self) -> str:
        """What it is called where it is saved."""
        return f"{self.name}.{self.request.format.value if self.request.format != 'raw' else 'log'}"

    @property
    def ended(self) -> bool:
        """Whether nothing is made of it any more."""
        return self.state in ("done", "failed")


async def add(connection: aiosqlite.Connection, export: Export) -> None:
    """Keep a new one. Raises ApiError (409): its owner has as many as there may be."""
    rows = list(await connection.execute_fetchall("SELECT count(*) FROM exports WHERE user_id = ?", (export.user_id,)))
    if rows[0][0] >= MOST_OF_A_USER:
        message = f"there are {MOST_OF_A_USER} exports of yours already"
        raise ApiError(409, "too_many_exports", message, hint="delete some first; they also go by themselves in time")
    at = now_us()
    await connection.execute(
        "INSERT INTO exports (id, user_id, name, format, asked, request, scope, state, created_at, touched_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            export.id,
            export.user_id,
            export.name,
            export.request.format.value,
            export.asked.model_dump_json(),
            export.request.model_dump_json(),
            export.scope.model_dump_json(),
            export.state,
            at,
            at,
        ),
    )


async def every(store: Store) -> list[Export]:
    """All of them, the oldest first."""
    return [_export(row) for row in await store.read("SELECT * FROM exports ORDER BY created_at, id")]


async def of_user(store: Store, user_id: int) -> list[Export]:
    """Those of a user, the newest first."""
    rows = await store.read("SELECT * FROM exports WHERE user_id = ? ORDER BY created_at DESC, id", (user_id,))
    return [_export(row) for row in rows]


async def by_id(store: Store, export_id: str) -> Export | None:
    """The export of this id."""
    row = await store.one("SELECT * FROM exports WHERE id = ?", (export_id,))
    return _export(row) if row else None


async def note(store: Store, export_id: str, state: State, *, rows: int = 0, bytes_: int = 0, error: str = "") -> None:
    """What has become of it."""
    async with store.write() as connection:
        await connection.execute(
            "UPDATE exports SET state = ?, rows = ?, bytes = ?, error = ?, touched_at = ? WHERE id = ?",
            (state, rows, bytes_, error, now_us(), export_id),
        )


async def touch(store: Store, export_id: str) -> None:
    """It was read now."""
    async with store.write() as connection:
        await connection.execute("UPDATE exports SET touched_at = ? WHERE id = ?", (now_us(), export_id))


async def over(store: Store, touched_before: int) -> list[str]:
    """The ids of those that have ended, and were not read since this time."""
    rows = await store.read(
        "SELECT id FROM exports WHERE state IN ('done', 'failed') AND touched_at < ?", (touched_before,)
    )
    return [row["id"] for row in rows]


async def remove(store: Store, export_id: str) -> None:
    """Forget it."""
    async with store.write() as connection:
        await connection.execute("DELETE FROM exports WHERE id = ?", (export_id,))


def _export(row: Row) -> Export:
    return Export(
        id=row["id"],
        user_id=row["user_id"],
        name=row["name"],
        asked=ExportRequest.model_validate_json(row["asked"]),
        request=ExportRequest.model_validate_json(row["request"]),
        scope=Scope.model_validate_json(row["scope"]),
        state=row["state"],
        error=row["error"],
        rows=row["rows"],
        bytes=row["bytes"],
        created_at=row["created_at"],
        touched_at=row["touched_at"],
    )
