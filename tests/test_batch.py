"""Batch: views of memory that others own, and batches made of given messages."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED, Batch
from tests.batches import MESSAGES, batch_of, messages_of


@given(st.lists(MESSAGES, max_size=8))
def test_messages_come_out_as_they_went_in(messages: list[bytes]) -> None:
    """A batch of given messages holds exactly these bytes, one row each."""
    batch = Batch.of(messages)

    assert batch.count == len(messages)
    assert messages_of(batch) == messages


@given(st.lists(MESSAGES, min_size=1, max_size=8))
def test_a_row_can_be_read_in_words(messages: list[bytes]) -> None:
    """The rows' memory is one block whose stride, a multiple of 8, is beyond every message and a short view."""
    batch = Batch.of(messages)

    assert batch.data.flags.c_contiguous
    assert batch.data.shape[1] % 8 == 0
    assert batch.data.shape[1] > max(12, *batch.lengths.tolist())


def test_what_is_not_given_is_the_same_for_all() -> None:
    """Without more said, messages come from this machine at the beginning of time, and nothing was cut."""
    batch = Batch.of([b"a", b"b"])

    assert [row.tobytes() for row in batch.senders] == [V4_MAPPED + b"\x7f\0\0\1"] * 2
    assert (batch.received_at.tolist(), batch.truncated.tolist()) == ([0, 0], [False, False])


def test_sender_and_time_can_be_given() -> None:
    """The sender (16 bytes) and the time of receipt (microseconds) hold for every message."""
    batch = Batch.of([b"a", b"b"], sender=bytes(range(16)), received_at=5)

    assert [row.tobytes() for row in batch.senders] == [bytes(range(16))] * 2
    assert batch.received_at.tolist() == [5, 5]


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("data", np.uint8, (3, 64)),
        ("lengths", np.uint32, (3,)),
        ("senders", np.uint8, (3, 16)),
        ("received_at", np.int64, (3,)),
        ("truncated", np.bool_, (3,)),
    ],
)
def test_arrays_are_of_the_types_that_a_slot_has(name: str, dtype: type, shape: tuple[int, ...]) -> None:
    """Every array has the type and the shape that the docstring promises."""
    array = getattr(Batch.of([b"a", b"", b"c"]), name)

    assert (array.dtype, array.shape) == (dtype, shape)


@given(st.lists(MESSAGES, min_size=1, max_size=8), st.data())
def test_a_part_is_a_view(messages: list[bytes], data: st.DataObject) -> None:
    """Rows cut out of a batch are the messages at these places, in the same memory."""
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(messages))] * 2)))
    batch = batch_of(messages)
    part = batch.rows(first, last)

    assert messages_of(part) == messages[first:last]
    assert part.received_at.tolist() == batch.received_at[first:last].tolist()
    for field in dataclasses.fields(Batch):
        whole, cut = getattr(batch, field.name), getattr(part, field.name)
        assert first == last or np.shares_memory(whole, cut)


def test_a_batch_is_frozen() -> None:
    """No array of a batch can be exchanged for another."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Batch.of([b"a"]).lengths = np.zeros(1, np.uint32)  # type: ignore[misc]
