"""The `syslogger` command: finds its sub-commands, runs one, and turns errors into a sentence and an exit code.

Rules:
- A sub-command is an entry point of the group `syslogger.commands` that loads a `click.Command`. This module imports
  none of them: a command's module is loaded when it is called, or when the help lists its first sentence.
- Where two packages offer a name, `api` wins over `interfaces`, that over the built-in. Any other package may add names
  and never replaces one of ours.
- A command answers its exit code (None is 0). An error of ours is one message on stderr and its own exit code, never a
  traceback; a reader that went away (`syslogger tail main | head`) and Ctrl-C end quietly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

from syslogger.cli.output import escape
from syslogger.errors import ExitCode, SysloggerError

GROUP = "syslogger.commands"

# The same lines stand in pyproject.toml; these serve a checkout that was never installed.
BUILT_IN = {
    "engine": "syslogger.cli.engine:command",
    "run": "api.commands:run",
    "api": "api.commands:api",
    "openapi": "api.commands:openapi",
    "user": "api.people_commands:user",
    "token": "api.people_commands:token",
    "secrets": "api.people_commands:secrets",
    "factory": "interfaces.commands:factory",
    "status": "interfaces.commands:status",
    "engines": "interfaces.commands:engines",
    "clients": "interfaces.commands:clients",
    "senders": "interfaces.commands:senders",
    "classes": "interfaces.commands:classes",
    "config": "interfaces.commands:config",
    "jobs": "interfaces.commands:jobs",
    "clock": "interfaces.commands:clock",
    "query": "syslogger.cli.query:command",
    "export": "syslogger.cli.export:command",
    "days": "syslogger.cli.days:command",
    "check": "syslogger.cli.check:command",
    "try": "syslogger.cli.try_:command",
    "tail": "syslogger.cli.tail:command",
    "bench": "syslogger.cli.bench:command",
}

# Least first: the last one that offers a name gets it. A package not named here stands before all of them.
PRECEDENCE = ("syslogger", "interfaces", "api")

# What a shell reports for a program that SIGINT ended, and for one that SIGPIPE ended.
INTERRUPTED = 130
READER_LEFT = 141


def discover() -> dict[str, metadata.EntryPoint]:
    """The sub-commands by name: the built-in ones and those that installed packages register."""
    built_in = [metadata.EntryPoint(name, value, GROUP) for name, value in BUILT_IN.items()]
    offered = sorted((*built_in, *metadata.entry_points(group=GROUP)), key=_rank)
    return {point.name: point for point in offered}


def _rank(point: metadata.EntryPoint) -> tuple[int, str]:
    package = point.value.partition(":")[0].partition(".")[0]
    return (PRECEDENCE.index(package) if package in PRECEDENCE else -1, point.value)


def load(point: metadata.EntryPoint) -> click.Command:
    """The command behind an entry point; a broken one still has a name, and says what is wrong when it is called."""
    try:
        command = point.load()
    except (ImportError, AttributeError) as error:
        return _broken(point, str(error))
    return command if isinstance(command, click.Command) else _broken(point, "it is not a click command")


def _broken(point: metadata.EntryPoint, why: str) -> click.Command:
    sentence = f"the command {point.name!r} ({point.value}) cannot be loaded: {why}"

    def refuse(**_: object) -> None:
        raise SysloggerError(sentence)

    settings = {"ignore_unknown_options": True, "allow_extra_args": True}
    return click.Command(point.name, callback=refuse, help=sentence, context_settings=settings)


class LazyGroup(click.Group):
    """A click group whose commands are looked up by name and imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names of every command, sorted."""
        return sorted(discover())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of this name, imported now; None when nobody offers it."""
        point = discover().get(cmd_name)
        return None if point is None else load(point)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; that its reader went away is a quiet end."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _reader_left()


def _reader_left() -> int:
    # The interpreter flushes stdout once more when it ends; into /dev/null that cannot fail.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_LEFT


def version() -> str:
    """The installed version, or a word that says there is none."""
    try:
        return metadata.version("syslogger")
    except metadata.PackageNotFoundError:
        return "unknown (run from a checkout that is not installed)"


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"syslogger {version()}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="The version.")
def cli() -> None:
    """A syslog server: UDP in, regex fields out, one SQLite file a day, every loss counted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line.

    Args:
        arguments: the words after the program's name; None takes those of the process.

    Returns:
        The exit code: a word of `ExitCode`, 130 after Ctrl-C, or 141 when nobody read the output.
    """
    # A locale without UTF-8 must not turn a log line into a UnicodeEncodeError.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        answer = cli.main(args=arguments, prog_name="syslogger", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except SysloggerError as error:
        click.echo("\n".join(f"syslogger: {escape(line)}" for line in str(error).splitlines()), err=True)
        return error.exit_code
    except BrokenPipeError:
        return _reader_left()
    return answer if isinstance(answer, int) else ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
