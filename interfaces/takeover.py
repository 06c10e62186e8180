"""The configuration file and the factory's own state: what a reload makes of both.

Pure: configurations in, a configuration and a line for each difference out. The state is a configuration itself, so
whatever an operator changes is held against every rule that a file is held against.

Rules
- The file is compared with what was last taken over from it. What did not change there is left alone, however much it
  was edited elsewhere; what changed there wins, of an engine each key by itself.
- A class that is gone from the file goes, unless an engine uses it; an engine that is gone from it stays.
- What is refused counts as not taken over, so the next reload speaks of it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from interfaces.records import Taken
from syslogger.changes import Effect, effect_of
from syslogger.config import Config, EngineConfig, LogClass, parse


class Outcome(StrEnum):
    """What became of a difference."""

    APPLIED = "applied"
    NEEDS_RESTART = "needs_restart"
    REFUSED = "refused"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: where in the file, what became of it, and a sentence."""

    path: str
    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True)
class Reload:
    """The state to be, what then counts as taken over, and a line for each difference."""

    config: Config
    taken: Taken
    lines: tuple[Line, ...]


_PARTS = {"log_classes", "engines"}
_RESTARTS = {
    "fast_api_server_port": "the web server",
    "interface_factory_port": "the factory",
    "root": "the factory: it then works in the other directory, and knows nothing of this one",
    "token_expiration_minutes": "the web server",
    "download_token_expiration_minutes": "the web server",
    "allowed_origins": "the web server",
}


def taken_from(config: Config) -> Taken:
    """What a first start takes over."""
    return Taken(log_classes=config.log_classes, engines=config.engines)


def in_file_form(config: Config) -> dict[str, Any]:
    """A configuration in the form of GLOBAL_CONFIG.json, defaults filled in."""
    form = _in_form(config)
    form["ENGINE_CLASSES"] = {
        each.name: {field.name: field.pattern for field in each.fields} for each in config.log_classes
    }
    return form


def _in_form(model: BaseModel) -> dict[str, Any]:
    return {
        str(field.validation_alias or name): _value(getattr(model, name))
        for name, field in type(model).model_fields.items()
    }


def _value(value: object) -> object:
    if isinstance(value, BaseModel):
        return _in_form(value)
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def with_parts(config: Config, log_classes: Iterable[LogClass], engines: Iterable[EngineConfig]) -> Config:
    """The configuration with other classes and engines. Raises ConfigError when they do not fit together."""
    wanted = config.model_copy(update={"log_classes": tuple(log_classes), "engines": tuple(engines)})
    return parse(json.dumps(in_file_form(wanted)).encode(), config.root)


def reload(taken: Taken, file: Config, held: Config, gone: Mapping[str, str]) -> Reload:
    """What the file as it is now makes of the state `held`. gone: deleted engines and the class of each.

    Raises ConfigError when the result does not fit together; then nothing is to be done.
    """
    lines: list[Line] = []
    classes = _Classes(taken, file, held, lines)
    engines = _Engines(taken, file, held, gone, lines)
    lines += _other_keys(file, held)
    in_force = file.model_copy(update={"root": held.root})
    config = with_parts(in_force, classes.held.values(), engines.held.values())
    left = Taken(log_classes=tuple(classes.taken.values()), engines=tuple(engines.taken.values()))
    return Reload(config, left, tuple(lines))


class _Classes:
    """The classes after a reload: `held` is the state, `taken` what counts as taken over."""

    def __init__(self, taken: Taken, file: Config, held: Config, lines: list[Line]) -> None:
        self._lines = lines
        self.held = dict(held.classes)
        self.taken = {each.name: each for each in taken.log_classes}
        users = {each.class_name: each.name for each in (*held.engines, *file.engines)}
        for name, log_class in file.classes.items():
            if log_class != self.taken.get(name):
                self._take(name, log_class)
        for name in [name for name in self.taken if name not in file.classes]:
            self._remove(name, users.get(name))

    def _take(self, name: str, log_class: LogClass) -> None:
        path, before = f"ENGINE_CLASSES.{name}", self.held.get(name)
        if name not in self.taken and before not in (None, log_class):
            why = "a class of this name was made here meanwhile: make both alike, or give one another name"
            self._lines.append(Line(path, Outcome.REFUSED, why))
            return
        self.taken[name] = log_class
        if before != log_class:
            self.held[name] = log_class
            self._lines.append(Line(path, Outcome.APPLIED, "it is a new version of the class"))

    def _remove(self, name: str, user: str | None) -> None:
        path = f"ENGINE_CLASSES.{name}"
        if name in self.held and user is not None:
            why = f"engine {user} uses this class: delete the engine first, or put the class back into the file"
            self._lines.append(Line(path, Outcome.REFUSED, why))
            return
        del self.taken[name]
        if self.held.pop(name, None) is not None:
            self._lines.append(Line(path, Outcome.APPLIED, "the class is removed; its versions are kept"))


