"""Users: what admins do with people, that there is always one of them, and that rights change at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.permissions import Role
from api.person import user_name
from api.scope import Scope
from api.store.users import name_key
from tests.api.serving import Serving, serve, told

GOOD = "seven-green-bottles"
USERS, ME, LOGIN = "/api/v1/users", "/api/v1/auth/me", "/api/v1/auth/login"


def new(name: str, **more: Any) -> dict[str, Any]:
    """A user to make."""
    return {"name": name, "password": GOOD, **more}


async def status_of(answering: Any) -> int:
    """The status alone."""
    async with answering as got:
        return int(got.status)


async def made(admin: aiohttp.ClientSession, name: str, **more: Any) -> str:
    """The path of a user that an admin has made."""
    status, user = await told(admin.post(USERS, json=new(name, **more)))
    assert status == 201, user
    return f"{USERS}/{user['id']}"


def test_a_user_from_first_to_last(tmp_path: Path) -> None:
    """Made, listed, changed, signed in, removed; nobody gets to see a hash."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        path = await made(admin, "anna", role="analyst", scope={"engines": ["main"]}, email="a@example.org")
        status, user = await told(admin.patch(path, json={"role": "operator", "phone": "112", "scope": {}}))
        assert (200, "operator", "a@example.org") == (status, user["role"], user["email"])
        assert (200, user) == await told(admin.get(path))
        _, listed = await told(admin.get(USERS))
        assert ["boss", "anna"] == [each["name"] for each in listed]
        assert "hash" not in str(listed)
        assert [user] == (await told(admin.get(f"{USERS}?after=1&limit=5")))[1]
        browser = here.client()
        assert 200 == await status_of(browser.post(LOGIN, json={"name": "anna", "password": GOOD}))
        assert 204 == await status_of(admin.delete(path))
        assert (401, 404) == (await status_of(browser.get(ME)), await status_of(admin.get(path)))

    serve(tmp_path, life)


def test_a_name_is_there_once_however_it_is_spelled(tmp_path: Path) -> None:
    """Case and width make no other person, in a new user and in a change."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        await made(admin, "Straße")
        bert = await made(admin, "bert")
        for name in ("STRASSE", "strasse", "\uff33trasse", "BOSS"):
            status, said = await told(admin.post(USERS, json=new(name)))
            assert (409, "taken", "name") == (status, said["code"], said["field"])
        assert 409 == await status_of(admin.patch(bert, json={"name": "Boss"}))
        assert 200 == await status_of(here.client().post(LOGIN, json={"name": "STRASSE", "password": GOOD}))

    serve(tmp_path, life)


def test_the_last_admin_stays_one(tmp_path: Path) -> None:
    """Neither removed nor demoted, disabled, scoped; a second admin who is disabled or scoped does not count."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        await made(admin, "idle", role="admin", disabled=True)
        await made(admin, "part", role="admin", scope={"engines": ["main"]})
        path = f"{USERS}/1"
        changes = ({"role": "operator"}, {"disabled": True}, {"scope": {"clients": ["fw"]}}, {"role": "viewer"})
        for change in changes:
            status, said = await told(admin.patch(path, json=change))
            assert (409, "last_admin") == (status, said["code"])
        assert 409 == await status_of(admin.delete(path))
        assert 200 == await status_of(admin.patch(path, json={"name": "chief"}))

    serve(tmp_path, life)


def test_two_admins_cannot_remove_each_other(tmp_path: Path) -> None:
    """Of changes that come at once, as many happen as leave an admin."""

    async def life(here: Serving) -> None:
        names = [f"admin{number}" for number in range(4)]
        people = [await here.user(Role.ADMIN, name=name) for name in names]
        browsers = [await here.signed_in(person) for person in people]
        ways = (
            browsers[0].delete(f"{USERS}/{people[1].id}"),
            browsers[1].patch(f"{USERS}/{people[2].id}", json={"role": "viewer"}),
            browsers[2].patch(f"{USERS}/{people[3].id}", json={"disabled": True}),
            browsers[3].patch(f"{USERS}/{people[0].id}", json={"scope": {"engines": ["x"]}}),
        )
        await asyncio.gather(*map(status_of, ways))
        full = "SELECT * FROM users WHERE role = 'admin' AND NOT disabled AND NOT limited"
        assert len(await here.services.store.read(full)) >= 1

    serve(tmp_path, life)


