"""What a keeper does, on real files, with a clock that the tests set."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from syslogger.config import parse
from syslogger.control import control_folder
from syslogger.errors import ConfigError, LockError, StoreError, SysloggerError
from syslogger.events import EventKind
from syslogger.keeper_settings import KeeperSettings
from syslogger.lock import lock_folder
from syslogger.storage import days
from syslogger.storage.day_names import stored_days
from syslogger.storage.retention import Limits
from syslogger.storage.surplus import Bounds
from tests.keeping import DAY_US, HOUR_US, NOON_US, Hands, Heard, ages, finished, kept, make_day, writer


def test_retention_deletes_what_is_due_and_says_why(tmp_path: Path) -> None:
    """Each deletion is an event with its reason, its owner, its day and its bytes; the run is one too."""
    for age in (0, 1, 30, 31):
        path = make_day(tmp_path, age)
    size, heard = path.stat().st_size, Heard()
    with kept(tmp_path, Hands(), heard) as keeping:
        told = finished(keeping.retention())

    reason = "word/main/2026-10-20 is 31 days old, AUTO_DELETE_DAYS is 30"
    details = {"class": "word", "engine": "main", "day": "2026-10-20", "bytes": size}
    assert heard.events == [
        (EventKind.DAY_DELETED, reason, details),
        (EventKind.RETENTION_RUN, told, {"deleted": 1, "left": 0}),
    ]
    assert ages(tmp_path) == [0, 1, 30]


def test_a_keeper_that_runs_deletes_a_day_a_day(tmp_path: Path) -> None:
    """Run after run only what time made due; runs within the same day change nothing."""
    for age in range(60):
        make_day(tmp_path, age)
    hands = Hands()
    with kept(tmp_path, hands) as keeping:
        finished(keeping.retention())
        assert ages(tmp_path) == [*range(31)]
        for days_later in (1, 2, 3):
            for _ in range(24):
                hands.pass_by(HOUR_US)
                finished(keeping.retention())
            assert ages(tmp_path) == [*range(31 - days_later)]


def test_a_lower_limit_deletes_at_once_and_a_higher_one_nothing(tmp_path: Path) -> None:
    """The limits of the last run are kept over a restart, so that a change is told from a clock."""
    for age in range(60):
        make_day(tmp_path, age)
    hands = Hands()
    with kept(tmp_path, hands, auto_delete_days=50) as keeping:
        finished(keeping.retention())
    assert ages(tmp_path) == [*range(51)]
    hands.reboot(HOUR_US)
    with kept(tmp_path, hands, auto_delete_days=90) as keeping:
        finished(keeping.retention())
    with kept(tmp_path, hands, auto_delete_days=5) as keeping:
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(6)]


def test_an_engine_keeps_its_own_limit(tmp_path: Path) -> None:
    """Settings name engines by class and name; null is the default."""
    for owner in ("word/main", "word/second", "other/main"):
        make_day(tmp_path, 0, owner=owner)
        make_day(tmp_path, 20, owner=owner)
    engines = [
        {"class": "word", "name": "main", "auto_delete_days": 7},
        {"class": "word", "name": "second", "auto_delete_days": None},
    ]
    with kept(tmp_path, Hands(), engines=engines) as keeping:
        finished(keeping.retention())

    assert [str(each) for each in stored_days(tmp_path) if each.day.month == 10] == [
        "other/main/2026-10-31",
        "word/second/2026-10-31",
    ]


def test_a_killed_run_spends_its_time(tmp_path: Path) -> None:
    """Killed after each day, again and again: a wrong clock that was steady for a day gets no more than one a run."""
    for age in range(90):
        make_day(tmp_path, age)
    hands = Hands()
    with kept(tmp_path, hands, auto_delete_days=100) as keeping:
        finished(keeping.retention())
        hands.wall += 3_650 * DAY_US
        keeping.notebook.observe()
        hands.pass_by(5 * DAY_US)
        keeping.notebook.observe()
    for _ in range(3):
        with kept(tmp_path, hands, auto_delete_days=100) as keeping:
            work = keeping.retention()
            assert [next(work), next(work)][1][0] == 1
            work.close()

    assert len(ages(tmp_path)) == 87
    with kept(tmp_path, hands, auto_delete_days=100) as keeping:
        assert len(keeping.plan(keeping.settings.limits).deletions) == 1


def test_a_killed_run_does_not_forget_the_operator(tmp_path: Path) -> None:
    """What a lower limit made due goes in the next run, if the first one was cut."""
    for age in range(60):
        make_day(tmp_path, age)
    hands = Hands()
    with kept(tmp_path, hands) as keeping:
        work = keeping.retention()
        next(work)
        next(work)
        work.close()
    with kept(tmp_path, hands) as keeping:
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(31)]


def test_what_a_killed_keeper_began_is_finished(tmp_path: Path) -> None:
    """The next one takes the rest away at its start, and tells."""
    steps = days.deletion(make_day(tmp_path, 40))
    assert next(steps) == "renamed"
    heard = Heard()
    with kept(tmp_path, Hands(), heard):
        assert list((tmp_path / "word" / "main").iterdir()) == []
    assert heard.kinds() == [EventKind.DAY_DELETED]


def test_retention_passes_by_what_is_open(tmp_path: Path) -> None:
    """A day that a process has open stays until a later run, and is counted."""
    make_day(tmp_path, 0)
    path = make_day(tmp_path, 40)
    path.unlink()
    with writer(path, NOON_US - 40 * DAY_US), kept(tmp_path, Hands()) as keeping:
        assert finished(keeping.retention()).startswith("retention deleted 0 days; 1 that are due")
    assert path.exists()


def test_a_day_that_cannot_be_deleted_does_not_hold_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go, and the job fails with the path."""
    stuck = make_day(tmp_path, 40)
    for age in (0, 41):
        make_day(tmp_path, age)
    delete = days.delete

    def refuse(path: Path) -> None:
        if path == stuck:
            raise StoreError(f"{path}: Operation not permitted")
        delete(path)

    monkeypatch.setattr(days, "delete", refuse)
    with kept(tmp_path, Hands()) as keeping, pytest.raises(StoreError, match=r"1 of 2 days: .*2026-10-11\.db"):
        finished(keeping.retention())
    assert ages(tmp_path) == [0, 40]


