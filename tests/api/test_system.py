"""The system over the API: the machine, the product, health, configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psutil
import pytest

from api.health_findings import Finding, Seen, Severity, findings
from api.host import cpu_model, disks, mount_of
from api.licences import licences
from api.permissions import Role
from api.scope import Scope
from syslogger.query.answers import DayRow
from tests.api.serving import Serving, serve, told
from tests.interfaces.serving import engine, resting

API = "/api/v1/system"


def test_the_product_for_everyone(tmp_path: Path) -> None:
    """Version, time zone and licences, also with a scope and without a factory; the machine is not for a scope."""

    async def life(here: Serving) -> None:
        scoped = await here.as_role(Role.VIEWER, Scope(clients=("home",)))
        status, about = await told(scoped.get(f"{API}/about"))
        assert (200, "Syslogger", "UTC") == (status, about["name"], about["time_zone"])
        _, found = await told(scoped.get(f"{API}/licences"))
        assert {"fastapi", "psutil", "syslogger"} <= {each["name"] for each in found}
        for path in ("host", "health", "processes", "config"):
            assert 403 == (await told(scoped.get(f"{API}/{path}")))[0]
        assert 401 == (await told(here.client().get(f"{API}/about")))[0]
        _, health = await told((await here.as_role(Role.VIEWER)).get(f"{API}/health"))
        assert ("error", ["factory_down"]) == (health["worst"], [each["code"] for each in health["findings"]])

    serve(tmp_path, life)


def test_the_machine_and_health(tmp_path: Path) -> None:
    """Processor, memory and disks with our share; a failed engine and a buffer that was cut are findings with a fix."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        status, host = await told(viewer.get(f"{API}/host"))
        assert (200, psutil.cpu_count(), 3) == (status, host["cores"], len(host["load"]))
        assert 0 < host["memory"]["ours_bytes"] < host["memory"]["total_bytes"] == psutil.virtual_memory().total
        data = [each for each in host["disks"] if each["is_data"]]
        assert [mount_of(here.root)] == [each["mount"] for each in data]
        assert data[0]["ours_bytes"] > 0
        roles = {each["role"] for each in (await told(viewer.get(f"{API}/processes")))[1]}
        assert {"factory", "keeper", "bridge", "writer"} <= roles

        status, health = await told(viewer.get(f"{API}/health"))
        found = {(each["code"], each["engine"]) for each in health["findings"]}
        assert 200 == status
        assert not found - {
            ("receive_buffer", "main"),
            ("disk_near_full", ""),
            ("disk_full", ""),
            ("disk_forecast", ""),
        }

    serve(tmp_path, life, factory=True, engines=[engine(), resting("side")])


def test_configuration_shown_checked_and_reloaded(tmp_path: Path) -> None:
    """The state in the form of the file; a text with its problems; a reload by admins, noted."""

    async def life(here: Serving) -> None:
        operator, admin = await here.as_role(Role.OPERATOR), await here.as_role(Role.ADMIN)
        status, shown = await told(operator.get(f"{API}/config"))
        assert (200, ["main"]) == (status, [each["name"] for each in shown["config"]["ENGINES"]])
        text = json.dumps(shown["config"])
        secrets = [path.read_text().strip() for path in (here.root / "_control").iterdir() if path.suffix == ".token"]
        assert secrets
        assert not [secret for secret in secrets if secret in text]
        checked = await told(operator.post(f"{API}/config/validate", json={"text": text}))
        assert (200, {"valid": True, "problems": []}) == checked
        wrong = {"text": '{"ENGINE_CLASSES": {"word": {"number": "("}}, "PORT": 1}'}
        status, checked = await told(operator.post(f"{API}/config/validate", json=wrong))
        assert (200, False) == (status, checked["valid"])
        assert {"ENGINE_CLASSES.word.number", "PORT"} == {each["path"] for each in checked["problems"]}
        for text in ("", "[" * 100_000, "\x00", "null"):
            status, checked = await told(operator.post(f"{API}/config/validate", json={"text": text}))
            assert (200, False) == (status, checked["valid"])

        file = tmp_path / "GLOBAL_CONFIG.json"
        changed = json.loads(file.read_text())
        changed["ENGINES"][0]["title"] = "the routers"
        file.write_text(json.dumps(changed))
        assert 403 == (await told(operator.post(f"{API}/config/reload")))[0]
        status, lines = await told(admin.post(f"{API}/config/reload"))
        assert (200, ["applied"]) == (status, [each["outcome"] for each in lines])
        assert "the routers" == (await told(admin.get("/api/v1/engines")))[1][0]["title"]
        rows = await here.services.store.read("SELECT user_name FROM audit WHERE action = 'config.reload'")
        assert 1 == len(rows)

    serve(tmp_path, life, factory=True, engines=[resting()])


# -- findings ----------------------------------------------------------------------------------------------------------

NOW = 1_795_000_000.0
WELL: dict[str, Any] = {"state": "running", "why": "", "wanted": "running", "needs_restart": [], "port": 5140}


def codes(**seen: Any) -> list[tuple[str, Severity]]:
    """The codes of what is found, and how bad each is."""
    found = findings(Seen(now=NOW, **{"engines": status(), **seen}))
    assert all(each.fix and each.message for each in found)
    return [(each.code, each.severity) for each in found]


def status(**more: Any) -> dict[str, Any]:
    """A status of `main` that is well but for this."""
    return {"main": {**WELL, **more}}


BUFFER = {"advice": "sysctl -w net.core.rmem_max=67108864", "asked_bytes": 67_108_864, "granted_bytes": 425_984}
PARKED = {"pattern": "(a+)+", "since": 1.0, "why": "its pattern took too long", "line": "a secret"}


