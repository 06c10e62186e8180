"""Neighbours: engines, clients and people with unique names, so that a word in an answer says whose it is.

north has the clients nora and nils, south has sven and nora, quiet rests and has quentin; oldone was deleted and left a
day, and a day of south and of oldone cannot be read. Somebody who is nobody's client sends to north and south. Every
line says engine and client in one word: `at-north-of-nora`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp

from api.permissions import Role
from api.scope import Scope
from tests.api.made_logs import NOON
from tests.api.serving import Serving, told, until
from tests.api.walking import STRANGER
from tests.interfaces.serving import engine, resting
from tests.storage.made_days import DaySpec, make_root
from tests.support_engine import send

ADDRESSES = {"nora": "127.0.0.11", "nils": "127.0.0.12", "sven": "127.0.0.21", "quentin": "127.0.0.31"}

CLIENTS = {"north": ("nora", "nils"), "south": ("sven", "nora"), "quiet": ("quentin",)}
LINES = 3

OLD_PLACE = "10.0.9.9"

ALL_WORDS = (
    *("south", "sven", ADDRESSES["sven"], "quiet", "quentin", ADDRESSES["quentin"]),
    *("oldone", "olga", OLD_PLACE, "iban", "paper", STRANGER, "of-stranger", "southern"),
)
# What each of these scopes hides.
HIDDEN: dict[Scope, tuple[str, ...]] = {
    Scope(engines=("north",)): ALL_WORDS,
    Scope(clients=("nora",)): (
        *(word for word in ALL_WORDS if word != "south"),
        *("nils", ADDRESSES["nils"], "northern"),
    ),
    Scope(engines=("elsewhere",), clients=("nobody",)): (*ALL_WORDS, "north", "nora", "nils", *ADDRESSES.values()),
}


def engines() -> list[dict[str, Any]]:
    """The entries of the file."""
    listed = {
        name: [{"name": client, "address": ADDRESSES[client]} for client in clients]
        for name, clients in CLIENTS.items()
    }
    return [
        engine("north", clients=listed["north"], title="the northern one"),
        engine("south", clients=listed["south"], title="the southern one"),
        resting("quiet", clients=listed["quiet"], title="southern as well"),
    ]


def old_days(root: Path) -> None:
    """The day that is left of an engine that is no more, and days that cannot be read."""
    row = {"received_at": NOON, "client": "olga", "log_sender_ip": OLD_PLACE, "iban": "AT1"}
    old = DaySpec([{**row, "original_log": "at-oldone-of-olga"}], class_name="paper", engine="oldone")
    make_root(root, (old,))
    for each in ("word/south", "paper/oldone"):
        (root / each).mkdir(parents=True, exist_ok=True)
        (root / each / "2026-11-19.db").write_bytes(b"no database")


async def settle(here: Serving) -> dict[str, str]:
    """Everybody sends, and an admin does what leaves traces; the parts of the paths to what was made."""
    admin = await here.as_role(Role.ADMIN, name="adminfirst")
    for name in ("north", "south"):
        _, status = await told(admin.get(f"/api/v1/engines/{name}"))
        for client in CLIENTS[name]:
            lines = [b"<14>number %d at-%s-of-%s" % (each, name.encode(), client.encode()) for each in range(LINES)]
            send(status["port"], *lines, source=ADDRESSES[client])
        send(status["port"], b"<14>number 1 at-%s-of-stranger" % name.encode(), source=STRANGER)
        await until(lambda name=name: _has_stored(admin, name), f"{name} has stored its lines")  # type: ignore[misc]
    return await _traces(admin)


async def _has_stored(admin: aiohttp.ClientSession, name: str) -> bool:
    _, status = await told(admin.get(f"/api/v1/engines/{name}"))
    ledger = status["ledger"] or {}
    return (ledger.get("stored"), ledger.get("refused")) == (2 * LINES, 1)


async def _traces(admin: aiohttp.ClientSession) -> dict[str, str]:
    query = {"engines": ["south"], "where": {"op": "phrase", "text": "at-south-of-sven"}}
    asked: list[tuple[str, str, Any]] = [
        ("", "/api/v1/engines/south/pause", {"reason": "southern"}),
        ("", "/api/v1/engines/south/resume", {"reason": "southern"}),
        ("", "/api/v1/engines/south/unknown-senders/ignore", {"address": STRANGER}),
        ("token_id", "/api/v1/tokens", {"name": "southern", "days": 1}),
        ("job", "/api/v1/jobs", {"kind": "retention"}),
        ("search_id", "/api/v1/searches", {"name": "of sven", "query": query, "shared": True}),
        ("id", "/api/v1/exports", {"query": query, "name": "southern"}),
    ]
    made: dict[str, str] = {}
    for part, path, body in asked:
        status, said = await told(admin.post(path, json=body))
        assert status < 300, (path, said)
        made |= {part: str(said["id"])} if part else {}
    return made
