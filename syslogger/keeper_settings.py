"""What a keeper knows of the configuration, in the form in which it crosses to its process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field as Setting
from pydantic import ValidationError

from syslogger.errors import ConfigError, Problem
from syslogger.settings import Bytes, Days, Directory, FreePercent, Frozen, Percent, TimeZone, whole
from syslogger.storage.retention import Limits
from syslogger.storage.surplus import Bounds

if TYPE_CHECKING:
    from syslogger.config import Config


class EngineLimit(Frozen):
    """An engine, how many of its days are kept (None: as the default says), and how many bytes (None: any)."""

    class_name: str = Setting(validation_alias="class")
    name: str
    auto_delete_days: Days | None = None
    auto_delete_bytes: Bytes | None = None


class KeeperSettings(Frozen):
    """All that a keeper knows of the configuration."""

    root: Directory
    time_zone: TimeZone
    auto_delete_days: Days = 180
    delete_oldest_below_free_percentage: FreePercent | None = None
    space_percentage_to_stop: Percent = 90
    engines: tuple[EngineLimit, ...] = ()
    retention_seconds: Annotated[int, whole(1, 86_400, "seconds")] = 3_600
    look_seconds: Annotated[int, whole(1, 3_600, "seconds")] = 60

    @property
    def limits(self) -> Limits:
        """The limits as retention wants them."""
        own = {(engine.class_name, engine.name): engine.auto_delete_days for engine in self.engines}
        return Limits(self.auto_delete_days, {owner: kept for owner, kept in own.items() if kept is not None})

    @property
    def bounds(self) -> Bounds:
        """The bounds of bytes and of free space."""
        own = {(engine.class_name, engine.name): engine.auto_delete_bytes for engine in self.engines}
        kept = {owner: kept for owner, kept in own.items() if kept is not None}
        return Bounds(kept, self.delete_oldest_below_free_percentage)

    @classmethod
    def made(cls, data: Mapping[str, Any]) -> KeeperSettings:
        """Settings out of plain data. Raises ConfigError with every problem."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            found = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_url=False)]
            raise ConfigError(Problem(where, wrong, "see the keys in README.md") for where, wrong in found) from error

    @classmethod
    def of(cls, config: Config) -> KeeperSettings:
        """What a configuration file says. Raises ConfigError: a limit below two days."""
        engines = [
            {
                "class": engine.class_name,
                "name": engine.name,
                "auto_delete_days": engine.auto_delete_days,
                "auto_delete_bytes": engine.auto_delete_bytes,
            }
            for engine in config.engines
        ]
        names = set(cls.model_fields) & set(type(config).model_fields) - {"engines"}
        return cls.made({**{name: getattr(config, name) for name in names}, "engines": engines})
