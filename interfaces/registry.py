"""The factory's engines and classes: one configuration in force, kept in `factory.db`, lived by managed engines.

Rules
- Whatever is edited, the whole state to be is made first and held against every rule of the file. Then engines that run
  take it over one after the other, then it is kept; what refuses takes everything back.
- One edit at a time (`editing`); starting, stopping and asking engines needs no turn.
- The store has one thread of its own: a slow disk holds up whoever waits for it, never the loop.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from interfaces.errors import NotFound
from interfaces.managed import Managed
from interfaces.records import ClassVersion, EngineRecord, Source, Taken
from interfaces.store import Store
from interfaces.takeover import taken_from, with_parts
from syslogger.changes import Effect, effect_of
from syslogger.checks import nearest
from syslogger.config import Config, ConfigError, EngineConfig, EngineSettings, LogClass, Problem
from syslogger.errors import SysloggerError
from syslogger.events import EventKind

FACTORY = ""  # the owner of events that are about no engine
NEWS_WAITING = 10_000

Event = dict[str, Any]
Applied = dict[str, dict[str, list[str]]]
T = TypeVar("T")

_log = logging.getLogger("syslogger.interfaces")


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and through what."""

    name: str
    source: Source


BY_FILE = Author("the configuration file", Source.FILE)


@dataclass
class Held:
    """The state: the configuration in force and what is known beside it. Records hold deleted engines, too."""

    config: Config
    taken: Taken
    records: dict[str, EngineRecord] = field(default_factory=dict)
    versions: dict[str, ClassVersion] = field(default_factory=dict)

    @property
    def gone(self) -> dict[str, str]:
        """The deleted engines, each with the class that its name keeps."""
        return {name: each.engine.class_name for name, each in self.records.items() if each.deleted_at is not None}


def settings_of(config: Config, engine: EngineConfig) -> EngineSettings:
    """What the engine's processes get to know: whether it is wanted is not their business."""
    return config.engine_settings(engine.model_copy(update={"running": True}))


