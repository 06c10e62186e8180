"""The factory's interface over real sockets, before a small service that keeps its engines in memory."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from interfaces.errors import NotFound, Refused
from interfaces.http import Caller, make_app
from interfaces.requests import CreateEngine, OfEngine, Request
from interfaces.server import Server, listening
from interfaces.stream import Broadcast, Subscription
from tests.support import wait_until

TOKEN = "a-token-that-is-long-enough-for-a-test"
SECONDS = 60.0
Reply = tuple[int, dict[str, str], Any]


@dataclass
class Book:
    """A service: engines are created, listed and started; what else is asked is written down."""

    broadcast: Broadcast = field(default_factory=Broadcast)
    engines: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Request, Caller]] = field(default_factory=list)
    raises: BaseException | None = None
    answer: object = None
    held: asyncio.Event | None = None
    waiting: int = 0

    async def call(self, operation: str, request: Request, caller: Caller) -> object:
        """Write it down and do it."""
        self.asked.append((operation, request, caller))
        if self.held is not None:
            self.waiting += 1
            await self.held.wait()
        if self.raises is not None:
            raise self.raises
        if isinstance(request, CreateEngine):
            return self._create(request)
        if operation == "engines.list":
            return list(self.engines.values())
        if operation == "engines.start" and self.answer is None and isinstance(request, OfEngine):
            raise NotFound(f"there is no engine {request.name!r}", field="name", hint="engines.list shows them")
        return self.answer

    def _create(self, request: CreateEngine) -> object:
        name = request.engine.name
        if name in self.engines:
            raise Refused(f"there is an engine {name!r} already", field="engine.name", hint="another name")
        self.engines[name] = {"name": name, "port": request.engine.port, "autostart": request.autostart}
        return self.engines[name]

    def subscribe(self) -> Subscription:
        """What happens from now on."""
        return self.broadcast.subscribe()


class Interface:
    """A server in a thread of its own."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._listener = listening(0)
        self.port: int = self._listener.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self._server = Server(make_app(self.book, TOKEN), self._listener)
        self.loop.run_until_complete(self._server.run_until_ended())
        self.loop.close()

    def start(self) -> None:
        """Return when it answers."""
        self._thread.start()
        wait_until(lambda: self._server is not None and self._server.started, SECONDS, "the server answers")

    def soon(self, call: Any, *arguments: object) -> None:
        """Have something called on the server's loop."""
        self.loop.call_soon_threadsafe(call, *arguments)

    def stop(self) -> None:
        """Return when it has ended."""
        assert self._server is not None
        self.soon(self._server.end)
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    def ask(
        self,
        operation: str,
        body: object = None,
        *,
        method: str = "POST",
        headers: Mapping[str, str | None] | None = None,
        path: str | None = None,
    ) -> Reply:
        """One request; `body` is bytes as they are, or becomes JSON. A header that is None is not sent."""
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        usual: dict[str, str | None] = {
            "Host": f"127.0.0.1:{self.port}",
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            "X-Syslogger-Author": "cli:anna",
        }
        sent = {name: value for name, value in {**usual, **(headers or {})}.items() if value is not None}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request(method, path or f"/v1/{operation}", data, sent)
            response = connection.getresponse()
            content = response.read()
            return (
                response.status,
                {key.lower(): value for key, value in response.getheaders()},
                json.loads(content or b"null"),
            )
        finally:
            connection.close()


@contextmanager
def interface(book: Book | None = None) -> Iterator[Interface]:
    """An interface that runs for the block."""
    running = Interface(book or Book())
    running.start()
    try:
        yield running
    finally:
        running.stop()


def engine(name: str = "main", **more: object) -> dict[str, object]:
    """An engine in the form of the file."""
    return {"name": name, "class": "mikrotik", "port": 5140, **more}


def code_of(reply: Reply) -> tuple[int, str]:
    """The status of an answer and the code of its error."""
    return reply[0], reply[2]["error"]["code"]


def raw(door: Interface, data: bytes) -> bytes:
    """Everything that comes back for bytes sent as they are, until the server closes."""
    with socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def head(door: Interface, *more: str, operation: str = "engines.list") -> bytes:
    """The head of a request that may be asked, without its empty line."""
    lines = [
        f"POST /v1/{operation} HTTP/1.1",
        f"Host: 127.0.0.1:{door.port}",
        f"Authorization: Bearer {TOKEN}",
        *more,
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()
