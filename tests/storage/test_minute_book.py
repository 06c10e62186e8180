"""The ledger by the minute: whatever happens between bookings, every minute and their sum balance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from syslogger.ledger import Counts, DropReason, Ledger
from syslogger.storage.day import MINUTE_US
from syslogger.storage.minute_book import MinuteBook, abandon_leftover
from syslogger.storage.partition import Partition
from tests.storage.making import OWNER, WORD, interval, partition, us

DAY = interval()
FIRST = DAY.start // MINUTE_US
NOON = us("2026-11-20T12:00") // MINUTE_US
few = st.integers(0, 5)


def minutes(made: Partition) -> list[dict[str, Any]]:
    """The minutes of a file in order, drops as one number."""
    names = ("minute", "offered", "kernel_dropped", "received", "settled", "in_flight", "unexplained", "truncated")
    settled = " + ".join(f"json_extract(dropped, '$.{reason.value}')" for reason in DropReason)
    query = (
        f"SELECT minute, offered, kernel_dropped, received, stored + refused + empty + {settled},"
        " in_flight, unexplained, truncated FROM ledger ORDER BY minute"
    )
    return [dict(zip(names, row, strict=True)) for row in made.database.rows(query)]


def ledger(received: int, fates: Counts, kernel_dropped: int = 0) -> Ledger:
    """A ledger of one moment; what is not settled is in flight."""
    return Ledger(received, kernel_dropped, fates, received - fates.settled)


def book(made: Partition, booking: MinuteBook, minute: int, now: Ledger) -> None:
    """One transaction of the writer."""
    booking.book(made, minute, now)
    made.database.commit()
    booking.confirm(now)


# -- by hand ----------------------------------------------------------------------------------------------------------


def test_a_minute_holds_what_happened_in_it(tmp_path: Path) -> None:
    """Each booking adds to its minute what the ledger has more than at the last one."""
    with partition(tmp_path / "day.db") as made:
        booking = MinuteBook(Ledger())
        book(made, booking, NOON, ledger(10, Counts(4), 3))
        book(made, booking, NOON, ledger(12, Counts(9, refused=1, truncated=2), 3))
        book(made, booking, NOON + 1, ledger(20, Counts(15, 2, 1, 2) + Counts.drop(DropReason.NO_SPACE, 1), 4))
        found = minutes(made)

    assert found == [
        {
            "minute": NOON,
            "offered": 15,
            "kernel_dropped": 3,
            "received": 12,
            "settled": 10,
            "in_flight": 2,
            "unexplained": 0,
            "truncated": 2,
        },
        {
            "minute": NOON + 1,
            "offered": 9,
            "kernel_dropped": 1,
            "received": 8,
            "settled": 9,
            "in_flight": 1,
            "unexplained": 0,
            "truncated": 0,
        },
    ]


def test_a_minute_without_anything_has_a_row(tmp_path: Path) -> None:
    """Booking an unchanged ledger writes a minute of zeros."""
    with partition(tmp_path / "day.db") as made:
        booking = MinuteBook(Ledger())
        for minute in (NOON, NOON + 1):
            book(made, booking, minute, Ledger())

        assert [(row["minute"], row["received"], row["in_flight"]) for row in minutes(made)] == [
            (NOON, 0, 0),
            (NOON + 1, 0, 0),
        ]


def test_a_minute_cut_by_a_restart_is_added_to(tmp_path: Path) -> None:
    """The next run's ledger begins at zero, and the minute goes on with what it had."""
    path = tmp_path / "day.db"
    for run in (1, 2, 3):
        with partition(path) as made:
            book(made, MinuteBook(Ledger()), NOON, ledger(10, Counts(9, empty=1), 2))
            [row] = minutes(made)

            assert (row["received"], row["settled"], row["kernel_dropped"]) == (10 * run, 10 * run, 2 * run)


def test_what_nobody_can_explain_is_written_down(tmp_path: Path) -> None:
    """A hole in the equation appears in its minute."""
    with partition(tmp_path / "day.db") as made:
        book(made, MinuteBook(Ledger()), NOON, Ledger(received=5, counts=Counts(stored=3), in_flight=1))

        assert minutes(made)[0]["unexplained"] == 1


def test_what_was_in_flight_at_a_death_is_abandoned_in_its_minute(tmp_path: Path) -> None:
    """It becomes a drop with a reason; asked again nothing is left."""
    path = tmp_path / "day.db"
    with partition(path) as made:
        book(made, MinuteBook(Ledger()), NOON, ledger(10, Counts(4)))
    with partition(path) as made:
        assert abandon_leftover(made) == 6
        assert abandon_leftover(made) == 0
        made.database.commit()
        [row] = minutes(made)

        assert (row["received"], row["settled"], row["in_flight"]) == (10, 10, 0)
        assert (made.minute(NOON) or ({}, None))[1] == Counts.drop(DropReason.ABANDONED, 6)


def test_nothing_is_left_over_in_a_new_file(tmp_path: Path) -> None:
    """A file without a minute has nothing to name, and gets none."""
    with partition(tmp_path / "day.db") as made:
        assert abandon_leftover(made) == 0
        assert minutes(made) == []


