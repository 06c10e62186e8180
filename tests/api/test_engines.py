"""Engines over the API: a real factory, real engines, and people of every role and scope before them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.permissions import Role
from api.scope import Scope
from tests.api.serving import Serving, serve, told, until
from tests.cli.engines import send
from tests.interfaces.serving import WORD, engine, resting
from tests.support_engine import numbered

API = "/api/v1"
SLOW_LINE = b"a" * 60
HOME = [{"name": "home", "address": "127.0.0.1"}, {"name": "rest", "address": "10.0.0.0/8"}]


async def stored(session: Any, count: int, name: str = "main") -> dict[str, Any]:
    """Wait until an engine has stored so many; its status."""
    seen: list[dict[str, Any]] = []

    async def has() -> bool:
        seen.append((await told(session.get(f"{API}/engines/{name}")))[1])
        return bool((seen[-1].get("ledger") or {}).get("stored") == count)

    await until(has, f"{name} has stored {count}")
    return seen[-1]


def test_a_life_of_an_engine(tmp_path: Path) -> None:
    """Created, listed, edited, paused, resumed, stopped, started, restarted, deleted; each change is in the audit."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        asked = engine("second", title="the routers", clients=HOME)
        status, made = await told(operator.post(f"{API}/engines", json={"engine": asked}))
        assert (201, "running", False) == (status, made["state"], made["continues"])
        assert HOME == [{"name": each["name"], "address": each["address"]} for each in made["settings"]["clients"]]
        _, listed = await told(operator.get(f"{API}/engines"))
        assert ["main", "second"] == [each["engine"] for each in listed]

        url = f"{API}/engines/second"
        changes = {"changes": {"title": "others", "workers": 2}}
        assert (200, {"live": ["title"], "restart": ["workers"]}) == await told(operator.patch(url, json=changes))
        effects = {"changes": {"workers": 1}}
        status, meant = await told(operator.post(f"{url}/effects", json=effects))
        assert (200, ["workers"]) == (status, meant["restart"] or meant["live"])
        assert "others" == (await told(operator.get(url)))[1]["title"]

        paused = await told(operator.post(f"{url}/pause", json={"reason": "maintenance"}))
        assert (200, {"state": "paused", "pause_reasons": ["maintenance"]}) == paused
        _, resumed = await told(operator.post(f"{url}/resume", json={"reason": "maintenance"}))
        assert [] == resumed["pause_reasons"]
        status, final = await told(operator.post(f"{url}/stop"))
        assert (200, 0) == (status, final["ledger"]["unexplained"])
        assert "running" == (await told(operator.post(f"{url}/start")))[1]["state"]
        status, again = await told(operator.post(f"{url}/restart"))
        assert (200, "running", []) == (status, again["state"], again["needs_restart"])
        events = (await told(operator.get(f"{url}/events")))[1]["events"]
        assert {"ready", "stopped", "paused", "resumed"} <= {each["event"] for each in events}

        status, refused = await told(operator.delete(url, params={"confirm": "main", "data": "keep"}))
        assert (400, "confirm") == (status, refused["field"])
        status, gone = await told(operator.delete(url, params={"confirm": "second", "data": "delete"}))
        assert (200, "second") == (status, gone["deleted"])
        assert gone["job"] in {each["id"] for each in (await told(operator.get(f"{API}/jobs")))[1]}
        assert 404 == (await told(operator.get(url)))[0]

        rows = await here.services.store.read("SELECT action, target, user_name, details FROM audit ORDER BY id")
        noted = [(row["action"], row["target"]) for row in rows if row["action"].startswith("engines.")]
        words = "create edit pause resume stop start restart delete delete"
        assert [(f"engines.{word}", "second") for word in words.split()] == noted
        assert "bad_request" in rows[-2]["details"] or "invalid" in rows[-2]["details"]

    serve(tmp_path, life, factory=True, engines=[resting()])


def test_a_test_line_and_what_became_of_it(tmp_path: Path) -> None:
    """One line is a row with its values; status and events say what happened, in pages."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        status, answer = await told(operator.post(f"{API}/engines/main/test-line", json={"line": "<14>number 42"}))
        assert (200, "42", 6) == (status, answer["row"]["number"], answer["row"]["severity"])
        seen = await stored(operator, 1)
        assert 1 == seen["ledger"]["received"]
        assert {"bridge", "receiver", "worker0", "writer"} == {each["role"] for each in seen["processes"]}
        assert ("number", 1) == (seen["fields"][0]["field"], seen["fields"][0]["hits"])
        status, refused = await told(operator.post(f"{API}/engines/main/fields/number/release"))
        assert (409, True) == (status, "not parked" in refused["message"])
        _, first = await told(operator.get(f"{API}/events", params={"limit": 1}))
        _, second = await told(operator.get(f"{API}/events", params={"limit": 1, "before": first["before"]}))
        assert first["before"] == first["events"][0]["id"] > second["events"][0]["id"]

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_what_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    """An unknown field, a wrong value and a port in use are refused with their field, by the API or by the factory."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        wrong = {"engine": {"name": "second", "class": "word", "port": 5140, "colour": "red"}}
        status, said = await told(operator.post(f"{API}/engines", json=wrong))
        assert (422, "body.engine.colour") == (status, said["field"])
        status, said = await told(operator.post(f"{API}/engines", json={"engine": engine("No")}))
        assert (400, "engine.name") == (status, said["field"])
        taken = engine("second", port=(await told(operator.get(f"{API}/engines")))[1][0]["port"])
        status, said = await told(operator.post(f"{API}/engines", json={"engine": taken}))
        assert (422, "config") == (status, said["code"])
        status, said = await told(operator.get(f"{API}/engines/nobody"))
        assert (404, "not_found") == (status, said["code"])
        status, said = await told(operator.post(f"{API}/engines/main/pause", json={}))
        assert (409, "refused") == (status, said["code"])

    serve(tmp_path, life, factory=True, engines=[resting()])


