"""What is answered about engines and their clients.

An answer has the fields that stand here and no others: what the factory may tell one day is not told by accident.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.engine_asked import EngineName


class Told(BaseModel):
    """A part of an answer: the fields that stand here, whatever else there is."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class ClientBody(Told):
    """A client. received, bytes: since the engine started; last_seen: us since the epoch, 0 for never.

    per_second: messages a second lately, null until it has been looked at twice.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "branch",
                    "address": "10.20.0.0/16",
                    "received": 52_010,
                    "bytes": 6_241_200,
                    "last_seen": 1_795_170_600_000_000,
                    "per_second": 12.5,
                }
            ]
        }
    )

    name: str
    address: str
    received: int | None = None
    bytes: int | None = None
    last_seen: int | None = None
    per_second: float | None = None


class SettingsBody(Told):
    """An engine in the form of the file."""

    name: str
    class_name: str = Field(alias="class")
    port: int
    title: str
    addresses: list[str]
    clients: list[ClientBody]
    keep_original: bool
    workers: int | None
    auto_delete_days: int | None
    auto_delete_bytes: int | None
    running: bool


class LedgerBody(Told):
    """What became of every message since the start: received = stored + refused + empty + dropped + in_flight."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "offered": 52_013,
                    "kernel_dropped": 0,
                    "received": 52_013,
                    "stored": 52_010,
                    "refused": 3,
                    "empty": 0,
                    "dropped": {"abandoned": 0, "paused": 0, "no_space": 0},
                    "in_flight": 0,
                    "unexplained": 0,
                    "truncated": 0,
                }
            ]
        }
    )

    offered: int = 0
    kernel_dropped: int = 0
    received: int = 0
    stored: int = 0
    refused: int = 0
    empty: int = 0
    dropped: dict[str, int] = {}
    in_flight: int = 0
    unexplained: int = 0
    truncated: int = 0


class RatesBody(Told):
    """Messages a second: of the last second, and over 1, 10 and 60 of them."""

    received_per_second: float
    stored_per_second: float
    over: dict[str, dict[str, float]]


class RingBody(Told):
    """The batches that lie between the processes."""

    slots: int
    depth: int


class ProcessBody(Told):
    """A process, and what it uses."""

    engine: str | None = None
    role: str
    pid: int
    cpu_seconds: float
    rss_bytes: int
    restarts: int | None = None
    last_exit: str | None = None
    beat_age_seconds: float | None = None


class ParkedBody(Told):
    """Why a field is not searched; since: s since the epoch; line: where its pattern was (needs the right to logs)."""

    pattern: str
    since: float
    why: str
    line: str | None = None


class FieldBody(Told):
    """A field of the class: its road, how often it was found, what it costs."""

    field: str
    road: str | None = None
    why: str | None = None
    hits: int
    hit_rate: float | None
    nanoseconds_a_line: float | None
    parked: ParkedBody | None


class PartitionBody(Told):
    """A day that this run of the engine has stored into."""

    day: str
    rows: int
    bytes: int


class BufferBody(Told):
    """The kernel's receive buffer; advice: what to do when it was not granted whole."""

    sockets: int
    asked_bytes: int
    granted_bytes: int
    advice: str | None


class SenderBody(Told):
    """A sender that is a client, and what became of its messages."""

    address: str
    received: int
    stored: int
    refused: int
    dropped: int
    bytes: int
    last_seen: int


class EventBody(BaseModel):
    """Something that happened: its kind, when (us since the epoch), in words, and details beside them."""

    model_config = ConfigDict(extra="allow")

    id: int
    engine: str
    event: str
    at: int
    message: str


class EventsBody(Told):
    """Newest first. before: ask with it for older ones; null: there are none."""

    events: list[EventBody]
    before: int | None


class EngineBody(Told):
    """An engine as the factory knows it. since: s since the epoch."""

    engine: EngineName
    title: str
    class_name: str = Field(alias="class")
    port: int
    state: str
    since: float
    why: str
    wanted: str
    needs_restart: list[str]
    restarts: int
    last_exit: str | None
    settings: SettingsBody
    autostart: bool
    created_at: float
    source: str
    whole: Literal[True] = True


class StatusBody(EngineBody):
    """One moment of an engine; what only a running one knows is null for the others."""

    pause_reasons: list[str] | None = None
    ledger: LedgerBody | None = None
    ledger_age_seconds: float | None = None
    rates: RatesBody | None = None
    ring: RingBody | None = None
    processes: list[ProcessBody] | None = None
    fields: list[FieldBody] | None = None
    partitions: list[PartitionBody] | None = None
    buffer: BufferBody | None = None
    clients: list[ClientBody] | None = None
    senders: list[SenderBody] | None = None
    events: list[EventBody] = []


class GlimpseBody(Told):
    """What somebody sees of an engine who sees only some of its clients."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "engine": "main",
                    "state": "running",
                    "clients": [{"name": "branch", "address": "10.20.0.0/16", "received": 52_010, "per_second": 12.5}],
                    "whole": False,
                }
            ]
        }
    )

    engine: EngineName
    state: str
    clients: list[ClientBody]
    whole: Literal[False] = False


class CreatedBody(EngineBody):
    """continues: it had been deleted, and goes on with its folder of that time."""

    continues: bool


class EffectsBody(Told):
    """What changes mean: in force at once, or waiting for a restart."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"live": ["title"], "restart": ["port"]}]})

    live: list[str]
    restart: list[str]


class DeletedBody(Told):
    """ledger: the final one, null where it did not run; job: what deletes its days, null where they are kept."""

    deleted: str
    ledger: LedgerBody | None
    job: str | None


class StoppedBody(Told):
    """The final ledger; null where it did not run."""

    ledger: LedgerBody | None


class PausedBody(Told):
    """How it is now, and why."""

    state: str
    pause_reasons: list[str]


class ReleasedBody(Told):
    """The field that is searched again."""

    field: str


class TestedBody(Told):
    """The row as it was stored."""

    row: dict[str, Any]


class UnknownBody(Told):
    """Who sends without being a client: lines of it, what part of each class's fields they have, the likeliest class.

    samples: the first different lines, at most three; hit_rates: the mean over them, null where it took too long.
    first_seen, last_seen: us since the epoch.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "address": "203.0.113.7",
                    "refused": 3,
                    "first_seen": 1_795_167_000_000_000,
                    "last_seen": 1_795_170_600_000_000,
                    "samples": ["<14>user=anna from 10.0.0.7", "<14>user=ben from 10.0.0.8"],
                    "hit_rates": {"mikrotik": 0.4},
                    "guessed_class": "mikrotik",
                }
            ]
        }
    )

    address: str
    refused: int
    first_seen: int
    last_seen: int
    samples: list[str]
    hit_rates: dict[str, float | None]
    guessed_class: str | None


class IgnoredBody(Told):
    """Every sender that is not shown."""

    ignored: list[str]