class Registry:
    """State and engines. `heard` gets each event with its owner and its number, on the loop."""

    def __init__(self, store: Store, heard: Callable[[Event], None]) -> None:
        self._store, self._heard = store, heard
        self._store_thread = ThreadPoolExecutor(1, "store")
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Queue[tuple[str, Event] | None] = asyncio.Queue()
        self._left_out = 0
        self._pump = asyncio.create_task(self._keep_news())
        self.editing = asyncio.Lock()
        self.engines: dict[str, Managed] = {}
        self.held: Held

    async def in_store(self, call: Callable[[Store], T]) -> T:
        """Ask the store, in its thread. Raises StoreError."""
        return await self._loop.run_in_executor(self._store_thread, call, self._store)

    # -- beginning and end ---------------------------------------------------------------------------------------------

    async def open(self, file: Config) -> None:
        """Take over the file at the first start; afterwards engines and classes are those that are kept here.

        Raises ConfigError: they do not fit the other keys of the file; StoreError.
        """
        self.held = await self.in_store(partial(_opened, file=file))
        for engine in self.held.config.engines:
            self._manage(engine)
        if taken_from(file) != self.held.taken:
            why = "classes or engines of the file differ from those taken over from it: `syslogger config reload`"
            self.note(FACTORY, EventKind.CONFIG_REPORTED, why)

    async def start_wanted(self) -> None:
        """Start the engines that are to run, all at a time. Why one does not is its status, and an event."""
        records = (self.held.records[name] for name in self.engines)
        wanted = [each.name for each in records if each.engine.running and each.autostart]
        _log_defects(await asyncio.gather(*(self.engines[name].start() for name in wanted), return_exceptions=True))

    async def drain(self) -> None:
        """End every engine for good, all at a time."""
        _log_defects(await asyncio.gather(*(each.retire() for each in self.engines.values()), return_exceptions=True))

    async def close(self) -> None:
        """Keep the last events."""
        await self._news.put(None)
        await self._pump
        self._store_thread.shutdown()

    # -- looking things up ---------------------------------------------------------------------------------------------

    def engine(self, name: str) -> Managed:
        """An engine. Raises NotFound."""
        return _found(self.engines, name, "engine")

    def version(self, name: str) -> ClassVersion:
        """A class as it is. Raises NotFound."""
        return _found(self.held.versions, name, "class")

    def record(self, name: str) -> EngineRecord:
        """What is kept of an engine. Raises NotFound."""
        return self.held.records[self.engine(name).name]

    # -- editing -------------------------------------------------------------------------------------------------------

    def with_engine(self, engine: EngineConfig) -> Config:
        """The configuration with this engine as it is here. Raises ConfigError."""
        engines = {each.name: each for each in self.held.config.engines} | {engine.name: engine}
        return _fitting(self.held.config, self.held.config.log_classes, list(engines.values()))

    def with_class(self, log_class: LogClass) -> Config:
        """The configuration with this class as it is here. Raises ConfigError."""
        classes = {**self.held.config.classes, log_class.name: log_class}
        return _fitting(self.held.config, classes.values(), self.held.config.engines)

    async def apply(self, wanted: Config, by: Author, taken: Taken | None = None) -> Applied:
        """Bring a configuration into force and keep it; what that meant for each engine, by `live` and `restart`.

        The caller has the turn to edit. Raises SysloggerError; then everything is as it was.
        """
        done: list[tuple[Managed, EngineSettings]] = []
        applied: Applied = {}
        try:
            for engine in wanted.engines:
                managed, settings = self.engines.get(engine.name), settings_of(wanted, engine)
                if managed is not None and managed.settings != settings:
                    before = managed.settings
                    applied[engine.name] = await managed.change(settings)
                    done.append((managed, before))
            held = await self.in_store(partial(_kept, held=self.held, wanted=wanted, by=by, taken=taken))
        except SysloggerError:
            for managed, before in reversed(done):
                await self._take_back(managed, before)
            raise
        self._announce(held, by)
        self.held = held
        for engine in wanted.engines:
            if engine.name not in self.engines:
                self._manage(engine)
        return applied

    async def keep_record(self, record: EngineRecord) -> None:
        """Keep something of an engine that its processes do not care for. The caller has the turn to edit."""
        await self.in_store(lambda store: store.put_engines([record]))
        self.held.records[record.name] = record
        engines = [record.engine if each.name == record.name else each for each in self.held.config.engines]
        self.held.config = self.held.config.model_copy(update={"engines": tuple(engines)})

    async def forget(self, name: str, by: Author) -> Event:
        """Let go of an engine that was drained; its record stays. The caller has the turn to edit.

        Returns the ledger of an engine that somebody has started again meanwhile, else an empty one.
        """
        left = [each for each in self.held.config.engines if each.name != name]
        await self.apply(with_parts(self.held.config, self.held.config.log_classes, left), by)
        return await self.engines.pop(name).retire()

    async def _take_back(self, managed: Managed, before: EngineSettings) -> None:
        try:
            await managed.change(before)
        except SysloggerError as error:
            why = f"a change that was refused elsewhere could not be taken back here: {error}: restart this engine"
            self.note(managed.name, EventKind.WARNING, why)

    def _manage(self, engine: EngineConfig) -> None:
        paused = frozenset(self.held.records[engine.name].paused)
        self.engines[engine.name] = Managed(settings_of(self.held.config, engine), self.tell, paused=paused)

    def _announce(self, held: Held, by: Author) -> None:
        details = {"author": by.name, "source": by.source}
        for name, version in held.versions.items():
            if version != self.held.versions.get(name):
                message = f"class {name} has version {version.version}, by {by.name}"
                self.note(
                    FACTORY, EventKind.CLASS_VERSION_ADDED, message, name=name, version=version.version, **details
                )
        before = {each.name: each for each in self.held.config.engines}
        after = {each.name: each for each in held.config.engines}
        for name in before.keys() | after.keys():
            if name not in before:
                again = " again, and goes on with its folder" if name in self.held.gone else ""
                self.note(name, EventKind.ENGINE_CREATED, f"created{again}, by {by.name}", **details)
            elif name not in after:
                self.note(name, EventKind.ENGINE_DELETED, f"deleted by {by.name}", **details)
            elif before[name] != after[name]:
                self.note(name, EventKind.ENGINE_EDITED, f"edited by {by.name}", **details)

    # -- events --------------------------------------------------------------------------------------------------------

    def note(self, owner: str, kind: EventKind, message: str, **details: object) -> None:
        """Something happened in the factory."""
        self.tell(owner, {"event": kind, "at": now_us(), "message": message, **details})

    def tell(self, owner: str, event: Event) -> None:
        """Something happened; any thread may say so."""
        self._loop.call_soon_threadsafe(self._take_news, owner, event)

    def _take_news(self, owner: str, event: Event) -> None:
        if self._news.qsize() < NEWS_WAITING:
            self._news.put_nowait((owner, event))
        else:
            self._left_out += 1

    async def _keep_news(self) -> None:
        """What waits is kept in one transaction: each of its own would cost a sync of the disk."""
        over = False
        while not over:
            news = [await self._news.get()]
            while not self._news.empty():
                news.append(self._news.get_nowait())
            over = None in news
            events = [each for each in news if each is not None]
            if self._left_out:
                told = f"{self._left_out} events came faster than they could be kept and were left out"
                self._left_out = 0
                events.append((FACTORY, {"event": EventKind.WARNING, "at": now_us(), "message": told}))
            await self._keep(events)

    async def _keep(self, events: list[tuple[str, Event]]) -> None:
        numbers: list[int | None]
        try:
            numbers = [*await self.in_store(partial(_noted, events=events))]
        except SysloggerError as error:
            _log.error("events could not be kept: %s", error)
            numbers = [None] * len(events)
        for number, (owner, event) in zip(numbers, events, strict=True):
            self._heard({"id": number, "engine": owner, **event})


