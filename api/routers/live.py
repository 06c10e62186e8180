"""Live: the WebSocket. Anybody who is signed in may open it; each subscription has a right of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI
from starlette.websockets import WebSocket

from api.acting import Acting
from api.client_rates import ClientRates
from api.errors import ApiError, told, too_many
from api.identity import Caller, identified
from api.live.board import Board
from api.live.connection import Connection
from api.live.tails import Tails
from api.middleware import refuse
from api.routing import PREFIX
from api.services import services
from syslogger.errors import SysloggerError

MOST_CONNECTIONS = 10


@dataclass(slots=True)
class Live:
    """What all connections share. connections: how many each person has."""

    tails: Tails
    board: Board
    connections: Counter[int] = field(default_factory=Counter)


@asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    rates = ClientRates()
    live = Live(Tails(app.state.services.settings.root), Board(app.state.services, rates))
    app.state.live = live
    try:
        yield
    finally:
        await live.tails.close()
        await live.board.close()


router = APIRouter(prefix=PREFIX, tags=["live"], lifespan=_opened)


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Subscriptions to the engines' state, to events, and to rows as they arrive: docs/api.md says how."""
    shared: Live = websocket.app.state.live
    try:
        caller = await _admitted(websocket, shared)
    except SysloggerError as error:
        await refuse(told(error), websocket.scope, websocket.receive, websocket.send)
        return
    shared.connections[caller.user_id] += 1
    try:
        await websocket.accept()
        acting = Acting(caller, services(websocket), shared.board.rates)
        await Connection(websocket, acting, shared.tails, shared.board).run()
    finally:
        shared.connections[caller.user_id] -= 1
        shared.connections += Counter()  # who has none is forgotten


async def _admitted(websocket: WebSocket, shared: Live) -> Caller:
    """Who opens it. Raises ApiError: 401, 403, 429."""
    caller = await identified(websocket)
    if caller.kind == "session" and "origin" not in websocket.headers:
        hint = "a program uses an API token"
        raise ApiError(403, "origin", "with a cookie it needs the header Origin", field="header.origin", hint=hint)
    if shared.connections[caller.user_id] >= MOST_CONNECTIONS:
        raise too_many(f"a person has at most {MOST_CONNECTIONS} of these connections", code="connections")
    return caller
