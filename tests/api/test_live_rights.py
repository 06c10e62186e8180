"""The live WebSocket: who gets in, and that rights hold during the connection."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from api.permissions import Role
from api.scope import Scope
from api.store import sessions as kept_sessions
from tests.api.living import PATH, fed, watched, words
from tests.api.serving import Serving, serve
from tests.interfaces.serving import engine

SENT = 10


def test_rights_hold_during_the_connection(tmp_path: Path) -> None:
    """Who loses the right to logs loses the tail within a second, keeps the state, and is closed when disabled."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, name="anna")
        async with words(await here.signed_in(user)) as word:
            await word.ask("subscribe", id="t", kind="tail")
            await word.ask("subscribe", id="s", kind="status")
            async with here.services.store.write() as connection:
                await connection.execute("UPDATE users SET role = 'viewer' WHERE id = ?", (user.id,))
            ended = await word.until(lambda each: each["type"] == "ended")
            assert ("t", "forbidden") == (ended["id"], ended["error"]["code"])
            refused = await word.ask("subscribe", id="t", kind="tail")
            assert "forbidden" == refused["error"]["code"]
            async with here.services.store.write() as connection:
                await connection.execute("UPDATE users SET disabled = 1 WHERE id = ?", (user.id,))
            assert 4401 == (await word.closed())[0]

    serve(tmp_path, life)


def test_a_narrower_scope_holds_at_once(tmp_path: Path) -> None:
    """Who is given a scope meanwhile gets no more rows of what lies outside of it."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, name="anna")
        async with words(await here.signed_in(user)) as word:
            await word.ask("subscribe", id="a", kind="tail")
            await word.ask("subscribe", id="s", kind="status")
            await watched(word, here)
            async with here.services.store.write() as connection:
                await connection.execute(
                    "UPDATE users SET scope = ? WHERE id = ?", (Scope(engines=("other",)).model_dump_json(), user.id)
                )
            await word.until(lambda each: each["type"] == "status" and set(each["engines"]) == {"other"})
            heard = len(word.heard)
            await fed(here, 0, SENT)
            await fed(here, 0, SENT, "other")
            await word.rows("a", 1)
            assert {"other"} == {
                each["engine"] for each in word.heard[heard:] if each["type"] == "tail" and each["rows"]
            }

    serve(tmp_path, life, factory=True, engines=[engine(), engine("other")])


@pytest.mark.parametrize("how", ["session", "token"])
def test_signing_out_closes_it(tmp_path: Path, how: str) -> None:
    """A session or a token that is gone closes the connection, and says why."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, name="anna")
        client = await (here.signed_in(user) if how == "session" else here.as_program(Role.ANALYST))
        async with words(client) as word:
            await word.ask("subscribe", id="s", kind="status")
            async with here.services.store.write() as connection:
                if how == "session":
                    await kept_sessions.end_all(connection, user.id)
                else:
                    await connection.execute("DELETE FROM api_tokens")
            assert (4401, "nobody is signed in any more") == await word.closed()

    serve(tmp_path, life)


def test_an_expired_session_closes_it(tmp_path: Path) -> None:
    """The connection itself is no use of the session: when its minutes are over, so is it."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST, name="anna")
        async with words(await here.signed_in(user)) as word:
            await word.ask("subscribe", id="s", kind="status")
            async with here.services.store.write() as connection:
                await connection.execute("UPDATE sessions SET last_seen_at = 1")
            assert 4401 == (await word.closed())[0]

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Origin": "https://elsewhere.example"}, 401), ({"Authorization": "Bearer slg_wrong"}, 401)],
)
def test_nobody_does_not_get_in(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    """Without an identity it never becomes a WebSocket, and the answer is an error in our form."""

    async def life(here: Serving) -> None:
        await here.user(Role.ADMIN)
        client = here.client(headers, origin=False)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(PATH)
        assert status == refused.value.status

    serve(tmp_path, life)


def test_a_cookie_needs_our_origin(tmp_path: Path) -> None:
    """A page of another origin is nobody with the cookie of somebody; a cookie without any Origin is refused."""

    async def life(here: Serving) -> None:
        client = await here.as_role(Role.ADMIN)
        for origin, status in (("https://elsewhere.example", 401), ("null", 401)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(PATH, headers={"Origin": origin})
            assert status == refused.value.status
        bare = here.client({"Cookie": client.headers["Cookie"]}, origin=False)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await bare.ws_connect(PATH)
        assert 403 == refused.value.status
        async with words(await here.as_program(Role.VIEWER)) as word:
            assert "subscribed" == (await word.ask("subscribe", id="s", kind="status"))["type"]

    serve(tmp_path, life)
