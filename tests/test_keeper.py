"""The keeper's process, through its door: jobs, events, its end; nobody keeps a root twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from syslogger.errors import ConfigError, EngineDiedError, ExitCode, LockError, StoreError, SysloggerError
from syslogger.keeper import EngineLimit, Keeper, KeeperSettings
from syslogger.lock import lock_folder
from syslogger.storage.day_names import stored_days
from syslogger.storage.days import is_sealed
from tests.keeping import ages, make_day, slow_keepers
from tests.storage.past import asked, damaged, past_day
from tests.support import deadline, wait_until

REPOSITORY = Path(__file__).resolve().parents[1]
# a keeper and its owner's side in another process, to be killed: prints the keeper's pid and stays
OWNER = """
import sys
from pathlib import Path
from syslogger.keeper import Keeper, KeeperSettings
keeper = Keeper(KeeperSettings(root=Path(sys.argv[1]), time_zone="UTC"))
keeper.start()
print(keeper.status()["pid"], flush=True)
sys.stdin.read()
"""


def today() -> date:
    """The keeper's process has the machine's clock; its zone here is UTC."""
    return datetime.now(UTC).date()


def fill(root: Path, *ages_days: int, owner: str = "word/main") -> None:
    """Days of these ages, by the machine's clock."""
    for age in ages_days:
        make_day(root, age, owner=owner, today=today())


class Owner:
    """A keeper and what it has told."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.events: list[dict[str, Any]] = []
        made = KeeperSettings.model_validate({"root": root, "time_zone": "UTC", "auto_delete_days": 30, **settings})
        self.keeper = Keeper(made, self.events.append)

    def heard(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the event number `count` of a kind."""

        def found() -> list[dict[str, Any]]:
            return [event for event in list(self.events) if event["event"] == kind]

        wait_until(lambda: len(found()) >= count, 60, f"{count} event(s) {kind}")
        return found()[count - 1]

    def ended(self, job: dict[str, Any]) -> dict[str, Any]:
        """A job once it has ended."""

        def found() -> dict[str, Any]:
            return next(each for each in self.keeper.status()["jobs"] if each["id"] == job["id"])

        wait_until(lambda: found()["ended"] is not None, 60, f"the job {job['kind']} ends")
        return found()


@contextmanager
def owned(root: Path, **settings: Any) -> Iterator[Owner]:
    """A keeper that runs for the block."""
    owner = Owner(root, **settings)
    with owner.keeper:
        yield owner


def test_retention_runs_at_the_start_and_again(tmp_path: Path) -> None:
    """What is due goes at once, and what becomes due later goes in a later run; each event has its time."""
    fill(tmp_path, 0, 30, 31)
    with owned(tmp_path, retention_seconds=1) as owner:
        event = owner.heard("day_deleted")
        owner.heard("retention_run")
        assert ages(tmp_path, today()) == [0, 30]
        fill(tmp_path, 32)
        owner.heard("day_deleted", 2)

    assert "is 31 days old, AUTO_DELETE_DAYS is 30" in event["message"]
    assert abs(event["at"] / 1e6 - datetime.now(UTC).timestamp()) < 600
    assert ages(tmp_path, today()) == [0, 30]


def test_jobs_are_started_and_end(tmp_path: Path) -> None:
    """Progress and the sentence stand in the status; names that are wrong are refused at once."""
    fill(tmp_path, 0, 1, 2)
    day = str(today() - timedelta(days=1))
    with owned(tmp_path) as owner:
        job = owner.keeper.start_job("delete_days", class_name="word", engine="main", days=[day])
        found = owner.ended(job)
        assert (found["state"], found["done"], found["message"]) == ("done", 1, "deleted 1 of 1 days")
        with pytest.raises(SysloggerError, match="has no day"):
            owner.keeper.start_job("delete_days", class_name="word", engine="main", days=[day])
        with pytest.raises(SysloggerError, match=r"there is no job 'pack'; there are: delete_days, .* retention, seal"):
            owner.keeper.start_job("pack")
        with pytest.raises(SysloggerError, match="cannot be started so"):
            owner.keeper.start_job("delete_engine", engine=7)
        with pytest.raises(SysloggerError, match="waits or runs"):
            owner.keeper.cancel(job["id"])
        assert owner.ended(owner.keeper.start_job("delete_engine", class_name="word", engine="main"))["state"] == "done"

    assert not (tmp_path / "word" / "main").exists()


