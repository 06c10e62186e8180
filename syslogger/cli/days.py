"""`syslogger days`: the stored days of a data directory without a factory.

Runs in: the command's own process, which holds `<root>/_control/keeper.lock` meanwhile (`list` and `forecast` hold
nothing).
Reads: the configuration (data directory, time zone, limits), day files.
Writes: what it did to stdout; seals and deletes day files; `<root>/_control/keeper.json`.
Ends when: the job is done, or another process holds the lock; then it says how to ask that one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syslogger.cli.options import DEFAULT_CONFIG, JSON
from syslogger.cli.output import columns, escape, json_line
from syslogger.errors import LockError, StoreError

if TYPE_CHECKING:
    from syslogger.events import EventKind
    from syslogger.keeper_settings import KeeperSettings
    from syslogger.keeping import Keeping
    from syslogger.query.answers import DayRow
    from syslogger.storage.jobs import Work
    from syslogger.storage.retention import Plan

_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=f"The configuration (default {DEFAULT_CONFIG})."
)
_DATA = click.option("--data", type=click.Path(path_type=Path), help="The data directory, instead of its own.")


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    return _CONFIG(_DATA(JSON(function)))


@click.group("days")
def command() -> None:
    """List, seal and delete stored days, where no factory does it; tell when the disk is full."""


@command.command("list")
@_options
def list_days(config: Path | None, data: Path | None, as_json: bool) -> None:
    """List every stored day: class/engine, day, bytes, rows, and whether it is live, open, sealed or damaged."""
    from syslogger.query.questions import Days
    from syslogger.reader import LogReader

    with LogReader(_settings(config, data)[0].root, processes=1) as reader:
        described = [_described(day) for day in reader.ask(Days()).days]
    if as_json:
        for day in described:
            click.echo(json_line(day))
        return
    rows = [_row(day) for day in described]
    for line in columns([["engine", "day", "bytes", "state", "rows"], *rows]):
        click.echo(line)


@command.command("delete")
@click.argument("engine", metavar="CLASS/ENGINE")
@click.argument("names", metavar="[DAY]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All days of the engine.")
@_options
def delete(
    engine: str, names: tuple[str, ...], everything: bool, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """Delete days (YYYY-MM-DD) of an engine; of a running one none that it may write."""
    if everything == bool(names):
        raise click.UsageError("name the days to delete, or say --all")
    class_name, _, name = engine.partition("/")
    wanted = "all" if everything else list(names)
    asked = {"kind": "delete_days", "class": class_name, "engine": name, "days": wanted}
    with _keeping(config, data, as_json, asked) as keeping:
        _say(_finished(keeping.delete_days(class_name, name, wanted, "the command line")), as_json)


@command.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted, and why.")
@_options
def retention(dry_run: bool, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Delete the days that are too old, or too much for their engine or for the disk, each with its reason."""
    with _keeping(config, data, as_json, {"kind": "retention"}, needs_limits=True) as keeping:
        if dry_run:
            _show(keeping.preview(), as_json)
        else:
            _say(_finished(keeping.retention()), as_json)


