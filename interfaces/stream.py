"""What happens, told to everyone who watches: nobody is waited for.

A subscription holds a bounded number of events, the newest are kept, and one place for the newest status. How many
events a slow reader missed is said in the next message that it gets. All of this belongs to the event loop: other
threads go through `loop.call_soon_threadsafe`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Self

WAITING_EVENTS = 1_000

Message = dict[str, Any]


class Subscription:
    """One reader's side: an iterator of messages that ends when either side has enough. Counts while its block runs."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._events: deque[Message] = deque()
        self._status: Message | None = None
        self._skipped = 0
        self._more = asyncio.Event()
        self._over = False

    def put_event(self, event: Message) -> None:
        """Something has happened."""
        if len(self._events) >= WAITING_EVENTS:
            self._events.popleft()
            self._skipped += 1
        self._events.append(event)
        self._more.set()

    def put_status(self, engines: Message) -> None:
        """How the engines are; an older status that nobody took is of no use any more."""
        self._status = engines
        self._more.set()

    def end(self) -> None:
        """Nothing follows what waits already."""
        self._over = True
        self._more.set()

    def __enter__(self) -> Self:
        self._broadcast.subscriptions.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._broadcast.subscriptions.discard(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while not self._events and self._status is None:
            if self._over:
                raise StopAsyncIteration
            self._more.clear()
            await self._more.wait()
        skipped, self._skipped = self._skipped, 0
        if self._events:
            return {"type": "event", "event": self._events.popleft(), "skipped": skipped}
        engines, self._status = self._status, None
        return {"type": "status", "engines": engines, "skipped": skipped}


class Broadcast:
    """Everyone who watches; while nobody does, `subscriptions` is empty and no status need be gathered."""

    def __init__(self) -> None:
        self.subscriptions: set[Subscription] = set()

    def subscribe(self) -> Subscription:
        """A subscription, to be used as a context manager."""
        return Subscription(self)

    def event(self, event: Message) -> None:
        """Tell everyone what happened."""
        for each in self.subscriptions:
            each.put_event(event)

    def status(self, engines: Message) -> None:
        """Tell everyone how the engines are."""
        for each in self.subscriptions:
            each.put_status(engines)

    def close(self) -> None:
        """Nothing follows for anyone."""
        for each in self.subscriptions:
            each.end()
