"""Small rings for tests, and what receiver and writer do to their words."""

from __future__ import annotations

from syslogger.ledger import Counts, Ledger
from syslogger.ring import Ring
from syslogger.slots import Geometry

SLOTS, ROWS, WORKERS = 4, 8, 2
SMALL = Geometry(
    slots=SLOTS, rows=ROWS, message_bytes=64, stride=128, body_bytes=1 << 17, workers=WORKERS, fields=1, sockets=1
)


def count_in(ring: Ring, sequence: int, rows: int) -> None:
    """What the receiver does when a call brought messages: the slot holds `rows` now."""
    ring.count[sequence % SLOTS] = rows


def prepare(ring: Ring, end: int, counts: Counts) -> Ledger:
    """What the writer does before its COMMIT of everything before `end`; the ledger that will be true after it."""
    now = ring.settled_ledger()
    after = Ledger(now.received, now.kernel_dropped, now.counts + counts, now.in_flight - counts.settled)
    ring.prepare(end, ring.bookings + 1, after)
    return after
