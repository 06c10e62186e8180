"""Pieces: what a worker lays into a slot is what the writer finds there, or nothing is laid."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.extract.log_class import Extractor
from syslogger.ledger import COUNTERS, Counts
from syslogger.piece import ORIGINAL, Answer, Piece, PieceTooLargeError, read_piece, write_piece
from syslogger.ring import Ring, cursor
from syslogger.slots import SENDER_COUNTS, Geometry
from tests.batches import MESSAGES, batch_of, fill, read, text_of

ROWS = 16
GEOMETRY = Geometry(
    slots=2, rows=ROWS, message_bytes=8_192, stride=8_256, body_bytes=1 << 20, workers=1, fields=1, sockets=1
)
RING = Ring(GEOMETRY)
SCHEMA = pa.schema([("received_at", pa.int64()), ("client", pa.dictionary(pa.int32(), pa.string()))])


def table_of(clients: list[str]) -> pa.RecordBatch:
    """Rows of these clients, a microsecond apart, and one client more that has no row."""
    names = [*dict.fromkeys(clients), "has no row"]
    codes = pa.array([names.index(client) for client in clients], pa.int32())
    return pa.RecordBatch.from_arrays(
        [pa.array(range(len(clients)), pa.int64()), pa.DictionaryArray.from_arrays(codes, pa.array(names))],
        schema=SCHEMA,
    )


def answer_of(rows: int = 1, start: int = cursor(1), **others: object) -> Answer:
    """An answer of so many rows that keeps no originals."""
    whole = Answer(
        start=start,
        end=cursor(2),
        fields=table_of(["home"] * rows),
        views=None,
        side=b"",
        counts=Counts(stored=rows),
        sender_keys=np.full((1, 16), 7, np.uint8),
        sender_counts=np.array([[rows, rows, 0, 0, 100 * rows, 0, 1]], np.uint32),
        lengths=np.zeros(0, np.uint32),
    )
    made = dataclasses.replace(whole, **others)  # type: ignore[arg-type]
    return dataclasses.replace(made, lengths=np.arange(made.fields.num_rows, dtype=np.uint32) + 100)


def written(answer: Answer, ring: Ring = RING) -> Piece:
    """The piece that the writer finds."""
    write_piece(ring, answer)
    return read_piece(ring, answer.start >> 16)


# ---------------------------------------------------------------------------------------------- there and back


@settings(max_examples=150)
@given(st.lists(MESSAGES, min_size=1, max_size=ROWS), st.booleans(), st.data())
def test_any_messages(messages: list[bytes], packed: bool, data: st.DataObject) -> None:
    """The original lines of a piece are the texts of its messages, from any row on, packed or as received."""
    messages = [message[:8_192] for message in messages]
    first = data.draw(st.integers(0, len(messages) - 1))
    fill(RING, 1, batch_of(messages))
    batch = RING.batch(1).rows(first, len(messages))
    if packed:
        batch = batch.packed(RING.out_slot(1).body) or batch
        RING.in_slot(1).data[:] = 0xEE
    texts = read(batch)
    kept = [text for text in map(text_of, messages[first:]) if text]
    fields = table_of(["home"] * len(kept))
    answer = answer_of(start=cursor(1, first), fields=fields, views=texts.views, side=texts.side)
    piece = written(dataclasses.replace(answer, packed=batch.data.size if packed else 0))

    assert piece.table.column(ORIGINAL).to_pylist() == kept
    assert piece.table.drop_columns([ORIGINAL]).equals(fields)
    piece.table.validate(full=True)


@given(
    st.integers(0, ROWS),
    st.lists(st.binary(min_size=16, max_size=16), max_size=ROWS),
    st.lists(st.integers(0, 2**31), min_size=COUNTERS, max_size=COUNTERS),
    st.binary(max_size=300),
)
def test_any_numbers(rows: int, keys: list[bytes], numbers: list[int], side: bytes) -> None:
    """Cursors, counts, senders and lengths of a piece are those of the answer, however long its side buffer."""
    sender_keys = np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16)
    sender_counts = np.arange(len(keys) * SENDER_COUNTS, dtype=np.uint32).reshape(-1, SENDER_COUNTS)
    answer = answer_of(
        rows, cursor(3, 5), counts=Counts.of(numbers), side=side, sender_keys=sender_keys, sender_counts=sender_counts
    )
    piece = written(dataclasses.replace(answer, end=cursor(3, 9)))

    assert (piece.start, piece.end, piece.sequence) == (cursor(3, 5), cursor(3, 9), 3)
    assert piece.counts == Counts.of(numbers)
    assert [key.tobytes() for key in piece.sender_keys] == keys
    assert piece.sender_counts.tolist() == sender_counts.tolist()
    assert piece.table.column("received_at").to_pylist() == list(range(rows))
    assert piece.lengths.tolist() == [100 + row for row in range(rows)]


def test_without_originals() -> None:
    """A piece whose worker keeps no originals has that column, all null."""
    assert written(answer_of(3)).table.column(ORIGINAL).to_pylist() == [None] * 3


def test_the_word_is_written_last() -> None:
    """The out word of the slot names the start of the piece: it is found by whoever expects exactly this one."""
    ring = Ring(GEOMETRY)
    write_piece(ring, answer_of(start=cursor(1, 4)))

    assert ring.out.tolist() == [0, cursor(1, 4) + 1]


def test_a_piece_replaces_the_one_before() -> None:
    """Nothing of a larger piece is left in a smaller one of the same slot."""
    written(answer_of(ROWS, side=b"x" * 1_000, counts=Counts(1, 2, 3, 4, (5, 6, 7))))
    piece = written(answer_of(2))

    assert piece.table.num_rows == 2
    assert piece.counts == Counts(stored=2)
    assert len(piece.sender_keys) == 1


def test_slots_do_not_touch_each_other() -> None:
    """Pieces of two batches lie side by side."""
    ring = Ring(GEOMETRY)
    even, odd = answer_of(3, cursor(2), side=b"a" * 999), answer_of(5, cursor(3), side=b"b" * 99)
    write_piece(ring, even)
    write_piece(ring, odd)

    assert [read_piece(ring, sequence).table.num_rows for sequence in (2, 3)] == [3, 5]
    assert [bytes(ring.out_slot(sequence).body[:99]) for sequence in (2, 3)] == [b"a" * 99, b"b" * 99]


# ---------------------------------------------------------------------------------------------- what fits


def test_a_piece_that_is_too_large_is_not_announced() -> None:
    """Where an answer does not fit, the word of its slot stays as it is."""
    write_piece(RING, answer_of(2))
    words = RING.out.tolist()
    with pytest.raises(PieceTooLargeError):
        write_piece(RING, answer_of(3, cursor(1, 2), side=b"x" * GEOMETRY.body_bytes))

    assert RING.out.tolist() == words


def least_room(answer: Answer) -> int:
    """The smallest body that has room for the answer, as the answer says."""
    return bisect_left(range(1 << 30), 1, key=answer.fits)


def test_exactly_what_is_said_to_fit_fits() -> None:
    """The largest answer that is not refused fits, one byte more is refused, whether it is side or packed lines."""
    most = GEOMETRY.body_bytes - least_room(answer_of())
    for packed in (0, 64, most):
        assert written(answer_of(side=b"x" * (most - packed), packed=packed)).table.num_rows == 1
        with pytest.raises(PieceTooLargeError):
            write_piece(RING, answer_of(side=b"x" * (most - packed), packed=packed + 1))


@pytest.mark.parametrize("message", [b"2001:db8:1111:2222:3333:4444:5555:6666", b"1.2.3.4:5", b"h" * 200, b"\xff" * 20])
def test_the_room_that_is_asked_for_holds_what_arrow_adds(message: bytes) -> None:
    """200 fields of two columns each, with the longest names, fit a slot that has no byte more than is asked for."""
    names = [f"f{number:03d}{'y' * 33}_ip" for number in range(200)]
    texts = read(batch_of([message] * 1_000))
    columns = Extractor([(name, "(.+)") for name in names]).extract(texts)
    fields = pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    answer = answer_of(fields=fields, side=b"x")
    ring = Ring(dataclasses.replace(GEOMETRY, slots=1, body_bytes=least_room(answer)))

    assert written(answer, ring).table.drop_columns([ORIGINAL]).equals(fields)


# ---------------------------------------------------------------------------------------------- what a piece says


def test_stamps_are_the_times_of_receipt() -> None:
    """The times of receipt are read, and replaced, without anything else being touched."""
    piece = written(answer_of(3))
    stamped = piece.stamped(np.array([7, 7, 9], np.int64))

    assert piece.stamps().tolist() == [0, 1, 2]
    assert stamped.column("received_at").to_pylist() == [7, 7, 9]
    assert stamped.schema.names == piece.table.schema.names
    assert stamped.column("client").equals(piece.table.column("client"))


@given(st.lists(st.sampled_from(["home", "büro", "10.0.0.0/8", "x"]), max_size=ROWS))
def test_clients_are_those_that_have_rows(clients: list[str]) -> None:
    """The clients of a piece are the names in its rows, and not those that merely could have had one."""
    assert written(answer_of(fields=table_of(clients))).clients() == set(clients)