@pytest.mark.parametrize(
    ("engines", "code"),
    [
        (status(), None),
        (status(state="failed", why="the port is taken"), "engine_failed"),
        (status(state="degraded", why="the disk refuses"), "engine_degraded"),
        (status(state="paused", why="maintenance"), "engine_paused"),
        (status(state="stopped"), "engine_stopped"),
        (status(state="stopped", wanted="stopped"), None),
        ({}, "no_engine"),
        (status(needs_restart=["port"]), "needs_restart"),
        (status(ledger={"unexplained": 3}), "unexplained"),
        (status(buffer=BUFFER), "receive_buffer"),
        (status(fields=[{"field": "user", "parked": PARKED}]), "field_parked"),
        (
            status(clients=[{"name": "a", "address": "10.0.0.1", "last_seen": int((NOW - 7_200) * 1e6)}]),
            "client_silent",
        ),
        (status(clients=[{"name": "a", "address": "10.0.0.1", "last_seen": int((NOW - 60) * 1e6)}]), None),
        (status(clients=[{"name": "a", "address": "10.0.0.1", "last_seen": 0}]), None),
    ],
)
def test_what_is_found_of_an_engine(engines: dict[str, Any], code: str | None) -> None:
    """Each trouble has its code; an engine that is well, or rests because it shall, has none."""
    assert [code] * bool(code) == [found for found, _ in codes(engines=engines)]


def test_the_fix_is_a_command() -> None:
    """A buffer that was cut is told with the line for now and the line for ever, and no finding shows a log's line."""
    engines = status(buffer=BUFFER, fields=[{"field": "user", "parked": PARKED}])
    found = findings(Seen(now=NOW, engines=engines))
    told_of = next(each for each in found if each.code == "receive_buffer")
    assert "sysctl -w net.core.rmem_max=67108864" in told_of.fix
    assert "`net.core.rmem_max=67108864` in /etc/sysctl.d" in told_of.fix
    assert "a secret" not in str(found)


@pytest.mark.parametrize(
    ("used_percent", "stop", "expected"),
    [(50, 90, []), (86, 90, ["disk_near_full"]), (91, 90, ["disk_full"]), (99, 100, [])],
)
def test_what_is_found_of_the_disk(used_percent: int, stop: int, expected: list[str]) -> None:
    """Five points before storing stops it is time to act; a limit of 100 is none."""
    forecast = {"free_bytes": 100 - used_percent, "total_bytes": 100, "stops_in_days": None, "full_in_days": None}
    found = codes(forecast=forecast, settings={"SPACE_PERCENTAGE_TO_STOP": stop})
    assert expected == [code for code, _ in found]


def test_what_is_found_of_the_future_the_clock_and_days() -> None:
    """A disk that is full within a week, a clock in doubt, a keeper that is gone, a failed job, a damaged day."""
    soon = {"stops_in_days": 3, "stops_on": "2026-11-24", "full_in_days": 8, "full_on": "2026-11-29"}
    assert [("disk_forecast", Severity.WARNING)] == codes(forecast=soon)
    assert [] == codes(forecast={**soon, "stops_in_days": 30})
    assert [("clock_in_doubt", Severity.WARNING)] == codes(keeper={"pid": 1, "waits": "it jumped", "jobs": []})
    assert [("keeper_down", Severity.ERROR)] == codes(keeper={"pid": None, "why": "it cannot start"})
    failed = {"kind": "retention", "state": "failed", "message": "no space"}
    assert [("job_failed", Severity.WARNING)] == codes(keeper={"pid": 1, "waits": "", "jobs": [failed]})
    day = {"name": "word.main.2026-11-18", "class_name": "word", "engine": "main", "day": "2026-11-18", "rows": 0}
    damaged = DayRow.model_validate({**day, "state": "damaged", "bytes": 9, "least": None, "greatest": None})
    assert [("day_damaged", Severity.ERROR)] == codes(days=[damaged])


def test_the_worst_comes_first() -> None:
    """Lost datagrams before what may wait."""
    found = codes(engines=status(needs_restart=["port"], buffer=BUFFER), dropped={"main": 5})
    assert ["kernel_drops", "receive_buffer", "needs_restart"] == [code for code, _ in found]
    assert list(Severity) == [severity for _, severity in found]


def test_a_finding_is_its_words() -> None:
    """What crosses to the page has exactly these keys."""
    assert {"code", "severity", "engine", "message", "fix"} == Finding.model_fields.keys()


# -- the machine -------------------------------------------------------------------------------------------------------


def test_the_processor_has_a_name(tmp_path: Path) -> None:
    """The kernel's, that of the board, or the architecture where there is neither."""
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: Fast One\nprocessor\t: 1\nmodel name\t: Fast One\n")
    assert "Fast One" == cpu_model(info)
    info.write_text("Hardware\t: Board 2\n")
    assert "Board 2" == cpu_model(info)
    assert cpu_model(tmp_path / "none")


def test_the_data_directory_has_a_disk(tmp_path: Path) -> None:
    """Its file system is the first of the list, each is there once, and only it has a share of ours."""
    found = disks(tmp_path / "not" / "there" / "yet", 7)
    assert [True] + [False] * (len(found) - 1) == [each.is_data for each in found]
    assert [7] + [None] * (len(found) - 1) == [each.ours_bytes for each in found]
    assert len(found) == len({each.mount for each in found})


def test_every_licence_is_named() -> None:
    """No distribution of ours is without a word on its licence, and none is a tool of development only."""
    found = {each.name: each.licence for each in licences()}
    assert "MIT" == found["syslogger"]
    assert all(found.values())
    assert not {"pytest", "mypy", "schemathesis"} & found.keys()
