"""One question of the command line asked, shown, and followed."""

from __future__ import annotations

import select
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from syslogger.cli.answers_shown import lines_of
from syslogger.cli.output import escape, json_line
from syslogger.cli.query_options import unknown
from syslogger.cli.rows_shown import line, marker
from syslogger.errors import ExitCode
from syslogger.query.answers import ContextAnswer, Cut, FollowAnswer, RowAnswer, RowsAnswer
from syslogger.query.model import Query
from syslogger.query.questions import Fields, Follow

if TYPE_CHECKING:
    from syslogger.query.answers import RowObject, Searched
    from syslogger.query.questions import Question
    from syslogger.reader import LogReader

POLL_MILLISECONDS = 200
INTERRUPTED = 130


@dataclass(slots=True)
class Run:
    """A question, who answers it, and how it is shown."""

    reader: LogReader
    question: Question
    zone: ZoneInfo
    ids: bool
    as_json: bool

    def run(self) -> int:
        """Ask and show; the exit code."""
        if isinstance(self.question, Follow):
            return self._follow(self.question)
        answer: Any = self.reader.ask(self.question)
        match answer:
            case RowsAnswer():
                self._rows(answer.rows)
                self._end(answer)
            case RowAnswer():
                return self._row(answer.row)
            case ContextAnswer():
                return self._context(answer)
            case _:
                self._print(
                    [json_line(answer.model_dump(mode="json"))] if self.as_json else lines_of(answer, self.zone)
                )
                self._notes(answer)
        return ExitCode.OK

    def _print(self, lines: Sequence[str]) -> None:
        sys.stdout.writelines(f"{each}\n" for each in lines)
        sys.stdout.flush()

    @property
    def _query(self) -> Query:
        return getattr(self.question, "query", Query())

    def _shown(self, rows: Sequence[RowObject]) -> Iterator[str]:
        if self.as_json:
            return map(json_line, rows)
        mark = marker(self._query.where) if sys.stdout.isatty() else escape
        return (line(row, self._query.columns, ids=self.ids, mark=mark) for row in rows)

    def _rows(self, rows: Sequence[RowObject]) -> None:
        self._print(list(self._shown(rows)))

    def _end(self, answer: RowsAnswer) -> None:
        if self.as_json:
            self._print([json_line({"searched": answer.searched.model_dump(mode="json"), "after": answer.after})])
        self._notes(answer)
        if answer.after is not None:
            _note(f"there is more: the same with --after {answer.after}")

    def _row(self, row: RowObject | None) -> int:
        if row is None:
            return _missing()
        self._print([json_line(row)] if self.as_json else [f"{name}: {_value(value)}" for name, value in row.items()])
        return ExitCode.OK

    def _context(self, answer: ContextAnswer) -> int:
        if answer.row is None:
            return _missing()
        if self.as_json:
            self._print([json_line(answer.model_dump(mode="json"))])
        else:
            self._print(list(self._surrounded(answer.before, answer.row, answer.after)))
        self._notes(answer)
        return ExitCode.OK

    def _surrounded(self, before: list[RowObject], row: RowObject, after: list[RowObject]) -> Iterator[str]:
        parts = (("  ", before), ("> ", [row]), ("  ", after))
        return (sign + each for sign, rows in parts for each in self._shown(rows))

    def _notes(self, answer: Any) -> None:
        """How far it looked, on stderr."""
        searched: Searched | None = getattr(answer, "searched", None)
        if searched is None:
            return
        _note(f"searched {searched.searched} of {searched.partitions} days")
        if searched.cut is Cut.DEADLINE:
            _note("the time was over: this is not all; narrow the range with --since, or give a longer --timeout")
        _say(self._troubles(searched))

    def _troubles(self, searched: Searched) -> Iterator[str]:
        for name, why in searched.damaged.items():
            yield f"{name} cannot be read: {why}"
        if searched.unknown_fields:
            yield from unknown(searched.unknown_fields, self.reader.ask(Fields(query=Query())).fields)

    # -- following ----------------------------------------------------------------------------------------------------

    def _follow(self, question: Follow) -> int:
        """Ask for what is new until Ctrl-C; then say the cursor of what was shown."""
        after, told = question.after, set[str]()
        try:
            while True:
                answer: FollowAnswer = self.reader.ask(question.model_copy(update={"after": after}))
                with _whole():
                    self._rows(answer.rows)
                    after = answer.after
                troubles = set(self._troubles(answer.searched)) - told
                _say(troubles)
                told |= troubles
                if not answer.behind:
                    _nap()
        except KeyboardInterrupt:
            if after is not None:
                _note(f"go on with: the same with --after {after}")
            return INTERRUPTED


def _nap() -> None:
    """Between two looks; it ends early only when nobody reads stdout any more."""
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    if reader.poll(POLL_MILLISECONDS):
        raise BrokenPipeError


@contextmanager
def _whole() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: what was shown and the cursor belong together. The second one does not."""
    waiting: list[int] = []

    def wait(number: int, _: object) -> None:
        if waiting:
            raise KeyboardInterrupt
        waiting.append(number)

    before = signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting:
        raise KeyboardInterrupt


def _say(notes: Iterable[str]) -> None:
    for each in notes:
        _note(each)


def _missing() -> int:
    _note("there is no such row, or not any more")
    return ExitCode.FAILED


def _value(value: object) -> str:
    return "-" if value is None else escape(str(value))


def _note(text: str) -> None:
    click.echo(escape(text), err=True)
