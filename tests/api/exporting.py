"""Exports as a client asks for them, and one that is held while it is made: for tests."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.exports import spool
from tests.api.serving import Serving, told, until
from tests.storage.exporting import store
from tests.storage.making import us

API = "/api/v1/exports"
MAIN = {"query": {"engines": ["main"]}}


async def export_of(client: aiohttp.ClientSession, **body: Any) -> dict[str, Any]:
    """An export, waited for until it has ended."""
    status, made = await told(client.post(API, json=body))
    assert 201 == status, made
    path = f"{API}/{made['id']}"

    async def has_ended() -> bool:
        return (await told(client.get(path)))[1]["state"] in ("done", "failed")

    await until(has_ended, "the export ends")
    found: dict[str, Any] = (await told(client.get(path)))[1]
    return found


async def data_of(client: aiohttp.ClientSession, export_id: str, **params: Any) -> bytes:
    """The bytes of an export."""
    async with client.get(f"{API}/{export_id}/data", params=params) as got:
        assert 200 == got.status, await got.text()
        return await got.read()


class Gate:
    """Holds every export before it writes another part, until it is opened or the API ends."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._open = threading.Event()
        self.here: Serving | None = None
        patch.setattr(spool, "check_room", self._pass)
        self.parts = 0

    def open(self) -> None:
        """Let everything pass."""
        self._open.set()

    def _pass(self, _: Path) -> None:
        if threading.current_thread() is threading.main_thread():
            return  # it is asked for
        self.parts += 1
        while self.parts > 2 and not self._open.wait(0.02):
            if self.here is not None and self.here.app.state.exports.closing:
                return


def make_many(root: Path, rows: int = 300_000) -> None:
    """A day whose export has several parts."""
    start = us("2026-11-20T00:00:00")
    store(root, "word/main", range(start, start + rows), lines=[f"line {number} of many" for number in range(rows)])


async def begun(client: aiohttp.ClientSession, gate: Gate, **body: Any) -> str:
    """The id of an export that is held in its midst."""
    status, made = await told(client.post(API, json=body))
    assert 201 == status, made

    async def has_begun() -> bool:
        return gate.parts > 2

    await until(has_begun, "two parts are written")
    found: str = made["id"]
    return found
