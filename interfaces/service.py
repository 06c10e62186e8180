"""Service: every operation of the table, done; and what happens, for those who watch.

An operation is done to its end whoever asked for it and went away: a start that is broken off would leave processes
that nobody owns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from interfaces.class_service import ClassService
from interfaces.client_service import ClientService
from interfaces.config_service import ConfigService
from interfaces.engine_service import EngineService
from interfaces.errors import Unavailable
from interfaces.factory_service import FactoryService
from interfaces.keeper_door import KeeperDoor
from interfaces.records import Source
from interfaces.registry import Author, Registry
from interfaces.requests import Request
from interfaces.stream import Broadcast, Subscription
from syslogger.config import Config

STATUS_SECONDS, ENDING_SECONDS = 1.0, 5.0

Handler = Callable[[Any, Author], Awaitable[object]]


class Caller(Protocol):
    """Who asks, as the door knows him."""

    @property
    def author(self) -> str:
        """A name for people."""

    @property
    def source(self) -> str:
        """`api` or `cli`."""


class FactoryOperations:
    """Answers the door. read: the configuration file as it is now."""

    def __init__(
        self, registry: Registry, keeper: KeeperDoor, broadcast: Broadcast, read: Callable[[], Config]
    ) -> None:
        self._broadcast = broadcast
        self._factory = FactoryService(registry, keeper)
        self._handlers = _handlers(registry, keeper, self._factory, read)
        self._under_way: set[asyncio.Task[object]] = set()
        self._ending = False

    @property
    def names(self) -> set[str]:
        """The operations that are done here."""
        return set(self._handlers)

    async def call(self, operation: str, request: Request, caller: Caller) -> object:
        """Do it. Raises SysloggerError."""
        if self._ending:
            raise Unavailable("the factory is ending", hint="ask the next one")
        author = Author(caller.author, Source(caller.source))
        task = asyncio.ensure_future(self._handlers[operation](request, author))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    def subscribe(self) -> Subscription:
        """What happens from now on."""
        return self._broadcast.subscribe()

    async def watch(self, report: Callable[[dict[str, Any]], None] | None) -> None:
        """Once a second the status of every engine, for as long as anybody wants it; until it is cancelled."""
        while True:
            if self._broadcast.subscriptions or report is not None:
                engines = await self._factory.engines()
                self._broadcast.status(engines)
                if report is not None:
                    report(engines)
            await asyncio.sleep(STATUS_SECONDS)

    async def end(self) -> None:
        """Begin nothing more, and finish what is under way."""
        self._ending = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=ENDING_SECONDS)


def _handlers(
    registry: Registry, keeper: KeeperDoor, factory: FactoryService, read: Callable[[], Config]
) -> Mapping[str, Handler]:
    engines, clients = EngineService(registry, keeper), ClientService(registry)
    classes, config = ClassService(registry), ConfigService(registry, keeper, read)
    return {
        "engines.list": engines.every,
        "engines.create": engines.create,
        "engines.edit": engines.edit,
        "engines.effects": engines.effects,
        "engines.delete": engines.delete,
        "engines.start": engines.start,
        "engines.stop": engines.stop,
        "engines.restart": engines.restart,
        "engines.pause": engines.pause,
        "engines.resume": engines.resume,
        "engines.status": engines.status,
        "engines.release_field": engines.release_field,
        "engines.test_line": engines.send_line,
        "engines.events": engines.events,
        "clients.list": clients.every,
        "clients.add": clients.add,
        "clients.edit": clients.edit,
        "clients.remove": clients.remove,
        "senders.unknown": clients.unknown,
        "senders.ignored": clients.ignored,
        "senders.allow": clients.allow,
        "senders.ignore": clients.ignore,
        "classes.list": classes.every,
        "classes.get": classes.get,
        "classes.versions": classes.versions,
        "classes.validate": classes.validate,
        "classes.try": classes.try_out,
        "classes.change": classes.change,
        "classes.rollback": classes.rollback,
        "classes.remove": classes.remove,
        "config.reload": config.reload,
        "config.export": config.export,
        "config.settings": config.settings,
        "status.factory": factory.factory,
        "status.processes": factory.processes,
        "days.forecast": factory.forecast,
        "jobs.list": factory.jobs,
        "jobs.get": factory.job,
        "jobs.start": factory.start_job,
        "jobs.cancel": factory.cancel_job,
        "clock.confirm": factory.confirm_clock,
    }
