"""The app: routers, middleware, errors, the document.

Strategy: what opens and closes is `services.opened`, held by the lifespan. Middleware from the outside in: `Envelope`
(id, headers, the last resort), `Proxies`, CORS, `Origins`, `Bodies`, `Heads`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware

from api import errors
from api.middleware import Bodies, Envelope, Heads, Origins, Proxies
from api.responses import ORJSONResponse
from api.routers import (
    audit,
    auth,
    classes,
    clients,
    counts,
    days,
    engines,
    exports,
    health,
    jobs,
    ledger,
    live,
    logs,
    metrics,
    saved,
    system,
    tokens,
    users,
)
from api.routing import SCHEMES
from api.services import opened
from api.settings import ApiSettings
from api.ui import Ui
from syslogger.__main__ import version

# counts before logs: /logs/count is no row's id
FAMILIES = (
    *(audit, auth, classes, clients, counts, days, engines, exports, health),
    *(jobs, ledger, live, logs, metrics, saved, system, tokens, users),
)
DOCUMENT = "/api/v1/openapi.json"
ABOUT = (
    "What a person or a program may do depends on their role and scope. Sign in at `/api/v1/auth/login` (a cookie), or"
    " send an API token as `Authorization: Bearer`. Every refusal has one form (`ErrorBody`)."
)

_log = logging.getLogger("syslogger.api")


def create_app(settings: ApiSettings) -> FastAPI:
    """The whole API; its services are opened when it starts."""
    app = FastAPI(
        title="Syslogger",
        description=ABOUT,
        version=version(),
        openapi_url=DOCUMENT,
        docs_url=None,  # they would load scripts from elsewhere
        redoc_url=None,
        default_response_class=ORJSONResponse,
        redirect_slashes=False,
        lifespan=partial(_lifespan, settings),
    )
    for family in FAMILIES:
        app.include_router(family.router)
    app.router.default = Ui(settings.static)
    errors.install(app)
    _guard(app, settings)
    app.openapi = partial(_document, app)  # type: ignore[method-assign] # FastAPI's own way to extend it
    return app


@asynccontextmanager
async def _lifespan(settings: ApiSettings, app: FastAPI) -> AsyncIterator[None]:
    if settings.any_origin:
        _log.warning('FAST_API_ALLOWED_ORIGIN is "*": pages of every origin may call, with API tokens and no cookies')
    async with opened(settings) as services:
        app.state.services = services
        yield


def _guard(app: FastAPI, settings: ApiSettings) -> None:
    """The last one added is the first to see a request."""
    app.add_middleware(Heads)
    app.add_middleware(Bodies)
    app.add_middleware(Origins, allowed=settings.allowed_origins)
    if settings.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=["*"] if settings.any_origin else list(settings.allowed_origins),
            allow_credentials=not settings.any_origin,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Range", "X-CSRF-Token", "X-Request-ID"],
            expose_headers=["Content-Disposition", "Retry-After", "X-Request-ID"],
            max_age=600,
        )
    app.add_middleware(Proxies, trusted=settings.trusted_proxies)
    app.add_middleware(Envelope)


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        made.setdefault("components", {})["securitySchemes"] = SCHEMES
        app.openapi_schema = made
    return app.openapi_schema
