"""What a change of settings would mean, told beforehand: what applies while the engine runs, what needs a restart.

Pure: two settings in, one word out for each part that differs. The bridge obeys the same table, so what was told is
what happens.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from syslogger.errors import ConfigError, Problem

if TYPE_CHECKING:
    from pydantic import BaseModel

    from syslogger.config import EngineSettings


class Effect(StrEnum):
    """How a changed part comes into force."""

    LIVE = "live"
    RESTART = "restart"
    FIXED = "fixed"


_EFFECTS = {
    "name": Effect.FIXED,
    "class": Effect.FIXED,
    "root": Effect.FIXED,
    "title": Effect.LIVE,
    "clients": Effect.LIVE,
    "fields": Effect.LIVE,
    "keep_original": Effect.LIVE,
    "auto_delete_days": Effect.LIVE,
    "auto_delete_bytes": Effect.LIVE,
    "running": Effect.LIVE,
    "LIMITS": Effect.LIVE,
    "BATCHING.drain_seconds": Effect.LIVE,
}


def effects(old: EngineSettings, new: EngineSettings) -> dict[str, Effect]:
    """The parts that differ, under the names they have in the configuration, and how each comes into force."""
    before, after = _parts(old), _parts(new)
    return {name: effect_of(name) for name in before if before[name] != after[name]}


def effect_of(name: str) -> Effect:
    """How a part comes into force; what the table does not name needs a restart."""
    return _EFFECTS.get(name) or _EFFECTS.get(name.partition(".")[0]) or Effect.RESTART


def sorted_effects(old: EngineSettings, new: EngineSettings) -> dict[str, list[str]]:
    """The parts that differ, in the lists `live` and `restart`. Raises ConfigError for what is fixed for life."""
    found = effects(old, new)
    if fixed := [name for name, effect in found.items() if effect is Effect.FIXED]:
        right = "create another engine for that"
        raise ConfigError(Problem(name, "is fixed for the life of an engine", right) for name in fixed)
    return {str(each): [name for name in found if found[name] is each] for each in (Effect.LIVE, Effect.RESTART)}


def live_part(old: EngineSettings, new: EngineSettings) -> EngineSettings:
    """The old settings with everything of the new ones that applies while the engine runs."""
    found = effects(old, new)
    engine = {name: getattr(new.engine, name) for name in found if _is_live(name) and hasattr(new.engine, name)}
    batching = {"drain_seconds": new.batching.drain_seconds}
    return old.model_copy(
        update={
            "engine": old.engine.model_copy(update=engine),
            "log_class": new.log_class if old.log_class.name == new.log_class.name else old.log_class,
            "limits": new.limits,
            "batching": old.batching.model_copy(update=batching),
        }
    )


def _is_live(name: str) -> bool:
    return effect_of(name) is Effect.LIVE


def _parts(settings: EngineSettings) -> dict[str, object]:
    engine = {name: getattr(settings.engine, name) for name in type(settings.engine).model_fields}
    engine["class"] = engine.pop("class_name")
    return {
        **engine,
        "class": (engine["class"], settings.log_class.name),
        "fields": settings.log_class.fields,
        "root": settings.root,
        "TIME_ZONE": settings.time_zone,
        **_section("RECEIVE", settings.receive),
        **_section("BATCHING", settings.batching),
        **_section("LIMITS", settings.limits),
    }


def _section(name: str, model: BaseModel) -> dict[str, object]:
    return {f"{name}.{key}": getattr(model, key) for key in type(model).model_fields}
