"""What `syslogger query` and `syslogger export` are asked alike: which rows, where the data is, by which clock."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syslogger.cli.options import DEFAULT_CONFIG
from syslogger.errors import StoreError, UnfitError

if TYPE_CHECKING:
    from syslogger.query.model import Query


def _known_zone(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    from syslogger.checks import time_zone

    try:
        return None if name is None else time_zone(name)
    except UnfitError as error:
        raise click.BadParameter(str(error)) from error


_SELECTION = (
    click.argument("text", default="", metavar="[QUERY]"),
    click.option("--since", metavar="TIME", help="From this time on: -15m, today, 14:00, 2026-11-20, ISO 8601."),
    click.option("--until", metavar="TIME", help="Before this time."),
    click.option(
        "--engine", "engines", multiple=True, metavar="NAME", help="Of this engine (or CLASS/NAME); repeatable."
    ),
    click.option("--class", "classes", multiple=True, metavar="NAME", help="Of this class; repeatable."),
    click.option("--columns", metavar="A,B", help="Show only these columns."),
)
_PLACE = (
    click.option("--config", type=click.Path(path_type=Path), help=f"The configuration (default {DEFAULT_CONFIG})."),
    click.option("--data", type=click.Path(path_type=Path), help="The data directory, instead of a configuration."),
    click.option(
        "--zone",
        metavar="NAME",
        callback=_known_zone,
        help="The time zone of times and steps; that of the configuration, with --data the system's.",
    ),
)


def selection(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which rows: QUERY, --since, --until, --engine, --class, --columns."""
    return _with(_SELECTION, function)


def place(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where the data is, and by which clock it is asked: --config, --data, --zone."""
    return _with(_PLACE, function)


def _with(options: tuple[Callable[..., Any], ...], function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Selection:
    """The values of `selection`'s options."""

    text: str = ""
    since: str | None = None
    until: str | None = None
    engines: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    columns: str | None = None

    def query(self, **more: Any) -> Query:
        """The query that they are; more: what else it has. Raises QueryError, click.UsageError."""
        from syslogger.query.model import Query
        from syslogger.query.text import parse

        where = parse(self.text)
        with usage():
            return Query(
                engines=self.engines,
                classes=self.classes,
                since=self.since,
                until=self.until,
                where=where,
                columns=names(self.columns),
                **more,
            )


def names(listed: str | None) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name for each in (listed or "").split(",") if (name := each.strip()))


def located(config: Path | None, data: Path | None, zone: str | None) -> tuple[Path, str]:
    """The data directory that --config and --data name, and the time zone. Raises click.UsageError, SysloggerError."""
    from syslogger.config import load, system_time_zone

    if config is not None and data is not None:
        raise click.UsageError("--config and --data exclude each other: a configuration names its data directory")
    if data is None:
        loaded = load(config or DEFAULT_CONFIG)
        root, zone = loaded.root, zone or loaded.time_zone
    else:
        root, zone = data, zone or system_time_zone()
    if not root.is_dir():
        raise StoreError(f"{root} is no directory: name the data directory with --data, or in the configuration")
    return root.absolute(), zone


@contextmanager
def usage() -> Iterator[None]:
    """What a model of the query refuses is a mistake of the command line."""
    from pydantic import ValidationError

    try:
        yield
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise click.UsageError("; ".join(_said(each["loc"], each["msg"]) for each in found)) from error


def _said(place: tuple[int | str, ...], message: str) -> str:
    """Where it is wrong, if that is one place, and what; pydantic says which exception it was."""
    where = ".".join(map(str, place))
    return f"{where}: {message.removeprefix('Value error, ')}".removeprefix(": ")


def unknown(names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """A sentence for each name that is no field, with the one that was probably meant."""
    for name in sorted(set(names) - set(known)):
        near = difflib.get_close_matches(name, known, n=1)
        yield f"no day has a field {name!r}{f': is it {near[0]!r}?' if near else ''}"