# -- what an operator asks for ----------------------------------------------------------------------------------------


def test_days_by_name(tmp_path: Path) -> None:
    """Those that were named go, today's too, for the engine does not run; the reason says who asked."""
    for age in range(4):
        make_day(tmp_path, age)
    heard = Heard()
    with kept(tmp_path, Hands(), heard) as keeping:
        told = finished(keeping.delete_days("word", "main", ["2026-11-20", "2026-11-18", "2026-11-20"], "cli:root"))

    assert (told, ages(tmp_path)) == ("deleted 2 of 2 days", [1, 3])
    assert heard.events[0][1] == "word/main/2026-11-20: cli:root asked for it"


def test_the_live_day_of_a_running_engine_is_never_deleted(tmp_path: Path) -> None:
    """Of an engine whose folder is locked the newest days and those open stay, and the job says so."""
    for age in range(6):
        make_day(tmp_path, age)
    folder = tmp_path / "word" / "main"
    old = folder / "2026-11-17.db"
    old.unlink()
    held = lock_folder(folder)
    try:
        with (
            writer(old, NOON_US),
            kept(tmp_path, Hands()) as keeping,
            pytest.raises(SysloggerError, match="runs") as told,
        ):
            finished(keeping.delete_days("word", "main", "all"))
    finally:
        os.close(held)

    assert ages(tmp_path) == [0, 1, 3]
    assert str(told.value).startswith("deleted 3 of 6 days; word/main/2026-11-17, word/main/2026-11-19, word/main/2026")


def test_the_newest_day_of_a_running_engine_is_live_whatever_its_date(tmp_path: Path) -> None:
    """After a clock that was wrong the live file may be an old one."""
    for age in (30, 40):
        make_day(tmp_path, age)
    held = lock_folder(tmp_path / "word" / "main")
    try:
        with kept(tmp_path, Hands()) as keeping, pytest.raises(SysloggerError, match="2026-10-21: the engine runs"):
            finished(keeping.delete_days("word", "main", "all"))
    finally:
        os.close(held)
    assert ages(tmp_path) == [30]


def test_an_engine_cannot_start_while_its_day_is_deleted(tmp_path: Path) -> None:
    """Between two days it can."""
    make_day(tmp_path, 1)
    make_day(tmp_path, 2)
    with kept(tmp_path, Hands()) as keeping:
        work = keeping.delete_days("word", "main", "all")
        next(work)
        next(work)
        os.close(lock_folder(tmp_path / "word" / "main"))
        work.close()
    assert ages(tmp_path) == [1]


