"""Local time of many stamps at once: ISO 8601 with the offset of a zone, to the microsecond.

Strategy: a text for each different second is made once, digits of microseconds come from a table, and the offset is
one text for each piece of constant offset; so all of a piece have one width and are bytes of a matrix. 65,536 rows
take 6 ms, and 220 ms by `datetime.isoformat`.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from syslogger.storage.day import SECOND_US, offsets

_SECOND_CHARACTERS = 19  # 2026-11-20T12:00:00
_THREE_DIGITS = np.array([list(b"%03d" % number) for number in range(1_000)], np.uint8)
# the years 1 to 9999, less a day at each end: an offset must not lead out of them
_LEAST_US, _GREATEST_US = -62_135_510_400 * SECOND_US, 253_402_214_400 * SECOND_US


def iso_times(stamps: np.ndarray, zone: ZoneInfo) -> pa.ChunkedArray:
    """The texts of ascending stamps (int64, us since the epoch). Raises ValueError beyond the years 1 to 9999."""
    if not len(stamps):
        return pa.chunked_array([], pa.string())
    first, last = int(stamps[0]), int(stamps[-1])
    if first < _LEAST_US or last >= _GREATEST_US:
        raise ValueError("a stamp is beyond any calendar")
    pieces = offsets(first, last + 1, zone)
    borders = np.searchsorted(stamps, [start for start, _ in pieces]).tolist()
    parts = [
        _texts(stamps[begin:end], offset)
        for (_, offset), (begin, end) in zip(pieces, pairwise([*borders, len(stamps)]), strict=True)
        if begin < end
    ]
    return pa.chunked_array(parts, pa.string())


def _texts(stamps: np.ndarray, offset: int) -> pa.Array:
    """The texts of stamps in a piece of constant offset (seconds)."""
    suffix = offset_text(offset).encode()
    width = _SECOND_CHARACTERS + len(".123456") + len(suffix)
    seconds, micros = np.divmod(stamps, SECOND_US)
    texts = np.empty((len(stamps), width), np.uint8)
    texts[:, :_SECOND_CHARACTERS] = _second_texts(seconds + offset)
    texts[:, 19] = ord(".")
    texts[:, 20:23] = _THREE_DIGITS[micros // 1_000]
    texts[:, 23:26] = _THREE_DIGITS[micros % 1_000]
    texts[:, 26:] = np.frombuffer(suffix, np.uint8)
    ends = np.arange(0, (len(stamps) + 1) * width, width, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(stamps), [None, pa.py_buffer(ends), pa.py_buffer(texts)])


def _second_texts(seconds: np.ndarray) -> np.ndarray:
    """uint8 (n, 19) of ascending seconds."""
    firsts = np.flatnonzero(np.diff(seconds, prepend=seconds[0] - 1))
    texts = np.datetime_as_string(seconds[firsts].astype("datetime64[s]")).astype(f"S{_SECOND_CHARACTERS}")
    matrix = np.frombuffer(texts.tobytes(), np.uint8).reshape(-1, _SECOND_CHARACTERS)
    return np.repeat(matrix, np.diff(firsts, append=len(seconds)), axis=0)


def offset_text(seconds: int) -> str:
    """A UTC offset as `datetime.isoformat` writes it: `+01:00`, and with seconds where a zone's history has them."""
    return str(timezone(timedelta(seconds=seconds))).removeprefix("UTC") or "+00:00"
