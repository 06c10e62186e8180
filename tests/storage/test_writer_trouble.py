"""A writer that dies at any point, and one whose disk does not take what it has: every row is stored once or named."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syslogger.errors import StoreError
from syslogger.piece import Piece
from syslogger.ring import Ring, cursor
from syslogger.senders import Senders
from syslogger.storage import database as database_module
from syslogger.storage import writer as module
from syslogger.storage.database import Database, DatabaseError
from syslogger.storage.folder import Folder
from syslogger.storage.minute_book import MinuteBook
from syslogger.storage.partition import Partition
from syslogger.storage.writer import Writer
from tests.storage.disks import DISKS, full_disk
from tests.storage.making import settings, us
from tests.storage.plain import ask, held_by_another
from tests.storage.writing import Engine, balances, engine

NOON = us("2026-11-20T12:00")


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon."""
    monkeypatch.setattr(module, "_now_us", lambda: NOON)


# -- death ------------------------------------------------------------------------------------------------------------


class DeathError(Exception):
    """Stands for kill -9: nothing catches it, and the writer does nothing more."""


# (where, before or behind the call), in the order in which a transaction meets them
POINTS: list[tuple[type, str, bool]] = [
    (Folder, "route", False),
    (Partition, "note_clients", False),
    (Database, "ingest", False),
    (Database, "ingest", True),
    (Partition, "advance", True),
    (MinuteBook, "book", True),
    (Ring, "prepare", False),
    (Ring, "prepare", True),
    (Database, "commit", False),
    (Database, "commit", True),
    (Senders, "add", False),
    (Ring, "flip", False),
    (Ring, "flip", True),
    (Folder, "confirm", False),
    (Folder, "confirm", True),
    (Writer, "_confirm", True),
]


@contextmanager
def dying_at(owner: type, name: str, *, behind: bool, call: int) -> Iterator[None]:
    """The call number `call` of a method ends the block, before it does anything or when it has done it."""
    original, calls = getattr(owner, name), []

    def dying(*arguments: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == call and not behind:
            raise DeathError
        result = original(*arguments, **options)
        if len(calls) == call:
            raise DeathError
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, dying)
        with pytest.raises(DeathError):
            yield


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(("owner", "name", "behind"), POINTS)
def test_a_successor_stores_every_row_once(tmp_path: Path, owner: type, name: str, *, behind: bool, call: int) -> None:
    """Wherever a writer dies, the next one on the same ring goes on: each row once, in order, and the sums agree."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        for sequence in (1, 2, 3, 4):
            made.batch(sequence, [NOON] * sequence, refused=1, empty=1)
        made.last()
        with dying_at(owner, name, behind=behind, call=call):
            writer.run()
        successor = made.writer()
        made.last()
        successor.run()

        assert made.stored() == list(range(10))
        assert made.told() == {
            "received": 18,
            "stored": 10,
            "refused": 4,
            "empty": 4,
            "abandoned": 0,
            "unexplained": 0,
        }
        assert balances(made)
        assert made.query("PRAGMA integrity_check") == [("ok",)]


def test_a_successor_goes_on_in_the_middle_of_a_batch(tmp_path: Path) -> None:
    """Pieces of one batch that were committed are not stored again, the next one is."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.receive(1, 6)
        made.answer(1, [NOON] * 2)
        made.tell(cursor(1))
        made.settle(writer, cursor(1, 2))
        made.answer(1, [NOON] * 4, first=2)
        successor = made.writer()
        made.last()
        successor.run()

        assert made.stored() == list(range(6))
        assert balances(made)


def test_the_next_run_stores_nothing_again(tmp_path: Path) -> None:
    """After the death of a whole engine just behind a commit, the new ring begins behind what is in the file."""
    made_settings = settings(tmp_path)
    with engine(made_settings) as made:
        writer = made.writer()
        made.batch(1, [NOON] * 3)
        made.last()
        with dying_at(Ring, "flip", behind=False, call=1):
            writer.run()
    with engine(made_settings) as made:
        made.writer()

        assert made.ring.settled_cursor == cursor(2)
        assert made.stored() == [0, 1, 2]
        assert made.sums() == {
            "received": 3,
            "stored": 3,
            "refused": 0,
            "empty": 0,
            "abandoned": 0,
            "unexplained": 0,
        }


# -- a disk that is full ----------------------------------------------------------------------------------------------


def fill_the_ring(made: Engine) -> None:
    """All four slots hold rows that are answered, 192 kB of them."""
    first = made.ring.head + 1
    for sequence in range(first, first + 4):
        made.batch(sequence, [NOON] * 8)


