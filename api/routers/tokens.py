"""Routes of one's own API tokens; those of others are the users'."""

from __future__ import annotations

from api import tokens
from api.audit import entry_of
from api.errors import ApiError, not_found
from api.identity import Who
from api.permissions import Access, Family
from api.person import NewToken, TokenBody
from api.routers.auth import Id, Offered
from api.routing import family_router, route
from api.store import audit, users
from api.store import tokens as kept

router = family_router("tokens")


class MadeToken(TokenBody):
    """A new token. token: itself; it is told here and never again."""

    token: str


@route(router, "GET", "/tokens", Family.TOKENS, Access.READ, summary="One's API tokens")
async def own_tokens(caller: Who, offered: Offered) -> list[TokenBody]:
    """One's tokens, the newest first."""
    return [TokenBody.of(token) for token in await kept.of_user(offered.store, caller.user_id)]


@route(
    router,
    "POST",
    "/tokens",
    Family.TOKENS,
    Access.WRITE,
    summary="Make an API token; it is shown once",
    description="It may at most what its owner may, at every moment. A token cannot make one.",
    status=201,
    also=(409,),
)
async def make_token(body: NewToken, caller: Who, offered: Offered) -> MadeToken:
    """A new token."""
    if caller.kind != "session":
        raise ApiError(403, "session_only", "a token cannot make a token", hint="sign in")
    secret = tokens.make()
    async with offered.store.write() as connection:
        owner = await users.in_write(connection, caller.user_id)
        asked = tokens.asked_for(owner, secret, body.name, body.role, body.scope, body.days)
        made = await kept.add(connection, asked, tokens.digest_of(secret))
        details = {"name": made.name, "role": made.role.value, "scope": made.scope.model_dump(), "days": body.days}
        await audit.add(connection, entry_of(caller, "tokens.made", str(made.id), details))
    return MadeToken(**TokenBody.of(made).model_dump(), token=secret)


@route(
    router,
    "DELETE",
    "/tokens/{token_id}",
    Family.TOKENS,
    Access.WRITE,
    summary="Revoke one's token",
    status=204,
    also=(404,),
)
async def revoke_token(token_id: Id, caller: Who, offered: Offered) -> None:
    """The token is worth nothing any more."""
    await offered.audit.removing(
        lambda connection: kept.revoke(connection, token_id, caller.user_id),
        entry_of(caller, "tokens.revoked", str(token_id), {"owner": caller.name}),
        not_found(f"token {token_id} of yours"),
    )
