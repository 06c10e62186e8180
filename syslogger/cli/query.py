"""`syslogger query`: ask stored days, whoever writes them meanwhile.

Runs in: the command's own process; its questions are answered by the processes of a `LogReader`.
Reads: the configuration (data directory, time zone), or only the data directory that is named.
Writes: answers to stdout; how far it looked, and how to go on, to stderr.
Ends when: the answer is shown; with --follow: Ctrl-C, or its reader goes away.

With --json rows are one object a line, and the last line is `{"searched": …, "after": …}`; every other answer is one
line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import click

from syslogger.cli.options import JSON
from syslogger.cli.output import escape
from syslogger.cli.query_options import Selection, located, names, place, selection, usage
from syslogger.errors import QueryError

if TYPE_CHECKING:
    from syslogger.query.questions import Question

DEFAULT_LIMIT, AROUND = 100, 10
AUTO = "auto"  # of an option with a step that may be left out
ROWS = "rows"  # the question where none is named

_OPTIONS = (
    click.option("--limit", type=click.IntRange(1, 10_000), help=f"Rows.  [default: {DEFAULT_LIMIT}]"),
    click.option("--oldest", is_flag=True, help="Oldest rows first; newest first without it."),
    click.option("--after", metavar="CURSOR", help="Go on where this cursor of the same query stands."),
    click.option("--follow", is_flag=True, help="Rows as they are stored, from --since (now) on."),
    click.option("--ids", is_flag=True, help="Show the id of each row, for --row and --context."),
    click.option("--count", is_flag=True, help="How many rows."),
    click.option("--at-most", type=click.IntRange(1), help="Of --count: enough; say `at least` then."),
    click.option("--histogram", is_flag=False, flag_value=AUTO, metavar="[STEP]", help="Rows by time: 10s 5m 1h 1d."),
    click.option("--facets", metavar="F,F", help="The most frequent values of fields."),
    click.option("--values", metavar="F", help="The values of a field."),
    click.option("--prefix", help="Of --values: those that begin so."),
    click.option("--context", metavar="ID", help="The rows around one."),
    click.option("--same-sender", is_flag=True, help="Of --context: only those of its sender."),
    click.option(
        "--around", type=click.IntRange(0, 1_000), help=f"Of --context: rows on either side.  [default: {AROUND}]"
    ),
    click.option("--row", metavar="ID", help="One row, whole."),
    click.option("--fields", is_flag=True, help="The fields there are."),
    click.option("--senders", is_flag=True, help="What each sender has stored."),
    click.option("--ledger", is_flag=False, flag_value=AUTO, metavar="[STEP]", help="The ledger by time."),
    click.option("--by", metavar="F", help="Of --histogram: split by this field. Of --ledger: engine or sender."),
    click.option("--top", type=click.IntRange(1, 1_000), help="How many values, or senders, are shown apart."),
)


@dataclass(frozen=True, slots=True)
class Asked(Selection):
    """The words of a command line that make its question."""

    limit: int | None = None
    oldest: bool = False
    after: str | None = None
    follow: bool = False
    ids: bool = False
    count: bool = False
    at_most: int | None = None
    histogram: str | None = None
    facets: str | None = None
    values: str | None = None
    prefix: str | None = None
    context: str | None = None
    same_sender: bool = False
    around: int | None = None
    row: str | None = None
    fields: bool = False
    senders: bool = False
    ledger: str | None = None
    by: str | None = None
    top: int | None = None

    def says(self, option: str) -> bool:
        """Whether the command line has this option; 0 is a word, too."""
        value = getattr(self, option)
        return not (value is None or value is False or value in ("", ()))


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@click.command("query")
@selection
@_options
@place
@click.option("--timeout", type=click.FloatRange(0.1, 3600), default=30.0, show_default=True, help="Seconds to search.")
@JSON
def command(
    config: Path | None, data: Path | None, zone: str | None, timeout: float, as_json: bool, **given: Any
) -> int:
    """Search stored days. QUERY is what docs/query.md says: `pppoe:abc* -severity:debug "login failed"`.

    One that begins with `-` comes behind `--`: `syslogger query -- '-severity:debug'`.
    """
    from syslogger.cli.query_run import Run
    from syslogger.reader import LogReader

    asked = Asked(**given)
    try:
        question = question_of(asked)
    except QueryError as error:
        click.echo(escape(f"syslogger: {error}"), err=True)
        click.echo("\n".join(f"  {each}" for each in error.drawn(asked.text).splitlines()), err=True)
        return error.exit_code
    root, time_zone = located(config, data, zone)
    with LogReader(root, time_zone=time_zone, processes=1, timeout_seconds=timeout) as reader:
        return Run(reader, question, ZoneInfo(time_zone), ids=asked.ids, as_json=as_json).run()


def question_of(asked: Asked) -> Question:
    """The one question of a command line. Raises click.UsageError, QueryError."""
    chosen = [name for name in _QUESTIONS if getattr(asked, name) not in (None, False)]
    if len(chosen) > 1:
        raise click.UsageError(f"one question each: {' and '.join(f'--{name}' for name in chosen)} exclude each other")
    kind = chosen[0] if chosen else ROWS
    _refuse_idle(asked, kind)
    with usage():
        return _QUESTIONS.get(kind, _rows)(asked)


def _refuse_idle(asked: Asked, kind: str) -> None:
    """An option that says nothing to the question is a mistake, and not to be passed over. Raises click.UsageError."""
    for option, kinds in _GOES_WITH.items():
        if asked.says(option) and kind not in kinds:
            shown = _SHOWN.get(option, f"--{option.replace('_', '-')}")
            raise click.UsageError(f"{shown} says nothing to {_listed((kind,))}: it goes with {_listed(kinds)}")
    if asked.top is not None and kind in _SPLITS and asked.by in _SPLITS[kind][0]:
        raise click.UsageError(f"--top says nothing to --{kind} alone: it goes with --by {_SPLITS[kind][1]}")


def _listed(kinds: Sequence[str]) -> str:
    *most, last = [kind if kind == ROWS else f"--{kind}" for kind in kinds]
    return f"{', '.join(most)} or {last}" if most else last


def _rows(asked: Asked) -> Question:
    from syslogger.query.model import Order
    from syslogger.query.questions import Rows

    order = Order.OLDEST if asked.oldest else Order.NEWEST
    return Rows(query=asked.query(order=order, limit=asked.limit or DEFAULT_LIMIT), after=asked.after)


def _follow(asked: Asked) -> Question:
    from syslogger.query.questions import Follow

    query = asked.query(limit=1_000)
    return Follow(
        query=query if query.since is not None else query.model_copy(update={"since": "now"}), after=asked.after
    )


def _count(asked: Asked) -> Question:
    from syslogger.query.questions import Count

    return Count(query=asked.query(), at_most=asked.at_most)


def _histogram(asked: Asked) -> Question:
    from syslogger.query.questions import Histogram

    step = None if asked.histogram == AUTO else asked.histogram
    return Histogram(query=asked.query(), step=step, by=asked.by, **_top(asked))


def _facets(asked: Asked) -> Question:
    from syslogger.query.questions import Facets

    return Facets(query=asked.query(), fields=names(asked.facets), **_top(asked))


def _values(asked: Asked) -> Question:
    from syslogger.query.questions import Values

    return Values(query=asked.query(), field=asked.values or "", prefix=asked.prefix or "", **_top(asked, "most"))


def _context(asked: Asked) -> Question:
    from syslogger.query.questions import Context

    around = AROUND if asked.around is None else asked.around
    return Context(id=asked.context or "", before=around, after=around, same_sender=asked.same_sender)


def _row(asked: Asked) -> Question:
    from syslogger.query.questions import Row

    return Row(id=asked.row or "")


def _fields(asked: Asked) -> Question:
    from syslogger.query.questions import Fields

    return Fields(query=asked.query())


def _senders(asked: Asked) -> Question:
    from syslogger.query.questions import Senders

    return Senders(query=asked.query(), **_top(asked, "most"))


def _ledger(asked: Asked) -> Question:
    from syslogger.query.questions import LedgerHistory

    if asked.by not in (None, "engine", "sender"):
        raise click.UsageError("--ledger is by engine or by sender")
    by: Literal["engine", "sender"] = "sender" if asked.by == "sender" else "engine"
    return LedgerHistory(query=asked.query(), step=None if asked.ledger == AUTO else asked.ledger, by=by, **_top(asked))


def _top(asked: Asked, name: str = "top") -> dict[str, Any]:
    return {} if asked.top is None else {name: asked.top}


_QUESTIONS: dict[str, Callable[[Asked], Question]] = {
    "follow": _follow,
    "count": _count,
    "histogram": _histogram,
    "facets": _facets,
    "values": _values,
    "context": _context,
    "row": _row,
    "fields": _fields,
    "senders": _senders,
    "ledger": _ledger,
}

_OF_MANY = (ROWS, "follow", "count", "histogram", "facets", "values", "fields", "senders", "ledger")
# Whatever is not among these goes with every question.
_GOES_WITH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("text", "since", "until", "engines", "classes"), _OF_MANY),
    **dict.fromkeys(("limit", "oldest"), (ROWS,)),
    **dict.fromkeys(("after", "columns"), (ROWS, "follow")),
    "ids": (ROWS, "follow", "context"),
    "at_most": ("count",),
    "prefix": ("values",),
    **dict.fromkeys(("same_sender", "around"), ("context",)),
    "by": ("histogram", "ledger"),
    "top": ("histogram", "facets", "values", "senders", "ledger"),
}
_SHOWN = {"text": "a QUERY", "engines": "--engine", "classes": "--class"}
_SPLITS = {"histogram": ((None,), "FIELD"), "ledger": ((None, "engine"), "sender")}
