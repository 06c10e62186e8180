"""What the factory's interface refuses, and how every error crosses it: raised on one side, the same type on the other.

Rules
- On the wire an error is `{"error": {"code", "message", "field", "hint", "problems"}}`: what is wrong, where, and what
  to do.
- Errors of the engine (`syslogger.errors`) cross with a code of their own; one without a code crosses as `refused`.
- What nobody expected crosses as `internal` with a number that stands in the factory's log, and nothing else of it.
"""

# ruff: noqa: N818 the names are the words of the interface, each beside its code

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from syslogger.errors import (
    AbandonedError,
    BindError,
    ConfigError,
    EngineDiedError,
    ExitCode,
    LockError,
    Problem,
    StoreError,
    SysloggerError,
)

Wire = dict[str, Any]


class InterfaceError(SysloggerError):
    """The root of what the interface refuses.

    field: the path in the request, None where no field is to blame; hint: what to do; problems: all of them, where a
    request has several; retry_after_seconds: when it is worth while to ask again.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        hint: str = "",
        problems: Iterable[Problem] = (),
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.hint = hint
        self.problems = tuple(problems)
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        if self.problems:
            return "\n".join(map(str, self.problems))
        return f"{self.message}; {self.hint}" if self.hint else self.message


class UnknownOperation(InterfaceError):
    """There is no such path or operation."""

    code, status = "unknown_operation", 404


class WrongMethod(UnknownOperation):
    """The path is there, but not for this method."""

    code, status = "wrong_method", 405


class BadRequest(InterfaceError):
    """The request is no JSON object, or not one of this operation; `problems` holds everything that is wrong."""

    code, status, exit_code = "bad_request", 400, ExitCode.CONFIG

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> BadRequest:
        """The error for a request with these problems; the first one speaks."""
        found = tuple(problems)
        message = "\n".join(f"{each.path}: {each.wrong}" for each in found)
        return cls(message, field=found[0].path, hint=found[0].right, problems=found)


class Unauthorized(InterfaceError):
    """The token is missing or wrong."""

    code, status = "unauthorized", 401


class Forbidden(InterfaceError):
    """Not from there: another host, another name for this one, or a browser's page."""

    code, status = "forbidden", 403


class NotFound(InterfaceError):
    """What the request names is not there."""

    code, status = "not_found", 404


class TooSlow(InterfaceError):
    """The request did not come whole within its time."""

    code, status = "too_slow", 408


class Refused(InterfaceError):
    """It is understood and not done, for what it names is not in a state for it."""

    code, status = "refused", 409


class TooLarge(InterfaceError):
    """The request is larger than the interface takes."""

    code, status = "too_large", 413


class Unavailable(InterfaceError):
    """The factory does not answer, or has too much to do: ask again later."""

    code, status = "unavailable", 503


class Internal(InterfaceError):
    """A defect of the factory; its log has the rest under the number in the message."""


_OURS: dict[str, type[InterfaceError]] = {
    each.code: each
    for each in (
        *(UnknownOperation, WrongMethod, BadRequest, Unauthorized, Forbidden),
        *(NotFound, TooSlow, Refused, TooLarge, Unavailable, Internal),
    )
}
_ENGINES: dict[type[SysloggerError], tuple[str, int]] = {
    ConfigError: ("config", 422),
    BindError: ("bind", 409),
    LockError: ("locked", 409),
    StoreError: ("store", 503),
    AbandonedError: ("abandoned", 503),
    EngineDiedError: ("engine_died", 503),
}
_ENGINES_BY_CODE = {code: kind for kind, (code, _) in _ENGINES.items()}
CODES = {
    **{code: (each.__doc__ or "", each.status) for code, each in _OURS.items()},
    **{code: (kind.__doc__ or "", status) for kind, (code, status) in _ENGINES.items()},
}


def to_wire(error: SysloggerError) -> tuple[int, Wire]:
    """The HTTP status and the body of an answer that says this error."""
    if isinstance(error, InterfaceError):
        return error.status, _body(error.code, error.message, error.field, error.hint, error.problems)
    if isinstance(error, ConfigError):
        first = error.problems[0] if error.problems else Problem("$", str(error), "")
        return 422, _body("config", str(error), first.path, first.right, error.problems)
    code, status = next((_ENGINES[kind] for kind in type(error).__mro__ if kind in _ENGINES), ("refused", 409))
    return status, _body(code, str(error), None, "", ())


def _body(code: str, message: str, field: str | None, hint: str, problems: Iterable[Problem]) -> Wire:
    listed = [{"path": each.path, "wrong": each.wrong, "right": each.right} for each in problems]
    return {"error": {"code": code, "message": message, "field": field, "hint": hint, "problems": listed}}


def from_wire(status: int, body: object, retry_after_seconds: int | None = None) -> SysloggerError:
    """The error that an answer says; where the answer is none of ours, one that says so."""
    said = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(said, Mapping):
        return _not_ours(status, retry_after_seconds)
    code, message = str(said.get("code")), str(said.get("message"))
    problems = [Problem(str(each["path"]), str(each["wrong"]), str(each["right"])) for each in said.get("problems", ())]
    if code == "config":
        return ConfigError(problems)
    if code in _ENGINES_BY_CODE:
        return _ENGINES_BY_CODE[code](message)
    kind = _OURS.get(code, Internal)
    field, hint = said.get("field"), str(said.get("hint") or "")
    return kind(message, field=field, hint=hint, problems=problems, retry_after_seconds=retry_after_seconds)


def _not_ours(status: int, retry_after_seconds: int | None) -> InterfaceError:
    if status == Unavailable.status:
        message = "the factory has too many connections"
        return Unavailable(message, hint="ask again in a moment", retry_after_seconds=retry_after_seconds)
    message = f"what answers there is no factory (HTTP status {status})"
    return Unavailable(message, hint="INTERFACE_FACTORY_PORT is the factory's port: see what else uses it")
