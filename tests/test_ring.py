"""The ring: its words of one moment, its shapes, and what the kernel wrote into a dead receiver's slot.

The protocol in random order has its test in test_ring_protocol.py.
"""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.batch import V4_MAPPED
from syslogger.inputs.udp import _recvmmsg, ipv6_works
from syslogger.ledger import Counts, Ledger
from syslogger.ring import Ring, cursor
from syslogger.shared import PAGE_BYTES, address_of
from syslogger.slots import MMSGHDR, NAME_BYTES, SLOT_BYTES, Geometry
from tests.rings import ROWS, SLOTS, SMALL, count_in, prepare

ROOT = Path(__file__).resolve().parents[1]


# -- a moment of it ---------------------------------------------------------------------------------------------------


def test_a_ledger_that_is_read_while_words_move_balances_or_is_none() -> None:
    """Beside a receiver and a writer that never rest, every ledger that is given out balances."""
    ring = Ring(SMALL)
    ring.prepare(cursor(1), 1, Ledger())
    ring.flip()
    stop = threading.Event()
    mover = threading.Thread(target=move_until, args=(ring, stop))
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    mover.start()
    try:
        seen = [ring.ledger() for _ in range(5_000)]
        while len({ledger.received for ledger in seen if ledger is not None}) < 2:
            seen.append(ring.ledger())  # the other thread has not had its turn
    finally:
        stop.set()
        mover.join()
        sys.setswitchinterval(interval)
    ledgers = [ledger for ledger in seen if ledger is not None]

    assert {ledger.unexplained for ledger in ledgers} == {0}
    assert len({ledger.received for ledger in ledgers}) > 1
    assert [ledger.received for ledger in ledgers] == sorted(ledger.received for ledger in ledgers)


def move_until(ring: Ring, stop: threading.Event) -> None:
    """Batch after batch is filled, published and settled."""
    for sequence in itertools.count(1):
        ring.start(sequence)
        for rows in range(1, ROWS + 1):
            count_in(ring, sequence, rows)
        ring.publish(sequence)
        prepare(ring, cursor(sequence + 1), Counts(stored=ROWS))
        ring.flip()
        if stop.is_set():
            return


def test_a_word_that_moved_between_two_looks_gives_no_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger is given out only when two looks at the words agree; the next one that agrees is taken."""
    ring = Ring(SMALL)
    ring.start(1)
    count_in(ring, 1, 1)
    looks = []
    compare = np.array_equal

    def moving(first: np.ndarray, second: np.ndarray) -> bool:
        looks.append(1)
        if len(looks) == 1:
            count_in(ring, 1, 2)
        return compare(first, second)

    monkeypatch.setattr(np, "array_equal", moving)

    assert ring.ledger() is None
    assert ring.settled_ledger().received == 2


def test_a_prepared_booking_counts_when_the_version_moves() -> None:
    """Until the flip everyone sees what was true before; the flip changes all of it at once."""
    ring = Ring(SMALL)
    ring.start(5)
    count_in(ring, 5, 3)
    after = Ledger(3, 2, Counts(stored=2, refused=1), 0)
    ring.prepare(cursor(6), 9, after)

    assert (ring.settled_cursor, ring.bookings, ring.counts, ring.prepared_bookings()) == (0, 0, Counts(), 9)
    ring.flip()
    assert (ring.settled_cursor, ring.bookings, ring.counts, ring.booked) == (cursor(6), 9, after.counts, after)
    assert ring.prepared_bookings() == 0


# -- shapes -----------------------------------------------------------------------------------------------------------


@given(st.integers(1, 65_535), st.integers(4, 64), st.integers(1, 64), st.integers(1, 200))
def test_sizes_fit_whatever_is_configured(message_bytes: int, slots: int, workers: int, fields: int) -> None:
    """A row holds the longest message, rows fill 32 MiB at most and share no cache set, an answer fits one row."""
    geometry = Geometry.of(message_bytes, slots, workers, fields, 1)

    assert geometry.stride > message_bytes
    assert geometry.stride % 8 == 0
    assert geometry.stride % PAGE_BYTES != 0
    assert 1 <= geometry.rows <= 8_192
    assert geometry.rows * geometry.stride <= SLOT_BYTES
    assert geometry.body_bytes >= 4 * message_bytes * (fields + 2)


def test_headers_point_into_their_slot() -> None:
    """Each header names its own row, its own address and one vector of the configured length."""
    for slot in Ring(SMALL).in_slots:
        rows = np.arange(ROWS)
        data = address_of(slot.data)
        names = address_of(slot.names)

        assert (slot.iovecs["base"][:, 0] == data + rows * SMALL.stride).all()
        assert (slot.headers["name"] == names + rows * NAME_BYTES).all()
        assert (slot.iovecs["length"] == SMALL.message_bytes).all()
        assert slot.headers_address == address_of(slot.headers)


def test_long_messages_have_a_near_part_and_a_far_part() -> None:
    """With near rows a message is received into two places that, put together, are one row."""
    geometry = Geometry.of(4_096, 4, 1, 1, 1)
    slot = Ring(geometry).in_slots[0]
    near = geometry.near_bytes

    assert near > 0
    assert (slot.iovecs["length"] == [near, 4_096 - near]).all()
    assert (slot.headers["iov_count"] == 2).all()
    assert slot.iovecs["base"][1].tolist() == [address_of(slot.near[1]), address_of(slot.data[1]) + near]
    slot.near[:2, :near] = np.frombuffer(b"n", np.uint8)
    slot.data[:2, near:] = np.frombuffer(b"f", np.uint8)
    slot.headers["length"][:2] = near, near + 1
    assert slot.batch(1).data[0, :near].tobytes() == b"n" * near
    assert slot.batch(2).data[1, : near + 1].tobytes() == b"n" * near + b"f"
    assert slot.head(1, 2 * near) == b"n" * near


def test_slots_do_not_overlap() -> None:
    """Filling every array of one slot leaves all other slots as they were."""
    ring = Ring(SMALL)
    for place in range(SLOTS):
        ring.in_slots[place].data[...] = place + 1
        ring.out_slots[place].body[...] = place + 1

    assert [np.unique(slot.data).tolist() for slot in ring.in_slots] == [[place + 1] for place in range(SLOTS)]
    assert [np.unique(slot.body).tolist() for slot in ring.out_slots] == [[place + 1] for place in range(SLOTS)]
    assert not ring.begin.any()


def test_a_forked_child_uses_the_same_words_at_the_same_addresses() -> None:
    """What one process starts and counts, another takes over and publishes."""
    program = """
