"""Errors of every origin in one form, and none that tells more than it should."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from pydantic import BaseModel

from api.errors import ApiError, told, unread
from api.middleware import BODY_BYTES
from api.permissions import Role
from api.responses import MOST_DEPTH, JsonRoute
from interfaces.errors import BadRequest, Forbidden, Internal, NotFound, Refused, Unauthorized, Unavailable
from syslogger.errors import (
    AbandonedError,
    BindError,
    ConfigError,
    EngineDiedError,
    LockError,
    Problem,
    QueryError,
    ReaderDiedError,
    StoreError,
    SysloggerError,
    TimeLimitError,
)
from syslogger.query.cursor import CursorError
from tests.api.serving import Serving, serve
from tests.api.serving import told as answered

SECRET = "the password is rosebud"
KEYS = {"code", "message", "field", "hint", "request_id"}


class Thing(BaseModel):
    """A body."""

    name: str
    size: int = 0
    inner: Any = None


def add_routes(here: Serving) -> None:
    """Routes that fail, before the app's own."""
    router = APIRouter(route_class=JsonRoute)

    @router.post("/api/v1/things")
    async def things(thing: Thing) -> Thing:
        return thing

    @router.get("/api/v1/defect")
    async def defect() -> None:
        raise RuntimeError(SECRET)

    @router.get("/api/v1/query")
    async def query() -> None:
        raise QueryError("a bracket is open", 7, [")"])

    here.app.include_router(router)


