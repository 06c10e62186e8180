"""Routes: each declares its right, and the document of the API says it.

    router = family_router("engines")

    @route(router, "GET", "/engines", Family.ENGINES, Access.READ, summary="Every engine", also=(404,))
    async def engines(caller: Reader, ...) -> list[EngineBody]: ...

Rules
- Every route is declared by `route` and by nothing else; the right is a dependency of the route, so no function can
  forget it. `open_to_all` stands where nobody can be signed in yet.
- The document has of each route: its least role, and every status that it answers with, in our form of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from fastapi import APIRouter, Depends

from api.errors import ErrorBody
from api.identity import require
from api.permissions import Access, Family, least_role
from api.responses import JsonRoute, ORJSONResponse

PREFIX = "/api/v1"
MEANS = {
    400: "The request cannot be understood.",
    401: "Nobody is signed in, or not any more.",
    403: "Signed in, without the right to this.",
    404: "It is not there, or not in the scope of who asks.",
    409: "It is not in a state for this.",
    410: "It was there and is no more.",
    413: "The body is larger than 1 MiB.",
    422: "A part of the request is not as it has to be; `field` names it.",
    429: "Too much at once: ask again after Retry-After seconds.",
    503: "What is needed for it does not answer now.",
}
OF_EVERYONE = (400, 413, 422, 429, 503)
OF_PEOPLE = (401, 403)
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"cookie": []}]
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API token."},
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "syslogger_session",
        "description": "A session; writes have its CSRF token in `X-CSRF-Token` and their `Origin`.",
    },
}

Function = TypeVar("Function", bound=Callable[..., Any])


def family_router(tag: str) -> APIRouter:
    """The router of a family, below /api/v1."""
    return APIRouter(
        prefix=PREFIX, tags=[tag], route_class=JsonRoute, default_response_class=ORJSONResponse, redirect_slashes=False
    )


def route(
    router: APIRouter,
    method: str,
    path: str,
    family: Family,
    access: Access,
    *,
    summary: str,
    description: str = "",
    status: int = 200,
    also: Sequence[int] = (),
    **more: Any,
) -> Callable[[Function], Function]:
    """Declare a route that wants a right. also: statuses of refusals beside those that every route has."""
    role = least_role(family, access)
    return _declared(
        router,
        method,
        path,
        summary=summary,
        description=f"{description}\n\nFor {role.value}s and those with more rights.".strip(),
        status=status,
        refusals=(*OF_EVERYONE, *OF_PEOPLE, *also),
        dependencies=[Depends(require(family, access))],
        extra={"x-family": family.value, "x-access": access.value, "x-least-role": role.value, "security": SECURITY},
        more=more,
    )


def open_to_all(
    router: APIRouter,
    method: str,
    path: str,
    *,
    summary: str,
    description: str = "",
    status: int = 200,
    also: Sequence[int] = (),
    **more: Any,
) -> Callable[[Function], Function]:
    """Declare a route for whoever is not signed in."""
    return _declared(
        router,
        method,
        path,
        summary=summary,
        description=f"{description}\n\nFor everyone, signed in or not.".strip(),
        status=status,
        refusals=(*OF_EVERYONE, *also),
        dependencies=[],
        extra={"x-open": True, "security": []},
        more=more,
    )


def _declared(
    router: APIRouter,
    method: str,
    path: str,
    *,
    summary: str,
    description: str,
    status: int,
    refusals: Sequence[int],
    dependencies: list[Any],
    extra: dict[str, Any],
    more: dict[str, Any],
) -> Callable[[Function], Function]:
    responses: dict[int | str, dict[str, Any]] = {
        number: {"model": ErrorBody, "description": MEANS[number]} for number in sorted(set(refusals))
    }
    return router.api_route(
        path,
        methods=[method],
        summary=summary,
        description=description,
        status_code=status,
        responses={**responses, **more.pop("responses", {})},
        dependencies=dependencies,
        openapi_extra={**extra, **more.pop("openapi_extra", {})},
        **more,
    )
