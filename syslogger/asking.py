"""Asking: what becomes of a question before it is asked, and of its answer, and how errors cross.

A question crosses with numbers for its time range and with a time zone. A cursor belongs to the question as it was
asked: `-15m` is the same question a minute later, and its second page goes on in the range of the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from syslogger.checks import time_zone
from syslogger.errors import QueryError, StoreError, SysloggerError, UnfitError
from syslogger.query import answers, questions
from syslogger.query.cursor import Cursor, CursorError, Place
from syslogger.query.times import resolved

if TYPE_CHECKING:
    from pydantic import BaseModel

    from syslogger.query.exports import ExportRequest
    from syslogger.query.model import Query

ANSWERS: dict[type[BaseModel], type[BaseModel]] = {
    questions.Rows: answers.RowsAnswer,
    questions.Follow: answers.FollowAnswer,
    questions.Row: answers.RowAnswer,
    questions.Context: answers.ContextAnswer,
    questions.Count: answers.CountAnswer,
    questions.Histogram: answers.HistogramAnswer,
    questions.Facets: answers.FacetsAnswer,
    questions.Values: answers.ValuesAnswer,
    questions.Fields: answers.FieldsAnswer,
    questions.LedgerHistory: answers.LedgerAnswer,
    questions.Senders: answers.SendersAnswer,
    questions.Days: answers.DaysAnswer,
}
ERRORS = {kind.__name__: kind for kind in (SysloggerError, StoreError, QueryError, CursorError)}
_WORDS: dict[type[BaseModel], type[Cursor | Place]] = {questions.Rows: Cursor, questions.Follow: Place}


def zone_called(name: str) -> ZoneInfo:
    """The time zone with this name. Raises QueryError."""
    try:
        return ZoneInfo(time_zone(name))
    except UnfitError as error:
        raise QueryError(str(error)) from error


def crossing(asked: Any, now_us: int, zone: ZoneInfo) -> Any:
    """The question as it crosses. Raises QueryError, CursorError."""
    changed: dict[str, Any] = {}
    if isinstance(asked, questions.Histogram | questions.LedgerHistory):
        changed["time_zone"] = zone.key if asked.time_zone is None else zone_called(asked.time_zone).key
    if getattr(asked, "query", None) is None:
        return asked
    word = _WORDS.get(type(asked))
    if word is not None and asked.after is not None:
        place = word.decoded(asked.after, asked.query.digest)
        changed["query"] = asked.query.model_copy(update={"since": place.since, "until": place.until})
        changed["after"] = place.model_copy(update={"query": changed["query"].digest}).encoded()
    else:
        changed["query"] = resolved(asked.query, now_us, zone)
    return asked.model_copy(update=changed)


def crossing_export(request: ExportRequest, now_us: int, zone: ZoneInfo) -> ExportRequest:
    """The request as it crosses. Raises QueryError."""
    return request.model_copy(update={"query": resolved(request.query, now_us, zone), "digest": request.asked_as})


def encoded(crossed: BaseModel) -> bytes:
    """A question as bytes. Raises SysloggerError: a text in it that no line can have."""
    try:
        return crossed.model_dump_json().encode()
    except ValueError as error:  # a lone surrogate
        raise SysloggerError("a question has only characters that UTF-8 can hold: correct its texts") from error


def answered(asked: Any, crossed: Any, body: bytes) -> Any:
    """The answer to a question that crossed as `crossed`."""
    answer: Any = ANSWERS[type(asked)].model_validate_json(body)
    word = _WORDS.get(type(asked))
    if word is None or answer.after is None:
        return answer
    return answer.model_copy(update={"after": _rebound(word, answer.after, crossed.query, asked.query)})


def _rebound(word: type[Cursor | Place], after: str, crossed: Query, asked: Query) -> str:
    """The cursor of the question that was asked."""
    if crossed.digest == asked.digest:
        return after
    return word.decoded(after, crossed.digest).model_copy(update={"query": asked.digest}).encoded()


def told(error: SysloggerError) -> dict[str, Any]:
    """An error as it crosses; one without a place in `ERRORS` crosses as what it is a kind of."""
    kind = next(each.__name__ for each in type(error).__mro__ if each.__name__ in ERRORS)
    return {"kind": kind, "arguments": error.args if kind == type(error).__name__ else [str(error)]}


def heard(error: dict[str, Any]) -> SysloggerError:
    """The error that crossed."""
    return ERRORS[error["kind"]](*error["arguments"])
