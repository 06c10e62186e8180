"""The ledger over the API: totals that add up, history by step, and whose figures a scope shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.permissions import Role
from api.scope import Scope
from tests.api.serving import Serving, serve, told, until
from tests.api.test_engines import stored
from tests.cli.engines import send
from tests.interfaces.serving import engine
from tests.support_engine import Sender, numbered

API = "/api/v1/ledger"
HOME = [{"name": "home", "address": "127.0.0.1"}, {"name": "shed", "address": "127.0.0.2"}]


def test_totals_add_up(tmp_path: Path) -> None:
    """Each engine's ledger since its start and their sum; the ledger explains every message."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        for each, count in zip((await told(viewer.get("/api/v1/engines")))[1], (3, 4), strict=True):
            send(each["port"], numbered(range(count)))
            await stored(viewer, count, each["engine"])
        status, found = await told(viewer.get(API))
        assert (200, 7, 0) == (status, found["total"]["stored"], found["total"]["unexplained"])
        assert {"main": 3, "side": 4} == {each["engine"]: each["ledger"]["stored"] for each in found["engines"]}
        scoped = await here.as_role(Role.VIEWER, Scope(engines=("side",)))
        assert 4 == (await told(scoped.get(API)))[1]["total"]["stored"]
        of_client = await here.as_role(Role.VIEWER, Scope(clients=("home",)))
        _, nothing = await told(of_client.get(API))
        assert ([], 0) == (nothing["engines"], nothing["total"]["stored"])

    serve(tmp_path, life, factory=True, engines=[engine(), engine("side")])


def test_history_and_who_sees_it(tmp_path: Path) -> None:
    """By engine and by sender; an unknown sender for operators only; of clients the own and nothing of the rest."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        _, (main, side) = await told(operator.get("/api/v1/engines"))
        for source, count in (("127.0.0.1", 3), ("127.0.0.2", 2), ("127.0.0.9", 1)):
            with Sender(main["port"], source) as sender:
                for line in numbered(range(count)):
                    sender.send(line)
        send(side["port"], numbered(range(5)))
        await stored(operator, 5)
        await stored(operator, 5, "side")

        senders = {"by": "sender", "engine": "main"}

        async def is_booked() -> bool:
            return (
                sum(counts((await told(operator.get(f"{API}/history", params=senders)))[1], "received").values()) == 6
            )

        await until(is_booked, "the minutes are booked")
        status, found = await told(operator.get(f"{API}/history", params={"step": "1h", "since": "-2h"}))
        assert (200, "1h") == (status, found["step"])
        assert {"word/main": 5, "word/side": 5} == {
            each["engine"]: sum(each["counts"]["stored"]) for each in found["series"]
        }
        assert {len(found["starts"])} == {len(each["counts"]["stored"]) for each in found["series"]}
        _, found = await told(operator.get(f"{API}/history", params=senders))
        assert {"127.0.0.1": 3, "127.0.0.2": 2, "127.0.0.9": 1} == counts(found, "received")
        _, found = await told(operator.get(f"{API}/history", params={**senders, "top": 1}))
        assert ["127.0.0.1"] == [each["sender"] for each in found["series"] if each["sender"]]

        viewer = await here.as_role(Role.VIEWER)
        _, found = await told(viewer.get(f"{API}/history", params=senders))
        assert {"127.0.0.1": 3, "127.0.0.2": 2} == counts(found, "received")
        of_client = await here.as_role(Role.VIEWER, Scope(clients=("shed",)))
        _, found = await told(of_client.get(f"{API}/history", params={"by": "sender", "top": 1}))
        assert {"127.0.0.2": 2} == counts(found, "received")
        assert [("word/main", "shed")] == [(each["engine"], each["client"]) for each in found["series"]]
        assert ({}, 0) == (found["searched"]["damaged"], found["searched"]["partitions"])
        of_side = await here.as_role(Role.VIEWER, Scope(engines=("side",)))
        _, found = await told(of_side.get(f"{API}/history"))
        assert ["word/side"] == [each["engine"] for each in found["series"]]
        for session, params in (
            (of_client, {}),
            (of_side, {"engine": "main"}),
            (of_client, {**senders, "engine": "side"}),
        ):
            assert 404 == (await told(session.get(f"{API}/history", params=params)))[0]

    serve(tmp_path, life, factory=True, engines=[engine(clients=HOME), engine("side")])


def counts(found: dict[str, Any], name: str) -> dict[str, int]:
    """The sums of a count by sender, but for those that are shown together and have none."""
    return {each["sender"]: sum(each["counts"][name]) for each in found["series"] if sum(each["counts"][name])}


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    """A time zone, a step or a time that there is not is refused in our form, also one that looks like a path."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        for params, status in (
            ({"time_zone": "../../etc/passwd"}, 400),
            ({"time_zone": "Mars/Olympus"}, 400),
            ({"step": "7 parsecs"}, 422),
            ({"since": "'; DROP TABLE ledger; --"}, 400),
            ({"by": "colour"}, 422),
            ({"top": "0"}, 422),
        ):
            assert status == (await told(viewer.get(f"{API}/history", params=params)))[0], params

    serve(tmp_path, life)
