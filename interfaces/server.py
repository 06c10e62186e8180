"""The server under the interface: a socket on 127.0.0.1, uvicorn on the caller's loop, and its signals left alone.

uvicorn waits for the head of a request as long as it takes and takes whatever comes of it; here a head has its seconds
and its bytes, so that strangers can neither hold all connections nor fill the memory.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from interfaces.errors import BadRequest, to_wire
from interfaces.operations import HOST
from syslogger.errors import BindError

CONNECTIONS = 256
HEAD_SECONDS = 10.0
HEAD_BYTES = 1 << 16
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
        _, content = to_wire(BadRequest(msg, hint="speak HTTP/1.1: POST /v1/<operation>"))
        body = orjson.dumps(content)
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
