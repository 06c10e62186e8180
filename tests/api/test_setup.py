"""Setup: the first admin comes through one door, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from api import setup
from api.permissions import Role
from api.store import users
from api.store.connection import Store, database_of
from api.store.users import User
from tests.api.serving import Serving, serve, told

GOOD = "seven-green-bottles"
SETUP = "/api/v1/auth/setup"


def body(here: Serving, name: str = "anna", **other: str) -> dict[str, str]:
    """A setup with the right code."""
    return {"code": setup.read_code(here.root), "name": name, "password": GOOD, **other}


def test_the_code_is_the_owners_and_opens_the_door_once(tmp_path: Path) -> None:
    """The file is 0600; with its code the first admin is made and signed in; then the door is shut."""

    async def life(here: Serving) -> None:
        assert setup.code_path(here.root).stat().st_mode & 0o777 == 0o600
        browser = here.client()
        assert (200, {"open": True}) == await told(browser.get(SETUP))
        sent = body(here)
        status, me = await told(browser.post(SETUP, json=sent))
        assert (201, "admin", "anna") == (status, me["role"], me["user"]["name"])
        assert (200, {"open": False}) == await told(browser.get(SETUP))
        assert not setup.code_path(here.root).exists()
        assert 200 == (await told(browser.get("/api/v1/users")))[0]
        assert (409, "set_up") == await refusal(here, {**sent, "name": "bert"})

    serve(tmp_path, life)


async def refusal(here: Serving, sent: dict[str, str]) -> tuple[int, str]:
    """The status and code with which a setup is refused."""
    status, said = await told(here.client().post(SETUP, json=sent))
    return status, said["code"]


def test_of_two_at_once_one_wins(tmp_path: Path) -> None:
    """Eight come with the right code at the same moment, and there is one user."""

    async def life(here: Serving) -> None:
        sent = [here.client().post(SETUP, json=body(here, f"admin{number}")) for number in range(8)]
        answers = sorted(status for status, _ in await asyncio.gather(*map(told, sent)))
        assert [201, *[409] * 7] == answers
        assert 1 == len(await here.services.store.read("SELECT * FROM users"))

    serve(tmp_path, life)


def test_a_wrong_code_is_refused_and_counted(tmp_path: Path) -> None:
    """403, and 429 after five of them; an empty one is wrong even where the file is gone."""

    async def life(here: Serving) -> None:
        assert [(403, "setup_code")] * 5 == [await refusal(here, body(here, code="0" * 20)) for _ in range(5)]
        assert (429, "throttled") == await refusal(here, body(here))

    serve(tmp_path, life)


def test_without_the_file_there_is_no_code(tmp_path: Path) -> None:
    """An empty code is not that of a file that was taken away."""

    async def life(here: Serving) -> None:
        setup.forget(here.root)
        assert (403, "setup_code") == await refusal(here, body(here, code=""))

    serve(tmp_path, life)


def test_the_first_admin_needs_a_password_too(tmp_path: Path) -> None:
    """A weak one is refused by its field, and the door stays open."""

    async def life(here: Serving) -> None:
        status, said = await told(here.client().post(SETUP, json=body(here, password="password1234")))
        assert (422, "body.password") == (status, said["field"])
        assert "password1234" not in str(said)
        assert setup.read_code(here.root)

    serve(tmp_path, life)


def test_a_code_is_kept_until_it_is_used(tmp_path: Path) -> None:
    """A second start has the same code; where there is a user a code that was left behind goes."""

    async def work() -> None:
        async with await Store.open(database_of(tmp_path)) as store:
            path = await setup.prepare(store, tmp_path)
            code = setup.read_code(tmp_path)
            assert path == await setup.prepare(store, tmp_path)
            assert len(code) >= 20
            assert code == setup.read_code(tmp_path)
            await store_admin(store)
            assert await setup.prepare(store, tmp_path) is None
            assert not setup.code_path(tmp_path).exists()

    asyncio.run(work())


async def store_admin(store: Store) -> None:
    """One admin."""
    async with store.write() as connection:
        await users.add(connection, User("anna", Role.ADMIN, "!"))


def test_the_code_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    """Elsewhere, in a log for instance, its path is said."""
    path = tmp_path / "setup.code"
    path.write_text("c0de\n", "ascii")

    assert "c0de" in setup.announcement(path, terminal=True)
    assert "c0de" not in setup.announcement(path, terminal=False)
    assert str(path) in setup.announcement(path, terminal=False)
