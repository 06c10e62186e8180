"""Which pieces come next: told of, found, or never to come."""

from __future__ import annotations

from pathlib import Path

from syslogger.ring import cursor
from syslogger.storage.attempt import Lost
from syslogger.storage.ready import MESSAGE_BYTES, Ready
from tests.storage.making import settings, us
from tests.storage.writing import Engine, engine

NOON = us("2026-11-20T12:00")


def words(*numbers: int) -> bytes:
    """What workers say."""
    return b"".join(number.to_bytes(MESSAGE_BYTES, "little") for number in numbers)


def starts(ready: Ready, most: int = 9) -> list[int]:
    """The starts of the next pieces."""
    return [piece.start for piece in ready.next_pieces(most)]


def answered(made: Engine, *sequences: int) -> Ready:
    """Batches lie there and have their answers; the writer is at batch 1."""
    made.ring.settled[0, 0] = cursor(1)
    for sequence in sequences:
        made.receive(sequence, 2)
        made.answer(sequence, [NOON] * 2)
    return Ready(made.ring)


def test_pieces_come_in_order_of_receipt(tmp_path: Path) -> None:
    """As far as they were told of without a gap, and no more than asked for."""
    with engine(settings(tmp_path)) as made:
        ready = answered(made, 1, 2, 3)
        assert ready.hear(words(cursor(3)))
        assert (ready.has_next, starts(ready)) == (False, [])
        assert not ready.hear(words(cursor(1), cursor(2)))

        assert ready.has_next
        assert starts(ready) == [cursor(1), cursor(2), cursor(3)]
        assert starts(ready, most=2) == [cursor(1), cursor(2)]


def test_what_is_settled_is_not_told_of_again(tmp_path: Path) -> None:
    """A worker's successor may speak of it; a piece that was settled is forgotten."""
    with engine(settings(tmp_path)) as made:
        ready = answered(made, 1, 2)
        made.ring.settled[0, 0] = cursor(2)
        assert not ready.hear(words(cursor(1)))
        assert ready.hear(words(cursor(2)))
        ready.forget(ready.next_pieces(1))

        assert not ready.has_next


def test_a_successor_finds_what_lies_there(tmp_path: Path) -> None:
    """Told of or not, answers that lie in their slots come in order."""
    with engine(settings(tmp_path)) as made:
        ready = answered(made, 1, 2)
        ready.find()

        assert starts(ready) == [cursor(1), cursor(2)]
        assert [piece.start for piece in ready.pieces_until(cursor(2))] == [cursor(1)]


def test_nobody_waits_for_the_dead(tmp_path: Path) -> None:
    """Of a worker that is gone the answers count, and the rest is lost by number."""
    with engine(settings(tmp_path)) as made:
        ready = answered(made, 1, 2)
        made.receive(3, 5)
        ready.hear(words(cursor(2)))
        assert starts(ready) == []
        made.ring.gone[1] = 1

        assert starts(ready) == [cursor(1), cursor(2), cursor(3)]
        assert ready.next_pieces(9)[-1] == Lost(cursor(3), cursor(4), 5)


def test_workers_say_when_nothing_follows(tmp_path: Path) -> None:
    """It is over when each of them has."""
    with engine(settings(tmp_path)) as made:
        ready = answered(made)
        last = (1 << 64) - 1
        ready.hear(words(last))
        assert not ready.all_said
        ready.hear(words(last - 1))

        assert ready.all_said
