"""Words: what is said on the WebSocket, as JSON texts, by either side.

The client says `subscribe` and `unsubscribe`; everything else is ours: `subscribed`, `unsubscribed`, `status`, `event`,
`tail`, `gap`, `trouble`, `ended`, `error`, `heartbeat`. docs/api.md describes them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from api.errors import ApiError
from api.searching import fitting, measured, parsed
from syslogger.query.model import Condition, FieldName, Query
from syslogger.query.questions import GlobalId

MOST_ROWS_A_SECOND = 1_000
MOST_PLACES = 50

Name = Annotated[str, Field(max_length=200)]


class Said(BaseModel):
    """A message; a key that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TailQuery(Said):
    """A query on rows that arrive: a time range, an order and a limit are nothing to them."""

    engines: Annotated[tuple[Name, ...], Field(max_length=1_000)] = ()
    classes: Annotated[tuple[Name, ...], Field(max_length=1_000)] = ()
    where: Condition | None = None
    columns: Annotated[tuple[FieldName, ...], Field(max_length=300)] = ()


class Subscribe(Said):
    """after: of events the id of the last one seen, of a tail the ids of the last rows, one of each engine."""

    type: Literal["subscribe"]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Literal["status", "events", "tail"]
    query: Annotated[TailQuery, BeforeValidator(measured)] | Annotated[str, Field(max_length=20_000)] = TailQuery()
    most_rows_a_second: Annotated[int, Field(ge=1, le=MOST_ROWS_A_SECOND)] = 100
    after: Annotated[int, Field(ge=0, lt=1 << 53)] | Annotated[tuple[GlobalId, ...], Field(max_length=MOST_PLACES)] = ()


class Unsubscribe(Said):
    """Nothing more of this subscription."""

    type: Literal["unsubscribe"]
    id: Annotated[str, Field(max_length=64)]


Heard = Subscribe | Unsubscribe
_HEARD: TypeAdapter[Heard] = TypeAdapter(Annotated[Heard, Field(discriminator="type")])


def heard(text: str | None) -> Heard:
    """What the client says; None: bytes that are no text. Raises ApiError."""
    if text is None:
        raise ApiError(400, "invalid", "a message is a JSON text")
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, "invalid", f"the message is no JSON that is read here: {error}") from None
    try:
        return _HEARD.validate_python(content, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        path = ".".join(map(str, first["loc"]))
        raise ApiError(422, "invalid", str(first["msg"]), field=path or None, hint="see docs/api.md") from None


async def query_of(asked: Subscribe) -> Query:
    """The query of a tail. Raises ApiError."""
    if isinstance(asked.query, str):
        return Query(where=await parsed(asked.query, "query"))
    with fitting("query"):
        return Query.model_validate(asked.query.model_dump())


def said(kind: str, /, **parts: Any) -> bytes:
    """A message of ours."""
    return orjson.dumps({"type": kind, **parts})


def said_error(kind: str, error: ApiError, /, **parts: Any) -> bytes:
    """A message of ours about an error, in the API's form."""
    return said(kind, **parts, error=error.body())