@command.command("seal")
@click.argument("engine", metavar="[CLASS/ENGINE]", required=False)
@click.argument("names", metavar="[DAY]...", nargs=-1)
@click.option("--due", is_flag=True, help="All days of all engines that ended more than an hour ago.")
@_options
def seal(
    engine: str | None, names: tuple[str, ...], due: bool, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """Seal days (YYYY-MM-DD) of an engine: checked, one file each, and changed by nobody any more."""
    if due == bool(engine and names):
        raise click.UsageError("name an engine and the days to seal, or say --due")
    if engine is None or due:
        with _keeping(config, data, as_json, {"kind": "seal"}) as keeping:
            _say(_finished(keeping.seal()), as_json)
        return
    class_name, _, name = engine.partition("/")
    asked = {"kind": "seal", "class": class_name, "engine": name, "days": list(names)}
    with _keeping(config, data, as_json, asked) as keeping:
        _say(_finished(keeping.seal(class_name, name, names)), as_json)


@command.command("forecast")
@_options
def forecast(config: Path | None, data: Path | None, as_json: bool) -> None:
    """Tell what a day takes, of each engine and sender, and when the disk is full."""
    from syslogger.keeping import foretold

    found = foretold(_settings(config, data, needs_limits=True)[0], time.time_ns() // 1_000).told()
    if as_json:
        click.echo(json_line(found))
    else:
        _show_forecast(found)


@command.command("confirm-clock")
@_options
def confirm_clock(config: Path | None, data: Path | None, as_json: bool) -> None:
    """Say that this machine's clock is right, so that retention goes on after it stepped."""
    with _keeping(config, data, as_json, None) as keeping:
        _say(keeping.notebook.confirm(), as_json)


# -- inside -----------------------------------------------------------------------------------------------------------


def _settings(
    config: Path | None, data: Path | None, *, needs_limits: bool = False
) -> tuple[KeeperSettings, int | None]:
    """What to keep, and the factory's port where a configuration names it."""
    from syslogger.config import load, system_time_zone
    from syslogger.keeper_settings import KeeperSettings

    path = config or DEFAULT_CONFIG
    if config is None and data is not None and not needs_limits and not path.exists():
        return KeeperSettings(root=data.absolute(), time_zone=system_time_zone()), None
    loaded = load(path)
    settings = KeeperSettings.of(loaded)
    root = settings.root if data is None else data.absolute()
    return settings.model_copy(update={"root": root}), loaded.interface_factory_port


@contextmanager
def _keeping(
    config: Path | None, data: Path | None, as_json: bool, asked: dict[str, Any] | None, *, needs_limits: bool = False
) -> Iterator[Keeping]:
    """A data directory that is held for the block. asked: the job as the factory would be asked for it."""
    from syslogger.events import EventKind
    from syslogger.keeping import Keeping

    settings, port = _settings(config, data, needs_limits=needs_limits)
    if not settings.root.is_dir():
        raise StoreError(
            f"{settings.root} is no directory: name the data directory with --data, or in the configuration"
        )

    def tell(kind: EventKind, message: str, **details: Any) -> None:
        if as_json:
            click.echo(json_line({"event": kind, "message": message, **details}))
        elif kind in {EventKind.DAY_DELETED, EventKind.DAY_SEALED}:  # the rest is in the sentence at the end
            click.echo(escape(message))

    keeping = Keeping(settings, tell)
    try:
        keeping.open()
    except LockError as error:
        raise LockError(f"{error}\n{_how_to_ask(settings.root, port, asked)}") from error
    try:
        yield keeping
    finally:
        keeping.close()


def _how_to_ask(root: Path, port: int | None, asked: dict[str, Any] | None) -> str:
    operation, body = ("clock.confirm", {}) if asked is None else ("jobs.start", asked)
    where = f"http://127.0.0.1:{port or 'INTERFACE_FACTORY_PORT'}/v1/{operation}"
    token = root / "_control" / "factory.token"
    ask = f"POST {json.dumps(body)} to {where}; its token lies in {token}"
    return f"if that is the factory's keeper, ask the factory: {ask}"


def _finished(work: Work) -> str:
    while True:
        try:
            next(work)
        except StopIteration as ended:
            return str(ended.value)


def _described(day: DayRow) -> dict[str, Any]:
    owner = {"class": day.class_name, "engine": day.engine, "day": day.day, "bytes": day.bytes, "state": day.state}
    return {**owner, "rows": None, "trouble": day.trouble} if day.trouble else {**owner, "rows": day.rows}


def _row(day: dict[str, Any]) -> list[str]:
    rows = day.get("trouble", str(day["rows"]))
    return [f"{day['class']}/{day['engine']}", day["day"], str(day["bytes"]), day["state"], rows]


def _show(plan: Plan, as_json: bool) -> None:
    for deletion in plan.deletions:
        _say(f"would be deleted: {deletion.reason}", as_json)
    wait = plan.waits or "no clock is in doubt"
    _say(f"{len(plan.deletions)} days would be deleted, {plan.left} that are due would wait; {wait}", as_json)


def _show_forecast(found: dict[str, Any]) -> None:
    click.echo(f"free: {found['free_bytes']:,} of {found['total_bytes']:,} bytes")
    click.echo(f"storing stops: {found['stops_on'] or 'not within ten years'}")
    click.echo(f"disk full: {found['full_on'] or 'not within ten years'}")
    rows = [["engine", "client", "sender", "bytes a day", "rows a day", "sent bytes a day"]]
    for engine in found["engines"]:
        guess = " (a guess, from today)" if engine["is_guess"] else ""
        rows.append([f"{engine['class']}/{engine['engine']}", "", "", f"{engine['bytes_a_day']:,}{guess}", "", ""])
        rows += [_sender_row(sender) for sender in engine["senders"]]
    for line in columns(rows):
        click.echo(line)


def _sender_row(sender: dict[str, Any]) -> list[str]:
    names = [sender["client"], sender["sender"]] if sender["sender"] else ["all others", ""]
    return ["", *names, *(f"{sender[key]:,}" for key in ("file_bytes", "rows", "bytes"))]


def _say(message: str, as_json: bool) -> None:
    click.echo(json_line({"message": message}) if as_json else escape(message))
