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


@given(st.lists(MESSAGES, min_size=1, max_size=8), st.data())
def test_packed_messages(messages: list[bytes], data: st.DataObject) -> None:
    """Packed into other memory the messages are the same, row to row, in as little as their longest one asks for."""
    batch = batch_of(messages)
    room = np.full(sum(map(len, messages)) * len(messages) + 16 * len(messages) + 8 * len(messages), 0xFF, np.uint8)
    first = data.draw(st.integers(0, len(messages) - 1))
    packed = batch.rows(first, len(messages)).packed(room)

    assert packed is not None
    assert messages_of(packed) == messages[first:]
    assert np.shares_memory(packed.data, room)
    assert packed.data.flags.c_contiguous
    assert packed.data.shape[1] % 8 == 0
    assert packed.data.shape[1] < max(16, *map(len, messages[first:])) + 8
    assert packed.received_at.tolist() == batch.received_at[first:].tolist()


def test_what_does_not_fit_is_not_packed() -> None:
    """Where the room is a byte too small nothing is written into it."""
    batch = batch_of([b"x" * 17, b"y"])
    room = np.zeros(48, np.uint8)

    assert batch.packed(room[:47]) is None
    assert not room.any()
    assert batch.packed(room) is not None


def test_a_batch_is_frozen() -> None:
    """No array of a batch can be exchanged for another."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        Batch.of([b"a"]).lengths = np.zeros(1, np.uint32)  # type: ignore[misc]