def test_rights_change_at_once(tmp_path: Path) -> None:
    """Who is demoted, scoped or disabled is so at the next request, without a new sign-in."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        other = await here.user(Role.ADMIN, name="other")
        browser, path = await here.signed_in(other), f"{USERS}/{other.id}"
        assert 200 == await status_of(browser.get(USERS))
        await told(admin.patch(path, json={"scope": {"engines": ["main"]}}))
        assert 403 == await status_of(browser.get(USERS))
        await told(admin.patch(path, json={"scope": {}, "role": "viewer"}))
        assert (403, 200) == (await status_of(browser.get(USERS)), await status_of(browser.get(ME)))
        await told(admin.patch(path, json={"disabled": True}))
        assert 401 == await status_of(browser.get(ME))
        await told(admin.patch(path, json={"disabled": False, "role": "admin"}))
        assert 401 == await status_of(browser.get(ME)), "its session has ended"

    serve(tmp_path, life)


def test_an_admin_gives_a_password_and_signs_others_out(tmp_path: Path) -> None:
    """A reset ends the person's sessions, as signing them out does; the admin's own stays."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        anna = await here.user(Role.VIEWER, name="anna")
        browser, path = await here.signed_in(anna), f"{USERS}/{anna.id}"
        assert (200, {"ended": 1}) == await told(admin.post(f"{path}/password", json={"password": GOOD}))
        assert 401 == await status_of(browser.get(ME))
        browser = here.client()
        await told(browser.post(LOGIN, json={"name": "anna", "password": GOOD}))
        assert 1 == len((await told(admin.get(f"{path}/sessions")))[1])
        assert (200, {"ended": 1}) == await told(admin.delete(f"{path}/sessions"))
        assert 401 == await status_of(browser.get(ME))
        assert (200, {"ended": 0}) == await told(admin.post(f"{USERS}/1/password", json={"password": GOOD}))
        assert 200 == await status_of(admin.get(ME))

    serve(tmp_path, life)


def test_tokens_of_others_are_an_admins(tmp_path: Path) -> None:
    """Listed without themselves, revoked, and only under their own user."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        anna, bert = await here.user(Role.ANALYST, name="anna"), await here.user(Role.ANALYST, name="bert")
        secret = await here.token(anna)
        _, (token,) = await told(admin.get(f"{USERS}/{anna.id}/tokens"))
        assert secret.startswith(token["starts"])
        assert secret not in str(token)
        program = here.client({"Authorization": f"Bearer {secret}"}, origin=False)
        assert 404 == await status_of(admin.delete(f"{USERS}/{bert.id}/tokens/{token['id']}"))
        assert 200 == await status_of(program.get(ME))
        assert 204 == await status_of(admin.delete(f"{USERS}/{anna.id}/tokens/{token['id']}"))
        assert 401 == await status_of(program.get(ME))

    serve(tmp_path, life)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.OPERATOR])
def test_nobody_but_an_admin_gets_in(tmp_path: Path, role: Role) -> None:
    """Each way to users is 403 for the other roles and for an admin with a scope, and changes nothing."""

    async def life(here: Serving) -> None:
        for scope in (Scope(), Scope(engines=("main",))):
            browser = await here.as_role(role if not scope.limited else Role.ADMIN, scope)
            for method, path, body in WAYS:
                assert 403 == await status_of(browser.request(method, USERS + path, json=body)), (method, path)
        rows = await here.services.store.read("SELECT name FROM users WHERE name = 'evil' OR disabled")
        assert rows == []

    serve(tmp_path, life)


WAYS = (
    ("GET", "", None),
    ("POST", "", new("evil")),
    ("GET", "/1", None),
    ("PATCH", "/1", {"disabled": True}),
    ("DELETE", "/1", None),
    ("POST", "/1/password", {"password": GOOD}),
    ("GET", "/1/sessions", None),
    ("DELETE", "/1/sessions", None),
    ("GET", "/1/tokens", None),
    ("DELETE", "/1/tokens/1", None),
)


def test_what_is_no_user_is_refused(tmp_path: Path) -> None:
    """Names of nothing or of control characters, unknown roles and keys, numbers beyond those of SQLite."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN, name="boss")
        names = ("", "ab", "a b c", "a\x00b", "a\nb", "x" * 65, "a\u202eb", "'; DROP TABLE users; --", "<b>bold</b>")
        bodies = [new(name) for name in names]
        bodies += [new("carl", role="god"), new("carl", is_admin=True), new("carl", scope={"engines": [""]})]
        bodies += [new("carl", email="a b@c"), {"name": "carl"}, new("carl", password="carl-carl-carl")]
        bodies += [new("carl", scope={"engines": ["x"] * 501}), new("carl", display_name="a\r\nb")]
        for body in bodies:
            status, said = await told(admin.post(USERS, json=body))
            assert (422, True) == (status, said["field"].startswith("body")), body
            assert GOOD not in str(said)
        for number in ("0", "-1", str(1 << 63), "9" * 40, "1.5", "x"):
            assert 422 == await status_of(admin.get(f"{USERS}/{number}"))
        assert ["boss"] == [each["name"] for each in (await told(admin.get(USERS)))[1]]

    serve(tmp_path, life)


@given(st.text(max_size=70))
def test_a_name_is_normal_or_refused(text: str) -> None:
    """What is accepted is printable, in NFKC, of 3 to 64 characters, and reads the same when it is read again."""
    try:
        name = user_name(text)
    except ValueError:
        return
    assert 3 <= len(name) <= 64
    assert name.isprintable()
    assert user_name(name) == name
    assert name_key(name_key(name)) == name_key(name)
