"""Sealed days and the writer's folder: read as they are, not written to, opened again only where nothing else is."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from syslogger.config import EngineSettings
from syslogger.storage.folder import Folder
from tests.storage.making import entries, folder, settings, us
from tests.storage.plain import ask, change
from tests.storage.test_folder import day_file, leftover, make_day

DAYS = (17, 18, 19, 20)
_SEAL = """
import pathlib, sys
from syslogger.storage.sealing import seal
for path in sys.argv[1:]:
    seal(pathlib.Path(path), 5)
"""


def noon(day: int) -> int:
    """Noon of a day of November 2026."""
    return us(f"2026-11-{day}T12:00")


def make_days(made: EngineSettings, *, sealed: tuple[int, ...]) -> None:
    """Four days with a row each, some of them sealed."""
    for number, day in enumerate(DAYS):
        make_day(made, day, number, number, noon(day))
    seal(*(day_file(made, day) for day in sealed))


def seal(*paths: Path) -> None:
    """What the keeper does to days that are over, in a process that may open day files with `sqlite3`."""
    subprocess.run([sys.executable, "-c", _SEAL, *map(str, paths)], check=True)


def test_a_start_reads_sealed_days_and_changes_nothing(tmp_path: Path) -> None:
    """Not a byte, not the mode, no file beside them, also for root, who may write everything."""
    made = settings(tmp_path)
    make_days(made, sealed=DAYS)
    before = {path: (path.read_bytes(), path.stat().st_mode) for path in made.folder.iterdir()}
    with folder(made) as found:
        assert (found.cursor, found.bookings, found.name_leftover()) == (3 << 16, 3, 0)

    assert {path: (path.read_bytes(), path.stat().st_mode) for path in made.folder.iterdir()} == before


@pytest.mark.parametrize(
    ("sealed", "instant", "expected"),
    [
        ((17, 18), 17, 19),  # the oldest one behind it
        ((17, 18), 18, 19),
        ((17, 18, 19), 17, 20),
        ((18, 20), 20, 19),  # nothing behind it: the newest one
        ((17, 19, 20), 19, 18),
        ((17, 18), 19, 19),
        ((17, 18, 19, 20), 21, 21),
    ],
)
def test_a_row_of_a_sealed_day_goes_to_one_that_is_not(
    tmp_path: Path, sealed: tuple[int, ...], instant: int, expected: int
) -> None:
    """The oldest behind it, else the newest before it; asked again it is the same one, and no seal is broken."""
    made, warnings = settings(tmp_path), list[str]()
    make_days(made, sealed=sealed)
    with folder(made, warnings) as found:
        for _ in range(2):
            assert found.route(noon(instant)).interval.day == date(2026, 11, expected)

    assert warnings == []
    assert [day for day in DAYS if not day_file(made, day).stat().st_mode & 0o222] == list(sealed)


def test_where_all_are_sealed_the_day_is_opened_again(tmp_path: Path) -> None:
    """It takes rows, says so to the operator once, and is no sealed one any more."""
    made, warnings = settings(tmp_path), list[str]()
    make_days(made, sealed=DAYS)
    with folder(made, warnings) as found:
        for _ in range(2):
            open_again = found.route(noon(18))
        open_again.database.ingest("entries", entries([noon(18)]))
        open_again.database.commit()

    assert [f"{day_file(made, 18)} was sealed and is open again" in warning for warning in warnings] == [True]
    assert day_file(made, 18).stat().st_mode & 0o777 == 0o644
    assert ask(day_file(made, 18), "SELECT sealed_at, (SELECT count(*) FROM entries) FROM partition") == [[None, 2]]


def test_who_may_not_read_a_sealed_day_may_not_when_it_is_open(tmp_path: Path) -> None:
    """Only the owner's right to write comes back."""
    made = settings(tmp_path)
    make_days(made, sealed=DAYS)
    day_file(made, 18).chmod(0o440)
    with folder(made, []) as found:
        found.route(noon(18))

    assert day_file(made, 18).stat().st_mode & 0o777 == 0o640


def test_a_day_that_is_sealed_while_the_engine_runs(tmp_path: Path) -> None:
    """What was remembered as open is asked for anew, and a deleted one is no place for rows."""
    made, warnings = settings(tmp_path), list[str]()
    make_days(made, sealed=())
    with folder(made, warnings) as found:
        seal(day_file(made, 17))
        day_file(made, 18).unlink()

        assert found.route(noon(17)).interval.day == date(2026, 11, 19)
    assert warnings == []


def test_a_day_that_is_sealed_while_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at it and the opening somebody was quicker: it is open again, and says so."""
    made, warnings = settings(tmp_path), list[str]()
    make_days(made, sealed=())
    unseal = Folder._unseal

    def late(found: Folder, path: Path) -> None:
        unseal(found, path)
        monkeypatch.undo()
        seal(path)

    with folder(made, warnings) as found:
        monkeypatch.setattr(Folder, "_unseal", late)
        found.route(noon(18))

    assert len(warnings) == 1
    assert day_file(made, 18).stat().st_mode & 0o222
    assert ask(day_file(made, 18), "SELECT sealed_at FROM partition") == [[None]]


def test_what_was_in_flight_is_named_in_a_sealed_day(tmp_path: Path) -> None:
    """A loss has its name also when the day was over before the engine came back."""
    made, warnings = settings(tmp_path), list[str]()
    make_days(made, sealed=())
    change(day_file(made, 20), *leftover(29_601_000, 5))
    seal(day_file(made, 20))
    with folder(made, warnings) as found:
        assert found.name_leftover() == 5

    assert len(warnings) == 1
    assert ask(day_file(made, 20), "SELECT in_flight, sealed_at FROM ledger, partition") == [[0, None]]
