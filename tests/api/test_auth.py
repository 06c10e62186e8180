"""Signing in and out, oneself, the password, sessions: what works, and what is tried against it."""

from __future__ import annotations

import asyncio
import io
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher, extract_parameters

from api.passwords import MOST_WAITING, THREADS
from api.permissions import Role
from api.sessions import DAY_US, MOST_DAYS
from api.store import users
from api.store.users import User, now_us
from tests.api.serving import Serving, serve, told, until
from tests.cli.program import WAIT_SECONDS

GOOD, OTHER = "seven-green-bottles", "hanging-on-a-wall"
LOGIN, ME, LOGOUT, PASSWORD = (f"/api/v1/auth/{name}" for name in ("login", "me", "logout", "password"))
SESSIONS = "/api/v1/auth/sessions"

NO_SIGN_INS = (
    b"",
    b"{",
    b"[]",
    b'{"name": "anna"}',
    b'{"name": 1, "password": 2}',
    b'{"name": "\\ud800", "password": "x"}',
    b'{"name": "anna", "password": "x", "role": "admin"}',
    b'{"name": "' + b"a" * 1_000 + b'", "password": "x"}',
    b'{"name": "anna", "password": "' + b"x" * 5_000 + b'"}',
    b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b', "password": "x"}',
    b'{"name": "' + b"a" * (1 << 20) + b'"}',
)


async def anna(here: Serving, password: str = GOOD, **more: Any) -> User:
    """An admin with a password."""
    user = await here.user(Role.ADMIN, name="anna")
    hashed = await here.services.passwords.hashed(password)
    async with here.services.store.write() as connection:
        return await users.put(connection, replace(user, password_hash=hashed, **more))


async def sign_in(here: Serving, name: str = "anna", password: str = GOOD, **headers: str) -> aiohttp.ClientSession:
    """A browser after a sign-in, with the CSRF token that it was told."""
    browser = here.client(headers)
    status, me = await told(browser.post(LOGIN, json={"name": name, "password": password}))
    assert status == 200, me
    browser.headers["X-CSRF-Token"] = me["csrf"]
    return browser


async def status_of(answering: Any) -> int:
    """The status alone."""
    async with answering as got:
        return int(got.status)


def cookie_of(browser: aiohttp.ClientSession) -> str:
    """What a browser keeps."""
    (cookie,) = browser.cookie_jar
    return cookie.value


def test_a_session_from_sign_in_to_sign_out(tmp_path: Path) -> None:
    """The cookie is for HTTP and this site alone; after signing out it is worth nothing, wherever a copy lies."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser = here.client()
        async with browser.post(LOGIN, json={"name": "ANNA", "password": GOOD}) as got:
            cookie = got.headers["Set-Cookie"]
            me = await got.json()
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        copy = here.client({"Cookie": cookie.partition(";")[0], "X-CSRF-Token": me["csrf"]})
        assert (200, me) == await told(browser.get(ME))
        assert 204 == await status_of(browser.post(LOGOUT, headers={"X-CSRF-Token": me["csrf"]}))
        assert 401 == await status_of(copy.get(ME))
        assert 401 == await status_of(browser.get(ME))

    serve(tmp_path, life)


def test_behind_tls_the_cookie_is_bound_to_it(tmp_path: Path) -> None:
    """Where a trusted proxy says https it is Secure and `__Host-`, and the plain one is not read there."""

    async def life(here: Serving) -> None:
        await anna(here)
        proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", "Origin": "https://logs.example.org"}
        proxied["Host"] = "logs.example.org"
        async with here.client(proxied).post(LOGIN, json={"name": "anna", "password": GOOD}) as got:
            cookie = got.headers["Set-Cookie"]
        assert cookie.startswith("__Host-syslogger_session=")
        assert "Secure" in cookie.split("; ")
        pair = cookie.partition(";")[0]
        status, listed = await told(here.client({**proxied, "Cookie": pair}).get(SESSIONS))
        assert (200, "192.0.2.7") == (status, listed[0]["address"])
        assert 401 == await status_of(here.client({**proxied, "Cookie": pair.removeprefix("__Host-")}).get(ME))

    serve(tmp_path, life, keys={"TRUSTED_PROXIES": ["127.0.0.1"]})


def test_strange_proxies_are_not_believed(tmp_path: Path) -> None:
    """Without TRUSTED_PROXIES the peer is the client, whatever its headers say."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser = await sign_in(here, **{"X-Forwarded-For": "192.0.2.7"})
        assert "127.0.0.1" == (await told(browser.get(SESSIONS)))[1][0]["address"]

    serve(tmp_path, life)


