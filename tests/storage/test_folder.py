"""The day files of one engine: what a start finds in them, and which of them takes a row.

Days that begin while an engine runs, and zones, have their tests in test_rollover.py.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from syslogger.config import EngineSettings
from syslogger.errors import ConfigError, StoreError
from syslogger.ledger import Counts, dropped_json
from syslogger.storage.folder import prepare
from syslogger.storage.partition import LEDGER_SUMS, Partition
from tests.storage.making import entries, folder, interval, partition, settings, us
from tests.storage.plain import ask, change

ROOT = Path(__file__).resolve().parents[2]
NOON = us("2026-11-20T12:00")


def day_file(made: EngineSettings, day: int) -> Path:
    """The file of a day of November 2026."""
    return made.folder / f"2026-11-{day:02}.db"


def commit(to: Partition, sequence: int, row: int, bookings: int, *stamps: int) -> None:
    """Rows and how far batches are settled."""
    to.database.ingest("entries", entries(stamps))
    to.advance(sequence, row, bookings, min(stamps, default=None), max(stamps, default=None))
    to.note_clients({"office": "10.0.0.0/8"} if stamps else {})
    to.database.commit()


def make_day(made: EngineSettings, day: int, sequence: int, bookings: int, *stamps: int, row: int = 0) -> None:
    """A file that an earlier run has left."""
    with partition(day_file(made, day), interval(date(2026, 11, day))) as one:
        commit(one, sequence, row, bookings, *stamps)


# -- recovery ---------------------------------------------------------------------------------------------------------


def test_an_empty_folder_starts_at_the_beginning(tmp_path: Path) -> None:
    """No file, no cursor, nothing left over, and the first file has today's name."""
    made = settings(tmp_path)
    with folder(made) as found:
        assert (found.cursor, found.bookings, found.last_received_at, found.name_leftover()) == (0, 0, None, 0)
        assert found.route(NOON).interval == interval()

    assert sorted(path.name for path in made.folder.glob("*.db")) == ["2026-11-20.db"]


def test_recovery_takes_the_greatest_cursor(tmp_path: Path) -> None:
    """Cursor and last stamp are those of the file that went furthest, whatever its date."""
    made = settings(tmp_path)
    make_day(made, 18, 9, 30, us("2026-11-18T10:00"), row=3)
    make_day(made, 19, 40, 12, us("2026-11-19T10:00"))
    make_day(made, 20, 9, 25, us("2026-11-20T10:00"), row=9)
    with folder(made) as found:
        assert found.cursor == 40 << 16
        assert found.last_received_at == us("2026-11-19T10:00")
        assert found.bookings == 30


def test_a_newer_file_without_rows_does_not_hide_the_last_stamp(tmp_path: Path) -> None:
    """A file begun at the same cursor leaves the last committed stamp to the file that has it."""
    made = settings(tmp_path)
    make_day(made, 19, 7, 5, us("2026-11-19T10:00"))
    make_day(made, 20, 7, 0)
    with folder(made) as found:
        assert (found.cursor, found.last_received_at) == (7 << 16, us("2026-11-19T10:00"))


def test_a_new_file_begins_where_the_last_one_ended(tmp_path: Path) -> None:
    """The cursor is written into every new file, so that old ones may be taken away."""
    made = settings(tmp_path)
    make_day(made, 19, 7, 5, us("2026-11-19T10:00"), row=2)
    with folder(made) as found:
        found.route(NOON)

    assert ask(day_file(made, 20), "SELECT last_sequence, last_row, bookings FROM partition") == [[7, 2, 0]]


