"""Operations on classes: look, validate, try, change, roll back, remove."""

from __future__ import annotations

from typing import Any

from interfaces import requests as ask
from interfaces.errors import NotFound, Refused
from interfaces.records import ClassVersion
from interfaces.registry import Author, Registry
from interfaces.store import Store
from interfaces.takeover import with_parts
from interfaces.trial import TRIAL_SECONDS, tried
from syslogger.config import LogClass
from syslogger.events import EventKind

Answer = dict[str, Any]


class ClassService:
    """Answers `classes.*`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def every(self, _: ask.Request, __: Author) -> list[Answer]:
        """Every class as it is, with the engines that use it."""
        return [_shown(each) | {"engines": self._users(name)} for name, each in self._registry.held.versions.items()]

    async def get(self, asked: ask.GetClass, _: Author) -> Answer:
        """A class as it is or was."""
        newest = self._registry.version(asked.name)
        return _shown(newest if asked.version is None else await self._version(asked.name, asked.version))

    async def versions(self, asked: ask.OfClass, _: Author) -> list[Answer]:
        """Every version, oldest first; of a removed class, too."""
        return [_shown(each) for each in await self._versions(asked.name)]

    async def validate(self, asked: ask.WholeClass, _: Author) -> Answer:
        """Whether it could be used as it is here. Raises ConfigError with every problem."""
        held = self._registry.with_class(asked.log_class)
        newest = self._registry.held.versions.get(asked.log_class.name)
        changes = newest is None or newest.log_class != held.classes[asked.log_class.name]
        return {"columns": [name for name, _ in asked.log_class.columns], "changes": changes}

    async def try_out(self, asked: ask.TryClass, _: Author) -> Answer:
        """What it makes of lines, in a child that is killed if it takes too long."""
        results = await tried([asked.log_class], asked.lines, measure=True)
        if not results:
            hint = "simplify the pattern (nested repetitions are the usual reason), or try fewer lines"
            raise Refused(f"it took longer than {TRIAL_SECONDS} seconds", field="class", hint=hint)
        return results[0]

    async def change(self, asked: ask.WholeClass, by: Author) -> Answer:
        """A new class, or a new version of one."""
        async with self._registry.editing:
            return await self._use(asked.log_class, by)

    async def rollback(self, asked: ask.RollBackClass, by: Author) -> Answer:
        """The patterns of an earlier version, as the newest one."""
        async with self._registry.editing:
            newest, earlier = self._registry.version(asked.name), await self._version(asked.name, asked.version)
            if newest.log_class == earlier.log_class:
                hint = f"version {newest.version} has the same patterns: nothing is to be done"
                raise Refused(f"class {asked.name} is as it was in version {asked.version}", field="version", hint=hint)
            answer = await self._use(earlier.log_class, by)
        told = f"class {asked.name} went back to version {asked.version}, by {by.name}"
        self._registry.note("", EventKind.CLASS_ROLLED_BACK, told, name=asked.name, version=asked.version)
        return answer

    async def remove(self, asked: ask.OfClass, by: Author) -> Answer:
        """One that no engine uses."""
        registry = self._registry
        async with registry.editing:
            registry.version(asked.name)
            if users := self._users(asked.name):
                hint = f"delete {', '.join(users)} first"
                raise Refused(f"class {asked.name} is used", field="name", hint=hint)
            left = [each for each in registry.held.config.log_classes if each.name != asked.name]
            await registry.apply(with_parts(registry.held.config, left, registry.held.config.engines), by)
        return {"name": asked.name}

    async def _use(self, log_class: LogClass, by: Author) -> Answer:
        applied = await self._registry.apply(self._registry.with_class(log_class), by)
        return _shown(self._registry.version(log_class.name)) | {"engines": sorted(applied)}

    def _users(self, name: str) -> list[str]:
        return [each.name for each in self._registry.held.config.engines if each.class_name == name]

    async def _versions(self, name: str) -> list[ClassVersion]:
        def read(store: Store) -> list[ClassVersion]:
            return store.versions(name)

        found = await self._registry.in_store(read)
        if not found:
            self._registry.version(name)
        return found

    async def _version(self, name: str, number: int) -> ClassVersion:
        versions = await self._versions(name)
        for version in versions:
            if version.version == number:
                return version
        hint = f"there are 1 to {len(versions)}"
        raise NotFound(f"class {name} has no version {number}", field="version", hint=hint)


def _shown(version: ClassVersion) -> Answer:
    return {
        "name": version.log_class.name,
        "version": version.version,
        "digest": version.digest,
        "at": version.at,
        "author": version.author,
        "source": version.source,
        "fields": {field.name: field.pattern for field in version.log_class.fields},
        "columns": [name for name, _ in version.log_class.columns],
    }
