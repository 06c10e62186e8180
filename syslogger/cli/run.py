"""`syslogger run`: every engine of ENGINES that is to run, in the foreground.

Runs in: the command's own process; each engine is processes of its own.
Reads: the configuration, SIGTERM and SIGINT, each engine's status once a second.
Writes: JSON lines or a status a line for each engine to stdout, the log to stderr.
Ends when: a signal has drained all engines, or one cannot run at all: a port that is taken, a folder that is held.
"""

from __future__ import annotations

from pathlib import Path

import click

from syslogger.cli.options import CONFIG, JSON, LOG_LEVEL


@click.command("run")
@CONFIG
@JSON
@LOG_LEVEL
def command(config: Path, as_json: bool, log_level: str) -> int:
    """Run the engines of the configuration until SIGTERM or Ctrl-C; one that ends by itself is started again."""
    from syslogger.cli.status import foreground
    from syslogger.cli.supervise import Runner, supervise
    from syslogger.config import load

    loaded = load(config)
    running = [engine for engine in loaded.engines if engine.running]
    if not running:
        raise click.UsageError(f"{config} has no engine in ENGINES with `running` true: there is nothing to run")
    with foreground(as_json=as_json, named=True, log_level=log_level) as report:
        return supervise([Runner(loaded.engine_settings(engine), report, restart=True) for engine in running])
