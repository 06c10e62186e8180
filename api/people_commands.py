"""The commands about people: `user`, `token`, `secrets`. They work on `api.db` itself, whether the API runs or not.

Rules
- Who may write to the data directory may do all of this: it is the way back in when every admin forgot the password.
- A password is asked for on a terminal and read from stdin elsewhere, one line; it never stands in an argument.
- What is done is in the audit, by the number of the operating system's user.
- The first user has to be an admin; a running API shuts its setup page then.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from syslogger.cli.options import CONFIG, JSON
from syslogger.cli.output import columns, escape, json_line
from syslogger.errors import ExitCode, SysloggerError

if TYPE_CHECKING:
    from api.store.audit import Entry
    from api.store.connection import Store
    from api.store.users import User

T = TypeVar("T")

ROLES = ("viewer", "analyst", "operator", "admin")
ENGINES = click.option("--engine", "engines", multiple=True, help="An engine that is seen; may be repeated.")
CLIENTS = click.option("--client", "clients", multiple=True, help="A client that is seen; may be repeated.")
NAME = click.argument("name")


@click.group("user")
def user() -> None:
    """Who may sign in: add, list, reset, disable, enable."""


@user.command("add")
@NAME
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What they may.")
@ENGINES
@CLIENTS
@click.option("--email", default="", help="An e-mail address.")
@click.option("--phone", default="", help="A phone number.")
@CONFIG
def add_user(
    name: str, role: str, engines: Sequence[str], clients: Sequence[str], email: str, phone: str, config: Path
) -> ExitCode:
    """Add a user; the password is asked for, or read from stdin."""
    from pydantic import ValidationError

    from api import setup
    from api.person import NewUser
    from api.store import users
    from api.store.users import User

    said = {"name": name, "password": _password(), "role": role, "email": email, "phone": phone}
    try:
        new = NewUser.model_validate({**said, "scope": {"engines": engines, "clients": clients}})
    except ValidationError as error:
        raise _usage(error) from error
    hashed = _hash(new.password.get_secret_value(), new.name)
    root = _root(config)

    async def work(store: Store) -> None:
        made = User(new.name, new.role, hashed, scope=new.scope, email=new.email, phone=new.phone)
        async with store.write() as connection:
            await users.add(connection, made)
            await _note(connection, "users.made", made.name, {"role": role, "scope": made.scope.model_dump()})
        setup.forget(root)

    _run(root, work)
    click.echo(f"{escape(new.name)} may sign in as {role}")
    return ExitCode.OK


@user.command("list")
@CONFIG
@JSON
def list_users(config: Path, as_json: bool) -> ExitCode:
    """List the users."""
    from api.person import UserBody
    from api.store import users

    found = _run(_root(config), lambda store: users.listed(store, limit=1_000_000))
    if as_json:
        for each in found:
            click.echo(json_line(UserBody.of(each).model_dump(mode="json")))
        return ExitCode.OK
    rows = [(each.name, each.role.value, "disabled" if each.disabled else "", _seen(each.scope)) for each in found]
    click.echo("\n".join(columns([("name", "role", "state", "sees"), *rows])))
    return ExitCode.OK


@user.command("reset")
@NAME
@CONFIG
def reset_user(name: str, config: Path) -> ExitCode:
    """Give a user another password; their sessions end. It is asked for, or read from stdin."""
    return _change(config, name, "has another password", "users.password", password_hash=_hash(_password(), name))


@user.command("disable")
@NAME
@CONFIG
def disable_user(name: str, config: Path) -> ExitCode:
    """Nobody signs in under this name any more; sessions end and tokens are worth nothing."""
    return _change(config, name, "is disabled", "users.changed", {"disabled": [False, True]}, disabled=True)


@user.command("enable")
@NAME
@CONFIG
def enable_user(name: str, config: Path) -> ExitCode:
    """The user may sign in again."""
    return _change(config, name, "may sign in", "users.changed", {"disabled": [True, False]}, disabled=False)


@click.group("token")
def token() -> None:
    """API tokens for programs: create, list, revoke."""


@token.command("create")
@click.argument("owner")
@NAME
@click.option("--role", type=click.Choice(ROLES), help="At most the owner's, which is the default.")
@ENGINES
@CLIENTS
@click.option("--days", type=click.IntRange(1, 3_653), default=90, show_default=True, help="Until it expires.")
@CONFIG
@JSON
def create_token(
    owner: str,
    name: str,
    role: str | None,
    engines: Sequence[str],
    clients: Sequence[str],
    days: int,
    config: Path,
    as_json: bool,
) -> ExitCode:
    """Create a token for a user and print it; it is shown once."""
    from pydantic import ValidationError

    from api import tokens
    from api.person import NewToken, TokenBody
    from api.store import tokens as kept

    scope = {"engines": engines, "clients": clients} if engines or clients else None
    try:
        new = NewToken.model_validate({"name": name, "role": role, "scope": scope, "days": days})
    except ValidationError as error:
        raise _usage(error) from error
    secret = tokens.make()

    async def work(store: Store) -> TokenBody:
        found = await _user(store, owner)
        asked = tokens.asked_for(found, secret, new.name, new.role, new.scope, new.days)
        async with store.write() as connection:
            made = await kept.add(connection, asked, tokens.digest_of(secret))
            await _note(connection, "tokens.made", str(made.id), {"owner": found.name, "name": made.name})
        return TokenBody.of(made)

    made = _run(_root(config), work)
    click.echo(json_line({**made.model_dump(mode="json"), "token": secret}) if as_json else secret)
    return ExitCode.OK


@token.command("list")
@click.argument("owner")
@CONFIG
@JSON
def list_tokens(owner: str, config: Path, as_json: bool) -> ExitCode:
    """List the tokens of a user."""
    from api.person import TokenBody
    from api.store import tokens as kept

    async def work(store: Store) -> list[TokenBody]:
        found = await _user(store, owner)
        return [TokenBody.of(each) for each in await kept.of_user(store, found.id)]

    listed = _run(_root(config), work)
    if as_json:
        for each in listed:
            click.echo(json_line(each.model_dump(mode="json")))
        return ExitCode.OK
    rows = [(each.name, each.starts + "…", each.role.value, _day(each.expires_at)) for each in listed]
    click.echo("\n".join(columns([("name", "begins", "role", "expires"), *rows])))
    return ExitCode.OK


@token.command("revoke")
@click.argument("owner")
@NAME
@CONFIG
def revoke_token(owner: str, name: str, config: Path) -> ExitCode:
    """A token of a user is worth nothing any more."""
    from api.store import tokens as kept

    async def work(store: Store) -> None:
        found = await _user(store, owner)
        number = next((each.id for each in await kept.of_user(store, found.id) if each.name == name), 0)
        async with store.write() as connection:
            if not await kept.revoke(connection, number, found.id):
                raise SysloggerError(f"{owner} has no token {name!r}; `syslogger token list` shows them")
            await _note(connection, "tokens.revoked", str(number), {"owner": found.name})

    _run(_root(config), work)
    click.echo(f"{escape(name)} is revoked")
    return ExitCode.OK


@click.group("secrets")
def secrets() -> None:
    """What the API signs with."""


@secrets.command("rotate")
@CONFIG
def rotate(config: Path) -> ExitCode:
    """Make another key for sessions: everybody has to sign in again; API tokens stay."""
    from api.secrets import SIGNING_KEY, Secret

    root = _root(config)

    async def work(store: Store) -> int:
        Secret(root, SIGNING_KEY).renew()
        async with store.write() as connection:
            ended = (await connection.execute("DELETE FROM sessions")).rowcount
            await _note(connection, "secrets.rotated", "", {"sessions_ended": ended})
        return ended

    click.echo(f"another key is in use; {_run(root, work)} session(s) ended")
    return ExitCode.OK


# -- inside ------------------------------------------------------------------------------------------------------------


def _root(config: Path) -> Path:
    from syslogger.config import load

    return load(config).root


def _run(root: Path, work: Callable[[Store], Awaitable[T]]) -> T:
    from api.store.connection import Store, database_of

    async def opened() -> T:
        async with await Store.open(database_of(root)) as store:
            return await work(store)

    return asyncio.run(opened())


def _change(
    config: Path, name: str, outcome: str, action: str, details: dict[str, Any] | None = None, **changes: Any
) -> ExitCode:
    """Change a user, end their sessions, note it and say what has come of it."""
    from dataclasses import replace

    from api.store import sessions, users

    async def work(store: Store) -> None:
        found = await _user(store, name)
        async with store.write() as connection:
            await users.put(connection, replace(await users.in_write(connection, found.id), **changes))
            ended = await sessions.end_all(connection, found.id)
            await _note(connection, action, found.name, {**(details or {}), "sessions_ended": ended})

    _run(_root(config), work)
    click.echo(f"{escape(name)} {outcome}")
    return ExitCode.OK


async def _user(store: Store, name: str) -> User:
    from api.store import users

    found = await users.by_name(store, name)
    if found is None:
        raise SysloggerError(f"there is no user {name!r}; `syslogger user list` shows them")
    return found


async def _note(connection: Any, action: str, target: str, details: dict[str, Any]) -> None:
    from api.store import audit

    await audit.add(connection, _entry(action, target, details))


def _entry(action: str, target: str, details: dict[str, Any]) -> Entry:
    from api.store.audit import Entry

    # no user of the API has brackets in the name
    return Entry(action, user_name=f"(uid {os.getuid()})", kind="command", target=target, details=details)


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().removesuffix("\n")


def _hash(password: str, name: str) -> str:
    from argon2 import PasswordHasher

    from api.passwords import check_strength, normal
    from syslogger.errors import UnfitError

    try:
        check_strength(password, name)
    except UnfitError as error:
        raise click.BadParameter(f"{error.wrong}; {error.right}", param_hint="password") from error
    return PasswordHasher().hash(normal(password))


def _usage(error: Any) -> click.BadParameter:
    first = error.errors()[0]
    return click.BadParameter(str(first["msg"]), param_hint=".".join(map(str, first["loc"])))


def _seen(scope: Any) -> str:
    named = [*(f"engine {name}" for name in scope.engines), *(f"client {name}" for name in scope.clients)]
    return ", ".join(named) or "everything"


def _day(at: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at / 1_000_000, UTC).date().isoformat()
