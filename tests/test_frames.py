"""Frames: what goes in comes out, in whatever pieces, and nothing else is taken for one."""

from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.arrow import string_views
from syslogger.frames import GREATEST_BODY_BYTES, MAGIC, PREFIX, FrameError, FrameReader, frame

VALUES = st.lists(st.none() | st.text(max_size=30), min_size=1, max_size=8)


def table(values: list[str | None]) -> pa.RecordBatch:
    """A batch as the writer has it: a dictionary, views, numbers."""
    codes = pa.array(np.zeros(len(values), np.int32))
    columns = {
        "client": pa.DictionaryArray.from_arrays(codes, pa.array(["home"])),
        "text": pa.array(values, pa.string_view()),
        "number": pa.array(range(len(values))),
    }
    return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))


@given(st.lists(VALUES, max_size=5), st.data())
def test_frames_in_any_pieces(batches: list[list[str | None]], data: st.DataObject) -> None:
    """However the bytes are cut, the same heads and values come out in order."""
    sent = b"".join(frame({"first_id": place}, table(values)) for place, values in enumerate(batches))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=10)))
    reader = FrameReader()
    found = [
        each for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True) for each in reader.feed(sent[start:end])
    ]

    assert [(head["first_id"], read.column("text").to_pylist()) for head, read in found] == list(enumerate(batches))
    assert all(read.column("client").to_pylist() == ["home"] * read.num_rows for _, read in found)


def test_a_frame_holds_its_rows_and_no_more() -> None:
    """Views over a large buffer cost what they show, not what they lie in."""
    memory = np.zeros(8 << 20, np.uint8)
    views = np.array([[20, 0, 0, 0]], np.uint32)
    batch = pa.RecordBatch.from_arrays([string_views(views, pa.py_buffer(memory))], names=["text"])

    assert len(frame({}, batch)) < 2_000


@pytest.mark.parametrize(
    "noise",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        PREFIX.pack(MAGIC, 5_000, 0),
        PREFIX.pack(MAGIC, 2, GREATEST_BODY_BYTES + 1),
        PREFIX.pack(MAGIC, 2, 3) + b"{}abc",
        PREFIX.pack(MAGIC, 1, 0) + b"{",
        PREFIX.pack(MAGIC, 2, 0) + b"{}",
        struct.pack("<4sII", b"SLT9", 2, 0),
    ],
)
def test_noise_is_refused(noise: bytes) -> None:
    """What is no frame is an error as soon as that can be seen, and never taken for rows."""
    with pytest.raises(FrameError):
        list(FrameReader().feed(noise))


@given(st.binary(max_size=200), st.integers(0, 300))
def test_damage_is_an_error_or_waited_for(damage: bytes, place: int) -> None:
    """A frame with other bytes in it raises FrameError, or gives a batch, or waits for more: nothing else."""
    whole = frame({"first_id": 1}, table(["a", "b"]))
    with suppress(FrameError):
        found = list(FrameReader().feed(whole[:place] + damage + whole[place + len(damage) :]))
        assert len(found) <= 1
