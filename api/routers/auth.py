"""Routes of one's own account: setup, signing in and out, oneself, the password, one's sessions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel

from api import sessions, setup
from api.audit import entry_of
from api.errors import ApiError, not_found
from api.identity import Caller, Who, address_of, nobody
from api.permissions import Access, Family, Role
from api.person import ContactChange, LoginBody, PasswordBody, SessionBody, SetupBody, UserBody, fit_password
from api.routing import family_router, open_to_all, route
from api.services import Services, services
from api.signing_in import check_password, note_refusal, sign_in
from api.store import audit, users
from api.store import sessions as kept
from api.store.audit import Entry
from api.store.sessions import Session
from api.store.users import User

MOST_ID = (1 << 63) - 1
SETUP_ACCOUNT = " setup"  # no name: one has no space

router = family_router("auth")
Offered = Annotated[Services, Depends(services)]
Id = Annotated[int, Path(ge=1, le=MOST_ID, examples=[1])]


class Door(BaseModel):
    """open: there is no user yet, and the setup waits for its code."""

    open: bool


class Me(BaseModel):
    """Who is signed in. csrf: what writes with the session's cookie send as X-CSRF-Token; null for a token.

    role and scope are those of this session or token; `user` says those of the account.
    """

    user: UserBody
    role: Role
    kind: str
    csrf: str | None
    idle_minutes: int


class Ended(BaseModel):
    """How many there were."""

    ended: int


@open_to_all(router, "GET", "/auth/setup", summary="Whether the first admin has still to be made")
async def door(offered: Offered) -> Door:
    """Whether the door is open."""
    return Door(open=not await users.are_there(offered.store))


@open_to_all(
    router,
    "POST",
    "/auth/setup",
    summary="Make the first admin, with the setup code; afterwards this is shut",
    status=201,
    also=(403, 409),
)
async def set_up(body: SetupBody, offered: Offered, request: Request, response: Response) -> Me:
    """Make the first admin and sign in."""
    root, address = offered.settings.root, address_of(request)
    if await users.are_there(offered.store):
        raise _shut()
    await offered.throttle.check(SETUP_ACCOUNT, address)
    if not setup.is_code(root, body.code):
        await note_refusal(offered, SETUP_ACCOUNT, None, address, target="setup")
        hint = f"it is in the file {setup.CODE} of the data directory's control folder"
        raise ApiError(403, "setup_code", "this is not the setup code", field="body.code", hint=hint)
    password = fit_password(body.password, body.name)
    async with offered.passwords.turn():
        hashed = await offered.passwords.hashed(password)
    session, user = await _first(offered, User(body.name, Role.ADMIN, hashed), address, _agent(request))
    setup.forget(root)
    return _signed_in(offered, request, response, session, user)


@open_to_all(router, "POST", "/auth/login", summary="Sign in", also=(401, 403))
async def login(body: LoginBody, offered: Offered, request: Request, response: Response) -> Me:
    """A new session; the one that the browser had ends."""
    session, user = await sign_in(
        offered,
        body.name,
        body.password.get_secret_value(),
        address=address_of(request),
        agent=_agent(request),
        replaced_sid=sessions.sid_of(request, offered.secret.value),
    )
    return _signed_in(offered, request, response, session, user)


@route(router, "POST", "/auth/logout", Family.AUTH, Access.WRITE, summary="Sign out", status=204)
async def logout(caller: Who, offered: Offered, request: Request, response: Response) -> None:
    """The session ends here and everywhere."""
    _session_only(caller)
    async with offered.store.write() as connection:
        await kept.end(connection, caller.key_id, caller.user_id)
        await audit.add(connection, entry_of(caller, "auth.sign_out"))
    sessions.take_away(response, secure=sessions.is_secure(request))


@route(router, "GET", "/auth/me", Family.AUTH, Access.READ, summary="Who is signed in")
async def me(caller: Who, offered: Offered) -> Me:
    """Oneself, and the CSRF token."""
    user = await users.by_id(offered.store, caller.user_id)
    if user is None:
        raise nobody()
    if caller.kind == "token":
        return _me(offered, user, caller, None)
    found = await kept.by_id(offered.store, caller.key_id)
    if found is None:
        raise nobody()
    return _me(offered, user, caller, found[0].csrf)


@route(router, "PATCH", "/auth/me", Family.AUTH, Access.WRITE, summary="Change one's own name to show, e-mail, phone")
async def change_me(body: ContactChange, caller: Who, offered: Offered) -> UserBody:
    """What everybody may change of themselves."""
    changes = body.model_dump(exclude_none=True)
    async with offered.store.write() as connection:
        user = await users.in_write(connection, caller.user_id)
        user = await users.put(connection, replace(user, **changes))
        await audit.add(connection, entry_of(caller, "auth.changed", user.name, {"changed": sorted(changes)}))
    return UserBody.of(user)


@route(
    router,
    "POST",
    "/auth/password",
    Family.AUTH,
    Access.WRITE,
    summary="Change one's own password; every other session ends",
    description="It needs a session, and the password until now.",
)
async def change_password(body: PasswordBody, caller: Who, offered: Offered) -> Ended:
    """Another password."""
    _session_only(caller)
    user = await check_password(offered, caller.user_id, body.present.get_secret_value(), caller.address)
    password = fit_password(body.password, user.name)
    async with offered.passwords.turn():
        hashed = await offered.passwords.hashed(password)
    async with offered.store.write() as connection:
        now = await users.in_write(connection, caller.user_id)
        await users.put(connection, replace(now, password_hash=hashed))
        ended = await kept.end_all(connection, caller.user_id, but=caller.key_id)
        await audit.add(connection, entry_of(caller, "auth.password", user.name, {"sessions_ended": ended}))
    return Ended(ended=ended)


@route(router, "GET", "/auth/sessions", Family.AUTH, Access.READ, summary="Where one is signed in")
async def own_sessions(caller: Who, offered: Offered) -> list[SessionBody]:
    """One's sessions, the newest first."""
    return await listed_sessions(offered, caller, caller.user_id)