def test_confirmed_rows_are_where_the_next_file_begins(tmp_path: Path) -> None:
    """What the writer has committed since the start counts, too."""
    made = settings(tmp_path)
    with folder(made) as found:
        found.route(NOON)
        found.confirm(12 << 16 | 4, NOON + 5)
        found.route(NOON + 86_400_000_000)

        assert found.last_received_at == NOON + 5
    assert ask(day_file(made, 21), "SELECT last_sequence, last_row FROM partition") == [[11, 4]]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Only names of days are looked at."""
    made = settings(tmp_path)
    for name in ("notes.txt", "copy of 2026-11-19.db", "2026-11-19.db.bak"):
        (made.folder / name).write_bytes(b"garbage")
    warnings: list[str] = []
    with folder(made, warnings) as found:
        assert found.cursor == 0

    assert len(list(made.folder.iterdir())) == 3
    assert warnings == []


def test_reopening_tells_the_last_transaction_of_all_open_files(tmp_path: Path) -> None:
    """The greatest booking number counts, and what was not committed is gone."""
    made = settings(tmp_path)
    with folder(made) as found:
        old = found.route(NOON)
        commit(old, 1, 0, 8, NOON)
        new = found.route(NOON + 86_400_000_000)
        commit(new, 2, 0, 9, NOON)
        new.database.ingest("entries", entries([NOON]))

        assert found.reopen() == 9
        assert new.database.rows("SELECT count(*) FROM entries") == [(1,)]


# -- files that are not as they should be -----------------------------------------------------------------------------


def test_garbage_is_moved_aside(tmp_path: Path) -> None:
    """A file that is no database is kept under another name, and the day begins anew."""
    made = settings(tmp_path)
    day_file(made, 20).write_bytes(b"garbage" * 20_000)
    make_day(made, 19, 7, 5, us("2026-11-19T10:00"))
    warnings: list[str] = []
    with folder(made, warnings) as found:
        assert found.cursor == 7 << 16
        commit(found.route(NOON), 8, 0, 6, NOON)
    kept = list(made.folder.glob("2026-11-20.broken-*"))

    assert [path.read_bytes() for path in kept] == [b"garbage" * 20_000]
    assert warnings == [f"{day_file(made, 20)} is no SQLite file; it was moved aside to {kept[0].name}"]
    assert ask(day_file(made, 20), "SELECT id FROM entries") == [[1]]


def test_a_half_made_file_is_completed(tmp_path: Path) -> None:
    """A file of no bytes is no obstacle, neither today's nor an older one."""
    made = settings(tmp_path)
    day_file(made, 18).touch()
    day_file(made, 20).touch()
    warnings: list[str] = []
    with folder(made, warnings) as found:
        commit(found.route(NOON), 1, 0, 1, NOON)

    assert ask(day_file(made, 20), "SELECT id FROM entries") == [[1]]
    assert warnings == []


def test_a_wal_that_was_left_behind_goes_into_its_file(tmp_path: Path) -> None:
    """After a start the rows of a killed engine are in the day file itself, for every day."""
    made = settings(tmp_path)
    other = tmp_path / "other.db"
    with partition(other, interval(date(2026, 11, 19))) as one:
        commit(one, 5, 0, 3, us("2026-11-19T10:00"))
        for end in ("", "-wal"):
            subprocess.run(["cp", f"{other}{end}", f"{day_file(made, 19)}{end}"], check=True)
    with folder(made) as found:
        assert (found.cursor, found.bookings) == (5 << 16, 3)

    assert [path.name for path in made.folder.iterdir()] == ["2026-11-19.db"]
    assert ask(day_file(made, 19), "SELECT count(*) FROM entries") == [[1]]


def test_a_newer_file_stops_the_engine(tmp_path: Path) -> None:
    """The error names the file and says to upgrade."""
    made = settings(tmp_path)
    make_day(made, 19, 1, 1)
    change(day_file(made, 19), "UPDATE partition SET format_version = 99")
    with (
        folder(made, recover=False) as found,
        pytest.raises(StoreError, match=r"2026-11-19\.db: was written by a newer"),
    ):
        found.recover()


def test_a_damaged_file_stops_the_engine_with_advice(tmp_path: Path) -> None:
    """A file whose tables cannot be read is named, and how to recover it."""
    made = settings(tmp_path)
    make_day(made, 19, 1, 1, us("2026-11-19T10:00"))
    with day_file(made, 19).open("r+b") as damaged:
        damaged.seek(100)
        damaged.write(b"\x55" * 60_000)
    with folder(made, recover=False) as found, pytest.raises(StoreError, match=r"2026-11-19\.db: is damaged"):
        found.recover()


