"""The factory without its HTTP side: state, engines, keeper and operations in a test's own event loop.

The engines and the keeper are real processes, the store is a real file; a request goes through the same checks as one
from the wire, and an answer has to survive being JSON.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from interfaces.bodies import to_json
from interfaces.http import Caller
from interfaces.keeper_door import KeeperDoor
from interfaces.operations import operation_of, request_of
from interfaces.registry import FACTORY, Registry
from interfaces.service import FactoryOperations
from interfaces.store import Store
from interfaces.stream import Broadcast
from syslogger.config import load
from syslogger.control import control_folder
from syslogger.keeper import KeeperSettings
from tests.cli.engines import send
from tests.support import free_udp_port
from tests.support_engine import WAIT_SECONDS, numbered

WORD = {"number": "number ([0-9]+)"}
LONGER = {**WORD, "about": "about (a)"}
ANNA = Caller("anna", "cli")

Event = dict[str, Any]


def engine(name: str = "main", **settings: Any) -> dict[str, Any]:
    """An entry of ENGINES on a free port."""
    return {"name": name, "class": "word", "port": free_udp_port(), "workers": 1, **settings}


def resting(name: str = "main", **settings: Any) -> dict[str, Any]:
    """An entry of ENGINES that is not to run."""
    return engine(name, running=False, **settings)


def write_file(folder: Path, *engines: Mapping[str, Any], **keys: Any) -> Path:
    """A configuration file with the class `word` and these engines; its data lies in `folder/logs`."""
    path = folder / "GLOBAL_CONFIG.json"
    shape = {
        "ENGINE_CLASSES": {"word": WORD},
        "ENGINES": engines,
        "ROOT_SAVED_DATA_DIRECTORY": "logs",
        "TIME_ZONE": "UTC",
        "BATCHING": {"drain_seconds": 60},
        **keys,
    }
    path.write_text(json.dumps(shape))
    return path


@dataclass
class Serving:
    """What answers, and everything that it told."""

    registry: Registry
    keeper: KeeperDoor
    operations: FactoryOperations
    root: Path
    heard: list[Event] = field(default_factory=list)

    async def ask(self, operation: str, fields: Mapping[str, Any] | None = None, /, **more: Any) -> Any:
        """The answer to a request of anna's, as JSON has it. Raises SysloggerError."""
        described = operation_of(operation)
        request = request_of(described, {**(fields or {}), **more})
        return orjson.loads(to_json(await self.operations.call(operation, request, ANNA)))

    async def status(self, name: str = "main") -> dict[str, Any]:
        """The status of an engine."""
        answer: dict[str, Any] = await self.ask("engines.status", name=name)
        return answer

    async def send(self, *numbers: int, name: str = "main") -> None:
        """Send lines with these numbers to an engine."""
        send((await self.status(name))["port"], numbered(numbers))

    async def ledger_has(self, name: str = "main", **counts: int) -> None:
        """Wait until the ledger of an engine has these counts."""

        async def has() -> bool:
            ledger: dict[str, int] = (await self.status(name)).get("ledger", {})
            return counts.items() <= ledger.items()

        await until(has, f"the ledger of {name} has {counts}")

    def kinds(self, owner: str) -> list[str]:
        """The kinds of the events of an engine, or of the factory (""), so far."""
        return [str(each["event"]) for each in self.heard if each["engine"] == owner]

    async def told(self, kind: str, owner: str = FACTORY) -> Event:
        """Wait for an event; the newest of its kind."""

        async def is_told() -> bool:
            return kind in self.kinds(owner)

        await until(is_told, f"event {kind} of {owner or 'the factory'}")
        return [each for each in self.heard if (each["event"], each["engine"]) == (kind, owner)][-1]


async def until(true: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait until a coroutine answers something true."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not await true():
        assert time.monotonic() < deadline, f"not within {WAIT_SECONDS:g} s: {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(path: Path, *, keeper: bool = False, start: bool = True) -> AsyncIterator[Serving]:
    """A factory over a configuration file, with a keeper or without; its engines run if they are to and if `start`."""
    file = load(path)
    heard: list[Event] = []
    with Store(control_folder(file.root) / "factory.db") as store:
        registry = Registry(store, heard.append)
        await registry.open(file)
        door = KeeperDoor(
            lambda: KeeperSettings.of(registry.held.config),
            lambda event: registry.tell(str(event.get("engine", FACTORY)), event),
        )
        operations = FactoryOperations(registry, door, Broadcast(), lambda: load(path))
        try:
            if keeper:
                await door.start()
            if start:
                await registry.start_wanted()
            yield Serving(registry, door, operations, file.root, heard)
        finally:
            await operations.end()
            await registry.drain()
            await door.stop()
            await registry.close()


def serve(path: Path, life: Callable[[Serving], Coroutine[Any, Any, None]], *, keeper: bool = False) -> None:
    """Run a coroutine with a factory over the file."""

    async def lived() -> None:
        async with serving(path, keeper=keeper) as here:
            await life(here)

    asyncio.run(lived())
