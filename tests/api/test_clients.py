"""Clients over the API: who may send, how much they do, and who sends without."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.client_rates import KEPT_SECONDS, MOST_ENGINES, ClientRates
from api.permissions import Role
from api.routers.clients import guessed
from api.scope import Scope
from tests.api.serving import Serving, serve, told, until
from tests.cli.engines import send
from tests.interfaces.serving import engine, resting
from tests.support_engine import Sender, numbered

URL = "/api/v1/engines/main/clients"
UNKNOWN = "/api/v1/engines/main/unknown-senders"
IGNORED = "/api/v1/engines/main/ignored-senders"
HOME = [{"name": "home", "address": "127.0.0.1"}]


def test_clients_come_and_go(tmp_path: Path) -> None:
    """Added, edited and removed, with a slash in the name, too; what is not there is 404, what collides is refused."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        status, clients = await told(operator.post(URL, json={"address": "10.20.0.0/16"}))
        assert (201, ["home", "10.20.0.0/16"]) == (status, [each["name"] for each in clients])
        renamed = {"address": "10.21.0.0/16", "name": "branch"}
        status, clients = await told(operator.put(URL, params={"client": "10.20.0.0/16"}, json=renamed))
        assert (200, ["home", "branch"]) == (status, [each["name"] for each in clients])
        assert 404 == (await told(operator.put(URL, params={"client": "nobody"}, json=renamed)))[0]
        status, said = await told(operator.post(URL, json=renamed))
        assert (422, "config") == (status, said["code"])
        status, said = await told(operator.post(URL, json={"address": "no address"}))
        assert (400, "client.address") == (status, said["field"])
        status, clients = await told(operator.delete(URL, params={"client": "branch"}))
        assert (200, ["home"]) == (status, [each["name"] for each in clients])
        actions = await here.services.store.read("SELECT action FROM audit WHERE action LIKE 'clients.%' ORDER BY id")
        words = ["add", "edit", "edit", "add", "add", "remove"]
        assert [f"clients.{word}" for word in words] == [row["action"] for row in actions]

    serve(tmp_path, life, factory=True, engines=[resting(clients=HOME)])


def test_what_clients_send(tmp_path: Path) -> None:
    """Messages, bytes and the last time since the start; a rate from the second look on."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        port = (await told(viewer.get("/api/v1/engines/main")))[1]["port"]
        send(port, numbered(range(5)))

        async def told_of(count: int) -> bool:
            _, (home,) = await told(viewer.get(URL))
            return bool(home["received"] == count and home["bytes"] > 0 and home["last_seen"] > 0)

        await until(lambda: told_of(5), "five are told")
        send(port, numbered(range(5, 9)))

        async def has_a_rate() -> bool:
            return bool((await told(viewer.get(URL)))[1][0]["per_second"])

        await until(has_a_rate, "there is a rate")
        other = await here.as_role(Role.VIEWER, Scope(clients=("elsewhere",)))
        assert 404 == (await told(other.get(URL)))[0]

    serve(tmp_path, life, factory=True, engines=[engine(clients=HOME)])


def test_unknown_senders(tmp_path: Path) -> None:
    """Shown with lines and a guess to operators without a scope, and to nobody else; allowed, or ignored."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        port = (await told(operator.get("/api/v1/engines/main")))[1]["port"]
        with Sender(port, "127.0.0.7") as seventh, Sender(port, "127.0.0.8") as eighth:
            for line in (b"<14>number 7", b"<14>number 7", b"<14>\xff\x1b[31m</script>"):
                seventh.send(line)
            eighth.send(b"<14>nothing of the kind")

        async def are_told() -> bool:
            return sum(int(each["refused"]) for each in (await told(operator.get(UNKNOWN)))[1]) == 4

        await until(are_told, "two unknown senders")
        found = {each["address"]: each for each in (await told(operator.get(UNKNOWN)))[1]}
        assert ("word", {"word": 0.5}) == (found["127.0.0.7"]["guessed_class"], found["127.0.0.7"]["hit_rates"])
        assert ["<14>number 7", "<14>\\xff\x1b[31m</script>"] == found["127.0.0.7"]["samples"]
        assert 0 < found["127.0.0.7"]["first_seen"] <= found["127.0.0.7"]["last_seen"]
        assert (None, 1) == (found["127.0.0.8"]["guessed_class"], found["127.0.0.8"]["refused"])
        viewer, scoped = await here.as_role(Role.VIEWER), await here.as_role(Role.OPERATOR, Scope(engines=("main",)))
        for other in (viewer, scoped):
            assert 403 == (await told(other.get(UNKNOWN)))[0] == (await told(other.get(IGNORED)))[0]
            async with other.get("/api/v1/engines/main") as got:
                assert "127.0.0.7" not in await got.text()

        status, ignored = await told(operator.post(f"{UNKNOWN}/ignore", json={"address": "127.0.0.8"}))
        assert (200, {"ignored": ["127.0.0.8"]}) == (status, ignored) == await told(operator.get(IGNORED))
        assert 404 == (await told(operator.get("/api/v1/engines/nobody/ignored-senders")))[0]
        status, clients = await told(operator.post(f"{UNKNOWN}/allow", json={"address": "127.0.0.7", "name": "seven"}))
        assert (200, "seven") == (status, clients[-1]["name"])
        assert (200, []) == await told(operator.get(UNKNOWN))
        await told(operator.post(f"{UNKNOWN}/ignore", json={"address": "127.0.0.8", "ignore": False}))
        assert (200, {"ignored": []}) == await told(operator.get(IGNORED))
        async with viewer.get("/api/v1/engines/main/events") as got:
            assert "127.0.0.8" not in await got.text()

    serve(tmp_path, life, factory=True, engines=[engine(clients=[{"address": "10.0.0.0/8"}])])


def test_rates_need_two_looks_of_one_run() -> None:
    """The first look has none, nor has one of a new run, of a new client, or after a minute; counts that fall are 0."""
    rates = ClientRates()
    assert {"home": None} == rates.seen("main", 1.0, 100.0, {"home": 10})
    assert {"home": None} == rates.seen("main", 1.0, 100.5, {"home": 15})
    assert {"home": 5.0, "new": None} == rates.seen("main", 1.0, 102.0, {"home": 20, "new": 3})
    assert {"home": 0.0} == rates.seen("main", 1.0, 103.0, {"home": 1})
    assert {"home": None} == rates.seen("main", 2.0, 104.0, {"home": 3})
    assert {"home": None} == rates.seen("main", 2.0, 105.0 + KEPT_SECONDS, {"home": 9})


def test_rates_remember_so_many_engines() -> None:
    """However many engines are looked at, the memory is bounded; the oldest are forgotten."""
    rates = ClientRates()
    for number in range(MOST_ENGINES + 1):
        rates.seen(f"engine{number}", 1.0, 1.0, {"home": 1})
    assert {"home": None} == rates.seen("engine0", 1.0, 3.0, {"home": 3})
    assert {"home": 1.0} == rates.seen(f"engine{MOST_ENGINES}", 1.0, 3.0, {"home": 3})


@pytest.mark.parametrize(
    ("rates", "best"), [({}, None), ({"a": 0.0, "b": None}, None), ({"a": 0.2, "b": 0.6, "c": 0.5}, "b")]
)
def test_the_guess_is_the_class_that_finds_most(rates: dict[str, float | None], best: str | None) -> None:
    """One that finds nothing is no guess."""
    assert best == guessed(rates)
