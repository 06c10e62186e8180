"""Piece: a worker's answer to a range of rows of one batch, in the batch's out-slot.

Nearly always a batch is one piece. Only when its columns would not fit the slot (long lines, many fields, all found)
is it cut by rows: each piece is committed before the next is written, so memory stays bounded by the rings.

header: start cursor, end cursor, first row in the slot, senders, side bytes, IPC bytes, has originals, then the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.ledger import COUNTERS, Counts
from syslogger.ring import ROW_BITS, ROW_MASK

if TYPE_CHECKING:
    from syslogger.ring import OutSlot, Ring

ORIGINAL = "original_log"
NUMBERS = 7
MARGIN_BYTES = 1 << 16  # IPC metadata: 200 fields take 40 kB


class PieceTooLargeError(Exception):
    """The columns of these rows do not fit an out-slot: take fewer rows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a batch on their way to the day file.

    start, end: cursors; table: every column but the id, one row a stored message; counts: of all messages between the
    cursors; sender_keys (n, 16) and sender_counts (n, 4: received, stored, refused, row + 1 of a refused sample).
    """

    start: int
    end: int
    table: pa.RecordBatch
    counts: Counts
    sender_keys: np.ndarray
    sender_counts: np.ndarray

    @property
    def sequence(self) -> int:
        """The batch it is of."""
        return self.start >> ROW_BITS

    def stamps(self) -> np.ndarray:
        """The rows' times of receipt (int64, microseconds since the epoch)."""
        return self.table.column("received_at").to_numpy()

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
    """What a worker writes: like `Piece`, the original lines still as views of the in-slot and of `side`."""

    start: int
    end: int
    fields: pa.RecordBatch
    views: np.ndarray | None
    side: bytes
    counts: Counts
    sender_keys: np.ndarray
    sender_counts: np.ndarray


def write_piece(ring: Ring, answer: Answer) -> None:
    """Lay an answer into its out-slot and say so in its word. Raises PieceTooLargeError; the slot is unchanged then."""
    sequence = answer.start >> ROW_BITS
    slot = ring.out_slot(sequence)
    side, senders = len(answer.side), len(answer.sender_keys)
    if side + answer.fields.nbytes + MARGIN_BYTES > len(slot.body):
        raise PieceTooLargeError
    slot.body[:side] = np.frombuffer(answer.side, np.uint8)
    ipc_start = -(-side // 64) * 64
    ipc_bytes = _write_ipc(slot.body[ipc_start:], answer.fields)
    slot.sender_keys[:senders] = answer.sender_keys
    slot.sender_counts[:senders] = answer.sender_counts
    if answer.views is not None:
        slot.views[: len(answer.views)] = answer.views
    row = answer.start & ROW_MASK
    numbers = (answer.start, answer.end, row, senders, side, ipc_bytes, int(answer.views is not None))
    slot.header[: NUMBERS + COUNTERS] = (*numbers, *answer.counts.numbers())
    ring.out[sequence % ring.geometry.slots] = answer.start + 1


def read_piece(ring: Ring, sequence: int) -> Piece:
    """The piece that lies ready for `sequence`, without a copy: valid until the slot is settled."""
    slot = ring.out_slot(sequence)
    start, end, row, senders, side, ipc_bytes, has_originals = slot.header[:NUMBERS].tolist()
    ipc_start = -(-side // 64) * 64
    with pa.ipc.open_stream(pa.py_buffer(slot.body[ipc_start : ipc_start + ipc_bytes])) as stream:
        table = stream.read_next_batch()
    return Piece(
        start=start,
        end=end,
        table=table.append_column(ORIGINAL, _originals(ring, slot, sequence, row, side, table.num_rows, has_originals)),
        counts=Counts.of(slot.header[NUMBERS : NUMBERS + COUNTERS].tolist()),
        sender_keys=slot.sender_keys[:senders],
        sender_counts=slot.sender_counts[:senders],
    )


def _write_ipc(room: np.ndarray, fields: pa.RecordBatch) -> int:
    sink = pa.FixedSizeBufferWriter(pa.py_buffer(room))
    with pa.ipc.new_stream(sink, fields.schema) as stream:
        stream.write_batch(fields)
    return int(sink.tell())


def _originals(ring: Ring, slot: OutSlot, sequence: int, row: int, side: int, rows: int, has: int) -> pa.Array:
    if not has:
        return pa.nulls(rows, pa.string_view())
    buffers = [pa.py_buffer(ring.in_slot(sequence).data[row:]), pa.py_buffer(slot.body[:side])]
    return pa.Array.from_buffers(pa.string_view(), rows, [None, pa.py_buffer(slot.views[:rows]), *buffers])
