"""`syslogger check`: every problem of a configuration file at once, or a short summary of what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from syslogger.cli.output import escape
from syslogger.errors import ConfigError, ExitCode

if TYPE_CHECKING:
    from syslogger.config import Config, EngineConfig


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> ExitCode:
    """Check the configuration FILE; print every problem with its JSON path."""
    from syslogger import config

    try:
        loaded = config.load(file)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(escape(str(problem)))
        return error.exit_code
    for line in _summary(loaded):
        click.echo(escape(line))
    return ExitCode.OK


def _summary(loaded: Config) -> Iterator[str]:
    yield f"ok; engines: {len(loaded.engines)}, classes: {len(loaded.classes)}, data in {loaded.root}"
    for engine in loaded.engines:
        yield _engine(engine)
    for log_class in loaded.classes.values():
        yield f"class {log_class.name}: {', '.join(field.name for field in log_class.fields) or 'no fields'}"


def _engine(engine: EngineConfig) -> str:
    state = "running" if engine.running else "not running"
    return f"engine {engine.name}: class {engine.class_name}, UDP {engine.port}, {len(engine.clients)} clients, {state}"
