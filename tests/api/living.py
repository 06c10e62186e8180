"""A client of the live WebSocket, and engines whose rows it sees: for tests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import orjson
from yarl import URL

from tests.api.serving import Serving
from tests.cli.engines import send
from tests.cli.program import WAIT_SECONDS
from tests.support_engine import numbered

PATH = "/api/v1/live"
Message = dict[str, Any]


class Word:
    """One connection, and everything that it has heard."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[Message] = []

    async def say(self, what: str, /, **parts: Any) -> None:
        """Send a message."""
        await self.ws.send_str(orjson.dumps({"type": what, **parts}).decode())

    async def ask(self, what: str, /, **parts: Any) -> Message:
        """Send a message; the answer to it."""
        await self.say(what, **parts)
        return await self.until(lambda each: each["type"] in ("subscribed", "unsubscribed", "error"))

    async def until(self, fits: Any, what: str = "a message that fits") -> Message:
        """The next message that fits; the others are kept in `heard`."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                message = await self._next(what)
                if fits(message):
                    return message

    async def rows(self, name: str, count: int) -> list[Message]:
        """The tail's messages until so many rows were shown or skipped."""
        found: list[Message] = []
        while sum(each["rows"] + each["skipped"] for each in found) < count:
            found.append(
                await self.until(lambda each: each["type"] == "tail" and each["id"] == name, f"rows of {name}")
            )
        return found

    async def closed(self) -> tuple[int | None, str]:
        """Wait until the other side closes; with which code, and why."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (message := await self.ws.receive()).type is aiohttp.WSMsgType.TEXT:
                self.heard.append(orjson.loads(message.data))
        return self.ws.close_code, str(message.extra or "")

    async def _next(self, what: str) -> Message:
        message = await self.ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise AssertionError(f"it was closed ({message.data}, {message.extra}) before {what}; heard {self.heard}")
        said: Message = orjson.loads(message.data)
        self.heard.append(said)
        return said

    def of(self, kind: str) -> list[Message]:
        """What was heard of one kind."""
        return [each for each in self.heard if each["type"] == kind]


@contextmanager
def idle_socket(here: Serving, request: bytes) -> Iterator[socket.socket]:
    """A connection of somebody who has room for next to nothing, says this and reads nothing."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", URL(here.url).port))
        connection.sendall(request)
        yield connection


async def has_connections(here: Serving, count: int) -> bool:
    """Whether the server holds so many connections."""
    return len(here.server.server_state.connections) == count


def numbers(messages: list[Message], name: str = "number") -> list[int]:
    """The running numbers of the rows in a tail's messages."""
    return [int(value) for each in messages for value in each.get("columns", {}).get(name, ())]


@asynccontextmanager
async def words(client: aiohttp.ClientSession, **options: Any) -> AsyncIterator[Word]:
    """A connection of this client, until the block ends."""
    async with client.ws_connect(PATH, **options) as ws:
        yield Word(ws)


async def fed(here: Serving, first: int = 0, count: int = 10, name: str = "main") -> None:
    """Send lines with the numbers from `first` on to an engine."""
    ports = {each["engine"]: each["port"] for each in await factory(here).list_engines()}
    send(ports[name], numbered(range(first, first + count)))


def factory(here: Serving) -> Any:
    """The factory, asked by the test."""
    return here.services.factories.of("api:test")


async def watched(word: Word, here: Serving, name: str = "a") -> int:
    """Send lines until a tail shows one; from then on it misses none. The next number."""
    for number in range(10_000, 11_000):
        await fed(here, number, 1)
        try:
            async with asyncio.timeout(0.5):
                await word.rows(name, 1)
        except TimeoutError:
            continue
        return number + 1
    raise AssertionError("the tail shows nothing")
