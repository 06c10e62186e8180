"""What may be asked of the factory: a frozen model for each request, under the checks of the configuration file.

Rules
- An unknown field is a problem, as in the file: a slip in a name would otherwise leave something at its default.
- A part that the file has, too (an engine, a client, a class), has the file's form and the file's checks.
- Every problem of a request is reported at once, each with its path in the request (`engine.clients[2].address`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator
from pydantic import Field as Setting

from syslogger import checks
from syslogger.checks import Finding, class_findings, engine_findings
from syslogger.errors import UnfitError, shown
from syslogger.settings import Bytes, ClientConfig, Days, EngineConfig, Frozen, LogClass, Name, Port, Truth, whole

LINE_CHARACTERS = 65_000
TRIED_LINES = 1_000
LISTED = 1_000
MOST_DAYS = 10_000


def _one_of(*words: str) -> Callable[[object], str]:
    right = f"one of {', '.join(words)}"

    def check(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise UnfitError(f"{shown(value)} is not known here", right)
        return value

    return check


def _line(value: object) -> str:
    right = f"text of at most {LINE_CHARACTERS:,} bytes in UTF-8"
    line = checks.text(value, right)
    if len(line.encode()) > LINE_CHARACTERS:
        raise UnfitError(f"the line has {len(line.encode()):,} bytes", right)
    return line


def _reason(value: object) -> str:
    if value == "no_space":
        raise UnfitError("it is the engine's own reason", "another one, such as maintenance")
    return checks.name(1, checks.NAME_CHARACTERS)(value)


def _day(value: object) -> str:
    right = "a date such as 2026-11-20"
    day = checks.text(value, right)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
            return dt.date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise UnfitError(f"{shown(day)} is no date", right) from error
    raise UnfitError(f"{shown(day)} is no date", right)


def _days(value: object) -> object:
    if value == "all":
        return value
    if isinstance(value, list | tuple) and 1 <= len(value) <= MOST_DAYS:
        return tuple(map(_day, value))
    right = f"'all', or a list of 1 to {MOST_DAYS:,} dates such as 2026-11-20"
    raise UnfitError(f"{shown(value)} names no days", right)


def _identifier(value: object) -> str:
    right = "the id of a job as jobs.list shows it"
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-z]{1,40}", value, re.ASCII):
        raise UnfitError(f"{shown(value)} is no id", right)
    return value


EngineName = Annotated[str, BeforeValidator(checks.name(4, 30))]
ClientName = Annotated[str, BeforeValidator(checks.label(1, "a client name"))]
Address = Annotated[str, BeforeValidator(checks.listen_address)]
Line = Annotated[str, BeforeValidator(_line)]
Reason = Annotated[str, BeforeValidator(_reason)]
Limit = Annotated[int, whole(1, LISTED, "entries")]
RowId = Annotated[int, whole(1, (1 << 53) - 1, "an event (its id)")]
VersionNumber = Annotated[int, whole(1, (1 << 31) - 1, "the number of a version")]


class Request(Frozen):
    """One request. `together` finds what does not fit together in it, as it came."""

    @classmethod
    def together(cls, _data: Mapping[str, object]) -> Iterable[Finding]:
        """Problems that no single field has."""
        return ()


class Nothing(Request):
    """A request without fields."""


def _below(key: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding._replace(where=(key, *finding.where)) for finding in findings)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


# -- engines -----------------------------------------------------------------------------------------------------------


class OfEngine(Request):
    """Something about one engine."""

    name: EngineName


class CreateEngine(Request):
    """A new engine, in the form that it has in ENGINES; `running` says whether it is to run at once.

    autostart: whether the factory starts it again when it starts itself.
    """

    engine: EngineConfig
    autostart: Truth = True

    @classmethod
    def together(cls, data: Mapping[str, object]) -> Iterable[Finding]:
        """What one engine has twice; port 0, which is for the library alone."""
        engine = _object(data.get("engine"))
        if engine.get("port") == 0:
            yield Finding(("engine", "port"), "0 is out of range", checks.PORT_RIGHT)
        yield from _below("engine", engine_findings(engine))


class EngineChanges(Frozen):
    """What can be changed of an engine: those that are sent are, the others stay as they are."""

    PARTIAL: ClassVar[bool] = True  # what is not sent has no default
    # tests hold these against EngineConfig; name and class are fixed for life, and start and stop say whether it runs
    LEFT_OUT: ClassVar[frozenset[str]] = frozenset({"name", "class_name", "running"})

    port: Port = 0
    title: Annotated[str, BeforeValidator(checks.label(0, "a title"))] = ""
    addresses: tuple[Address, ...] = ()
    clients: tuple[ClientConfig, ...] = ()
    keep_original: Truth = True
    workers: Annotated[int, whole(1, 64, "processes")] | None = None
    auto_delete_days: Days | None = None
    auto_delete_bytes: Bytes | None = None

    def applied_to(self, engine: EngineConfig) -> EngineConfig:
        """The engine with what was sent."""
        return engine.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


class EngineEffects(OfEngine):
    """What changes would mean, before they are made."""

    changes: EngineChanges

    @classmethod
    def together(cls, data: Mapping[str, object]) -> Iterable[Finding]:
        """What the engine would have twice."""
        return _below("changes", engine_findings(_object(data.get("changes"))))


class EditEngine(EngineEffects):
    """Changes to an engine. restart: whether it may be restarted, should one of them need it."""

    changes: EngineChanges = EngineChanges()
    autostart: Truth | None = None
    restart: Truth = False


class DeleteEngine(OfEngine):
    """An engine to delete. confirm: its name once more; data: what becomes of its days."""

    confirm: EngineName
    data: Annotated[str, BeforeValidator(_one_of("keep", "delete"))]

    @classmethod
    def together(cls, data: Mapping[str, object]) -> Iterable[Finding]:
        """The two names are one."""
        if data.get("confirm") != data.get("name"):
            yield Finding(("confirm",), "it is not the name of the engine", "type the name of the engine once more")


class PauseEngine(OfEngine):
    """An engine to pause or resume, and why: it runs again when every reason is gone."""

    reason: Reason = "operator"


class ReleaseField(OfEngine):
    """A parked field to take back into service."""

    field: Name


class TestLine(OfEngine):
    """A line to send to an engine."""

    __test__: ClassVar[bool] = False  # it is not one of pytest's

    line: Line


class Events(Request):
    """The newest events, of one engine or of the factory itself; before: the id of the oldest one already seen."""

    name: EngineName | None = None
    limit: Limit = 100
    before: RowId | None = None


# -- clients and senders -----------------------------------------------------------------------------------------------


class OfClients(Request):
    """Something about the clients of one engine."""

    engine: EngineName


class AddClient(OfClients):
    """A client to add; without a name its range is the name."""

    client: ClientConfig


class EditClient(AddClient):
    """A client to replace. name: as it is called now."""

    name: ClientName


class RemoveClient(OfClients):
    """A client to take away."""

    name: ClientName


class IgnoreSender(OfClients):
    """An unknown sender that is not to be shown any more, or, with `ignore` false, again."""

    address: Address
    ignore: Truth = True


# -- classes -----------------------------------------------------------------------------------------------------------


class OfClass(Request):
    """Something about one class."""

    name: Name


class GetClass(OfClass):
    """A class as it is, or as it was in one of its versions."""

    version: VersionNumber | None = None


class RollBackClass(OfClass):
    """A version whose fields become a class's newest version."""

    version: VersionNumber


