"""Identity: who asks, by a session's cookie or a token, and whether they may.

Rules
- Every request reads the row of the session or token and that of its owner, so sign-out, disabling and a change of
  rights hold from the next request on.
- Where there is a bearer no cookie is looked at. A write with a cookie has the CSRF token of its own session.
- Nobody is told why they are nobody: no such session, an expired one and a disabled owner are one answer.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from fastapi import Depends
from starlette.requests import HTTPConnection

from api import sessions, tokens
from api.errors import ApiError
from api.middleware import READS
from api.permissions import Access, Family, Role, allowed, least_role
from api.scope import Scope
from api.services import Services, services
from api.store import sessions as kept_sessions
from api.store import tokens as kept_tokens
from api.store.sessions import Session
from api.store.tokens import Token
from api.store.users import User
from syslogger.errors import StoreError

CSRF_HEADER = "X-CSRF-Token"

_log = logging.getLogger("syslogger.api")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as they are at this moment. key_id: the number of the session or token; address: the client's."""

    user_id: int
    name: str
    role: Role
    scope: Scope
    kind: Literal["session", "token"]
    key_id: int
    address: str


async def identified(connection: HTTPConnection) -> Caller:
    """Who sends a request or opens a WebSocket. Raises ApiError: 401, or 403 for a write without its CSRF token."""
    offered = services(connection)
    bearer = connection.headers.get("authorization")
    if bearer is not None:
        return await _by_token(offered, bearer, address_of(connection))
    return await _by_cookie(offered, connection)


async def still(offered: Services, caller: Caller) -> Caller:
    """The same caller as they are now, for what lasts longer than a request. Raises ApiError (401)."""
    if caller.kind == "token":
        token = await kept_tokens.by_id(offered.store, caller.key_id)
        return _token_caller(token, caller.address)
    session = await kept_sessions.by_id(offered.store, caller.key_id)
    return _session_caller(session, offered.settings.token_expiration_minutes, caller.address)


def check_right(caller: Caller, family: Family, access: Access) -> None:
    """Raise ApiError (403) when this caller may not."""
    if allowed(caller.role, family, access, scoped=caller.scope.limited):
        return
    least = least_role(family, access)
    what = family.value.replace("_", " ")
    if allowed(caller.role, family, access):
        message = f"{what}: this shows the whole machine, and you see a part of it"
        raise ApiError(403, "forbidden", message, hint="ask an admin for a user without a scope")
    verb = "read" if access is Access.READ else "change"
    message = f"{what}: the role {caller.role.value} may not {verb} this"
    raise ApiError(403, "forbidden", message, hint=f"it needs the role {least.value}")


@cache
def require(family: Family, access: Access) -> Callable[[Caller], Awaitable[Caller]]:
    """The dependency that a route has on its right; its value is the caller."""

    async def checked(caller: Who) -> Caller:
        check_right(caller, family, access)
        return caller

    return checked


def address_of(connection: HTTPConnection) -> str:
    """Where the client is; the middleware has looked at the proxies."""
    return connection.client.host if connection.client else ""


def nobody() -> ApiError:
    """The one answer to whoever is not signed in."""
    return ApiError(
        401,
        "unauthorized",
        "nobody is signed in, or not any more",
        hint="sign in, or send an API token as bearer",
        headers={"WWW-Authenticate": "Bearer"},
    )


async def _by_token(offered: Services, header: str, address: str) -> Caller:
    scheme, _, text = header.partition(" ")
    secret = text.strip()
    if scheme.lower() != "bearer" or not tokens.is_one(secret):
        raise nobody()
    found = await kept_tokens.found(offered.store, tokens.digest_of(secret))
    caller = _token_caller(found, address)
    if found and sessions.is_due(found[0].last_used_at):
        await _touched(offered, caller)
    return caller


async def _by_cookie(offered: Services, connection: HTTPConnection) -> Caller:
    sid = sessions.sid_of(connection, offered.secret.value)
    found = await kept_sessions.found(offered.store, sid) if sid else None
    idle_minutes = offered.settings.token_expiration_minutes
    caller = _session_caller(found, idle_minutes, address_of(connection))
    if found is None:
        raise nobody()
    session, _ = found
    _check_csrf(connection, session)
    if sessions.is_due(session.last_seen_at, idle_minutes):
        await _touched(offered, caller)
    return caller


def _check_csrf(connection: HTTPConnection, session: Session) -> None:
    if connection.scope["type"] != "http" or connection.scope["method"] in READS:
        return
    sent = connection.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), session.csrf.encode()):
        message = f"a write with a cookie needs the header {CSRF_HEADER} of this session"
        raise ApiError(403, "csrf", message, field=f"header.{CSRF_HEADER}", hint="GET /api/v1/auth/me tells it")


def _token_caller(found: tuple[Token, User] | None, address: str) -> Caller:
    rights = tokens.rights(*found) if found else None
    if found is None or rights is None:
        raise nobody()
    token, owner = found
    return Caller(owner.id, owner.name, *rights, "token", token.id, address)


def _session_caller(found: tuple[Session, User] | None, idle_minutes: int, address: str) -> Caller:
    if found is None or found[1].disabled or sessions.is_over(found[0], idle_minutes):
        raise nobody()
    session, user = found
    return Caller(user.id, user.name, user.role, user.scope, "session", session.id, address)


async def _touched(offered: Services, caller: Caller) -> None:
    """Write down that it was used; a full disk must not lock out whoever comes to make room."""
    try:
        async with offered.store.write() as connection:
            if caller.kind == "token":
                await kept_tokens.touch(connection, caller.key_id, caller.address)
            else:
                await kept_sessions.touch(connection, caller.key_id)
    except StoreError as error:
        _log.warning("the use of a %s could not be noted: %s", caller.kind, error)


Who = Annotated[Caller, Depends(identified)]
