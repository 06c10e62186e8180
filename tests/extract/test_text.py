"""Texts: from received bytes, in memory that was used before, to what is stored and searched.

The reference is the sentence of the contract, one message at a time (`tests.batches.text_of`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger.arrow import INLINE_BYTES
from syslogger.batch import Batch
from syslogger.extract.text import STRIP_ROUNDS, WIDE_BYTES, read_texts, stripped_lengths
from tests.batches import BATCHES, STALE, batch_of, messages_of, read, stored, text_of

CASES = Path(__file__).parents[1] / "corpus" / "extract" / "messages.jsonl"
PLAIN = b"<134> 01:02:05 T8Y45jGZY prerouting: in:<pppoe-RRWLkNYEZ> out:(unknown 0)"


def cases() -> list[dict[str, Any]]:
    """Messages of ours; `latin1` has one character for each byte."""
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


def is_odd(message: bytes) -> bool:
    """Whether the message is decoded by itself."""
    kept = message.rstrip(b"\n\r\0")
    return not kept.isascii() or b"\0" in kept


def assert_texts(batch: Batch, rows: list[int] | None = None) -> None:
    """What is stored, searched and called odd is what the contract says of each message."""
    chosen = range(batch.count) if rows is None else rows
    messages = [message for place, message in enumerate(messages_of(batch)) if place in chosen and text_of(message)]
    expected = [text_of(message) for message in messages]
    odd = [place for place, message in enumerate(messages) if is_odd(message)]
    texts = read(batch, rows)

    assert stored(batch, texts) == expected
    assert texts.strings() == expected
    assert texts.odd.tolist() == odd
    assert texts.odd_texts == [expected[place] for place in odd]
    assert texts.column.to_list() == ["" if place in odd else text for place, text in enumerate(expected)]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["about"])
def test_case(case: dict[str, Any]) -> None:
    """The message has the text of the case, alone and between others, whatever lies behind it."""
    message = case["latin1"].encode("latin-1")

    assert text_of(message) == case["text"]
    assert is_odd(message) == case["odd"]
    for stale in STALE:
        for messages in ([message], [message] * 3, [PLAIN, message, PLAIN + b"\n"], [b"\xff\xff", message, b"\0a"]):
            assert_texts(batch_of(messages, stale))


@settings(max_examples=300)
@given(BATCHES)
@example(batch_of([b"\n\0" * 40 + b"\xff"]))
@example(batch_of([b"\xc3", b"\xa9"]))
def test_any_bytes(batch: Batch) -> None:
    """For any bytes the stored text is the decoded rest of the message, NULs escaped."""
    assert_texts(batch)


@settings(max_examples=150)
@given(BATCHES, st.data())
def test_any_choice_of_rows(batch: Batch, data: st.DataObject) -> None:
    """Messages that are left out (refused ones) change nothing about those that are read."""
    assert_texts(batch, sorted(data.draw(st.sets(st.sampled_from(range(batch.count))))))


@settings(max_examples=150)
@given(BATCHES, st.data())
def test_a_part_of_a_batch(batch: Batch, data: st.DataObject) -> None:
    """A part of a batch is read like a batch of its own: views count from its first row."""
    first = data.draw(st.integers(0, batch.count - 1))
    assert_texts(batch.rows(first, data.draw(st.integers(first + 1, batch.count))))


@settings(max_examples=300)
@given(BATCHES)
def test_stripped_lengths(batch: Batch) -> None:
    """A stripped length is that of the message without its line ends and NULs, and the batch keeps its own."""
    before = batch.lengths.tolist()

    assert stripped_lengths(batch).tolist() == [len(message.rstrip(b"\n\r\0")) for message in messages_of(batch)]
    assert batch.lengths.tolist() == before


@pytest.mark.parametrize("ends", range(STRIP_ROUNDS + 3))
def test_line_ends_beyond_the_quick_rounds(ends: int) -> None:
    """However many line ends there are, all of them go, and none that stands before a letter."""
    batch = batch_of([b"a" + b"\n" * ends, b"\n" * ends, b"\na" + b"\0" * ends, b""])

    assert stripped_lengths(batch).tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize("stale", STALE, ids=repr)
def test_short_messages_lie_inside_of_their_views(stale: bytes) -> None:
    """Short messages, odd ones too, are stored without what lies behind them, as Arrow's format wants it."""
    for size in range(1, INLINE_BYTES + 3):
        short = b"abcdefghijklmn"[:size]
        assert_texts(batch_of([short, short[:-1] + b"\xff", short[:-1] + b"\0z", "é".encode() + short[2:]], stale))


def test_bytes_0_to_255() -> None:
    """Each of the 256 byte values is read right, alone, at the beginning, inside and at the end."""
    every = [bytes([value]) for value in range(256)]
    assert_texts(batch_of([*every, *(b + b"ab" for b in every), *(b"a" + b + b"b" for b in every), bytes(range(256))]))


def test_the_greatest_datagram() -> None:
    """65,535 bytes, plain, odd at either end, or nothing valid at all, are read beside short ones."""
    size = 65_535
    great = [b"x" * size, b"x" * (size - 1) + b"\xff", b"\0" + b"x" * (size - 1), b"\xff" * size, b"\0" * size]
    assert_texts(batch_of([b"a", *great, b"\xff", b"b"]))


@pytest.mark.parametrize("size", [WIDE_BYTES - 1, WIDE_BYTES, WIDE_BYTES + 1, WIDE_BYTES + 8])
def test_where_wide_begins(size: int) -> None:
    """Messages about as long as the border between the two ways of looking at them are found odd on both sides."""
    assert_texts(batch_of([b"x" * size, b"x" * (size - 1) + b"\x80", b"\x80" + b"x" * (size - 1), b"y", b"\x80"]))


@pytest.mark.parametrize("stale", STALE, ids=repr)
def test_only_odd_messages(stale: bytes) -> None:
    """A batch without any plain message is read."""
    assert_texts(batch_of([b"\xff", "é".encode() * 40, b"a\0b", b"\xff" * 300, b"\0a"], stale))


def test_earlier_messages_of_the_slot() -> None:
    """What a longer message left behind a shorter one is never part of it, at no length."""
    earlier = "<191> é€😀\0".encode() * 5
    messages = [b"z" * size for size in range(1, len(earlier))]
    batch = batch_of([earlier] * len(messages))
    for row, message in enumerate(messages):
        batch.data[row, : len(message)] = np.frombuffer(message, np.uint8)
        batch.lengths[row] = len(message)

    assert_texts(batch)


def test_no_message() -> None:
    """A batch of which nothing is stored has no texts."""
    texts = read(batch_of([b"", b"\n"]))

    assert (len(texts.views), texts.side, texts.column.to_list(), texts.strings()) == (0, b"", [], [])


def test_plain_lines_are_not_copied() -> None:
    """Views of plain messages and of valid UTF-8 point into the batch; the side buffer has only what was rewritten."""
    batch = batch_of([PLAIN, "é".encode() * 20, b"a\xffbcdefghijklmnop"])
    texts = read(batch)

    assert texts.views[:, 2].tolist() == [0, 0, 1]
    assert texts.side == b"a\\xffbcdefghijklmnop"


def test_the_batch_is_not_written_to() -> None:
    """Reading leaves the received bytes as they are."""
    batch = batch_of([PLAIN, b"a\0b\n", b"\xff"])
    before = batch.data.copy()
    read_texts(batch, np.arange(3), stripped_lengths(batch))

    assert np.array_equal(batch.data, before)
