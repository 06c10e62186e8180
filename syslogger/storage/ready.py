"""Ready: which pieces lie in the out-slots, told of by the workers, and which comes next.

Workers finish in any order; pieces are taken in the order of receipt. For the rows of a batch whose worker is gone and
has left no answer, `Lost` stands in the piece's place, so that what comes behind is not held up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from syslogger.piece import Piece, read_piece
from syslogger.ring import ROW_BITS, ROW_MASK, cursor
from syslogger.storage.attempt import Lost

if TYPE_CHECKING:
    from collections.abc import Iterable

    from syslogger.ring import Ring

MESSAGE_BYTES = 8


class Ready:
    """The pieces that wait for the writer."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._told: dict[int, int] = {}
        self._working = set(range(ring.geometry.workers))

    def find(self) -> None:
        """See what lies there already: a dead writer may have been told of it."""
        first = self._ring.settled_cursor >> ROW_BITS
        ready = [sequence for sequence in range(first, self._ring.head + 1) if self._ring.has_answer(sequence)]
        self._told = {sequence: int(self._ring.out_slot(sequence).header[0]) for sequence in ready}

    def hear(self, data: bytes) -> bool:
        """Take what workers say: the starts of pieces, or that nothing follows. True if the first piece is among it."""
        before = bool(self._told)
        for number in np.frombuffer(data, np.uint64).tolist():
            if number >= (1 << 64) - self._ring.geometry.workers:
                self._working.discard((1 << 64) - 1 - number)
            elif number >= self._ring.settled_cursor:  # a worker's successor tells of pieces that may be settled
                self._told[number >> ROW_BITS] = number
        return bool(self._told) and not before

    def forget(self, pieces: Iterable[Piece | Lost]) -> None:
        """These are settled."""
        for piece in pieces:
            self._told.pop(piece.start >> ROW_BITS, None)

    @property
    def has_next(self) -> bool:
        """Whether the next piece in order was told of."""
        wanted = self._ring.settled_cursor
        return self._told.get(wanted >> ROW_BITS) == wanted

    @property
    def all_said(self) -> bool:
        """Whether no worker says anything more."""
        return not self._working

    def next_pieces(self, most: int) -> list[Piece | Lost]:
        """The next pieces in order, at most so many."""
        wanted = self._ring.settled_cursor
        pieces: list[Piece | Lost] = []
        while len(pieces) < most:
            piece = self._piece_at(wanted)
            if piece is None:
                break
            pieces.append(piece)
            wanted = piece.end
        return pieces

    def pieces_until(self, end: int) -> list[Piece]:
        """The pieces between the settled cursor and another, which was committed: their slots are still untouched."""
        pieces, wanted = [], self._ring.settled_cursor
        while wanted < end and self._ring.has_answer_at(wanted):
            pieces.append(read_piece(self._ring, wanted >> ROW_BITS))
            wanted = pieces[-1].end
        return pieces

    def _piece_at(self, wanted: int) -> Piece | Lost | None:
        sequence = wanted >> ROW_BITS
        if self._told.get(sequence) == wanted:
            return read_piece(self._ring, sequence)
        owner = sequence % self._ring.geometry.workers
        if self._ring.gone[owner] and self._ring.is_published(sequence):
            if self._ring.has_answer(sequence):  # it died before it could tell
                return read_piece(self._ring, sequence)
            return Lost(wanted, cursor(sequence + 1), self._ring.rows_in(sequence) - (wanted & ROW_MASK))
        return None
