"""Identity: a cookie that our key signed, of a session that is there, or a token that is; and what is tried else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import jwt
import pytest

from api import sessions
from api.errors import ApiError
from api.identity import Caller, check_right, require, still
from api.permissions import Access, Family, Role
from api.scope import EVERYTHING, Scope
from api.store import sessions as kept
from api.store.sessions import Session
from tests.api.serving import Serving, serve

ME = "/api/v1/auth/me"
MINUTE_US = 60_000_000


def part(value: Any) -> str:
    """One part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def session_of(here: Serving, role: Role = Role.VIEWER) -> Session:
    """A session of somebody of this role."""
    user = await here.user(role)
    async with here.services.store.write() as connection:
        return await kept.begin(connection, user.id, "127.0.0.1", "test")


async def status(here: Serving, cookie: str) -> int:
    """What `me` answers to this value of the cookie."""
    async with here.client({"Cookie": f"{sessions.COOKIE}={cookie}"}).get(ME) as got:
        return int(got.status)


async def with_bearer(here: Serving, header: str) -> int:
    """What `me` answers to this Authorization."""
    async with here.client({"Authorization": header}, origin=False).get(ME) as got:
        return int(got.status)


def test_only_our_key_and_our_algorithm_count(tmp_path: Path) -> None:
    """No signature, another algorithm, another key, another header's choice, a changed sid: nobody."""

    async def life(here: Serving) -> None:
        session, key = await session_of(here), here.services.secret.value
        claims = {"sid": session.sid, "iat": int(time.time())}
        good = jwt.encode(claims, key, algorithm="HS256")
        assert 200 == await status(here, good)
        head, body, signature = good.split(".")
        digest = hmac.new(key.encode(), f"{part({'alg': 'RS256'})}.{body}".encode(), hashlib.sha256).digest()
        confused = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        forged = [
            f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}.",
            f"{part({'alg': 'None'})}.{body}.{signature}",
            f"{part({'alg': 'RS256'})}.{body}.{confused}",
            f"{part({'alg': 'HS256', 'jku': 'http://evil.example/', 'kid': '../../dev/null'})}.{body}.{signature}",
            jwt.encode(claims, key, algorithm="HS512"),
            jwt.encode(claims, "0" * 64, algorithm="HS256"),
            jwt.encode(claims, hashlib.sha256(b"").hexdigest(), algorithm="HS256"),
            f"{head}.{part({**claims, 'sid': 'x' * 24})}.{signature}",
            f"{head}.{body}.{signature[:-2]}",
            f"{head}.{body}",
            good + "." + signature,
            "",
            "x" * 5_000,
            "..",
        ]
        assert [401] * len(forged) == [await status(here, cookie) for cookie in forged]

    serve(tmp_path, life)


def test_what_our_key_signed_needs_a_session_too(tmp_path: Path) -> None:
    """Without a sid, without an iat, with a sid that is no text or no session: nobody."""

    async def life(here: Serving) -> None:
        session, key, now = await session_of(here), here.services.secret.value, int(time.time())
        bodies: list[dict[str, Any]] = [
            {"iat": now},
            {"sid": session.sid},
            {"sid": session.id, "iat": now},
            {"sid": [session.sid], "iat": now},
            {"sid": None, "iat": now},
            {"sid": "' OR 1=1 --", "iat": now},
            {"sid": "", "iat": now},
        ]
        signed = [jwt.encode(body, key, algorithm="HS256") for body in bodies]
        assert [401] * len(bodies) == [await status(here, cookie) for cookie in signed]
        later = jwt.encode({"sid": session.sid, "iat": now + 9_999_999}, key, algorithm="HS256")
        assert 200 == await status(here, later), "a clock that was set back signs nobody out"

    serve(tmp_path, life)


def test_another_key_ends_every_session(tmp_path: Path) -> None:
    """The file is made anew while the API runs: what the old key signed is worth nothing at the next request."""

    async def life(here: Serving) -> None:
        session, key = await session_of(here), here.services.secret.value
        good = jwt.encode({"sid": session.sid, "iat": 0}, key, algorithm="HS256")
        assert 200 == await status(here, good)
        assert here.services.secret.path.stat().st_mode & 0o777 == 0o600
        type(here.services.secret)(here.root, here.services.secret.path.name).renew()
        assert 401 == await status(here, good)

    serve(tmp_path, life)