def now_us() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1_000


def _log_defects(results: Iterable[object]) -> None:
    """Errors of ours are told by the engine's state and events; anything else is a defect."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, SysloggerError):
            _log.error("an engine could not be started or stopped: %r", result, exc_info=result)


def needs_restart(names: Iterable[str]) -> bool:
    """Whether one of these parts of an engine's settings does."""
    return any(effect_of(name) is Effect.RESTART for name in names)


def _fitting(config: Config, log_classes: Iterable[LogClass], engines: Sequence[EngineConfig]) -> Config:
    """The configuration with these; a problem names an engine, not its place in a list that nobody sees."""

    def named(text: str) -> str:
        return re.sub(r"ENGINES\[(\d+)\]", lambda place: f"ENGINES.{engines[int(place[1])].name}", text)

    try:
        return with_parts(config, log_classes, engines)
    except ConfigError as error:
        raise ConfigError(
            Problem(named(each.path), named(each.wrong), each.right) for each in error.problems
        ) from error


def _found(known: dict[str, T], name: str, what: str) -> T:
    if name in known:
        return known[name]
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"there is: {', '.join(known) or 'none'}"
    raise NotFound(f"there is no {what} {name!r}", hint=hint)


def _noted(store: Store, events: list[tuple[str, Event]]) -> list[int]:
    with store.transaction():
        return [store.note_event(owner, event) for owner, event in events]


def _opened(store: Store, file: Config) -> Held:
    taken, at = store.taken(), now_us()
    if taken is None:
        taken = taken_from(file)
        with store.transaction():
            store.add_versions(file.log_classes, at, BY_FILE.name, Source.FILE)
            made = (
                EngineRecord(engine=each, created_at=at + place, source=Source.FILE)
                for place, each in enumerate(file.engines)
            )
            store.put_engines(made)  # a microsecond apart: the order of the file
            store.take(taken, at)
    records = {each.name: each for each in sorted(store.engines(), key=lambda each: each.created_at)}
    versions = {each.log_class.name: each for each in store.classes()}
    live = [each.engine for each in records.values() if each.deleted_at is None]
    config = with_parts(file, (each.log_class for each in versions.values()), live)
    return Held(config, taken, records, versions)


def _kept(store: Store, held: Held, wanted: Config, by: Author, taken: Taken | None) -> Held:
    """Keep what differs, in one transaction; the state to be."""
    at, before = now_us(), {each.name: each for each in held.config.engines}
    records, versions = dict(held.records), dict(held.versions)
    changed = [each for each in wanted.log_classes if each != held.config.classes.get(each.name)]
    names = {each.name for each in wanted.engines}
    for engine in wanted.engines:
        if engine.name not in before:
            records[engine.name] = EngineRecord(engine=engine, created_at=at, source=by.source)
        elif engine != before[engine.name]:
            records[engine.name] = records[engine.name].model_copy(update={"engine": engine})
    for name in before.keys() - names:
        records[name] = records[name].model_copy(update={"deleted_at": at})
    with store.transaction():
        for version in store.add_versions(changed, at, by.name, by.source):
            versions[version.log_class.name] = version
        for name in [name for name in versions if name not in wanted.classes]:
            store.remove_class(name)
            del versions[name]
        store.put_engines(record for name, record in records.items() if record != held.records.get(name))
        if taken is not None:
            store.take(taken, at)
    return Held(wanted, taken or held.taken, records, versions)
