"""Everything that can be asked of the factory: a name, a sentence, the request's model, an example, what comes back.

The table is the only list of operations. The HTTP side, the documentation and the tests of the client read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from interfaces import requests as ask
from interfaces.errors import BadRequest, UnknownOperation
from interfaces.fields import validated
from interfaces.requests import Request
from syslogger.checks import nearest, path_text
from syslogger.errors import Problem, shown

HOST = "127.0.0.1"
BODY_BYTES = 1 << 20
ANSWER_SECONDS = 30.0
# A start waits for a folder that is still held, a drain for its deadline (an hour at most), a trial for its patterns.
PATIENT_SECONDS = 120.0
DRAIN_SECONDS = 3_700.0


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation.

    changes: whether it changes anything, so somebody has to answer for it; answer_seconds: how long a client waits.
    """

    name: str
    summary: str
    request: type[Request]
    answer: str
    example: Mapping[str, Any]
    changes: bool = True
    answer_seconds: float = ANSWER_SECONDS


def _reads(name: str, summary: str, request: type[Request], answer: str, /, **example: object) -> Operation:
    return Operation(name, summary, request, answer, example, changes=False)


def _changes(name: str, summary: str, request: type[Request], answer: str, /, **example: object) -> Operation:
    return Operation(name, summary, request, answer, example)


def _patient(name: str, summary: str, request: type[Request], answer: str, /, **example: object) -> Operation:
    return Operation(name, summary, request, answer, example, answer_seconds=PATIENT_SECONDS)


def _drains(name: str, summary: str, request: type[Request], answer: str, /, **example: object) -> Operation:
    return Operation(name, summary, request, answer, example, answer_seconds=DRAIN_SECONDS)


_ENGINE = {
    "name": "main",
    "class": "mikrotik",
    "port": 5140,
    "title": "the routers",
    "clients": [{"name": "office", "address": "192.168.0.0/16"}],
    "running": True,
}
_CLIENT = {"name": "branch", "address": "10.20.0.0/16"}
_CLASS = {"name": "mikrotik", "fields": {"user": "user=(\\w+)", "source_ip": "from ([\\d.]+)"}}
_STATUS = "the engine's status, one snapshot: state, since, why, processes, rates, ledger, fields, clients, senders, …"

