"""The PRI part: facility and severity of every message, whatever lies behind its end.

The reference is `^<(\\d{1,3})>` with the digits of ASCII, and 191 as the greatest value (`tests.batches.priority_of`).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger.batch import Batch
from syslogger.extract.header import priority
from syslogger.extract.text import stripped_lengths
from tests.batches import BATCHES, STALE, batch_of, messages_of, priority_of, text_of

CASES = Path(__file__).parents[1] / "corpus" / "extract" / "priorities.jsonl"


def cases() -> list[dict[str, Any]]:
    """Messages of ours; `latin1` has one character for each byte."""
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


def priorities(batch: Batch, rows: list[int] | None = None) -> list[tuple[int | None, int | None]]:
    """Facility and severity of the messages at `rows`, of all without it."""
    chosen = np.arange(batch.count) if rows is None else np.array(rows, np.int64)
    values, none = priority(batch, chosen, stripped_lengths(batch)[chosen])
    assert (values.dtype.name, none.dtype.name) == ("uint8", "bool")
    pairs = zip(values.tolist(), none.tolist(), strict=True)
    return [(None, None) if absent else divmod(value, 8) for value, absent in pairs]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["about"])
def test_case(case: dict[str, Any]) -> None:
    """The message has the facility and the severity of the case, alone and between others, whatever lies behind it."""
    message = case["latin1"].encode("latin-1")
    expected = (case["facility"], case["severity"])

    assert priority_of(text_of(message)) == expected
    for stale in STALE:
        assert priorities(batch_of([message], stale)) == [expected]
        assert priorities(batch_of([b"<13>a", message, b"x"], stale)) == [(1, 5), expected, (None, None)]


def test_every_number() -> None:
    """Of all numbers of up to four digits exactly 0 to 191, padded to three digits at most, are a PRI."""
    spelled = sorted({f"{number:0{width}}" for number in range(1_100) for width in (1, 2, 3, 4)})
    batch = batch_of([f"<{number}>".encode() for number in spelled], b">")

    expected = [divmod(int(n), 8) if len(n) <= 3 and int(n) <= 191 else (None, None) for n in spelled]
    assert priorities(batch) == expected


@settings(max_examples=200)
@given(st.lists(st.text("<<>01239:/ é", max_size=7).map(str.encode), min_size=1, max_size=30), st.sampled_from(STALE))
@example([b"", b"<", b"<1", b"<13", b"<134"], b">")
@example([b"<1", b"<13", b"<134"], b"5>")
def test_nearly_a_pri(messages: list[bytes], stale: bytes) -> None:
    """Short messages made of the characters of a PRI have one when the expression finds one."""
    assert priorities(batch_of(messages, stale)) == [priority_of(text_of(message)) for message in messages]


@settings(max_examples=100)
@given(BATCHES, st.data())
def test_any_bytes(batch: Batch, data: st.DataObject) -> None:
    """For any bytes, and any choice of messages, the PRI is what the expression finds in the text."""
    rows = sorted(data.draw(st.sets(st.sampled_from(range(batch.count)))))
    texts = [text_of(message) for message in messages_of(batch)]

    assert priorities(batch, rows) == [priority_of(texts[row]) for row in rows]


def test_no_message() -> None:
    """Of no messages there are no priorities."""
    assert priorities(batch_of([b"<13>"]), []) == []
