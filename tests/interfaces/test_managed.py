"""One engine under the factory's care: real bridges, killed, held off, paused and changed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from interfaces.managed import Managed, NotRunningError
from syslogger.engine import Engine
from syslogger.errors import BindError, ConfigError, StoreError
from syslogger.lifecycle import State
from tests.e2e.disk import Disk, on_a_small_disk, small_disk
from tests.support import free_udp_port
from tests.support_engine import (
    WAIT_SECONDS,
    balanced,
    flat,
    minute_sums,
    numbered,
    send,
    settings,
    stored_numbers,
    suspend,
)

Event = dict[str, Any]


class Watched(Managed):
    """A managed engine that keeps its events."""

    def __init__(self, root: Path, **options: Any) -> None:
        self.events: list[Event] = []
        super().__init__(settings(root, **options), lambda _, event: self.events.append(event))

    def kinds(self) -> list[str]:
        """The kinds of its events so far."""
        return [str(event["event"]) for event in self.events]


async def until(true: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait until a coroutine answers something true."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not await true():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS:g} s: {what}"
        await asyncio.sleep(0.02)


async def restarts(engine: Managed, least: int) -> bool:
    """Whether it was started again so often."""
    return int((await engine.status())["restarts"]) >= least


async def status_is(engine: Managed, **wanted: object) -> bool:
    """Whether its status says all of this."""
    return wanted.items() <= (await engine.status()).items()


def test_start_and_stop(tmp_path: Path) -> None:
    """It runs from `start` to `stop`, stores what is sent, and its last ledger says so; twice is as good as once."""

    async def life() -> Event:
        engine = Watched(tmp_path)
        assert (await engine.status())["state"] == State.STOPPED
        await engine.start()
        await engine.start()
        port = (await engine.status())["port"]
        send(port, *numbered(range(100)))
        await until(lambda: stored(engine, 100), "100 rows are stored")
        ledger = await engine.stop()
        assert await engine.stop() == {}
        assert await status_is(engine, state=State.STOPPED, wanted="stopped")
        assert engine.kinds()[0] == "ready"
        assert engine.kinds()[-1] == "stopped"
        return ledger

    assert asyncio.run(life())["stored"] == 100


async def stored(engine: Managed, count: int) -> bool:
    """Whether so many rows are stored."""
    return bool((await engine.status()).get("ledger", {}).get("stored") == count)


def test_a_killed_bridge_is_started_again(tmp_path: Path) -> None:
    """Its children store what they had, the folder is waited for, and the next bridge goes on with the same file."""

    async def life() -> None:
        port = free_udp_port()
        engine = Watched(tmp_path, port=port)
        await engine.start()
        await engine.pause("operator")
        await engine.resume("operator")
        await engine.pause("nightly")
        first = (await engine.status())["processes"][0]["pid"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: status_is(engine, state=State.PAUSED, restarts=1), "it is paused again, in a new bridge")
        status = await engine.status()
        assert status["last_exit"] == "killed by SIGKILL"
        assert status["pause_reasons"] == ["nightly"]
        await engine.resume("nightly")
        send(port, *numbered(range(50)))
        await until(lambda: stored(engine, 50), "50 rows are stored")
        ledger = await engine.stop()
        assert balanced(ledger)
        assert {"failed", "engine_restarted"} <= set(engine.kinds())
        assert stored_numbers(engine.settings) == list(range(50))
        assert minute_sums(engine.settings).items() >= flat(ledger).items()

    asyncio.run(life())


def test_a_port_that_is_taken_is_final(tmp_path: Path) -> None:
    """The start says what is wrong, nothing is tried again, and a start when it is free succeeds."""

    async def life() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("0.0.0.0", 0))
            engine = Watched(tmp_path, port=taken.getsockname()[1])
            with pytest.raises(BindError):
                await engine.start()
            assert await status_is(engine, state=State.FAILED, wanted="running")
            assert "in use" in (await engine.status())["why"]
        await engine.start()
        assert await status_is(engine, state=State.RUNNING)
        await engine.stop()

    asyncio.run(life())


def test_a_folder_that_is_still_held_is_waited_for(tmp_path: Path) -> None:
    """While another engine has the folder it is starting; a stop ends the waiting; else it starts when it is free."""

    async def life() -> None:
        engine = Watched(tmp_path)
        with Engine(settings(tmp_path)):
            starting = asyncio.create_task(engine.start())
            await until(lambda: status_is(engine, state=State.STARTING), "it is starting")
            await until(lambda: waits(engine), "it waits for the folder")
        await starting
        assert await status_is(engine, state=State.RUNNING)
        await engine.stop()

    asyncio.run(life())


async def waits(engine: Managed) -> bool:
    """Whether it says that it waits for processes of a run before."""
    return "still store" in (await engine.status())["why"]


def test_changes(tmp_path: Path) -> None:
    """What is live applies at once, the rest waits for a restart, and what is fixed is refused, running or not."""

    async def life() -> None:
        engine = Watched(tmp_path)
        renamed = engine.settings.engine.model_copy(update={"name": "other"})
        titled = engine.settings.engine.model_copy(update={"title": "Routers", "workers": 2})
        for runs in (False, True):
            if runs:
                await engine.start()
            with pytest.raises(ConfigError, match="fixed for the life"):
                await engine.change(engine.settings.model_copy(update={"engine": renamed}))
        changed = await engine.change(engine.settings.model_copy(update={"engine": titled}))
        assert changed == {"live": ["title"], "restart": ["workers"]}
        assert await status_is(engine, title="Routers", needs_restart=["workers"])
        await engine.restart()
        assert await status_is(engine, title="Routers", needs_restart=[])
        assert len((await engine.status())["processes"]) == 5
        await engine.stop()
        with pytest.raises(NotRunningError, match="start it first"):
            await engine.pause("operator")

    asyncio.run(life())


def test_a_start_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts it is told why it does not run; when that has passed it runs by itself. A stop ends the trying."""
    monkeypatch.setattr("syslogger.supervision.LIMIT", 1_000)

    async def life() -> None:
        engine = Watched(tmp_path)
        in_the_way = engine.settings.folder.parent
        in_the_way.write_text("a file where its folder should be")
        with pytest.raises(StoreError, match="Not a directory"):
            await engine.start()
        await engine.stop()
        assert await status_is(engine, state=State.STOPPED, wanted="stopped")
        with pytest.raises(StoreError):
            await engine.start()
        assert engine.kinds().count("failed") == 2
        await until(lambda: restarts(engine, 2), "it is tried again")
        assert engine.kinds().count("failed") == 2
        in_the_way.unlink()
        await until(lambda: status_is(engine, state=State.RUNNING), "it runs")
        assert "engine_restarted" in engine.kinds()
        await engine.stop()

    asyncio.run(life())


