"""The API's process: a socket, uvicorn on uvloop, signals.

Runs in     the process of `syslogger api`
Reads       requests and WebSockets; SIGTERM and SIGINT; answers of the factory and of the reader's processes
Writes      answers, `api.db`; starts the reader's processes
Ends when   a signal has come, or who started it is gone: what is being answered has ten seconds

The head of a request has its seconds and its bytes: uvicorn would wait for it, and take it, for ever.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import orjson
import uvicorn
import uvloop
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.app import create_app
from api.errors import ApiError
from api.settings import ApiSettings
from syslogger.errors import BindError

CONNECTIONS = 1_000
HEAD_SECONDS = 10.0
HEAD_BYTES = 1 << 16
IDLE_SECONDS = 75
WORD_BYTES = 1 << 16  # of a WebSocket's message
ENDING_SECONDS = 10

Ready = Callable[[str, Path | None], None]


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 is any free one. Raises BindError."""
    family = socket.AF_INET6 if isinstance(ip_address(host), IPv6Address) else socket.AF_INET
    # With the protocol named asyncio sets TCP_NODELAY on what is accepted.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        listener.bind((host, port))
        listener.listen(CONNECTIONS)
    except OSError as error:
        listener.close()
        right = "end what has it, or set FAST_API_SERVER_HOST and FAST_API_SERVER_PORT"
        raise BindError(f"{host}:{port} cannot be bound: {error.strerror}; {right}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Where a person on this machine finds it."""
    host, port = listener.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


class _Protocol(HttpToolsProtocol):
    """uvicorn's, with limits for the head of a request, and with errors in our form."""

    _late: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        super().connection_made(transport)
        self._begin_head()

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._late is not None and self._head_bytes > HEAD_BYTES:
            self.send_400_response(f"the head of the request is larger than {HEAD_BYTES:,} bytes")

    def on_message_begin(self) -> None:
        self._begin_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._end_head()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_head()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """What is no request at all gets a sentence of ours."""
        self._end_head()
        body = orjson.dumps(ApiError(400, "invalid", msg, hint="speak HTTP/1.1").body())
        head = (
            "HTTP/1.1 400 Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("".join(f"{line}\r\n" for line in (*head, "")).encode() + body)
        self.transport.close()

    def _begin_head(self) -> None:
        if self._late is None:  # the first head of a connection begins with the connection
            self._head_bytes = 0
            self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _end_head(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class Server(uvicorn.Server):
    """One server on a socket; signals are its owner's. `end` is safe to call from the loop at any time."""

    def __init__(self, app: FastAPI, listener: socket.socket, ready: Ready = lambda _url, _door: None) -> None:
        self._app, self._listener, self._ready = app, listener, ready
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="websockets-sansio",
                ws_max_size=WORD_BYTES,
                ws_per_message_deflate=False,
                lifespan="off",  # it is ours: what goes wrong in it is an error with a sentence
                log_config=None,
                access_log=False,  # who did what is in the audit
                proxy_headers=False,  # TRUSTED_PROXIES are `Proxies`' matter
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=ENDING_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        self._ready(url_of(self._listener), self._app.state.services.door)

    async def run_until_ended(self) -> None:
        """Open everything and answer until `end`. Raises StoreError."""
        async with self._app.router.lifespan_context(self._app):
            await self.serve(sockets=[self._listener])

    def end(self) -> None:
        """Take no more requests; asked once more, do not wait for those that are being answered."""
        self.force_exit = self.should_exit
        self.should_exit = True


def run(settings: ApiSettings, ready: Ready, owner: int | None = None) -> None:
    """Answer until a signal; owner: a descriptor that closes when whoever started it is gone.

    Raises BindError, StoreError.
    """
    with (
        listening(settings.host, settings.port) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(settings, listener, ready, owner))


async def _serve(settings: ApiSettings, listener: socket.socket, ready: Ready, owner: int | None) -> None:
    server = Server(create_app(settings), listener, ready)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, server.end)
    if owner is not None:
        os.set_blocking(owner, False)
        loop.add_reader(owner, _owner_is_gone, loop, owner, server)
    await server.run_until_ended()


def _owner_is_gone(loop: asyncio.AbstractEventLoop, descriptor: int, server: Server) -> None:
    loop.remove_reader(descriptor)
    server.end()
