"""Operations on the factory itself: its status, every process, jobs on stored days, the clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import psutil

from interfaces import requests as ask
from interfaces.keeper_door import KeeperDoor
from interfaces.registry import Author, Registry
from syslogger.__main__ import version
from syslogger.errors import SysloggerError

Answer = dict[str, Any]


class FactoryService:
    """Answers `status.*`, `days.*`, `jobs.*` and `clock.*`."""

    def __init__(self, registry: Registry, keeper: KeeperDoor) -> None:
        self._registry, self._keeper = registry, keeper
        self._since = time.time()

    async def factory(self, _: ask.Request, __: Author) -> Answer:
        """The factory, every engine in short, and the keeper."""
        config = self._registry.held.config
        return {
            "version": version(),
            "since": self._since,
            "root": str(config.root),
            "port": config.interface_factory_port,
            **usage(psutil.Process()),
            "engines": [managed.known() for managed in self._registry.engines.values()],
            "keeper": await self._keeper.status(),
        }

    async def engines(self) -> dict[str, Answer]:
        """The status of every engine, asked all at a time; one that does not answer is what the factory knows of it."""
        managed = list(self._registry.engines.values())
        answers = await asyncio.gather(*(each.status() for each in managed), return_exceptions=True)
        found: dict[str, Answer] = {}
        for each, answer in zip(managed, answers, strict=True):
            if isinstance(answer, BaseException) and not isinstance(answer, SysloggerError):
                raise answer
            found[each.name] = each.known() if isinstance(answer, BaseException) else answer
        return found

    async def processes(self, _: ask.Request, __: Author) -> list[Answer]:
        """Every process that runs."""
        rows: list[Answer] = [{"engine": None, "role": "factory", **usage(psutil.Process())}]
        keeper = (await self._keeper.status())["pid"]
        if keeper is not None:
            with suppress(psutil.NoSuchProcess):  # it ended this moment
                rows.append({"engine": None, "role": "keeper", **usage(psutil.Process(keeper))})
        for name, status in (await self.engines()).items():
            rows += [{"engine": name, **each} for each in status.get("processes", [])]
        return rows

    async def jobs(self, _: ask.Request, __: Author) -> list[Answer]:
        """Those that wait, run, or have ended lately."""
        return await self._keeper.jobs()

    async def job(self, asked: ask.OfJob, _: Author) -> Answer:
        """One of them."""
        return await self._keeper.job(asked.id)

    async def start_job(self, asked: ask.StartJob, by: Author) -> Answer:
        """A new one."""
        author = {} if asked.kind in {"retention", "seal"} else {"author": by.name}
        return await self._keeper.start_job(asked.kind, asked.parameters | author)

    async def cancel_job(self, asked: ask.OfJob, _: Author) -> Answer:
        """One less."""
        return await self._keeper.cancel(asked.id)

    async def forecast(self, _: ask.Request, __: Author) -> Answer:
        """What a day takes, and when the disk is full."""
        return await self._keeper.forecast()

    async def confirm_clock(self, _: ask.Request, __: Author) -> str:
        """The machine's clock is right."""
        return await self._keeper.confirm_clock()


def usage(process: psutil.Process) -> Answer:
    """What a process has used up, and what it holds."""
    with process.oneshot():
        times = process.cpu_times()
        return {"pid": process.pid, "cpu_seconds": times.user + times.system, "rss_bytes": process.memory_info().rss}
