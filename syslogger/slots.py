"""Slots: the shape of what lies in shared memory between the processes of an engine.

An in-slot is filled by recvmmsg(2): data, and beside it headers, names and vectors that the kernel reads and writes.
An out-slot holds a worker's answer to the in-slot of the same number. Who may touch which, and when, is the ring's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from syslogger.batch import V4_MAPPED, Batch
from syslogger.shared import PAGE_BYTES, address_of

SLOT_BYTES = 32 << 20
MAX_ROWS = 8192
NAME_BYTES = 32
NEAR_BYTES = 512
GAP_BYTES = 64
MSG_TRUNC = 0x20
SENDER_COUNTS = 7

# struct mmsghdr of the 64-bit Linux ABI (recvmmsg(2), recvmsg(2))
MMSGHDR = np.dtype(
    {
        "names": ["name", "name_length", "iov", "iov_count", "control", "control_length", "flags", "length"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
IOVEC = np.dtype([("base", "u8"), ("length", "u8")])


@dataclass(frozen=True, slots=True)
class Geometry:
    """The sizes of one engine's rings. `stride` is never a multiple of 4,096: rows would share cache sets.

    The first `near_bytes` of a message (0: all of it lies in its row) are received into rows that lie close together:
    most lines end there, so a slot of them takes 2 MB instead of a page a line.
    """

    slots: int
    rows: int
    message_bytes: int
    stride: int
    body_bytes: int
    workers: int
    fields: int
    sockets: int
    near_bytes: int = 0

    @classmethod
    def of(cls, max_message_bytes: int, slots: int, workers: int, fields: int, sockets: int) -> Geometry:
        """Rows fill 32 MiB at most; an answer has room for one row of the longest text, escaped, in every field."""
        stride = -(-max_message_bytes // 64) * 64 + 64
        stride += 64 if stride % PAGE_BYTES == 0 else 0
        body = max(SLOT_BYTES, 4 * max_message_bytes * (fields + 2) + (1 << 20))
        near = NEAR_BYTES if max_message_bytes >= 4 * NEAR_BYTES else 0
        rows = min(MAX_ROWS, SLOT_BYTES // (stride + (near + GAP_BYTES if near else 0)))
        return cls(slots, rows, max_message_bytes, stride, body, workers, fields, sockets, near)


@dataclass(frozen=True, slots=True)
class InSlot:
    """One slot of the receive ring: room for `rows` datagrams and what recvmmsg(2) needs to fill them.

    data: uint8 (rows, stride), where whole messages lie; near: (rows, near_bytes + gap), where they begin, if not
    there: what follows the near part is received into its place in `data`.
    """

    data: np.ndarray
    near: np.ndarray
    headers: np.ndarray
    names: np.ndarray
    stamps: np.ndarray
    iovecs: np.ndarray
    headers_address: int
    ipv4_only: bool

    def batch(self, count: int) -> Batch:
        """The first `count` messages."""
        headers = self.headers[:count]
        lengths = headers["length"].copy()
        return Batch(
            data=self._lines(count, int(lengths.max(initial=0))),
            lengths=lengths,
            senders=self.senders(count),
            received_at=self.stamps[:count],
            truncated=headers["flags"] & MSG_TRUNC != 0,
        )

    def head(self, row: int, most: int) -> bytes:
        """The beginning of one message, at most `most` bytes, and no more than its near part."""
        lines = self.near[:, :-GAP_BYTES] if len(self.near) else self.data
        return bytes(lines[row, : min(most, int(self.headers["length"][row]))].tobytes())

    def _lines(self, count: int, longest: int) -> np.ndarray:
        """Rows that hold the messages whole: the near ones if all end there, else `data` with the near parts put in."""
        near_bytes = self.near.shape[1] - GAP_BYTES
        if not len(self.near) or longest > near_bytes:
            if len(self.near):
                self.data[:count, :near_bytes] = self.near[:count, :near_bytes]
            return self.data[:count]
        return self.near[:count]

    def senders(self, count: int) -> np.ndarray:
        """Who sent the first `count` messages, as in `Batch`."""
        # sockaddr_in6 has its 16 address bytes at 8, sockaddr_in its 4 at 4 (ipv6(7), ip(7))
        if not self.ipv4_only:
            return self.names[:count, 8:24]
        senders = np.empty((count, 16), np.uint8)
        senders[:, :12] = np.frombuffer(V4_MAPPED, np.uint8)
        senders[:, 12:] = self.names[:count, 4:8]
        return senders

    def reset(self) -> None:
        """Make every header say that nothing was received yet."""
        self.headers["name_length"] = NAME_BYTES
        self.headers["length"] = 0

    def received(self) -> int:
        """How many entries the kernel has filled since `reset`: those whose name length it has overwritten."""
        untouched = np.flatnonzero(self.headers["name_length"] == NAME_BYTES)
        return int(untouched[0]) if len(untouched) else len(self.headers)


@dataclass(frozen=True, slots=True)
class OutSlot:
    """One slot of the answer ring: a worker's piece for the writer.

    header: int64, see `piece`; sender_keys uint8 (rows, 16), sender_counts uint32 (rows, 7) = received, stored,
    refused, dropped, bytes, refused sample's row + 1, client's place + 1 (0: nobody's); views uint32 (rows, 4): the
    original lines as Arrow string views; body: the lines packed row to row, texts that differ from what was received,
    the fields as an Arrow IPC stream, then how long the datagram of each row was (uint32).
    """

    header: np.ndarray
    sender_keys: np.ndarray
    sender_counts: np.ndarray
    views: np.ndarray
    body: np.ndarray


def wire(slot: InSlot, geometry: Geometry) -> None:
    """Point every header at its name and its rows; the addresses hold in every process forked from this one."""
    rows, near = np.arange(geometry.rows, dtype=np.uint64), geometry.near_bytes
    slot.iovecs["base"][:, -1] = address_of(slot.data) + near + rows * np.uint64(geometry.stride)
    slot.iovecs["length"][:, -1] = geometry.message_bytes - near
    if near:
        slot.iovecs["base"][:, 0] = address_of(slot.near) + rows * np.uint64(near + GAP_BYTES)
        slot.iovecs["length"][:, 0] = near
    slot.headers["name"] = address_of(slot.names) + rows * np.uint64(NAME_BYTES)
    slot.headers["iov"] = address_of(slot.iovecs) + rows * np.uint64(IOVEC.itemsize * slot.iovecs.shape[1])
    slot.headers["iov_count"] = slot.iovecs.shape[1]
