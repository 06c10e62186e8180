"""Receiving over UDP: real sockets over loopback, a real ring, the receiver's loop in this process."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.batch import Batch
from syslogger.inputs import udp
from syslogger.inputs.udp import Receiver, bind, kernel_drops
from syslogger.ledger import Counts, Ledger
from syslogger.ring import Ring, cursor
from syslogger.slots import Geometry
from tests.support import deadline, wait_until
from tests.support_engine import LOOPBACK, WAIT_SECONDS, Sender, send

SECOND_US = 1_000_000
BUFFER_BYTES = 1 << 20
MESSAGE_BYTES = 512
ROWS = 50  # of a slot, so that full rings fit a socket's buffer whoever runs the tests
MESSAGES = st.lists(st.binary(max_size=600), max_size=60)


class Workbench:
    """A receiver on one or more sockets of 127.0.0.1, and what it publishes."""

    def __init__(self, rows: int, slots: int, sockets: int, buffer_bytes: int, flush_seconds: float) -> None:
        self.ring = Ring(replace(Geometry.of(MESSAGE_BYTES, slots, 1, 1, sockets), rows=rows))
        self.ring.deadline[0] = float("inf")
        self.ring.prepare(cursor(1), 1, Ledger())  # as the writer does before anything is received
        self.ring.flip()
        bound = bind(0, (LOOPBACK,), sockets, buffer_bytes)
        self.port, self.granted_bytes = bound[0].port, bound[0].granted_bytes
        self.sequences: list[int] = []
        self.batches: list[Batch] = []
        self.after_publishing: Callable[[int], None] = lambda _: None
        self.freed = os.eventfd(0)
        self._stop_reading, self._stop_writing = os.pipe()
        self.receiver = Receiver(
            self.ring,
            bound,
            control=self._stop_reading,
            freed=self.freed,
            hand_over=self._take,
            flush_seconds=flush_seconds,
            nap_seconds=0.001,
        )

    def _take(self, sequence: int) -> None:
        self.sequences.append(sequence)
        self.batches.append(self.ring.batch(sequence))
        self.after_publishing(sequence)

    def settle(self, sequence: int) -> None:
        """Do the writer's part: everything up to this batch is stored, its slot is free."""
        received = sum(batch.count for batch in self.batches)
        ledger = Ledger(received, 0, Counts(stored=received), 0)
        self.ring.prepare(cursor(sequence + 1), self.ring.bookings + 1, ledger)
        self.ring.flip()
        os.eventfd_write(self.freed, 1)

    def stop(self) -> None:
        """Tell it to end."""
        os.write(self._stop_writing, b"drain")

    def receive_and_drain(self) -> None:
        """What its process does."""
        self.receiver.receive()
        self.receiver.drain()

    def run(self) -> None:
        """Let it receive and drain what was sent so far."""
        self.stop()
        self.receive_and_drain()

    def wait_for_batches(self, count: int) -> None:
        """Wait until so many were handed over."""
        wait_until(lambda: len(self.sequences) >= count, WAIT_SECONDS, f"{count} batches are handed over")

    def wait_for_messages(self, count: int) -> None:
        """Wait until so many lie in the ring."""
        wait_until(lambda: self.ring.settled_ledger().received == count, WAIT_SECONDS, f"{count} messages are received")

    def close(self) -> None:
        """Give the descriptors back."""
        for each in self.receiver._sockets:
            each.close()
        for descriptor in (self.freed, self._stop_reading, self._stop_writing):
            os.close(descriptor)

    @property
    def sizes(self) -> list[int]:
        """How many messages each batch has."""
        return [batch.count for batch in self.batches]

    @property
    def messages(self) -> list[bytes]:
        """What was received, in order."""
        return [batch.data[row, : batch.lengths[row]].tobytes() for batch in self.batches for row in range(batch.count)]


@contextmanager
def workbench(
    rows: int = 2_000,
    slots: int = 4,
    sockets: int = 1,
    buffer_bytes: int = BUFFER_BYTES,
    flush_seconds: float = 0.05,
) -> Iterator[Workbench]:
    """A receiver that has not begun."""
    bench = Workbench(rows, slots, sockets, buffer_bytes, flush_seconds)
    try:
        yield bench
    finally:
        bench.close()


@contextmanager
def receiving(bench: Workbench) -> Iterator[None]:
    """The receiver runs in a thread of its own; behind the block it has drained."""
    thread = threading.Thread(target=bench.receive_and_drain)
    thread.start()
    try:
        yield
    finally:
        bench.stop()
        thread.join(WAIT_SECONDS)


