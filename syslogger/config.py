"""GLOBAL_CONFIG.json -> a frozen Config; every problem at once, each with its JSON path.

Rules:
  * The file is read here and nowhere else. What comes out is frozen, absolute and complete: no default is left to look
    up, no path depends on the working directory, and `digest` names this very configuration.
  * Every key but ENGINE_CLASSES has a default. An unknown key is a problem: a slip in a name would otherwise silently
    leave a setting at its default.
  * One EngineSettings is all that an engine's processes get to know, as JSON across the process boundary.

Strategy: the models hold the shape and, through `checks.py`, what each value may be. What must fit together is checked
on the raw JSON that `rawconfig.py` reads, so that neither kind of problem hides the other; all of them are put into the
order of the file and raised as one ConfigError.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, BeforeValidator
from pydantic import Field as Setting

from syslogger import checks
from syslogger.checks import RESERVED_FIELDS, Finding, engine_findings, path_text
from syslogger.errors import ConfigError, Problem, UnfitError, shown
from syslogger.rawconfig import Keys, file_problem, problems_in_order, read_json, shaped
from syslogger.settings import (
    DEFAULT_CLIENTS,
    BatchingConfig,
    ClientConfig,
    Days,
    Directory,
    EngineConfig,
    EngineLimits,
    Field,
    FreePercent,
    Frozen,
    LimitsConfig,
    LogClass,
    Minutes,
    Origin,
    Percent,
    Port,
    ReceiveConfig,
    TimeZone,
    digest_of,
)

__all__ = [
    "DEFAULT_CLIENTS",
    "RESERVED_FIELDS",
    "BatchingConfig",
    "ClientConfig",
    "Config",
    "ConfigError",
    "EngineConfig",
    "EngineLimits",
    "EngineSettings",
    "Field",
    "LimitsConfig",
    "LogClass",
    "Problem",
    "ReceiveConfig",
    "load",
    "parse",
    "system_time_zone",
]

MAX_FILE_BYTES = 8 << 20


def system_time_zone(environment: Mapping[str, str] = os.environ, etc: Path = Path("/etc")) -> str:
    """The IANA name of this system's time zone: TZ, then /etc/timezone, then /etc/localtime, else UTC."""
    variable = environment.get("TZ", "").removeprefix(":")
    for candidate in (variable, _first_line(etc / "timezone"), os.path.realpath(etc / "localtime")):
        # TZ and the link may be a path into the zone database; a POSIX rule such as CET-1CEST names no zone.
        zone = candidate.rpartition("zoneinfo/")[2]
        if zone and checks.is_time_zone(zone):
            return zone
    return "UTC"


def _first_line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").partition("\n")[0].strip()
    except OSError:
        # Most systems have no such file; the next source is asked.
        return ""


class EngineSettings(Frozen):
    """All that the processes of one engine know of the configuration; crosses to them as JSON, whole."""

    engine: EngineConfig
    log_class: LogClass
    root: Directory
    time_zone: TimeZone
    receive: ReceiveConfig = ReceiveConfig()
    batching: BatchingConfig = BatchingConfig()
    limits: EngineLimits = EngineLimits()

    @property
    def folder(self) -> Path:
        """Where the day files of this engine lie."""
        return self.root / self.log_class.name / self.engine.name

    @property
    def digest(self) -> str:
        """The sha256 of these settings, in hex."""
        return digest_of(self)

    @classmethod
    def build(
        cls,
        *,
        name: str,
        log_class: LogClass,
        port: int,
        root: Path,
        addresses: Sequence[str] = (),
        allow: Sequence[str] = (),
        workers: int | None = None,
        keep_original: bool = True,
        time_zone: str | None = None,
        receive: ReceiveConfig | None = None,
        batching: BatchingConfig | None = None,
        limits: EngineLimits | None = None,
    ) -> EngineSettings:
        """Settings without a file, under the checks of the file; port 0 is any free port.

        `allow` holds the ranges that may send, the default clients where it is empty. A relative `root` starts
        at the working directory. Raises ConfigError, with the names of these parameters as paths.
        """
        engine = {
            "name": name,
            "class": log_class.name,
            "port": port,
            "addresses": tuple(addresses),
            "workers": workers,
            "keep_original": keep_original,
        }
        if allow:
            engine["clients"] = tuple({"address": text} for text in allow)
        data = {
            "engine": engine,
            "log_class": log_class,
            "root": root,
            "time_zone": system_time_zone() if time_zone is None else time_zone,
            "receive": receive or ReceiveConfig(),
            "batching": batching or BatchingConfig(),
            "limits": limits or EngineLimits(),
        }
        settings, findings = shaped(cls, data, None)
        findings += engine_findings(engine)
        if settings is None or findings:
            raise ConfigError(map(_parameter_problem, findings))
        return settings.model_copy(update={"root": _absolute(settings.root, Path.cwd())})


def _classes_of_object(value: object) -> object:
    """ENGINE_CLASSES as LogClass wants it: an object keeps its order as a tuple."""
    if isinstance(value, dict):
        # A class that is a list would pass for the tuple that an object becomes; None does not.
        objects = ((name, fields if isinstance(fields, dict) else None) for name, fields in value.items())
        return tuple({"name": name, "fields": fields} for name, fields in objects)
    if isinstance(value, tuple):
        return value
    raise UnfitError(f"{shown(value)} is not an object", "an object of classes, each an object of field to pattern")


def _zone_or_system(value: object) -> object:
    return system_time_zone() if value is None else value


