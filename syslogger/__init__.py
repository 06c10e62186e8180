"""Syslogger as a library: one engine, its settings, and reading rows back."""

from __future__ import annotations

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
    StoreError,
    SysloggerError,
)

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
    "LockError",
    "LogClass",
    "StoreError",
    "SysloggerError",
    "load_config",
]
