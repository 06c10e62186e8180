"""Parcels: a JSON head and bytes, whole and in order, on a socket between a reader process and its owner.

    head bytes (u32) | body bytes (u32) | head | body      (little endian)

Neither side reads more than one parcel: what follows it stays in the socket, so that a process can see that its owner
has said something without hearing it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

import orjson

PREFIX = struct.Struct("<II")
READ_BYTES = 1 << 18
SEND_BYTES = 1 << 20

Head = dict[str, Any]


class Parcels:
    """One end. `wait` is called before each read, and may raise instead of returning."""

    def __init__(self, connection: socket.socket, wait: Callable[[], None] = lambda: None) -> None:
        self.socket = connection
        self._wait = wait

    def send(self, head: Head, body: bytes = b"") -> None:
        """Send one. Raises OSError when nobody is left to hear it."""
        said = orjson.dumps(head)
        self.socket.sendall(PREFIX.pack(len(said), len(body)) + said)
        for start in range(0, len(body), SEND_BYTES):  # a time limit of the socket is for each of them
            self.socket.sendall(memoryview(body)[start : start + SEND_BYTES])

    def receive(self) -> tuple[Head, bytes] | None:
        """Wait for one; None when the other side is gone."""
        prefix = self._exactly(PREFIX.size)
        if prefix is None:
            return None
        head_bytes, body_bytes = PREFIX.unpack(prefix)
        head, body = self._exactly(head_bytes), self._exactly(body_bytes)
        return None if head is None or body is None else (orjson.loads(head), bytes(body))

    def _exactly(self, count: int) -> bytearray | None:
        data = bytearray(count)
        view, filled = memoryview(data), 0
        while filled < count:
            self._wait()
            try:
                more = self.socket.recv_into(view[filled : filled + READ_BYTES])
            except ConnectionResetError:  # who dies with unread words resets the connection
                return None
            if not more:
                return None
            filled += more
        return data
