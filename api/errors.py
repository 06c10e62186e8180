"""Errors as the API tells them: one JSON shape, whoever raised them.

Rules
- {"code", "message", "field", "hint", "request_id"}: code is a word for programs, message a sentence for people, field
  the part of the request that is meant, hint what to do. A query that cannot be read has its `position` besides, a
  configuration or a request with several faults its `problems`.
- That the factory refuses this process is no fault of the caller's: it crosses as 503, never as 401 or 403.
- What is no error of ours is logged whole under the request's id and told in a sentence.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.responses import ORJSONResponse
from interfaces.errors import BadRequest, InterfaceError, NotFound, Refused, TooLarge
from syslogger.errors import (
    AbandonedError,
    BindError,
    ConfigError,
    EngineDiedError,
    LockError,
    MomentError,
    Problem,
    QueryError,
    ReaderDiedError,
    StoreError,
    SysloggerError,
    TimeLimitError,
)
from syslogger.query.cursor import CursorError

MOST_PROBLEMS = 100

_log = logging.getLogger("syslogger.api")


class ProblemBody(BaseModel):
    """One of several faults: where, what is wrong, what would be right."""

    path: str
    wrong: str
    right: str


class ErrorBody(BaseModel):
    """What every refusal looks like."""

    code: str
    message: str
    field: str | None = None
    hint: str | None = None
    request_id: str = ""
    position: int | None = None
    problems: list[ProblemBody] | None = None


class ApiError(SysloggerError):
    """A refusal with its HTTP status."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        position: int | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.hint = status, code, message, field, hint
        self.headers = dict(headers or {})
        self.position, self.problems = position, tuple(problems)

    def body(self, request_id: str = "") -> dict[str, Any]:
        """What is told, as JSON has it."""
        told: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "hint": self.hint,
            "request_id": request_id,
        }
        if self.position is not None:
            told["position"] = self.position
        if self.problems:
            listed = self.problems[:MOST_PROBLEMS]
            told["problems"] = [{"path": each.path, "wrong": each.wrong, "right": each.right} for each in listed]
        return told


def too_many(message: str, seconds: int = 1, *, code: str = "too_many") -> ApiError:
    """Come again in so many seconds."""
    hint = f"ask again in {seconds} s"
    return ApiError(429, code, message, hint=hint, headers={"Retry-After": str(seconds)})


def not_found(what: str, *, field: str | None = None) -> ApiError:
    """It is not there, or not for who asks: nobody learns which."""
    return ApiError(404, "not_found", f"there is no {what}", field=field)


def closing() -> ApiError:
    """The API ends while it answers."""
    return ApiError(503, "closing", "the API ends", hint="ask again in a moment")


def defect() -> ApiError:
    """What nobody expected; the log has the rest under the request's id."""
    hint = "report it with the request_id, under which the log of the API has the rest"
    return ApiError(500, "internal", "the API has failed at this request", hint=hint)


# -- what others raise -------------------------------------------------------------------------------------------------

_OURS: tuple[tuple[type[SysloggerError], int, str, str | None], ...] = (
    (CursorError, 400, "cursor", "begin again without `after`"),
    (TimeLimitError, 503, "time_limit", "narrow the time range"),
    (ReaderDiedError, 503, "reader_died", None),
    (EngineDiedError, 503, "engine_died", "look at the engine's events"),
    (AbandonedError, 503, "abandoned", None),
    (StoreError, 503, "store", None),
    (LockError, 409, "locked", None),
    (BindError, 409, "bind", None),
)