def test_days_that_are_over_are_sealed(tmp_path: Path) -> None:
    """At the start and at every look later, without being asked; today stays open, and an operator may ask, too."""
    fill(tmp_path, 0, 2, 3)
    with owned(tmp_path, look_seconds=1) as owner:
        owner.heard("day_sealed", 2)
        fill(tmp_path, 4)
        event = owner.heard("day_sealed", 3)
        job = owner.keeper.start_job("seal", class_name="word", engine="main", days=[str(today())])
        refused = owner.ended(job)

    assert event["day"] == str(today() - timedelta(days=4))
    assert [is_sealed(each.path) for each in stored_days(tmp_path)] == [True, True, True, False]
    assert (refused["state"], "one hour after its end" in refused["message"]) == ("failed", True)


def test_a_damaged_day_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    """Looked at every second, it is told once; retention, deletion and forecast do not mind it."""
    broken = damaged(past_day(tmp_path / "word" / "main" / f"{today() - timedelta(days=3)}.db", 20_000))
    fill(tmp_path, 0, 2, 31)
    with owned(tmp_path, look_seconds=1) as owner:
        owner.heard("day_sealed")
        owner.heard("day_deleted")
        fill(tmp_path, 4)
        owner.heard("day_sealed", 2)
        told = [event for event in owner.events if event["event"] == "warning"]
        forecast = owner.keeper.forecast()
        assert len(told) == 1
        assert f"{broken.stem} stays unsealed" in told[0]["message"]
        assert forecast["engines"][0]["measured_days"] == 3
        job = owner.keeper.start_job("delete_days", class_name="word", engine="main", days=[broken.stem])
        assert owner.ended(job)["state"] == "done"

    assert ages(tmp_path, today()) == [0, 2, 4]


def test_a_keeper_that_is_killed_while_it_seals_leaves_whole_days(tmp_path: Path) -> None:
    """Wherever it was: every row is there, and the next keeper seals what is left."""
    for age in range(2, 8):
        past_day(tmp_path / "word" / "main" / f"{today() - timedelta(days=age)}.db", 20_000)
    fill(tmp_path, 0)
    owner = Owner(tmp_path)
    owner.keeper.start()
    owner.heard("day_sealed")
    os.kill(owner.keeper.pid, signal.SIGKILL)
    owner.keeper.wait(60)
    past = [each.path for each in stored_days(tmp_path) if each.day != today()]
    rows = [asked(path, "select count(*) from entries") for path in past]
    with owned(tmp_path):
        wait_until(lambda: all(map(is_sealed, past)), 60, "the rest is sealed")

    assert rows == [[(20_000,)]] * 6
    assert all(asked(path, "pragma integrity_check") == [("ok",)] for path in past)


def test_it_yields_to_the_engines(tmp_path: Path) -> None:
    """Its process is nicer than whoever started it."""
    with owned(tmp_path) as owner:
        assert psutil.Process(owner.keeper.pid).nice() == min(19, os.nice(0) + 10)


def test_a_job_that_fails_is_an_event(tmp_path: Path) -> None:
    """The engine's lock is held: its data stays, and the owner hears why."""
    fill(tmp_path, 0)
    held = lock_folder(tmp_path / "word" / "main")
    try:
        with owned(tmp_path) as owner:
            job = owner.keeper.start_job("delete_engine", class_name="word", engine="main")
            event = owner.heard("job_failed")
    finally:
        os.close(held)

    assert event["job"] == job["id"]
    assert "word/main runs: stop it before its data is deleted" in event["message"]
    assert ages(tmp_path, today()) == [0]


def test_changed_limits_count_from_the_next_run(tmp_path: Path) -> None:
    """An engine's own limit takes its days; another root, zone or limit below two is refused, and nothing changes."""
    fill(tmp_path, *range(20))
    with owned(tmp_path) as owner:
        own = EngineLimit(class_name="word", name="main", auto_delete_days=5)
        owner.keeper.change(owner.keeper.settings.model_copy(update={"engines": (own,)}))
        refused: list[dict[str, Any]] = [{"root": tmp_path / "x"}, {"time_zone": "Asia/Tokyo"}, {"auto_delete_days": 1}]
        for update, why in zip(refused, ("stays at its root", "in its time zone", "from 2 to"), strict=True):
            with pytest.raises(ConfigError, match=why):
                owner.keeper.change(owner.keeper.settings.model_copy(update=update))
        owner.ended(owner.keeper.start_job("retention"))

        assert owner.keeper.settings.engines == (own,)
    assert ages(tmp_path, today()) == [*range(6)]


