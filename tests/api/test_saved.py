"""Saved searches and one's history over the API: whose they are, who reads them, how many there are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.store import history, saved, users
from syslogger.query.model import Equals, Query
from tests.api.serving import Serving, serve, told

API = "/api/v1/searches"
QUERY: dict[str, Any] = {"where": {"op": "equals", "field": "client", "value": "office"}, "since": "-1d"}


def test_a_search_is_kept_changed_and_deleted(tmp_path: Path) -> None:
    """A search is kept under a name of its own, told with its text, changed in part, deleted."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        status, made = await told(analyst.post(API, json={"name": " office ", "query": QUERY}))
        assert (201, "office", "client:office", True, False) == (
            status,
            made["name"],
            made["text"],
            made["own"],
            made["shared"],
        )
        assert ("-1d", QUERY["where"]) == (made["query"]["since"], made["query"]["where"])
        path = f"{API}/{made['id']}"
        assert made == (await told(analyst.get(path)))[1]
        assert (409, "taken") == await _refusal(analyst.post(API, json={"name": "office", "query": {}}))
        _, changed = await told(analyst.patch(path, json={"shared": True, "query": {"engines": ["main"]}}))
        assert ("office", True, "") == (changed["name"], changed["shared"], changed["text"])
        async with analyst.delete(path) as got:
            assert 204 == got.status
        for answering in (analyst.get(path), analyst.delete(path), analyst.patch(path, json={})):
            assert (404, "not_found") == await _refusal(answering)

    serve(tmp_path, life)


def test_a_shared_search_is_read_and_not_changed(tmp_path: Path) -> None:
    """Others see what is shared, under its owner's name, and only its owner changes it; viewers see none."""

    async def life(here: Serving) -> None:
        anna = await here.as_role(Role.ANALYST, name="anna")
        otto = await here.as_role(Role.OPERATOR, name="otto")
        _, shared = await told(anna.post(API, json={"name": "for all", "query": QUERY, "shared": True}))
        _, own = await told(anna.post(API, json={"name": "for me", "query": QUERY}))
        _, seen = await told(otto.get(API))
        assert [("for all", "anna", False)] == [(each["name"], each["owner"], each["own"]) for each in seen]
        assert 200 == (await told(otto.get(f"{API}/{shared['id']}")))[0]
        assert (404, "not_found") == await _refusal(otto.get(f"{API}/{own['id']}"))
        for search in (shared, own):
            assert (404, "not_found") == await _refusal(otto.patch(f"{API}/{search['id']}", json={"name": "mine"}))
            assert (404, "not_found") == await _refusal(otto.delete(f"{API}/{search['id']}"))
        assert 2 == len((await told(anna.get(API)))[1])
        viewer = await here.as_role(Role.VIEWER)
        assert (403, "forbidden") == await _refusal(viewer.get(API))
        assert (403, "forbidden") == await _refusal(viewer.get(f"{API}/{shared['id']}"))

    serve(tmp_path, life)


MAIN, BOTH, EDGE = Scope(engines=("main",)), Scope(engines=("main", "edge")), Scope(engines=("edge",))


@pytest.mark.parametrize(
    ("writer", "readers"),
    [
        (EVERYTHING, {EVERYTHING: True, BOTH: False, Scope(clients=("office",)): False}),
        (MAIN, {EVERYTHING: True, MAIN: True, BOTH: True, EDGE: False, Scope(clients=("main",)): False}),
        (Scope(clients=("office",)), {Scope(clients=("office", "shed")): True, BOTH: False}),
    ],
)
def test_a_shared_search_is_read_by_who_sees_as_much(tmp_path: Path, writer: Scope, readers: dict[Scope, bool]) -> None:
    """Its words may name what its writer saw: for whoever does not see all of that it is not there."""

    async def life(here: Serving) -> None:
        anna = await here.as_role(Role.ANALYST, writer, name="anna")
        _, made = await told(anna.post(API, json={"name": "of the office", "query": QUERY, "shared": True}))
        for number, (scope, is_seen) in enumerate(readers.items()):
            reader = await here.as_role(Role.ADMIN, scope, name=f"reader-{number}")
            assert is_seen == bool((await told(reader.get(API)))[1]), scope
            assert (200 if is_seen else 404) == (await told(reader.get(f"{API}/{made['id']}")))[0], scope

    serve(tmp_path, life)


