"""API tokens: shown once, kept as a digest, never more than their owner, until they expire or are revoked."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import tokens
from api.errors import ApiError
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.store.tokens import Token
from api.store.users import User, now_us
from tests.api.serving import Serving, serve, told

TOKENS, ME, USERS = "/api/v1/tokens", "/api/v1/auth/me", "/api/v1/users"
names = st.lists(st.sampled_from("abcd"), max_size=4, unique=True).map(tuple)
scopes = st.builds(Scope, engines=names, clients=names)


async def status_of(answering: Any) -> int:
    """The status alone."""
    async with answering as got:
        return int(got.status)


def test_a_token_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    """It works as bearer, no list has it, the file has its sha256, and revoked it is worth nothing."""

    async def life(here: Serving) -> None:
        browser = await here.as_role(Role.ANALYST)
        status, made = await told(browser.post(TOKENS, json={"name": "backup"}))
        secret = made.pop("token")
        assert (201, 68) == (status, len(secret))
        assert 89 * tokens.DAY_US < made["expires_at"] - made["created_at"] <= 90 * tokens.DAY_US
        program = here.client({"Authorization": f"Bearer {secret}"}, origin=False)
        status, me = await told(program.get(ME))
        assert (200, "token", None, "analyst") == (status, me["kind"], me["csrf"], me["role"])
        _, (listed,) = await told(browser.get(TOKENS))
        assert {**made, "last_used_at": 0, "last_used_address": "127.0.0.1"} == {**listed, "last_used_at": 0}
        assert now_us() - listed["last_used_at"] < 60_000_000
        stored = (here.root / "_control" / "api.db-wal").read_bytes() + (here.root / "_control" / "api.db").read_bytes()
        assert hashlib.sha256(secret.encode()).digest() in stored
        assert secret[10:].encode() not in stored
        assert 204 == await status_of(browser.delete(f"{TOKENS}/{made['id']}"))
        assert 401 == await status_of(program.get(ME))
        assert 404 == await status_of(browser.delete(f"{TOKENS}/{made['id']}"))

    serve(tmp_path, life)


def test_a_token_is_never_more_than_its_owner(tmp_path: Path) -> None:
    """Neither in role nor in scope, and a viewer has none."""

    async def life(here: Serving) -> None:
        browser = await here.as_role(Role.OPERATOR, Scope(engines=("a", "b")))
        refused: list[dict[str, Any]] = [
            {"role": "admin"},
            {"scope": {}},
            {"scope": {"engines": ["a", "c"]}},
            {"scope": {"clients": ["a"]}},
        ]
        for body in refused:
            status, said = await told(browser.post(TOKENS, json={"name": "x", **body}))
            assert (403, "forbidden") == (status, said["code"]), body
        status, made = await told(browser.post(TOKENS, json={"name": "x", "scope": {"engines": ["b"]}}))
        assert (201, ["b"]) == (status, made["scope"]["engines"])
        _, own = await told(browser.post(TOKENS, json={"name": "y"}))
        assert ["a", "b"] == own["scope"]["engines"]
        viewer = await here.as_role(Role.VIEWER)
        assert 403 == await status_of(viewer.post(TOKENS, json={"name": "x"}))

    serve(tmp_path, life)


def test_a_token_follows_its_owner(tmp_path: Path) -> None:
    """Who is demoted, scoped or disabled takes it along at once, and who is enabled again has it back."""

    async def life(here: Serving) -> None:
        admin, owner = await here.as_role(Role.ADMIN, name="boss"), await here.user(Role.ADMIN, name="anna")
        program = here.client({"Authorization": f"Bearer {await here.token(owner)}"}, origin=False)
        path = f"{USERS}/{owner.id}"
        assert 200 == await status_of(program.get(USERS))
        await told(admin.patch(path, json={"role": "analyst"}))
        assert 403 == await status_of(program.get(USERS))
        assert "analyst" == (await told(program.get(ME)))[1]["role"]
        await told(admin.patch(path, json={"disabled": True}))
        assert 401 == await status_of(program.get(ME))
        await told(admin.patch(path, json={"disabled": False}))
        assert 200 == await status_of(program.get(ME))
        assert 204 == await status_of(admin.delete(path))
        assert 401 == await status_of(program.get(ME))

    serve(tmp_path, life)


def test_a_token_expires(tmp_path: Path) -> None:
    """When its time is over it is nobody's."""

    async def life(here: Serving) -> None:
        secret = await here.token(await here.user(Role.ANALYST))
        program = here.client({"Authorization": f"Bearer {secret}"}, origin=False)
        assert 200 == await status_of(program.get(ME))
        async with here.services.store.write() as connection:
            await connection.execute("UPDATE api_tokens SET expires_at = ?", (now_us() - 1,))
        assert 401 == await status_of(program.get(ME))

    serve(tmp_path, life)


