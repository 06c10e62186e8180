"""API tokens: for programs, as bearer; named, with rights of their own, shown once.

Rules
- A token is `slg_` and 64 hex digits of 32 random bytes. Kept is its sha256: a slow hash makes guesses dear where
  people choose, and 2**256 needs nothing of the kind; it would only be paid at each request.
- A token may no more than its owner may: what is less of both roles, what both scopes see. It is computed at each
  request, so an owner who is demoted takes the tokens along, and one who is disabled has none.
"""

from __future__ import annotations

import hashlib
import secrets

from api.errors import ApiError
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.store.tokens import Token
from api.store.users import User, now_us

PREFIX = "slg_"
TOKEN_BYTES = 32
SHOWN_CHARACTERS = len(PREFIX) + 6
DEFAULT_DAYS, MOST_DAYS = 90, 3_653
DAY_US = 86_400_000_000

_ROLES = tuple(Role)


def make() -> str:
    """A new token."""
    return PREFIX + secrets.token_hex(TOKEN_BYTES)


def digest_of(token: str) -> bytes:
    """What is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def is_one(text: str) -> bool:
    """Whether a text has the form of a token."""
    return text.startswith(PREFIX) and len(text) == len(PREFIX) + 2 * TOKEN_BYTES


def asked_for(owner: User, secret: str, name: str, role: Role | None, scope: Scope | None, days: int) -> Token:
    """The token that an owner asks for. Raises ApiError (403) where it would have more than its owner."""
    role = owner.role if role is None else role
    if lesser(role, owner.role) is not role:
        message = f"the role {role.value} is more than that of its owner, {owner.role.value}"
        raise ApiError(403, "forbidden", message, field="body.role", hint=f"at most {owner.role.value}")
    scope = owner.scope if scope is None else scope
    if not owner.scope.covers(scope):
        message = "a token cannot see more than its owner"
        raise ApiError(403, "forbidden", message, field="body.scope", hint="leave the scope out to have your own")
    expires_at = now_us() + days * DAY_US
    return Token(name, secret[:SHOWN_CHARACTERS], role, scope, expires_at, user_id=owner.id)


def rights(token: Token, owner: User) -> tuple[Role, Scope] | None:
    """What a token may at this moment; None: nothing, for it has expired, its owner is disabled, or nothing is left."""
    scope = common(token.scope, owner.scope)
    if owner.disabled or token.expires_at <= now_us() or scope is None:
        return None
    return lesser(token.role, owner.role), scope


def lesser(one: Role, other: Role) -> Role:
    """The role that may less."""
    return min(one, other, key=_ROLES.index)


def common(one: Scope, other: Scope) -> Scope | None:
    """What is named in both; None where that is nothing, which no Scope can say: an empty one sees everything."""
    if not one.limited:
        return other
    if not other.limited:
        return one
    engines = tuple(name for name in one.engines if name in other.engines)
    clients = tuple(name for name in one.clients if name in other.clients)
    both = Scope(engines=engines, clients=clients)
    return None if both == EVERYTHING else both
