"""A disk that refuses, tears or delays what SQLite asks of it, under load: afterwards nothing received is missing.

The faults come from a preloaded library (see `faults`). Lines carry running numbers from one sender, so "stored once,
in order, and no other" is a comparison of lists. What a tmpfs can show by itself stands in `test_disk`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from syslogger.config import EngineSettings, Field, LogClass
from syslogger.errors import ExitCode, SysloggerError
from tests.e2e.clock import NO_NAP, SECOND_US, BentClock, instant
from tests.e2e.faults import ANY_FILE, ANYTHING, EVER, Does, FaultyDisk, File, compile_shim
from tests.e2e.launcher import launch_through
from tests.support import wait_until
from tests.support_engine import (
    WAIT_SECONDS,
    WORD,
    Load,
    Sender,
    WatchedEngine,
    balanced,
    day_files,
    flat,
    integrity,
    minute_sums,
    numbered,
    query,
    send,
    settings,
    stored_numbers,
)

RATE = 5_000
A_SECOND = RATE
MOST_WRITES = 24  # of the three or four commits that one line after the other needs
CHANGES = Does.WRITE | Does.SYNC | Does.TRUNCATE
NOTHING_DROPPED = {"abandoned": 0, "paused": 0, "no_space": 0}
IO_ERROR = "the disk reports an I/O error: check the file system and the kernel's log"
FULL = "the disk is full: free space or delete old days"
READ_ONLY = "the file system is read-only: check its mount options and the kernel's log"
ONE_TROUBLE = ["write_failed", "degraded", "recovered"]


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preloaded library, compiled once."""
    return compile_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def disk(shim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """A disk that works until it is told otherwise; behind a bent clock if a test asks for one first."""
    with FaultyDisk(shim, tmp_path, tmp_path / "data", monkeypatch) as faulty:
        yield faulty


def wait_until_it_runs(engine: WatchedEngine) -> None:
    """Wait until nothing is wrong any more."""
    wait_until(lambda: engine.status()["state"] == "running", WAIT_SECONDS, "the engine runs")


def said(engine: WatchedEngine) -> list[str]:
    """What it gave as reasons for failed writes, in order."""
    found = [event["message"] for event in engine.of_kind("write_failed")]
    assert all(text.endswith("; what is received is kept and retried") for text in found)
    return [text.removeprefix(f"{engine.settings.folder}: ").partition(";")[0] for text in found]


def assert_nothing_is_missing(engine: WatchedEngine, sent: int) -> None:
    """All that was sent and not dropped by the kernel is stored, once, in order, and every ledger says so."""
    ledger, numbers = engine.final_ledger(), stored_numbers(engine.settings)
    assert balanced(ledger)
    assert NOTHING_DROPPED == ledger["dropped"]
    assert (sent, 0) == (ledger["offered"], ledger["in_flight"])
    assert (ledger["received"], len(numbers)) == (ledger["stored"], ledger["stored"])
    assert sorted(set(numbers)) == numbers
    if not ledger["kernel_dropped"]:
        assert list(range(sent)) == numbers
    assert {"ok"} == integrity(engine.settings)
    assert flat(ledger) == minute_sums(engine.settings)


# -- commits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "does", "files", "sentences"),
    [
        (errno.EIO, Does.WRITE, File.WAL, [IO_ERROR]),
        (errno.EIO, CHANGES, ANY_FILE, [IO_ERROR]),
        (errno.EIO, ANYTHING, ANY_FILE, [IO_ERROR]),
        (errno.ENOSPC, ANYTHING, ANY_FILE, [FULL]),
        (errno.EROFS, ANYTHING, ANY_FILE, [IO_ERROR, READ_ONLY]),  # SQLite calls it the one, to open a file the other
    ],
)
def test_a_second_without_a_disk(
    tmp_path: Path, disk: FaultyDisk, error: int, does: Does, files: File, sentences: list[str]
) -> None:
    """It is degraded and says each reason once, keeps and retries, and runs again with the same processes."""
    with WatchedEngine(settings(tmp_path / "data")) as engine, Load(engine.port, RATE) as load:
        pids = engine.processes()
        load.wait_for(A_SECOND)
        with disk.failing(error, does, files):
            engine.wait_for_event("degraded")
            load.wait_for(load.sent + A_SECOND)
            engine.wait_for_event("write_failed", len(sentences))
            disk.wait_for_strikes(2)
        wait_until_it_runs(engine)
        load.wait_for(load.sent + A_SECOND)
        assert pids == engine.processes()
    assert_nothing_is_missing(engine, load.sent)
    assert sentences == said(engine)
    assert sorted([*ONE_TROUBLE, *["write_failed"] * (len(sentences) - 1)]) == sorted(
        event["event"] for event in engine.trouble()
    )


