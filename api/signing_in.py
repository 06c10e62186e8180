"""Signing in: a name and a password become a session, or cost the same as if they did.

Order: the throttle, one's turn in the queue, the throttle again (others were before us), the hash, and then one
transaction that sees the user as they are by then: disabled or with another password meanwhile, nobody comes in.
"""

from __future__ import annotations

from dataclasses import replace

from api.errors import ApiError
from api.passwords import Passwords
from api.services import Services
from api.sessions import alive_since
from api.store import audit, sessions, users
from api.store.audit import Entry
from api.store.sessions import Session
from api.store.users import User


async def sign_in(
    offered: Services, name: str, password: str, *, address: str, agent: str, replaced_sid: str | None = None
) -> tuple[Session, User]:
    """A new session of the person of this name.

    replaced_sid: the session that the browser had until now; it ends. Raises ApiError: 401, or 429 when too many tries
    have failed or too many people sign in at once.
    """
    account = users.name_key(name)
    await offered.throttle.check(account, address)
    async with offered.passwords.turn():
        await offered.throttle.check(account, address)
        user = await users.by_name(offered.store, name)
        good = await offered.passwords.matches(user.password_hash if user else None, password)
        if user is None or not good or user.disabled:
            await note_refusal(offered, account, user, address)
            raise _wrong()
        hashed = await _renewed(offered.passwords, user, password)
    begun = await _begin(offered, user, hashed, address, agent, replaced_sid)
    await offered.throttle.succeeded(account, address)
    return begun


async def check_password(offered: Services, user_id: int, password: str, address: str) -> User:
    """The user, where this is their password; throttled like a sign-in. Raises ApiError (403, 429)."""
    user = await users.by_id(offered.store, user_id)
    if user is None:
        raise _wrong()
    account = users.name_key(user.name)
    await offered.throttle.check(account, address)
    async with offered.passwords.turn():
        await offered.throttle.check(account, address)
        if await offered.passwords.matches(user.password_hash, password):
            return user
        await note_refusal(offered, account, user, address)
    raise ApiError(403, "wrong_password", "this is not your password", field="body.present")


async def _begin(
    offered: Services, user: User, hashed: str, address: str, agent: str, replaced_sid: str | None
) -> tuple[Session, User]:
    async with offered.store.write() as connection:
        now = await users.in_write(connection, user.id)
        if now.disabled or now.password_hash != user.password_hash:
            raise _wrong()
        await users.note_sign_in(connection, user.id, hashed)
        await sessions.sweep(connection, alive_since(offered.settings.token_expiration_minutes))
        if replaced_sid:
            await sessions.end_sid(connection, replaced_sid)
        session = await sessions.begin(connection, user.id, address, agent)
        entry = Entry("auth.sign_in", user.name, user.id, "session", session.id, address=address)
        await audit.add(connection, entry)
        return session, await users.in_write(connection, user.id)


async def _renewed(passwords: Passwords, user: User, password: str) -> str:
    """The hash, made anew when the parameters have changed since."""
    return await passwords.hashed(password) if passwords.outdated(user.password_hash) else user.password_hash


async def note_refusal(offered: Services, account: str, user: User | None, address: str, target: str = "") -> None:
    """Count a failure and note it, and that who fails has to wait from now on: once, not each time he comes again.

    A name that is nobody's is not written down: it is often a password in the wrong line. Raises StoreError.
    """
    await offered.throttle.failed(account, address)
    wait_seconds = await offered.throttle.wait_seconds(account, address)
    noted = Entry("auth.refused", user.name if user else "", user.id if user else None, target=target, address=address)
    async with offered.store.write() as connection:
        await audit.add(connection, noted)
        if wait_seconds:
            await audit.add(connection, replace(noted, action="auth.throttled", details={"seconds": wait_seconds}))


def _wrong() -> ApiError:
    return ApiError(401, "wrong_credentials", "this name and this password do not belong together")
