"""A worker's answers in pieces: each fits a slot, and together they are the batch, whoever goes on with it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger import worker as worker_module
from syslogger.batch import Batch
from syslogger.extract.log_class import Extractor
from syslogger.ledger import Counts
from syslogger.piece import Piece, read_piece, write_piece
from syslogger.ring import ROW_MASK, Ring, cursor
from syslogger.slots import Geometry
from syslogger.worker import Equipment, Worker
from tests.batches import batch_of, fill
from tests.rings import prepare
from tests.workers import CLIENTS, DRAWN, GEOMETRY, RING, WORKER, batch_from, key_of, new_worker, rows_of


def settle(ring: Ring, piece: Piece) -> None:
    """What the writer does with a piece."""
    prepare(ring, piece.end, piece.counts)
    ring.flip()


def served(worker: Worker, ring: Ring, sequence: int) -> list[Piece]:
    """The pieces of a batch, each settled before the next is asked for."""
    pieces = []
    for answer in worker.answers(sequence):
        write_piece(ring, answer)
        piece = read_piece(ring, sequence)
        # The slot is written again: what the test keeps has to be its own.
        table = pa.RecordBatch.from_pylist(piece.table.to_pylist(), piece.table.schema)
        pieces.append(dataclasses.replace(piece, table=table))
        settle(ring, piece)
    return pieces


def all_rows(pieces: list[Piece]) -> list[dict[str, Any]]:
    """The rows of all pieces."""
    return [row for piece in pieces for row in piece.table.to_pylist()]


def assert_pieces(pieces: list[Piece], batch: Batch, sequence: int, first: int = 0) -> None:
    """The pieces follow each other from row `first` to the end of the batch and have its rows and its counts."""
    ends = [piece.end for piece in pieces]

    assert [piece.start for piece in pieces] == [cursor(sequence, first), *ends[:-1]]
    assert ends[-1] == cursor(sequence + 1)
    assert all_rows(pieces) == rows_of(batch.rows(first, batch.count))
    assert sum((piece.counts for piece in pieces), Counts()).settled == batch.count - first


def fresh_ring() -> Ring:
    """A ring that waits for its first batch."""
    ring = Ring(GEOMETRY)
    prepare(ring, cursor(1), Counts())
    ring.flip()
    return ring


LONG = [(bytes([65 + row]) * 10 + b"\xff" * 8_000, "10.9.8.7", False) for row in range(20)]


def test_small_batch_is_one_piece() -> None:
    """A batch whose columns fit a slot is one piece."""
    ring = fresh_ring()
    batch = batch_from([(b"a", "10.9.8.7", False), (b"", "9.9.9.9", True), (b"\xff", "2001:db8::1", False)])
    fill(ring, 1, batch)
    pieces = served(new_worker(ring), ring, 1)

    assert len(pieces) == 1
    assert_pieces(pieces, batch, 1)
    assert ring.settled_ledger().unexplained == 0


def test_large_batch_is_cut() -> None:
    """A batch whose columns do not fit a slot comes in pieces that do, none of them empty, no row twice."""
    ring = fresh_ring()
    batch = batch_from(LONG)
    fill(ring, 1, batch)
    pieces = served(new_worker(ring), ring, 1)

    assert len(pieces) > 3
    assert all(piece.table.num_rows for piece in pieces)
    assert_pieces(pieces, batch, 1)
    assert ring.settled_ledger().unexplained == 0


@pytest.mark.parametrize("first", [1, 7, 19])
def test_a_successor_goes_on_where_rows_are_settled(first: int) -> None:
    """A worker that takes over a half-settled batch answers only with the rows behind the settled ones."""
    ring = fresh_ring()
    batch = batch_from(LONG)
    fill(ring, 1, batch)
    prepare(ring, cursor(1, first), Counts(stored=first))
    ring.flip()

    assert_pieces(served(new_worker(ring), ring, 1), batch, 1, first)


def test_batch_after_batch_in_the_same_slot() -> None:
    """What an earlier, longer batch left in its slots is never part of a later one."""
    ring = fresh_ring()
    worker = new_worker(ring)
    short = [(bytes([65 + row % 26]) * (row % 15), "10.9.8.7", False) for row in range(64)]
    for sequence, drawn in enumerate([LONG, short, LONG, short, short[:3], LONG[:1]], start=1):
        batch = batch_from(drawn)
        fill(ring, sequence, batch)
        assert_pieces(served(worker, ring, sequence), batch, sequence)


def test_estimate_cuts_before_anything_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that could take too much of the worker's memory is cut by its lengths alone, at worst to single rows."""
    monkeypatch.setattr(worker_module, "ESTIMATE_BYTES", 100)
    ring = fresh_ring()
    batch = batch_from([(b"x" * 40, "10.9.8.7", False)] * 8)
    fill(ring, 1, batch)
    pieces = served(new_worker(ring), ring, 1)

    assert [piece.end & ROW_MASK for piece in pieces] == [1, 2, 3, 4, 5, 6, 7, 0]
    assert_pieces(pieces, batch, 1)


@settings(max_examples=60)
@given(DRAWN, st.sampled_from([200, 2_000, 1 << 28]))
def test_any_batch_in_any_pieces(drawn: list[tuple[bytes, str, bool]], estimate: int) -> None:
    """Whatever is received, and however it is cut, the pieces together are the batch."""
    ring = RING
    batch = batch_from([(message[:8_192], sender, cut) for message, sender, cut in drawn])
    sequence = max(1, ring.settled_cursor >> 16)
    prepare(ring, cursor(sequence), Counts())
    ring.flip()
    fill(ring, sequence, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker_module, "ESTIMATE_BYTES", estimate)
        pieces = served(WORKER, ring, sequence)

    assert_pieces(pieces, batch, sequence)
    assert sum(piece.counts.truncated for piece in pieces) == int(batch.truncated.sum())


def test_longest_message_in_every_field() -> None:
    """One message of the longest kind, nothing of it valid, found whole by 200 fields, fits the slot made for it."""
    fields = [(f"field_{number}" + ("_ip" if number % 2 else ""), "(?s)(.*)") for number in range(200)]
    ring = Ring(Geometry.of(65_535, slots=1, workers=1, fields=len(fields), sockets=1))
    prepare(ring, cursor(1), Counts())
    ring.flip()
    fill(ring, 1, batch_of([b"\xff" * 65_535], senders=[key_of("10.9.8.7")]))
    (answer,) = Worker(ring, 0, Equipment(Extractor(fields), CLIENTS)).answers(1)
    write_piece(ring, answer)

    table = read_piece(ring, 1).table
    assert table.column("field_0").to_pylist() == table.column("original_log").to_pylist() == ["\\xff" * 65_535]
    assert table.column("field_1_ip").to_pylist() == [None]
