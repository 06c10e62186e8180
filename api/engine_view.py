"""What somebody sees of an engine: all of it, a glimpse of it, or nothing.

Rules
- Who sees the whole engine sees its status: its senders that are clients, never the unknown ones (they have a family
  of their own), and of a parked field the line it was at only with the right to logs.
- Who sees clients only sees the engines that have them: name, state, and these clients' figures; nothing else.

Pure: the factory's answers in, bodies out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from api.engine_bodies import (
    ClientBody,
    EngineBody,
    EventBody,
    GlimpseBody,
    StatusBody,
)
from api.permissions import Family
from syslogger.events import EventKind

if TYPE_CHECKING:
    from api.acting import Acting

Answer = Mapping[str, Any]

# what tells of an unknown sender, and which detail of an event is a line of somebody's log
OF_SENDERS = frozenset({EventKind.SENDER_IGNORED, EventKind.SENDER_ALLOWED})
LOG_LINE = "line"


def engine_shown(acting: Acting, engine: Answer) -> EngineBody | GlimpseBody | None:
    """One of `engines.list` as this person sees it; None: not at all."""
    scope = acting.caller.scope
    if scope.sees_engine(engine["engine"]):
        return EngineBody.model_validate(engine)
    clients = [each for each in engine["settings"]["clients"] if each["name"] in scope.clients]
    return _glimpse(engine, clients) if clients else None


def status_shown(acting: Acting, status: Answer) -> StatusBody | GlimpseBody | None:
    """An `engines.status` as this person sees it; None: not at all."""
    clients = clients_shown(acting, status)
    if not acting.caller.scope.sees_engine(status["engine"]):
        return _glimpse(status, clients) if clients else None
    shown = dict(status)
    if "senders" in status:
        shown["senders"] = [each for each in status["senders"] if each["received"] > each["refused"]]
        shown["clients"] = clients
    shown["events"] = events_shown(acting, status.get("events", []))
    if "fields" in status:
        shown["fields"] = [_field(acting, each) for each in status["fields"]]
    return StatusBody.model_validate(shown)


def clients_shown(acting: Acting, status: Answer) -> list[ClientBody]:
    """The clients of an engine that this person sees, with what each sends; those that are kept where it rests."""
    name, scope = status["engine"], acting.caller.scope
    live = {each["name"]: each for each in status.get("clients", [])}
    rates: dict[str, float | None] = {}
    if live:
        counts = {client: each["received"] for client, each in live.items()}
        rates = acting.rates.seen(name, status["since"], time.monotonic(), counts)
    return [
        ClientBody.model_validate({**each, **live.get(each["name"], {}), "per_second": rates.get(each["name"])})
        for each in status["settings"]["clients"]
        if scope.sees_client(name, each["name"])
    ]


def events_shown(acting: Acting, events: Iterable[Answer]) -> list[EventBody]:
    """The events that this person sees: of engines that they see wholly, and of the factory where there is no scope."""
    scope, senders, logs = acting.caller.scope, acting.may(Family.SENDERS), acting.may(Family.LOGS)
    shown = []
    for each in events:
        is_own = scope.sees_engine(each["engine"]) if each["engine"] else not scope.limited
        if is_own and (senders or each["event"] not in OF_SENDERS):
            shown.append(each if logs else {name: part for name, part in each.items() if name != LOG_LINE})
    return [EventBody.model_validate(each) for each in shown]


def _glimpse(engine: Answer, clients: Iterable[Any]) -> GlimpseBody:
    return GlimpseBody.model_validate({"engine": engine["engine"], "state": engine["state"], "clients": list(clients)})


def _field(acting: Acting, field: Answer) -> Answer:
    parked = field.get("parked")
    if parked is None or acting.may(Family.LOGS):
        return field
    return {**field, "parked": {name: part for name, part in parked.items() if name != LOG_LINE}}
