"""The writer between a ring filled by hand and real files: order, counts, days, clocks, minutes.

What happens when it dies or cannot write has its tests in test_writer_trouble.py.
"""

from __future__ import annotations

import os
import time
from itertools import permutations
from pathlib import Path

import pytest

from syslogger import process
from syslogger.errors import AbandonedError, ConfigError, StoreError
from syslogger.ledger import Ledger
from syslogger.ring import cursor
from syslogger.storage import writer as module
from tests.rings import ROWS
from tests.storage.making import settings, us
from tests.storage.writing import balances, engine
from tests.support import deadline

SECOND = 1_000_000
MINUTE = 60 * SECOND
NOON = us("2026-11-20T12:00")
MIDNIGHT = us("2026-11-21T00:00")


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon."""
    monkeypatch.setattr(module, "_now_us", lambda: NOON)


# -- order ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
def test_pieces_are_committed_in_order_of_receipt(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Whatever order workers finish in, ids follow the order of receipt and all is stored once."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        for sequence in (1, 2, 3):
            made.receive(sequence, 4)
            made.answer(sequence, [NOON] * 4)
        made.tell(*(cursor(sequence) for sequence in order))
        made.last()
        writer.run()

        assert made.stored() == list(range(12))
        assert made.query("SELECT id FROM entries") == [(number + 1,) for number in range(12)]
        assert balances(made)


def test_a_piece_waits_for_the_one_before_it(tmp_path: Path) -> None:
    """Nothing is stored and no slot freed before its turn, and the writer rests meanwhile."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.receive(1, 2)
        made.batch(2, [NOON] * 3)
        writer._listen(1.0)
        writer._turn()

        assert made.ring.settled_cursor == cursor(1)
        assert writer._patience() > 0.5
        made.answer(1, [NOON] * 2)
        made.tell(cursor(1))
        made.settle(writer, cursor(3))
        assert os.eventfd_read(made.freed) >= 1
        assert made.stored() == [3, 4, 0, 1, 2]


def test_batches_share_a_transaction(tmp_path: Path) -> None:
    """As many as a commit takes are booked as one; the rest follows."""
    with engine(settings(tmp_path), commit_batches=2) as made:
        writer = made.writer()
        before = made.ring.bookings
        for sequence in (1, 2, 3):
            made.batch(sequence, [NOON])
        made.settle(writer, cursor(4))

        assert made.ring.bookings == before + 2


def test_the_ring_goes_round(tmp_path: Path) -> None:
    """Slots are used again and again, and everything is stored in order."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        for sequence in range(1, 41):
            made.batch(sequence, [NOON] * (sequence % ROWS + 1))
            if not made.ring.has_room(sequence + 1):
                made.settle(writer, cursor(sequence + 1))
        made.last()
        writer.run()

        assert made.stored() == list(range(len(made.numbers)))
        assert balances(made)


def test_a_batch_in_pieces(tmp_path: Path) -> None:
    """After each piece but the last its worker is told how far it got, and the file knows it too."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.receive(1, 6)
        for first, rows, last in ((0, 2, False), (2, 1, False), (3, 3, True)):
            made.answer(1, [NOON] * rows, first=first)
            made.tell(cursor(1, first))
            end = cursor(2) if last else cursor(1, first + rows)
            made.settle(writer, end)
            if not last:
                assert int.from_bytes(os.read(made.settled[1][0], 64), "little") == end
        made.last()
        writer.run()

        assert made.stored() == list(range(6))
        assert balances(made)


# -- counts -----------------------------------------------------------------------------------------------------------


def test_messages_that_are_no_rows_are_counted(tmp_path: Path) -> None:
    """Batches without a single row are settled like others, and everything is counted in ring, file and per sender."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.batch(1, [], refused=5)
        made.batch(2, [], empty=3)
        made.batch(3, [NOON], refused=2, empty=1)
        made.last()
        writer.run()

        assert made.told() == {
            "received": 12,
            "stored": 1,
            "refused": 7,
            "empty": 4,
            "abandoned": 0,
            "unexplained": 0,
        }
        assert balances(made)
        assert [made.sender()[name] for name in ("received", "stored", "refused")] == [12, 1, 7]
        assert made.sender()["samples"] == [b"refused number 0", b"refused number 1", b"refused number 2"]


def test_names_that_have_rows_are_noted_with_their_range(tmp_path: Path) -> None:
    """The file says which range a client's name stood for."""
    with engine(settings(tmp_path, clients=[("office", "10.*"), ("home", "192.168.0.0/16")])) as made:
        writer = made.writer()
        made.batch(1, [NOON])
        made.batch(2, [NOON])
        made.last()
        writer.run()

        assert made.query("SELECT * FROM clients") == [("office", "10.0.0.0/8")]


