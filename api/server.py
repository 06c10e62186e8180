"""The API's process: a socket, uvicorn on uvloop, signals.

Runs in     the process of `syslogger api`
Reads       requests and WebSockets; SIGTERM and SIGINT; answers of the factory and of the reader's processes
Writes      answers, `api.db`; starts the reader's processes
Ends when   a signal has come, or who started it is gone: what is being answered has ten seconds
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
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from api.app import create_app
from api.errors import ApiError
from api.settings import ApiSettings
from interfaces.request_head import LimitedHead
from syslogger.errors import BindError

CONNECTIONS = 1_000
IDLE_SECONDS = 75
WORD_BYTES = 1 << 16  # of a WebSocket's message
FAREWELL_SECONDS = 20.0  # for what was said on a WebSocket to be read by the other side when it is over
UNREAD_SECONDS = 120  # for a reader who takes nothing; then the kernel closes the connection
ENDING_SECONDS = 10

Ready = Callable[[str, Path | None], None]


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to an address; port 0 is any free one. Raises BindError."""
    family = socket.AF_INET6 if isinstance(ip_address(host), IPv6Address) else socket.AF_INET
    # With the protocol named asyncio sets TCP_NODELAY on what is accepted.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted has it, too. uvicorn would hold the answer for who reads nothing, and a connection, for ever.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1_000)
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


class _Protocol(LimitedHead):
    def refusal(self, message: str) -> dict[str, Any]:
        return ApiError(400, "invalid", message, hint="speak HTTP/1.1").body()


class _Words(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, let go of for good when it is over: closing alone waits until everything was read."""

    _given_up: asyncio.TimerHandle | None = None

    async def run_asgi(self) -> None:
        try:
            await super().run_asgi()
        finally:
            if not self.writable.is_set():  # it did not even read that it is closed
                self.transport.abort()
            self._give_up_later()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._give_up_later()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._given_up is not None:
            self._given_up.cancel()
        super().connection_lost(exc)

    def _give_up_later(self) -> None:
        if self._given_up is None and not self.disconnected:
            self._given_up = self.loop.call_later(FAREWELL_SECONDS, self.transport.abort)


class Server(uvicorn.Server):
    """One server on a socket; signals are its owner's. `end` is safe to call from the loop at any time."""

    def __init__(self, app: FastAPI, listener: socket.socket, ready: Ready = lambda _url, _door: None) -> None:
        self._app, self._listener, self._ready = app, listener, ready
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws=_Words,
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
