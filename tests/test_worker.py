"""The worker's answer to a batch, held against the contract's sentences, one message at a time.

The worker runs in this process; its pipes and its death are tested with the whole engine.
"""

from __future__ import annotations

import dataclasses
from ipaddress import ip_address
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger import worker as worker_module
from syslogger.batch import V4_MAPPED, Batch
from syslogger.clients import ClientTable
from syslogger.extract.log_class import Extractor
from syslogger.ledger import Counts
from syslogger.piece import Answer, Piece, read_piece, write_piece
from syslogger.ring import ROW_MASK, Ring, cursor
from syslogger.slots import Geometry
from syslogger.worker import KNOWN_ADDRESSES, Equipment, Worker, distinct
from tests.batches import (
    MESSAGES,
    batch_of,
    endpoint_of,
    fill,
    messages_of,
    priority_of,
    stored_in,
    text_of,
    value_of,
)
from tests.rings import prepare

PATTERNS = {"user_ip": r"(\S{1,30}:\d+)", "word": r"(\w+)", "behind": r"(?<=-)(.)"}
CLIENTS = ClientTable(
    [("home", "192.168.0.0/16"), ("router", "192.168.1.1"), ("six", "2001:db8::/32"), ("others", "10.0.0.0/8")]
)
# Whose messages they are; None is refused.
SENDERS = {
    "192.168.1.1": "router",
    "192.168.1.2": "home",
    "192.168.200.1": "home",
    "2001:db8::1": "six",
    "2001:db8:ffff::1": "six",
    "10.9.8.7": "others",
    "9.9.9.9": None,
    "2001:db9::1": None,
    "::c0a8:101": None,
}
GEOMETRY = Geometry(
    slots=2,
    rows=64,
    message_bytes=8_192,
    stride=8_256,
    body_bytes=5 << 16,
    workers=1,
    fields=3,
    sockets=1,
)


def key_of(address: str) -> bytes:
    """The 16 bytes in which an address comes from the socket."""
    packed = ip_address(address).packed
    return packed if len(packed) == 16 else V4_MAPPED + packed


def batch_from(drawn: list[tuple[bytes, str, bool]]) -> Batch:
    """Messages, their senders, and whether they were cut, as a batch in used memory."""
    batch = batch_of([message for message, _, _ in drawn], senders=[key_of(sender) for _, sender, _ in drawn])
    return dataclasses.replace(batch, truncated=np.array([cut for _, _, cut in drawn]))


def new_worker(ring: Ring, *, keep_original: bool = True) -> Worker:
    """A worker of this ring, with the fields and clients above."""
    return Worker(ring, 0, Equipment(Extractor(list(PATTERNS.items())), CLIENTS, keep_original))


RING = Ring(GEOMETRY)
WORKER = new_worker(RING)


def rows_of(batch: Batch) -> list[dict[str, Any]]:
    """The rows that the contract wants for a batch."""
    rows = []
    for row, message in enumerate(messages_of(batch)):
        text, sender = text_of(message), sender_of(batch, row)
        if not text or SENDERS[sender] is None:
            continue
        facility, severity = priority_of(text)
        value = value_of(PATTERNS["user_ip"], text)
        address, port = (None, None) if value is None else endpoint_of(value)
        rows.append(
            {
                "received_at": int(batch.received_at[row]),
                "client": SENDERS[sender],
                "log_sender_ip": sender,
                "facility": facility,
                "severity": severity,
                "user_ip": address,
                "user_port": port,
                "word": value_of(PATTERNS["word"], text),
                "behind": value_of(PATTERNS["behind"], text),
                "original_log": text,
            }
        )
    return rows


def sender_of(batch: Batch, row: int) -> str:
    """The sender's address as text."""
    address = ip_address(batch.senders[row].tobytes())
    mapped = address.ipv4_mapped if address.version == 6 else None
    return str(mapped or address)


def answered_rows(batch: Batch, answer: Answer) -> list[dict[str, Any]]:
    """The rows of an answer, the original lines through its views."""
    rows: list[dict[str, Any]] = answer.fields.to_pylist()
    if answer.views is None:
        return rows
    originals = stored_in(batch, answer.views, answer.side)
    return [{**row, "original_log": text} for row, text in zip(rows, originals, strict=True)]


DRAWN = st.lists(st.tuples(MESSAGES, st.sampled_from(sorted(SENDERS)), st.booleans()), min_size=1, max_size=12)

# ---------------------------------------------------------------------------------------------- one answer


@settings(max_examples=100)
@given(DRAWN)
@example([(b"<13>a-b", "192.168.1.1", True), (b"", "9.9.9.9", False), (b"\n", "10.9.8.7", True)])
def test_rows_are_what_the_contract_says(drawn: list[tuple[bytes, str, bool]]) -> None:
    """Whoever sends whatever, the answer has the rows of the contract in order of receipt, and counts the rest."""
    batch = batch_from(drawn)
    answer = WORKER.answer(batch, cursor(1), cursor(2))
    refused = [SENDERS[sender] is None for _, sender, _ in drawn]
    empty = [not text_of(message) for message, _, _ in drawn]

    assert answered_rows(batch, answer) == rows_of(batch)
    assert answer.counts == Counts(
        stored=len(rows_of(batch)),
        refused=sum(refused),
        empty=sum(nothing and not no for nothing, no in zip(empty, refused, strict=True)),
        truncated=sum(cut for _, _, cut in drawn),
    )
    assert answer.counts.settled == len(drawn)


