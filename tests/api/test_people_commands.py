"""`syslogger user`, `token` and `secrets`: on the file itself, while the API runs and while it does not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from api import setup
from api.people_commands import secrets, token, user
from api.permissions import Role
from api.store import audit, users
from api.store.audit import Filter
from api.store.connection import Store, database_of
from syslogger.errors import SysloggerError
from tests.api.serving import Serving, serve, told
from tests.interfaces.serving import write_file

GOOD, OTHER = "seven-green-bottles", "hanging-on-a-wall"
ME, LOGIN = "/api/v1/auth/me", "/api/v1/auth/login"


def typed(group: click.Group, folder: Path, *words: str, stdin: str = "") -> str:
    """What a command prints; raises what it raises."""
    arguments = [*words, "--config", str(folder / "GLOBAL_CONFIG.json")]
    done = CliRunner().invoke(group, arguments, input=stdin, standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.output


async def beside(group: click.Group, folder: Path, *words: str, stdin: str = "") -> str:
    """The same, while this loop goes on."""
    return await asyncio.to_thread(typed, group, folder, *words, stdin=stdin)


def audited(root: Path) -> list[Any]:
    """What the audit says, oldest first."""

    async def work() -> list[Any]:
        async with await Store.open(database_of(root)) as store:
            return list(reversed(await audit.listed(store, Filter())))

    return asyncio.run(work())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a configuration file."""
    assert write_file(tmp_path).name == "GLOBAL_CONFIG.json"
    return tmp_path


def test_users_without_an_api(folder: Path) -> None:
    """Added, listed, disabled, enabled; the password is in no output and in no row of the audit."""
    said = typed(user, folder, "add", "boss", "--role", "admin", stdin=f"{GOOD}\n")
    said += typed(user, folder, "add", "anna", "--engine", "main", "--email", "a@example.org", stdin=f"{OTHER}\n")
    typed(user, folder, "disable", "ANNA")
    listed = [json.loads(line) for line in typed(user, folder, "list", "--json").splitlines()]
    assert [("boss", "admin", False), ("anna", "viewer", True)] == [
        (each["name"], each["role"], each["disabled"]) for each in listed
    ]
    assert ["main"] == listed[1]["scope"]["engines"]
    typed(user, folder, "enable", "anna")
    said += typed(user, folder, "list")
    assert "engine main" in said
    entries = audited(folder / "logs")
    assert ["users.made", "users.made", "users.changed", "users.changed"] == [entry.action for entry in entries]
    assert {"command"} == {entry.kind for entry in entries}
    for secret in (GOOD, OTHER):
        assert secret not in said + str(entries)


def test_the_first_user_is_an_admin(folder: Path) -> None:
    """Else nobody could make another; and the last one stays."""
    with pytest.raises(SysloggerError, match="admin"):
        typed(user, folder, "add", "anna", stdin=f"{GOOD}\n")
    typed(user, folder, "add", "boss", "--role", "admin", stdin=f"{GOOD}\n")
    with pytest.raises(SysloggerError, match="admin"):
        typed(user, folder, "disable", "boss")


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        (("add", "a b", "--role", "admin"), GOOD),
        (("add", "boss", "--role", "god"), GOOD),
        (("add", "boss", "--role", "admin"), "short"),
        (("add", "boss", "--role", "admin"), ""),
        (("add", "boss", "--role", "admin", "--email", "x"), GOOD),
    ],
)
def test_what_is_no_user_is_a_usage_error(folder: Path, words: tuple[str, ...], stdin: str) -> None:
    """Said in a sentence, with nothing kept."""
    with pytest.raises(click.UsageError):
        typed(user, folder, *words, stdin=stdin)
    assert typed(user, folder, "list", "--json") == ""


def test_who_is_not_there_is_said(folder: Path) -> None:
    """A name that is nobody's, in each command that takes one."""
    for words in (("reset", "nobody"), ("disable", "nobody"), ("enable", "nobody")):
        with pytest.raises(SysloggerError, match="nobody"):
            typed(user, folder, *words, stdin=f"{GOOD}\n")
    with pytest.raises(SysloggerError, match="nobody"):
        typed(token, folder, "create", "nobody", "x")


def test_commands_while_the_api_runs(tmp_path: Path) -> None:
    """The first admin shuts the door; a reset and a rotation end sessions; a token works and is revoked, at once."""

    async def life(here: Serving) -> None:
        assert setup.read_code(here.root)
        await beside(user, tmp_path, "add", "boss", "--role", "admin", stdin=f"{GOOD}\n")
        assert not setup.code_path(here.root).exists()
        assert {"open": False} == (await told(here.client().get("/api/v1/auth/setup")))[1]
        browser, sign_in = here.client(), {"name": "boss", "password": GOOD}
        assert 200 == (await told(browser.post(LOGIN, json=sign_in)))[0]
        await beside(user, tmp_path, "reset", "boss", stdin=f"{OTHER}\n")
        assert 401 == (await told(browser.get(ME)))[0]
        assert 200 == (await told(browser.post(LOGIN, json={"name": "boss", "password": OTHER})))[0]
        assert "1 session(s)" in await beside(secrets, tmp_path, "rotate")
        assert 401 == (await told(browser.get(ME)))[0]
        secret = (await beside(token, tmp_path, "create", "boss", "backup", "--role", "viewer")).strip()
        program = here.client({"Authorization": f"Bearer {secret}"}, origin=False)
        assert "viewer" == (await told(program.get(ME)))[1]["role"]
        listed = await beside(token, tmp_path, "list", "boss")
        assert "backup" in listed
        assert secret not in listed
        await beside(token, tmp_path, "revoke", "boss", "backup")
        assert 401 == (await told(program.get(ME)))[0]

    serve(tmp_path, life)


def test_a_token_of_the_command_line_has_the_same_limits(tmp_path: Path) -> None:
    """Not more than its owner, one of a name; JSON on request."""

    async def life(here: Serving) -> None:
        await here.user(Role.ANALYST, name="anna")
        with pytest.raises(SysloggerError, match="more than"):
            await beside(token, tmp_path, "create", "anna", "x", "--role", "admin")
        made = json.loads(await beside(token, tmp_path, "create", "anna", "x", "--engine", "main", "--json"))
        assert (["main"], "analyst") == (made["scope"]["engines"], made["role"])
        assert made["token"].startswith("slg_")
        with pytest.raises(SysloggerError, match="already"):
            await beside(token, tmp_path, "create", "anna", "x")
        with pytest.raises(SysloggerError, match="no token"):
            await beside(token, tmp_path, "revoke", "anna", "y")
        assert await users.by_name(here.services.store, "ANNA")

    serve(tmp_path, life)
