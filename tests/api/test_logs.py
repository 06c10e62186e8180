"""Questions about rows over the API: pages, one row, its context, counts, and what a scope leaves of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api.permissions import Role
from api.scope import Scope
from tests.api.made_logs import MAIN_ROWS, NOON, NOT_OF_BRANCH, OF_SIDE, SECOND, SIDE_ROWS, make_logs
from tests.api.serving import Serving, serve, told

API = "/api/v1/logs"
EVERY = MAIN_ROWS + SIDE_ROWS
PARAMS = {
    "count": {},
    "histogram": {"by": "client", "step": "1h"},
    "facets": {"fields": "client,class,engine,day,number,iban"},
    "fields": {},
}


async def _text(client: aiohttp.ClientSession, path: str, **params: Any) -> str:
    async with client.get(f"{API}{path}", params=params) as got:
        assert got.status in (200, 404), await got.text()
        return await got.text()


def test_pages_of_rows(tmp_path: Path) -> None:
    """Newest first, page by page, by text and typed; skip leaves rows out; the page behind the last one is none."""
    made = make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        status, page = await told(analyst.get(API, params={"q": "office", "limit": 3}))
        assert (200, 3) == (status, len(page["rows"]))
        _, rest = await told(analyst.get(API, params={"q": "office", "limit": 3, "after": page["after"]}))
        expected = sorted((row["received_at"] for row in made if "office" in row["original_log"]), reverse=True)
        assert expected == [row["received_at"] for row in (*page["rows"], *rest["rows"])]
        assert rest["after"] is None
        _, skipped = await told(analyst.get(API, params={"q": "office", "limit": 1, "skip": 3}))
        assert rest["rows"] == skipped["rows"]
        _, nothing = await told(analyst.get(API, params={"q": "office", "skip": 9}))
        assert ([], None) == (nothing["rows"], nothing["after"])
        where = {"op": "phrase", "text": "office"}
        typed = {"query": {"where": where, "limit": 3, "order": "oldest", "columns": ["number"]}}
        _, found = await told(analyst.post(f"{API}/query", json=typed))
        assert expected[::-1][:3] == [row["received_at"] for row in found["rows"]]
        assert "original_log" not in found["rows"][0]
        _, more = await told(analyst.post(f"{API}/query", json={**typed, "after": found["after"]}))
        assert expected[:1] == [row["received_at"] for row in more["rows"]]
        assert "paper.side.2026-11-19" in found["searched"]["damaged"]

    serve(tmp_path, life)


def test_choosing_by_engine_class_and_time(tmp_path: Path) -> None:
    """Engines, classes and times of a URL choose rows; columns choose what is shown of them."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for params, rows in (
            ({"engine": "main"}, MAIN_ROWS),
            ({"engine": "word/main", "class": "paper"}, EVERY),
            ({"class": "paper"}, SIDE_ROWS),
            ({"since": str(NOON + 2 * SECOND), "until": "2026-11-20T12:00:04Z"}, 4),
            ({"since": "2026-11-21"}, 0),
        ):
            _, found = await told(analyst.get(API, params=params))
            assert rows == len(found["rows"]), params
            _, counted = await told(analyst.get(f"{API}/count", params=params))
            whole = not counted["searched"]["damaged"]
            assert (rows, whole) == (counted["count"], counted["exact"]), params

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"q": "client:("}, 400, "query"),
        ({"since": "the other day"}, 400, "time_range"),
        ({"after": "nonsense"}, 400, "cursor"),
        ({"limit": "0"}, 422, "invalid"),
        ({"limit": "10001"}, 422, "invalid"),
        ({"skip": "10001"}, 422, "invalid"),
        ({"skip": "1", "after": "x"}, 422, "invalid"),
        ({"columns": "NOT A FIELD"}, 422, "invalid"),
        ({"order": "sideways"}, 422, "invalid"),
        ({"q": "a" * 10_001}, 422, "invalid"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, params: dict[str, str], status: int, code: str) -> None:
    """What cannot be understood is refused in our form, before a row is looked at."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        got, said = await told(analyst.get(API, params=params))
        assert (status, code) == (got, said["code"])
        assert said["message"]

    serve(tmp_path, life)


def test_a_wrong_text_has_its_position(tmp_path: Path) -> None:
    """The query bar learns where a text is wrong; a right one comes back typed and in its shortest form."""

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        status, said = await told(analyst.post(f"{API}/parse", json={"q": "good client:(a b"}))
        assert (400, "query", "body.q", 12) == (status, said["code"], said["field"], said["position"])
        _, said = await told(analyst.get(API, params={"q": "good client:(a b"}))
        assert ("query.q", 12) == (said["field"], said["position"])
        _, said = await told(analyst.get(API, params={"q": "good", "since": "the other day"}))
        assert (None, False) == (said["field"], "position" in said)
        asked = {"q": 'severity:>=error  "a"', "since": "2026-11-20", "until": "2026-11-21"}
        status, found = await told(analyst.post(f"{API}/parse", json=asked))
        assert (200, "and", 86_400 * SECOND) == (status, found["where"]["op"], found["until"] - found["since"])
        _, back = await told(analyst.post(f"{API}/parse", json={"query": {"where": found["where"]}}))
        assert (found["text"], found["where"]) == (back["text"], back["where"])
        status, said = await told(analyst.post(f"{API}/parse", json={"q": "a", "query": {}}))
        assert (422, "invalid") == (status, said["code"])

    serve(tmp_path, life)


def test_patterns_without_end_are_refused_at_once(tmp_path: Path) -> None:
    """A body full of patterns is measured before one is compiled."""
    many = [{"op": "regex", "pattern": "a"}] * 600
    long = [{"op": "regex", "pattern": "(a|b)" * 390}] * 11

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for conditions, word in ((many, "500 conditions"), (long, "20,000 characters")):
            body = {"query": {"where": {"op": "and", "conditions": conditions}}}
            status, said = await told(analyst.post(f"{API}/query", json=body))
            assert (422, True) == (status, word in said["message"]), said

    serve(tmp_path, life)


def test_a_row_and_those_around_it(tmp_path: Path) -> None:
    """A row by its id, and its neighbours; what is no row is 404, however it is spelled."""
    made = make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        _, found = await told(analyst.get(f"{API}/{made[2]['id']}"))
        assert (made[2]["original_log"], "word", "main") == (found["original_log"], found["class"], found["engine"])
        _, around = await told(analyst.get(f"{API}/{made[2]['id']}/context", params={"before": 1, "after": 2}))
        seen = [row["id"] for row in (*around["before"], around["row"], *around["after"])]
        assert [row["id"] for row in made[1:5]] == seen
        _, same = await told(analyst.get(f"{API}/{made[2]['id']}/context", params={"same_sender": "true"}))
        assert [made[0]["id"]] == [row["id"] for row in same["before"]]
        for wrong in ("word.main.2026-11-20.99", "word.main.2026-13-45.1", "nothing", "..%2f..%2fetc", "a.b.c.d"):
            status, said = await told(analyst.get(f"{API}/{wrong}"))
            assert (404, "not_found") == (status, said["code"]), wrong

    serve(tmp_path, life)


def test_counts_by_time_value_and_field(tmp_path: Path) -> None:
    """Histogram, facets, fields and values, by URL and typed alike."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        analyst = await here.as_role(Role.ANALYST)
        for name, params in PARAMS.items():
            status, found = await told(analyst.get(f"{API}/{name}", params={"engine": "main", **params}))
            typed = {**params, "query": {"engines": ["main"]}}
            if name == "facets":
                typed["fields"] = params["fields"].split(",")
            _, same = await told(analyst.post(f"{API}/{name}", json=typed))
            assert 200 == status
            assert found == same
            if name == "histogram":
                assert MAIN_ROWS == sum(found["counts"])
                assert {"office", "branch"} == {value for value, _ in found["series"]}
            if name == "facets":
                assert [["branch", 3], ["office", 3]] == sorted(found["facets"][0]["values"])
            if name == "fields":
                assert ("TEXT", None) == (found["fields"]["number"], found["fields"].get("iban"))
        _, values = await told(analyst.get(f"{API}/values", params={"field": "client", "prefix": "of"}))
        assert ["office"] == [value for value, _ in values["values"]]
        typed = {"field": "client", "prefix": "of", "query": {}}
        assert values == (await told(analyst.post(f"{API}/values", json=typed)))[1]

    serve(tmp_path, life)


