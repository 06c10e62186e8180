"""IPv4 `address:port`, a column at a time, by bit masks.

An IPv4 endpoint is at most 21 bytes, so a column of values is a matrix of 32 bytes a row. Which bytes of a row are
digits, dots, colons or greater than `5` are 32-bit numbers, first byte in the lowest bit, and shifts of them tell whole
addresses from anything else; a port is read with three multiplications of a 64-bit word that holds its digits. The
addresses come out as string views of the values' own bytes, so no text is copied.

The same by a regex, two splits and a cast took half as long again and, each being a query of its own, more Python.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from syslogger.arrow import INLINE_BYTES, string_views

GREATEST_PORT = 65535
WIDTH = 32
LONGEST = len("255.255.255.255:65535")
OFFSETS = pl.CompatLevel.oldest()  # large_string: one buffer of bytes, int64 offsets

Bits = NDArray[np.uint32]

_ONE, _TWO, _THREE = np.uint32(1), np.uint32(2), np.uint32(3)
_HEAD = (np.arange(INLINE_BYTES) < np.arange(INLINE_BYTES + 1)[:, None]).view(np.uint8) * np.uint8(255)
_HEAD = _HEAD.view(np.uint32)  # for a length of 0 to 12: the bits of so many bytes, in three words


@dataclass(frozen=True, slots=True)
class Values:
    """A column as bytes: data (int64 offsets, lengths, 0 for null), and 32 bytes from where each value begins."""

    data: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    first: NDArray[np.uint8]

    @classmethod
    def of(cls, values: pl.Series) -> Values:
        """The bytes of a column (String)."""
        array = values.to_arrow(compat_level=OFFSETS)
        valid, offset_buffer, text = array.buffers()
        offsets = np.frombuffer(offset_buffer, np.int64)[array.offset : array.offset + len(array) + 1]
        used = int(offsets[-1])
        data = np.zeros(used + WIDTH, np.uint8)
        data[:used] = np.frombuffer(text, np.uint8, used) if used else 0
        starts, lengths = offsets[:-1], np.diff(offsets)
        if array.null_count:  # below a null bytes may still lie: whoever made it may have changed its mark alone
            bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
            lengths = lengths * bits[array.offset : array.offset + len(array)]
        rows = np.ndarray((used + 1,), f"V{WIDTH}", data, strides=(1,))
        return cls(data, starts, lengths, rows[starts].view(np.uint8).reshape(-1, WIDTH))


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What n rows are: known, an IPv4 endpoint or not; then ends, bytes of its address; its port, if it has one."""

    known: NDArray[np.bool_]
    ends: Bits
    ports: NDArray[np.uint16]
    has_port: NDArray[np.bool_]

    def rows(self, first: int, last: int) -> Endpoints:
        """Those of the rows `first` up to `last`."""
        part = slice(first, last)
        return Endpoints(self.known[part], self.ends[part], self.ports[part], self.has_port[part])

    def addresses(self, values: Values) -> pa.Array:
        """The addresses (string_view), null where a row is none."""
        views = np.empty((len(self.ends), 4), np.uint32)
        views[:, 0] = self.ends
        views[:, 1:] = values.first.view(np.uint32)[:, :3] & _HEAD[np.minimum(self.ends, INLINE_BYTES)]
        long = np.flatnonzero(self.ends > INLINE_BYTES)
        views[long, 2] = 0
        views[long, 3] = values.offsets[long]
        views[~self.known] = 0
        valid = None if self.known.all() else pa.py_buffer(np.packbits(self.known, bitorder="little"))
        return string_views(views, pa.py_buffer(values.data), valid=valid)

    def port_numbers(self) -> pa.Array:
        """The ports (uint16), null where a row has none."""
        return pa.array(self.ports, mask=~(self.known & self.has_port))


def read(first: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Endpoints:
    """Read `a.b.c.d` and `a.b.c.d:port`: parts of 1 to 3 digits up to 255, ports of 1 to 5 digits up to 65535.

    first, lengths: as in `Values`; several columns may stand one behind the other: 60 small steps cost 200 us a call.
    """
    digit, dot, colon = _mask(first - np.uint8(ord("0")) < 10), _mask(first == ord(".")), _mask(first == ord(":"))
    whole = _below(np.minimum(lengths, WIDTH - 1).astype(np.uint32))
    digit, dot, colon = digit & whole, dot & whole, colon & whole
    until = colon | ~whole
    address = _below(np.bitwise_count(until ^ (until - _ONE)).astype(np.uint32) - _ONE)
    ends, has_port = np.bitwise_count(address).astype(np.uint32), colon != 0
    parts = digit & address
    starts = parts & ~(parts << _ONE)
    ports, port_fits = _ports(first, ends, lengths, has_port)
    known = (
        (lengths <= LONGEST)
        & (digit | dot | colon == whole)
        & (np.bitwise_count(colon) <= 1)
        & (np.bitwise_count(dot) == 3)
        & (dot & ~address == 0)
        & (np.bitwise_count(starts) == 4)
        & (starts & _ONE == 1)
        & (parts & parts >> _ONE & parts >> _TWO & parts >> _THREE == 0)
        & (_above_255(first, parts, starts) == 0)
        & port_fits
    )
    return Endpoints(known, ends, ports, has_port)


def _mask(where: NDArray[np.bool_]) -> Bits:
    """Rows of 32 truths as numbers."""
    return np.packbits(where.reshape(-1), bitorder="little").view(np.uint32)


def _below(places: Bits) -> Bits:
    """All bits below each place (0 to 31)."""
    return (_ONE << places) - _ONE


def _above_255(first: NDArray[np.uint8], parts: Bits, starts: Bits) -> Bits:
    """The starts of three-digit parts that are greater than 255."""
    three = starts & parts >> _ONE & parts >> _TWO
    above_5, is_5 = _mask(first > ord("5")), _mask(first == ord("5"))
    above_55 = above_5 >> _ONE | is_5 >> _ONE & above_5 >> _TWO
    above: Bits = three & (_mask(first > ord("2")) | _mask(first == ord("2")) & above_55)
    return above


def _ports(
    first: NDArray[np.uint8], ends: Bits, lengths: NDArray[np.int64], has_port: NDArray[np.bool_]
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """The numbers behind the colons, and which rows have a fitting one or no colon."""
    digits = np.where(has_port, lengths - ends - 1, 0)
    places = np.arange(len(first)) * WIDTH + np.minimum(ends, WIDTH - 9) + 1
    word = np.ndarray((first.size - 7,), np.uint64, first, strides=(1,))[places]
    # the digits to the high bytes, so that zeros lead; then neighbours are added up in pairs, fours, eights
    word = word << np.uint64(64) - np.uint64(8) * np.clip(digits, 1, 8).astype(np.uint64)
    word = word & np.uint64(0x0F0F0F0F0F0F0F0F)
    word = word * np.uint64(10) + (word >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
    word = word * np.uint64(100) + (word >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    word = word * np.uint64(10000) + (word >> np.uint64(32)) & np.uint64(0xFFFFFFFF)
    fits = (digits >= has_port) & (digits <= 5) & (~has_port | (word <= GREATEST_PORT))
    return word.astype(np.uint16), fits