def test_a_name_and_a_password_that_do_not_belong_together(tmp_path: Path) -> None:
    """A wrong password, a name that is nobody's, and a disabled user are one and the same answer."""

    async def life(here: Serving) -> None:
        await anna(here)
        bert = await here.user(Role.VIEWER, name="bert")
        hashed = await here.services.passwords.hashed(GOOD)
        async with here.services.store.write() as connection:
            await users.put(connection, replace(bert, password_hash=hashed, disabled=True))
        answers = []
        for name, password in (("anna", OTHER), ("nobody", GOOD), ("bert", GOOD), ("a\x00nna", GOOD)):
            status, said = await told(here.client().post(LOGIN, json={"name": name, "password": password}))
            answers.append((status, {**said, "request_id": ""}))
        assert [answers[0]] * 4 == answers
        assert (401, "wrong_credentials") == (answers[0][0], answers[0][1]["code"])

    serve(tmp_path, life)


def test_each_sign_in_has_a_session_of_its_own(tmp_path: Path) -> None:
    """A cookie that a browser had before is not taken over: it ends, and the new one is another."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser = await sign_in(here)
        before = cookie_of(browser)
        await told(browser.post(LOGIN, json={"name": "anna", "password": GOOD}))
        assert before != cookie_of(browser)
        assert 401 == await status_of(here.client({"Cookie": f"syslogger_session={before}"}).get(ME))
        assert 1 == len((await told(browser.get(SESSIONS)))[1])

    serve(tmp_path, life)


def test_a_write_needs_the_token_of_its_own_session(tmp_path: Path) -> None:
    """Without the CSRF token, with a wrong one, with that of another session: 403; reads need none."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser, other = await sign_in(here), await sign_in(here)
        for sent in ("", "x", "\u00e4", other.headers["X-CSRF-Token"]):
            async with browser.patch(ME, json={}, headers={"X-CSRF-Token": sent}) as got:
                assert (403, "csrf") == (got.status, (await got.json())["code"])
        assert 200 == await status_of(browser.patch(ME, json={}))
        assert 200 == await status_of(browser.get(ME, headers={"X-CSRF-Token": ""}))

    serve(tmp_path, life)


def test_a_foreign_page_writes_nothing(tmp_path: Path) -> None:
    """With the cookie and even the CSRF token, a foreign Origin is refused, and its reads are nobody's."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser = await sign_in(here)
        body = {"name": "anna", "password": GOOD}
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", ""):
            assert 403 == await status_of(browser.patch(ME, json={}, headers={"Origin": origin}))
            assert 401 == await status_of(browser.get(ME, headers={"Origin": origin}))
            assert 403 == await status_of(here.client({"Origin": origin}).post(LOGIN, json=body))

    serve(tmp_path, life)


def test_another_password_ends_the_other_sessions(tmp_path: Path) -> None:
    """It needs the one until now and has to be strong; then the old one is none and the other browser is out."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser, other = await sign_in(here), await sign_in(here)
        wrong, weak = {"present": OTHER, "password": OTHER}, {"present": GOOD, "password": "anna-anna-12"}
        assert 403 == await status_of(browser.post(PASSWORD, json=wrong))
        assert 422 == await status_of(browser.post(PASSWORD, json=weak))
        assert (200, {"ended": 1}) == await told(browser.post(PASSWORD, json={"present": GOOD, "password": OTHER}))
        assert (200, 401) == (await status_of(browser.get(ME)), await status_of(other.get(ME)))
        assert 401 == await status_of(here.client().post(LOGIN, json={"name": "anna", "password": GOOD}))
        await sign_in(here, password=OTHER)

    serve(tmp_path, life)