def test_a_clock_in_doubt_is_told_and_confirmed(tmp_path: Path) -> None:
    """Rows of the future make it wait; the status says since when and why, until an operator confirms."""
    fill(tmp_path, -300, 0, 90)
    with owned(tmp_path) as owner:
        owner.heard("retention_waits")
        waits = owner.keeper.status()["waits"]
        assert waits["why"] == "back"
        assert "confirm it" in waits["message"]
        assert "goes on" in owner.keeper.confirm_clock()
        owner.heard("clock_confirmed")
        assert owner.keeper.status()["waits"] is None
        owner.ended(owner.keeper.start_job("retention"))

    assert ages(tmp_path, today()) == [-300, 0]


def test_a_second_keeper_is_refused(tmp_path: Path) -> None:
    """It is told which process keeps the root; the first one goes on."""
    with owned(tmp_path) as owner:
        with pytest.raises(LockError, match=f"process {owner.keeper.pid} keeps"):
            Owner(tmp_path).keeper.start()
        assert owner.keeper.status()["pid"] == owner.keeper.pid


@pytest.mark.parametrize("notes", [b"{", b'"x"'])
def test_a_keeper_that_cannot_start_says_why(tmp_path: Path, notes: bytes) -> None:
    """The owner gets the error as it was, and no process stays."""
    (tmp_path / "_control").mkdir()
    (tmp_path / "_control" / "keeper.json").write_bytes(notes)
    owner = Owner(tmp_path)
    with pytest.raises(StoreError, match=r"keeper\.json"):
        owner.keeper.start()
    assert owner.keeper.wait(0) == ExitCode.WRITE


def test_a_keeper_that_was_killed_is_noticed(tmp_path: Path) -> None:
    """Questions fail with an error instead of waiting, its lock is free, and what it held is whole."""
    fill(tmp_path, 0)
    owner = Owner(tmp_path)
    owner.keeper.start()
    os.kill(owner.keeper.pid, signal.SIGKILL)
    with deadline(30), pytest.raises(EngineDiedError):
        owner.keeper.status()
    owner.keeper.stop()
    with owned(tmp_path):
        pass
    assert ages(tmp_path, today()) == [0]


def test_sigterm_ends_it(tmp_path: Path) -> None:
    """As a stop does, with exit code 0."""
    owner = Owner(tmp_path)
    owner.keeper.start()
    os.kill(owner.keeper.pid, signal.SIGTERM)
    assert owner.keeper.wait(60) == ExitCode.OK


def test_a_stop_finishes_the_day_it_is_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job of many days is cut between two of them: every day is whole or gone."""
    slow_keepers(tmp_path, monkeypatch)
    fill(tmp_path, *range(200))
    with owned(tmp_path, auto_delete_days=3_000) as owner:
        owner.keeper.start_job("delete_days", class_name="word", engine="main", days="all")
        owner.heard("day_deleted")
    left = ages(tmp_path, today())

    assert 0 < len(left) < 200
    assert len(list((tmp_path / "word" / "main").iterdir())) == len(left) + 1  # the engine's lock


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    """The owner is killed: the keeper sees its socket close, ends, and the root is free."""
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        process.kill()
        process.wait(60)
    wait_until(lambda: not psutil.pid_exists(pid) or _is_zombie(pid), 60, "the keeper has ended")
    with owned(tmp_path):
        pass


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_it_stays_small(tmp_path: Path) -> None:
    """Neither Polars nor Arrow nor a second SQLite is loaded: it sits beside the engines all day."""
    with owned(tmp_path) as owner:
        maps = Path(f"/proc/{owner.keeper.pid}/maps").read_text(encoding="utf-8")

    assert "_sqlite3" in maps
    assert [name for name in ("polars", "pyarrow", "adbc") if name in maps] == []


def test_many_ask_at_once(tmp_path: Path) -> None:
    """Each thread gets the answer to its own question."""
    fill(tmp_path, *range(10))
    ids: list[str] = []
    with owned(tmp_path) as owner:

        def ask() -> None:
            ids.append(owner.keeper.start_job("retention")["id"])

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert set(ids) <= {job["id"] for job in owner.keeper.status()["jobs"]}
    assert len(set(ids)) == 8
