"""Who has a name in the rollups: admission, the full table, the fold, what is remembered and what is read anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from syslogger.batch import V4_MAPPED
from syslogger.storage import folding
from syslogger.storage import rollups as module
from syslogger.storage.partition import Partition
from syslogger.storage.rollups import Rollups
from syslogger.storage.tally import DROPPED, RECEIVED, REFUSED, ROWS, SUMS, Tally
from tests.storage.making import partition

MINUTE = 29_000_000
OFFICE, STRANGER = "office", ""


def key(number: int) -> bytes:
    """The address 10.0.x.y."""
    return V4_MAPPED + bytes((10, 0, number >> 8, number & 255))


def tally(*counted: tuple[str, int, int], minute: int = MINUTE) -> Tally:
    """What one transaction adds: client, address and rows; a stranger's are refused."""
    made = Tally()
    sums = np.zeros((len(counted), SUMS), np.int64)
    for place, (client, address, many) in enumerate(counted):
        made.pairs[client, key(address)] = place
        sums[place, [RECEIVED, ROWS if client else REFUSED]] = many
    made._parts[minute] = [(np.arange(len(counted)), sums)]
    return made


@contextmanager
def rollups(path: Path) -> Iterator[tuple[Partition, Rollups]]:
    """The rollups of a day file."""
    with partition(path / "day.db") as made:
        yield made, Rollups(made.database)


def named(made: Partition) -> dict[str, int]:
    """The addresses that have a name, and whether they are complete."""
    return dict(made.database.rows("SELECT sender, complete FROM rollup_pairs WHERE pair != 0"))


def others(made: Partition, what: str = "rows") -> int:
    """What all others have."""
    found: list[tuple[Any, ...]] = made.database.rows(f"SELECT total({what}) FROM rollup_senders WHERE pair = 0")
    return int(found[0][0])


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a few addresses reach."""
    for name, limit in (("MOST_PAIRS", 10), ("KEPT_PAIRS", 3), ("ADMITTED_CLIENTS", 5), ("ADMITTED_STRANGERS", 1)):
        monkeypatch.setattr(module, name, limit)


def test_pairs_keep_their_number(tmp_path: Path) -> None:
    """Sums of a pair go to the same name, now and when the file is opened again; other clients are other pairs."""
    six = bytes.fromhex("20010db8") + bytes(11) + b"\1"
    with rollups(tmp_path) as (made, first):
        first.add(tally((OFFICE, 1, 3)), MINUTE)
        more = tally((OFFICE, 1, 4), ("home", 1, 1))
        more.pairs = {(OFFICE, key(1)): 0, ("home", six): 1}
        first.add(more, MINUTE)
        Rollups(made.database).add(more, MINUTE)

        query = "SELECT client, sender, rows FROM rollup_senders JOIN rollup_pairs USING (pair) ORDER BY 1 DESC"
        assert made.database.rows(query) == [(OFFICE, "10.0.0.1", 11), ("home", "2001:db8::1", 2)]


def test_nothing_to_add_is_nothing(tmp_path: Path) -> None:
    """A minute that ends without a message leaves the tables as they are."""
    with rollups(tmp_path) as (made, one):
        one.add(Tally(), MINUTE)

        assert made.database.rows("SELECT * FROM rollup_senders") == made.database.rows("SELECT * FROM rollup_severity")


def test_a_pair_without_sums_has_no_minute(tmp_path: Path) -> None:
    """What was only dropped is there; a known pair that has nothing in a minute is not."""
    with rollups(tmp_path) as (made, one):
        both = tally((OFFICE, 1, 0), (OFFICE, 2, 0))
        both._parts[MINUTE][0][1][1, DROPPED] = 4
        one.add(both, MINUTE)

        assert made.database.rows("SELECT pair, dropped FROM rollup_senders") == [(2, 4)]


@pytest.mark.usefixtures("_small")
def test_the_busiest_of_a_transaction_are_admitted(tmp_path: Path) -> None:
    """Of those who are new, so many clients' and so many strangers', by what they brought; the known stay."""
    with rollups(tmp_path) as (made, one):
        one.add(tally((OFFICE, 200, 1)), MINUTE)
        crowd: list[tuple[str, int, int]] = [(OFFICE, number, number) for number in range(1, 8)]
        strangers = [(STRANGER, number, number) for number in range(21, 24)]
        one.add(tally((OFFICE, 200, 1), *crowd, *strangers), MINUTE)

        assert named(made).keys() == {f"10.0.0.{number}" for number in (200, 3, 4, 5, 6, 7, 23)}
        assert (others(made), others(made, "refused")) == (1 + 2, 21 + 22)


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(("client", "complete"), [(OFFICE, 0), (STRANGER, 1)])
def test_who_comes_behind_the_others_is_not_complete(tmp_path: Path, client: str, complete: int) -> None:
    """Rows among the others may be anybody's; refused datagrams are not rows. Who had a name before keeps its word."""
    with rollups(tmp_path) as (made, one):
        one.add(tally(*[(client, number, 1) for number in range(1, 8)]), MINUTE)
        before = named(made)
        one.add(tally((OFFICE, 100, 1)), MINUTE)
        Rollups(made.database).add(tally((OFFICE, 101, 1)), MINUTE)

        assert set(before.values()) == {1}
        assert named(made) == before | {"10.0.0.100": complete, "10.0.0.101": complete}


