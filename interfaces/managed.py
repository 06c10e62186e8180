"""One engine's life in the factory: what its operator wants of it, what it is, and how the two come together again.

Rules
- One command at a time an engine. The engine's calls block, so they run in threads, never on the loop.
- An engine that ends although it is wanted, or could not be started, is started again, each time after a longer wait;
  one that fails too often has failed until an operator starts it, and so has one whose configuration or address cannot
  be used. A disk that cannot be written is another matter: somebody makes room on it, and nobody thinks of us.
- Children of a bridge that died store what they had received, and hold the folder meanwhile: that is waited for.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple, TypeVar

from syslogger.changes import sorted_effects
from syslogger.config import EngineSettings
from syslogger.engine import Engine
from syslogger.errors import EngineDiedError, ExitCode, LockError, SilentError, SysloggerError, exit_word
from syslogger.events import EventKind
from syslogger.lifecycle import Lifecycle, State
from syslogger.supervision import Restarts

FINAL = {ExitCode.CONFIG, ExitCode.BIND}
HELD_SECONDS, LOOK_SECONDS, STATUS_SECONDS = 45.0, 0.2, 3.0
DISK_SECONDS = 60.0  # between two starts on a disk that has refused too many

Event = dict[str, Any]
Tell = Callable[[str, Event], None]
T = TypeVar("T")

_log = logging.getLogger("syslogger.interfaces")


class NotRunningError(SysloggerError):
    """What was asked needs an engine that runs."""


class _End(NamedTuple):
    """How a life of the engine ended, or that it did not begin. word: for `last_exit`; why: a sentence for people."""

    code: int
    word: str
    why: str

    @classmethod
    def with_code(cls, code: int) -> _End:
        """It ran."""
        return cls(code, exit_word(code), f"it ended by itself with {exit_word(code)}")

    @classmethod
    def at_start(cls, error: SysloggerError) -> _End:
        """It could not be started."""
        return cls(error.exit_code, exit_word(error.exit_code), str(error))


class Managed:
    """One engine. `tell` gets its name and every event of it, from any thread.

    settings: what its operator wants; pending: the parts of them that wait for a restart.
    """

    def __init__(self, settings: EngineSettings, tell: Tell, *, paused: frozenset[str] = frozenset()) -> None:
        self.settings = settings
        self.wanted = False
        self.paused = paused
        self.pending: list[str] = []
        self.life = Lifecycle(since=time.time())
        self._tell = tell
        self._engine: Engine | None = None
        self._draining: Engine | None = None
        self._restarts = Restarts()
        self._commands = asyncio.Lock()
        self._guard: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[Event] | None = None
        self._retired = False
        self._told = ""  # the reason of the last failure

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.settings.engine.name

    @property
    def runs(self) -> bool:
        """Whether it has a bridge."""
        return self._engine is not None

    # -- the operator --------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Run it from now on; returns when it can receive.

        Raises SysloggerError: why it cannot; it has failed then, and is tried again unless that helps nothing.
        """
        self.wanted = True
        async with self._commands:
            if self._retired:
                raise NotRunningError(f"engine {self.name} is let go: it was deleted, or the factory is ending")
            if self._engine is None:
                await self._end_guard()
                self._restarts, self._told = Restarts(self._restarts.count, self._restarts.last_exit), ""
                try:
                    await self._launch()
                except SysloggerError as error:
                    self._fail(str(error))
                    self._begin_guard(_End.at_start(error))
                    raise
                self._begin_guard(None)

    async def stop(self, deadline_seconds: float | None = None) -> Event:
        """Drain and end it; returns the final ledger, empty when it did not run."""
        self.wanted = False
        async with self._commands:
            await self._end_guard()
            engine, self._engine = self._engine, None
            ledger = {} if engine is None else await self._drain(engine, deadline_seconds)
            self.life, self.pending = Lifecycle(since=time.time()), []
            return ledger

    async def retire(self, deadline_seconds: float | None = None) -> Event:
        """Stop it for good: whoever waits for his turn to start it is refused."""
        self._retired = True
        return await self.stop(deadline_seconds)

    def shorten(self, deadline_seconds: float) -> None:
        """Let a drain that is under way take only so long from now."""
        if self._draining is not None:
            with suppress(EngineDiedError):  # it has ended meanwhile
                self._draining.shorten(deadline_seconds)

    async def restart(self) -> None:
        """Drain it, then start it with the settings as they are now. Raises SysloggerError."""
        await self.stop()
        await self.start()

    async def pause(self, reason: str) -> Event:
        """Store nothing from now on, also after a restart. Raises NotRunningError."""
        result = await self._ask(lambda engine: engine.pause(reason))
        self.paused |= {reason}
        return result

    async def resume(self, reason: str) -> Event:
        """Take a reason to pause away. Raises SysloggerError."""
        result = await self._ask(lambda engine: engine.resume(reason))
        self.paused -= {reason}
        return result

    async def release(self, field: str) -> None:
        """Search a parked field again. Raises SysloggerError."""
        await self._ask(lambda engine: engine.release(field))

    async def change(self, settings: EngineSettings) -> dict[str, list[str]]:
        """Put settings into force: `live` parts now, `restart` ones at the next start.

        Raises SysloggerError, and then all is as it was.
        """
        async with self._commands:
            if self._engine is None:
                found = sorted_effects(self.settings, settings)
                result = {"live": found["live"] + found["restart"], "restart": []}
            else:
                result = await asyncio.to_thread(self._engine.change, settings)
                self.pending = result["restart"]
            self.settings = settings
            return result

    def known(self) -> Event:
        """What the factory knows without asking the engine."""
        return {
            "engine": self.name,
            "title": self.settings.engine.title,
            "class": self.settings.log_class.name,
            "port": self.settings.engine.port,
            "state": self.life.state,
            "since": self.life.since,
            "why": self.life.why,
            "wanted": "running" if self.wanted else "stopped",
            "needs_restart": self.pending,
            "restarts": self._restarts.count,
            "last_exit": self._restarts.last_exit,
        }

    async def status(self) -> Event:
        """The engine's own snapshot while it runs, else what the factory knows of it; it never waits for long."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await asyncio.wait((self._looking,), timeout=STATUS_SECONDS)
        if not self._looking.done():
            return self.known() | {"why": "it does not answer, and is killed if it goes on like this"}
        return self._looking.result()

    async def _look(self) -> Event:
        known, engine = self.known(), self._engine
        if engine is None:
            return known
        try:
            return known | await asyncio.to_thread(partial(engine.status, samples=False))
        except SilentError as error:
            self._say(EventKind.WARNING, f"{error}: it is killed, and started again if it is to run")
            os.kill(engine.pid, signal.SIGKILL)  # nobody collects it before its guard does: the pid is its own
        except EngineDiedError:
            pass  # it ended this moment: its guard is about to say so
        return known

    async def refused_senders(self) -> list[Event]:
        """Who was refused since it started, with what each said; nobody while it does not run."""
        found: list[Event] = []
        if self._engine is not None:
            with suppress(EngineDiedError):
                found = (await asyncio.to_thread(self._engine.status))["refused_senders"]
        return found

    # -- inside --------------------------------------------------------------------------------------------------------

    async def _ask(self, question: Callable[[Engine], T]) -> T:
        async with self._commands:
            if self._engine is None:
                raise NotRunningError(f"engine {self.name} does not run ({self.life.state}): start it first")
            return await asyncio.to_thread(question, self._engine)

    async def _launch(self) -> None:
        self._move(State.STARTING)
        held_until = time.monotonic() + HELD_SECONDS
        while True:
            engine = Engine(self.settings, self._heard)
            try:
                await asyncio.to_thread(engine.start, self.paused)
                break
            except LockError:
                if not self.wanted or time.monotonic() > held_until:
                    raise
                self.life.why = "processes of its last run still store what they had received"
                await asyncio.sleep(LOOK_SECONDS)
        self._engine, self.pending = engine, []
        self._told = ""
        self._move(State.RUNNING)
        self._say(EventKind.READY, "the engine receives", port=engine.port, pid=engine.pid)

    async def _keep_running(self, end: _End | None) -> None:
        """Start it again whenever it has ended, until nothing helps. end: its start that failed; None: it runs."""
        while True:
            end = end or await self._its_end()
            if end.code in FINAL:
                self._fail(end.why, ": see the log, then start it")
                return
            delay = self._restarts.died(time.monotonic(), end.word)
            if delay is None and end.code == ExitCode.WRITE:
                delay = DISK_SECONDS
            if delay is None:
                self._fail(f"{end.why}, too often", ": see the log, then start it")
                return
            self._fail(end.why, f"; it is started again in {delay:.1f} s")
            await asyncio.sleep(delay)
            end = await self._start_again(end)

    async def _its_end(self) -> _End:
        assert self._engine is not None
        await ended(self._engine.pid)
        async with self._commands:
            code = await asyncio.to_thread(self._engine.wait)
            self._engine = None
        return _End.with_code(code or 0)

    async def _start_again(self, end: _End) -> _End | None:
        """One more start; None when it runs."""
        async with self._commands:
            try:
                await self._launch()
            except SysloggerError as error:
                return _End.at_start(error)
        self._say(EventKind.ENGINE_RESTARTED, f"it was started again; before: {end.why}")
        return None

    async def _drain(self, engine: Engine, deadline_seconds: float | None) -> Event:
        self._move(State.DRAINING)
        self._draining = engine
        ledger: Event = {}
        try:
            ledger = await asyncio.to_thread(engine.stop, deadline_seconds)
        except EngineDiedError:  # it ended before it was asked
            await asyncio.to_thread(engine.wait)
        self._draining = None
        self._say(EventKind.STOPPED, "it was stopped", ledger=ledger)
        return ledger

    def _begin_guard(self, end: _End | None) -> None:
        if self.wanted:
            self._guard = asyncio.create_task(self._keep_running(end))
            self._guard.add_done_callback(log_defect)

    async def _end_guard(self) -> None:
        """The guard launches with the lock held, which we hold: it waits for an end or for a time to pass."""
        guard, self._guard = self._guard, None
        if guard is not None:
            guard.cancel()
            with suppress(asyncio.CancelledError):
                await guard

    def _move(self, state: State, why: str = "") -> None:
        self.life.move(state, time.time(), why)

    def _fail(self, why: str, then: str = "") -> None:
        """It has failed. One event a reason: it may go on for days."""
        words = why + then
        if self.life.state is State.FAILED:
            self.life.why = words
        else:
            self._move(State.FAILED, words)
        if why != self._told:
            self._told = why
            self._say(EventKind.FAILED, words)

    def _say(self, kind: EventKind, message: str, **details: object) -> None:
        self._heard({"event": kind, "at": time.time_ns() // 1_000, "message": message, **details})

    def _heard(self, event: Event) -> None:
        self._tell(self.name, event)


def log_defect(task: asyncio.Task[None]) -> None:
    """For tasks that nobody waits for: an end that nobody foresaw is at least in the log."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a task of the factory has ended: %r", error, exc_info=error)


async def ended(pid: int) -> None:
    """Return when a child process of ours has ended; it is left to be collected (pidfd_open(2))."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    descriptor = os.pidfd_open(pid)
    loop.add_reader(descriptor, over.set)
    try:
        await over.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
