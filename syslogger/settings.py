"""The parts of a configuration: frozen models, each complete with its defaults.

The models hold the shape and, through `checks.py`, what each value may be; what must fit together inside one object is
checked behind its values. `config.py` puts them together and reads the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic import Field as Setting
from pydantic_core import PydanticCustomError

from syslogger import checks
from syslogger.checks import Finding, class_findings, columns_of, engine_findings, path_text
from syslogger.rawconfig import CROSS_CHECK

_Model = TypeVar("_Model", bound=BaseModel)


def whole(least: int, most: int, unit: str) -> BeforeValidator:
    """A whole number of a unit, in a range."""
    return BeforeValidator(checks.whole_number(least, most, f"a whole number of {unit} from {least:,} to {most:,}"))


Port = Annotated[int, BeforeValidator(checks.whole_number(1, 65_535, checks.PORT_RIGHT))]
# 0 asks the system for any free port: for tests and the library. In a file it is refused.
EnginePort = Annotated[int, BeforeValidator(checks.whole_number(0, 65_535, checks.PORT_RIGHT))]
Minutes = Annotated[int, whole(1, 5_256_000, "minutes")]
Days = Annotated[int, whole(2, 36_500, "days")]
Bytes = Annotated[int, whole(1 << 20, 1 << 50, "bytes")]
FreePercent = Annotated[int, whole(1, 50, "percent")]
Percent = Annotated[int, whole(1, 100, "percent")]
Name = Annotated[str, BeforeValidator(checks.name(1, checks.NAME_CHARACTERS))]
Directory = Annotated[Path, BeforeValidator(checks.directory)]
Origin = Annotated[str, BeforeValidator(checks.origin)]
TimeZone = Annotated[str, BeforeValidator(checks.time_zone)]
Truth = Annotated[bool, BeforeValidator(checks.truth)]


class Frozen(BaseModel):
    """What cannot be changed once it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Field(Frozen):
    """One field of a class: its name and the pattern whose group 1 is its value."""

    name: Name
    pattern: Annotated[str, BeforeValidator(checks.pattern)]


def _fields_of_object(value: object) -> object:
    if isinstance(value, dict):
        return [{"name": name, "pattern": pattern} for name, pattern in value.items()]
    return value


class LogClass(Frozen):
    """A class: the fields to take out of each message, in the order of the file."""

    name: Name
    fields: Annotated[tuple[Field, ...], BeforeValidator(_fields_of_object)]

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The (column, SQL type) pairs of the fields: TEXT, and INTEGER for the x_port of an x_ip."""
        return tuple(column for field in self.fields for column in columns_of(field.name))

    @property
    def digest(self) -> str:
        """The sha256 of the class, in hex: another digest is another version of the class."""
        return digest_of(self)

    @property
    def mark(self) -> int:
        """The first 60 bits of the digest: the class as one word of shared memory."""
        return int(self.digest[:15], 16)

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        return fitting(self, class_findings(self.name, [field.name for field in self.fields]))


class ClientConfig(Frozen):
    """A named range of senders; without a name the range as written is the name."""

    address: Annotated[str, BeforeValidator(checks.client_range)]
    name: Annotated[str, BeforeValidator(checks.label(1, "a client name"))] = Setting(
        default_factory=lambda data: data["address"]
    )


DEFAULT_CLIENTS = tuple(
    ClientConfig(name=name, address=address)
    for name, address in (
        ("loopback", "127.0.0.0/8"),
        ("loopback_v6", "::1"),
        ("private_10", "10.0.0.0/8"),
        ("private_172", "172.16.0.0/12"),
        ("private_192", "192.168.0.0/16"),
        ("carrier_nat", "100.64.0.0/10"),
        ("link_local", "169.254.0.0/16"),
        ("private_v6", "fc00::/7"),
        ("link_local_v6", "fe80::/10"),
    )
)


class EngineConfig(Frozen):
    """One engine: where it listens, for whom, and into which class its messages go.

    No `addresses` is all addresses of both families, no `workers` is cores minus two (at least one), no
    `auto_delete_days` is the file's AUTO_DELETE_DAYS, no `auto_delete_bytes` is no limit. Without the key `clients`
    loopback and the private ranges may send, with an empty list nobody may. Port 0 (any free port) is for the library
    alone.
    """

    name: Annotated[str, BeforeValidator(checks.name(4, 30))]
    class_name: Annotated[str, BeforeValidator(partial(checks.text, right="the name of a class"))] = Setting(
        validation_alias="class"
    )
    port: EnginePort
    title: Annotated[str, BeforeValidator(checks.label(0, "a title"))] = ""
    addresses: tuple[Annotated[str, BeforeValidator(checks.listen_address)], ...] = ()
    clients: tuple[ClientConfig, ...] = DEFAULT_CLIENTS
    keep_original: Truth = True
    workers: Annotated[int, whole(1, 64, "processes")] | None = None
    auto_delete_days: Days | None = None
    auto_delete_bytes: Bytes | None = None
    running: Truth = True

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        return fitting(self, engine_findings(self.model_dump()))


class ReceiveConfig(Frozen):
    """How datagrams are taken from the kernel (the file's RECEIVE)."""

    max_message_bytes: Annotated[int, whole(512, 65_535, "bytes")] = 8_192
    receive_buffer_bytes: Annotated[int, whole(4_096, (1 << 30) - 1, "bytes")] = 64 << 20
    sockets: Annotated[int, whole(1, 16, "sockets")] = 1
    nap_microseconds: Annotated[int, whole(0, 100_000, "microseconds")] = 1_000


class BatchingConfig(Frozen):
    """How messages are gathered, handed over and committed (the file's BATCHING)."""

    flush_milliseconds: Annotated[int, whole(10, 200, "milliseconds")] = 100
    ring_slots: Annotated[int, whole(4, 64, "slots")] = 16
    commit_batches: Annotated[int, whole(1, 32, "batches")] = 6
    drain_seconds: Annotated[int, whole(1, 3_600, "seconds")] = 30


class LimitsConfig(Frozen):
    """What one thing may use up (the file's LIMITS)."""

    pattern_cpu_milliseconds: Annotated[int, whole(10, 60_000, "milliseconds")] = 1_000
    silent_seconds: Annotated[int, whole(2, 3_600, "seconds")] = 30


class EngineLimits(LimitsConfig):
    """The limits of one engine, those with keys of their own in the file included."""

    space_percentage_to_stop: Percent = 90
    auto_delete_days: Days = 180


def fitting(model: _Model, findings: Iterable[Finding]) -> _Model:
    """The model itself, where nothing was found; pydantic turns what is raised into a ValidationError."""
    found = "; ".join(f"{path_text(finding.where)}: {finding.wrong}; {finding.right}" for finding in findings)
    if found:
        # The message is an argument: in a template its braces would be placeholders.
        raise PydanticCustomError(CROSS_CHECK, "{found}", {"found": found})
    return model


def digest_of(model: BaseModel) -> str:
    """The sha256 of a model's JSON, in hex."""
    canonical = json.dumps(model.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
