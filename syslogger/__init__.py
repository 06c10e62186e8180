"""Syslogger as a library: one engine, its settings, the rows it has stored, the errors it raises.

Names are loaded when they are asked for: the parts of the program that are separate processes each load what they need,
and `syslogger --version` none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syslogger.config import Config, EngineSettings, Field, LogClass
    from syslogger.config import load as load_config
    from syslogger.engine import Engine
    from syslogger.errors import (
        AbandonedError,
        BindError,
        ConfigError,
        EngineDiedError,
        ExitCode,
        LockError,
        ReaderDiedError,
        StoreError,
        SysloggerError,
        TimeLimitError,
    )
    from syslogger.query.model import Query
    from syslogger.reader import LogReader
    from syslogger.tail import LiveTail, TailBatch

__all__ = [
    "AbandonedError",
    "BindError",
    "Config",
    "ConfigError",
    "Engine",
    "EngineDiedError",
    "EngineSettings",
    "ExitCode",
    "Field",
    "LiveTail",
    "LockError",
    "LogClass",
    "LogReader",
    "Query",
    "ReaderDiedError",
    "StoreError",
    "SysloggerError",
    "TailBatch",
    "TimeLimitError",
    "load_config",
]

_HOMES = {
    "Engine": "syslogger.engine",
    "LiveTail": "syslogger.tail",
    "LogReader": "syslogger.reader",
    "Query": "syslogger.query.model",
    "TailBatch": "syslogger.tail",
} | dict.fromkeys(("Config", "EngineSettings", "Field", "LogClass", "load_config"), "syslogger.config")


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = import_module(_HOMES.get(name, "syslogger.errors"))
    return getattr(home, "load" if name == "load_config" else name)