# What was asked for by name, and is told to be nowhere.
ECHOES = ('"field":"iban"', '"unknown_fields":["iban"]')
SCOPES = (
    (Scope(engines=("main",)), OF_SIDE, MAIN_ROWS),
    (Scope(clients=("branch",)), NOT_OF_BRANCH, MAIN_ROWS // 2),
    (Scope(engines=("main",), clients=("nobody",)), OF_SIDE, MAIN_ROWS),
)


@pytest.mark.parametrize(("scope", "hidden", "rows"), SCOPES)
def test_nothing_leaks_past_a_scope(tmp_path: Path, scope: Scope, hidden: tuple[str, ...], rows: int) -> None:
    """No answer of any kind, whatever is asked for, holds a word of what is others'."""
    made = make_logs(tmp_path / "logs")
    others = [row["id"] for row in made if "remote" in row["original_log"]]

    async def life(here: Serving) -> None:
        scoped = await here.as_role(Role.ANALYST, scope)
        choices: list[dict[str, Any]] = [
            {},
            {"engine": ["side", "main"]},
            {"engine": "paper/side"},
            {"class": "paper"},
            {"class": ["paper", "word"]},
            {"q": "client:remote OR says OR iban:*"},
        ]
        for chosen in choices:
            said = [await _text(scoped, "", **chosen)]
            said += [await _text(scoped, f"/{name}", **chosen, **params) for name, params in PARAMS.items()]
            for field in ("client", "engine", "class", "day", "iban", "number"):
                said.append(await _text(scoped, "/values", field=field, **chosen))
            for text in said:
                answer = text
                for echo in ECHOES:
                    answer = answer.replace(echo, "")
                assert [] == [word for word in hidden if word in answer], (chosen, text)
        for row_id in others:
            for path in (f"/{row_id}", f"/{row_id}/context"):
                status, found = await told(scoped.get(API + path))
                assert (404, "not_found") == (status, found["code"])
        _, everything = await told(scoped.get(f"{API}/count"))
        assert rows == everything["count"]

    serve(tmp_path, life)


def test_clients_of_a_scope_are_seen_in_every_engine(tmp_path: Path) -> None:
    """Who sees a client sees its rows wherever they are, alone in their context, and the fields of where they are."""
    made = make_logs(tmp_path / "logs")
    own = [row for row in made if row["client"] == "office"]

    async def life(here: Serving) -> None:
        scoped = await here.as_role(Role.ANALYST, Scope(clients=("office",)))
        _, found = await told(scoped.get(API, params={"order": "oldest"}))
        assert sorted(row["id"] for row in own) == sorted(row["id"] for row in found["rows"])
        assert {"(others)"} == set(found["searched"]["damaged"])
        assert (None, None) == (found["searched"]["partitions"], found["searched"]["searched"])
        _, around = await told(scoped.get(f"{API}/{own[1]['id']}/context"))
        assert [own[0]["id"]] == [row["id"] for row in around["before"]]
        assert [own[2]["id"]] == [row["id"] for row in around["after"]]
        status, _ = await told(scoped.get(f"{API}/{made[0]['id']}"))
        assert 404 == status
        _, fields = await told(scoped.get(f"{API}/fields"))
        assert {"number", "iban"} <= set(fields["fields"])
        _, values = await told(scoped.get(f"{API}/values", params={"field": "client"}))
        assert [["office", len(own)]] == values["values"]

    serve(tmp_path, life)


def test_a_page_goes_on_in_its_scope_only(tmp_path: Path) -> None:
    """A cursor of somebody who sees more is no cursor for who sees less."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        _, page = await told((await here.as_role(Role.ANALYST)).get(API, params={"limit": 2}))
        scoped = await here.as_role(Role.ANALYST, Scope(engines=("main",)))
        status, said = await told(scoped.get(API, params={"limit": 2, "after": page["after"]}))
        assert (400, "cursor") == (status, said["code"])
        _, own = await told(scoped.get(API, params={"limit": 4}))
        _, rest = await told(scoped.get(API, params={"limit": 4, "after": own["after"]}))
        assert (4, 2, None) == (len(own["rows"]), len(rest["rows"]), rest["after"])

    serve(tmp_path, life)


def test_a_condition_more_may_be_one_too_many(tmp_path: Path) -> None:
    """A query that is as large as it may be has no room for a scope; that is said, and no failure."""
    where: dict[str, Any] = {"op": "phrase", "text": "a"}
    for _ in range(49):
        where = {"op": "not", "condition": where}

    async def life(here: Serving) -> None:
        body = {"query": {"where": where}}
        assert 200 == (await told((await here.as_role(Role.ANALYST)).post(f"{API}/query", json=body)))[0]
        scoped = await here.as_role(Role.ANALYST, Scope(engines=("main",)))
        status, said = await told(scoped.post(f"{API}/query", json=body))
        assert (422, "invalid") == (status, said["code"])

    serve(tmp_path, life)


def test_viewers_search_nothing(tmp_path: Path) -> None:
    """Rows are for analysts and those with more rights, by every door."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        for path in ("", "/count", "/histogram", "/fields", "/word.main.2026-11-20.1"):
            assert 403 == (await told(viewer.get(API + path)))[0]
            assert 401 == (await told(here.client().get(API + path)))[0]

    serve(tmp_path, life)