async def listed_sessions(offered: Services, caller: Caller, user_id: int) -> list[SessionBody]:
    """The sessions of a user, the newest first, as the caller is told of them."""
    since = sessions.alive_since(offered.settings.token_expiration_minutes)
    current = caller.key_id if caller.kind == "session" else None
    return [SessionBody.of(each, current) for each in await kept.of_user(offered.store, user_id, since)]


@route(
    router,
    "DELETE",
    "/auth/sessions/{session_id}",
    Family.AUTH,
    Access.WRITE,
    summary="End one of one's sessions",
    status=204,
    also=(404,),
)
async def end_session(session_id: Id, caller: Who, offered: Offered) -> None:
    """The session is none any more."""
    await offered.audit.removing(
        lambda connection: kept.end(connection, session_id, caller.user_id),
        entry_of(caller, "auth.session_ended", str(session_id)),
        not_found(f"session {session_id} of yours"),
    )


async def _first(offered: Services, user: User, address: str, agent: str) -> tuple[Session, User]:
    async with offered.store.write() as connection:
        if list(await connection.execute_fetchall("SELECT 1 FROM users LIMIT 1")):
            raise _shut()
        made = await users.add(connection, user)
        await users.note_sign_in(connection, made.id, made.password_hash)
        session = await kept.begin(connection, made.id, address, agent)
        await audit.add(connection, Entry("auth.setup", made.name, made.id, "session", session.id, address=address))
        return session, await users.in_write(connection, made.id)


def _signed_in(offered: Services, request: Request, response: Response, session: Session, user: User) -> Me:
    sessions.give(response, session, offered.secret.value, secure=sessions.is_secure(request))
    caller = Caller(user.id, user.name, user.role, user.scope, "session", session.id, session.address)
    return _me(offered, user, caller, session.csrf)


def _me(offered: Services, user: User, caller: Caller, csrf: str | None) -> Me:
    minutes = offered.settings.token_expiration_minutes
    return Me(user=UserBody.of(user), role=caller.role, kind=caller.kind, csrf=csrf, idle_minutes=minutes)


def _agent(request: Request) -> str:
    return "".join(each for each in request.headers.get("user-agent", "") if each.isprintable())


def _session_only(caller: Caller) -> None:
    if caller.kind != "session":
        raise ApiError(403, "session_only", "a token cannot do this", hint="sign in")


def _shut() -> ApiError:
    return ApiError(409, "set_up", "this is set up: there is a user", hint="sign in")
