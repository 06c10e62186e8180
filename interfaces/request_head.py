"""The head of a request has its seconds and its bytes; uvicorn waits for it, and takes it, for ever.

So strangers can neither hold all connections nor fill the memory.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
HEAD_BYTES = 1 << 16


class LimitedHead(HttpToolsProtocol, ABC):
    """uvicorn's protocol with these limits, and with errors in the form of the server that it is of."""

    _late: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Somebody is there: the first head begins."""
        super().connection_made(transport)
        self._begin_head()

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self._late is not None and self._head_bytes > HEAD_BYTES:
            self.send_400_response(f"the head of the request is larger than {HEAD_BYTES:,} bytes")

    def on_message_begin(self) -> None:
        """The next head begins."""
        self._begin_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """What follows is the body, which has limits of its own."""
        self._end_head()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._end_head()
        super().connection_lost(exc)

    @abstractmethod
    def refusal(self, message: str) -> dict[str, Any]:
        """The body of the answer to what is no request at all."""

    def send_400_response(self, msg: str) -> None:
        """What is no request at all gets a sentence of ours."""
        self._end_head()
        body = orjson.dumps(self.refusal(msg))
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
