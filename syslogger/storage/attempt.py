"""Attempt: what one transaction of the writer settles, and Lost: what nobody will ever answer for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from syslogger.ledger import Counts, DropReason
from syslogger.piece import Piece
from syslogger.ring import ROW_BITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from syslogger.storage.clock import ClockStep
    from syslogger.storage.partition import Partition


@dataclass(slots=True)
class Attempt:
    """What one transaction settles: everything up to the cursor `end`; its rows go to `partition`."""

    end: int
    last_received_at: int | None
    partition: Partition | None = None
    first_id: int = 0
    counts: Counts = field(default_factory=Counts)
    least: int | None = None
    greatest: int | None = None
    pieces: list[Piece | Lost] = field(default_factory=list)
    stamps: list[np.ndarray] = field(default_factory=list)
    steps: list[tuple[int, ClockStep]] = field(default_factory=list)

    def take(self, piece: Piece | Lost, stamps: np.ndarray, steps: list[ClockStep]) -> None:
        """Add a piece, its rows stamped so."""
        self.pieces.append(piece)
        self.stamps.append(stamps)
        self.steps += [(piece.start >> ROW_BITS, step) for step in steps]
        self.end, self.counts = piece.end, self.counts + piece.counts
        if len(stamps):
            least, greatest = int(stamps.min()), int(stamps.max())
            self.least = least if self.least is None else min(self.least, least)
            self.greatest = greatest if self.greatest is None else max(self.greatest, greatest)
            self.last_received_at = int(stamps[-1])

    def answered(self) -> Iterator[tuple[Piece, np.ndarray]]:
        """The pieces that workers have answered with, and the stamps of their rows."""
        for piece, stamps in zip(self.pieces, self.stamps, strict=True):
            if isinstance(piece, Piece):
                yield piece, stamps

    def tables(self) -> Iterator[tuple[int, pa.RecordBatch]]:
        """The rows of each piece that has any, and how many of this attempt come before them."""
        before = 0
        for piece, stamps in self.answered():
            if len(stamps):
                yield before, piece.stamped(stamps)
                before += len(stamps)

    @property
    def rows(self) -> int:
        """How many rows it stores."""
        return sum(map(len, self.stamps))


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows of a batch whose worker died: nobody will ever answer for them."""

    start: int
    end: int
    count: int

    @property
    def counts(self) -> Counts:
        """All of them abandoned."""
        return Counts.drop(DropReason.ABANDONED, self.count)

    def stamps(self) -> np.ndarray:
        """No row is stored."""
        return np.empty(0, np.int64)
