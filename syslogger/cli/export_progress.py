"""How far an export is: a bar on a terminal, a line of JSON a second, or nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from syslogger.cli.output import json_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

EVENT_SECONDS = 1.0


class Progress(Protocol):
    """Hears how far it is."""

    def advance(self, rows: int, bytes_: int, left: int | None) -> None:
        """Rows and bytes so far, and how many ids are still to be looked at (None: not known yet)."""


@contextmanager
def progress(*, as_json: bool) -> Iterator[Progress]:
    """What shows it here."""
    if as_json:
        yield _Events()
    elif sys.stderr.isatty():
        with _bar() as bar:
            yield bar
    else:
        yield _Silent()


class _Silent:
    def advance(self, rows: int, bytes_: int, left: int | None) -> None:
        """Nobody looks."""


class _Events:
    def __init__(self) -> None:
        self._told_at = time.monotonic()

    def advance(self, rows: int, bytes_: int, left: int | None) -> None:
        """A line on stdout, at most one a second."""
        if time.monotonic() - self._told_at >= EVENT_SECONDS:
            self._told_at = time.monotonic()
            click.echo(json_line({"event": "progress", "rows": rows, "bytes": bytes_, "left": left}))


class _Bar:
    """Rows, megabytes a second, time left; what is measured are the ids that were looked at."""

    def __init__(self, shown: RichProgress) -> None:
        self._shown, self._task = shown, shown.add_task("export", total=None, said="")
        self._began_at, self._there, self._first_left = time.monotonic(), 0, 0

    def advance(self, rows: int, bytes_: int, left: int | None) -> None:
        """Show it."""
        if left is None:
            self._there = bytes_  # by an earlier attempt: no speed of this one
            return
        self._first_left = self._first_left or left
        rate = (bytes_ - self._there) / 1e6 / max(time.monotonic() - self._began_at, 0.1)
        done = self._first_left - left
        self._shown.update(self._task, total=self._first_left, completed=done, said=f"{rows:,} rows, {rate:,.0f} MB/s")


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (BarColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield _Bar(shown)