def test_sessions_are_listed_and_revoked(tmp_path: Path) -> None:
    """One's own, the present one marked; the other one ends; one that is not there is 404."""

    async def life(here: Serving) -> None:
        await anna(here)
        other, browser = await sign_in(here, **{"User-Agent": "Other/1"}), await sign_in(here)
        _, listed = await told(browser.get(SESSIONS))
        assert [True, False] == [each["current"] for each in listed]
        assert "Other/1" == listed[1]["agent"]
        path = f"{SESSIONS}/{listed[1]['id']}"
        assert 204 == await status_of(browser.delete(path))
        assert (401, 404) == (await status_of(other.get(ME)), await status_of(browser.delete(path)))

    serve(tmp_path, life)


def test_nobody_ends_the_session_of_another(tmp_path: Path) -> None:
    """The number of somebody else's session is one that is not there."""

    async def life(here: Serving) -> None:
        await anna(here)
        admin, viewer = await sign_in(here), await here.as_role(Role.VIEWER)
        number = (await told(admin.get(SESSIONS)))[1][0]["id"]
        assert 404 == await status_of(viewer.delete(f"{SESSIONS}/{number}"))
        assert 200 == await status_of(admin.get(ME))

    serve(tmp_path, life)


def test_a_session_has_an_age(tmp_path: Path) -> None:
    """However much it was used, after thirty days it is none: for its cookie, in the list, and soon in the table."""

    async def life(here: Serving) -> None:
        await anna(here)
        old, browser = await sign_in(here), await sign_in(here)
        (_, row) = await here.services.store.read("SELECT * FROM sessions ORDER BY id DESC")
        for days, status in ((MOST_DAYS - 1, 200), (MOST_DAYS, 401)):
            begun = (now_us() - days * DAY_US, row["id"])
            async with here.services.store.write() as connection:
                await connection.execute("UPDATE sessions SET created_at = ? WHERE id = ?", begun)
            assert status == await status_of(old.get(ME))
        assert 1 == len((await told(browser.get(SESSIONS)))[1])
        await sign_in(here)
        assert 2 == len(await here.services.store.read("SELECT * FROM sessions"))

    serve(tmp_path, life)


def test_a_hash_of_old_parameters_is_renewed(tmp_path: Path) -> None:
    """A sign-in makes it anew; the next one goes on as before."""

    async def life(here: Serving) -> None:
        user = await anna(here)
        weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(GOOD)
        async with here.services.store.write() as connection:
            await users.put(connection, replace(user, password_hash=weak))
        await sign_in(here)
        found = await users.by_id(here.services.store, user.id)
        assert found is not None
        assert not here.services.passwords.outdated(found.password_hash)
        await sign_in(here)

    serve(tmp_path, life)


def test_two_hundred_at_once_leave_the_loop_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some come in, the others are told when to come again, and cheap requests are answered meanwhile."""
    go = threading.Event()

    async def life(here: Serving) -> None:
        await anna(here)
        browser, verify = await sign_in(here), here.services.passwords._verify

        def held(hashed: str, password: str) -> bool:
            """As slow as it must be for a test to look at it."""
            assert go.wait(WAIT_SECONDS)
            return verify(hashed, password)

        async def one() -> tuple[int, str]:
            async with here.client().post(LOGIN, json={"name": "anna", "password": GOOD}) as got:
                return got.status, got.headers.get("Retry-After", "")

        async def others_are_told() -> bool:
            return sum(each.done() for each in flood) == 200 - THREADS - MOST_WAITING

        monkeypatch.setattr(here.services.passwords, "_verify", held)
        flood = [asyncio.create_task(one()) for _ in range(200)]
        try:
            await until(others_are_told, "all but those that wait are told to come again")
            assert [200] * 20 == [await status_of(browser.get(ME)) for _ in range(20)]
            assert await others_are_told()
        finally:
            go.set()
        answers = await asyncio.gather(*flood)
        assert {200: THREADS + MOST_WAITING, 429: 200 - THREADS - MOST_WAITING} == Counter(each for each, _ in answers)
        assert all(int(after) >= 1 for status, after in answers if status == 429)

    serve(tmp_path, life)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both cost one look at a hash of the same parameters, and those are what a new password is hashed with."""
    hashes: list[str] = []

    async def life(here: Serving) -> None:
        user, browser, verify = await anna(here), here.client(), here.services.passwords._verify

        def noted(hashed: str, password: str) -> bool:
            hashes.append(hashed)
            return verify(hashed, password)

        monkeypatch.setattr(here.services.passwords, "_verify", noted)
        for name in ("anna", "nobody"):
            assert 401 == await status_of(browser.post(LOGIN, json={"name": name, "password": OTHER}))
        known, unknown = hashes
        assert user.password_hash == known != unknown
        fresh = await here.services.passwords.hashed(OTHER)
        assert extract_parameters(known) == extract_parameters(unknown) == extract_parameters(fresh)

    serve(tmp_path, life)


