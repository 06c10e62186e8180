"""The slot protocol in random order: a model without shared memory says what the words must tell.

What the kernel writes into a slot, and the shapes of the rings, have their tests in test_ring.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from syslogger.ledger import Counts, DropReason, Ledger
from syslogger.ring import Ring, cursor
from tests.rings import ROWS, SLOTS, SMALL, WORKERS, count_in, prepare


@dataclass(slots=True)
class Slot:
    """What the model knows of one batch."""

    rows: int = 0
    published: bool = False
    answered_from: int | None = None


class SlotProtocol(RuleBasedStateMachine):
    """Receiver, workers and writer move in any legal order; a model without shared memory says what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring(SMALL)
        self.slots: dict[int, Slot] = {}
        self.row = 0
        self.received = self.kernel_dropped = 0
        self.counts = Counts()

    @initialize(first=st.integers(1, 2**40))
    def begin(self, first: int) -> None:
        """An engine starts behind the last sequence of its files."""
        self.first = self.next = self.settled = first
        self.ring.prepare(cursor(first), 1, Ledger())
        self.ring.flip()

    @property
    def open(self) -> Slot | None:
        """The slot that is being filled."""
        slot = self.slots.get(self.next)
        return slot if slot is not None and not slot.published else None

    # -- receiver

    @precondition(lambda self: self.open is None and self.next - self.settled < SLOTS)
    @rule()
    def start(self) -> None:
        """A free slot is begun."""
        self.ring.start(self.next)
        self.slots[self.next] = Slot()

    @precondition(lambda self: self.open is not None and self.open.rows < ROWS)
    @rule(data=st.data())
    def receive(self, data: st.DataObject) -> None:
        """A call brings messages, the kernel may drop some."""
        assert self.open is not None
        more = data.draw(st.integers(1, ROWS - self.open.rows))
        self.open.rows += more
        self.received += more
        count_in(self.ring, self.next, self.open.rows)
        self.kernel_dropped += more - 1
        self.ring.kernel_dropped[0] = self.kernel_dropped

    @precondition(lambda self: self.open is not None and self.open.rows > 0)
    @rule()
    def publish(self) -> None:
        """A slot is complete."""
        self.ring.publish(self.next)
        self.slots[self.next].published = True
        self.next += 1

    @precondition(lambda self: self.open is not None)
    @rule(data=st.data())
    def receiver_dies(self, data: st.DataObject) -> None:
        """The kernel had filled more headers than were counted; the slot is adopted, or given back if it is empty."""
        assert self.open is not None
        filled = data.draw(st.integers(self.open.rows, ROWS))
        self.ring.in_slot(self.next).headers["name_length"][:filled] = 16
        adopted = self.ring.adopt_unfinished(17)

        assert adopted == (self.next if filled else None)
        self.received += filled - self.open.rows
        if filled:
            self.open.rows, self.slots[self.next].published = filled, True
            self.next += 1
        else:
            del self.slots[self.next]

    # -- workers

    @precondition(lambda self: self.unanswered())
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Some worker lays a piece for some batch into its out-slot."""
        sequence = data.draw(st.sampled_from(self.unanswered()))
        row = self.row if sequence == self.settled else 0
        self.slots[sequence].answered_from = row
        self.ring.out[sequence % SLOTS] = cursor(sequence, row) + 1

    def unanswered(self) -> list[int]:
        """Published batches whose next piece does not lie ready."""
        return [s for s, slot in self.slots.items() if slot.published and not self.is_answered(s)]

    def is_answered(self, sequence: int) -> bool:
        """Whether the next piece of a batch lies ready."""
        return self.slots[sequence].answered_from == (self.row if sequence == self.settled else 0)

    # -- writer

    @precondition(lambda self: self.settled in self.slots and self.is_answered(self.settled))
    @rule(data=st.data(), commits=st.booleans())
    def settle(self, data: st.DataObject, commits: bool) -> None:
        """The next piece, the rest of its batch or a part, is committed; or the transaction fails behind `prepare`."""
        slot = self.slots[self.settled]
        rows = data.draw(st.integers(1, slot.rows - self.row), "rows")
        fates = drawn_fates(data, rows)
        whole = self.row + rows == slot.rows
        end = cursor(self.settled + 1) if whole else cursor(self.settled, self.row + rows)
        before = self.ring.settled_cursor
        after = prepare(self.ring, end, fates)

        assert self.ring.settled_cursor == before
        assert self.ring.prepared_bookings() == self.ring.bookings + 1
        if commits:
            self.ring.flip()
            self.counts += fates
            self.advance(rows, whole=whole)
            assert self.ring.booked == after

    def advance(self, rows: int, *, whole: bool) -> None:
        """The model's cursor behind a committed piece."""
        self.row = 0 if whole else self.row + rows
        if whole:
            del self.slots[self.settled]
            self.settled += 1

    # -- what must be true

    @invariant()
    def the_ledger_balances(self) -> None:
        """Everything that was received is settled or in flight, message by message."""
        ledger = self.ring.ledger()

        assert ledger is not None
        assert ledger.unexplained == 0
        assert ledger.in_flight == sum(slot.rows for slot in self.slots.values()) - self.row
        assert (ledger.received, ledger.kernel_dropped) == (self.received, self.kernel_dropped)
        assert ledger.counts == self.ring.counts == self.counts

    @invariant()
    def the_words_agree(self) -> None:
        """Cursor, depth, room, head and the unfinished slot are those of the model."""
        last = self.next - 1 if self.next > self.first else 0

        assert self.ring.settled_cursor == cursor(self.settled, self.row)
        assert self.ring.depth == sum(slot.rows > 0 for slot in self.slots.values())
        assert self.ring.has_room(self.next) == (self.next - self.settled < SLOTS)
        assert self.ring.head == (self.next if self.open is not None else last)
        assert self.ring.unfinished() == (self.next if self.open is not None else None)

    @invariant()
    def a_successor_knows_what_to_do(self) -> None:
        """Every worker's successor finds exactly the published batches of its residue that have no piece ready."""
        for worker in range(WORKERS):
            expected = [sequence for sequence in self.unanswered() if sequence % WORKERS == worker]

            assert self.ring.waiting(worker) == expected
        for sequence in self.slots:
            assert self.ring.has_answer(sequence) == self.is_answered(sequence)
            assert self.ring.rows_in(sequence) == self.slots[sequence].rows


def drawn_fates(data: st.DataObject, rows: int) -> Counts:
    """What may become of so many messages."""
    stored = data.draw(st.integers(0, rows), "stored")
    refused = data.draw(st.integers(0, rows - stored), "refused")
    empty = data.draw(st.integers(0, rows - stored - refused), "empty")
    lost = Counts.drop(DropReason.ABANDONED, rows - stored - refused - empty)
    return Counts(stored=stored, refused=refused, empty=empty, truncated=rows) + lost


def test_in_any_legal_order() -> None:
    """After every step of receiver, workers and writer the words tell what the model knows."""
    run_state_machine_as_test(SlotProtocol, settings=settings(max_examples=60, stateful_step_count=40))
