"""`syslogger export`: what was found taken home, as a file.

Runs in: the command's own process; rows come from a process of a `LogReader`, a live day file is copied here.
Reads: the configuration (data directory, time zone), or only the data directory that is named; FILE.partial.
Writes: FILE and FILE.manifest.json, FILE.partial until it is whole; progress to stderr; with --json events to stdout.
Ends when: FILE is whole; Ctrl-C: the same command goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from syslogger.cli.export_progress import Progress, progress
from syslogger.cli.options import JSON
from syslogger.cli.output import escape, json_line
from syslogger.cli.query_options import Selection, located, place, selection, unknown, usage
from syslogger.errors import ExitCode, SysloggerError

if TYPE_CHECKING:
    from syslogger.query.exports import Chunk, ExportRequest, Manifest
    from syslogger.query.model import Query

STDOUT = "-"
INTERRUPTED = 130
PART_SECONDS = 600.0  # for one window of rows, also behind a slow pattern
FORMATS = ("csv", "jsonl", "parquet", "raw", "db")

_OPTIONS = (
    click.argument("file", required=False, metavar="FILE"),
    click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="Of FILE."),
    click.option("--day", "days", multiple=True, metavar="CLASS/ENGINE/DAY", help="Only of this day file; repeatable."),
    click.option("--newest", is_flag=True, help="Newest rows first; oldest first without it."),
    click.option("--bom", is_flag=True, help="CSV: begin with a byte order mark, as Excel wants it."),
    click.option("--formula-safe", is_flag=True, help="CSV: a ' before what a spreadsheet would calculate."),
    click.option("--skip-damaged", is_flag=True, help="Leave out days that cannot be read; the manifest names them."),
    click.option("--force", is_flag=True, help="Replace FILE, and what another export left of it."),
)


def _options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return selection(place(JSON(function)))


@dataclass(frozen=True, slots=True)
class _Job:
    """One file to write."""

    root: Path
    zone: str
    request: ExportRequest
    file: Path
    force: bool


@click.command("export")
@_options
def command(
    text: str,
    since: str | None,
    until: str | None,
    engines: tuple[str, ...],
    classes: tuple[str, ...],
    columns: str | None,
    file: str | None,
    form: str,
    days: tuple[str, ...],
    newest: bool,
    bom: bool,
    formula_safe: bool,
    skip_damaged: bool,
    force: bool,
    config: Path | None,
    data: Path | None,
    zone: str | None,
    as_json: bool,
) -> int:
    """Write everything that QUERY finds to FILE (`-`: stdout); without a QUERY, every row.

    An export that was interrupted goes on when the same command is given again.
    """
    from syslogger.query.exports import ExportRequest
    from syslogger.query.model import Order

    if file is None:
        text, file = "", text
    if not file:
        raise click.UsageError("name the FILE to write, or - for stdout")
    order = Order.NEWEST if newest else Order.OLDEST
    query = Selection(text, since, until, engines, classes, columns).query(order=order)
    options = {"bom": bom, "formula_safe": formula_safe, "skip_damaged": skip_damaged}
    # a day file is one file each
    groups = [(day,) for day in days] if form == "db" and len(days) > 1 else [days]
    with usage():
        requests = [
            ExportRequest.model_validate({"query": query, "days": each, "format": form, **options}) for each in groups
        ]
    root, time_zone = located(config, data, zone)
    _say_unknown(root, time_zone, query)
    if file == STDOUT:
        return _to_stdout(root, time_zone, requests)
    targets = [Path(file)] if len(requests) == 1 else [_inside(Path(file), request) for request in requests]
    try:
        for request, target in zip(requests, targets, strict=True):
            _export(_Job(root, time_zone, request, target, force), as_json=as_json)
    except KeyboardInterrupt:
        click.echo("syslogger: interrupted: the same command goes on where it was", err=True)
        return INTERRUPTED
    return ExitCode.OK


def _say_unknown(root: Path, zone: str, query: Query) -> None:
    """A name that no day has is probably a mistake: the file would hold nothing, without a word."""
    from syslogger.query.model import fields_of
    from syslogger.query.questions import Fields
    from syslogger.reader import LogReader

    if named := fields_of(query.where):
        with LogReader(root, time_zone=zone, processes=1) as reader:
            known = reader.ask(Fields(query=query)).fields
        for sentence in unknown(named, known) if known else ():
            click.echo(escape(f"syslogger: {sentence}"), err=True)


def _inside(folder: Path, request: ExportRequest) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{request.days[0].replace('/', '.')}.db"


def _export(job: _Job, *, as_json: bool) -> None:
    with progress(as_json=as_json) as shown:
        manifest = _copied(job, shown) if _is_live_day(job) else _streamed(job, shown)
    told = {"file": str(job.file), "rows": manifest.rows, "bytes": manifest.bytes, "sha256": manifest.sha256}
    if as_json:
        click.echo(json_line({"event": "exported", **told, "left_out": manifest.left_out, "damaged": manifest.damaged}))
        return
    click.echo(escape(f"{job.file}: {manifest.rows:,} rows, {manifest.bytes:,} bytes, SHA-256 {manifest.sha256}"))
    if manifest.left_out:
        click.echo(f"{manifest.left_out:,} rows have no original line and were left out", err=True)
    for name, why in manifest.damaged.items():
        click.echo(escape(f"left out: {name}: {why}"), err=True)


def _is_live_day(job: _Job) -> bool:
    if job.request.format != "db":
        return False
    from syslogger.storage.day_copy import described, is_sealed

    return not is_sealed(described(job.root / f"{job.request.days[0]}.db"))


def _copied(job: _Job, shown: Progress) -> Manifest:
    from syslogger.__main__ import version
    from syslogger.storage.copy_file import copied_to
    from syslogger.storage.export_file import trouble

    def tell(rows: int, greatest: int) -> None:
        shown.advance(rows, 0, greatest - rows)

    source = job.root / f"{job.request.days[0]}.db"
    try:
        return copied_to(source, job.file, job.request, version(), force=job.force, tell=tell)
    except OSError as error:
        raise trouble(job.file, error) from error


def _streamed(job: _Job, shown: Progress) -> Manifest:
    from syslogger.__main__ import version
    from syslogger.reader import LogReader
    from syslogger.storage.export_file import ExportFile

    with (
        ExportFile(job.file, job.request, force=job.force) as file,
        LogReader(job.root, time_zone=job.zone, processes=0) as reader,
    ):
        shown.advance(file.rows, file.bytes, None)
        for chunk in _chunks(reader, job.request, file.after):
            file.write(chunk)
            shown.advance(file.rows, file.bytes, chunk.left)
        return file.finish(version())


def _chunks(reader: Any, request: ExportRequest, after: str | None) -> Iterator[Chunk]:
    chunks: Iterator[Chunk] = reader.export(request, after, PART_SECONDS)
    return chunks


def _to_stdout(root: Path, zone: str, requests: list[ExportRequest]) -> int:
    """The bytes to stdout, what they were to stderr as a line of JSON."""
    import tempfile

    from syslogger.query.exports import ExportPlace
    from syslogger.reader import LogReader

    if len(requests) > 1:
        raise click.UsageError("stdout takes one day file: name one --day, or a folder")
    request = requests[0].model_copy(update={"scratch": Path(tempfile.gettempdir())})
    found, total, after = hashlib.sha256(), 0, None
    with LogReader(root, time_zone=zone, processes=0) as reader:
        for chunk in _chunks(reader, request, None):
            _write(chunk.data)
            found.update(chunk.data)
            total, after = total + len(chunk.data), chunk.after
    if after is None:
        raise SysloggerError("the export ended without a word: give the command again")
    end = ExportPlace.decoded(after, request.asked_as)
    told = {"rows": end.rows, "bytes": total, "sha256": found.hexdigest(), "left_out": end.left_out}
    click.echo(json_line({**told, "damaged": end.damaged}), err=True)
    return ExitCode.OK


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sys.stdout.fileno(), view) :]
