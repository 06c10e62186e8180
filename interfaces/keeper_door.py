"""The factory's keeper of stored days: started, started again when it has ended, asked in threads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from interfaces.errors import NotFound, Unavailable
from interfaces.managed import ended, log_defect
from syslogger.errors import EngineDiedError, SysloggerError, exit_word
from syslogger.events import EventKind
from syslogger.keeper import Keeper, KeeperSettings
from syslogger.supervision import GREATEST_SECONDS, Restarts

Answer = dict[str, Any]


class KeeperDoor:
    """settings: what the keeper is to know now; `tell` gets its events, from any thread."""

    def __init__(self, settings: Callable[[], KeeperSettings], tell: Callable[[Answer], None]) -> None:
        self._settings, self._tell = settings, tell
        self._keeper: Keeper | None = None
        self._restarts = Restarts()
        self._why = "it was not started"
        self._guard: asyncio.Task[None] | None = None
        self._launching, self._over = asyncio.Lock(), False

    async def start(self) -> None:
        """Keep one running from now on."""
        await self._launch()
        if self._over:
            return
        self._guard = asyncio.create_task(self._keep_running())
        self._guard.add_done_callback(log_defect)

    async def stop(self) -> None:
        """End it, after the day that is being deleted."""
        self._over = True
        async with self._launching:  # a keeper that is being started would be nobody's
            if self._guard is not None:
                self._guard.cancel()
                with suppress(asyncio.CancelledError):
                    await self._guard
        if self._keeper is not None:
            await asyncio.to_thread(self._keeper.stop)

    async def status(self) -> Answer:
        """`jobs`, `waits`, `last_run`, `pid`; or `why` it does not run."""
        try:
            status: Answer = await self._ask(lambda keeper: keeper.status())
        except SysloggerError as error:
            return {"pid": None, "why": str(error)}
        return status

    async def jobs(self) -> list[Answer]:
        """Every job that waits, runs or has ended lately. Raises Unavailable."""
        found: list[Answer] = (await self._ask(lambda keeper: keeper.status()))["jobs"]
        return found

    async def job(self, job_id: str) -> Answer:
        """One of them. Raises NotFound."""
        for job in await self.jobs():
            if job["id"] == job_id:
                return job
        raise NotFound(f"there is no job {job_id!r}", field="id", hint="jobs.list shows those there are")

    async def start_job(self, kind: str, parameters: Mapping[str, object]) -> Answer:
        """Queue a job. Raises SysloggerError."""
        job: Answer = await self._ask(lambda keeper: keeper.start_job(kind, **parameters))
        return job

    async def cancel(self, job_id: str) -> Answer:
        """Cancel a job. Raises SysloggerError."""
        job: Answer = await self._ask(lambda keeper: keeper.cancel(job_id))
        return job

    async def forecast(self) -> Answer:
        """What a day takes, and when the disk is full. Raises Unavailable, StoreError."""
        found: Answer = await self._ask(lambda keeper: keeper.forecast())
        return found

    async def confirm_clock(self) -> str:
        """An operator says that the clock is right; what that changes. Raises Unavailable."""
        return str(await self._ask(lambda keeper: keeper.confirm_clock()))

    async def limits_changed(self) -> None:
        """Let it know the limits as they are now; one that does not run learns them when it starts.

        It stays in its time zone: another one is for the next factory.
        """
        settings = self._settings()
        with suppress(Unavailable, EngineDiedError):
            await self._ask(
                lambda keeper: keeper.change(settings.model_copy(update={"time_zone": keeper.settings.time_zone}))
            )

    async def _ask(self, question: Callable[[Keeper], Any]) -> Any:
        if self._keeper is None:
            raise Unavailable(f"the keeper of stored days does not run: {self._why}", hint="try again in a moment")
        return await asyncio.to_thread(question, self._keeper)

    async def _launch(self) -> None:
        async with self._launching:
            if self._over:
                return
            keeper = Keeper(self._settings(), self._tell)
            try:
                await asyncio.to_thread(keeper.start)
            except SysloggerError as error:
                if self._why != str(error):  # said once, however often it is tried
                    self._why = str(error)
                    self._say(f"the keeper of stored days cannot start: {error}")
                return
            self._keeper = keeper

    async def _keep_running(self) -> None:
        while True:
            delay: float | None = GREATEST_SECONDS
            if self._keeper is not None:
                await ended(self._keeper.pid)
                code = await asyncio.to_thread(self._keeper.wait)
                self._keeper, self._why = None, f"it ended by itself with {exit_word(code or 0)}"
                delay = self._restarts.died(time.monotonic(), self._why)
                self._say(f"the keeper of stored days has ended, and is started again: {self._why}")
            await asyncio.sleep(GREATEST_SECONDS if delay is None else delay)
            await self._launch()

    def _say(self, message: str) -> None:
        self._tell({"event": EventKind.WARNING, "at": time.time_ns() // 1_000, "message": message})