@pytest.mark.parametrize(
    ("does", "files", "calls", "percent"),
    [(Does.WRITE, File.WAL, 1, 0), (Does.WRITE, File.WAL, 1, 50), (CHANGES, ANY_FILE, EVER, 50)],
)
def test_whichever_write_of_a_commit_fails(
    tmp_path: Path, disk: FaultyDisk, does: Does, files: File, calls: int, percent: int
) -> None:
    """The first, the second and so on, alone or with all that follow, torn or not at all: all is kept."""
    rounds = range(12)  # a commit takes about six
    with WatchedEngine(settings(tmp_path / "data")) as engine, Load(engine.port, RATE) as load:
        for spare in rounds:
            load.wait_for(load.sent + 500)
            disk.fail(errno.EIO, does, files, calls=calls, spare=spare, percent=percent)
            engine.wait_for_event("write_failed", spare + 1)
            disk.wait_for_strikes(1 if calls == 1 else 2)  # the second one comes when the file is closed
            disk.heal()
            engine.wait_for_event("recovered", spare + 1)
    assert_nothing_is_missing(engine, load.sent)
    assert len(rounds) * ONE_TROUBLE == [event["event"] for event in engine.trouble()]


def send_one_by_one_until_struck(engine: WatchedEngine, sender: Sender, disk: FaultyDisk, sent: int) -> int:
    """Send lines from number `sent` on, each when the one before is stored; the next number."""
    while not disk.struck:
        sent += sender.send(*numbered([sent]))
        done = partial(lambda count: disk.struck or engine.ledger()["stored"] == count, sent)
        wait_until(done, WAIT_SECONDS, f"line {sent} is stored, or a call is struck")
    return sent


def test_a_commit_that_was_made_and_is_said_to_have_failed(tmp_path: Path, disk: FaultyDisk) -> None:
    """Rows that a failed commit has left in the file after all are seen there, and not stored a second time."""
    sent, ahead = 0, 0
    with WatchedEngine(settings(tmp_path / "data")) as engine, Sender(engine.port) as sender:
        for spare in range(MOST_WRITES):
            disk.fail(errno.EIO, CHANGES, ANY_FILE, spare=spare, percent=100)
            sent = send_one_by_one_until_struck(engine, sender, disk, sent)
            disk.wait_for_strikes(3)  # the file was closed, and could not be opened
            ahead = len(stored_numbers(engine.settings)) - engine.ledger()["stored"]
            disk.heal()
            engine.wait_for(stored=sent)
            if ahead:
                break
    assert ahead > 0
    assert_nothing_is_missing(engine, sent)


def test_a_slow_disk(tmp_path: Path, disk: FaultyDisk) -> None:
    """Each write takes 50 ms longer for a second: rows come later, none is lost, and nothing is wrong."""
    with WatchedEngine(settings(tmp_path / "data")) as engine, Load(engine.port, RATE) as load:
        load.wait_for(A_SECOND)
        disk.slow(50, Does.WRITE, ANY_FILE)
        load.wait_for(load.sent + A_SECOND)
        disk.wait_for_strikes(2)
        disk.heal()
        load.wait_for(load.sent + A_SECOND)
    assert_nothing_is_missing(engine, load.sent)
    assert [] == engine.trouble()


# -- what happens meanwhile --------------------------------------------------------------------------------------------