@settings(max_examples=100)
@given(DRAWN, st.integers(0, 1_000))
def test_senders_are_counted(drawn: list[tuple[bytes, str, bool]], first_row: int) -> None:
    """Every sender is there once with what it sent, what of it is stored, what was refused, and one refused row."""
    answer = WORKER.answer(batch_from(drawn), cursor(1, first_row), cursor(2))
    counted = {
        key.tobytes(): counts for key, counts in zip(answer.sender_keys, answer.sender_counts.tolist(), strict=True)
    }

    assert len(counted) == len(answer.sender_keys) == len({sender for _, sender, _ in drawn})
    for sender in {sender for _, sender, _ in drawn}:
        texts = [text_of(message) for message, other, _ in drawn if other == sender]
        received, stored, refused, dropped, size, sample, client = counted[key_of(sender)]
        allowed = SENDERS[sender] is not None
        assert (received, stored) == (len(texts), sum(map(bool, texts)) if allowed else 0)
        assert (refused, dropped) == (0 if allowed else len(texts), 0)
        assert size == sum(len(message) for message, other, _ in drawn if other == sender)
        assert (sample == 0) if allowed else (drawn[sample - 1 - first_row][1] == sender)
        assert ["", *CLIENTS.names][client] == (SENDERS[sender] or "")


@settings(max_examples=100)
@given(DRAWN)
def test_an_answer_says_whose_rows_they_are_and_how_long_they_came(drawn: list[tuple[bytes, str, bool]]) -> None:
    """Lengths are those of the datagrams that became rows; the words of the columns stand in the order promised."""
    batch = batch_from(drawn)
    answer = WORKER.answer(batch, cursor(1), cursor(2))
    kept = [message for message, sender, _ in drawn if text_of(message) and SENDERS[sender] is not None]
    with_rows = answer.sender_keys[answer.sender_counts[:, 1] > 0]

    assert answer.lengths.tolist() == [len(message) for message in kept]
    assert answer.fields.column("client").dictionary.to_pylist() == list(CLIENTS.names)
    if kept:
        senders = answer.fields.column("log_sender_ip").dictionary.to_pylist()
        assert [key_of(sender) for sender in senders] == [key.tobytes() for key in with_rows]


def test_types_of_the_columns() -> None:
    """Columns have the types that the writer is made for: names as dictionaries, text as views, small numbers small."""
    batch = batch_from([(b"<13>a", "10.9.8.7", False)])

    assert {field.name: str(field.type) for field in WORKER.answer(batch, cursor(1), cursor(2)).fields.schema} == {
        "received_at": "int64",
        "client": "dictionary<values=string, indices=int32, ordered=0>",
        "log_sender_ip": "dictionary<values=string, indices=int32, ordered=0>",
        "facility": "uint8",
        "severity": "uint8",
        "user_ip": "string_view",
        "user_port": "uint16",
        "word": "string_view",
        "behind": "string_view",
    }


@pytest.mark.parametrize(
    ("message", "sender"), [(b"", "10.9.8.7"), (b"\n\0\r", "10.9.8.7"), (b"a", "9.9.9.9"), (b"", "9.9.9.9")]
)
def test_batch_of_which_nothing_is_stored(message: bytes, sender: str) -> None:
    """A batch of empty or refused messages has all columns, no row, and every message counted; refused wins."""
    answer = WORKER.answer(batch_from([(message, sender, False)] * 3), cursor(1), cursor(2))

    assert (answer.fields.num_rows, answer.fields.num_columns) == (0, 9)
    assert answer.counts == (Counts(refused=3) if sender == "9.9.9.9" else Counts(empty=3))


def test_without_originals() -> None:
    """An engine that does not keep originals makes no views of them."""
    answer = new_worker(RING, keep_original=False).answer(batch_from([(b"a", "10.9.8.7", False)]), 0, 1)

    assert answer.views is None
    assert answer.fields.num_rows == 1


def test_address_texts_are_kept_within_bounds() -> None:
    """However many addresses send, only so many texts of them are kept, and all are right."""
    worker = Worker(RING, 0, Equipment(Extractor([]), ClientTable([("all", "0.0.0.0/0")])))
    numbers = np.arange(KNOWN_ADDRESSES * 2 + 10, dtype=">u4")
    for part in np.array_split(numbers, 20):
        keys = [V4_MAPPED + number.tobytes() for number in part]
        answer = worker.answer(batch_of([b"a"] * len(part), senders=keys), cursor(1), cursor(2))
        assert answer.fields.column("log_sender_ip").to_pylist() == [str(ip_address(key[12:])) for key in keys]

    assert len(worker._texts) <= KNOWN_ADDRESSES


# ---------------------------------------------------------------------------------------------- distinct addresses


@settings(max_examples=200)
@given(st.lists(st.sampled_from([*map(key_of, SENDERS), bytes(16), b"\xff" * 16, b"\0" * 15 + b"\1"]), min_size=1))
def test_distinct_addresses(keys: list[bytes]) -> None:
    """The distinct addresses are there once each, and every message points to its own."""
    found = distinct(np.frombuffer(b"".join(keys), np.uint8).reshape(-1, 16))
    names = [key.tobytes() for key in found.keys]

    assert sorted(names) == sorted(set(keys))
    assert [names[place] for place in found.which.tolist()] == keys


def test_distinct_addresses_of_a_slot() -> None:
    """Addresses that lie apart in memory, as a slot has them, are read right."""
    names = np.zeros((3, 32), np.uint8)
    names[:, 8:24] = [[9] * 16, [7] * 16, [9] * 16]
    found = distinct(names[:, 8:24])

    assert [found.keys[place].tolist() for place in found.which.tolist()] == [[9] * 16, [7] * 16, [9] * 16]


# ---------------------------------------------------------------------------------------------- pieces of a batch


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
