"""`syslogger days`: the stored days of a data directory without a factory.

Runs in: the command's own process, which holds `<root>/_control/keeper.lock` meanwhile (`list` holds nothing).
Reads: the configuration (data directory, time zone, limits), day files.
Writes: what it did to stdout; deletes day files; `<root>/_control/keeper.json`.
Ends when: the job is done, or another process holds the lock; then it says how to ask that one.
"""

from __future__ import annotations

import json
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
    from syslogger.keeping import KeeperSettings, Keeping
    from syslogger.storage.jobs import Work
    from syslogger.storage.retention import Plan, StoredDay

_CONFIG = click.option(
    "--config", type=click.Path(path_type=Path), help=f"The configuration (default {DEFAULT_CONFIG})."
)
_DATA = click.option("--data", type=click.Path(path_type=Path), help="The data directory, instead of its own.")


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    return _CONFIG(_DATA(JSON(function)))


@click.group("days")
def command() -> None:
    """List and delete stored days, where no factory does it."""


@command.command("list")
@_options
def list_days(config: Path | None, data: Path | None, as_json: bool) -> None:
    """List every stored day: class/engine, day, bytes, rows."""
    from syslogger.storage.days import stored_days

    described = [_described(each) for each in stored_days(_settings(config, data)[0].root)]
    if as_json:
        for day in described:
            click.echo(json_line(day))
        return
    rows = [_row(day) for day in described]
    for line in columns([["engine", "day", "bytes", "rows"], *rows]):
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
    """Delete the days that AUTO_DELETE_DAYS makes due, each with its reason."""
    with _keeping(config, data, as_json, {"kind": "retention"}, needs_limits=True) as keeping:
        if dry_run:
            _show(keeping.plan(keeping.settings.limits), as_json)
        else:
            _say(_finished(keeping.retention()), as_json)


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
    from syslogger.keeping import KeeperSettings

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
        elif kind is EventKind.DAY_DELETED:  # the rest is in the sentence at the end
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


def _described(stored: StoredDay) -> dict[str, Any]:
    from syslogger.storage.days import row_count

    owner = {"class": stored.class_name, "engine": stored.engine, "day": stored.day.isoformat()}
    try:
        return {**owner, "bytes": stored.byte_count, "rows": row_count(stored.path)}
    except StoreError as error:
        return {**owner, "bytes": stored.byte_count, "rows": None, "trouble": str(error)}


def _row(day: dict[str, Any]) -> list[str]:
    rows = day.get("trouble", str(day["rows"]))
    return [f"{day['class']}/{day['engine']}", day["day"], str(day["bytes"]), rows]


def _show(plan: Plan, as_json: bool) -> None:
    for deletion in plan.deletions:
        _say(f"would be deleted: {deletion.reason}", as_json)
    wait = plan.waits or "no clock is in doubt"
    _say(f"{len(plan.deletions)} days would be deleted, {plan.left} that are due would wait; {wait}", as_json)


def _say(message: str, as_json: bool) -> None:
    click.echo(json_line({"message": message}) if as_json else escape(message))
