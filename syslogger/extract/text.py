r"""From received bytes to texts, a whole batch at a time.

    text = data.rstrip(b"\n\r\0").decode("utf-8", "backslashreplace"), embedded NULs written \x00

That is the bytes themselves for ASCII without NUL, which is nearly every line: those rows stay where the kernel put
them, and an Arrow string view (length, first four bytes, buffer, offset; 12 bytes or fewer lie inside the view) is all
that is made of them. Rows with a byte >= 0x80 or a NUL are `odd`: they are decoded one by one, and what the decoding
changed lies in `side`, the views' second buffer.

Polars does not check UTF-8 when it takes views, so odd rows are found by their bytes, before it sees the batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from syslogger.arrow import INLINE_BYTES, string_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from syslogger.batch import Batch

STRIPPED = b"\n\r\0"
WIDE_BYTES = 1024  # longer rows are looked at one by one: a block as wide as the longest would be mostly stale bytes
STRIP_ROUNDS = 4
HIGH_BITS = np.uint64(0x8080808080808080)


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a batch's chosen rows.

    views: uint32 (n, 4), string views of the batch's data (buffer 0) and of `side` (buffer 1); column: the same texts
    for the column-wise engine, with odd rows empty; odd: their places; odd_texts: their texts; rows: each text's row of
    the batch.
    """

    views: np.ndarray
    side: bytes
    column: pl.Series
    odd: np.ndarray
    odd_texts: list[str]
    rows: np.ndarray

    def strings(self) -> list[str]:
        """Every text as a Python string."""
        texts = self.column.to_list()
        for place, text in zip(self.odd.tolist(), self.odd_texts, strict=True):
            texts[place] = text
        return texts


def stripped_lengths(batch: Batch) -> np.ndarray:
    """The lengths (uint32) of all messages without their trailing newlines, carriage returns and NULs."""
    lengths = batch.lengths.copy()
    rows = np.flatnonzero(lengths)
    for _ in range(STRIP_ROUNDS):
        last = batch.data[rows, lengths[rows] - 1]
        rows = rows[(last == 10) | (last == 13) | (last == 0)]
        if not len(rows):
            return lengths
        lengths[rows] -= 1
        rows = rows[lengths[rows] > 0]
    for row in rows.tolist():
        lengths[row] = len(batch.data[row, : lengths[row]].tobytes().rstrip(STRIPPED))
    return lengths


def read_texts(batch: Batch, rows: np.ndarray, lengths: np.ndarray) -> Texts:
    """The texts of the messages at `rows` (int64, ascending), whose stripped `lengths` (uint32) are not 0."""
    views = _views(batch, rows, lengths)
    odd = _odd_rows(batch, rows, lengths, views)
    column_views = views if not len(odd) else views.copy()
    column_views[odd] = 0
    odd_texts, side = _decode(batch, rows, lengths, odd, views)
    return Texts(views, side, pl.Series("text", _column(batch, column_views)), odd, odd_texts, rows)


def _views(batch: Batch, rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    words = batch.data.view(np.uint32)
    views = np.empty((len(rows), 4), np.uint32)
    views[:, 0] = lengths
    views[:, 1] = words[:, 0] if len(rows) == batch.count else words[rows, 0]
    views[:, 2] = 0
    views[:, 3] = rows * batch.data.strides[0]
    short = np.flatnonzero(lengths <= INLINE_BYTES)
    if len(short):
        inline = batch.data[rows[short], :INLINE_BYTES]
        inline[np.arange(INLINE_BYTES) >= lengths[short, None]] = 0
        views[short, 1:] = inline.view(np.uint32)
    return views


def _column(batch: Batch, views: np.ndarray) -> pl.Series:
    if not len(views):
        return pl.Series("text", [], pl.String)
    return pl.Series("text", pl.from_arrow(string_views(views, pa.py_buffer(batch.data))))


# -- rows that are not plain ASCII ------------------------------------------------------------------------------------


def _odd_rows(batch: Batch, rows: np.ndarray, lengths: np.ndarray, views: np.ndarray) -> np.ndarray:
    suspects = _maybe_high(batch, rows, lengths)
    high = [place for place, data in _bytes(batch, rows, lengths, suspects) if not data.isascii()]
    ascii_views = views if not high else views.copy()
    ascii_views[high] = 0
    nul = _column(batch, ascii_views).str.contains("\0", literal=True).to_numpy()
    return np.union1d(np.array(high, np.int64), np.flatnonzero(nul))


def _maybe_high(batch: Batch, rows: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Places that may hold a byte >= 0x80: what lies behind a row's end raises false alarms, never hides one."""
    wide = lengths > WIDE_BYTES
    narrow = np.flatnonzero(~wide)
    block = batch.data.view(np.uint64)[:, : -(-int(lengths[narrow].max(initial=0)) // 8)]
    if len(narrow) < batch.count:
        # Only as wide as needed: to gather whole rows cost 500 ns a message as soon as one of a batch was left out.
        block = block[rows[narrow]]
    return np.concatenate([narrow[_flagged(block)], np.flatnonzero(wide)])


def _flagged(block: np.ndarray) -> np.ndarray:
    if not np.bitwise_or.reduce(block, axis=None) & HIGH_BITS:
        return np.empty(0, np.int64)
    return np.flatnonzero(np.bitwise_or.reduce(block, axis=1) & HIGH_BITS)


def _bytes(batch: Batch, rows: np.ndarray, lengths: np.ndarray, places: np.ndarray) -> Iterator[tuple[int, bytes]]:
    for place, row, length in zip(places.tolist(), rows[places].tolist(), lengths[places].tolist(), strict=True):
        yield place, batch.data[row, :length].tobytes()


def _decode(
    batch: Batch, rows: np.ndarray, lengths: np.ndarray, odd: np.ndarray, views: np.ndarray
) -> tuple[list[str], bytes]:
    """Decode the odd rows; a text whose bytes differ from the received ones goes to the side buffer."""
    texts, side = [], bytearray()
    for place, data in _bytes(batch, rows, lengths, odd):
        text = data.decode("utf-8", "backslashreplace").replace("\0", r"\x00")
        encoded = text.encode()
        texts.append(text)
        if encoded != data:
            views[place] = _side_view(encoded, len(side))
            side += encoded
    return texts, bytes(side)


def _side_view(text: bytes, offset: int) -> np.ndarray:
    if len(text) <= INLINE_BYTES:
        return np.frombuffer(len(text).to_bytes(4, "little") + text.ljust(INLINE_BYTES, b"\0"), np.uint32)
    return np.array([len(text), int.from_bytes(text[:4], "little"), 1, offset], np.uint32)
