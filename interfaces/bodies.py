"""Bodies of the interface: JSON read under limits, and answers written.

Rules
- What orjson or json would take in silence is refused: a key twice in one object, NaN, text that is not UTF-8.
- A body has its bytes and its seconds, however it is sent.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from interfaces.documentation import documentation_json
from interfaces.errors import (
    BadRequest,
    Forbidden,
    InterfaceError,
    Internal,
    TooLarge,
    TooSlow,
    Unauthorized,
    UnknownOperation,
    WrongMethod,
    to_wire,
)
from interfaces.operations import BODY_BYTES
from syslogger.errors import SysloggerError, shown

BODY_SECONDS = 10.0

_log = logging.getLogger(__name__)


async def read_json(http: HttpRequest) -> object:
    """The body as JSON; none at all is an empty object. Raises BadRequest, TooLarge, TooSlow."""
    kind, _, parameters = http.headers.get("content-type", "application/json").lower().partition(";")
    if kind.strip() != "application/json" or parameters.strip() not in ("", "charset=utf-8"):
        raise BadRequest(f"the content type {shown(kind)} is not read here", hint="send application/json, in UTF-8")
    if http.headers.get("content-encoding", "identity") != "identity":
        raise BadRequest("a compressed body is not read here", hint="send it as it is")
    data = await _read(http)
    if not data:
        return {}
    try:
        content: object = orjson.loads(data)
        _refuse_repeated_keys(data)
    except orjson.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadRequest(f"the body is no JSON ({where}): {error.msg}", hint="send a JSON object, in UTF-8") from error
    except RecursionError as error:
        raise BadRequest("the brackets of the body are nested too deep", hint="see the example") from error
    return content


async def _read(http: HttpRequest) -> bytes:
    too_large = TooLarge(f"the body is larger than {BODY_BYTES:,} bytes", hint="send less at once")
    length = http.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > BODY_BYTES:  # as much as it says, it is not even begun
        raise too_large
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for part in http.stream():
                data += part
                if len(data) > BODY_BYTES:
                    raise too_large
    except TimeoutError as error:
        raise TooSlow(f"the body did not come within {BODY_SECONDS:g} s", hint="send it at once") from error
    return bytes(data)


def _refuse_repeated_keys(data: bytes) -> None:
    """Raises BadRequest: what orjson and json take without a word, the last one winning."""

    def once(pairs: list[tuple[str, Any]]) -> None:
        repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
        if repeated:
            message = f"the key {shown(repeated[0])} stands in an object more than once"
            raise BadRequest(message, field=repeated[0], hint="each key once")

    json.loads(data, object_pairs_hook=once, parse_int=len)  # digits by the thousand are not to be converted


def json_answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that nobody keeps."""
    return Response(to_json(content), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")


def to_json(content: object) -> bytes:
    """Anything as JSON: sets as lists, what JSON does not know as its text."""
    return orjson.dumps(content, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def error_answer(error: SysloggerError) -> Response:
    """An error as its answer; beside what was not understood stands the documentation."""
    status, content = to_wire(error)
    if isinstance(error, BadRequest | UnknownOperation):
        content["documentation"] = documentation_json()
    headers = {}
    if isinstance(error, Unauthorized):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, WrongMethod):
        headers["Allow"] = error.hint.partition(" ")[0]
    if isinstance(error, InterfaceError) and error.retry_after_seconds is not None:
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, TooLarge | TooSlow | Unauthorized | Forbidden):
        headers["Connection"] = "close"  # what is left of the body is not read
    return json_answer(status, content, headers)


def defect_answer(http: HttpRequest) -> Response:
    """For the exception that is being handled: a number to the caller, the rest to the log."""
    number = secrets.token_hex(4)
    _log.exception("defect %s, asked for %s", number, shown(http.url.path))
    hint = "it may be half done: look at the status, and report what the log says"
    return error_answer(Internal(f"a defect of the factory; its log has it under {number}", hint=hint))
