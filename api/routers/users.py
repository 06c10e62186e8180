"""Routes of an admin about people: who there is, what they may, their sessions and tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Query

from api.audit import entry_of
from api.errors import not_found
from api.identity import Who
from api.permissions import Access, Family
from api.person import NewUser, ResetBody, SessionBody, TokenBody, UserBody, UserChange, fit_password
from api.routers.auth import MOST_ID, Ended, Id, Offered, listed_sessions
from api.routing import family_router, route
from api.store import audit, tokens, users
from api.store import sessions as kept
from api.store.users import User

router = family_router("users")
_READ, _WRITE = (Family.USERS, Access.READ), (Family.USERS, Access.WRITE)


@route(router, "GET", "/users", *_READ, summary="Every user, by number")
async def every_user(
    offered: Offered,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 1_000,
    after: Annotated[int, Query(ge=0, le=MOST_ID, description="The number of the last one that is known.")] = 0,
) -> list[UserBody]:
    """Users, a page at a time."""
    return [UserBody.of(user) for user in await users.listed(offered.store, after=after, limit=limit)]


@route(router, "POST", "/users", *_WRITE, summary="Make a user", status=201, also=(409,))
async def make_user(body: NewUser, caller: Who, offered: Offered) -> UserBody:
    """A new user."""
    password = fit_password(body.password, body.name, body.display_name)
    async with offered.passwords.turn():
        hashed = await offered.passwords.hashed(password)
    told = {name: getattr(body, name) for name in NewUser.model_fields if name != "password"}
    async with offered.store.write() as connection:
        user = await users.add(connection, User(**told, password_hash=hashed))
        details = {"role": user.role.value, "scope": user.scope.model_dump()}
        await audit.add(connection, entry_of(caller, "users.made", user.name, details))
    return UserBody.of(user)


@route(router, "GET", "/users/{user_id}", *_READ, summary="One user", also=(404,))
async def one_user(user_id: Id, offered: Offered) -> UserBody:
    """The user of this number."""
    return UserBody.of(await _there(offered, user_id))


@route(
    router,
    "PATCH",
    "/users/{user_id}",
    *_WRITE,
    summary="Change a user",
    description="What is left out stays. Rights change at once; who is disabled is signed out everywhere. There is"
    " always an enabled admin without a scope: a change after which there were none is refused (409).",
    also=(404, 409),
)
async def change_user(user_id: Id, body: UserChange, caller: Who, offered: Offered) -> UserBody:
    """The user as they are then."""
    changes = {name: value for name in body.model_fields_set if (value := getattr(body, name)) is not None}
    async with offered.store.write() as connection:
        before = await users.in_write(connection, user_id)
        user = await users.put(connection, replace(before, **changes))
        if user.disabled:
            await kept.end_all(connection, user_id)
        await audit.add(connection, entry_of(caller, "users.changed", before.name, _difference(before, user)))
    return UserBody.of(user)


@route(router, "DELETE", "/users/{user_id}", *_WRITE, summary="Remove a user", status=204, also=(404, 409))
async def remove_user(user_id: Id, caller: Who, offered: Offered) -> None:
    """The user, their sessions and their tokens are no more; the audit keeps what they did."""
    async with offered.store.write() as connection:
        user = await users.in_write(connection, user_id)
        await users.remove(connection, user_id)
        await audit.add(connection, entry_of(caller, "users.removed", user.name))


@route(
    router,
    "POST",
    "/users/{user_id}/password",
    *_WRITE,
    summary="Give a user another password; their sessions end",
    also=(404,),
)
async def reset_password(user_id: Id, body: ResetBody, caller: Who, offered: Offered) -> Ended:
    """Another password."""
    user = await _there(offered, user_id)
    password = fit_password(body.password, user.name)
    async with offered.passwords.turn():
        hashed = await offered.passwords.hashed(password)
    own = caller.key_id if caller.kind == "session" and caller.user_id == user_id else 0
    async with offered.store.write() as connection:
        now = await users.in_write(connection, user_id)
        await users.put(connection, replace(now, password_hash=hashed))
        ended = await kept.end_all(connection, user_id, but=own)
        await audit.add(connection, entry_of(caller, "users.password", user.name, {"sessions_ended": ended}))
    return Ended(ended=ended)


@route(router, "GET", "/users/{user_id}/sessions", *_READ, summary="Where a user is signed in", also=(404,))
async def sessions_of(user_id: Id, caller: Who, offered: Offered) -> list[SessionBody]:
    """The sessions of a user, the newest first."""
    await _there(offered, user_id)
    return await listed_sessions(offered, caller, user_id)


@route(router, "DELETE", "/users/{user_id}/sessions", *_WRITE, summary="Sign a user out everywhere", also=(404,))
async def end_sessions_of(user_id: Id, caller: Who, offered: Offered) -> Ended:
    """None of their sessions is one any more."""
    async with offered.store.write() as connection:
        user = await users.in_write(connection, user_id)
        ended = await kept.end_all(connection, user_id)
        await audit.add(connection, entry_of(caller, "users.signed_out", user.name, {"sessions_ended": ended}))
    return Ended(ended=ended)


@route(router, "GET", "/users/{user_id}/tokens", *_READ, summary="The API tokens of a user", also=(404,))
async def tokens_of(user_id: Id, offered: Offered) -> list[TokenBody]:
    """The tokens of a user, the newest first."""
    await _there(offered, user_id)
    return [TokenBody.of(token) for token in await tokens.of_user(offered.store, user_id)]


@route(
    router,
    "DELETE",
    "/users/{user_id}/tokens/{token_id}",
    *_WRITE,
    summary="Revoke a token of a user",
    status=204,
    also=(404,),
)
async def revoke_token_of(user_id: Id, token_id: Id, caller: Who, offered: Offered) -> None:
    """The token is worth nothing any more."""
    user = await _there(offered, user_id)
    await offered.audit.removing(
        lambda connection: tokens.revoke(connection, token_id, user_id),
        entry_of(caller, "tokens.revoked", str(token_id), {"owner": user.name}),
        not_found(f"token {token_id} of this user"),
    )


async def _there(offered: Offered, user_id: int) -> User:
    user = await users.by_id(offered.store, user_id)
    if user is None:
        raise not_found(f"user {user_id}")
    return user


def _difference(before: User, after: User) -> dict[str, object]:
    """What changed of their rights, from and to; of the rest only that it did: the audit is kept for ever."""
    rights: dict[str, object] = {
        name: [getattr(before, name), getattr(after, name)]
        for name in ("name", "role", "disabled")
        if getattr(before, name) != getattr(after, name)
    }
    if before.scope != after.scope:
        rights["scope"] = [before.scope.model_dump(), after.scope.model_dump()]
    contact = [name for name in ("display_name", "email", "phone") if getattr(before, name) != getattr(after, name)]
    return {**rights, "contact": contact} if contact else rights
