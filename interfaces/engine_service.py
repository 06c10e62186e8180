"""Operations on engines: create, edit, delete, start, stop, restart, pause, resume, look, try."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from interfaces import requests as ask
from interfaces.errors import NotFound, Refused, Unavailable
from interfaces.keeper_door import KeeperDoor
from interfaces.managed import Managed
from interfaces.ports import refuse_taken
from interfaces.probe_line import sent
from interfaces.registry import Applied, Author, Registry, needs_restart, settings_of
from interfaces.takeover import engine_in_file_form
from syslogger.changes import sorted_effects
from syslogger.config import EngineConfig
from syslogger.errors import EngineDiedError, SysloggerError

RECENT_EVENTS = 20
NO_CHANGE: dict[str, list[str]] = {"live": [], "restart": []}

Answer = dict[str, Any]


class EngineService:
    """Answers `engines.*`."""

    def __init__(self, registry: Registry, keeper: KeeperDoor) -> None:
        self._registry, self._keeper = registry, keeper

    # -- looking -------------------------------------------------------------------------------------------------------

    async def every(self, _: ask.Request, __: Author) -> list[Answer]:
        """Every engine with its settings."""
        return [self._shown(managed) for managed in self._registry.engines.values()]

    async def status(self, asked: ask.OfEngine, _: Author) -> Answer:
        """One engine, in full, with its newest events."""
        managed = self._registry.engine(asked.name)
        status = self._shown(managed) | await managed.status()
        return status | {"events": await self._newest(asked.name, RECENT_EVENTS)}

    async def events(self, asked: ask.Events, _: Author) -> list[Answer]:
        """Newest first; a deleted engine's, too."""
        if asked.name is not None and asked.name not in self._registry.held.records:
            self._registry.engine(asked.name)
        return await self._newest(asked.name, asked.limit, asked.before)

    async def _newest(self, owner: str | None, limit: int, before: int | None = None) -> list[Answer]:
        return await self._registry.in_store(lambda store: store.events(owner, limit, before))

    def _shown(self, managed: Managed) -> Answer:
        record = self._registry.record(managed.name)
        return {
            **managed.known(),
            "settings": engine_in_file_form(record.engine),
            "autostart": record.autostart,
            "created_at": record.created_at,
            "source": record.source,
        }

    # -- making and changing -------------------------------------------------------------------------------------------

    async def create(self, asked: ask.CreateEngine, by: Author) -> Answer:
        """A new engine, or the deleted one of that name again; it is started if it is to run."""
        registry, engine = self._registry, asked.engine
        async with registry.editing:
            if engine.name in registry.engines:
                raise Refused(
                    f"there is an engine {engine.name} already", field="engine.name", hint="take another name"
                )
            continues = registry.held.gone.get(engine.name)
            if continues not in (None, engine.class_name):
                hint = f"take another name, or class {continues}"
                why = f"{engine.name} was an engine of class {continues}, and its name keeps the class"
                raise Refused(why, field="engine.name", hint=hint)
            await self._refuse_doomed_days(engine.name)
            config = registry.with_engine(engine)
            if engine.running:
                await asyncio.to_thread(refuse_taken, engine)
            await registry.apply(config, by)
            if not asked.autostart:
                await registry.keep_record(registry.record(engine.name).model_copy(update={"autostart": False}))
        managed = registry.engine(engine.name)
        if engine.running:
            with suppress(SysloggerError):  # it is there, and its state says why it does not run
                await managed.start()
        return self._shown(managed) | {"continues": continues is not None}

    async def _refuse_doomed_days(self, name: str) -> None:
        """What a job is still to delete is nothing to go on with: it would take the new days, too."""
        with suppress(Unavailable, EngineDiedError):
            for job in await self._keeper.jobs():
                if job["kind"] != "delete_engine" or job["state"] not in ("queued", "running"):
                    continue
                if job["parameters"]["engine"] == name:
                    hint = f"wait for job {job['id']}, or cancel it"
                    raise Refused(f"the days of {name} are being deleted", field="engine.name", hint=hint)

    async def effects(self, asked: ask.EngineEffects, _: Author) -> dict[str, list[str]]:
        """What changes would mean; one that does not run needs no restart for anything."""
        wanted, managed = self._edited(asked), self._registry.engine(asked.name)
        found = sorted_effects(managed.settings, settings_of(self._registry.with_engine(wanted), wanted))
        return found if managed.runs else {"live": found["live"] + found["restart"], "restart": []}

    async def edit(self, asked: ask.EditEngine, by: Author) -> dict[str, list[str]]:
        """Live parts apply; what needs a restart gets one if that was asked for, or waits."""
        registry = self._registry
        async with registry.editing:
            before, wanted = registry.record(asked.name).engine, self._edited(asked)
            config = registry.with_engine(wanted)
            if wanted.running and wanted.port != before.port:
                await asyncio.to_thread(refuse_taken, wanted)
            applied: Applied = await registry.apply(config, by)
            if asked.autostart is not None:
                await registry.keep_record(
                    registry.record(asked.name).model_copy(update={"autostart": asked.autostart})
                )
        await self._keeper.limits_changed()
        result = applied.get(asked.name, NO_CHANGE)
        managed = registry.engine(asked.name)
        if asked.restart and managed.runs and needs_restart(managed.pending):
            await managed.restart()
            return {"live": result["live"] + result["restart"], "restart": []}
        return result

    def _edited(self, asked: ask.EngineEffects) -> EngineConfig:
        return asked.changes.applied_to(self._registry.record(asked.name).engine)

    async def delete(self, asked: ask.DeleteEngine, by: Author) -> Answer:
        """Drain it and let go of it; its days stay, or a job deletes them."""
        registry = self._registry
        if asked.data == "delete":
            await self._keeper.jobs()  # without a keeper nothing is begun
        managed = await self._want(asked.name, running=False)
        ledger = await managed.stop()  # a drain may take an hour: others edit meanwhile
        async with registry.editing:
            registry.engine(asked.name)
            ledger = await registry.forget(asked.name, by) or ledger
        job = None
        if asked.data == "delete" and await asyncio.to_thread(managed.settings.folder.is_dir):
            what = {"class_name": managed.settings.log_class.name, "engine": asked.name, "author": by.name}
            job = await self._keeper.start_job("delete_engine", what)
        await self._keeper.limits_changed()
        return {"deleted": asked.name, "ledger": ledger, "job": job}

    # -- running -------------------------------------------------------------------------------------------------------

    async def start(self, asked: ask.OfEngine, by: Author) -> Answer:
        """It is wanted from now on."""
        managed = await self._want(asked.name, running=True)
        await managed.start()
        return await self.status(asked, by)

    async def stop(self, asked: ask.OfEngine, _: Author) -> Answer:
        """It is not wanted any more."""
        managed = await self._want(asked.name, running=False)
        return await managed.stop()

    async def restart(self, asked: ask.OfEngine, by: Author) -> Answer:
        """With the settings as they are now."""
        managed = await self._want(asked.name, running=True)
        await managed.restart()
        return await self.status(asked, by)

    async def pause(self, asked: ask.PauseEngine, _: Author) -> Answer:
        """Also after restarts, until it is resumed."""
        answer = await self._registry.engine(asked.name).pause(asked.reason)
        await self._keep_paused(asked.name)
        return answer

    async def resume(self, asked: ask.PauseEngine, _: Author) -> Answer:
        """One reason less."""
        answer = await self._registry.engine(asked.name).resume(asked.reason)
        await self._keep_paused(asked.name)
        return answer

    async def _want(self, name: str, *, running: bool) -> Managed:
        registry = self._registry
        async with registry.editing:
            record = registry.record(name)
            if record.engine.running != running:
                engine = record.engine.model_copy(update={"running": running})
                await registry.keep_record(record.model_copy(update={"engine": engine}))
        return registry.engine(name)

    async def _keep_paused(self, name: str) -> None:
        registry = self._registry
        async with registry.editing:
            paused = tuple(sorted(registry.engine(name).paused))
            await registry.keep_record(registry.record(name).model_copy(update={"paused": paused}))

    # -- trying --------------------------------------------------------------------------------------------------------

    async def release_field(self, asked: ask.ReleaseField, _: Author) -> Answer:
        """Search a parked field again."""
        await self._registry.engine(asked.name).release(asked.field)
        return {"field": asked.field}

    async def send_line(self, asked: ask.TestLine, _: Author) -> Answer:
        """One real datagram, and the row that it became."""
        managed = self._registry.engine(asked.name)
        status = await managed.status()
        if not managed.runs or status["state"] == "paused":
            hint = "start it first" if not managed.runs else "resume it first"
            raise Refused(f"engine {asked.name} is {status['state']} and stores nothing", field="name", hint=hint)
        row = await sent(managed.settings, int(status["port"]), asked.line)
        if row is None:
            raise NotFound("no row came within five seconds", hint="look at the engine's status, and send it again")
        return {"row": row}