@given(messages=MESSAGES)
def test_what_is_sent_lies_in_the_ring(messages: list[bytes]) -> None:
    """Bytes, lengths and order are as sent; what is longer than its room is cut and marked; empty ones count, too."""
    with workbench() as bench:
        send(bench.port, *messages)
        bench.run()

        assert [message[:MESSAGE_BYTES] for message in messages] == bench.messages
        truncated = [bool(mark) for batch in bench.batches for mark in batch.truncated]
        assert [len(message) > MESSAGE_BYTES for message in messages] == truncated
        assert len(messages) == bench.ring.settled_ledger().received


def test_stamps_and_senders() -> None:
    """Each message has the time of its receipt, and its sender's address in the IPv6 form."""
    before = time.time_ns() // 1_000
    with workbench() as bench:
        for host in (1, 2, 3):
            send(bench.port, b"x", source=f"127.0.0.{host}")
        bench.run()
        batch = bench.batches[0]

        assert before <= batch.received_at.min() <= batch.received_at.max() <= time.time_ns() // 1_000
        senders = [IPv6Address(key.tobytes()).ipv4_mapped for key in batch.senders]
        assert [IPv4Address(f"127.0.0.{host}") for host in (1, 2, 3)] == senders


def test_full_slots_are_published_at_once() -> None:
    """A slot ends where it is full, the last one at the end; batches are numbered without a gap."""
    with workbench(rows=ROWS, flush_seconds=60) as bench:
        messages = [b"%d" % number for number in range(2 * ROWS + 20)]
        send(bench.port, *messages)
        bench.run()

        assert [ROWS, ROWS, 20] == bench.sizes
        assert [1, 2, 3] == bench.sequences
        assert messages == bench.messages


def test_a_slot_is_published_when_its_time_is_over() -> None:
    """Without another message a batch is handed over after the flush interval; the next one has its own."""
    with workbench(flush_seconds=0.02) as bench, receiving(bench):
        for number in range(3):
            send(bench.port, b"%d" % number)
            bench.wait_for_batches(number + 1)

        assert [1, 1, 1] == bench.sizes


def test_a_slot_is_filled_up_while_others_lag() -> None:
    """When more than half of the slots wait, a slot is handed over full and not by time."""
    with workbench(rows=ROWS, slots=4, flush_seconds=0.001) as bench, receiving(bench):
        for number in range(3):
            send(bench.port, b"%d" % number)
            bench.wait_for_batches(number + 1)
        send(bench.port, b"the first of many")
        bench.wait_for_messages(4)
        send(bench.port, *[b"more"] * (ROWS - 1))
        bench.wait_for_batches(4)

        assert [1, 1, 1, ROWS] == bench.sizes
        bench.settle(4)


def test_full_rings_wait_for_the_writer() -> None:
    """When no slot is free the rest waits in the kernel's buffer; a settled slot lets it go on, nothing is lost."""
    with workbench(rows=ROWS, slots=4, flush_seconds=60) as bench:
        messages = [b"%d" % number for number in range(6 * ROWS)]
        with receiving(bench):
            send(bench.port, *messages[: 4 * ROWS])
            bench.wait_for_batches(4)
            send(bench.port, *messages[4 * ROWS :])
            assert 4 * ROWS == bench.ring.settled_ledger().received
            received = bench.messages
            bench.settle(1)
            bench.wait_for_batches(5)
            bench.settle(4)
            bench.wait_for_batches(6)

        assert 0 == bench.ring.kernel_dropped[0]
        assert messages == received + bench.messages[4 * ROWS :]


def test_drain_waits_for_room_until_its_deadline() -> None:
    """A drain that finds the rings full goes on as slots become free; past its deadline it gives up."""
    messages = [b"%d" % number for number in range(8 * ROWS)]
    with workbench(rows=ROWS, slots=4) as bench:

        def published(sequence: int) -> None:
            """Three more slots become free; from then on there is no room, and little time."""
            if 4 <= sequence < 7:
                bench.settle(sequence - 3)
            elif sequence == 7:
                bench.ring.deadline[0] = time.monotonic() + 0.3

        bench.after_publishing = published
        send(bench.port, *messages)
        with deadline(WAIT_SECONDS):
            bench.run()

        assert [ROWS] * 7 == bench.sizes
        assert time.monotonic() >= bench.ring.deadline[0]


def test_drain_takes_the_port_away() -> None:
    """Behind the drain the port is somebody else's: senders that go on are refused by the kernel."""
    with workbench() as bench, Sender(bench.port) as sender:
        sender._socket.connect((LOOPBACK, bench.port))
        sender._socket.send(b"in time")
        bench.run()
        with pytest.raises(ConnectionRefusedError):
            wait_until(lambda: sender._socket.send(b"too late") == 0, WAIT_SECONDS, "the kernel refuses")

        assert [b"in time"] == bench.messages


def test_an_empty_slot_is_no_batch() -> None:
    """A receiver that got nothing leaves nothing to wait for."""
    with workbench() as bench:
        bench.run()

        assert ([], 0, 0) == (bench.sequences, bench.ring.head, bench.ring.settled_ledger().in_flight)


