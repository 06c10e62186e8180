"""The worker's answer to a batch, held against the contract's sentences, one message at a time.

The worker runs in this process; its pipes and its death are tested with the whole engine.
"""

from __future__ import annotations

from ipaddress import ip_address

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED
from syslogger.clients import ClientTable
from syslogger.extract.log_class import Extractor
from syslogger.ledger import Counts
from syslogger.ring import cursor
from syslogger.worker import KNOWN_ADDRESSES, Equipment, Worker, distinct
from tests.batches import batch_of, text_of
from tests.workers import CLIENTS, DRAWN, RING, SENDERS, WORKER, answered_rows, batch_from, key_of, new_worker, rows_of


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