def with_routes(folder: Path, life: Any) -> None:
    """Run a coroutine with an API that has these routes."""

    async def lived(here: Serving) -> None:
        add_routes(here)
        await life(here)

    serve(folder, lived)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ApiError(418, "teapot", "short and stout"), 418, "teapot"),
        (CursorError("no cursor"), 400, "cursor"),
        (QueryError("no query"), 400, "query"),
        (TimeLimitError("late"), 503, "time_limit"),
        (ReaderDiedError("dead"), 503, "reader_died"),
        (EngineDiedError("dead"), 503, "engine_died"),
        (StoreError("full"), 503, "store"),
        (AbandonedError("given up"), 503, "abandoned"),
        (LockError("held"), 409, "locked"),
        (BindError("taken"), 409, "bind"),
        (SysloggerError("no"), 409, "refused"),
        (ConfigError([Problem("ENGINES[0].port", "wrong", "right")]), 422, "config"),
        (BadRequest("no", field="name"), 400, "invalid"),
        (NotFound("none"), 404, "not_found"),
        (Refused("not now"), 409, "refused"),
        (Unavailable("away"), 503, "unavailable"),
        (Unauthorized("who?"), 503, "unavailable"),
        (Forbidden("no"), 503, "unavailable"),
        (Internal("defect 1"), 503, "unavailable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_every_error_has_a_status_and_a_code(error: SysloggerError, status: int, code: str) -> None:
    """What the factory says to this process is never told to a person as if it were about them."""
    made = told(error)

    assert (status, code) == (made.status, made.code)
    assert KEYS <= made.body("id").keys()


def test_problems_and_positions_are_told() -> None:
    """A configuration has all of its problems, a query its place and what could stand there."""
    config = told(ConfigError([Problem("A", "wrong", "right"), Problem("B", "off", "on")])).body()
    query = unread(QueryError("open", 3, [")", "word"]), "query.q").body()

    assert ["A", "B"] == [each["path"] for each in config["problems"]]
    assert ("query.q", 3, "here could stand: ), word") == (query["field"], query["position"], query["hint"])


def test_what_is_no_text_has_no_position() -> None:
    """A time or a step that there is not is no place in the query's text, and of no part that is known here."""
    made = told(QueryError("no moment", 0, ["-15m"])).body()

    assert (None, "here could stand: -15m") == (made["field"], made["hint"])
    assert "position" not in made


def test_a_wait_is_told() -> None:
    """When the factory says when to come again, so does the API."""
    assert {"Retry-After": "3"} == told(Unavailable("busy", retry_after_seconds=3)).headers


def test_a_defect_is_logged_and_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The caller gets the id under which the log has the exception, and nothing of it."""

    async def life(here: Serving) -> None:
        status, said = await answered(here.client().get("/api/v1/defect", headers={"X-Request-ID": "my-id-1"}))
        assert (500, "internal", "my-id-1") == (status, said["code"], said["request_id"])
        assert SECRET not in str(said)
        assert (200, {"status": "ok"}) == await answered(here.client().get("/healthz"))

    with caplog.at_level(logging.ERROR, "syslogger.api"):
        with_routes(tmp_path, life)
    assert "my-id-1" in caplog.text
    assert SECRET in caplog.text


def test_what_a_body_lacks_is_named(tmp_path: Path) -> None:
    """One fault has its field; several have a list besides."""

    async def life(here: Serving) -> None:
        status, said = await answered(here.client().post("/api/v1/things", json={}))
        assert (422, "invalid", "body.name") == (status, said["code"], said["field"])
        assert KEYS == said.keys()
        status, said = await answered(here.client().post("/api/v1/things", json={"size": "x"}))
        assert ["body.name", "body.size"] == [each["path"] for each in said["problems"]]

    with_routes(tmp_path, life)


NO_JSON = [
    *(b"", b"{", b"\xff", b'{"name": NaN}', b'{"name": "\\ud800"}'),
    *(b"[" * 200_000, b'{"name": ' * 5_000),
]


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    """Whatever the bytes, the answer is 400 or 422 in our form, and the next request is answered."""

    async def life(here: Serving) -> None:
        client = here.client({"Content-Type": "application/json"})
        for body in NO_JSON:
            status, said = await answered(client.post("/api/v1/things", data=body))
            assert status in (400, 422)
            assert KEYS <= said.keys()
        assert 200 == (await answered(client.get("/healthz")))[0]

    with_routes(tmp_path, life)


def test_brackets_have_a_depth(tmp_path: Path) -> None:
    """A hundred levels are read, one more is not."""

    async def life(here: Serving) -> None:
        client = here.client({"Content-Type": "application/json"})
        for depth, status in ((MOST_DEPTH - 1, 200), (MOST_DEPTH, 400), (900, 400)):
            body = b'{"name": "a", "inner": ' + b"[" * depth + b"]" * depth + b"}"
            assert status == (await answered(client.post("/api/v1/things", data=body)))[0]

    with_routes(tmp_path, life)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_refused(tmp_path: Path, chunked: bool) -> None:
    """A megabyte is read; one byte more is 413, announced or not."""

    async def life(here: Serving) -> None:
        client = here.client({"Content-Type": "application/json"})
        for size, status in ((BODY_BYTES, 200), (BODY_BYTES + 1, 413)):
            body = b'{"name": "a"}'.ljust(size)
            async with client.post("/api/v1/things", data=parts(body) if chunked else io.BytesIO(body)) as got:
                assert status == got.status
                assert "Connection" not in got.headers or status == 413

    async def parts(body: bytes) -> Any:
        for start in range(0, len(body), 1 << 16):
            yield body[start : start + (1 << 16)]

    with_routes(tmp_path, life)


def test_paths_and_methods_that_are_not_there(tmp_path: Path) -> None:
    """Below /api everything is told in our form, and a wrong method says which are right."""

    async def life(here: Serving) -> None:
        client = await here.as_role(Role.ADMIN)
        for path in ("/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/engines", "/api/v1/../../etc/passwd", "/x.js"):
            status, said = await answered(client.get(path))
            assert (404, "not_found") == (status, said["code"])
        async with client.delete("/healthz") as got:
            assert (405, "GET, HEAD") == (got.status, got.headers["Allow"])
            assert "wrong_method" == (await got.json())["code"]
        async with client.put("/api/v1/engines") as got:
            assert (405, "GET, HEAD, POST") == (got.status, got.headers["Allow"])

    with_routes(tmp_path, life)
