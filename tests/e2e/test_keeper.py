"""A keeper beside a running engine: old days are sealed and go, the live one and everything that is received stays."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from syslogger.keeper import Keeper, KeeperSettings
from syslogger.storage.days import is_sealed
from tests.keeping import writer
from tests.storage.making import interval
from tests.storage.past import asked
from tests.support import wait_until
from tests.support_engine import Load, WatchedEngine, balanced, day_files, integrity, settings, stored_numbers


def test_old_days_go_while_the_engine_receives(tmp_path: Path) -> None:
    """Under load retention and an operator delete every closed day; no row is lost and the ledger balances."""
    made = settings(tmp_path)
    today = datetime.now(UTC).date()
    with ExitStack() as writers:
        for age in (2, 3, 40, 41, 42):
            day = today - timedelta(days=age)
            writers.enter_context(writer(made.folder / f"{day}.db", interval(day).start))
    kept = KeeperSettings(root=tmp_path, time_zone="UTC", auto_delete_days=30)
    with WatchedEngine(made) as engine:
        with Load(engine.port, 2_000) as load:
            load.wait_for(500)
            with Keeper(kept) as keeper:
                wait_until(lambda: keeper.status()["waits"] is None, 60, "the keeper has judged the clock")
                wait_until(lambda: len(day_files(made)) == 3, 60, "retention has deleted what is due")
                keeper.start_job("delete_days", class_name="word", engine="main", days="all")
                wait_until(lambda: keeper.status()["jobs"][-1]["ended"], 60, "the job has ended")
                job = keeper.status()["jobs"][-1]
            load.wait_for(load.sent + 500)
        engine.wait_for(received=load.sent)
        assert engine.trouble() == []
    ledger = engine.final_ledger()

    assert (job["state"], "the engine runs" in job["message"]) == ("failed", True)
    assert [path.stem for path in day_files(made)] == [str(today)]
    assert balanced(ledger)
    assert stored_numbers(made) == [*range(load.sent)]
    assert integrity(made) == {"ok"}


def written(folder: Path, day: date) -> Path:
    """A day as a writer of the real kind leaves it."""
    path = folder / f"{day}.db"
    with writer(path, interval(day).start):
        return path


def test_past_days_are_sealed_while_the_engine_receives(tmp_path: Path) -> None:
    """Before it starts and under load; the live day stays open, no row is lost, and another start reads the sealed."""
    made = settings(tmp_path)
    today = datetime.now(UTC).date()
    early, late = (written(made.folder, today - timedelta(days=age)) for age in (3, 2))
    kept = KeeperSettings(root=tmp_path, time_zone="UTC", look_seconds=1)
    with Keeper(kept) as keeper:
        keeper.confirm_clock()  # the newest row is two days old
        wait_until(lambda: is_sealed(early) and is_sealed(late), 60, "what was there is sealed")
        with WatchedEngine(made) as engine:
            with Load(engine.port, 2_000) as load:
                load.wait_for(500)
                third = written(made.folder, today - timedelta(days=4))
                wait_until(lambda: is_sealed(third), 60, "a day that is over is sealed")
                load.wait_for(load.sent + 500)
            engine.wait_for(received=load.sent)
            assert engine.trouble() == []
    assert balanced(engine.final_ledger())
    live = made.folder / f"{today}.db"
    assert not is_sealed(live)
    assert asked(live, "select count(*) from entries") == [(load.sent,)]
    with WatchedEngine(made) as again:
        assert again.trouble() == []

    assert all(is_sealed(path) for path in (early, late, third))
    assert [asked(path, "select count(*) from entries") for path in (early, late, third)] == [[(1,)]] * 3
