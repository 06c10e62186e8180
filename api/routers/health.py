"""What watches the program asks, signed in or not: is it alive, is it ready. Words only, no figures and no paths."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api.readiness import Ready
from api.responses import JsonRoute, ORJSONResponse
from api.routing import open_to_all
from api.services import Services, services

router = APIRouter(tags=["health"], route_class=JsonRoute, default_response_class=ORJSONResponse)


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


@open_to_all(router, "GET", "/healthz", summary="Is the API alive?")
async def healthz() -> Alive:
    """It answers: that is all it says."""
    return Alive()


@open_to_all(
    router,
    "GET",
    "/readyz",
    summary="Are the factory, the data directory and the database there?",
    responses={503: {"model": Ready, "description": "Not all of them."}},
)
async def readyz(response: Response, found: Annotated[Services, Depends(services)]) -> Ready:
    """One look a second at most, however often it is asked."""
    ready = await found.readiness.now(found)
    response.status_code = 200 if ready.status == "ready" else 503
    return ready