def test_who_sees_what(tmp_path: Path) -> None:
    """A scope shows its engines; of a client's engine its name, state and figures; all else is not there."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        port = (await told(viewer.get(f"{API}/engines")))[1][0]["port"]
        send(port, numbered(range(3)))
        status = await stored(viewer, 3)
        assert ["127.0.0.1"] == [each["address"] for each in status["senders"]]
        assert "refused_senders" not in status

        of_main = await here.as_role(Role.OPERATOR, Scope(engines=("main",)))
        assert ["main"] == [each["engine"] for each in (await told(of_main.get(f"{API}/engines")))[1]]
        others = (await told(of_main.get(f"{API}/events")))[1]["events"]
        assert {"main"} == {each["engine"] for each in others}
        for method, path in (
            ("GET", "/engines/side"),
            ("GET", "/engines/side/events"),
            ("POST", "/engines/side/stop"),
            ("GET", "/engines/sidf"),
        ):
            code, said = await told(of_main.request(method, API + path))
            assert (404, "not_found") == (code, said["code"])
            assert "main" not in str(said)
            assert said["hint"] is None
        for refused in (
            of_main.post(f"{API}/engines", json={"engine": engine("third")}),
            of_main.patch(f"{API}/engines/main", json={"changes": {"port": 5140}}),
            of_main.delete(f"{API}/engines/main", params={"confirm": "main", "data": "keep"}),
        ):
            assert 403 == (await told(refused))[0]
        assert 200 == (await told(of_main.patch(f"{API}/engines/main", json={"changes": {"title": "x"}})))[0]

        of_client = await here.as_role(Role.VIEWER, Scope(clients=("home",)))
        _, glimpses = await told(of_client.get(f"{API}/engines"))
        assert [{"engine", "state", "clients", "whole"}] == [set(each) for each in glimpses]
        _, glimpse = await told(of_client.get(f"{API}/engines/main"))
        assert {"engine": "main", "state": "running", "whole": False} == {
            name: part for name, part in glimpse.items() if name != "clients"
        }
        assert [("home", 3)] == [(each["name"], each["received"]) for each in glimpse["clients"]]
        assert 404 == (await told(of_client.get(f"{API}/engines/side")))[0]
        assert [] == (await told(of_client.get(f"{API}/events")))[1]["events"]

    serve(tmp_path, life, factory=True, engines=[engine(clients=HOME), resting("side")])


def test_a_parked_field_and_who_sees_its_line(tmp_path: Path) -> None:
    """A slow pattern is parked: viewers see why and no line of the log; health has it; it is released."""

    async def life(here: Serving) -> None:
        viewer, operator = await here.as_role(Role.VIEWER), await here.as_role(Role.OPERATOR)
        send((await told(viewer.get(f"{API}/engines/main")))[1]["port"], [SLOW_LINE])

        async def parked(session: Any) -> Any:
            fields = (await told(session.get(f"{API}/engines/main")))[1]["fields"]
            return next(each["parked"] for each in fields if each["field"] == "slow")

        await until(lambda: parked(viewer), "the field is parked")
        assert SLOW_LINE.decode() in (await parked(operator))["line"]
        for path in ("engines/main", "engines/main/events", "events", "system/health", "ledger"):
            async with viewer.get(f"{API}/{path}") as got:
                assert (200, False) == (got.status, SLOW_LINE.decode() in await got.text()), path
        _, health = await told(viewer.get(f"{API}/system/health"))
        assert "field_parked" in {each["code"] for each in health["findings"]}
        url = f"{API}/engines/main/fields/slow/release"
        assert 403 == (await told(viewer.post(url)))[0]
        assert (200, {"field": "slow"}) == await told(operator.post(url))
        assert await parked(operator) is None

    keys = {
        "ENGINE_CLASSES": {"word": {**WORD, "slow": "((?:a|aa)+)+(?=!)"}},
        "LIMITS": {"pattern_cpu_milliseconds": 200},
    }
    serve(tmp_path, life, factory=True, engines=[engine()], keys=keys)


def test_without_a_factory(tmp_path: Path) -> None:
    """Everything that needs it says so, with what to do: 503."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN)
        for path in ("engines", "engines/main", "classes", "jobs", "ledger", "days/forecast", "system/config"):
            status, said = await told(admin.get(f"{API}/{path}"))
            assert (503, "unavailable") == (status, said["code"]), path
            assert "syslogger run" in said["hint"]

    serve(tmp_path, life)