def test_an_engine_that_received_nothing_ends_at_once(tmp_path: Path) -> None:
    """Nothing follows and nothing is in flight: a slot that was begun and stayed empty keeps nobody."""
    with engine(settings(tmp_path)) as made, deadline(60):
        writer = made.writer()
        made.receive(1, 0, published=False)
        made.last()
        writer.run()

        assert made.stored() == []
        assert made.sums() == dict.fromkeys(made.sums(), 0)


def test_rows_without_a_worker_are_abandoned_and_the_others_stored(tmp_path: Path) -> None:
    """When a worker has died, its batches are drops with a reason, in their place between the others'."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.receive(1, 5)
        made.batch(2, [NOON] * 3)
        made.receive(3, 2)
        made.ring.gone[1] = 1
        made.last()
        writer.run()

        assert made.stored() == [0, 1, 2]
        assert made.told()["abandoned"] == 7
        assert balances(made)


# -- starting ---------------------------------------------------------------------------------------------------------


def test_a_second_run_goes_on_behind_the_first(tmp_path: Path) -> None:
    """The next sequence follows the last one of the files, ids run on, the new ledger begins at zero."""
    made_settings = settings(tmp_path)
    with engine(made_settings) as made:
        writer = made.writer()
        made.batch(1, [NOON] * 3)
        made.last()
        writer.run()
    with engine(made_settings) as made:
        writer = made.writer()
        first = made.ring.settled_cursor >> 16
        assert first == 2
        assert made.ring.settled_ledger() == Ledger()
        made.batch(first, [NOON] * 2)
        made.last()
        writer.run()

        assert made.query("SELECT id, number FROM entries") == [(1, "0"), (2, "1"), (3, "2"), (4, "0"), (5, "1")]
        assert made.sums()["received"] == 5


def test_what_a_killed_engine_had_in_flight_is_named_by_the_next(tmp_path: Path) -> None:
    """Booked as received and never stored: an event says how many, and the file's sums balance."""
    made_settings = settings(tmp_path)
    with engine(made_settings) as made:
        writer = made.writer()
        made.batch(1, [NOON] * 2)
        made.receive(2, 5)
        made.settle(writer, cursor(2))
    with engine(made_settings) as made:
        writer = made.writer()
        [event] = [each for each in made.events() if each["event"] == "abandoned"]
        made.last()
        writer.run()

        assert event["count"] == 5
        assert made.sums() == {
            "received": 7,
            "stored": 2,
            "refused": 0,
            "empty": 0,
            "abandoned": 5,
            "unexplained": 0,
        }


def test_a_half_stored_batch_is_not_begun_again_by_the_next_run(tmp_path: Path) -> None:
    """Rows of a batch that was cut by a death are stored once; the rest of it is named as lost."""
    made_settings = settings(tmp_path)
    with engine(made_settings) as made:
        writer = made.writer()
        made.receive(1, 6)
        made.answer(1, [NOON] * 2)
        made.tell(cursor(1))
        made.settle(writer, cursor(1, 2))
    with engine(made_settings) as made:
        made.writer()

        assert made.ring.settled_cursor == cursor(1)
        assert made.stored() == [0, 1]
        assert made.sums()["abandoned"] == 4


def test_a_name_given_to_another_range_stops_the_start(tmp_path: Path) -> None:
    """The configuration is at fault, and nothing is written."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.batch(1, [NOON])
        made.last()
        writer.run()
    with engine(settings(tmp_path, clients=[("office", "11.0.0.0/8")])) as made, pytest.raises(ConfigError):
        made.writer()


def test_a_file_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    """The error is one for operators."""
    with engine(settings(tmp_path)) as made:
        (made.settings.folder / "2026-11-20.db").mkdir()
        with pytest.raises(StoreError, match="Is a directory"):
            made.writer()


# -- a deadline -------------------------------------------------------------------------------------------------------


def test_a_deadline_names_what_was_not_answered(tmp_path: Path) -> None:
    """What no worker has answered in time is abandoned, in the ring and in the file, and the exit says so."""
    with engine(settings(tmp_path)) as made, deadline(60):
        writer = made.writer()
        made.batch(1, [NOON] * 3)
        made.receive(2, 4)
        made.receive(3, 2, published=False)
        made.ring.deadline[0] = time.monotonic()
        made.parent.send(b"drain")
        with pytest.raises(AbandonedError, match="6 messages"):
            writer.run()

        assert made.stored() == [0, 1, 2]
        assert made.told()["abandoned"] == 6
        assert made.ring.settled_ledger().in_flight == 0
        assert balances(made)


def test_an_orphan_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the parent is gone the writer drains within seconds."""
    monkeypatch.setattr(process, "ORPHAN_SECONDS", 0.2)
    with engine(settings(tmp_path)) as made, deadline(60):
        writer = made.writer()
        made.receive(1, 4)
        made.parent.close()
        with pytest.raises(AbandonedError):
            writer.run()

        assert made.told()["abandoned"] == 4
        assert balances(made)
