"""Frames of the tail socket: what the writer has committed, as one head of JSON and one Arrow IPC stream.

    magic "SLT1" | head bytes (uint32) | body bytes (uint32) | head | body      (little endian)

head: class, engine, day, first_id (the rows' ids are in sequence), rows, stored_before: how many rows the engine had
stored since its start when it began with these. Whoever misses frames sees by that number how many rows he missed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import orjson
import pyarrow as pa

MAGIC = b"SLT1"
PREFIX = struct.Struct("<4sII")
GREATEST_HEAD_BYTES, GREATEST_BODY_BYTES = 4_096, 64 << 20

Head = dict[str, Any]


class FrameError(ValueError):
    """Bytes that are no frame."""


def frame(head: Head, table: pa.RecordBatch) -> bytes:
    """One frame. Views of shared memory become values of their own, and dictionaries plain texts."""
    sink = pa.BufferOutputStream()
    plain = pa.RecordBatch.from_arrays([_plain(column) for column in table.columns], names=table.schema.names)
    with pa.ipc.new_stream(sink, plain.schema) as stream:
        stream.write_batch(plain)
    said, body = orjson.dumps(head), sink.getvalue()
    return b"".join((PREFIX.pack(MAGIC, len(said), body.size), said, memoryview(body)))


def _plain(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode()
    return column.cast(pa.large_string()) if pa.types.is_string_view(column.type) else column


class FrameReader:
    """Puts frames together from whatever pieces the bytes come in; holds no more than one frame and a piece."""

    def __init__(self) -> None:
        self._heard = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[Head, pa.RecordBatch]]:
        """The frames that are whole now. Raises FrameError."""
        self._heard += data
        while (size := self._next_size()) is not None and len(self._heard) >= size:
            whole = bytes(self._heard[:size])
            del self._heard[:size]
            yield _read(whole)

    def _next_size(self) -> int | None:
        if len(self._heard) < PREFIX.size:
            return None
        magic, head, body = PREFIX.unpack_from(self._heard)
        if magic != MAGIC or head > GREATEST_HEAD_BYTES or body > GREATEST_BODY_BYTES:
            raise FrameError("this is no tail of an engine, or of another version")
        return PREFIX.size + int(head) + int(body)


def _read(whole: bytes) -> tuple[Head, pa.RecordBatch]:
    _, head, _ = PREFIX.unpack_from(whole)
    end = PREFIX.size + head
    try:
        said = orjson.loads(whole[PREFIX.size : end])
        with pa.ipc.open_stream(pa.py_buffer(memoryview(whole)[end:])) as stream:
            table = stream.read_next_batch()
    except (orjson.JSONDecodeError, pa.ArrowException, OSError, StopIteration) as error:
        raise FrameError("a frame of the tail is damaged") from error
    return said, table
