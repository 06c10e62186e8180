"""Stored days over the API: partitions, states, the forecast, and what a scope leaves of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from api.permissions import Role
from api.scope import Scope
from tests.api.serving import Serving, serve, told
from tests.api.test_engines import stored
from tests.cli.engines import send
from tests.interfaces.serving import engine
from tests.keeping import make_day
from tests.support_engine import numbered

API = "/api/v1/days"
OTHERS = ("word/main", "word/side")


def test_days_with_rows_bytes_and_state(tmp_path: Path) -> None:
    """Every day, the newest of an engine first; by engine, by time; one that cannot be read is there and says why."""
    for owner in OTHERS:
        for age in (1, 2):
            make_day(tmp_path / "logs", age, owner=owner)
    (tmp_path / "logs" / "word" / "side" / "2026-11-18.db").write_bytes(b"no database")

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        status, found = await told(viewer.get(API))
        assert (200, 3, False) == (status, found["rows"], found["more"])
        expected = [(name, day) for name in ("main", "side") for day in ("2026-11-19", "2026-11-18")]
        assert expected == [(each["engine"], each["day"]) for each in found["days"]]
        assert ["open", "open", "open", "damaged"] == [each["state"] for each in found["days"]]
        assert ("word.main.2026-11-19", "word") == (found["days"][0]["id"], found["days"][0]["class"])
        assert found["days"][3]["trouble"]
        assert found["bytes"] == sum(each["bytes"] for each in found["days"])
        _, one = await told(viewer.get(API, params={"engine": "main"}))
        assert {"main"} == {each["engine"] for each in one["days"]}
        _, late = await told(viewer.get(API, params={"since": "2026-11-19", "engine": "main"}))
        assert ["2026-11-19"] == [each["day"] for each in late["days"]]
        status, said = await told(viewer.get(API, params={"since": "the day before"}))
        assert (400, "time_range", None) == (status, said["code"], said["field"])

        scoped = await here.as_role(Role.VIEWER, Scope(engines=("main",)))
        for wanted in ({}, {"engine": "main"}):
            async with scoped.get(API, params=wanted) as got:
                assert "side" not in await got.text()
        for nothing, params in (
            (scoped, {"engine": "side"}),
            (await here.as_role(Role.VIEWER, Scope(clients=("a",))), {}),
        ):
            assert (200, {"days": [], "rows": 0, "bytes": 0, "more": False}) == await told(
                nothing.get(API, params=params)
            )

    serve(tmp_path, life)


def test_the_forecast(tmp_path: Path) -> None:
    """What each engine takes and when the disk is full; with a scope neither the disk nor other engines."""
    make_day(tmp_path / "logs", 1, owner="word/side")

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        send((await told(viewer.get("/api/v1/engines/main")))[1]["port"], numbered(range(3)))
        await stored(viewer, 3)
        status, found = await told(viewer.get(f"{API}/forecast"))
        assert (200, {"main", "side"}) == (status, {each["engine"] for each in found["engines"]})
        assert 0 < found["free_bytes"] < found["total_bytes"]
        assert str(datetime.now(UTC).date()) == found["today"]
        scoped = await here.as_role(Role.VIEWER, Scope(engines=("main",)))
        _, less = await told(scoped.get(f"{API}/forecast"))
        assert ["main"] == [each["engine"] for each in less["engines"]]
        assert {None} == {part for name, part in less.items() if name not in ("engines", "today")}

    serve(tmp_path, life, factory=True, engines=[engine()])