class WholeClass(Request):
    """A class as it is to be: its name, and an object of field to pattern."""

    log_class: LogClass = Setting(validation_alias="class")

    @classmethod
    def together(cls, data: Mapping[str, object]) -> Iterable[Finding]:
        """What `ENGINE_CLASSES` would refuse."""
        log_class = _object(data.get("class"))
        name, fields = log_class.get("name"), log_class.get("fields")
        if isinstance(fields, list):  # the model would take a list of fields, too; the file has objects
            yield Finding(("class", "fields"), "a list is not an object", "an object of field to pattern")
        found = class_findings(name if isinstance(name, str) else "class", _object(fields))
        yield from (finding._replace(where=("class", "fields", *finding.where)) for finding in found)


class TryClass(WholeClass):
    """A class and the lines to try it on."""

    lines: tuple[Line, ...]

    @classmethod
    def together(cls, data: Mapping[str, object]) -> Iterable[Finding]:
        """What `ENGINE_CLASSES` would refuse, and too many lines."""
        lines = data.get("lines")
        if isinstance(lines, list) and not 1 <= len(lines) <= TRIED_LINES:
            yield Finding(("lines",), f"there are {len(lines):,} lines", f"from 1 to {TRIED_LINES:,} lines")
        yield from super().together(data)


# -- stored days -------------------------------------------------------------------------------------------------------


class StartJob(Request):
    """A job for the keeper: its kind, and what that kind wants to know."""

    kind: Name
    class_name: Name | None = Setting(None, validation_alias="class")
    engine: EngineName | None = None
    days: Annotated[tuple[str, ...] | str, BeforeValidator(_days)] | None = None

    @property
    def parameters(self) -> dict[str, object]:
        """What was sent beside the kind, under the names of the keeper."""
        return {name: getattr(self, name) for name in ("class_name", "engine", "days") if getattr(self, name)}


class OfJob(Request):
    """Something about one job."""

    id: Annotated[str, BeforeValidator(_identifier)]
