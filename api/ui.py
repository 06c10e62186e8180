"""The built user interface as static files, for every path that is no route of the API.

Rules
- `assets/` has names with a digest of their content: kept for ever. Everything else is asked for again each time, and
  costs an empty 304 while it is the same.
- A page of the interface is a path of its own (`/engines/main`): who asks for HTML gets index.html. Below `/api`, and
  for anything that is no page, what is not there is not found.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
NOTHING_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Syslogger</title>
<h1>Syslogger</h1>
<p>The API runs. It is described in <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>; the user interface is not
built here.</p>
</html>
"""


class Ui:
    """What answers where no route does; without a folder a page says that the API runs."""

    def __init__(self, folder: Path | None) -> None:
        self._files = None if folder is None else _Files(directory=folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises HTTPException."""
        if scope["type"] != "http":
            raise HTTPException(404)
        path = scope["path"]
        if path == "/api" or path.startswith("/api/"):
            raise HTTPException(404)
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        if self._files is None:
            await _plain_page(path)(scope, receive, send)
        else:
            await self._files(scope, receive, send)


def _plain_page(path: str) -> Response:
    if path != "/":
        raise HTTPException(404)
    return HTMLResponse(NOTHING_BUILT, headers={"Cache-Control": ASK_AGAIN})


class _Files(StaticFiles):
    """Starlette's, with the caching of what a build makes and with index.html for every page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the page. Raises HTTPException."""
        try:
            response = await super().get_response("index.html" if path in ("", ".") else path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not _is_for_a_page(scope):
                raise
            path = "index.html"
            response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER if path.startswith("assets/") else ASK_AGAIN
        return response


def _is_for_a_page(scope: Scope) -> bool:
    last = scope["path"].rpartition("/")[2]
    return "." not in last and "text/html" in Headers(scope=scope).get("accept", "")