def test_guessing_is_stopped_and_told(tmp_path: Path) -> None:
    """After five wrong passwords the right one has to wait, too; the audit has all five, the wait, and no password."""

    async def life(here: Serving) -> None:
        await anna(here)
        browser = here.client()
        wrong = [await status_of(browser.post(LOGIN, json={"name": "anna", "password": OTHER})) for _ in range(5)]
        assert [401] * 5 == wrong
        async with browser.post(LOGIN, json={"name": "anna", "password": GOOD}) as got:
            assert (429, "throttled") == (got.status, (await got.json())["code"])
            assert int(got.headers["Retry-After"]) > 1
        rows = [tuple(row) for row in await here.services.store.read("SELECT action, user_name, details FROM audit")]
        assert ["auth.refused"] * 5 + ["auth.throttled"] == [action for action, _, _ in rows]
        assert {"anna"} == {name for _, name, _ in rows}
        assert "seconds" in rows[-1][2]
        assert OTHER not in str(rows)

    serve(tmp_path, life)


def test_a_name_that_is_nobodys_is_not_written_down(tmp_path: Path) -> None:
    """People type their password into the wrong line."""

    async def life(here: Serving) -> None:
        await anna(here)
        await told(here.client().post(LOGIN, json={"name": "my-secret-words", "password": "x"}))
        (row,) = await here.services.store.read("SELECT * FROM audit WHERE action = 'auth.refused'")
        assert "my-secret-words" not in str(tuple(row))

    serve(tmp_path, life)


def test_what_is_no_sign_in_is_refused(tmp_path: Path) -> None:
    """Missing, wrong, strange, long, deep and huge: a sentence in our form, never a defect."""

    async def life(here: Serving) -> None:
        for body in NO_SIGN_INS:
            sent = here.client({"Content-Type": "application/json"}).post(LOGIN, data=io.BytesIO(body))
            status, said = await told(sent)
            assert status in (400, 413, 422)
            assert {"code", "message", "field", "hint", "request_id"} <= said.keys()

    serve(tmp_path, life)


def test_one_changes_what_is_ones_own(tmp_path: Path) -> None:
    """Name to show, e-mail and phone, not the role; what is no address or holds control characters is refused."""

    async def life(here: Serving) -> None:
        viewer = await here.as_role(Role.VIEWER)
        good = {"display_name": "Väinö Müller", "email": "v@example.org", "phone": "+49 (0)30 1234"}
        status, user = await told(viewer.patch(ME, json=good))
        assert (200, good) == (status, {name: user[name] for name in good})
        for bad in ({"email": "no"}, {"phone": "call me"}, {"display_name": "a\r\nSet-Cookie: x"}, {"role": "admin"}):
            assert 422 == await status_of(viewer.patch(ME, json=bad))
        assert (200, {**user}) == ((await told(viewer.get(ME)))[0], (await told(viewer.get(ME)))[1]["user"])

    serve(tmp_path, life)
