"""The live WebSocket over real engines: rows, state and events as they come, as far and as long as rights go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.permissions import Role
from api.scope import Scope
from tests.api.living import factory, fed, numbers, watched, words
from tests.api.serving import Serving, serve, told, until
from tests.cli.engines import send
from tests.interfaces.serving import engine

SENT = 10


def test_rows_arrive_as_columns(tmp_path: Path) -> None:
    """Of the lines that are sent the tail shows those that match, in order, by column, with ids that lead to them."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        async with words(analyst) as word:
            asked = {"where": {"op": "between", "field": "number", "greatest": 4}, "columns": ["number", "client"]}
            assert "subscribed" == (await word.ask("subscribe", id="a", kind="tail", query=asked))["type"]
            assert "subscribed" == (await word.ask("subscribe", id="all", kind="tail"))["type"]
            await watched(word, here, "all")
            await fed(here)
            rows = await word.rows("a", 5)
            assert [0, 1, 2, 3, 4] == numbers(rows)
            assert {"id", "received_at", "number", "client"} == set(rows[0]["columns"])
            assert ("word", "main", 0) == (rows[0]["class"], rows[0]["engine"], rows[0]["skipped"])
            status, row = await told(analyst.get(f"/api/v1/logs/{rows[0]['columns']['id'][0]}"))
            assert (200, "0") == (status, row["row"]["number"] if "row" in row else row["number"])
            await word.ask("unsubscribe", id="a")
            heard = len(word.heard)
            await fed(here, 100)
            await word.until(lambda _: 100 + SENT - 1 in numbers(word.of("tail")), "the last line")
            assert list(range(100, 100 + SENT)) == [each for each in numbers(word.of("tail")) if 100 <= each < 1_000]
            assert {"all"} == {each["id"] for each in word.heard[heard:] if each["type"] == "tail"}
        audit = await here.services.store.read("SELECT details FROM audit WHERE action = 'logs.tail'")
        assert 2 == len(audit)
        assert "between" in audit[0]["details"]

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_what_is_sent_once_it_is_subscribed_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by the first tail of a server, for which a process has to be started."""
    monkeypatch.setattr("api.live.subscriptions.START_SECONDS", 60.0)

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST)) as word:
            await word.ask("subscribe", id="a", kind="tail")
            await fed(here)
            found = await word.rows("a", SENT)
            assert list(range(SENT)) == numbers(found)
            assert 0 == sum(each["unlooked"] for each in found)

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_rows_beyond_the_rate_are_counted(tmp_path: Path) -> None:
    """At most so many rows a second are shown, the newest of what arrives, and every other one is counted."""

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST)) as word:
            await word.ask("subscribe", id="slow", kind="tail", query="number:<5000", most_rows_a_second=3)
            await word.ask("subscribe", id="a", kind="tail", most_rows_a_second=1_000)
            await watched(word, here)
            await fed(here, 0, 1_000)
            found = await word.rows("slow", 1_000)
            assert 1_000 == sum(each["rows"] + each["skipped"] for each in found)
            assert 3 <= sum(each["rows"] for each in found) <= 30
            assert 0 == sum(each["unlooked"] for each in found)

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_a_scope_is_in_the_tail(tmp_path: Path) -> None:
    """Who sees an engine gets its rows and state alone; who sees a client gets no rows or counts of others."""

    async def life(here: Serving) -> None:
        of_engine = await here.as_role(Role.ANALYST, Scope(engines=("main",)))
        of_client = await here.as_role(Role.ANALYST, Scope(clients=("nobody",)))
        async with words(of_engine) as seeing, words(of_client) as blind:
            for word in (seeing, blind):
                for kind in ("tail", "status"):
                    assert "subscribed" == (await word.ask("subscribe", id=kind, kind=kind))["type"]
            await seeing.ask("subscribe", id="a", kind="tail", query={"engines": ["main", "other"]})
            await blind.ask("subscribe", id="a", kind="tail", query="engine:main")
            await fed(here, 0, SENT, "other")
            await watched(seeing, here)
            await seeing.until(lambda each: each["type"] == "status")
            state = await blind.until(lambda each: each["type"] == "status")
            assert {} == state["engines"]
            assert {"main"} == set(seeing.of("status")[-1]["engines"])
            assert {"main"} == {each["engine"] for each in seeing.of("tail") if each["rows"]}
            assert [] == [each for each in blind.of("tail") if each["rows"] or each["skipped"] or each["unlooked"]]

    serve(tmp_path, life, factory=True, engines=[engine(), engine("other")])


def test_who_sees_a_client_gets_its_rows_in_every_engine(tmp_path: Path) -> None:
    """The client's rows and figures are told, and neither events of engines nor how many rows of others went by."""

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST, Scope(clients=("loopback",)))) as word:
            await word.ask("subscribe", id="a", kind="tail", query="engine:main")
            await word.ask("subscribe", id="s", kind="status")
            await word.ask("subscribe", id="e", kind="events")
            await watched(word, here)
            await told((await here.as_role(Role.OPERATOR)).post("/api/v1/engines/main/pause", json={}))
            state = await word.until(lambda each: paused(each.get("engines", {}).get("main", {})))
            assert (False, {"engine", "state", "clients", "whole"}) == (
                state["engines"]["main"]["whole"],
                set(state["engines"]["main"]),
            )
            assert {"loopback"} == {
                name for each in word.of("tail") for name in each.get("columns", {}).get("client", ())
            }
            assert {0, None} >= {each["unlooked"] for each in word.of("tail")}
            assert [] == word.of("event")

    def paused(engine: dict[str, Any]) -> bool:
        return engine.get("state") == "paused"

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_going_on_behind_a_row_counts_what_lies_between(tmp_path: Path) -> None:
    """Who comes back with the last row seen is told how many stored rows match between it and the first one shown."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        async with words(analyst) as word:
            await word.ask("subscribe", id="a", kind="tail")
            await watched(word, here)
        last = word.of("tail")[-1]["columns"]["id"][-1]
        await fed(here, 0, 7)
        await stored_rows(analyst, "number:<5000", 7)
        async with words(analyst) as word:
            await word.ask("subscribe", id="a", kind="tail", query="number:<5000", after=[last])
            gap = await word.until(lambda each: each["type"] == "gap")
            assert ("main", 7) == (gap["engine"], gap["rows"])

    serve(tmp_path, life, factory=True, engines=[engine()])


async def stored_rows(client: aiohttp.ClientSession, text: str, count: int) -> None:
    """Wait until a search finds so many rows."""

    async def found() -> bool:
        status, answer = await told(client.get("/api/v1/logs", params={"q": text, "limit": 1_000}))
        assert status == 200, answer
        return len(answer["rows"]) == count

    await until(found, f"{count} rows are stored")


def test_events_come_and_go_on_behind_one(tmp_path: Path) -> None:
    """An event is told when it happens; who comes back gets those since, in order, and the count of what is gone."""

    async def life(here: Serving) -> None:
        operator = await here.as_role(Role.OPERATOR)
        async with words(operator) as word:
            await word.ask("subscribe", id="e", kind="events")
            await told(operator.post("/api/v1/engines/main/pause", json={}))
            paused = await word.until(lambda each: each["type"] == "event" and each["event"]["event"] == "paused")
        await told(operator.post("/api/v1/engines/main/resume", json={}))
        async with words(operator) as word:
            await word.ask("subscribe", id="e", kind="events", after=paused["event"]["id"])
            assert 0 == (await word.until(lambda each: each["type"] == "gap"))["rows"]
            await word.until(lambda each: each["type"] == "event" and each["event"]["event"] == "resumed")
            ids = [each["event"]["id"] for each in word.of("event")]
            assert ids == sorted(set(ids))
            assert paused["event"]["id"] < ids[0]

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_a_pattern_that_burns_time_ends_alone(tmp_path: Path) -> None:
    """A subscription whose pattern takes too long is ended with a reason; others go on."""

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST)) as word:
            burning = {"where": {"op": "regex", "field": "original_log", "pattern": r"(?=(a+)+$)(\w+\s?)+!"}}
            await word.ask("subscribe", id="a", kind="tail", query="number:*")
            await watched(word, here)
            await word.ask("subscribe", id="hot", kind="tail", query=burning)
            ports = {each["engine"]: each["port"] for each in await factory(here).list_engines()}
            send(ports["main"], [b"<14>number 1 " + b"a" * 60 + b"?"])
            ended = await word.until(lambda each: each["type"] == "ended")
            assert ("hot", "too_slow") == (ended["id"], ended["error"]["code"])
            await watched(word, here)
            assert "subscribed" == (await word.ask("subscribe", id="hot", kind="tail", query="number:1"))["type"]

    serve(tmp_path, life, factory=True, engines=[engine()])


def test_the_process_that_looks_is_replaced(tmp_path: Path) -> None:
    """When it is killed another one goes on, and the reader is told that nobody knows how many rows went by."""

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST)) as word:
            await word.ask("subscribe", id="a", kind="tail")
            await watched(word, here)
            here.app.state.live.tails.process.kill()
            await word.until(lambda each: each["type"] == "tail" and each["unlooked"] is None)
            await watched(word, here)

    serve(tmp_path, life, factory=True, engines=[engine()])
