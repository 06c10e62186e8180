"""UDP in: recvmmsg(2) from sockets that somebody else bound, straight into the slots of the ring.

Runs in     the receiver process of an engine
Reads       the engine's UDP sockets (their own drop counters too), the day's borders and the settled cursor in the ring
Writes      datagrams, headers, stamps and words of in-slots; one message per published slot into a worker's pipe
Ends when   it is told to stop or its parent is gone: then the port is shut, what the kernel holds is read, the slot is
            published and every worker told that nothing follows

No Python object per datagram exists: one call brings up to 1,024 of them into the slot that a worker will read. A call
that brought few is followed by a nap, so that the kernel's buffer collects the next many: a batch of one message costs
100 times more per message than a full one.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syslogger.errors import BindError
from syslogger.slots import MMSGHDR

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from syslogger.ring import Ring
    from syslogger.slots import InSlot

MESSAGES_A_CALL = 1024  # UIO_MAXIOV
SO_RCVBUFFORCE = 33
SO_MEMINFO = 55
MEMINFO_BYTES = 36
MEMINFO_DROPS = 8
NAP_WORTH_BYTES = 4 << 20  # holds 8 ms of 400,000 messages a second; below that a nap loses
IDLE_SECONDS = 1.0
RELEASE_SECONDS = 10.0  # of quiet, before memory that a burst has used is given back
DEADLINE_LOOK_SECONDS = 0.1  # a drain's deadline may be moved closer; the writer books half a second behind it
DISCARD_PORT = 9
HARMLESS = (errno.EAGAIN, errno.EINTR, errno.ECONNREFUSED)

_recvmmsg = ctypes.CDLL(None, use_errno=True).recvmmsg
_recvmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
_recvmmsg.restype = ctypes.c_int


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A bound socket: its descriptor, and the receive buffer asked for and granted (as the kernel counts it)."""

    descriptor: int
    port: int
    asked_bytes: int
    granted_bytes: int

    def advice(self) -> str | None:
        """What an operator does about a buffer that was cut; None when it was granted whole."""
        if self.granted_bytes >= 2 * self.asked_bytes:
            return None
        return f"sysctl -w net.core.rmem_max={self.asked_bytes}"


# -- binding ---------------------------------------------------------------------------------------------------------


def ipv6_works() -> bool:
    """Whether this kernel has IPv6 sockets at all."""
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
    except OSError:
        return False
    return True


def bind(port: int, addresses: Sequence[str], sockets: int, buffer_bytes: int) -> list[BoundSocket]:
    """Bind `sockets` sockets on each address (none named: all of both families); port 0 takes any free one.

    One dual-stack IPv6 socket serves both families; IPv4 addresses are bound in their v4-mapped form, IPv6 ones take
    IPv6 alone. Raises BindError.
    """
    bound: list[BoundSocket] = []
    address: str | None = None
    try:
        for address in addresses or (None,):
            _probe_free(address, port, sockets)
            for _ in range(sockets):
                bound.append(_bind_one(address, port, buffer_bytes, shared=sockets > 1))
                port = bound[0].port
    except OSError as error:
        for each in bound:
            os.close(each.descriptor)
        raise BindError(_bind_sentence(address, port, error)) from error
    return bound


def _probe_free(address: str | None, port: int, sockets: int) -> None:
    # SO_REUSEPORT would let us join another program's port unnoticed: the first bind goes without it
    if sockets > 1:
        with _new_socket(address) as probe:
            probe.bind(_sockaddr(probe, address, port))


def _bind_one(address: str | None, port: int, buffer_bytes: int, *, shared: bool) -> BoundSocket:
    with _new_socket(address) as receiver:
        if shared:
            receiver.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        granted = _ask_buffer(receiver, buffer_bytes)
        receiver.bind(_sockaddr(receiver, address, port))
        return BoundSocket(os.dup(receiver.fileno()), receiver.getsockname()[1], buffer_bytes, granted)


def _new_socket(address: str | None) -> socket.socket:
    if not ipv6_works():
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address is not None and ":" in address))
    return made