def test_a_gone_parent_stops_it() -> None:
    """The end of file of the control socket ends the loop as a word does."""
    ours, theirs = socket.socketpair()
    with workbench() as bench, theirs:
        bench.receiver._control = theirs.fileno()
        bench.receiver._anything = udp._poll(theirs.fileno(), *(each.fileno() for each in bench.receiver._sockets))
        ours.close()
        with deadline(WAIT_SECONDS):
            bench.receiver.receive()


def test_numbers_go_on_behind_the_settled_ones() -> None:
    """After a restart batches are numbered from the cursor that the day file had."""
    with workbench() as bench:
        bench.ring.prepare(cursor(4_711), 2, Ledger())
        bench.ring.flip()
        bound = bind(0, (LOOPBACK,), 1, BUFFER_BYTES)
        send(bound[0].port, b"x")
        again = Receiver(
            bench.ring,
            bound,
            control=bench._stop_reading,
            freed=bench.freed,
            hand_over=bench._take,
            flush_seconds=1,
            nap_seconds=0,
        )
        bench.stop()
        again.receive()
        again.drain()

        assert [4_711] == bench.sequences


@pytest.mark.parametrize("border", ["start", "end"])
def test_no_slot_spans_the_border_of_a_day(border: str) -> None:
    """Messages on both sides of midnight are in two batches, the first one stamped wholly before it."""
    with workbench(flush_seconds=60) as bench, receiving(bench):
        sent = send(bench.port, b"0")
        bench.wait_for_messages(sent)  # it is stamped: whatever comes now is behind it
        midnight = time.time_ns() // 1_000 + 300_000
        day = (0, midnight) if border == "end" else (midnight, midnight + 24 * 3_600 * SECOND_US)
        bench.ring.day[:] = day
        while not bench.sequences:
            sent += send(bench.port, b"%d" % sent)
            bench.wait_for_messages(sent)
        # the border may have been seen before anything came behind it
        sent += send(bench.port, b"%d" % sent)
        bench.wait_for_messages(sent)

    first, second = bench.batches
    assert first.received_at.max() < midnight <= second.received_at.min()
    assert sent == first.count + second.count


def overfill(bench: Workbench, count: int) -> None:
    """Send more than the sockets' buffers take."""
    for host in range(1, 9):
        send(bench.port, *[b"x" * 100] * (count // 8), source=f"127.0.0.{host}")


@pytest.mark.parametrize("sockets", [1, 4])
def test_kernel_drops_are_exact(sockets: int) -> None:
    """What was sent is what was received and what the kernel dropped at these sockets."""
    with workbench(sockets=sockets, buffer_bytes=65_536) as bench:
        overfill(bench, 4_000)
        bench.run()
        ledger = bench.ring.settled_ledger()

    assert 4_000 == ledger.received + ledger.kernel_dropped
    assert ledger.kernel_dropped > 0


def test_the_kernels_counter_may_wrap() -> None:
    """The kernel counts in 32 bits, we do not."""
    with workbench(buffer_bytes=4_096) as bench:
        overfill(bench, 80)
        dropped = kernel_drops(bench.receiver._sockets[0])
        bench.ring.kernel_dropped[0] = (1 << 32) - 5
        bench.run()

        assert 0 < dropped < 80
        assert (1 << 32) + dropped == bench.ring.kernel_dropped[0]


def test_naps_only_where_the_buffer_bridges_them() -> None:
    """A buffer of less than 4 MiB would overflow during a nap at full rate, so there is none."""
    with workbench(buffer_bytes=65_536) as small, workbench(buffer_bytes=8 << 20) as large:
        assert 0.0 == small.receiver._nap_seconds
        assert (0.001 if large.granted_bytes >= 4 << 20 else 0.0) == large.receiver._nap_seconds


def test_it_beats() -> None:
    """Its word in the ring shows when it last went round."""
    with workbench() as bench:
        before = time.monotonic()
        bench.run()

        assert before <= bench.ring.beats[0] <= time.monotonic()


def test_errors_of_the_kernel_are_not_swallowed() -> None:
    """Whatever is not one of the harmless errors of a socket without data is raised."""
    udp._raise_unless_harmless(errno.EAGAIN)
    with pytest.raises(OSError, match="recvmmsg: Bad file descriptor"):
        udp._raise_unless_harmless(errno.EBADF)


def test_messages_of_one_call_share_a_stamp() -> None:
    """One call of recvmmsg(2) gives one time of receipt."""
    with workbench() as bench:
        send(bench.port, *[b"x"] * 300)
        bench.run()

        assert [300] == bench.sizes
        assert 1 == len(np.unique(bench.batches[0].received_at))
