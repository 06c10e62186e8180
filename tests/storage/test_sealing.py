"""Sealing a day: what it leaves behind, who may be in the way, and kill -9 between any two steps."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from syslogger.errors import StoreError
from syslogger.storage import days
from syslogger.storage.rollup_sql import KEPT_PAIRS
from syslogger.storage.sealing import DayInUseError, seal, sealing
from tests.e2e.disk import on_a_small_disk, small_disk
from tests.e2e.nobody import NOBODY, open_folder
from tests.keeping import writer
from tests.storage.making import us
from tests.storage.past import asked, damaged, mode, past_day

ROOT = Path(__file__).resolve().parents[2]
NOW_US = us("2026-11-20T12:00:00")
STEPS = ["checked", "completed", "checkpointed", "alone", "closed", "sealed"]
SEAL = """
import os, signal, sys
from pathlib import Path
from syslogger.storage.sealing import sealing
for step in sealing(Path(sys.argv[1]), 1):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
"""
# another program that has the day open in the middle of a query, until its stdin closes
READER = """
import sqlite3, sys
rows = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute("select id from entries")
next(rows)
print("reads", flush=True)
sys.stdin.read()
print(1 + len(rows.fetchall()), flush=True)
"""


def files(path: Path) -> list[str]:
    """What lies in the folder of a day."""
    return sorted(each.name for each in path.parent.iterdir())


def is_whole(path: Path, rows: int = 1_000) -> bool:
    """Whether a day has its rows and no fault."""
    return asked(path, "pragma integrity_check") == [("ok",)] and asked(path, "select count(*) from entries") == [
        (rows,)
    ]


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A day that is over."""
    return past_day(tmp_path / "word" / "main" / "2026-11-18.db")


@pytest.mark.parametrize("version", [1, 2])
def test_a_sealed_day_is_one_file_that_is_only_read(tmp_path: Path, version: int) -> None:
    """No WAL, mode 0444, statistics, the instant of sealing; a file of format 1 gets a column for it and stays one."""
    path = past_day(tmp_path / "word" / "main" / "2026-11-18.db", version=version)
    assert not days.is_sealed(path)
    seal(path, NOW_US)

    assert days.is_sealed(path)
    assert (files(path), mode(path)) == ([path.name], 0o444)
    assert asked(path, "select format_version, sealed_at from partition") == [(version, NOW_US)]
    assert asked(path, "pragma journal_mode") == [("delete",)]
    assert asked(path, "select count(*) from sqlite_master where name = 'sqlite_stat1'") == [(1,)]
    assert is_whole(path)


def test_what_others_may_not_read_stays_so(day: Path) -> None:
    """A private file gains no rights by being sealed."""
    day.chmod(0o600)
    seal(day, NOW_US)

    assert mode(day) == 0o400


def test_the_busiest_senders_keep_their_names(tmp_path: Path) -> None:
    """The rest are added up under pair 0, and no row is lost of the sums."""
    path = past_day(tmp_path / "word" / "main" / "2026-11-18.db", 3_000, senders=1_500)
    before = asked(path, "select sum(rows), sum(bytes), sum(received) from rollup_senders")
    seal(path, NOW_US)

    assert asked(path, "select count(*) from rollup_pairs where pair != 0") == [(KEPT_PAIRS,)]
    assert asked(path, "select sum(rows), sum(bytes), sum(received) from rollup_senders") == before
    assert asked(path, "select sum(rows) from rollup_senders where pair = 0") == [(1_000,)]


