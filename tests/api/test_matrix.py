"""The matrix: every route, every role, with and without a scope, by cookie, by token and by nobody.

What is asked names nothing that is there and has no body, so nothing comes of it: only whether it is refused for who
asks is looked at. What a scope hides in the answers is `test_leaks`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from api.permissions import Family, Role, allowed
from api.scope import EVERYTHING, Scope
from api.store import users
from tests.api.serving import Serving, serve
from tests.api.walking import NOTHING, Walked, walked
from tests.interfaces.serving import resting

ROUTES = tuple(walked())
OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
    "GET /api/v1/auth/setup",
    "POST /api/v1/auth/setup",
    "POST /api/v1/auth/login",
}
# The table's right to write engines, but not with a scope: one engine less concerns every other.
WITHOUT_SCOPE = "DELETE /api/v1/engines/{name}"
SIGNS_OUT = "POST /api/v1/auth/logout"
SCOPES = {
    "everything": EVERYTHING,
    "an engine": Scope(engines=(NOTHING["name"],)),
    "a client": Scope(clients=("office",)),
    "another's": Scope(engines=("elsewhere",), clients=("nobody",)),
}


async def status_of(client: aiohttp.ClientSession, route: Walked) -> tuple[int, str]:
    """How it answers: the status, and the word for programs where it is refused."""
    async with client.request(route.method, route.filled(), params=route.params) as got:
        said = await got.json(content_type=None) if got.status in (401, 403) else {}
        return got.status, said.get("code", "")


def test_every_route_has_a_right() -> None:
    """Each declares its family and access, but those by which people come in and which watch the program."""
    assert {each.name for each in ROUTES if each.family is None} == OPEN
    assert len(ROUTES) >= 90
    # day files are a format of exports: who may take them home is asked there
    assert {each.family for each in ROUTES if each.family} == set(Family) - {Family.DAY_FILES}


@pytest.mark.parametrize("kind", ["session", "token"])
@pytest.mark.parametrize("role", Role)
def test_the_table_is_what_happens(tmp_path: Path, role: Role, kind: str) -> None:
    """Whoever may is not refused, whoever may not is told 403, with every scope and by both ways to be somebody."""

    async def life(here: Serving) -> None:
        for name, scope in SCOPES.items():
            walker = await signed_in(here, role, scope, kind)
            for route in ROUTES:
                if route.family is None:
                    continue
                status, code = await status_of(walker, route)
                about = (route.name, name, status, code)
                if route.name == SIGNS_OUT and kind == "token":
                    assert (status, code) == (403, "session_only"), about
                    continue
                assert status in (401, 403) if not may(route, role, scope) else status not in (401, 403), about
                assert code in ("", "forbidden"), about
                assert status < 500 or status == 503, about  # 503: there is no factory here
                if route.name == SIGNS_OUT:
                    walker = await signed_in(here, role, scope, kind)

    serve(tmp_path, life)


async def signed_in(here: Serving, role: Role, scope: Scope, kind: str) -> aiohttp.ClientSession:
    """Somebody of this role and scope, in a browser or as a program."""
    user = await here.user(role, scope, name=f"{role.value}-{abs(hash(scope))}")
    if kind == "session":
        return await here.signed_in(user)
    return here.client({"Authorization": f"Bearer {await here.token(user)}"}, origin=False)


def may(route: Walked, role: Role, scope: Scope) -> bool:
    """What the table says, and the one exception to it."""
    assert route.family is not None
    assert route.access is not None
    if route.name == WITHOUT_SCOPE and scope.limited and scope.sees_engine(NOTHING["name"]):
        return False
    return allowed(role, route.family, route.access, scoped=scope.limited)


def test_nobody_is_told_401(tmp_path: Path) -> None:
    """Without anything, with a wrong token or cookie, signed out or disabled: one answer, whatever is asked."""

    async def life(here: Serving) -> None:
        ended, gone = await here.as_role(Role.ADMIN), await here.user(Role.ADMIN, name="gone")
        disabled = [await here.signed_in(gone), here.client({"Authorization": f"Bearer {await here.token(gone)}"})]
        async with here.services.store.write() as connection:
            await users.put(connection, replace(gone, disabled=True))
        async with ended.post("/api/v1/auth/logout") as got:
            assert got.status == 204
        wrong = (
            {"Authorization": "Bearer slt_nothing"},
            {"Authorization": "Basic YTpi"},
            {"Cookie": "syslogger_session=x"},
        )
        for client in (here.client(), ended, *disabled, *(here.client(headers) for headers in wrong)):
            for route in ROUTES:
                if route.family is not None:
                    assert await status_of(client, route) == (401, "unauthorized"), route.name

    serve(tmp_path, life)


def test_what_is_open_tells_nothing(tmp_path: Path) -> None:
    """The routes for everyone answer nobody with words of their own, and name no engine, no path and no person."""

    async def life(here: Serving) -> None:
        await here.user(Role.ADMIN, name="somebody")
        for route in ROUTES:
            if route.family is None:
                async with here.client().request(route.method, route.filled()) as got:
                    text = await got.text()
                    assert got.status in (200, 401, 403, 422, 503), (route.name, got.status)
                    assert [word for word in ("somebody", str(here.root), "main") if word in text] == [], route.name

    serve(tmp_path, life, engines=[resting()])
