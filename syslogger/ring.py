"""Ring: slots in shared memory; who owns a slot, how it is handed over, how it is taken back from a dead owner.

Rules
  Batch number s (`sequence`) lies in slot s % slots and belongs to worker s % workers. A cursor is sequence << 16 |
  row: all rows before it are settled (stored, refused, empty or dropped).
  Every word has one writer, and data is written before the word that speaks of it. A slot is handed over by a message
  in a pipe (a system call on both sides, which also orders memory); the words are for recovery and for status.
  A slot may be filled again only when its rows are settled: `sequence - settled < slots`. The worker's answer to a
  batch lies in the out-slot of the same number: later batches never take the room an earlier one waits for.

  receiver: resets the headers -> count = 0 -> before -> begin = s+1 -> recvmmsg -> stamps -> count -> filled = s+1
  worker:   writes an out-slot -> out = cursor+1
  writer:   the other half of `settled` -> COMMIT -> version (one word flips the half that counts)

Taking over
  receiver  the kernel's own headers say what had been received after the last `count`: an entry whose name length is
            not the one we asked with was filled (lengths alone cannot tell an empty datagram from none).
  worker    every slot of its residue that is filled, not settled, and has no out word of its own.
  writer    the day file is the truth: if it holds the number of the booking that was prepared in the other half, that
            transaction was committed and only the flip is missing; if not, the pieces are stored again.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import numpy as np

from syslogger.ledger import COUNTERS, DROP_REASONS, Counts, DropReason, Ledger
from syslogger.shared import PAGE_BYTES, Layout, address_of, layout_bytes, place, shared_memory
from syslogger.slots import GAP_BYTES, IOVEC, MMSGHDR, NAME_BYTES, SENDER_COUNTS, Geometry, InSlot, OutSlot, wire

if TYPE_CHECKING:
    from syslogger.batch import Batch

ROW_BITS = 16
ROW_MASK = (1 << ROW_BITS) - 1
LARGE = {"data", "near", "body"}  # the arrays of slots that hold lines
WATCH_WORDS = 4
HALF_WORDS = 5 + COUNTERS  # cursor, bookings, then the booked ledger: received, kernel_dropped, in_flight, counts


def cursor(sequence: int, row: int = 0) -> int:
    """The place before row `row` of batch `sequence`."""
    return sequence << ROW_BITS | row


class Ring:
    """All shared memory of one engine. Made before its processes are forked; they use it at the same addresses."""

    def __init__(self, geometry: Geometry, *, ipv4_only: bool = False) -> None:
        self.geometry = geometry
        slots, workers = geometry.slots, geometry.workers
        moment: Layout = {
            "begin": (np.uint64, (slots,)),
            "before": (np.uint64, (slots,)),
            "count": (np.uint64, (slots,)),
            "filled": (np.uint64, (slots,)),
            "kernel_dropped": (np.uint64, (geometry.sockets,)),
            "version": (np.uint64, (1,)),
            "settled": (np.uint64, (2, HALF_WORDS)),
        }
        others: Layout = {
            "out": (np.uint64, (slots,)),
            "day": (np.int64, (2,)),
            "deadline": (np.float64, (1,)),
            "gone": (np.uint64, (workers,)),
            "beats": (np.float64, (workers + 2,)),
            "pause": (np.uint64, (1,)),
            "live": (np.int64, (1,)),
            "marks": (np.uint64, (workers,)),
            "watch": (np.uint64, (workers, WATCH_WORDS)),
            "roads": (np.uint64, (workers, geometry.fields, 2)),
            "hits": (np.uint64, (workers, geometry.fields)),
            "costs": (np.uint64, (workers, geometry.fields, 2)),
        }
        self._memories = [shared_memory("words", layout_bytes(moment) + layout_bytes(others))]
        words = memoryview(self._memories[0])
        self._moment_bytes = layout_bytes(moment)
        self._moment = np.frombuffer(words, np.uint64, self._moment_bytes // 8)
        self._moment_layout = moment
        arrays = place(words, moment) | place(words, others, self._moment_bytes)
        self.begin, self.before, self.count, self.filled = (
            arrays[name] for name in ("begin", "before", "count", "filled")
        )
        self.kernel_dropped, self.version, self.settled = (
            arrays[name] for name in ("kernel_dropped", "version", "settled")
        )
        self.out, self.day, self.deadline = arrays["out"], arrays["day"], arrays["deadline"]
        self.gone, self.beats, self.roads = arrays["gone"], arrays["beats"], arrays["roads"]
        self.pause, self.live, self.marks = arrays["pause"], arrays["live"], arrays["marks"]
        self.watch, self.hits, self.costs = arrays["watch"], arrays["hits"], arrays["costs"]
        self._lines: list[tuple[mmap.mmap, int, int]] = []
        self.in_slots = self._make_in_slots(ipv4_only=ipv4_only)
        self.out_slots = self._make_out_slots()

    # -- cursors ---------------------------------------------------------------------------------------------------

    @property
    def settled_cursor(self) -> int:
        """Everything before it is settled."""
        return int(self._half()[0])

    @property
    def bookings(self) -> int:
        """The number of the last transaction that is known to be committed."""
        return int(self._half()[1])

    @property
    def counts(self) -> Counts:
        """What became of the messages before the settled cursor, since the engine's start."""
        return Counts.of(self._half()[5:])

    @property
    def booked(self) -> Ledger:
        """The ledger as the last committed transaction has booked it."""
        half = self._half()
        return Ledger(int(half[2]), int(half[3]), Counts.of(half[5:]), int(half[4]))

    @property
    def head(self) -> int:
        """The greatest sequence that was begun; 0 before the first."""
        return max(0, int(self.begin.max()) - 1)

    @property
    def depth(self) -> int:
        """Slots that hold unsettled messages."""
        return int(np.count_nonzero(self.count[self.begin > self.settled_cursor >> ROW_BITS]))

    def prepare(self, to: int, bookings: int, ledger: Ledger) -> None:
        """Writer, before its COMMIT: what will be true after it. Nothing before `to` will be in flight."""
        numbers = (to, bookings, ledger.received, ledger.kernel_dropped, ledger.in_flight, *ledger.counts.numbers())
        self.settled[int(self.version[0]) + 1 & 1] = numbers

    def prepared_bookings(self) -> int:
        """The number of the transaction that was prepared last; equal to an older one when none is under way."""
        return int(self.settled[int(self.version[0]) + 1 & 1, 1])

    def prepared_cursor(self) -> int:
        """How far that transaction settles."""
        return int(self.settled[int(self.version[0]) + 1 & 1, 0])

    def flip(self) -> None:
        """Writer, after its COMMIT: what was prepared is true."""
        self.version[0] += 1

    def pause_for(self, reason: DropReason | None) -> None:
        """Bridge: from the next batch on workers drop everything for this reason; None ends that."""
        self.pause[0] = 0 if reason is None else 1 + DROP_REASONS.index(reason)

    def paused(self) -> DropReason | None:
        """Worker: why everything is dropped; None when it is not."""
        word = int(self.pause[0])
        return DROP_REASONS[word - 1] if word else None

    def _half(self) -> np.ndarray:
        half: np.ndarray = self.settled[int(self.version[0]) & 1]
        return half

    # -- one side each -----------------------------------------------------------------------------------------------

    def start(self, sequence: int) -> None:
        """Receiver: begin to fill the slot of `sequence`, which must be free."""
        slot = sequence % self.geometry.slots
        before = 0 if not self.begin.any() else self._received()
        self.in_slots[slot].reset()
        self.count[slot] = 0
        self.before[slot] = before
        self.begin[slot] = sequence + 1

    def publish(self, sequence: int) -> None:
        """Receiver: the slot of `sequence` is complete."""
        self.filled[sequence % self.geometry.slots] = sequence + 1

    def is_published(self, sequence: int) -> bool:
        """Whether the slot of `sequence` is complete."""
        return int(self.filled[sequence % self.geometry.slots]) == sequence + 1

    def has_room(self, sequence: int) -> bool:
        """Whether the slot of `sequence` is free."""
        return sequence - (self.settled_cursor >> ROW_BITS) < self.geometry.slots

    def batch(self, sequence: int) -> Batch:
        """Worker, writer: the messages of a published slot."""
        slot = sequence % self.geometry.slots
        return self.in_slots[slot].batch(int(self.count[slot]))

    def in_slot(self, sequence: int) -> InSlot:
        """The receive slot of a batch."""
        return self.in_slots[sequence % self.geometry.slots]

    def out_slot(self, sequence: int) -> OutSlot:
        """The answer slot of a batch."""
        return self.out_slots[sequence % self.geometry.slots]

    def rows_in(self, sequence: int) -> int:
        """How many messages a begun slot holds."""
        return int(self.count[sequence % self.geometry.slots])

    def release(self) -> None:
        """Receiver, while nothing is in flight: give the pages of all lines back; they come again when touched."""
        for memory, start, length in self._lines:
            first, last = -(-start // PAGE_BYTES) * PAGE_BYTES, (start + length) // PAGE_BYTES * PAGE_BYTES
            memory.madvise(mmap.MADV_REMOVE, first, last - first)

    # -- taking over ---------------------------------------------------------------------------------------------------

    def unfinished(self) -> int | None:
        """The sequence a dead receiver had begun and not published, if any."""
        head = self.head
        return head if head and int(self.filled[head % self.geometry.slots]) != head + 1 else None

    def adopt_unfinished(self, received_at: int) -> int | None:
        """Count what the kernel wrote into a dead receiver's slot, publish it, return its sequence; None if nothing.

        Rows that the receiver had not stamped get `received_at` (microseconds since the epoch).
        """
        sequence = self.unfinished()
        if sequence is None:
            return None
        slot = sequence % self.geometry.slots
        known, received = int(self.count[slot]), self.in_slots[slot].received()
        self.in_slots[slot].stamps[known:received] = received_at
        self.count[slot] = received
        if received == 0:
            self.begin[slot] = 0
            return None
        self.publish(sequence)
        return sequence

    def unsettled(self, worker: int) -> list[int]:
        """The published, unsettled batches of one worker: what its successor must see to."""
        first = self.settled_cursor >> ROW_BITS
        return [
            sequence
            for sequence in range(first, self.head + 1)
            if sequence % self.geometry.workers == worker and self.is_published(sequence)
        ]

    def waiting(self, worker: int) -> list[int]:
        """Those of them for which no piece lies ready."""
        return [sequence for sequence in self.unsettled(worker) if not self.has_answer(sequence)]

    def has_answer(self, sequence: int) -> bool:
        """Whether the next unsettled piece of a batch lies ready in its out-slot."""
        return self.has_answer_at(max(cursor(sequence), self.settled_cursor))

    def has_answer_at(self, wanted: int) -> bool:
        """Whether the piece that begins at a cursor lies in its out-slot."""
        return int(self.out[(wanted >> ROW_BITS) % self.geometry.slots]) == wanted + 1

    # -- the ledger ----------------------------------------------------------------------------------------------------

    def ledger(self) -> Ledger | None:
        """The ledger of one moment: two copies of the words that agree were true between them. None if they moved."""
        first = self._moment.copy()
        if not np.array_equal(first, self._moment):
            return None
        words = place(memoryview(first.tobytes()), self._moment_layout)
        half = words["settled"][int(words["version"][0]) & 1]
        sequence, row = int(half[0]) >> ROW_BITS, int(half[0]) & ROW_MASK
        begin, count = words["begin"], words["count"]
        newest = int(begin.argmax())
        return Ledger(
            received=int(words["before"][newest] + count[newest]) if begin[newest] else 0,
            kernel_dropped=int(words["kernel_dropped"].sum()),
            counts=Counts.of(half[5:]),
            in_flight=int(count[begin > sequence].sum()) - row,
        )

    def settled_ledger(self) -> Ledger:
        """The ledger, tried until it is consistent: the words rest for long between two calls of the receiver."""
        while (ledger := self.ledger()) is None:
            pass
        return ledger

    # -- making --------------------------------------------------------------------------------------------------------

    def _received(self) -> int:
        newest = int(self.begin.argmax())
        return int(self.before[newest] + self.count[newest])

    def _make_in_slots(self, *, ipv4_only: bool) -> list[InSlot]:
        rows, stride, near_bytes = self.geometry.rows, self.geometry.stride, self.geometry.near_bytes
        layout: Layout = {
            "data": (np.uint8, (rows, stride)),
            "near": (np.uint8, (rows if near_bytes else 0, near_bytes + GAP_BYTES)),
            "headers": (MMSGHDR, (rows,)),
            "names": (np.uint8, (rows, NAME_BYTES)),
            "stamps": (np.int64, (rows,)),
            "iovecs": (IOVEC, (rows, 2 if near_bytes else 1)),
        }
        slots = []
        for arrays in self._slots("in", layout):
            slot = InSlot(**arrays, headers_address=address_of(arrays["headers"]), ipv4_only=ipv4_only)
            wire(slot, self.geometry)
            slots.append(slot)
        return slots

    def _make_out_slots(self) -> list[OutSlot]:
        rows = self.geometry.rows
        layout: Layout = {
            "header": (np.int64, (16,)),
            "sender_keys": (np.uint8, (rows, 16)),
            "sender_counts": (np.uint32, (rows, SENDER_COUNTS)),
            "views": (np.uint32, (rows, 4)),
            "body": (np.uint8, (self.geometry.body_bytes,)),
        }
        return [OutSlot(**arrays) for arrays in self._slots("out", layout)]

    def _slots(self, name: str, layout: Layout) -> list[dict[str, np.ndarray]]:
        size = -(-layout_bytes(layout) // PAGE_BYTES) * PAGE_BYTES
        memory = shared_memory(name, size * self.geometry.slots)
        self._memories.append(memory)
        view = memoryview(memory)
        slots = [place(view, layout, size * slot) for slot in range(self.geometry.slots)]
        base = address_of(slots[0][next(iter(layout))])
        for arrays in slots:
            self._lines += [
                (memory, address_of(arrays[big]) - base, arrays[big].nbytes) for big in LARGE & arrays.keys()
            ]
        return slots