def test_a_file_that_must_not_be_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old day without write permission still tells its cursor, and its leftovers stay as they are."""
    made = settings(tmp_path)
    make_day(made, 19, 7, 5, us("2026-11-19T10:00"))
    change(day_file(made, 19), *leftover(us("2026-11-19T10:00") // 60_000_000, 4))
    monkeypatch.setattr(os, "access", lambda *_: False)
    with folder(made) as found:
        assert found.cursor == 7 << 16
        assert found.name_leftover() == 0

    assert ask(day_file(made, 19), "SELECT in_flight FROM ledger") == [[4]]


# -- what was in flight -----------------------------------------------------------------------------------------------


def leftover(minute: int, in_flight: int) -> tuple[str, str]:
    """A minute of a run that was killed."""
    names = (*LEDGER_SUMS, "dropped", "in_flight", "minute")
    values = f"{', '.join('0' * len(LEDGER_SUMS))}, '{{}}', {in_flight}, {minute}"
    insert = f"INSERT INTO ledger ({', '.join(names)}) VALUES ({values})"
    return insert, f"UPDATE partition SET last_minute = {minute}"


def test_what_was_in_flight_is_named_in_the_file_that_was_booked_last(tmp_path: Path) -> None:
    """The last transaction counts, not the latest date; asked again there is nothing left."""
    made = settings(tmp_path)
    make_day(made, 19, 8, 7)
    make_day(made, 20, 5, 6)
    change(day_file(made, 19), *leftover(29_600_000, 3))
    change(day_file(made, 20), *leftover(29_601_000, 5))
    with folder(made) as found:
        assert found.name_leftover() == 3
        assert found.name_leftover() == 0

    assert ask(day_file(made, 19), "SELECT in_flight, json_extract(dropped, '$.abandoned') FROM ledger") == [[0, 3]]
    assert ask(day_file(made, 20), "SELECT in_flight, dropped FROM ledger") == [[5, "{}"]]


def test_a_clock_that_is_right_again_gets_its_own_file(tmp_path: Path) -> None:
    """After a run whose clock was years ahead, rows go to today's file and not to the one of that day."""
    made = settings(tmp_path)
    with partition(made.folder / "2036-01-01.db", interval(date(2036, 1, 1))) as ahead:
        commit(ahead, 3, 0, 2, us("2036-01-01T12:00"))
        ahead.write_minute(1, dict.fromkeys(LEDGER_SUMS, 0), dropped_json(Counts()), 2)
        ahead.database.commit()
    with folder(made) as found:
        assert found.name_leftover() == 2
        assert found.route(NOON).interval == interval()


# -- client names -----------------------------------------------------------------------------------------------------


def test_a_name_that_has_rows_keeps_its_range(tmp_path: Path) -> None:
    """Given to another range it is refused: the error names the name, both ranges and the file."""
    make_day(settings(tmp_path), 19, 1, 1, us("2026-11-19T10:00"))
    made = settings(tmp_path, clients=[("office", "192.168.0.0/16")])
    with folder(made, recover=False) as found, pytest.raises(ConfigError) as refused:
        found.recover()

    for word in ("'office'", "10.0.0.0/8", "192.168.0.0/16", "2026-11-19.db"):
        assert word in str(refused.value)


@pytest.mark.parametrize("spelled", ["10.0.0.0/8", "10.*", "10.*.*.*", "::ffff:10.0.0.0/104"])
def test_the_same_range_may_be_written_otherwise(tmp_path: Path, spelled: str) -> None:
    """It is the range that counts, not how it is spelled."""
    make_day(settings(tmp_path), 19, 1, 1, us("2026-11-19T10:00"))
    with folder(settings(tmp_path, clients=[("office", spelled)])) as found:
        assert found.networks({"office"}) == {"office": "10.0.0.0/8"}


def test_a_name_without_rows_may_move_and_one_that_is_gone_may_stay_away(tmp_path: Path) -> None:
    """Only names that have rows are bound, and only while they are used."""
    make_day(settings(tmp_path), 19, 1, 1)
    with folder(settings(tmp_path, clients=[("office", "192.168.0.0/16")])):
        pass
    make_day(settings(tmp_path), 20, 2, 2, NOON)
    with folder(settings(tmp_path, clients=[("other", "192.168.0.0/16")])) as found:
        assert found.cursor == 2 << 16


# -- the folder itself ------------------------------------------------------------------------------------------------


def test_preparing_makes_the_folder_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    """Parents too, and twice is as good as once."""
    for _ in range(2):
        prepare(tmp_path / "root" / "word" / "main")

    assert list((tmp_path / "root" / "word" / "main").iterdir()) == []


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """A path that is no directory gives a StoreError with the path."""
    (tmp_path / "word").write_text("")
    with pytest.raises(StoreError, match=f"{tmp_path}/word/main: cannot be written"):
        prepare(tmp_path / "word" / "main")


def test_a_folder_without_rights_is_named() -> None:
    """Whoever may not write there is told so, with what to do."""
    program = """
import os, sys
from pathlib import Path
from syslogger.errors import StoreError
from syslogger.storage.folder import prepare
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    prepare(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        closed = Path(open_to_all) / "closed"
        closed.mkdir(mode=0o500)
        done = subprocess.run([sys.executable, "-c", program, closed], cwd=ROOT, capture_output=True, timeout=60)

    assert done.stdout.decode().startswith(f"{closed}: no right to write there: give the engine's user the directory")
