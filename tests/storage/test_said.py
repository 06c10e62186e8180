"""What refused senders said, between a ring filled by hand, a real worker and a real writer."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.batch import V4_MAPPED
from syslogger.clients import address_text
from syslogger.ring import cursor
from syslogger.storage import said as module
from tests.storage.making import settings
from tests.storage.writing import Engine, engine

FIRST, SECOND, SPOOFED = (V4_MAPPED + bytes([192, 0, 2, last]) for last in (1, 2, 3))
CLIENT = V4_MAPPED + bytes([10, 0, 0, 1])
SENT = [
    (b"a of the first", FIRST),
    (b"a row", CLIENT),
    (b"a of the second", SECOND),
    (b"\n", FIRST),
    (b"a of the first", FIRST),
    (b"b of the first\r\n", FIRST),
    (b"b of the second", SECOND),
    (b"alone", SPOOFED),
]


def samples(made: Engine) -> dict[str, list[bytes]]:
    """What is kept of each sender."""
    found = made.senders.rows()
    assert found is not None
    return {address_text(row["key"]): row["samples"] for row in found[0]}


def settle(made: Engine) -> None:
    """All of `SENT` in one batch goes through a worker and the writer."""
    writer = made.writer()
    made.datagrams(1, SENT, [0] * len(SENT))
    made.settle(writer, cursor(2))


def test_what_came_together_is_told_apart(tmp_path: Path) -> None:
    """Of each refused sender of a batch the different messages, in order; of a client none."""
    with engine(settings(tmp_path, clients=[("office", "10.*")])) as made:
        settle(made)

        assert samples(made) == {
            "10.0.0.1": [],
            "192.0.2.1": [b"a of the first", b"b of the first"],
            "192.0.2.2": [b"a of the second", b"b of the second"],
            "192.0.2.3": [b"alone"],
        }


def test_a_flood_of_senders_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slot is searched for so many senders; of each further one there is the one message that the worker named."""
    monkeypatch.setattr(module, "MOST_SEARCHED", 1)
    with engine(settings(tmp_path, clients=[("office", "10.*")])) as made:
        settle(made)

        found = samples(made)
        assert sorted(len(found[f"192.0.2.{last}"]) for last in (1, 2)) == [1, 2]
        assert set(found["192.0.2.2"]) <= {b"a of the second", b"b of the second"}


def test_only_so_many_messages_of_one_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that sends a whole batch costs no more than one that sends a few."""
    monkeypatch.setattr(module, "MOST_MESSAGES", 3)
    with engine(settings(tmp_path, clients=[("office", "10.*")])) as made:
        settle(made)

        assert samples(made)["192.0.2.1"] == [b"a of the first"]
