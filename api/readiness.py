"""Whether the API can do its work: the factory, the data directory and its own database answer."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from syslogger.errors import SysloggerError

if TYPE_CHECKING:
    from api.services import Services

READY_SECONDS = 1.0  # an answer counts so long: whoever asks more often costs nothing
FACTORY_SECONDS = 2.0


class Ready(BaseModel):
    """Whether it can do its work, and what it waits for."""

    status: Literal["ready", "not_ready"]
    factory: bool
    data: bool
    database: bool


class Readiness:
    """The newest look at what the API needs."""

    def __init__(self) -> None:
        self._seen: Ready | None = None
        self._at = 0.0
        self._looking = asyncio.Lock()

    async def now(self, found: Services) -> Ready:
        """How it is, or was a moment ago."""
        async with self._looking:
            if self._seen is None or time.monotonic() - self._at >= READY_SECONDS:
                self._seen = await _look(found)
                self._at = time.monotonic()
            return self._seen


async def _look(found: Services) -> Ready:
    factory, data, database = await asyncio.gather(_factory(found), _data(found), _database(found))
    status: Literal["ready", "not_ready"] = "ready" if factory and data and database else "not_ready"
    return Ready(status=status, factory=factory, data=data, database=database)


async def _factory(found: Services) -> bool:
    try:
        async with asyncio.timeout(FACTORY_SECONDS):
            await found.factories.of("api:health").factory_status()
    except (SysloggerError, TimeoutError):
        return False
    return True


async def _data(found: Services) -> bool:
    return await asyncio.to_thread(os.access, found.settings.root, os.R_OK | os.X_OK)


async def _database(found: Services) -> bool:
    try:
        await found.store.read("SELECT 1")
    except SysloggerError:
        return False
    return True