def test_a_drain_while_the_disk_fails(tmp_path: Path, disk: FaultyDisk) -> None:
    """A disk that works again before the deadline gets everything, and the engine ends well."""
    with WatchedEngine(settings(tmp_path / "data")) as engine:
        with Load(engine.port, RATE) as load:
            load.wait_for(A_SECOND)
            disk.fail(errno.EIO, Does.WRITE, File.WAL, calls=5)
            engine.wait_for_event("degraded")
            load.wait_for(load.sent + A_SECOND // 10)
        engine.wait_for(offered=load.sent)
        engine.stop(60.0)
        assert ExitCode.OK == engine.wait()
    assert disk.struck == 5
    assert_nothing_is_missing(engine, load.sent)


IN_AN_HOUR = """
from syslogger.storage.writer import Writer
keep_and_retry = Writer._keep_and_retry
def keep_for_an_hour(writer, error):
    keep_and_retry(writer, error)
    if not writer._control.draining:
        writer._retry_at += 3_600.0
Writer._keep_and_retry = keep_for_an_hour
"""


def test_a_drain_does_not_wait_out_a_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: FaultyDisk) -> None:
    """However far away the next retry is, a drain begins with one: what was kept is stored within its time."""
    launch_through(tmp_path, monkeypatch, IN_AN_HOUR)
    with WatchedEngine(settings(tmp_path / "data")) as engine:
        with Load(engine.port, RATE // 10) as load:
            load.wait_for(100)
            disk.fail(errno.EIO, Does.WRITE, File.WAL)
            engine.wait_for_event("degraded")
        engine.wait_for(offered=load.sent)
        disk.heal()
        engine.stop(60.0)
        assert ExitCode.OK == engine.wait()
    assert_nothing_is_missing(engine, load.sent)


def test_a_change_fails_and_nothing_else_is_to_be_written(tmp_path: Path, disk: FaultyDisk) -> None:
    """It has not recovered before something could be written."""
    plain = settings(tmp_path / "data")
    about = LogClass(name=WORD.name, fields=(*WORD.fields, Field(name="about", pattern="about (a)")))
    with WatchedEngine(plain) as engine:
        disk.fail(errno.ENOSPC, Does.WRITE, File.WAL)
        with pytest.raises(SysloggerError, match="the disk is full"):
            engine.change(plain.model_copy(update={"log_class": about}))
        disk.wait_for_strikes(3)
        assert [] == engine.of_kind("recovered")
        disk.heal()
        engine.wait_for_event("recovered")
    assert [FULL] == said(engine)


def test_a_writer_killed_while_the_disk_fails(tmp_path: Path, disk: FaultyDisk) -> None:
    """Its successor cannot start, is tried again until it can, and stores what the dead one had kept."""
    with WatchedEngine(settings(tmp_path / "data")) as engine, Load(engine.port, RATE) as load:
        load.wait_for(A_SECOND)
        with disk.failing(errno.ENOSPC, ANYTHING, ANY_FILE):
            engine.wait_for_event("degraded")
            psutil.Process(engine.processes()["writer"]).kill()
            engine.wait_for_event("child_died", 2)
        engine.wait_for_event("child_replaced")
        wait_until_it_runs(engine)
        load.wait_for(load.sent + A_SECOND)
    assert_nothing_is_missing(engine, load.sent)
    assert FULL in engine.of_kind("child_died")[1]["message"]


def test_a_change_while_the_disk_fails(tmp_path: Path, disk: FaultyDisk) -> None:
    """New columns that cannot be added are refused with the reason; on a disk that works the same change is taken."""
    plain = settings(tmp_path / "data")
    about = LogClass(name=WORD.name, fields=(*WORD.fields, Field(name="about", pattern="about (a)")))
    edited = plain.model_copy(update={"log_class": about})
    with WatchedEngine(plain) as engine, Load(engine.port, RATE) as load:
        load.wait_for(A_SECOND)
        with disk.failing(errno.ENOSPC, ANYTHING, ANY_FILE), pytest.raises(SysloggerError, match="the disk is full"):
            engine.change(edited)
        wait_until_it_runs(engine)
        assert {"live": ["fields"], "restart": []} == engine.change(edited)
        load.wait_for(load.sent + A_SECOND)
    assert_nothing_is_missing(engine, load.sent)
    ((first, filled),) = query(plain, "SELECT max(version), (SELECT count(about) > 0 FROM entries) FROM class_versions")
    assert (2, 1) == (first, filled)


# -- checkpoints -------------------------------------------------------------------------------------------------------


class Flood:
    """Numbered lines of 6 kB, as fast as they are received: a checkpoint begins every 32 MiB."""

    def __init__(self, engine: WatchedEngine, sender: Sender) -> None:
        self.sent = 0
        self._engine, self._sender = engine, sender

    def until_struck(self, disk: FaultyDisk) -> None:
        """Send until a call was struck."""
        while not disk.struck:
            self.send(100)

    def send(self, count: int) -> None:
        """Send so many more, and wait until they are received."""
        lines = (b"<134>line number %d" % number + b"x" * 6_000 for number in range(self.sent, self.sent + count))
        self.sent += self._sender.send(*lines)
        self._engine.wait_for(received=self.sent)


def sizes(engine_settings: EngineSettings) -> tuple[int, int]:
    """Bytes of the day's file and of its WAL."""
    (day,) = day_files(engine_settings)
    return day.stat().st_size, day.with_suffix(".db-wal").stat().st_size


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC, errno.EROFS])
@pytest.mark.parametrize(("does", "files"), [(Does.SYNC, ANY_FILE), (Does.WRITE, File.DAY)])
def test_a_checkpoint_that_fails(tmp_path: Path, disk: FaultyDisk, error: int, does: Does, files: File) -> None:
    """The rows are safe in the WAL, so it is a warning; a later checkpoint makes up for it, or the next start."""
    with WatchedEngine(settings(tmp_path / "data")) as engine, Sender(engine.port) as sender:
        flood = Flood(engine, sender)
        disk.fail(error, does, files)
        flood.until_struck(disk)
        disk.heal()
        before, _ = sizes(engine.settings)
        wait_until(lambda: _flooded_until_larger(flood, engine, before), 2 * WAIT_SECONDS, "a checkpoint is made")
        engine.wait_for(stored=flood.sent)
        disk.fail(error, does, files)  # the last one, too, when the file is closed
    assert disk.struck > 0
    disk.heal()
    assert_nothing_is_missing(engine, flood.sent)
    assert {"warning"} == {event["event"] for event in engine.trouble()}
    assert all("its rows are safe in the -wal" in event["message"] for event in engine.trouble())
    wal = day_files(engine.settings)[0].with_suffix(".db-wal")
    assert wal.exists()
    with WatchedEngine(engine.settings) as after:
        send(after.port, *numbered([flood.sent]))
        after.wait_for(stored=1)
    assert not wal.exists()
    assert list(range(flood.sent + 1)) == stored_numbers(engine.settings)


