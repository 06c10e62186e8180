"""The outbox: what one connection has still to send, bounded for each of its subscriptions.

Rules
- Nothing waits for the reader: what is older gives way to what is newer, and is counted.
- `skipped` is what matched and was left out; `unlooked` is what went by and nobody looked at, null where nobody knows
  or where it is no business of the reader's. Both are told with the next message of the subscription.
- Subscriptions take turns; answers to the client go first.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

WAITING_BYTES = 1 << 20
WAITING_MESSAGES = 500
WAITING_ANSWERS = 200

Head = dict[str, Any]


@dataclass(slots=True)
class Message:
    """parts: of the message; body: JSON that is its part `name`; weight: how much is left out when it gives way."""

    parts: Head
    body: bytes = b""
    name: str = "columns"
    weight: int = 1


@dataclass(slots=True)
class Line:
    """What one subscription has still to send. latest: a newer message makes the older ones useless, and uncounted.

    told: whether the reader may know how many rows nobody looked at.
    """

    id: str
    latest: bool = False
    told: bool = True
    _waiting: deque[Message] = field(default_factory=deque)
    _bytes: int = 0
    _skipped: int = 0
    _unlooked: int | None = 0

    def put(self, message: Message) -> None:
        """Queue a message; older ones give way to it."""
        if self.latest:
            self._waiting.clear()
            self._bytes = 0
        self._waiting.append(message)
        self._bytes += len(message.body)
        while len(self._waiting) > WAITING_MESSAGES or (self._bytes > WAITING_BYTES and len(self._waiting) > 1):
            self._leave_out(self._waiting.popleft())

    def miss(self) -> None:
        """Rows went by, nobody knows how many."""
        self._unlooked = None

    def forget(self) -> None:
        """Send nothing of what waits; what it was is not counted, for it may have been others'."""
        self._waiting.clear()
        self._bytes = self._skipped = 0
        self._unlooked = None

    def take(self) -> bytes | None:
        """The next message as it is sent; None when there is none."""
        if not self._waiting:
            return None
        message = self._waiting.popleft()
        self._bytes -= len(message.body)
        if "skipped" in message.parts:
            message.parts["skipped"] += self._skipped
            self._skipped = 0
        if "unlooked" in message.parts:
            unlooked = self._sum(message)
            message.parts["unlooked"] = unlooked if self.told or unlooked == 0 else None
            self._unlooked = 0
        text = orjson.dumps(message.parts)
        return b'%b,"%b":%b}' % (text[:-1], message.name.encode(), message.body) if message.body else text

    def _leave_out(self, message: Message) -> None:
        self._bytes -= len(message.body)
        self._skipped += message.weight + message.parts.get("skipped", 0)
        self._unlooked = self._sum(message)

    def _sum(self, message: Message) -> int | None:
        more = message.parts.get("unlooked", 0)
        return None if self._unlooked is None or more is None else self._unlooked + more


class Outbox:
    """Everything that waits, for one sender in the same event loop."""

    def __init__(self) -> None:
        self.lines: dict[str, Line] = {}
        self._answers: deque[bytes] = deque()
        self._more = asyncio.Event()

    def answer(self, text: bytes) -> bool:
        """Queue an answer; False when so many wait that the client does not want them."""
        self._answers.append(text)
        self._more.set()
        return len(self._answers) <= WAITING_ANSWERS

    def put(self, line: Line, message: Message) -> None:
        """Queue a message of a subscription; it is sent once the line is one of `lines`."""
        line.put(message)
        self._more.set()

    async def wait(self) -> None:
        """Until there is something."""
        await self._more.wait()

    def take(self) -> Iterator[bytes]:
        """What waits, in turns, until nothing does."""
        self._more.clear()
        some = True
        while some:
            some = False
            while self._answers:
                yield self._answers.popleft()
            for line in list(self.lines.values()):
                text = line.take()
                if text is not None:
                    some = True
                    yield text