def told(error: SysloggerError) -> ApiError:
    """Any error of ours as the API tells it."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, InterfaceError):
        return _of_the_factory(error)
    if isinstance(error, QueryError) and not isinstance(error, CursorError):
        return unread(error)
    if isinstance(error, ConfigError):
        first = error.problems[0] if error.problems else Problem("$", str(error), "")
        return ApiError(422, "config", str(error), field=first.path, hint=first.right, problems=error.problems)
    for kind, status, code, hint in _OURS:
        if isinstance(error, kind):
            return ApiError(status, code, str(error), hint=hint)
    return ApiError(409, "refused", str(error))


def unread(error: QueryError, field: str | None = None) -> ApiError:
    """A query that cannot be read, or its time range.

    field: the part of the request that is its text, in which it has a position.
    """
    expected = ", ".join(error.expected)
    hint = f"here could stand: {expected}" if expected else None
    position = None if field is None else error.position
    code = "time_range" if isinstance(error, MomentError) else "query"
    return ApiError(400, code, str(error), field=field, hint=hint, position=position)


def _of_the_factory(error: InterfaceError) -> ApiError:
    headers = {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}
    if isinstance(error, BadRequest):
        return ApiError(400, "invalid", error.message, field=error.field, hint=error.hint, problems=error.problems)
    if isinstance(error, NotFound | Refused | TooLarge):
        hint = error.hint or None
        return ApiError(error.status, error.code, error.message, field=error.field, hint=hint, headers=headers)
    # the rest is between this process and the factory
    return ApiError(503, "unavailable", error.message, hint=error.hint or None, headers=headers)


def _of_validation(error: RequestValidationError) -> ApiError:
    found = error.errors()
    problems = [Problem(_path(each["loc"]), str(each["msg"]), "") for each in found[:MOST_PROBLEMS]]
    first = problems[0]
    status = 400 if found[0]["type"] == "json_invalid" else 422
    why = found[0].get("ctx", {}).get("error") if status == 400 else None
    message = f"the body is no JSON that is read here: {why or first.wrong}" if status == 400 else first.wrong
    return ApiError(
        status,
        "invalid",
        message,
        field=first.path,
        hint="see /api/v1/openapi.json",
        problems=problems if found[1:] else (),
    )


def _path(location: Sequence[str | int]) -> str:
    """`body.query.since`, `query.limit`: where it came from first."""
    return ".".join(map(str, location))


_WORDS = {404: "not_found", 405: "wrong_method", 413: "too_large", 415: "wrong_type", 408: "too_slow"}


def _of_http(error: HTTPException) -> ApiError:
    status = error.status_code
    message = str(error.detail) or HTTPStatus(status).phrase
    if status == 404 and message == HTTPStatus(404).phrase:
        message = "there is no such path"
    return ApiError(status, _WORDS.get(status, "refused"), message, headers=error.headers)


# -- answers -----------------------------------------------------------------------------------------------------------


def request_id_of(request: Request) -> str:
    """The id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def answer(error: ApiError, request_id: str) -> Response:
    """The error as a response."""
    return ORJSONResponse(error.body(request_id), error.status, error.headers)


def install(app: FastAPI) -> None:
    """Have the app tell every error in our form."""
    makers: dict[Any, Any] = {SysloggerError: told, RequestValidationError: _of_validation, HTTPException: _of_http}
    for kind, made in makers.items():
        app.add_exception_handler(kind, _handler(made))


def _handler(made: Any) -> Any:
    async def handle(request: Request, error: Exception) -> Response:
        refusal = made(error)
        if refusal.status == 405:
            refusal.headers["Allow"] = ", ".join(_methods(request)) or refusal.headers.get("Allow", "")
        return answer(refusal, request_id_of(request))

    return handle


def _methods(request: Request) -> list[str]:
    """What the path can be asked with, by the document: the framework knows the first of its routes only."""
    paths = request.app.openapi()["paths"]
    there = [template for template in paths if _template(template).fullmatch(request.scope["path"])]
    found = {method.upper() for template in there for method in paths[template] if method in _METHODS}
    return sorted(found | {"HEAD"} if "GET" in found else found)


_METHODS = {"get", "post", "put", "patch", "delete"}


@cache
def _template(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{[^{}]+\\}", "[^/]+", re.escape(path)))


def log_defect(request_id: str, method: str) -> None:
    """Write the exception that is being handled to the log, under the id that the caller got."""
    _log.exception("request %s (%s) has failed", request_id, method)
