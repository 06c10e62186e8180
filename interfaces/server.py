"""The server under the interface: a socket on 127.0.0.1, uvicorn on the caller's loop, and its signals left alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from interfaces.errors import BadRequest, to_wire
from interfaces.operations import HOST
from interfaces.request_head import LimitedHead
from syslogger.errors import BindError

CONNECTIONS = 256
IDLE_SECONDS = 75
WORD_BYTES = 1 << 12
ENDING_SECONDS = 5


def listening(port: int) -> socket.socket:
    """A socket bound to a port of 127.0.0.1; 0 is any free one. Raises BindError."""
    # With the protocol named asyncio sets TCP_NODELAY on what is accepted; measured: 0.35 instead of 45 ms a request.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        message = f"{HOST}:{port} cannot be bound: {error.strerror}; end what has it, or set INTERFACE_FACTORY_PORT"
        raise BindError(message) from error
    return listener


class _Protocol(LimitedHead):
    def refusal(self, message: str) -> dict[str, Any]:
        return to_wire(BadRequest(message, hint="speak HTTP/1.1: POST /v1/<operation>"))[1]


class Server(uvicorn.Server):
    """One server; signals are its owner's. `end` is safe to call from the loop at any time."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(
            uvicorn.Config(
                app,
                http=_Protocol,
                ws="websockets-sansio",
                ws_max_size=WORD_BYTES,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,  # who asks is who connects, whatever the request claims
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_keep_alive=IDLE_SECONDS,
                timeout_graceful_shutdown=ENDING_SECONDS,
            )
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        number: int = self._listener.getsockname()[1]
        return number

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave them alone."""
        yield

    async def run_until_ended(self) -> None:
        """Answer until `end`; what was asked before is answered still, for five seconds at most."""
        with self._listener:
            await self.serve(sockets=[self._listener])

    def end(self) -> None:
        """Take no more requests."""
        self.should_exit = True
