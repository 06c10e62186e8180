"""The audit in `api.db`: who did what, from where. Rows are added and never changed: the file itself refuses it.

Details never hold a secret: whoever notes something says names and numbers, not what was typed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiosqlite
import orjson

from api.store.connection import Row, Store, Value
from api.store.users import now_us

PAGE_ROWS = 1_000
_NEWEST = 1 << 62


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done. kind: session, token or command, empty for nobody; at: microseconds since 1970."""

    action: str
    user_name: str = ""
    user_id: int | None = None
    kind: str = ""
    key_id: int | None = None
    target: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    id: int = 0
    at: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries. action: exact, or a family with its dot (`user.`); since, until: microseconds, until excluded."""

    user: str | None = None
    action: str | None = None
    target: str | None = None
    address: str | None = None
    since: int | None = None
    until: int | None = None


async def add(connection: aiosqlite.Connection, entry: Entry) -> None:
    """Note it."""
    row = (now_us(), entry.user_id, entry.user_name, entry.kind, entry.key_id, entry.action, entry.target)
    await connection.execute(
        "INSERT INTO audit (at, user_id, user_name, kind, key_id, action, target, details, address)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, orjson.dumps(entry.details, default=str).decode(), entry.address),
    )


async def listed(store: Store, wanted: Filter, *, before: int | None = None, limit: int = 100) -> list[Entry]:
    """Entries, the newest first; before: the number of the last one that is known already."""
    conditions, values = _conditions(wanted)
    rows = await store.read(
        f"SELECT * FROM audit WHERE id < ?{conditions} ORDER BY id DESC LIMIT ?",
        (_NEWEST if before is None else before, *values, limit),
    )
    return [_entry(row) for row in rows]


async def every(store: Store, wanted: Filter) -> AsyncIterator[list[Entry]]:
    """All entries, oldest first, page by page; those that come meanwhile are not among them."""
    conditions, values = _conditions(wanted)
    ((last,),) = await store.read("SELECT coalesce(max(id), 0) FROM audit")
    after = 0
    while True:
        rows = await store.read(
            f"SELECT * FROM audit WHERE id > ? AND id <= ?{conditions} ORDER BY id LIMIT ?",
            (after, last, *values, PAGE_ROWS),
        )
        if not rows:
            return
        yield [_entry(row) for row in rows]
        after = rows[-1]["id"]


def _conditions(wanted: Filter) -> tuple[str, list[Value]]:
    """Fixed texts, each with the value that is bound to it."""
    is_family = wanted.action is not None and wanted.action.endswith(".")
    parts: list[tuple[str, Value]] = [
        (" AND user_name = ?", wanted.user),
        (" AND instr(action, ?) = 1" if is_family else " AND action = ?", wanted.action),
        (" AND instr(target, ?) > 0", wanted.target),
        (" AND address = ?", wanted.address),
        (" AND at >= ?", wanted.since),
        (" AND at < ?", wanted.until),
    ]
    given = [(text, value) for text, value in parts if value is not None]
    return "".join(text for text, _ in given), [value for _, value in given]


def _entry(row: Row) -> Entry:
    return Entry(
        action=row["action"],
        user_name=row["user_name"],
        user_id=row["user_id"],
        kind=row["kind"],
        key_id=row["key_id"],
        target=row["target"],
        details=orjson.loads(row["details"]),
        address=row["address"],
        id=row["id"],
        at=row["at"],
    )