class Config(Frozen):
    """The whole configuration: complete, absolute, frozen. Made by `load`."""

    fast_api_server_host: Annotated[str, BeforeValidator(checks.listen_address)] = Setting(
        "127.0.0.1", validation_alias="FAST_API_SERVER_HOST"
    )
    fast_api_server_port: Port = Setting(
        checks.SERVICE_PORTS["FAST_API_SERVER_PORT"], validation_alias="FAST_API_SERVER_PORT"
    )
    interface_factory_port: Port = Setting(
        checks.SERVICE_PORTS["INTERFACE_FACTORY_PORT"], validation_alias="INTERFACE_FACTORY_PORT"
    )
    root: Directory = Setting(Path("LOG_DATABASE"), validation_alias="ROOT_SAVED_DATA_DIRECTORY")
    token_expiration_minutes: Minutes = Setting(3_600, validation_alias="TOKEN_EXPIRATION")
    download_token_expiration_minutes: Minutes = Setting(60, validation_alias="DOWNLOAD_TOKEN_EXPIRATION")
    auto_delete_days: Days = Setting(180, validation_alias="AUTO_DELETE_DAYS")
    space_percentage_to_stop: Percent = Setting(90, validation_alias="SPACE_PERCENTAGE_TO_STOP")
    delete_oldest_below_free_percentage: FreePercent | None = Setting(
        None, validation_alias="DELETE_OLDEST_BELOW_FREE_PERCENTAGE"
    )
    allowed_origins: Annotated[tuple[Origin, ...], BeforeValidator(checks.origins)] = Setting(
        (), validation_alias="FAST_API_ALLOWED_ORIGIN"
    )
    trusted_proxies: tuple[Annotated[str, BeforeValidator(checks.client_range)], ...] = Setting(
        (), validation_alias="TRUSTED_PROXIES"
    )
    time_zone: Annotated[TimeZone, BeforeValidator(_zone_or_system)] = Setting(
        default_factory=system_time_zone, validation_alias="TIME_ZONE"
    )
    log_classes: Annotated[tuple[LogClass, ...], BeforeValidator(_classes_of_object)] = Setting(
        validation_alias="ENGINE_CLASSES"
    )
    engines: tuple[EngineConfig, ...] = Setting((), validation_alias="ENGINES")
    receive: ReceiveConfig = Setting(ReceiveConfig(), validation_alias="RECEIVE")
    batching: BatchingConfig = Setting(BatchingConfig(), validation_alias="BATCHING")
    limits: LimitsConfig = Setting(LimitsConfig(), validation_alias="LIMITS")

    @property
    def classes(self) -> Mapping[str, LogClass]:
        """The classes by name, in the order of the file."""
        return MappingProxyType({log_class.name: log_class for log_class in self.log_classes})

    @property
    def digest(self) -> str:
        """The sha256 of the effective configuration, defaults filled in, in hex."""
        return digest_of(self)

    def engine_settings(self, engine: EngineConfig) -> EngineSettings:
        """What the processes of `engine`, one of this configuration's, get to know."""
        return EngineSettings(
            engine=engine,
            log_class=self.classes[engine.class_name],
            root=self.root,
            time_zone=self.time_zone,
            receive=self.receive,
            batching=self.batching,
            limits=EngineLimits(
                **self.limits.model_dump(),
                space_percentage_to_stop=self.space_percentage_to_stop,
                auto_delete_days=engine.auto_delete_days or self.auto_delete_days,
            ),
        )


def load(path: Path) -> Config:
    """Reads a configuration file; relative paths in it start at its own folder.

    Raises ConfigError with every problem: of the file, of its JSON, or of what it says.
    """
    return parse(_read(path), path.absolute().parent)


def parse(data: bytes, folder: Path) -> Config:
    """The configuration that `data` spells, the bytes of a file in `folder`. Raises ConfigError with every problem."""
    raw, findings = read_json(data)
    config, misshapen = shaped(Config, raw, _FILE_KEYS)
    findings += [*misshapen, *checks.file_findings(raw)]
    if config is None or findings:
        raise ConfigError(problems_in_order(findings, raw))
    return config.model_copy(update={"root": _absolute(config.root, folder)})


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        # ValueError: a NUL in the path.
        reason = error.strerror if isinstance(error, OSError) else str(error)
        wrong = f"{shown(str(path))} cannot be read: {reason}"
        raise file_problem(wrong, "the path of a configuration file") from error
    if len(data) > MAX_FILE_BYTES:
        raise file_problem("the file is larger than 8 MiB", "a configuration file")
    return data


def _parameter_problem(finding: Finding) -> Problem:
    """A finding of `EngineSettings.build` under the name of its parameter."""
    where = finding.where[1:] if finding.where[0] == "engine" else finding.where
    if where[0] == "clients":
        where = ("allow", *where[1:2])
    return Problem(path_text(where), finding.wrong, finding.right)


def _absolute(root: Path, folder: Path) -> Path:
    # Not resolve(): a link in the path stays the operator's to point elsewhere.
    return Path(os.path.abspath(folder / root))  # noqa: PTH100


def _keys(model: type[BaseModel]) -> list[str]:
    return [str(field.validation_alias or name) for name, field in model.model_fields.items()]


_FILE_KEYS: Keys = {
    (): _keys(Config),
    ("ENGINES",): _keys(EngineConfig),
    ("ENGINES", "clients"): _keys(ClientConfig),
    ("RECEIVE",): _keys(ReceiveConfig),
    ("BATCHING",): _keys(BatchingConfig),
    ("LIMITS",): _keys(LimitsConfig),
}