import os
from syslogger.ring import Ring
from syslogger.slots import Geometry
ring = Ring(Geometry(4, 8, 64, 128, 65536, 2, 1, 1))
child = os.fork()
if child == 0:
    ring.start(1)
    ring.in_slot(1).headers["name_length"][:2] = 28
    os._exit(0)
os.waitpid(child, 0)
assert ring.unfinished() == 1 and ring.rows_in(1) == 0
assert ring.adopt_unfinished(7) == 1 and ring.rows_in(1) == 2 and ring.waiting(1) == [1]
assert ring.in_slot(1).stamps[:2].tolist() == [7, 7]
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, b"")


# -- what the kernel wrote --------------------------------------------------------------------------------------------

V4_ONLY, DUAL = "IPv4", "dual-stack IPv6"
FAMILIES = [V4_ONLY, *([DUAL] if ipv6_works() else [])]


@contextmanager
def pair(family: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A receiving socket of the family on a free port, and a sender on 127.0.0.1 that is connected to it."""
    receiver = socket.socket(socket.AF_INET6 if family == DUAL else socket.AF_INET, socket.SOCK_DGRAM)
    with receiver, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        if family == DUAL:
            receiver.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        receiver.bind(("::ffff:127.0.0.1" if family == DUAL else "127.0.0.1", 0))
        sender.connect(("127.0.0.1", receiver.getsockname()[1]))
        yield receiver, sender


def receive(ring: Ring, receiver: socket.socket, first: int) -> int:
    """One call that fills the slot of batch 1 from row `first` on; the kernel's count."""
    slot = ring.in_slot(1)
    return int(_recvmmsg(receiver.fileno(), slot.headers_address + MMSGHDR.itemsize * first, ROWS - first, 0x40, None))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_dead_receivers_slot_holds_what_the_kernel_says(family: str) -> None:
    """Messages that were received and not counted, empty ones too, are counted, stamped and published."""
    ring = Ring(SMALL, ipv4_only=family == V4_ONLY)
    with pair(family) as (receiver, sender):
        ring.start(1)
        for message in (b"one", b""):
            sender.send(message)
        assert receive(ring, receiver, 0) == 2
        count_in(ring, 1, 2)
        ring.in_slot(1).stamps[:2] = 5
        for message in (b"", b"x" * 100, b"last"):
            sender.send(message)
        assert receive(ring, receiver, 2) == 3

    assert ring.rows_in(1) == 2
    assert ring.adopt_unfinished(9) == 1
    batch = ring.batch(1)
    assert [batch.data[row, :length].tobytes() for row, length in enumerate(batch.lengths)] == [
        b"one",
        b"",
        b"",
        b"x" * 64,
        b"last",
    ]
    assert batch.truncated.tolist() == [False, False, False, True, False]
    assert batch.received_at.tolist() == [5, 5, 9, 9, 9]
    assert {sender.tobytes() for sender in batch.senders} == {V4_MAPPED + b"\x7f\0\0\1"}
    assert ring.settled_ledger().received == 5
    assert ring.unfinished() is None


@pytest.mark.parametrize("family", FAMILIES)
def test_a_slot_into_which_nothing_came_is_given_back(family: str) -> None:
    """A call that brought nothing leaves nothing to adopt, and the next receiver begins with the same sequence."""
    ring = Ring(SMALL)
    with pair(family) as (receiver, _):
        ring.start(1)
        assert receive(ring, receiver, 0) == -1

    assert ring.unfinished() == 1
    assert ring.adopt_unfinished(9) is None
    assert (ring.head, ring.unfinished(), ring.waiting(1)) == (0, None, [])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_full_slot_is_adopted_whole(family: str) -> None:
    """Every row counts when the kernel has filled the last header too; what a slot held before does not."""
    ring = Ring(SMALL, ipv4_only=family == V4_ONLY)
    with pair(family) as (receiver, sender):
        for _ in range(2):
            ring.start(1)
            for row in range(ROWS):
                sender.send(b"%d" % row)
            assert receive(ring, receiver, 0) == ROWS
        assert ring.adopt_unfinished(9) == 1

    assert ring.rows_in(1) == ROWS
    ring.start(1 + SLOTS)
    assert ring.adopt_unfinished(9) is None


def test_nothing_begun_is_nothing_to_adopt() -> None:
    """Neither a new ring nor one whose last slot was published has anything left to count."""
    ring = Ring(SMALL)
    assert ring.adopt_unfinished(1) is None
    ring.start(1)
    count_in(ring, 1, 1)
    ring.publish(1)

    assert ring.adopt_unfinished(1) is None
    assert ring.rows_in(1) == 1