@pytest.mark.usefixtures("_small")
def test_a_full_table_is_folded_to_the_busiest_of_the_day(tmp_path: Path) -> None:
    """Then there is room for who came; the sums stay, and one that is folded may come again, incomplete."""
    with rollups(tmp_path) as (made, one):
        for number in range(1, 10):
            one.add(tally((OFFICE, number, number)), MINUTE)
        one.add(tally((OFFICE, 1, 1), (OFFICE, 50, 2)), MINUTE)

        assert named(made) == {"10.0.0.7": 1, "10.0.0.8": 1, "10.0.0.9": 1, "10.0.0.50": 0, "10.0.0.1": 0}
        assert others(made) == 1 + 2 + 3 + 4 + 5 + 6
        assert made.database.rows("SELECT sum(rows) FROM rollup_senders") == [(sum(range(10)) + 3,)]


@pytest.mark.usefixtures("_small")
@pytest.mark.parametrize(("later", "folds"), [(1, False), (10, True), (-10, True)])
def test_a_fold_waits(tmp_path: Path, later: int, folds: bool) -> None:
    """Within ten minutes of the last one whoever comes to a full table is one of the others."""
    with rollups(tmp_path) as (made, one):
        crowd: Sequence[tuple[str, int, int]] = [(OFFICE, number, 5) for number in range(20)]
        for start in range(0, 20, 4):
            one.add(tally(*crowd[start : start + 4]), MINUTE)
        full = named(made)
        one.add(tally((OFFICE, 99, 1), minute=MINUTE + later), MINUTE + later)

        assert len(full) == 9
        assert ("10.0.0.99" in named(made)) is folds
        assert len(named(made)) == (3 + 1 + 1 if folds else 9)  # the busiest, the newest of before, who came
        assert made.database.rows("SELECT sum(rows) FROM rollup_senders") == [(101,)]


@pytest.mark.usefixtures("_small")
def test_a_fold_in_many_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit takes a step of it, whatever it brings; sums are whole all the time, and there is room again."""
    monkeypatch.setattr(folding, "STEP_ROWS", 2)
    with rollups(tmp_path) as (made, one):
        for number in range(1, 10):
            one.add(tally((OFFICE, number, number), minute=MINUTE + number), MINUTE + number)
        names, steps = list[int](), 0
        while one._fold is not None or not steps:
            one.add(tally((OFFICE, 50 + steps, 1), minute=MINUTE + 9), MINUTE + 9)
            names.append(len(named(made)))
            steps += 1
            assert made.database.rows("SELECT sum(rows) FROM rollup_senders") == [(sum(range(10)) + steps,)]

        assert steps > 5
        assert max(names) == 9
        assert named(made).keys() >= {"10.0.0.7", "10.0.0.8", "10.0.0.9", f"10.0.0.{49 + steps}"}
        assert made.database.rows("SELECT pair FROM rollup_senders EXCEPT SELECT pair FROM rollup_pairs") == []


@pytest.mark.usefixtures("_small")
def test_a_number_is_never_given_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a file in which a fold was broken off gives new numbers, and goes on."""
    monkeypatch.setattr(folding, "STEP_ROWS", 2)
    with rollups(tmp_path) as (made, one):
        for number in range(1, 10):
            one.add(tally((OFFICE, number, 20 - number), minute=MINUTE + number), MINUTE + number)
        while len(named(made)) == 9:
            one.add(tally((OFFICE, 1, 1), (OFFICE, 99, 1), minute=MINUTE + 9), MINUTE + 9)
        orphans = made.database.rows("SELECT pair FROM rollup_senders EXCEPT SELECT pair FROM rollup_pairs")
        another = Rollups(made.database)
        another.add(tally((OFFICE, 200, 1)), MINUTE + 9)
        number = made.database.rows("SELECT pair FROM rollup_pairs WHERE sender = '10.0.0.200'")[0][0]

        assert orphans != []
        assert number > max(orphans)[0]
        assert named(made)["10.0.0.200"] == 0
