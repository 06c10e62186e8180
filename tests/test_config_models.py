"""What a configuration becomes: frozen models, digests, settings without a file, and the zone of the system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from syslogger import config
from syslogger.config import (
    DEFAULT_CLIENTS,
    BatchingConfig,
    ClientConfig,
    Config,
    ConfigError,
    EngineSettings,
    Field,
    LogClass,
    ReceiveConfig,
)

SHIPPED = Path(__file__).resolve().parents[1] / "GLOBAL_CONFIG.json"


def loaded(text: str) -> Config:
    """The configuration of a file with this text."""
    return config.parse(text.encode(), Path("/etc/syslogger"))


def mikrotik() -> LogClass:
    """The shipped class."""
    return config.load(SHIPPED).classes["mikrotik"]


def test_a_digest_names_what_runs() -> None:
    """The digest is the same for two spellings of one configuration and another for any change, order included."""
    one = loaded('{"ENGINE_CLASSES": {"a": {"x": "(1)", "y": "(2)"}}, "AUTO_DELETE_DAYS": 180}')
    same = loaded('{ "AUTO_DELETE_DAYS": 180, "ENGINE_CLASSES": {"a": {"x": "(1)", "y": "(2)"}}, "ENGINES": [] }')
    turned = loaded('{"ENGINE_CLASSES": {"a": {"y": "(2)", "x": "(1)"}}}')
    older = loaded('{"ENGINE_CLASSES": {"a": {"x": "(1)", "y": "(2)"}}, "AUTO_DELETE_DAYS": 181}')

    assert one.digest == same.digest
    assert len({one.digest, turned.digest, older.digest}) == 3
    assert one.classes["a"].digest == older.classes["a"].digest != turned.classes["a"].digest


def test_a_configuration_is_frozen() -> None:
    """Nothing of a loaded configuration can be changed, and it can be a key."""
    found = config.load(SHIPPED)
    classes: Any = found.classes

    with pytest.raises(ValidationError):
        found.engines[0].port = 1
    with pytest.raises(TypeError):
        classes["other"] = found.classes["mikrotik"]
    assert {found: 1}[config.load(SHIPPED)] == 1


def test_settings_are_built_under_the_same_checks(tmp_path: Path) -> None:
    """What the command line hands over is checked like a file, and the paths name its parameters."""
    with pytest.raises(ConfigError) as caught:
        EngineSettings.build(
            name="m",
            log_class=mikrotik(),
            port=65536,
            root=tmp_path,
            addresses=["::", "::1"],
            allow=["10.0.0.1/8", "1.1.1.1", "1.1.1.1/32"],
            workers=0,
            time_zone="Europe",
        )

    assert sorted(problem.path for problem in caught.value.problems) == [
        "addresses[1]",
        "allow[0]",
        "allow[2]",
        "name",
        "port",
        "time_zone",
        "workers",
    ]


def test_settings_are_built_with_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without more than a name, a class, a port and a folder everything else has its default; port 0 is allowed."""
    monkeypatch.chdir(tmp_path)
    settings = EngineSettings.build(name="main", log_class=mikrotik(), port=0, root=Path("data"))

    assert settings.folder == tmp_path / "data" / "mikrotik" / "main"
    assert settings.engine.clients == DEFAULT_CLIENTS
    assert settings.engine.class_name == "mikrotik"
    assert settings.time_zone == config.system_time_zone()
    assert (settings.receive, settings.batching) == (ReceiveConfig(), BatchingConfig())
    assert EngineSettings.model_validate_json(settings.model_dump_json()) == settings


def test_settings_keep_what_they_are_given(tmp_path: Path) -> None:
    """Ranges become clients named by their text, and other settings than the default arrive."""
    settings = EngineSettings.build(
        name="main",
        log_class=mikrotik(),
        port=5140,
        root=tmp_path,
        addresses=["127.0.0.1"],
        allow=["10.*"],
        workers=3,
        keep_original=False,
        time_zone="Asia/Kathmandu",
        receive=ReceiveConfig(sockets=2),
        batching=BatchingConfig(ring_slots=4),
    )

    assert settings.engine.clients == (ClientConfig(name="10.*", address="10.*"),)
    assert (settings.engine.addresses, settings.engine.workers) == (("127.0.0.1",), 3)
    assert (settings.engine.keep_original, settings.time_zone) == (False, "Asia/Kathmandu")
    assert (settings.receive.sockets, settings.batching.ring_slots) == (2, 4)
    assert settings.digest != settings.model_copy(update={"time_zone": "UTC"}).digest


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ((("time", "(x)"),), "call the field 'mine_time'"),
        ((("a_ip", "(x)"), ("a_port", "(x)")), "already makes a column"),
        (tuple((f"f{i}", "(x)") for i in range(201)), "at most 200 fields"),
        ((("a{b}", "(x)"),), "is not a name"),
    ],
)
def test_a_class_made_by_hand_is_checked_too(fields: tuple[tuple[str, str], ...], hint: str) -> None:
    """The library cannot make a class that no file could have."""
    with pytest.raises(ValueError, match=hint):
        LogClass(name="mine", fields=tuple(Field(name=name, pattern=pattern) for name, pattern in fields))


@pytest.mark.parametrize(
    ("variable", "timezone", "localtime", "expected"),
    [
        ("Asia/Tokyo", "Europe/Berlin\n", "Europe/Rome", "Asia/Tokyo"),
        (":Asia/Tokyo", None, None, "Asia/Tokyo"),
        (":/usr/share/zoneinfo/Asia/Tokyo", None, None, "Asia/Tokyo"),
        ("CET-1CEST", "Europe/Berlin\n", "Europe/Rome", "Europe/Berlin"),
        ("", "Europe/Berlin\n# chosen by hand\n", None, "Europe/Berlin"),
        ("", "Nowhere/Land\n", "Europe/Rome", "Europe/Rome"),
        ("", "", "Europe/Rome", "Europe/Rome"),
        ("", None, "Europe/Rome", "Europe/Rome"),
        ("", None, None, "UTC"),
    ],
)
def test_the_zone_of_the_system_is_found(
    variable: str, timezone: str | None, localtime: str | None, expected: str, tmp_path: Path
) -> None:
    """TZ goes before /etc/timezone and that before /etc/localtime; what names no zone is passed over; UTC is last."""
    if timezone is not None:
        (tmp_path / "timezone").write_text(timezone)
    if localtime is not None:
        (tmp_path / "localtime").symlink_to(f"/usr/share/zoneinfo/{localtime}")

    assert config.system_time_zone({"TZ": variable}, tmp_path) == expected
    assert timezone is not None or variable or config.system_time_zone({}, tmp_path) == expected
