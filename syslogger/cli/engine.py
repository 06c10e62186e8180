"""`syslogger engine`: one engine in the foreground, as its options say.

Runs in: the command's own process; the engine is processes of its own.
Reads: the configuration (classes and settings), SIGTERM and SIGINT, the engine's status once a second.
Writes: JSON lines or a status to stdout, the log to stderr.
Ends when: a signal has drained the engine, or the engine could not be started or ended by itself.
"""

from __future__ import annotations

from pathlib import Path

import click

from syslogger.cli.options import CONFIG, JSON, LOG_LEVEL, class_of


@click.command("engine")
@CONFIG
@click.option("--class", "class_name", required=True, help="The class of ENGINE_CLASSES that the lines belong to.")
@click.option("--name", required=True, help="The engine's name; its folder is DATA/CLASS/NAME.")
@click.option("--port", type=click.IntRange(0, 65_535), required=True, help="The UDP port; 0 takes any free one.")
@click.option(
    "--data", type=click.Path(path_type=Path), help="The data directory (default: that of the configuration)."
)
@click.option("--address", "addresses", multiple=True, help="Listen on this address only; may be repeated.")
@click.option(
    "--allow",
    multiple=True,
    help="A sender: address, CIDR or 192.168.*; may be repeated. Default: loopback and the private ranges.",
)
@click.option(
    "--workers", type=click.IntRange(1), help="Extraction processes (default: cores minus two, at least one)."
)
@click.option("--no-original", is_flag=True, help="Store the fields without the original lines.")
@JSON
@LOG_LEVEL
def command(
    config: Path,
    class_name: str,
    name: str,
    port: int,
    data: Path | None,
    addresses: tuple[str, ...],
    allow: tuple[str, ...],
    workers: int | None,
    no_original: bool,
    as_json: bool,
    log_level: str,
) -> int:
    """Run one engine in the foreground until SIGTERM or Ctrl-C; everything received is stored first."""
    from syslogger.cli.status import foreground
    from syslogger.cli.supervise import Runner, supervise
    from syslogger.config import EngineSettings, load

    loaded = load(config)
    settings = EngineSettings.build(
        name=name,
        log_class=class_of(loaded, class_name),
        port=port,
        root=data or loaded.root,
        addresses=addresses,
        allow=allow,
        workers=workers,
        keep_original=not no_original,
        time_zone=loaded.time_zone,
        receive=loaded.receive,
        batching=loaded.batching,
    )
    with foreground(as_json=as_json, named=False, log_level=log_level) as report:
        return supervise(Runner(settings, report))