def test_what_was_written_with_a_larger_scope(tmp_path: Path) -> None:
    """Who sees less now reads it still and cannot pass it on; a token of his that sees less does not read it."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, BOTH, name="anna")
        anna, reader = await here.signed_in(user), await here.as_role(Role.ANALYST, MAIN, name="bert")
        _, made = await told(anna.post(API, json={"name": "old", "query": QUERY, "shared": True}))
        await told(anna.get("/api/v1/logs", params={"q": "client:office"}))
        path = f"{API}/{made['id']}"
        program = here.client({"Authorization": f"Bearer {await here.token(user, scope=MAIN)}"}, origin=False)
        for answering in (program.get(path), program.delete(path), program.patch(path, json={})):
            assert (404, "not_found") == await _refusal(answering)
        assert [] == (await told(program.get(API)))[1] == (await told(program.get(f"{API}/history")))[1]
        async with here.services.store.write() as connection:
            await users.put(connection, replace(user, scope=MAIN))
        assert 200 == (await told(anna.patch(path, json={"name": "older"})))[0]
        assert ["older"] == [each["name"] for each in (await told(anna.get(API)))[1]]
        assert 1 == len((await told(anna.get(f"{API}/history")))[1])
        assert [] == (await told(reader.get(API)))[1]

    serve(tmp_path, life)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "query": {}},
        {"name": " ", "query": {}},
        {"name": "a" * 101, "query": {}},
        {"name": "a\nb", "query": {}},
        {"name": "a"},
        {"name": "a", "query": {"where": {"op": "nothing"}}},
        {"name": "a", "query": {}, "user_id": 1},
    ],
)
def test_what_is_no_search(tmp_path: Path, body: dict[str, Any]) -> None:
    """A search has a name of one line and a query; what nobody knows is refused."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        assert (422, "invalid") == await _refusal(analyst.post(API, json=body))

    serve(tmp_path, life)


def test_two_hundred_of_each_person(tmp_path: Path) -> None:
    """A person keeps two hundred searches; one more is refused."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST)
        async with here.services.store.write() as connection:
            for number in range(saved.MOST_OF_A_USER):
                await saved.add(connection, user.id, f"search {number}", Query(), EVERYTHING, shared=False)
        client = await here.signed_in(user)
        assert (409, "too_many_searches") == await _refusal(client.post(API, json={"name": "more", "query": {}}))

    serve(tmp_path, life)


def test_the_history_of_a_person(tmp_path: Path) -> None:
    """What one searched for is there, the newest first and once; nobody else sees it, and it can be forgotten."""

    async def life(here: Serving) -> None:
        anna = await here.as_role(Role.ANALYST, name="anna")
        otto = await here.as_role(Role.ANALYST, name="otto")
        for text in ("client:office", "client:branch", "client:office"):
            await told(anna.get("/api/v1/logs", params={"q": text}))
        await told(anna.get("/api/v1/logs/count", params={"q": "no search of its own"}))
        _, found = await told(anna.get(f"{API}/history"))
        assert ["client:office", "client:branch"] == [each["text"] for each in found]
        assert "equals" == found[0]["query"]["where"]["op"]
        assert [] == (await told(otto.get(f"{API}/history")))[1]
        assert {"cleared": 0} == (await told(otto.delete(f"{API}/history")))[1]
        assert {"cleared": 2} == (await told(anna.delete(f"{API}/history")))[1]
        assert [] == (await told(anna.get(f"{API}/history")))[1]

    serve(tmp_path, life)


def test_the_last_two_hundred_are_kept(tmp_path: Path) -> None:
    """Of a person the last two hundred searches are kept."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST)
        for number in range(history.MOST_OF_A_USER + 3):
            query = Query(where=Equals(field="number", value=number))
            await history.add(here.services.store, user.id, query, EVERYTHING)
        _, found = await told((await here.signed_in(user)).get(f"{API}/history"))
        assert history.MOST_OF_A_USER == len(found)
        assert ("number:202", "number:3") == (found[0]["text"], found[-1]["text"])

    serve(tmp_path, life)


async def _refusal(answering: Any) -> tuple[int, str]:
    status, said = await told(answering)
    return status, said["code"]
