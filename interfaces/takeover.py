"""The configuration file and the factory's own state: what a reload makes of both.

Pure: configurations in, a configuration and a line for each difference out. The state is a configuration itself, so
whatever an operator changes is held against every rule that a file is held against.

Rules
- The file is compared with what was last taken over from it. What did not change there is left alone, however much it
  was edited elsewhere; what changed there wins, of an engine each key by itself.
- A class that is gone from the file goes, unless an engine uses it; an engine that is gone from it stays.
- What is refused counts as not taken over, so the next reload speaks of it again. An engine that would not fit with the
  rest (its port is taken, its class is not here) is refused by itself, with all that the file changed of it; when
  nothing the file says of engines is to blame, the reload is refused whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from interfaces.records import Taken
from syslogger.changes import Effect, effect_of
from syslogger.config import Config, ConfigError, EngineConfig, LogClass, parse


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


_PARTS = ("log_classes", "engines")
_RESTARTS = {
    "fast_api_server_host": "the web server",
    "fast_api_server_port": "the web server",
    "root": "the factory: it then works in the other directory, and knows nothing of this one",
    "time_zone": "every engine",
    "token_expiration_minutes": "the web server",
    "download_token_expiration_minutes": "the web server",
    "allowed_origins": "the web server",
    "trusted_proxies": "the web server",
}
_LIVE = {"auto_delete_days", "space_percentage_to_stop", "delete_oldest_below_free_percentage"}


def taken_from(config: Config) -> Taken:
    """What a first start takes over."""
    return Taken(log_classes=config.log_classes, engines=config.engines)


def in_file_form(config: Config) -> dict[str, Any]:
    """A configuration in the form of GLOBAL_CONFIG.json, defaults filled in."""
    form = _in_form(config)
    engines = form.pop("ENGINES")
    del form["ENGINE_CLASSES"]
    classes = {each.name: {field.name: field.pattern for field in each.fields} for each in config.log_classes}
    return {**form, "ENGINE_CLASSES": classes, "ENGINES": engines}


def engine_in_file_form(engine: EngineConfig) -> dict[str, Any]:
    """An entry of ENGINES."""
    return _in_form(engine)


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

    Raises ConfigError when the keys beside classes and engines do not fit the state; then nothing is to be done.
    """
    classes = _Classes(taken, file, held)
    engines = _Engines(taken, file, held, gone, classes.refused)
    config = _fitted(file.model_copy(update={"root": held.root}), classes, engines)
    left = Taken(log_classes=tuple(classes.taken.values()), engines=tuple(engines.taken.values()))
    return Reload(config, left, (*classes.lines, *engines.lines(), *_other_keys(file, held)))


def _fitted(keys: Config, classes: _Classes, engines: _Engines) -> Config:
    """The state to be. Each round takes back what the file says of the engines that do not fit with the rest."""
    while True:
        # of two that collide the later one is found: that is to be one that the file changed
        order = engines.changed_last()
        try:
            config = with_parts(keys, classes.held.values(), order)
        except ConfigError as error:
            problems = {_engine_at(each.path, order): each for each in error.problems}
            wrong = problems.keys() & engines.changed()
            if not wrong:
                raise
            for name in wrong:
                engines.take_back(name, f"{_named(problems[name].wrong, order)}: {problems[name].right}")
            continue
        return config.model_copy(update={"engines": tuple(engines.held.values())})


_ENTRY = re.compile(r"ENGINES\[(\d+)\]")


def _engine_at(path: str, order: Sequence[EngineConfig]) -> str:
    entry = _ENTRY.match(path)
    return order[int(entry[1])].name if entry else ""


def _named(text: str, order: Sequence[EngineConfig]) -> str:
    """A message with the names of engines instead of places in a list that nobody sees."""
    return _ENTRY.sub(lambda entry: f"engine {order[int(entry[1])].name}", text)