def _sockaddr(receiver: socket.socket, address: str | None, port: int) -> tuple[str, int]:
    if receiver.family == socket.AF_INET:
        return (address or "0.0.0.0", port)  # every address is what an engine listens on unless told otherwise
    if address is None:
        return ("::", port)
    return (address if ":" in address else f"::ffff:{address}", port)


def _ask_buffer(receiver: socket.socket, buffer_bytes: int) -> int:
    try:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer_bytes)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    return receiver.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def _bind_sentence(address: str | None, port: int, error: OSError) -> str:
    where = f"UDP port {port} of {address or 'all addresses'}"
    if isinstance(error, PermissionError):
        return f"{where} may not be bound: ports below 1024 need root or CAP_NET_BIND_SERVICE; choose a higher port"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where} is in use by another program: stop it (`ss -ulpn 'sport = :{port}'` names it) or choose another"
        )
    return f"{where} cannot be bound: {error.strerror or error}"


# -- receiving -------------------------------------------------------------------------------------------------------


class Receiver:
    """Fills slots until it is told to stop. `hand_over(sequence)` gives a published slot to its worker.

    `control` is readable when the receiver shall stop (a word, or its end of file); `freed` is an eventfd that moves
    when slots were settled.
    """

    def __init__(
        self,
        ring: Ring,
        sockets: Sequence[BoundSocket],
        *,
        control: int,
        freed: int,
        hand_over: Callable[[int], None],
        flush_seconds: float,
        nap_seconds: float,
    ) -> None:
        self._ring = ring
        self._sockets = [socket.socket(fileno=each.descriptor) for each in sockets]
        self._control, self._freed, self._hand_over = control, freed, hand_over
        self._flush_seconds = flush_seconds
        may_nap = min(each.granted_bytes for each in sockets) >= NAP_WORTH_BYTES
        self._nap_seconds = nap_seconds if may_nap else 0.0
        self._anything = _poll(control, *(each.fileno() for each in self._sockets))
        self._room = _poll(control, freed)
        self._sequence = max(ring.head + 1, ring.settled_cursor >> 16)
        self._slot: InSlot | None = None
        self._rows = 0
        self._first_stamp = 0
        self._flush_at = 0.0
        self._quiet_since = float("inf")

    def receive(self) -> None:
        """Receive until `control` is readable."""
        while not self._stopped_while_waiting(self._turn()):
            pass

    def drain(self) -> None:
        """Shut the port, read what the kernel holds, hand over the last slot, close."""
        for each in self._sockets:
            _shut(each)
        self._read_out()
        self._publish()
        self._ring.adopt_unfinished(_now_us())  # a slot that was begun and got nothing is no batch to wait for
        self._note_drops()
        for each in self._sockets:
            each.close()

    def _read_out(self) -> None:
        room = _poll(self._freed)
        while time.monotonic() < self._ring.deadline[0]:
            if not self._has_slot():
                self._wait_for_room(room, DEADLINE_LOOK_SECONDS)
            elif not self._receive_all() and self._slot is not None:
                return

    # -- one turn --------------------------------------------------------------------------------------------------

    def _turn(self) -> float:
        """Receive once; returns the seconds to wait for the next datagram."""
        self._ring.beats[0] = time.monotonic()
        received = self._receive_all()
        now = time.monotonic()
        if now >= self._flush_at and not self._is_behind():
            self._publish()
        if received:
            self._quiet_since = now
            if received < MESSAGES_A_CALL and self._nap_seconds:
                time.sleep(self._nap_seconds)
            return 0.0
        self._note_drops()
        if now - self._quiet_since >= RELEASE_SECONDS and not self._ring.depth:
            self._quiet_since = float("inf")
            self._ring.release()
        return max(0.0, self._flush_at - now) if self._rows else IDLE_SECONDS

    def _is_behind(self) -> bool:
        """Whether workers or writer lag: then a slot is filled up, for half-filled ones waste what room is left."""
        unsettled = self._sequence - (self._ring.settled_cursor >> 16)
        return unsettled > self._ring.geometry.slots // 2 and self._rows < self._ring.geometry.rows

    def _stopped_while_waiting(self, seconds: float) -> bool:
        if not self._has_slot():
            return self._control in self._wait_for_room(self._room)
        return any(descriptor == self._control for descriptor, _ in self._anything.poll(seconds * 1000))

    def _wait_for_room(self, poll: select.poll, seconds: float = IDLE_SECONDS) -> list[int]:
        """Wait until slots were settled: when the ring is full, the kernel's buffer is the next buffer."""
        ready = [descriptor for descriptor, _ in poll.poll(seconds * 1000)]
        if self._freed in ready:
            os.eventfd_read(self._freed)
        return ready

    # -- filling a slot ----------------------------------------------------------------------------------------------

    def _has_slot(self) -> bool:
        """Have a slot to fill: the one we are in, or the next one if it is free."""
        if self._slot is None and self._ring.has_room(self._sequence):
            self._ring.start(self._sequence)
            self._slot, self._rows = self._ring.in_slot(self._sequence), 0
        return self._slot is not None

    def _receive_all(self) -> int:
        """One call on each socket; the number of messages they brought."""
        return sum(self._receive(each) for each in self._sockets)

    def _receive(self, source: socket.socket) -> int:
        if self._rows == self._ring.geometry.rows or self._crosses_border(_now_us()):
            self._publish()
        if not self._has_slot() or self._slot is None:
            return 0
        room = min(MESSAGES_A_CALL, self._ring.geometry.rows - self._rows)
        headers = self._slot.headers_address + MMSGHDR.itemsize * self._rows
        got = int(_recvmmsg(source.fileno(), headers, room, socket.MSG_DONTWAIT, None))
        if got < 0:
            _raise_unless_harmless(ctypes.get_errno())
            return 0
        self._count_in(got)
        return got

    def _count_in(self, got: int) -> None:
        """Stamp and count the messages of one call."""
        now = _now_us()
        if self._rows == 0:
            self._first_stamp, self._flush_at = now, time.monotonic() + self._flush_seconds
        elif self._crosses_border(now):
            now = self._first_stamp  # it passed during the call, which counts as before it
        assert self._slot is not None
        self._slot.stamps[self._rows : self._rows + got] = now
        self._rows += got
        self._ring.count[self._sequence % self._ring.geometry.slots] = self._rows

    def _crosses_border(self, now: int) -> bool:
        """Whether a message received now belongs to another day than those in the slot."""
        if self._rows == 0:
            return False
        start, end = (int(border) for border in self._ring.day)
        first = self._first_stamp
        return (first < start) != (now < start) or (first < end) != (now < end)

    def _publish(self) -> None:
        if not self._rows:
            return
        self._ring.publish(self._sequence)
        self._hand_over(self._sequence)
        self._slot, self._rows = None, 0
        self._sequence += 1
        self._note_drops()

    def _note_drops(self) -> None:
        seen = self._ring.kernel_dropped
        for index, each in enumerate(self._sockets):
            total = int(seen[index])
            seen[index] = total + (kernel_drops(each) - total & 0xFFFFFFFF)