def test_days_that_are_not_there_are_refused_before_anything_goes(tmp_path: Path) -> None:
    """A slip in one name deletes none of the others."""
    make_day(tmp_path, 1)
    with kept(tmp_path, Hands()) as keeping:
        with pytest.raises(SysloggerError, match=r"word/main has no day 2026-11-18, \.\./\.\./x"):
            keeping.delete_days("word", "main", ["2026-11-19", "2026-11-18", "../../x"])
        with pytest.raises(SysloggerError, match="word/other has no day 2026-11-19"):
            keeping.delete_days("word", "other", ["2026-11-19"])
    assert ages(tmp_path) == [1]


def test_an_engine_goes_with_its_folder(tmp_path: Path) -> None:
    """All its days and its folder; another engine's stay."""
    for owner in ("word/main", "word/second"):
        make_day(tmp_path, 0, owner=owner)
        make_day(tmp_path, 1, owner=owner)
    with kept(tmp_path, Hands()) as keeping:
        assert finished(keeping.delete_engine("word", "main")) == "deleted 2 days"

    assert not (tmp_path / "word" / "main").exists()
    assert len(stored_days(tmp_path)) == 2


def test_an_engine_that_runs_stays(tmp_path: Path) -> None:
    """Nothing of it is deleted; while it is being deleted it cannot start."""
    make_day(tmp_path, 0)
    make_day(tmp_path, 1)
    folder = tmp_path / "word" / "main"
    with kept(tmp_path, Hands()) as keeping:
        held = lock_folder(folder)
        with pytest.raises(SysloggerError, match="word/main runs: stop it"):
            finished(keeping.delete_engine("word", "main"))
        os.close(held)
        assert ages(tmp_path) == [0, 1]

        work = keeping.delete_engine("word", "main")
        next(work)
        with pytest.raises(LockError):
            lock_folder(folder)
        work.close()
        os.close(lock_folder(folder))


@pytest.mark.parametrize(
    ("class_name", "engine"), [("word", "other"), ("..", "main"), ("word", ".."), ("_control", "main"), ("", "")]
)
def test_only_engines_can_be_deleted(tmp_path: Path, class_name: str, engine: str) -> None:
    """A path out of the root, or the control folder, is no engine."""
    make_day(tmp_path / "root", 0)
    (control_folder(tmp_path / "root") / "main").mkdir()
    make_day(tmp_path, 0, owner="main/main")
    with kept(tmp_path / "root", Hands()) as keeping, pytest.raises(SysloggerError, match="there is no data of"):
        keeping.delete_engine(class_name, engine)


# -- lock and notes ---------------------------------------------------------------------------------------------------


def test_one_keeper_a_root(tmp_path: Path) -> None:
    """The second is told which process keeps it; afterwards it is free."""
    with (
        kept(tmp_path, Hands()),
        pytest.raises(LockError, match=f"process {os.getpid()} keeps"),
        kept(tmp_path, Hands()),
    ):
        pass
    with kept(tmp_path, Hands()):
        pass


def test_limits_below_two_days_are_refused() -> None:
    """Here too, not only in the configuration."""
    with pytest.raises(ConfigError, match=r"auto_delete_days: .*whole number of days from 2"):
        KeeperSettings.made({"root": "/data", "time_zone": "UTC", "auto_delete_days": 1})


def test_settings_are_what_the_file_says() -> None:
    """Every limit of the file and of its engines reaches the keeper; what is null is no bound."""
    engines = [
        {"name": "main", "class": "word", "port": 5514, "auto_delete_days": 9, "auto_delete_bytes": 1 << 30},
        {"name": "second", "class": "word", "port": 5515},
    ]
    keys = {
        "ENGINE_CLASSES": {"word": {}},
        "ENGINES": engines,
        "AUTO_DELETE_DAYS": 40,
        "SPACE_PERCENTAGE_TO_STOP": 80,
        "DELETE_OLDEST_BELOW_FREE_PERCENTAGE": 15,
    }
    made = KeeperSettings.of(parse(json.dumps(keys).encode(), Path("/data")))
    plain = KeeperSettings.of(parse(b'{"ENGINE_CLASSES": {}}', Path("/data")))

    assert made.limits == Limits(40, {("word", "main"): 9})
    assert made.bounds == Bounds({("word", "main"): 1 << 30}, 15)
    assert made.space_percentage_to_stop == 80
    assert not plain.bounds
    assert KeeperSettings.made(made.model_dump(mode="json")) == made
