"""The commands of the control plane: `factory`, `status`, and everything that the factory can be asked.

All of them but `factory` ask the factory of the configuration's data directory, with its token.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from interfaces.command_groups import group
from syslogger.cli.options import CONFIG, JSON, LOG_LEVEL
from syslogger.cli.output import json_line
from syslogger.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

PIPE_COLUMNS = 1_000


@click.command("factory")
@CONFIG
@click.option("--new-token", is_flag=True, help="Make another token; the old one is worth nothing any more.")
@click.option("--owner", type=int, hidden=True, help="A descriptor that closes when whoever started it is gone.")
@JSON
@LOG_LEVEL
def factory(config: Path, new_token: bool, owner: int | None, as_json: bool, log_level: str) -> ExitCode:
    """Own every engine of the data directory and answer on 127.0.0.1, until SIGTERM or Ctrl-C."""
    from interfaces.factory import Start, run
    from syslogger.cli.status import foreground

    with foreground(as_json=as_json, named=True, log_level=log_level) as report:
        run(Start(config, new_token, owner), report)
    return ExitCode.OK


@click.command("status")
@CONFIG
@JSON
@click.option("--once", is_flag=True, help="Show it once and end.")
def status(config: Path, as_json: bool, once: bool) -> ExitCode:
    """Show every engine, live; with --json or --once only now."""
    from interfaces.view import status_table

    if as_json:
        click.echo(json_line(_ask(config, "status.factory", {}) | {"engines": _engines(config)}))
    elif once or not sys.stdout.isatty():
        _console().print(status_table(_engines(config)))
    else:
        with contextlib.suppress(KeyboardInterrupt):
            _live(config)
    return ExitCode.OK


def _engines(config: Path) -> dict[str, Any]:
    """Every engine's status."""
    names = [each["engine"] for each in _ask(config, "engines.list", {})]
    return {name: _ask(config, "engines.status", {"name": name}) for name in names}


def _live(config: Path) -> None:
    from rich.live import Live

    from interfaces.client import FactoryConnection
    from interfaces.view import status_table
    from syslogger.config import load

    loaded = load(config)
    connection = FactoryConnection.from_root(loaded.root, loaded.interface_factory_port)
    with connection, Live(auto_refresh=False) as live:
        for message in connection.stream():
            if message["type"] == "status":
                live.update(status_table(message["engines"]), refresh=True)


def _ask(config: Path, operation: str, request: dict[str, Any]) -> Any:
    from interfaces.client import FactoryConnection
    from syslogger.config import load

    loaded = load(config)
    with FactoryConnection.from_root(loaded.root, loaded.interface_factory_port) as connection:
        return connection.run(lambda factory: factory.call(operation, request))


def _ask_and_show(config: Path, operation: str, request: dict[str, Any], as_json: bool) -> None:
    from interfaces.view import shown

    answer = _ask(config, operation, request)
    if as_json:
        click.echo(json_line(answer))
    elif operation == "config.export":  # what it is for is a file
        click.echo(json.dumps(answer, indent=2, ensure_ascii=True))
    else:
        _console().print(shown(answer))


def _console() -> Console:
    """Into a pipe or a file nothing is cut off to fit 80 columns."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)


engines = group("engines", _ask_and_show)
clients = group("clients", _ask_and_show)
senders = group("senders", _ask_and_show)
classes = group("classes", _ask_and_show)
config = group("config", _ask_and_show)
jobs = group("jobs", _ask_and_show)
clock = group("clock", _ask_and_show)