# -- the kernel's side -----------------------------------------------------------------------------------------------


def _poll(*descriptors: int) -> select.poll:
    poll = select.poll()
    for descriptor in descriptors:
        poll.register(descriptor, select.POLLIN)
    return poll


def _shut(receiver: socket.socket) -> None:
    """Take the port away from senders and keep what the kernel holds.

    A UDP socket that is connected gets nothing from anybody else, and its queue stays readable (udp(7)). Nobody sends
    from the discard port. Where the address has no route to loopback, the drain's deadline bounds what still comes.
    """
    bound = receiver.getsockname()[0]
    peer = "127.0.0.1" if receiver.family == socket.AF_INET else "::1"
    if bound == "::" or bound.startswith("::ffff:"):
        peer = "::ffff:127.0.0.1"
    with contextlib.suppress(OSError):
        receiver.connect((peer, DISCARD_PORT))


def _raise_unless_harmless(error: int) -> None:
    if error not in HARMLESS:
        raise OSError(error, f"recvmmsg: {os.strerror(error)}")


def kernel_drops(receiver: socket.socket) -> int:
    """Datagrams the kernel dropped at this very socket (SO_MEMINFO, socket(7)); a 32-bit counter that wraps."""
    return int(
        struct.unpack_from("9I", receiver.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, MEMINFO_BYTES))[MEMINFO_DROPS]
    )


def _now_us() -> int:
    return time.time_ns() // 1000
