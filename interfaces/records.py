"""What the factory keeps of engines, classes and the configuration file: frozen models, as they lie in `factory.db`.

Times are microseconds since the epoch.
"""

from __future__ import annotations

from enum import StrEnum

from syslogger.config import LogClass
from syslogger.settings import EngineConfig, Frozen


class Source(StrEnum):
    """Where a change came from."""

    FILE = "file"
    API = "api"
    CLI = "cli"


class EngineRecord(Frozen):
    """One engine; `engine.running` is what an operator wants of it, over restarts of everything.

    autostart: whether a starting factory starts it, if it is to run; paused: its operators' reasons to; ignored:
    senders not to be shown; deleted_at: it is gone, and its name keeps its class for ever.
    """

    engine: EngineConfig
    autostart: bool = True
    paused: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    created_at: int
    deleted_at: int | None = None
    source: Source

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name


class ClassVersion(Frozen):
    """One version of a class: its number from 1, when, by whom and through what it came to be."""

    log_class: LogClass
    version: int
    at: int
    author: str
    source: Source

    @property
    def digest(self) -> str:
        """The sha256 of the class."""
        return self.log_class.digest


class Taken(Frozen):
    """The classes and engines of the configuration file as they were last taken over from it."""

    log_classes: tuple[LogClass, ...]
    engines: tuple[EngineConfig, ...]