_ENGINES = (
    _reads("engines.list", "List the engines.", ask.Nothing, "a list of engines: settings, desired state, state"),
    _patient(
        "engines.create",
        "Create an engine, and start it unless `running` is false.",
        ask.CreateEngine,
        "the engine; `continues`: it had been deleted, and goes on with its folder of that time",
        engine=_ENGINE,
        autostart=True,
    ),
    _drains(
        "engines.edit",
        "Change an engine: what applies while it runs does at once, the rest at its next start, or now if `restart`.",
        ask.EditEngine,
        "{live, restart}: the changes in force, and those that wait for a restart",
        name="main",
        changes={"title": "the routers", "clients": [_CLIENT]},
        restart=False,
    ),
    _reads(
        "engines.effects",
        "Tell what changes would mean, without making them.",
        ask.EngineEffects,
        "{live, restart}: what would be changed while it runs, and what needs a restart",
        name="main",
        changes={"port": 5141},
    ),
    _drains(
        "engines.delete",
        "Delete an engine, and its days or not.",
        ask.DeleteEngine,
        "{deleted, ledger, job}: its final ledger; the job that deletes its days, null where they are kept",
        name="main",
        confirm="main",
        data="keep",
    ),
    _patient("engines.start", "Run an engine from now on.", ask.OfEngine, _STATUS, name="main"),
    _drains("engines.stop", "Store what an engine has and end it.", ask.OfEngine, "its final ledger", name="main"),
    _drains("engines.restart", "Stop an engine and start it.", ask.OfEngine, _STATUS, name="main"),
    _changes(
        "engines.pause",
        "Go on receiving and store nothing; what comes meanwhile is counted.",
        ask.PauseEngine,
        "{state, pause_reasons}",
        name="main",
        reason="maintenance",
    ),
    _changes(
        "engines.resume",
        "Take a reason to pause away; it stores again when none is left.",
        ask.PauseEngine,
        "{state, pause_reasons}",
        name="main",
        reason="maintenance",
    ),
    _reads("engines.status", "Look at one engine.", ask.OfEngine, _STATUS, name="main"),
    _changes(
        "engines.release_field",
        "Take a field back into service that was parked for its slow pattern.",
        ask.ReleaseField,
        "{field}",
        name="main",
        field="user",
    ),
    _patient(
        "engines.test_line",
        "Send one real datagram from this machine and see what becomes of it.",
        ask.TestLine,
        "{row}: the row as it was stored",
        name="main",
        line="<14>user=anna from 10.0.0.7",
    ),
    _reads(
        "engines.events",
        "Read what happened to an engine, or, without a name, to the factory and everything in it; newest first.",
        ask.Events,
        "a list of events: {id, engine, event, at (us since the epoch), message, …}",
        name="main",
        limit=50,
    ),
)
_CLIENTS = (
    _reads(
        "clients.list", "List who may send to an engine.", ask.OfClients, "a list of {name, address}", engine="main"
    ),
    _changes(
        "clients.add", "Let a range send.", ask.AddClient, "the clients as they are now", engine="main", client=_CLIENT
    ),
    _changes(
        "clients.edit",
        "Replace a client.",
        ask.EditClient,
        "the clients as they are now",
        engine="main",
        name="office",
        client=_CLIENT,
    ),
    _changes(
        "clients.remove",
        "Take a client away.",
        ask.RemoveClient,
        "the clients as they are now",
        engine="main",
        name="office",
    ),
    _reads(
        "senders.unknown",
        "List who sends without being a client, with up to three lines each, and how well each class fits them.",
        ask.OfClients,
        "a list of {address, refused, first_seen, last_seen, samples, hit_rates: class to part of its fields found}",
        engine="main",
    ),
    _reads(
        "senders.ignored",
        "List who is not shown among them any more.",
        ask.OfClients,
        "a list of addresses",
        engine="main",
    ),
    _changes(
        "senders.allow",
        "Make an unknown sender a client.",
        ask.AddClient,
        "the clients as they are now",
        engine="main",
        client={"address": "203.0.113.7"},
    ),
    _changes(
        "senders.ignore",
        "Do not show an unknown sender any more.",
        ask.IgnoreSender,
        "{ignored}: every sender that is not shown",
        engine="main",
        address="203.0.113.7",
    ),
)
_CLASSES = (
    _reads(
        "classes.list", "List the classes.", ask.Nothing, "a list of classes, each with its version and its engines"
    ),
    _reads(
        "classes.get", "Look at a class.", ask.GetClass, "the class, its version, digest and columns", name="mikrotik"
    ),
    _reads(
        "classes.versions",
        "List the versions of a class.",
        ask.OfClass,
        "a list of {version, digest, at (us since the epoch), author, source}",
        name="mikrotik",
    ),
    _reads(
        "classes.validate",
        "Check a class without changing it; what is wrong comes as a bad request.",
        ask.WholeClass,
        "{columns, changes}: the columns, and whether it differs from the class of that name",
        **{"class": _CLASS},
    ),
    Operation(
        "classes.try",
        "Try a class on lines; patterns that take more than ten seconds are cut off.",
        ask.TryClass,
        "{fields: road, why, hits, hit rate and cost of each, rows, empty}",
        {"class": _CLASS, "lines": ["<14>user=anna from 10.0.0.7"]},
        changes=False,
        answer_seconds=PATIENT_SECONDS,
    ),
    _patient(
        "classes.change",
        "Give a class new fields, or make a new class; its engines take them while they run.",
        ask.WholeClass,
        "the new version; when an engine refuses it nothing is changed",
        **{"class": _CLASS},
    ),
    _patient(
        "classes.rollback",
        "Make the fields of an earlier version the newest version.",
        ask.RollBackClass,
        "the new version",
        name="mikrotik",
        version=1,
    ),
    _changes("classes.remove", "Remove a class that no engine uses.", ask.OfClass, "{name}", name="mikrotik"),
)
_FACTORY = (
    _drains("config.reload", "Take over what changed in the file.", ask.Nothing, "a list of {path, outcome, message}"),
    _reads("config.export", "Show the present state in the form of the file.", ask.Nothing, "the file as an object"),
    _reads(
        "config.settings", "Show the keys of the file beside engines and classes.", ask.Nothing, "an object of keys"
    ),
    _reads("status.factory", "Look at the factory.", ask.Nothing, "pid, uptime, versions, memory, engines by state"),
    _reads(
        "status.processes", "List every process.", ask.Nothing, "a list of {role, engine, pid, cpu_seconds, rss_bytes}"
    ),
    _reads(
        "days.forecast",
        "Tell what a day takes, of each engine and sender, and when the disk is full.",
        ask.Nothing,
        "{today, free_bytes, total_bytes, stops_on, full_on (null: not in ten years), engines: bytes_a_day, senders}",
    ),
    _reads("jobs.list", "List the jobs on stored days.", ask.Nothing, "a list of jobs"),
    _changes(
        "jobs.start",
        "Start a job: `retention`, `seal`, `delete_days` or `delete_engine`.",
        ask.StartJob,
        "the job: {id, kind, state, done, total, started, ended, message}",
        kind="delete_days",
        **{"class": "mikrotik"},
        engine="main",
        days=["2026-01-31"],
    ),
    _reads("jobs.get", "Look at a job.", ask.OfJob, "the job", id="0f3a9c51b2d4"),
    _changes(
        "jobs.cancel",
        "Cancel a job; one that runs ends after the day it is at.",
        ask.OfJob,
        "the job",
        id="0f3a9c51b2d4",
    ),
    _changes("clock.confirm", "Say that the machine's clock is right.", ask.Nothing, "a sentence: what that changes"),
    _reads("docs", "Read this documentation.", ask.Nothing, "this documentation"),
)

OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {each.name: each for each in (*_ENGINES, *_CLIENTS, *_CLASSES, *_FACTORY)}
)


def operation_of(name: str) -> Operation:
    """The operation of that name. Raises UnknownOperation, with the one that was probably meant."""
    if name not in OPERATIONS:
        near = nearest(name, OPERATIONS)
        hint = f"did you mean {near!r}?" if near else "the documentation beside this lists every operation"
        raise UnknownOperation(f"there is no operation {shown(name)}", hint=hint)
    return OPERATIONS[name]


def request_of(operation: Operation, data: object) -> Request:
    """What was sent, as the request of the operation. Raises BadRequest with every problem."""
    request, findings = validated(operation.request, data)
    if isinstance(data, Mapping):
        findings += operation.request.together(data)
    if request is None or findings:
        raise BadRequest.of(Problem(path_text(each.where), each.wrong, each.right) for each in findings)
    return request
