"""Piece: a worker's answer to a range of rows of one batch, in the batch's out-slot.

Nearly always a batch is one piece. Only when its columns would not fit the slot (long lines, many fields, all found)
is it cut by rows: each piece is committed before the next is written, so memory stays bounded by the rings.

header: start cursor, end cursor, first row in the slot, senders, packed bytes, side bytes, IPC bytes, has originals,
the mark of the class that read it, then the counts. body: the lines packed row to row (or none: then they are read
where they were received), side, fields, and the length of each row's datagram.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.arrow import string_views
from syslogger.ledger import COUNTERS, Counts
from syslogger.ring import ROW_BITS, ROW_MASK

if TYPE_CHECKING:
    from syslogger.ring import Ring

ORIGINAL = "original_log"
NUMBERS = 9
# What Arrow's stream adds to its columns; 405 of them with names of 40 characters took 74 kB.
STREAM_BYTES = 1 << 12
COLUMN_BYTES = 512


class PieceTooLargeError(Exception):
    """The columns of these rows do not fit an out-slot: take fewer rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a batch on their way to the day file.

    start, end: cursors; table: every column but the id, one row a stored message; counts: of all messages between the
    cursors; sender_keys (n, 16) and sender_counts (n, 7), as in `OutSlot`; lengths (uint32, one a row): bytes of the
    datagrams as received; mark: which patterns read it.
    The words of the column `log_sender_ip` are the senders that have rows, in the order of `sender_keys`; those of
    `client` are all clients, in the order by which `sender_counts` speaks of them.
    """

    start: int
    end: int
    table: pa.RecordBatch
    counts: Counts
    sender_keys: np.ndarray
    sender_counts: np.ndarray
    lengths: np.ndarray
    mark: int = 0

    @property
    def sequence(self) -> int:
        """The batch it is of."""
        return self.start >> ROW_BITS

    def stamps(self) -> np.ndarray:
        """The rows' times of receipt (int64, microseconds since the epoch)."""
        stamps: np.ndarray = self.table.column("received_at").to_numpy()
        return stamps

    def clients(self) -> set[str]:
        """The client names that have rows."""
        column = self.table.column("client")
        return {column.dictionary[code].as_py() for code in np.unique(column.indices.to_numpy()).tolist()}

    def stamped(self, stamps: np.ndarray) -> pa.RecordBatch:
        """The table with other stamps."""
        place = self.table.schema.get_field_index("received_at")
        return self.table.set_column(place, "received_at", pa.array(stamps))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker writes: like `Piece`, the original lines still as views.

    Buffer 0 of the views is the first `packed` bytes of the out-slot's body, where the worker has laid the lines
    already, or, if that is 0, the in-slot from the first row on; buffer 1 is `side`.
    """

    start: int
    end: int
    fields: pa.RecordBatch
    views: np.ndarray | None
    side: bytes
    counts: Counts
    sender_keys: np.ndarray
    sender_counts: np.ndarray
    lengths: np.ndarray
    packed: int = 0
    mark: int = 0

    def fits(self, body_bytes: int) -> bool:
        """Whether an out-slot's body has room for it."""
        stream_bytes = self.fields.nbytes + STREAM_BYTES + COLUMN_BYTES * self.fields.num_columns
        return bool(self.packed + len(self.side) + stream_bytes + self.lengths.nbytes <= body_bytes)


def write_piece(ring: Ring, answer: Answer) -> None:
    """Lay an answer into its out-slot and say so in its word. Raises PieceTooLargeError; the word is unchanged then."""
    sequence = answer.start >> ROW_BITS
    slot = ring.out_slot(sequence)
    packed, side, senders = answer.packed, len(answer.side), len(answer.sender_keys)
    if not answer.fits(len(slot.body)):
        raise PieceTooLargeError
    slot.body[packed : packed + side] = np.frombuffer(answer.side, np.uint8)
    ipc_start = _aligned(packed + side)
    ipc_bytes = _write_ipc(slot.body[ipc_start:], answer.fields)
    _lengths(slot.body, ipc_start + ipc_bytes, len(answer.lengths))[:] = answer.lengths
    slot.sender_keys[:senders] = answer.sender_keys
    slot.sender_counts[:senders] = answer.sender_counts
    if answer.views is not None:
        slot.views[: len(answer.views)] = answer.views
    row = answer.start & ROW_MASK
    numbers = (
        answer.start,
        answer.end,
        row,
        senders,
        packed,
        side,
        ipc_bytes,
        int(answer.views is not None),
        answer.mark,
    )
    slot.header[: NUMBERS + COUNTERS] = (*numbers, *answer.counts.numbers())
    ring.out[sequence % ring.geometry.slots] = answer.start + 1


def read_piece(ring: Ring, sequence: int) -> Piece:
    """The piece that lies ready for `sequence`, without a copy: valid until the slot is settled."""
    slot = ring.out_slot(sequence)
    start, end, row, senders, packed, side, ipc_bytes, has_originals, mark = slot.header[:NUMBERS].tolist()
    ipc_start = _aligned(packed + side)
    with pa.ipc.open_stream(pa.py_buffer(slot.body[ipc_start : ipc_start + ipc_bytes])) as stream:
        table = stream.read_next_batch()
    originals = pa.nulls(table.num_rows, pa.string_view())
    if has_originals:
        lines = slot.body[:packed] if packed else ring.in_slot(sequence).data[row:]
        others = slot.body[packed : packed + side]
        originals = string_views(slot.views[: table.num_rows], pa.py_buffer(lines), pa.py_buffer(others))
    return Piece(
        start=start,
        end=end,
        table=table.append_column(ORIGINAL, originals),
        counts=Counts.of(slot.header[NUMBERS : NUMBERS + COUNTERS].tolist()),
        sender_keys=slot.sender_keys[:senders],
        sender_counts=slot.sender_counts[:senders],
        lengths=_lengths(slot.body, ipc_start + ipc_bytes, table.num_rows),
        mark=mark,
    )


def _write_ipc(room: np.ndarray, fields: pa.RecordBatch) -> int:
    sink = pa.FixedSizeBufferWriter(pa.py_buffer(room))
    with pa.ipc.new_stream(sink, fields.schema) as stream:
        stream.write_batch(fields)
    return int(sink.tell())


def _lengths(body: np.ndarray, behind: int, rows: int) -> np.ndarray:
    start = _aligned(behind)
    return body[start : start + 4 * rows].view(np.uint32)


def _aligned(offset: int) -> int:
    return -(-offset // 64) * 64
