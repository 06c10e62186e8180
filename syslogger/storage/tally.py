"""Tally: what the pieces of one transaction add to the rollups, counted by numpy; no database.

Rows and bytes belong to the minute of their stamp as it is stored, what became of the other messages to the minute that
the transaction books. Nearly always all rows of a piece share a minute: they are then counted as they lie, without
being sorted out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.storage.day import MINUTE_US
from syslogger.storage.rollup_sql import NO_SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syslogger.piece import Piece

ROWS, BYTES, RECEIVED, REFUSED, DROPPED = range(5)
SUMS = 5
_EVERY_ROW = slice(None)
# Of a piece's `sender_counts`: what is settled whatever became of it, and whose it is.
_SETTLED = [0, 2, 3]
_CLIENT = 6

Pair = tuple[str, bytes]


class Tally:
    """Sums by (minute, severity) and by (minute, pair); a pair is a client's name, '' for nobody's, and an address."""

    def __init__(self) -> None:
        self.pairs: dict[Pair, int] = {}
        self._severities: dict[tuple[int, int], list[int]] = {}
        self._parts: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {}

    def take(self, piece: Piece, stamps: np.ndarray, minute: int) -> None:
        """Add a piece whose rows are stored with these stamps (int64, us), in a transaction that books `minute`."""
        places = self._places(piece)
        settled = np.zeros((len(places), SUMS), np.int64)
        settled[:, RECEIVED:] = piece.sender_counts[:, _SETTLED]
        self._parts.setdefault(minute, []).append((places, settled))
        with_rows = places[piece.sender_counts[:, 1] > 0]
        for each, rows in _by_minute(stamps):
            self._take_rows(piece, each, rows, with_rows)

    def severities(self) -> list[tuple[int, ...]]:
        """Minute, severity, rows, bytes."""
        return [(minute, severity, *sums) for (minute, severity), sums in self._severities.items()]

    def minutes(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each minute and its sums: int64 (pairs, 5), in the order of `pairs`."""
        for minute, parts in self._parts.items():
            sums = np.zeros((len(self.pairs), SUMS), np.int64)
            for places, part in parts:
                sums[places] += part  # the addresses of a piece are distinct, so are the places
            yield minute, sums

    def _places(self, piece: Piece) -> np.ndarray:
        names = ["", *piece.table.column("client").dictionary.to_pylist()]
        clients = [names[code] for code in piece.sender_counts[:, _CLIENT].tolist()]
        keys = np.ascontiguousarray(piece.sender_keys).view("V16").reshape(-1).tolist()
        known = self.pairs
        return np.array([known.setdefault(pair, len(known)) for pair in zip(clients, keys, strict=True)], np.int64)

    def _take_rows(self, piece: Piece, minute: int, rows: slice | np.ndarray, places: np.ndarray) -> None:
        lengths = piece.lengths[rows]
        severities = _numbers(piece.table.column("severity"))[rows]
        found = _counted(severities, lengths, NO_SEVERITY + 1)
        for severity in np.flatnonzero(found[:, ROWS]).tolist():
            sums = self._severities.setdefault((minute, severity), [0, 0])
            sums[ROWS] += int(found[severity, ROWS])
            sums[BYTES] += int(found[severity, BYTES])
        senders = piece.table.column("log_sender_ip").indices.to_numpy()[rows]
        part = np.zeros((len(places), SUMS), np.int64)
        part[:, :RECEIVED] = _counted(senders, lengths, len(places))
        self._parts.setdefault(minute, []).append((places, part))


def _by_minute(stamps: np.ndarray) -> Iterator[tuple[int, slice | np.ndarray]]:
    """The minutes of the stamps, and which rows are in each."""
    if not len(stamps):
        return
    least, greatest = int(stamps.min()) // MINUTE_US, int(stamps.max()) // MINUTE_US
    if least == greatest:
        yield least, _EVERY_ROW
        return
    minutes = stamps // MINUTE_US
    for minute in np.unique(minutes).tolist():
        yield minute, minutes == minute


def _counted(codes: np.ndarray, lengths: np.ndarray, many: int) -> np.ndarray:
    """Rows and bytes by code: int64 (many, 2)."""
    if many == 1:  # one sender: the common case
        return np.array([[len(codes), lengths.sum(dtype=np.int64)]])
    rows = np.bincount(codes, minlength=many)
    return np.stack([rows, np.bincount(codes, lengths, many).astype(np.int64)], axis=1)


def _numbers(severities: pa.Array) -> np.ndarray:
    # without any null, which is usual, there is nothing to fill and nothing to copy
    filled = severities.fill_null(NO_SEVERITY) if severities.null_count else severities
    numbers: np.ndarray = filled.to_numpy()
    return numbers
