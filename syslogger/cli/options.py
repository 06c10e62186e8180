"""Options that several commands share, and what they are turned into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from syslogger.config import Config, LogClass

DEFAULT_CONFIG = Path("GLOBAL_CONFIG.json")

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    show_default=True,
    help="The configuration file.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="JSON on stdout, one object a line.")
LOG_LEVEL = click.option(
    "--log-level",
    type=click.Choice(("debug", "info", "warning", "error")),
    default="info",
    show_default=True,
    help="The least level of the log on stderr.",
)


def class_of(loaded: Config, name: str) -> LogClass:
    """The class of this name; a usage error that lists those there are when it is not one of them."""
    if name not in loaded.classes:
        known = ", ".join(loaded.classes) or "none"
        raise click.BadParameter(f"no class {name!r} in ENGINE_CLASSES; there is: {known}", param_hint="--class")
    return loaded.classes[name]
