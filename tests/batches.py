"""Batches as a used slot holds them, and what their messages are worth by the words of the contract.

Rules:
- The memory of a batch is never clean: behind the end of each row lie other bytes, as in a slot that was used before.
- The models here are the contract's own sentences, one message at a time, and share nothing with the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import AddressValueError, IPv6Address

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED, Batch
from syslogger.extract.text import Texts, read_texts, stripped_lengths
from syslogger.ring import Ring
from syslogger.slots import MSG_TRUNC

Endpoint = tuple[str | None, int | None]
NEITHER: Endpoint = (None, None)
LOOPBACK = V4_MAPPED + bytes([127, 0, 0, 1])
STALE = (b"\xff", b"\0", b"5", b">", b"<13>", b"\n", "é".encode(), b"in:<pppoe-x> 1:2:3 q ->1.2.3.4:5)")


def text_of(data: bytes) -> str:
    """The text that a message is."""
    return data.rstrip(b"\n\r\0").decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def value_of(pattern: str, text: str) -> str | None:
    """The value of a field."""
    match = re.search(pattern, text)
    return match[1] if match else None


def priority_of(text: str) -> tuple[int | None, int | None]:
    """Facility and severity."""
    match = re.search(r"^<(\d{1,3})>", text, re.ASCII)
    number = int(match[1]) if match else 192
    return divmod(number, 8) if number <= 191 else (None, None)


def is_number(text: str, digits: int, greatest: int) -> bool:
    """Up to so many digits of ASCII, no more than `greatest`."""
    return text.isascii() and text.isdigit() and len(text) <= digits and int(text) <= greatest


def is_ipv4(text: str) -> bool:
    """Four parts from 0 to 255, zeros in front or not."""
    parts = text.split(".")
    return len(parts) == 4 and all(is_number(part, 3, 255) for part in parts)


def is_ipv6(text: str) -> bool:
    """What `ipaddress` reads, without a zone."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return "%" not in text


def endpoint_of(value: str) -> Endpoint:
    """The endpoint that a value is, by the words of the contract."""
    if is_ipv4(value) or is_ipv6(value):
        return value, None
    address, colon, port = value.rpartition(":")
    if not colon or not is_number(port, 5, 65_535):
        return NEITHER
    if is_ipv4(address):
        return address, int(port)
    inside = address[1:-1]
    return (inside, int(port)) if address == f"[{inside}]" and is_ipv6(inside) else NEITHER


def used_memory(rows: int, stride: int, stale: bytes) -> np.ndarray:
    """Memory (uint8) in which other messages have been."""
    return (
        np.frombuffer((stale * (rows * stride // len(stale) + 1))[: rows * stride], np.uint8)
        .copy()
        .reshape(rows, stride)
    )


def batch_of(
    messages: Sequence[bytes], stale: bytes = b"\xff", senders: Sequence[bytes] = (), spare: int = 64
) -> Batch:
    """The messages in used memory; `spare` bytes of each row are beyond the longest one's multiple of 64."""
    stride = max((len(message) for message in messages), default=0) // 64 * 64 + spare
    data = used_memory(len(messages), stride, stale)
    for row, message in enumerate(messages):
        data[row, : len(message)] = np.frombuffer(message, np.uint8)
    keys = b"".join(senders or [LOOPBACK] * len(messages))
    return Batch(
        data=data,
        lengths=np.array([len(message) for message in messages], np.uint32),
        senders=np.frombuffer(keys, np.uint8).reshape(-1, 16),
        received_at=np.arange(len(messages), dtype=np.int64) + 1_700_000_000_000_000,
        truncated=np.zeros(len(messages), np.bool_),
    )


def read(batch: Batch, rows: Iterable[int] | None = None) -> Texts:
    """The texts of the messages at `rows`, of all that are not empty without it."""
    lengths = stripped_lengths(batch)
    chosen = np.flatnonzero(lengths) if rows is None else np.array([row for row in rows if lengths[row]], np.int64)
    return read_texts(batch, chosen, lengths[chosen])


def stored_in(batch: Batch, views: np.ndarray, side: bytes) -> list[str]:
    """The texts as whoever reads an answer gets them: through the views, checked by Arrow."""
    buffers = [None, *map(pa.py_buffer, (views, batch.data, side))]
    array = pa.Array.from_buffers(pa.string_view(), len(views), buffers)
    array.validate(full=True)
    return [str(text) for text in array.to_pylist()]


def stored(batch: Batch, texts: Texts) -> list[str]:
    """The texts that are stored."""
    return stored_in(batch, texts.views, texts.side)


# ---------------------------------------------------------------------------------------------- made-up messages

ENDS = st.sampled_from([b"", b"", b"", b"\n", b"\r\n", b"\0", b"\n\0\r\n", b"\n" * 9, b"\0" * 300])
WORDS = st.sampled_from(
    [
        *[
            b"<134> ",
            b"<1",
            b"in:<pppoe-ab1>",
            b" 01:02:05 T8Y45jGZY",
            b"->73.181.232.17:34921)",
            b"10.0.0.1:80",
            b"\n",
        ],
        *[b"%s", b"'; DROP TABLE entries;--", b"\0", b"\x1b[31m", b"\xff", b"\xc3", b"\xed\xa0\x80", "٣é€😀".encode()],
    ]
)
SENTENCES = st.lists(st.one_of(WORDS, st.text("ab1: .", max_size=6).map(str.encode)), max_size=12).map(b"".join)
SHORT = st.one_of(st.binary(max_size=14), st.text("a1<>é\0", max_size=13).map(str.encode))
LONG = st.builds(
    lambda part, size, end: (part * (size // len(part) + 1))[: size - len(end)] + end,
    st.one_of(st.binary(min_size=1, max_size=9), WORDS),
    st.sampled_from([1_023, 1_024, 1_025, 8_192, 65_535]),
    st.sampled_from([b"", b"\xff", b"\0", "é".encode(), b"z"]),
)
MESSAGES = st.builds(bytes.__add__, st.one_of(SENTENCES, SENTENCES, SENTENCES, SHORT, SHORT, LONG), ENDS)
BATCHES = st.builds(
    batch_of,
    st.lists(MESSAGES, min_size=1, max_size=16),
    stale=st.sampled_from(STALE),
    spare=st.sampled_from([64, 128, 4_160]),
)


def messages_of(batch: Batch) -> list[bytes]:
    """The messages as they were received."""
    return [batch.data[row, :length].tobytes() for row, length in enumerate(batch.lengths.tolist())]


def fill(ring: Ring, sequence: int, batch: Batch) -> None:
    """What receiver and kernel do: the messages lie in the slot of this number, and it is published."""
    count, stride = batch.data.shape
    ring.start(sequence)
    slot = ring.in_slot(sequence)
    slot.data[:] = 0xFF
    slot.data[:count, :stride] = batch.data[:, : slot.data.shape[1]]
    if len(slot.near):
        slot.near[:] = slot.data[:, : slot.near.shape[1]]
    slot.headers["length"][:count] = batch.lengths
    slot.headers["flags"][:count] = np.where(batch.truncated, MSG_TRUNC, 0)
    slot.names[:count, 8:24] = batch.senders
    slot.stamps[:count] = batch.received_at
    ring.count[sequence % ring.geometry.slots] = count
    ring.publish(sequence)
