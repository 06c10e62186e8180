"""Attacks on every route at once: SQL, paths, control characters and deep JSON in all that can be sent; slow patterns.

What belongs to one route (sessions, sign-in, `try`, exports, WebSocket) is attacked where that route is tested.
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from api.permissions import Role
from tests.api.made_logs import MAIN_ROWS, SIDE_ROWS, make_logs
from tests.api.serving import Serving, serve, told
from tests.api.walking import Walked, bodies, walked
from tests.cli.program import WAIT_SECONDS
from tests.interfaces.serving import resting
from tests.storage.made_days import DaySpec, make_root
from tests.storage.making import us

API = "/api/v1"
ROUTES = tuple(each for each in walked() if each.name != "POST /api/v1/auth/logout")
SQL = ("' OR '1'='1", "x'); DROP TABLE users; --", 'x" UNION SELECT password_hash FROM users --', "%_*?[a-z]")
PATHS = ("../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "....//", "C:\\x", "_control/api.db")
STRANGE = ("\x00", "a\r\nX-Evil: 1", "\u202e\u0007", "9" * 40, "-1", "1e999", "x" * 300)
# What only a defect, a shell, a database or a file would say.
NEVER = ("Traceback", "sqlite3", "syntax error", "root:x:", "argon2id$")


async def unharmed(here: Serving, asked: Any) -> str:
    """The text of an answer that is none of a defect."""
    async with asked as got:
        text = f"{dict(got.headers)} {(await got.read()).decode(errors='replace')}"
        about = (got.method, str(got.url)[-300:], text[:500])
        assert got.status < 500, about
        assert [word for word in NEVER if word in text] == [], about
        return text


async def everything_is_there(here: Serving, admin: aiohttp.ClientSession) -> None:
    """Nobody and nothing is gone, and everything answers."""
    _, found = await told(admin.get(f"{API}/logs/count"))
    assert found["count"] == MAIN_ROWS + SIDE_ROWS
    _, page = await told(admin.get(f"{API}/users"))
    assert {"first-admin", "asks"} <= {each["name"] for each in page}
    _, engines = await told(admin.get(f"{API}/engines"))
    assert [each["engine"] for each in engines] == ["main"]
    assert [tuple(row) for row in await here.services.store.read("PRAGMA integrity_check")] == [("ok",)]


@pytest.mark.timeout(900)  # with two busy cores it takes minutes
@pytest.mark.parametrize("words", [SQL, PATHS, STRANGE], ids=["sql", "paths", "strange"])
def test_in_every_part_of_every_request(tmp_path: Path, words: tuple[str, ...]) -> None:
    """In each parameter, each part of each path and each text of each body it is a text, and nothing else."""
    make_logs(tmp_path / "logs")

    async def life(here: Serving) -> None:
        await here.user(Role.ADMIN, name="first-admin")
        admin = await here.as_role(Role.ADMIN, name="asks")
        for route in ROUTES:
            for word in words:
                for path, params, body in spoiled(route, word):
                    await unharmed(here, admin.request(route.method, path, params=params, json=body))
        await everything_is_there(here, admin)
        for path, params in (("audit", {"user": words[0]}), ("logs/count", {"engine": words[0]})):
            _, found = await told(admin.get(f"{API}/{path}", params=params))
            assert (found.get("entries") or found.get("count") or None) is None, found

    serve(tmp_path, life, factory=True, engines=[resting()])


def spoiled(route: Walked, word: str) -> list[tuple[str, dict[str, str], Any]]:
    """Requests with the word in one place each; a parameter of many parts is spoiled in all of them."""
    plain = route.filled(name="main"), route.params, bodies("main", "office").get(route.name)
    everywhere = dict.fromkeys(("name", "id", "field", "job", "search_id", "user_id", "token_id", "session_id"), word)
    asked: list[tuple[str, dict[str, str], Any]] = []
    if "{" in route.path:
        quoted = {name: quote(each, safe="%") for name, each in everywhere.items()}
        asked.append((route.filled(**quoted), *plain[1:]))
    asked += [(plain[0], {**route.params, name: word}, plain[2]) for name in route.names]
    if plain[2] is not None:
        asked.append((*plain[:2], replaced(plain[2], word)))
    return asked


def replaced(body: Any, word: str) -> Any:
    """The body with the word for each of its texts."""
    if isinstance(body, dict):
        return {name: replaced(each, word) for name, each in body.items()}
    if isinstance(body, list):
        return [replaced(each, word) for each in body]
    return word if isinstance(body, str) else body


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"query":' * 60_000, b'{"a":"' + b"x" * (1 << 20), b"\xff\xfe", b"NaN"]
)
def test_bodies_that_are_too_much(tmp_path: Path, body: bytes) -> None:
    """Deep, huge and broken JSON is refused by every route that reads one, and the next request is answered."""

    async def life(here: Serving) -> None:
        admin = await here.as_role(Role.ADMIN)
        for route in ROUTES:
            if "requestBody" in route.operation:
                headers = {"Content-Type": "application/json"}
                async with admin.request(route.method, route.filled(), data=io.BytesIO(body), headers=headers) as got:
                    assert got.status in (400, 413, 422), (route.name, got.status)
        assert (await told(admin.get(f"{API}/auth/me")))[0] == 200

    serve(tmp_path, life)


def test_a_pattern_that_burns_time(tmp_path: Path) -> None:
    """Searches with a pattern that never ends keep nobody from cheap routes, and are cut off in time."""
    row = {"received_at": us("2026-11-20T12:00:00"), "original_log": "a" * 40 + "!"}
    make_root(tmp_path / "logs", [DaySpec([row])])

    async def life(here: Serving) -> None:
        here.services.reader._seconds = 8.0  # of an answer for which nothing else is said
        analyst, other = await here.as_role(Role.ANALYST), await here.as_role(Role.VIEWER)
        slow = {"query": {"where": {"op": "regex", "field": "original_log", "pattern": r"^(?=(a+)+$)"}}}
        burning = [asyncio.create_task(told(analyst.post(f"{API}/logs/count", json=slow))) for _ in range(3)]
        for _ in range(20):
            assert (await told(other.get(f"{API}/auth/me")))[0] == 200
        assert not any(task.done() for task in burning)
        async with asyncio.timeout(WAIT_SECONDS):
            await asyncio.wait(burning)
        for task in burning:
            status, said = task.result()
            assert (status == 503 and said["code"] == "time_limit") or said["searched"]["cut"] == "time", said
        _, found = await told(analyst.get(f"{API}/logs/count"))
        assert found["count"] == 1

    serve(tmp_path, life)
