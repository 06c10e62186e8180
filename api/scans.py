"""Scans: how many questions of one person are answered at once, and how many may wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api.errors import too_many

LEAST_WAITING = 8  # a page asks for rows, a histogram and facets at a time, on a machine with one core too


@dataclass(slots=True)
class _Turns:
    free: asyncio.Semaphore
    waiting: int = 0


class Scans:
    """At most `cores` at once of each person; twice as many of his wait for them, at least eight."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._most_waiting = max(LEAST_WAITING, 2 * cores)
        self._turns: dict[int, _Turns] = {}

    @asynccontextmanager
    async def turn(self, user_id: int) -> AsyncIterator[None]:
        """This person's turn. Raises ApiError (429 with Retry-After) when too many of his wait already."""
        turns = self._turns.setdefault(user_id, _Turns(asyncio.Semaphore(self._cores)))
        if turns.waiting >= self._most_waiting:
            raise too_many("too many of your searches wait for each other", code="scans")
        turns.waiting += 1
        try:
            await turns.free.acquire()
        finally:
            turns.waiting -= 1
        try:
            yield
        finally:
            turns.free.release()
