"""What refused senders said, for the table of senders: read from the in-slot while it is still ours.

The worker names one message of each. The others of a sender are found by its address, which means looking through the
slot; so that is done for a few senders of a piece: a flood of strangers must not hold up the rows of the clients.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from syslogger.ring import ROW_MASK
from syslogger.senders import COUNTED, REFUSED, SAMPLE_BYTES

if TYPE_CHECKING:
    from syslogger.piece import Piece
    from syslogger.ring import Ring

MOST_SEARCHED = 32
MOST_MESSAGES = 8


class Said:
    """The messages of a piece by sender."""

    def __init__(self, ring: Ring, piece: Piece) -> None:
        self._ring, self._piece = ring, piece
        self._searched = 0

    def __call__(self, sender: int) -> list[bytes]:
        """The first messages of one that is refused (then all its messages of a piece are), `SAMPLE_BYTES` of each."""
        slot = self._ring.in_slot(self._piece.sequence)
        return [slot.head(row, SAMPLE_BYTES) for row in self._rows(sender)]

    def _rows(self, sender: int) -> list[int]:
        counts = self._piece.sender_counts[sender]
        if counts[REFUSED] == 1 or self._searched == MOST_SEARCHED:
            return [int(counts[COUNTED]) - 1]
        self._searched += 1
        words = np.ascontiguousarray(self._piece.sender_keys[sender]).view(np.uint64)
        found = np.flatnonzero((self._senders[:, 0] == words[0]) & (self._senders[:, 1] == words[1]))
        rows: list[int] = (found[:MOST_MESSAGES] + (self._piece.start & ROW_MASK)).tolist()
        return rows

    @cached_property
    def _senders(self) -> np.ndarray:
        """Whose each message of the piece is: an address as two words, uint64 (n, 2)."""
        sequence, first = self._piece.sequence, self._piece.start & ROW_MASK
        last = self._piece.end & ROW_MASK or self._ring.rows_in(sequence)
        return np.ascontiguousarray(self._ring.in_slot(sequence).senders(last)[first:]).view(np.uint64)
