"""The factory: one process that owns every engine of a data directory, and answers on 127.0.0.1.

Runs in     the process of `syslogger factory`
Reads       GLOBAL_CONFIG.json at its start and on `reload`, `factory.db`, requests, SIGTERM and SIGINT
Writes      `factory.db`, answers and the event stream; starts engines and the keeper and speaks with them
Ends when   a signal has come, or who started it is gone: every engine is drained first

One loop; what blocks is done in threads. Should the process be killed, its engines see their sockets close, store what
they have received and end, and the next factory starts those that are to run.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from interfaces.control_files import DATABASE, hold_root, token_of
from interfaces.http import make_app
from interfaces.keeper_door import KeeperDoor
from interfaces.managed import log_defect
from interfaces.operations import HOST
from interfaces.registry import FACTORY, Registry
from interfaces.server import Server, listening
from interfaces.service import FactoryOperations
from interfaces.store import Store
from interfaces.stream import Broadcast
from syslogger.config import Config, load
from syslogger.control import FOLDER
from syslogger.events import EventKind
from syslogger.keeper import KeeperSettings

THREADS = 256  # a drain holds one for as long as it takes, and every engine may drain at a time
KEEPER_SECONDS = 5.0
SHORTENED_SECONDS = (3.0, 0.0)  # what a drain may still take after the second signal, the third, and every later one

Report = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Start:
    """How a factory is started. owner: a descriptor that closes when whoever started it is gone."""

    config: Path
    new_token: bool = False
    owner: int | None = None


def run(start: Start, report: Report) -> None:
    """Run a factory to its end. `report` gets every event and status with the name of its engine, on the loop.

    Raises ConfigError, LockError (another factory has the directory), BindError, StoreError.
    """
    file = load(start.config)
    with ExitStack() as held:
        held.callback(os.close, hold_root(file.root))
        token = token_of(file.root, renew=start.new_token)
        listener = held.enter_context(listening(file.interface_factory_port))
        store = held.enter_context(Store(file.root / FOLDER / DATABASE))
        runner = held.enter_context(asyncio.Runner(loop_factory=uvloop.new_event_loop))
        runner.run(Factory(start, file, report).serve(store, listener, token))


class Factory:
    """Puts the parts together, and takes them apart again."""

    def __init__(self, start: Start, file: Config, report: Report) -> None:
        self._start, self._file, self._report = start, file, report
        self._broadcast = Broadcast()
        self._signals: asyncio.Queue[str] = asyncio.Queue()

    async def serve(self, store: Store, listener: socket.socket, token: str) -> None:
        """Everything from the first engine's start to the last one's end. Raises ConfigError, StoreError."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(THREADS, "factory"))
        self._hear_signals(loop)
        registry = Registry(store, self._heard)
        await registry.open(self._file)
        keeper = KeeperDoor(
            lambda: KeeperSettings.of(registry.held.config),
            lambda event: registry.tell(str(event.get("engine", FACTORY)), event),
        )
        operations = FactoryOperations(registry, keeper, self._broadcast, lambda: load(self._start.config))
        server = Server(make_app(operations, token), listener)
        serving = asyncio.create_task(server.run_until_ended())
        watching = asyncio.create_task(operations.watch(self._show))
        starting = asyncio.create_task(self._start_all(registry, keeper))
        for task in (watching, starting):
            task.add_done_callback(log_defect)
        try:
            await self._until_signalled(serving)
        finally:
            await self._end(registry, keeper, operations)
            server.end()
            watching.cancel()
            await asyncio.gather(serving, watching, starting, return_exceptions=True)

    async def _start_all(self, registry: Registry, keeper: KeeperDoor) -> None:
        # before any engine stamps a row with a clock that is wrong; but logs do not wait for a slow disk
        keeping = asyncio.create_task(keeper.start())
        await asyncio.wait((keeping,), timeout=KEEPER_SECONDS)
        await registry.start_wanted()
        await keeping
        port = self._file.interface_factory_port
        registry.note(FACTORY, EventKind.READY, f"the factory answers on {HOST}:{port}", port=port, pid=os.getpid())

    async def _until_signalled(self, serving: asyncio.Task[None]) -> None:
        waiting = asyncio.create_task(self._signals.get())
        await asyncio.wait((waiting, serving), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()

    async def _end(self, registry: Registry, keeper: KeeperDoor, operations: FactoryOperations) -> None:
        """Begin nothing more; drain, faster with each further signal; then let go of everyone who watches."""
        await operations.end()
        shortening = asyncio.create_task(self._shorten(registry))
        await asyncio.gather(registry.drain(), keeper.stop())
        shortening.cancel()
        await registry.close()
        self._broadcast.close()

    async def _shorten(self, registry: Registry) -> None:
        deadlines = iter(SHORTENED_SECONDS)
        while True:
            await self._signals.get()
            seconds = next(deadlines, 0.0)
            for managed in registry.engines.values():
                managed.shorten(seconds)

    def _hear_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._signals.put_nowait, number.name)
        if self._start.owner is not None:
            loop.add_reader(self._start.owner, self._owner_is_gone, loop, self._start.owner)

    def _owner_is_gone(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        loop.remove_reader(descriptor)
        self._signals.put_nowait("the one who started the factory is gone")

    # -- what is seen --------------------------------------------------------------------------------------------------

    def _heard(self, event: dict[str, Any]) -> None:
        self._broadcast.event(event)
        self._report(event["engine"], event)

    def _show(self, engines: dict[str, Any]) -> None:
        for name, status in engines.items():
            if "ledger" in status:
                self._report(name, {"event": "status", **status})
