"""JSON in and out: orjson both ways, and a body's brackets may be nested only so deep."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

MOST_DEPTH = 100


class ORJSONResponse(JSONResponse):
    """JSON as orjson writes it: dates in ISO 8601, sets as sorted lists."""

    def render(self, content: Any) -> bytes:
        """The bytes of the body."""
        return orjson.dumps(content, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


class JsonRequest(Request):
    """A request whose body is read by orjson, which refuses NaN, half a surrogate pair and what is not UTF-8."""

    async def json(self) -> Any:
        """The body. Raises json.JSONDecodeError, also where it is nested too deep."""
        body = await self.body()
        content = orjson.loads(body)
        if body.count(b"[") + body.count(b"{") > MOST_DEPTH and _is_deeper_than(content, MOST_DEPTH):
            raise json.JSONDecodeError(f"the brackets are nested more than {MOST_DEPTH} deep", "", 0)
        return content


class JsonRoute(APIRoute):
    """A route whose body is read that way."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            return await answer(JsonRequest(request.scope, request.receive))

        return handler


def _is_deeper_than(content: object, most: int) -> bool:
    """Level by level, without recursion."""
    level = [content]
    for _ in range(most):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    """The objects and lists in an object or list."""
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return [each for each in inner if isinstance(each, list | dict)]