def test_a_full_disk_keeps_what_was_received(tmp_path: Path) -> None:
    """One event says so; the rows wait in the ring, nothing is dropped, and what is stored stays readable."""
    with full_disk("pages", tmp_path) as (made, disk):
        writer = made.writer()
        made.batch(1, [NOON] * 8)
        made.settle(writer, cursor(2))
        disk.fill()
        fill_the_ring(made)
        made.turn_until(writer, lambda: writer._retry_seconds > 0.4)

        [event] = [each for each in made.events() if each["event"] == "write_failed"]
        assert "the disk is full: free space or delete old days" in event["message"]
        [[stored]] = ask(made.files()[0], "SELECT count(*) FROM entries")
        assert stored < 40
        assert made.told() == dict.fromkeys(made.told(), 0) | {"received": 40, "stored": stored}
        assert made.ring.settled_ledger().in_flight == 40 - stored
        assert made.ring.settled_cursor == cursor(1 + stored // 8)


@pytest.mark.parametrize("kind", DISKS)
def test_when_there_is_room_again_every_row_is_stored_once(tmp_path: Path, kind: str) -> None:
    """After several failed attempts the same rows are stored, in order, and the sums agree."""
    with full_disk(kind, tmp_path) as (made, disk):
        writer = made.writer()
        made.batch(1, [NOON] * 8)
        made.settle(writer, cursor(2))
        for _ in range(2):
            disk.fill()
            fill_the_ring(made)
            made.turn_until(writer, lambda: writer._trouble is not None)
            disk.free()
            made.settle(writer, cursor(made.ring.head + 1))
            assert writer._trouble is None
        made.last()
        writer.run()

        assert made.stored() == list(range(72))
        assert balances(made)
        assert made.query("PRAGMA integrity_check") == [("ok",)]


def test_a_drain_that_ends_on_a_full_disk_says_so(tmp_path: Path) -> None:
    """The error is the disk's, what was committed stays, and the rest is abandoned, for which there is room."""
    with full_disk("pages", tmp_path) as (made, disk):
        writer = made.writer()
        made.batch(1, [NOON] * 8)
        made.settle(writer, cursor(2))
        disk.fill()
        fill_the_ring(made)
        made.ring.deadline[0] = time.monotonic() + 0.1
        made.parent.send(b"drain")
        with pytest.raises(StoreError, match="the disk is full"):
            writer.run()

        stored = made.stored()
        assert stored == list(range(len(stored)))
        assert made.told()["abandoned"] == 40 - len(stored) > 0
        assert balances(made)
        assert made.query("PRAGMA integrity_check") == [("ok",)]


# -- other trouble ----------------------------------------------------------------------------------------------------


def test_a_commit_that_failed_and_was_made_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the transaction turns out to be in the file after an error, it is not stored a second time."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        fail_behind_one_commit(monkeypatch)
        made.batch(1, [NOON] * 3, refused=2)
        made.settle(writer, cursor(2))
        made.batch(2, [NOON] * 2)
        made.last()
        writer.run()

        assert made.stored() == list(range(5))
        assert balances(made)
        assert made.sender()["received"] == 7


def test_a_drain_that_ends_behind_such_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline comes before the retry: what was committed is stored, only the rest is abandoned."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        fail_behind_one_commit(monkeypatch)
        made.batch(1, [NOON] * 3)
        made.receive(2, 4)
        made.turn_until(writer, lambda: writer._trouble is not None)
        made.ring.deadline[0] = time.monotonic() - 1.0
        made.parent.send(b"drain")
        writer._listen(1.0)
        with pytest.raises(StoreError):
            writer.run()

        assert made.stored() == [0, 1, 2]
        assert made.told()["abandoned"] == 4
        assert balances(made)


def fail_behind_one_commit(patch: pytest.MonkeyPatch) -> None:
    """The next commit is made and raises all the same."""
    commit, calls = Database.commit, []

    def failing(database: Database) -> None:
        commit(database)
        calls.append(1)
        if len(calls) == 1:
            raise DatabaseError("disk I/O error", status_code=9)

    patch.setattr(Database, "commit", failing)


def test_a_file_that_another_program_holds_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event names the lock; afterwards every row is stored once."""
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MILLISECONDS", 20)
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        with held_by_another(made.files()[0]):
            made.batch(1, [NOON] * 3)
            made.turn_until(writer, lambda: writer._retry_seconds > 0.2)
            assert made.ring.settled_cursor == cursor(1)
        made.last()
        writer.run()

        [event] = [each for each in made.events() if each["event"] == "write_failed"]
        assert "another program holds it locked" in event["message"]
        assert made.stored() == [0, 1, 2]
        assert balances(made)


def test_the_next_day_that_cannot_be_opened_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of the old day are stored, those of the new one wait until its file can be made."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        obstacle = made.settings.folder / "2026-11-21.db"
        obstacle.mkdir()
        made.batch(1, [NOON] * 2)
        made.batch(2, [NOON + 86_400_000_000] * 3)
        made.turn_until(writer, lambda: writer._trouble is not None)
        obstacle.rmdir()
        made.last()
        writer.run()

        assert made.query("SELECT count(*) FROM entries") == [(2,), (3,)]
        assert balances(made)


def test_pieces_hold_still_while_they_wait(tmp_path: Path) -> None:
    """A piece that is read again for another attempt is the same."""
    with engine(settings(tmp_path)) as made:
        writer = made.writer()
        made.batch(1, [NOON] * 3)
        writer._listen(1.0)
        [first], [second] = writer._ready.next_pieces(1), writer._ready.next_pieces(1)

        assert isinstance(first, Piece)
        assert isinstance(second, Piece)
        assert first.table.equals(second.table)