def test_the_steps_have_names(day: Path) -> None:
    """These are all the points at which the next test kills."""
    assert list(sealing(day, NOW_US)) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_killed_between_two_steps(day: Path, step: str) -> None:
    """After kill -9 the day has every row, is sealed only if all was done, and the next one who seals finishes."""
    killed = subprocess.run([sys.executable, "-c", SEAL, str(day), step], cwd=ROOT, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert is_whole(day)
    assert days.is_sealed(day) == (step in ("closed", "sealed"))
    seal(day, NOW_US)
    assert (days.is_sealed(day), files(day)) == (True, [day.name])
    assert is_whole(day)


def test_a_writer_is_in_the_way(tmp_path: Path) -> None:
    """As long as it has the day open nothing is changed; then the day with its late row is sealed."""
    path = tmp_path / "word" / "main" / "2026-11-18.db"
    with writer(path, NOW_US - 1, NOW_US):
        with pytest.raises(DayInUseError, match="somebody has it open"):
            seal(path, NOW_US)
        with pytest.raises((DayInUseError, sqlite3.OperationalError), match=r"somebody has it open|locked"):
            list(sealing(path, NOW_US))
        assert (days.is_sealed(path), mode(path) & 0o200) == (False, 0o200)
    seal(path, NOW_US)

    assert asked(path, "select count(*) from entries") == [(2,)]
    assert days.is_sealed(path)


def test_a_reader_is_in_the_way_and_keeps_its_rows(day: Path) -> None:
    """A query that runs ends with its rows, and the day is sealed when it has ended."""
    command = [sys.executable, "-c", READER, str(day)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reads\n"
        with pytest.raises(DayInUseError):
            seal(day, NOW_US)
        assert not days.is_sealed(day)
        answer, _ = reader.communicate(timeout=60)
    seal(day, NOW_US)

    assert answer == "1000\n"
    assert days.is_sealed(day)


def test_nobody_gets_in_before_the_mode(day: Path) -> None:
    """From the switch of the journal on a writer finds the file locked, so none can leave a WAL beside a sealed day."""
    steps = sealing(day, NOW_US)
    while next(steps) != "alone":
        pass
    write = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('pragma journal_mode = wal')"
    refused = subprocess.run([sys.executable, "-c", write, str(day)], capture_output=True, text=True, timeout=60)

    assert "database is locked" in refused.stderr
    assert next(steps) == "closed"
    steps.close()
    assert (files(day), mode(day)) == ([day.name], 0o444)


def test_one_that_was_written_to_later_is_sealed_anew(day: Path) -> None:
    """A WAL beside it says that it is not sealed, whatever its mode is; no row of the WAL is lost."""
    seal(day, NOW_US)
    day.chmod(0o644)
    write = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('pragma journal_mode = wal');"
        "c.execute('insert into entries select null, received_at, client, log_sender_ip, 1, 1, 1"
        " from entries limit 1');"
        "c.commit(); os.chmod(sys.argv[1], 0o444); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", write, str(day)], check=True, timeout=60)

    assert not days.is_sealed(day)
    seal(day, NOW_US + 1)
    assert days.is_sealed(day)
    assert is_whole(day, 1_001)


def test_a_damaged_day_stays_unsealed(tmp_path: Path) -> None:
    """It is named, with what to do, and its bytes are as they were."""
    path = damaged(past_day(tmp_path / "word" / "main" / "2026-11-18.db", 20_000))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"2026-11-18\.db is damaged \(.+\) and stays unsealed: .*\.recover"):
        seal(path, NOW_US)

    assert not days.is_sealed(path)
    assert path.read_bytes()[200:] == before[200:]


def test_what_is_no_database_stays_unsealed(tmp_path: Path) -> None:
    """It is damaged, as far as anybody can tell."""
    path = tmp_path / "2026-11-18.db"
    path.write_bytes(b"no database at all" * 1_000)
    with pytest.raises(StoreError, match="is damaged"):
        seal(path, NOW_US)

    assert mode(path) & 0o200


def test_one_who_has_to_end_leaves_it(tmp_path: Path) -> None:
    """A long check is broken off, and the day is whole for the next look."""
    path = past_day(tmp_path / "word" / "main" / "2026-11-18.db", 60_000)
    with pytest.raises(DayInUseError):
        seal(path, NOW_US, give_up=lambda: True)

    assert not days.is_sealed(path)
    assert is_whole(path, 60_000)


@on_a_small_disk
def test_a_full_disk_leaves_it_whole(tmp_path: Path, size: int) -> None:
    """The error says that the disk is full; with room the day is sealed."""
    with small_disk(tmp_path / "disk", size) as disk:
        path = past_day(disk.folder / "word" / "main" / "2026-11-18.db", 20_000, senders=1_500)
        disk.fill()
        with pytest.raises(StoreError, match="the disk is full: free space"):
            seal(path, NOW_US)
        assert not days.is_sealed(path)
        disk.make_room()
        seal(path, NOW_US)
        assert days.is_sealed(path)
        assert is_whole(path, 20_000)


@pytest.mark.parametrize("user", [NOBODY] if os.geteuid() == 0 else [])
def test_a_day_of_somebody_else_is_told(user: int) -> None:
    """Who may read it and is not its owner cannot seal it; it stays as it was, and the error says whose it must be."""
    with open_folder() as folder:
        path = past_day(folder / "2026-11-18.db")
        process = os.fork()
        if process == 0:
            os.setuid(user)
            try:
                seal(path, NOW_US)
            except StoreError as error:
                os._exit(10 if "its owner needs to be the user of Syslogger" in str(error) else 11)
            os._exit(12)
        _, status = os.waitpid(process, 0)

        assert os.waitstatus_to_exitcode(status) == 10
        assert (days.is_sealed(path), is_whole(path)) == (False, True)


def test_a_day_that_is_gone_is_told(tmp_path: Path) -> None:
    """One that is not there cannot be sealed, and the error names it."""
    with pytest.raises(StoreError, match=r"2026-11-18\.db"):
        seal(tmp_path / "2026-11-18.db", NOW_US)


def test_a_sealed_day_is_read_by_anybody(day: Path) -> None:
    """It opens read-only and immutable, without anything beside it."""
    seal(day, NOW_US)
    with closing(sqlite3.connect(f"file:{day}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("select count(*) from entries").fetchone() == (1_000,)

    assert files(day) == [day.name]