@on_a_small_disk
def test_a_disk_that_is_full_is_never_given_up(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it refuses a start: when somebody has made room the engine runs. The reason is one event."""
    monkeypatch.setattr("syslogger.supervision.LIMIT", 2)
    monkeypatch.setattr("interfaces.managed.DISK_SECONDS", 0.1)

    async def life(disk: Disk) -> None:
        engine = Watched(disk.folder)
        disk.fill()
        with pytest.raises(StoreError, match="No space left on device"):
            await engine.start()
        for _ in range(3):
            await until(lambda: status_is(engine, state=State.STARTING), "it is tried again")
            await until(lambda: status_is(engine, state=State.FAILED), "in vain")
        assert engine.kinds().count("failed") == 1
        disk.make_room()
        await until(lambda: status_is(engine, state=State.RUNNING), "it runs")
        await engine.stop()

    with small_disk(tmp_path / "disk", size) as disk:
        asyncio.run(life(disk))


def test_one_that_dies_too_often_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the third death in a row nothing is tried any more, until an operator starts it."""
    monkeypatch.setattr("syslogger.supervision.LIMIT", 3)

    async def life() -> None:
        engine = Watched(tmp_path)
        await engine.start()
        for restarts in (1, 2):
            os.kill((await engine.status())["processes"][0]["pid"], signal.SIGKILL)
            await until(partial(status_is, engine, state=State.RUNNING, restarts=restarts), "it runs again")
        os.kill((await engine.status())["processes"][0]["pid"], signal.SIGKILL)
        await until(lambda: status_is(engine, state=State.FAILED), "it has failed")
        assert "too often" in (await engine.status())["why"]
        await engine.start()
        assert await status_is(engine, state=State.RUNNING)
        await engine.stop()

    asyncio.run(life())


def test_a_bridge_that_does_not_answer_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for it: the status says so, and when it is overdue the bridge is killed and started again."""
    monkeypatch.setattr("syslogger.lines.ANSWER_SECONDS", 4.0)
    monkeypatch.setattr("interfaces.managed.STATUS_SECONDS", 0.1)

    async def life() -> None:
        engine = Watched(tmp_path)
        await engine.start()
        await until(lambda: status_is(engine, state=State.RUNNING, why=""), "it answers")
        suspend((await engine.status())["processes"][0]["pid"])
        assert "does not answer" in (await engine.status())["why"]
        await until(lambda: restarts(engine, 1), "it is started again")
        await until(lambda: status_is(engine, state=State.RUNNING, why=""), "it runs again")
        assert "warning" in engine.kinds()
        await engine.stop()

    asyncio.run(life())
