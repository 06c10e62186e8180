"""Operations on the configuration file: take over what changed in it, show the state in its form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from interfaces import requests as ask
from interfaces.keeper_door import KeeperDoor
from interfaces.records import Source
from interfaces.registry import FACTORY, Author, Registry
from interfaces.takeover import Line, Outcome, in_file_form, reload
from syslogger.config import Config, EngineConfig
from syslogger.errors import SysloggerError
from syslogger.events import EventKind

Answer = dict[str, Any]


class ConfigService:
    """Answers `config.*`. read: the file as it is now. Raises ConfigError."""

    def __init__(self, registry: Registry, keeper: KeeperDoor, read: Callable[[], Config]) -> None:
        self._registry, self._keeper, self._read = registry, keeper, read

    async def reload(self, _: ask.Request, by: Author) -> list[Answer]:
        """One line a difference; a file that cannot be used, or does not fit, changes nothing."""
        registry = self._registry
        file = await asyncio.to_thread(self._read)
        async with registry.editing:
            held = registry.held
            before = {each.name: each.running for each in held.config.engines}
            result = reload(held.taken, file, held.config, held.gone)
            await registry.apply(result.config, Author(by.name, Source.FILE), result.taken)
        await self._keeper.limits_changed()
        lines = list(result.lines)
        for engine in result.config.engines:
            if engine.running != before.get(engine.name, False):
                lines += await self._run_or_rest(engine)
        for line in lines:
            taken_over = line.outcome in (Outcome.APPLIED, Outcome.NEEDS_RESTART)
            kind = EventKind.CONFIG_TAKEN_OVER if taken_over else EventKind.CONFIG_REPORTED
            registry.note(FACTORY, kind, f"{line.path}: {line.message}", path=line.path, outcome=line.outcome)
        return [asdict(line) for line in lines]

    async def _run_or_rest(self, engine: EngineConfig) -> list[Line]:
        """Start or stop it, as the file says now; a line when that fails."""
        managed = self._registry.engine(engine.name)
        if not engine.running:
            await managed.stop()
            return []
        try:
            await managed.start()
        except SysloggerError as error:
            return [Line(f"ENGINES.{engine.name}", Outcome.REFUSED, f"it could not be started: {error}")]
        return []

    async def export(self, _: ask.Request, __: Author) -> Answer:
        """The state in the form of the file."""
        return in_file_form(self._registry.held.config)

    async def settings(self, _: ask.Request, __: Author) -> Answer:
        """The keys of the file beside engines and classes."""
        form = in_file_form(self._registry.held.config)
        return {key: value for key, value in form.items() if key not in ("ENGINES", "ENGINE_CLASSES")}