class _Classes:
    """The classes after a reload: `held` is the state, `taken` what counts as taken over."""

    def __init__(self, taken: Taken, file: Config, held: Config) -> None:
        self.lines: list[Line] = []
        self.refused: set[str] = set()
        self.held = dict(held.classes)
        self.taken = {each.name: each for each in taken.log_classes}
        users = {each.class_name: each.name for each in held.engines}
        for name, log_class in file.classes.items():
            if log_class != self.taken.get(name):
                self._take(name, log_class)
            elif name not in self.held:
                why = "it was removed here, and is not made again before it changes in the file"
                self.lines.append(Line(f"ENGINE_CLASSES.{name}", Outcome.REPORTED, why))
        for name in [name for name in self.taken if name not in file.classes]:
            self._remove(name, users.get(name))

    def _take(self, name: str, log_class: LogClass) -> None:
        path, before = f"ENGINE_CLASSES.{name}", self.held.get(name)
        if name not in self.taken and before not in (None, log_class):
            why = "a class of this name was made here meanwhile: make both alike, or give one another name"
            self.lines.append(Line(path, Outcome.REFUSED, why))
            self.refused.add(name)
            return
        self.taken[name] = log_class
        if before != log_class:
            self.held[name] = log_class
            self.lines.append(Line(path, Outcome.APPLIED, "it is a new version of the class"))

    def _remove(self, name: str, user: str | None) -> None:
        path = f"ENGINE_CLASSES.{name}"
        if name in self.held and user is not None:
            why = f"engine {user} uses this class: delete the engine first, or put the class back into the file"
            self.lines.append(Line(path, Outcome.REFUSED, why))
            return
        del self.taken[name]
        if self.held.pop(name, None) is not None:
            self.lines.append(Line(path, Outcome.APPLIED, "the class is removed; its versions are kept"))


class _Engines:
    """The engines after a reload. refused: the classes that are not here what they are in the file."""

    def __init__(
        self, taken: Taken, file: Config, held: Config, gone: Mapping[str, str], refused: Collection[str]
    ) -> None:
        self._gone, self._refused = gone, refused
        self._told: dict[str, list[Line]] = {}
        self._reported: list[Line] = []
        self._taken_before = {each.name: each for each in taken.engines}
        self._held_before = {each.name: each for each in held.engines}
        self.taken, self.held = dict(self._taken_before), dict(self._held_before)
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

    def lines(self) -> list[Line]:
        """A line for each difference."""
        return [*(line for lines in self._told.values() for line in lines), *self._reported]

    def changed(self) -> set[str]:
        """The engines that are to be other than they were."""
        return {name for name, engine in self.held.items() if engine != self._held_before.get(name)}

    def changed_last(self) -> list[EngineConfig]:
        """The engines as they are to be, first those that are as they were."""
        changed = self.changed()
        return sorted(self.held.values(), key=lambda each: each.name in changed)

    def take_back(self, name: str, why: str) -> None:
        """Refuse all that the file says of an engine."""
        for now, before in ((self.held, self._held_before), (self.taken, self._taken_before)):
            if name in before:
                now[name] = before[name]
            else:
                del now[name]
        self._refuse(name, why)

    def _report(self, name: str, message: str) -> None:
        self._reported.append(Line(f"ENGINES.{name}", Outcome.REPORTED, message))

    def _refuse(self, name: str, message: str) -> None:
        self._told[name] = [Line(f"ENGINES.{name}", Outcome.REFUSED, message)]

    def _create(self, engine: EngineConfig) -> None:
        name, before = engine.name, self.held.get(engine.name)
        if before not in (None, engine):
            self._refuse(name, "an engine of this name was made here meanwhile: make both alike, or rename one")
        elif before is None and self._gone.get(name, engine.class_name) != engine.class_name:
            self._refuse(name, f"an engine of this name had class {self._gone[name]}, and the name keeps it: rename it")
        elif before is None and engine.class_name in self._refused:
            self._refuse(name, f"class {engine.class_name} is refused, and is another one here: make both alike first")
        else:
            self.taken[name] = engine
            if before is None:
                self.held[name] = engine
                more = ", and goes on with the folder of the deleted one" if name in self._gone else ""
                self._told[name] = [Line(f"ENGINES.{name}", Outcome.APPLIED, f"it is created{more}")]

    def _edit(self, before: EngineConfig, now: EngineConfig) -> None:
        name, taken, held, lines = now.name, before, self.held[now.name], []
        for key in type(now).model_fields:
            value = getattr(now, key)
            if value == getattr(before, key):
                continue
            shown = "class" if key == "class_name" else key
            path, effect = f"ENGINES.{name}.{shown}", effect_of(shown)
            if effect is Effect.FIXED:
                lines.append(Line(path, Outcome.REFUSED, "it is fixed for the life of an engine: create another"))
                continue
            taken = taken.model_copy(update={key: value})
            if getattr(held, key) != value:
                held = held.model_copy(update={key: value})
                lines.append(_applied(path, effect, f"engine {name}"))
        self.taken[name], self.held[name] = taken, held
        if lines:
            self._told[name] = lines


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
        else:
            effect = Effect.LIVE if name in _LIVE else Effect.RESTART
            lines.append(_applied(key, effect, _RESTARTS.get(name, "the factory")))
    return lines
