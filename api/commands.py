"""The commands of the web plane: `api`, `run` (factory and API), `openapi`; `people_commands` has the others."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from syslogger.cli.options import CONFIG, JSON, LOG_LEVEL
from syslogger.cli.output import escape, json_line
from syslogger.errors import ExitCode


@click.command("api")
@CONFIG
@click.option("--owner", type=int, hidden=True, help="A descriptor that closes when whoever started it is gone.")
@JSON
@LOG_LEVEL
def api(config: Path, owner: int | None, as_json: bool, log_level: str) -> ExitCode:
    """Answer people and programs on FAST_API_SERVER_HOST, until SIGTERM or Ctrl-C; engines are the factory's."""
    from api.server import run as serve
    from api.settings import ApiSettings
    from syslogger.cli.status import foreground
    from syslogger.config import load

    settings = ApiSettings.of(load(config))
    with foreground(as_json=as_json, named=True, log_level=log_level):
        serve(settings, _announce(as_json=as_json), owner)
    return ExitCode.OK


def _announce(*, as_json: bool) -> Callable[[str, Path | None], None]:
    def announce(url: str, door: Path | None) -> None:
        from api.setup import announcement

        if as_json:
            click.echo(json_line({"event": "api_ready", "engine": "", "url": url, "setup": door and str(door)}))
            return
        click.echo(f"the API answers on {url}")
        if door is not None:
            click.echo(escape(announcement(door, terminal=sys.stdout.isatty())))

    return announce


@click.command("run")
@CONFIG
@JSON
@LOG_LEVEL
def run(config: Path, as_json: bool, log_level: str) -> int:
    """Run the factory and the API, and start again what dies, until SIGTERM or Ctrl-C."""
    from interfaces.run import FINAL, Program, keep_running
    from syslogger.cli.status import foreground

    words = ["--config", str(config), "--log-level", log_level, *(["--json"] if as_json else [])]
    # an API that cannot run, for its port is taken, keeps no log from being received
    programs = [Program("factory", ["factory", *words], FINAL), Program("API", ["api", *words])]
    with foreground(as_json=as_json, named=True, log_level=log_level):
        return keep_running(programs)


@click.command("openapi")
def openapi() -> ExitCode:
    """Print the API's document (OpenAPI, JSON); nothing needs to run."""
    import orjson

    from api.app import create_app
    from api.settings import ApiSettings

    nowhere = ApiSettings(root=Path(), host="127.0.0.1", port=3000, factory_port=3100, time_zone="UTC")
    click.echo(orjson.dumps(create_app(nowhere).openapi(), option=orjson.OPT_INDENT_2))
    return ExitCode.OK