def _flooded_until_larger(flood: Flood, engine: WatchedEngine, before: int) -> bool:
    flood.send(100)
    return sizes(engine.settings)[0] > before


def test_a_slow_checkpoint(tmp_path: Path, disk: FaultyDisk) -> None:
    """While a sync takes half a second commits go on, and no row is lost."""
    with WatchedEngine(settings(tmp_path / "data")) as engine, Sender(engine.port) as sender:
        flood = Flood(engine, sender)
        disk.slow(500, Does.SYNC, ANY_FILE)
        flood.until_struck(disk)
        engine.wait_for(stored=flood.sent)
        disk.heal()
    assert_nothing_is_missing(engine, flood.sent)
    assert [] == engine.trouble()


# -- the next day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "does", "files"),
    [
        (errno.ENOSPC, Does.OPEN, ANY_FILE),
        (errno.EROFS, Does.OPEN, File.DAY),
        (errno.EIO, Does.WRITE, File.DAY),
        (errno.ENOSPC, Does.WRITE, File.DAY | File.JOURNAL),
        (errno.EIO, Does.SYNC, ANY_FILE),
    ],
)
def test_the_next_day_cannot_be_opened(
    tmp_path: Path, clock: BentClock, disk: FaultyDisk, error: int, does: Does, files: File
) -> None:
    """At midnight the new file is refused for a second: then it is made, and both days hold what is theirs."""
    midnight = instant("2026-03-06 00:00:00", "UTC")
    clock.show(midnight - 60 * SECOND_US)
    with WatchedEngine(settings(tmp_path / "data", receive=NO_NAP)) as engine, Load(engine.port, RATE) as load:
        load.wait_for(A_SECOND)
        with disk.failing(error, does, files):
            clock.show(midnight - SECOND_US // 10)
            engine.wait_for_event("degraded")
            load.wait_for(load.sent + A_SECOND)
        wait_until_it_runs(engine)
        load.wait_for(load.sent + A_SECOND)
    assert disk.struck > 0
    assert_nothing_is_missing(engine, load.sent)
    assert ["2026-03-05.db", "2026-03-06.db"] == [path.name for path in day_files(engine.settings)]
    misplaced = "SELECT count(*) FROM entries, partition WHERE received_at NOT BETWEEN interval_start AND interval_end"
    assert [(0,), (0,)] == query(engine.settings, misplaced)
    assert ONE_TROUBLE == [event["event"] for event in engine.trouble()]
