"""Sessions of people: a row in the store, its id signed in a cookie.

Rules
- The cookie holds a JWT with `sid` and `iat` and nothing else. It says which row; the row says who that is, now.
- One algorithm, HS256, whatever the token's own header asks for. A new signing key ends every session.
- Each sign-in has a session of its own: an id that somebody had before is never taken over.
- The cookie is HttpOnly and SameSite=Strict and ends with the browser. Behind TLS it is Secure and has the prefix
  `__Host-`, and only that one is read there: a page on plain HTTP cannot give somebody a session.
- TOKEN_EXPIRATION is minutes without use. Use is written at most once a minute. After `MOST_DAYS` a session is over
  however much it was used: a cookie that somebody has copied is not worth something for ever.
"""

from __future__ import annotations

import time

import jwt
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.store.sessions import Session, Since
from api.store.users import now_us

ALGORITHM = "HS256"
COOKIE = "syslogger_session"
MOST_COOKIE_CHARACTERS = 1_024
TOUCH_SECONDS = 60
MOST_DAYS = 30
MINUTE_US, DAY_US = 60_000_000, 86_400_000_000


def is_secure(connection: HTTPConnection) -> bool:
    """Whether this came by TLS, here or at a trusted proxy."""
    return connection.scope["scheme"] in ("https", "wss")


def cookie_name(*, secure: bool) -> str:
    """What the cookie is called."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def give(response: Response, session: Session, key: str, *, secure: bool) -> None:
    """Put the session's cookie into an answer."""
    signed = jwt.encode({"sid": session.sid, "iat": int(time.time())}, key, algorithm=ALGORITHM)
    response.set_cookie(cookie_name(secure=secure), signed, path="/", secure=secure, httponly=True, samesite="strict")


def take_away(response: Response, *, secure: bool) -> None:
    """Take the cookie out of the browser."""
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="strict")


def sid_of(connection: HTTPConnection, key: str) -> str | None:
    """The session that the caller's cookie names; None without one, or where our key did not sign it."""
    signed = connection.cookies.get(cookie_name(secure=is_secure(connection)), "")
    if not signed or len(signed) > MOST_COOKIE_CHARACTERS:
        return None
    try:
        # the row says when it ends; `iat` is not compared: a clock that was set back would sign everybody out
        options: jwt.types.Options = {"require": ["sid", "iat"], "verify_iat": False}
        claims = jwt.decode(signed, key, algorithms=[ALGORITHM], options=options)
    except jwt.InvalidTokenError:
        return None
    sid = claims["sid"]
    return sid if isinstance(sid, str) else None


def alive_since(idle_minutes: int) -> Since:
    """Since when a session must have been used, and begun, to be one now."""
    now = now_us()
    return Since(seen=now - idle_minutes * MINUTE_US, begun=now - MOST_DAYS * DAY_US)


def is_over(session: Session, idle_minutes: int) -> bool:
    """Whether it has ended: nobody used it for so long, or it is too old."""
    since = alive_since(idle_minutes)
    return session.last_seen_at < since.seen or session.created_at < since.begun


def is_due(last_seen_at: int | None, idle_minutes: int = 60) -> bool:
    """Whether it is time to write down that a session or token was used."""
    every_seconds = min(TOUCH_SECONDS, idle_minutes * 15)
    return last_seen_at is None or now_us() - last_seen_at >= every_seconds * 1_000_000