class _Engines:
    """The engines after a reload."""

    def __init__(self, taken: Taken, file: Config, held: Config, gone: Mapping[str, str], lines: list[Line]) -> None:
        self._lines, self._gone = lines, gone
        self.held = {each.name: each for each in held.engines}
        self.taken = {each.name: each for each in taken.engines}
        listed = {each.name: each for each in file.engines}
        for name, engine in listed.items():
            if name not in self.taken:
                self._create(engine)
            elif name not in self.held:
                self._report(name, "it was deleted here, and is not made again because of the file")
            else:
                self._edit(self.taken[name], engine)
        for name in [name for name in self.taken if name not in listed]:
            if name in self.held:
                self._report(name, "it is gone from the file and stays: delete it here, or put it back into the file")
            else:
                del self.taken[name]

    def _report(self, name: str, message: str) -> None:
        self._lines.append(Line(f"ENGINES.{name}", Outcome.REPORTED, message))

    def _create(self, engine: EngineConfig) -> None:
        path, before = f"ENGINES.{engine.name}", self.held.get(engine.name)
        if before not in (None, engine):
            why = "an engine of this name was made here meanwhile: make both alike, or give one another name"
            self._lines.append(Line(path, Outcome.REFUSED, why))
        elif self._gone.get(engine.name, engine.class_name) != engine.class_name:
            why = (
                f"an engine of this name had class {self._gone[engine.name]}, and the name keeps it: take another name"
            )
            self._lines.append(Line(path, Outcome.REFUSED, why))
        else:
            self.taken[engine.name] = engine
            if before is None:
                self.held[engine.name] = engine
                more = ", and goes on with the folder of the deleted one" if engine.name in self._gone else ""
                self._lines.append(Line(path, Outcome.APPLIED, f"it is created{more}"))

    def _edit(self, before: EngineConfig, now: EngineConfig) -> None:
        taken, held = before, self.held[now.name]
        for key in type(now).model_fields:
            value = getattr(now, key)
            if value == getattr(before, key):
                continue
            shown = "class" if key == "class_name" else key
            path, effect = f"ENGINES.{now.name}.{shown}", effect_of(shown)
            if effect is Effect.FIXED:
                self._lines.append(Line(path, Outcome.REFUSED, "it is fixed for the life of an engine: create another"))
                continue
            taken = taken.model_copy(update={key: value})
            if getattr(held, key) != value:
                held = held.model_copy(update={key: value})
                self._lines.append(_applied(path, effect, f"engine {now.name}"))
        self.taken[now.name], self.held[now.name] = taken, held


def _applied(path: str, effect: Effect, of: str) -> Line:
    if effect is Effect.LIVE:
        return Line(path, Outcome.APPLIED, "it is in force")
    return Line(path, Outcome.NEEDS_RESTART, f"it comes into force with a restart of {of}")


def _other_keys(file: Config, held: Config) -> list[Line]:
    lines = []
    for name, field in Config.model_fields.items():
        value, before = getattr(file, name), getattr(held, name)
        if name in _PARTS or value == before:
            continue
        key = str(field.validation_alias or name)
        if isinstance(value, BaseModel):
            parts = [part for part in type(value).model_fields if getattr(value, part) != getattr(before, part)]
            lines += [_applied(f"{key}.{part}", effect_of(f"{key}.{part}"), "every engine") for part in parts]
        elif name in _RESTARTS:
            lines.append(_applied(key, Effect.RESTART, _RESTARTS[name]))
        else:
            lines.append(_applied(key, Effect.RESTART if name == "time_zone" else Effect.LIVE, "every engine"))
    return lines
