"""What a change would mean, and that what applies while running is exactly what the table says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from syslogger.changes import Effect, effects, live_part
from syslogger.config import BatchingConfig, ClientConfig, EngineLimits, EngineSettings, Field, LogClass, ReceiveConfig

ONE = LogClass(name="one", fields=(Field(name="a", pattern="(a)"),))
TWO = LogClass(name="one", fields=(Field(name="a", pattern="(b)"),))
OTHER = LogClass(name="other", fields=ONE.fields)
NOBODY: tuple[ClientConfig, ...] = ()


def built(**options: Any) -> EngineSettings:
    """Settings that differ from the plain ones in these options."""
    plain: dict[str, Any] = {"name": "main", "log_class": ONE, "port": 5140, "root": Path("/data"), "time_zone": "UTC"}
    return EngineSettings.build(**plain | options)


def edited(**options: Any) -> EngineSettings:
    """Plain settings with these options of the engine."""
    plain = built()
    return plain.model_copy(update={"engine": plain.engine.model_copy(update=options)})


CHANGES = [
    (edited(title="Routers"), {"title": Effect.LIVE}),
    (edited(clients=NOBODY), {"clients": Effect.LIVE}),
    (edited(auto_delete_days=9), {"auto_delete_days": Effect.LIVE}),
    (edited(auto_delete_bytes=1 << 30), {"auto_delete_bytes": Effect.LIVE}),
    (edited(running=False), {"running": Effect.LIVE}),
    (built(keep_original=False), {"keep_original": Effect.LIVE}),
    (built(log_class=TWO), {"fields": Effect.LIVE}),
    (built(limits=EngineLimits(pattern_cpu_milliseconds=50)), {"LIMITS.pattern_cpu_milliseconds": Effect.LIVE}),
    (built(limits=EngineLimits(space_percentage_to_stop=5)), {"LIMITS.space_percentage_to_stop": Effect.LIVE}),
    (built(batching=BatchingConfig(drain_seconds=5)), {"BATCHING.drain_seconds": Effect.LIVE}),
    (built(batching=BatchingConfig(ring_slots=5)), {"BATCHING.ring_slots": Effect.RESTART}),
    (built(receive=ReceiveConfig(sockets=2)), {"RECEIVE.sockets": Effect.RESTART}),
    (built(port=5141), {"port": Effect.RESTART}),
    (built(workers=3), {"workers": Effect.RESTART}),
    (built(addresses=["127.0.0.1"]), {"addresses": Effect.RESTART}),
    (built(time_zone="Europe/Berlin"), {"TIME_ZONE": Effect.RESTART}),
    (built(name="other"), {"name": Effect.FIXED}),
    (built(log_class=OTHER), {"class": Effect.FIXED}),
    (built(root=Path("/other")), {"root": Effect.FIXED}),
]


@pytest.mark.parametrize(
    ("new", "expected"), CHANGES, ids=lambda value: "+".join(value) if isinstance(value, dict) else ""
)
def test_each_part_has_its_effect(new: EngineSettings, expected: dict[str, Effect]) -> None:
    """A part that differs is named as the configuration names it, with the way it comes into force."""
    assert effects(built(), new) == expected


@pytest.mark.parametrize(
    ("new", "expected"), CHANGES, ids=lambda value: "+".join(value) if isinstance(value, dict) else ""
)
def test_the_live_part_is_what_the_table_calls_live(new: EngineSettings, expected: dict[str, Effect]) -> None:
    """Taking the live part over leaves nothing live to change, and touches nothing else."""
    after = live_part(built(), new)

    assert effects(after, new) == {part: effect for part, effect in expected.items() if effect is not Effect.LIVE}
    assert effects(built(), after).keys() == {part for part, effect in expected.items() if effect is Effect.LIVE}


def test_nothing_differs_from_itself() -> None:
    """The same settings have no effect."""
    assert effects(built(), built()) == {}
    assert live_part(built(), built()) == built()