def test_a_minute_lies_in_the_day_of_its_file(tmp_path: Path) -> None:
    """A row that went to another day's file is booked in that day's first or last minute."""
    with partition(tmp_path / "day.db") as made:
        booking = MinuteBook(Ledger())
        book(made, booking, FIRST - 100, ledger(1, Counts(1)))
        book(made, booking, FIRST + 100_000, ledger(3, Counts(3)))

        assert [(row["minute"], row["received"]) for row in minutes(made)] == [(FIRST, 1), (FIRST + 1439, 2)]


def test_two_files_in_turn(tmp_path: Path) -> None:
    """Around midnight bookings go to one file and the other, and each minute is whole in its own."""
    tomorrow = interval(DAY.day.replace(day=21))
    with partition(tmp_path / "one.db") as one, partition(tmp_path / "two.db", tomorrow) as two:
        booking = MinuteBook(Ledger())
        for received, made in ((1, one), (3, two), (6, one), (10, two)):
            book(made, booking, FIRST + 1439 + (made is two), ledger(received, Counts(received)))

        assert [row["received"] for row in minutes(one)] == [4]
        assert [row["received"] for row in minutes(two)] == [6]


# -- in any order -----------------------------------------------------------------------------------------------------


class Bookkeeping(RuleBasedStateMachine):
    """Messages come and are settled, bookings succeed or fail, engines end in any way, the clock does as it likes."""

    directory: Path

    @initialize()
    def begin(self) -> None:
        """A new day file."""
        path = self.directory / f"{len(list(self.directory.iterdir()))}.db"
        self.made = Partition.open(path, DAY, OWNER, WORD, 0, pytest.fail)
        self.minute = NOON
        self.stepped_back = False
        self.total = Counts()
        self.offered = self.received = 0
        self.start_engine()

    def start_engine(self) -> None:
        """A new run: its ledger is all zeros."""
        self.now = self.booked = Ledger()
        self.booking = MinuteBook(self.now)

    def teardown(self) -> None:
        """Close the file."""
        if hasattr(self, "made"):
            self.made.database.close()

    @rule(received=few, kernel_dropped=few)
    def receive(self, received: int, kernel_dropped: int) -> None:
        """Datagrams come, the kernel drops some."""
        now, in_flight = self.now, self.now.in_flight + received
        self.now = Ledger(now.received + received, now.kernel_dropped + kernel_dropped, now.counts, in_flight)

    @rule(stored=few, refused=few, empty=few, dropped=few)
    def settle(self, stored: int, refused: int, empty: int, dropped: int) -> None:
        """Some of what is in flight is settled."""
        left = self.now.in_flight
        numbers = []
        for wanted in (stored, refused, empty, dropped):
            numbers.append(min(wanted, left))
            left -= numbers[-1]
        fates = Counts(numbers[0], numbers[1], numbers[2], truncated=1) + Counts.drop(DropReason.PAUSED, numbers[3])
        self.now = Ledger(self.now.received, self.now.kernel_dropped, self.now.counts + fates, left)

    @rule()
    def book(self) -> None:
        """A booking is committed."""
        before = self.booked
        book(self.made, self.booking, self.minute, self.now)
        self.booked = self.now
        self.received += self.now.received - before.received
        self.offered += self.now.offered - before.offered
        self.total += self.now.counts - before.counts

    @rule()
    def fail(self) -> None:
        """A booking is not committed: the file is opened anew, as after a full disk."""
        self.booking.book(self.made, self.minute, self.now)
        self.booking.forget()
        self.made.reopen()

    @rule()
    def die(self) -> None:
        """The engine is killed and started again; whatever was not booked never was."""
        self.made.reopen()
        lost = abandon_leftover(self.made)
        self.made.database.commit()

        assert lost == self.booked.in_flight
        self.total += Counts.drop(DropReason.ABANDONED, lost)
        self.start_engine()

    @rule(minutes=st.integers(1, 3))
    def time_passes(self, minutes: int) -> None:
        """Another minute."""
        self.minute += minutes

    @rule(minutes=st.integers(1, 3))
    def clock_steps_back(self, minutes: int) -> None:
        """An earlier minute comes again."""
        self.minute -= minutes
        self.stepped_back = True

    @invariant()
    def sums_balance(self) -> None:
        """All minutes together hold what was booked, message by message, and nothing is unexplained."""
        if not hasattr(self, "made"):
            return
        found = minutes(self.made)

        assert sum(row["received"] for row in found) == self.received
        assert sum(row["offered"] for row in found) == self.offered
        assert sum(row["settled"] for row in found) == self.total.settled
        assert sum(row["truncated"] for row in found) == self.total.truncated
        assert {row["unexplained"] for row in found} <= {0}
        assert self.received == self.total.settled + (self.made.last_minute() or (0, 0))[1]

    @invariant()
    def minutes_balance(self) -> None:
        """Each minute received what it settled and what is more in flight at its end than before it."""
        if not hasattr(self, "made") or self.stepped_back:
            return
        before = 0
        for row in minutes(self.made):
            assert row["received"] == row["settled"] + row["in_flight"] - before
            assert row["offered"] == row["received"] + row["kernel_dropped"]
            before = row["in_flight"]


def test_in_any_order(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every order of events keeps the minutes and their sums in balance."""
    Bookkeeping.directory = tmp_path_factory.mktemp("minutes")
    run_state_machine_as_test(Bookkeeping, settings=settings(max_examples=80, stateful_step_count=25))
