"""The factory's way to its keeper: real keepers, killed, held off, and told of other limits."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from interfaces.errors import Unavailable
from interfaces.keeper_door import KeeperDoor
from syslogger.keeper import EngineLimit, Keeper, KeeperSettings
from tests.interfaces.serving import until
from tests.keeping import ages, make_day
from tests.storage.past import past_day

Answer = dict[str, Any]


def today() -> date:
    """By the clock of the machine, which the keeper has, too."""
    return datetime.now(UTC).date()


class Kept:
    """A door, what it tells, and the limits that a test sets."""

    def __init__(self, root: Path) -> None:
        self.settings = KeeperSettings(root=root, time_zone="UTC")
        self.told: list[str] = []
        self.door = KeeperDoor(lambda: self.settings, lambda event: self.told.append(event["message"]))

    async def has_other(self, pid: int | None) -> bool:
        """Whether a keeper runs that is not this one."""
        return (await self.door.status())["pid"] not in (None, pid)

    async def done(self, job: Answer) -> bool:
        """Whether a job has ended well."""
        return bool((await self.door.job(job["id"]))["state"] == "done")


@asynccontextmanager
async def kept(root: Path) -> AsyncIterator[Kept]:
    """A door that is open for the block."""
    made = Kept(root)
    await made.door.start()
    try:
        yield made
    finally:
        await made.door.stop()


def run(root: Path, life: Callable[[Kept], Awaitable[None]]) -> None:
    """Do something with a door."""

    async def lived() -> None:
        async with kept(root) as made:
            await life(made)

    asyncio.run(lived())


def test_a_keeper_that_ends_is_started_again(tmp_path: Path) -> None:
    """Killed, it is missed for a moment, with a reason; the next one answers, and an event says so."""

    async def life(made: Kept) -> None:
        first = (await made.door.status())["pid"]
        assert psutil.Process(first).ppid() == os.getpid()
        os.kill(first, signal.SIGKILL)
        await until(lambda: made.has_other(first), "another keeper answers")
        assert any("is started again: it ended by itself with killed by SIGKILL" in each for each in made.told)
        assert await made.door.jobs() is not None

    run(tmp_path, life)


def test_limits_reach_the_keeper(tmp_path: Path) -> None:
    """Retention follows the limits as they are when it runs; a clock that it doubts is confirmed first."""
    for age in (1, 3, 5):
        make_day(tmp_path, age, today=today())

    async def life(made: Kept) -> None:
        made.settings = made.settings.model_copy(update={"auto_delete_days": 4})
        await made.door.limits_changed()
        assert "confirm it" in str((await made.door.status())["waits"])  # the newest row is of the day before
        assert await made.door.confirm_clock()
        assert (await made.door.status())["waits"] is None
        job = await made.door.start_job("retention", {})
        await until(lambda: made.done(job), "retention has run")
        assert ages(tmp_path, today()) == [1, 3]

    run(tmp_path, life)


def test_bounds_reach_the_keeper(tmp_path: Path) -> None:
    """An engine's bytes and the free space that is wanted, as the configuration has them."""
    for age in (0, 2, 3):
        make_day(tmp_path, age, today=today())
        past_day(tmp_path / "word" / "second" / f"{today() - timedelta(days=age)}.db", 8_000)

    async def life(made: Kept) -> None:
        engine = EngineLimit(class_name="word", name="second", auto_delete_bytes=1 << 20)
        made.settings = made.settings.model_copy(update={"engines": (engine,)})
        await made.door.limits_changed()
        job = await made.door.start_job("retention", {})
        await until(lambda: made.done(job), "retention has run")
        assert ages(tmp_path, today()) == [0, 0, 2, 3]

    run(tmp_path, life)


def test_one_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another one has the directory there is none; when it lets go the door opens by itself."""
    monkeypatch.setattr("interfaces.keeper_door.GREATEST_SECONDS", 0.2)
    other = Keeper(KeeperSettings(root=tmp_path, time_zone="UTC"))

    async def life(made: Kept) -> None:
        status = await made.door.status()
        assert status["pid"] is None
        assert "keeps" in status["why"]
        with pytest.raises(Unavailable, match="try again in a moment"):
            await made.door.start_job("retention", {})
        await made.door.limits_changed()
        await asyncio.sleep(0.6)
        assert ["cannot start" in each for each in made.told] == [True]
        await asyncio.to_thread(other.stop)
        await until(lambda: made.has_other(None), "it has the directory")

    other.start()
    run(tmp_path, life)


def test_another_time_zone_is_for_the_next_factory(tmp_path: Path) -> None:
    """The limits that come with it are taken, and nobody is refused."""
    for age in (1, 3, 5):
        make_day(tmp_path, age, today=today())

    async def life(made: Kept) -> None:
        made.settings = made.settings.model_copy(update={"time_zone": "Asia/Tokyo", "auto_delete_days": 4})
        await made.door.limits_changed()
        await made.door.confirm_clock()
        job = await made.door.start_job("retention", {})
        await until(lambda: made.done(job), "retention has run")
        assert ages(tmp_path, today()) == [1, 3]

    run(tmp_path, life)


def test_stopping_while_it_starts(tmp_path: Path) -> None:
    """A keeper that is just being started is ended, too: none is left, and none follows."""

    async def life() -> None:
        made = Kept(tmp_path)
        starting = asyncio.create_task(made.door.start())
        await until(children, "its process is there")
        await made.door.stop()
        await starting
        assert not psutil.Process().children()

    asyncio.run(life())


async def children() -> bool:
    """Whether a process of ours runs."""
    return bool(psutil.Process().children())


def test_stopping(tmp_path: Path) -> None:
    """It ends its keeper; stopping one that was never started is nothing."""

    async def life() -> None:
        made = Kept(tmp_path)
        await made.door.stop()
        async with kept(tmp_path) as running:
            pid = (await running.door.status())["pid"]
        assert not psutil.pid_exists(pid)

    asyncio.run(life())
