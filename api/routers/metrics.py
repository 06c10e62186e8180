"""/metrics for Prometheus: with a token that may see the machine, or from this very machine without a proxy between.

A page of a browser on this machine is no scraper: what says `Origin`, or what a proxy has passed on, needs the token.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from api.errors import ErrorBody
from api.health_look import statuses
from api.identity import check_right, identified
from api.metrics import CONTENT_TYPE, exposition
from api.permissions import Access, Family
from api.responses import JsonRoute, ORJSONResponse
from api.routing import MEANS, OF_PEOPLE, open_to_all
from api.services import Services, services
from interfaces.client import FactoryClient
from syslogger.__main__ import version

PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "via", "origin")

router = APIRouter(tags=["metrics"], route_class=JsonRoute, default_response_class=ORJSONResponse)


@open_to_all(
    router,
    "GET",
    "/metrics",
    summary="The engines' figures, for Prometheus",
    description="Needs an API token of somebody without a scope, or a direct connection from this machine.",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "The text format."},
        **{status: {"model": ErrorBody, "description": MEANS[status]} for status in OF_PEOPLE},
    },
    openapi_extra={"security": [{"bearer": []}, {}]},
)
async def metrics(request: Request, found: Annotated[Services, Depends(services)]) -> Response:
    """One snapshot of every engine."""
    factory = await _factory(request, found)
    return Response(exposition(await statuses(factory), version()), media_type=CONTENT_TYPE)


async def _factory(request: Request, found: Services) -> FactoryClient:
    """Raises ApiError: 401 or 403; Unavailable."""
    if "authorization" not in request.headers and is_direct(request):
        return found.factories.of("api:metrics")
    caller = await identified(request)
    check_right(caller, Family.HOST, Access.READ)
    return found.factory(caller)


def is_direct(request: Request) -> bool:
    """Whether it came from this machine, and nobody has passed it on."""
    peer = request.scope.get("state", {}).get("peer") or request.scope.get("client")
    if peer is None or any(name in request.headers for name in PASSED_ON):
        return False
    address = ip_address(peer[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