def test_a_token_makes_no_tokens_and_changes_no_password(tmp_path: Path) -> None:
    """One that leaked cannot make itself last or take the account; it needs no Origin and no CSRF token."""

    async def life(here: Serving) -> None:
        program = await here.as_program(Role.OPERATOR)
        assert 403 == await status_of(program.post(TOKENS, json={"name": "x"}))
        passwords = {"present": "x", "password": "seven-green-bottles"}
        assert 403 == await status_of(program.post("/api/v1/auth/password", json=passwords))
        assert 403 == await status_of(program.post("/api/v1/auth/logout"))
        assert 200 == await status_of(program.patch(ME, json={"phone": "112"}))

    serve(tmp_path, life)


def test_what_is_no_token_is_refused(tmp_path: Path) -> None:
    """Names of nothing, days beyond ten years, a name that is taken, somebody else's number."""

    async def life(here: Serving) -> None:
        browser, other = await here.as_role(Role.ANALYST, name="anna"), await here.as_role(Role.ANALYST, name="bert")
        for body in ({}, {"name": ""}, {"name": "a\nb"}, {"name": "x", "days": 0}, {"name": "x", "days": 4_000}):
            assert 422 == await status_of(browser.post(TOKENS, json=body))
        _, made = await told(browser.post(TOKENS, json={"name": "x", "days": tokens.MOST_DAYS}))
        assert 409 == await status_of(browser.post(TOKENS, json={"name": "x"}))
        assert 201 == await status_of(other.post(TOKENS, json={"name": "x"}))
        assert 404 == await status_of(other.delete(f"{TOKENS}/{made['id']}"))

    serve(tmp_path, life)


def test_of_a_user_there_are_a_hundred_at_most(tmp_path: Path) -> None:
    """The next one is refused with what to do."""

    async def life(here: Serving) -> None:
        user = await here.user(Role.ANALYST)
        for _ in range(100):
            await here.token(user)
        status, said = await told((await here.signed_in(user)).post(TOKENS, json={"name": "x"}))
        assert (409, "too_many_tokens") == (status, said["code"])

    serve(tmp_path, life)


@given(scopes, scopes)
def test_what_two_scopes_share_is_in_both(one: Scope, other: Scope) -> None:
    """What is common sees nothing that one of them does not see; nothing in common is None, not everything."""
    both = tokens.common(one, other)
    if both is None:
        assert one.limited
        assert other.limited
        return
    for scope in (one, other):
        assert not scope.limited or (both.limited and set(both.engines) <= set(scope.engines))
        assert not scope.limited or set(both.clients) <= set(scope.clients)
    assert tokens.common(one, one) == one


@given(st.sampled_from(Role), st.sampled_from(Role), scopes, scopes)
def test_what_is_asked_for_is_given_or_refused(own: Role, role: Role, sees: Scope, scope: Scope) -> None:
    """A token that was made has exactly the role and scope that were asked for, and its owner had them."""
    owner = User("anna", own, "!", scope=sees, id=1)
    if tokens.lesser(role, own) is not role or tokens.common(scope, sees) != scope:
        with pytest.raises(ApiError, match="owner"):
            tokens.asked_for(owner, tokens.make(), "x", role, scope, 1)
        return
    token = tokens.asked_for(owner, tokens.make(), "x", role, scope, 1)
    assert (role, scope) == (token.role, token.scope)
    assert (role, scope) == tokens.rights(token, owner)


@pytest.mark.parametrize("owner_scope", [Scope(engines=("b",)), Scope(clients=("a",))])
def test_a_token_with_nothing_left_is_nobodys(owner_scope: Scope) -> None:
    """An owner whose scope has become another one leaves a token without rights, not one with all."""
    token = Token("x", "slg_", Role.VIEWER, Scope(engines=("a",)), now_us() + tokens.DAY_US)

    assert tokens.rights(token, User("anna", Role.ADMIN, "!", scope=owner_scope)) is None
    assert tokens.rights(token, User("anna", Role.ADMIN, "!", scope=EVERYTHING)) == (Role.VIEWER, token.scope)
    assert tokens.rights(token, replace(User("anna", Role.ADMIN, "!"), disabled=True)) is None


def test_tokens_are_not_guessed() -> None:
    """They have the prefix, 32 bytes, and are never the same."""
    made = {tokens.make() for _ in range(100)}

    assert len(made) == 100
    assert all(tokens.is_one(token) and token.startswith("slg_") for token in made)