def test_a_session_ends_when_nobody_uses_it(tmp_path: Path) -> None:
    """After TOKEN_EXPIRATION minutes without use it is none; each use within them, noted once a minute, puts it off."""

    async def life(here: Serving) -> None:
        session, key = await session_of(here), here.services.secret.value
        cookie = jwt.encode({"sid": session.sid, "iat": 0}, key, algorithm="HS256")

        async def seen(minutes_ago: float) -> None:
            at = time.time_ns() // 1000 - int(minutes_ago * MINUTE_US)
            async with here.services.store.write() as connection:
                await connection.execute("UPDATE sessions SET last_seen_at = ? WHERE id = ?", (at, session.id))

        async def ago() -> float:
            row = await here.services.store.one("SELECT last_seen_at FROM sessions WHERE id = ?", (session.id,))
            assert row is not None
            return (time.time_ns() // 1000 - int(row[0])) / MINUTE_US

        await seen(9.5)
        assert 200 == await status(here, cookie)
        assert await ago() < 1
        await seen(0.5)
        assert 200 == await status(here, cookie)
        assert 0.5 <= await ago() < 1, "not written again within the minute"
        await seen(10.5)
        assert 401 == await status(here, cookie)
        assert await ago() > 10, "a request that is nobody's is no use"

    serve(tmp_path, life, token_expiration_minutes=10)


def test_a_bearer_is_a_token_or_nobody(tmp_path: Path) -> None:
    """Other schemes, other forms, a session's JWT, a wrong token: 401; the cookie beside it does not count."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST)
        secret = await here.token(user)
        assert 200 == await with_bearer(here, f"Bearer {secret}")
        assert 200 == await with_bearer(here, f"bearer  {secret} ")
        session, key = await session_of(here), here.services.secret.value
        signed = jwt.encode({"sid": session.sid, "iat": 0}, key, algorithm="HS256")
        wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
        strange = ["", "Bearer", "Bearer ", f"Basic {secret}", f"Bearer {signed}", f"Bearer {wrong}", secret]
        strange += [
            f"Bearer {secret.upper()}",
            f"Bearer {secret}x",
            "Bearer slg_" + "\u00e4" * 64,
            "Bearer ' OR 1=1 --",
        ]
        assert [401] * len(strange) == [await with_bearer(here, header) for header in strange]
        browser = await here.as_role(Role.ADMIN)
        async with browser.get(ME, headers={"Authorization": f"Bearer {wrong}"}) as got:
            assert (401, "Bearer") == (got.status, got.headers["WWW-Authenticate"])

    serve(tmp_path, life)


def test_nothing_secret_is_read_from_an_address(tmp_path: Path) -> None:
    """A token or a session in the query is not looked at."""

    async def life(here: Serving) -> None:
        secret = await here.token(await here.user(Role.ADMIN))
        for name in ("token", "access_token", "bearer", sessions.COOKIE):
            async with here.client().get(ME, params={name: secret}) as got:
                assert got.status == 401

    serve(tmp_path, life)


def test_what_lasts_longer_asks_again(tmp_path: Path) -> None:
    """A WebSocket's caller is told anew: other rights, and nobody once the session has ended."""

    async def life(here: Serving) -> None:
        session = await session_of(here, Role.ANALYST)
        caller = Caller(session.user_id, "old name", Role.ADMIN, EVERYTHING, "session", session.id, "192.0.2.1")
        now = await still(here.services, caller)
        assert (Role.ANALYST, "192.0.2.1") == (now.role, now.address)
        async with here.services.store.write() as connection:
            await kept.end(connection, session.id, session.user_id)
        with pytest.raises(ApiError) as refused:
            await still(here.services, caller)
        assert refused.value.status == 401
        await here.token(await here.user(Role.ANALYST))
        token = Caller(session.user_id, "x", Role.ADMIN, EVERYTHING, "token", 1, "")
        assert Role.ANALYST is (await still(here.services, token)).role

    serve(tmp_path, life)


def test_a_right_that_is_missing_is_named() -> None:
    """403 says which role it needs, or that it shows more than a scope sees."""
    viewer = Caller(1, "v", Role.VIEWER, EVERYTHING, "session", 1, "")
    with pytest.raises(ApiError, match="viewer") as refused:
        check_right(viewer, Family.JOBS, Access.WRITE)
    assert (403, "it needs the role operator") == (refused.value.status, refused.value.hint)
    scoped = Caller(1, "a", Role.ADMIN, Scope(engines=("main",)), "session", 1, "")
    with pytest.raises(ApiError, match="whole machine"):
        check_right(scoped, Family.HOST, Access.READ)
    check_right(scoped, Family.LOGS, Access.WRITE)


def test_a_right_is_one_dependency() -> None:
    """Asked for twice it is the same, so that FastAPI computes it once."""
    assert require(Family.LOGS, Access.READ) is require(Family.LOGS, Access.READ)
