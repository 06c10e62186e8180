"""Errors and exit codes: the words in which the program says why it ended.

Every error carries a sentence for the operator: what is wrong, and what to do about it.
"""

from __future__ import annotations

import json
import signal
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

SHOWN_CHARACTERS = 80


class ExitCode(IntEnum):
    """How a process of ours ends. A supervisor reads these: `config` and `bind` are never retried."""

    OK = 0
    FAILED = 1
    CONFIG = 2
    BIND = 3
    WRITE = 4
    CHILD_DIED = 5
    ABANDONED = 6
    PARENT_DIED = 7


def exit_word(code: int) -> str:
    """An exit code in words: `child_died (5)`, `killed by SIGKILL`."""
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    known = code in ExitCode.__members__.values()
    return f"{ExitCode(code).name.lower()} ({code})" if known else f"exit code {code}"


class SysloggerError(Exception):
    """The root of our errors; `exit_code` is what a command that fails with it exits with."""

    exit_code = ExitCode.FAILED


class UnfitError(ValueError):
    """One value that cannot be used: `wrong` says what is the matter with it, `right` what would do."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong, right)
        self.wrong = wrong
        self.right = right

    def __str__(self) -> str:
        return f"{self.wrong}; {self.right}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct: where (a JSON path, `$` for the file itself), what is wrong, what would be right."""

    path: str
    wrong: str
    right: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong}; {self.right}"


class ConfigError(SysloggerError):
    """The configuration cannot be used; `problems` holds every one of them, str() is one line a problem."""

    exit_code = ExitCode.CONFIG

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class QueryError(SysloggerError):
    """A query, or a moment in one, cannot be understood.

    str() says what is wrong and what would be right; `position` is the character of the text where it is wrong, from 0;
    `expected` names what could stand there.
    """

    exit_code = ExitCode.CONFIG

    def __init__(self, message: str, position: int = 0, expected: Iterable[str] = ()) -> None:
        # Everything is an argument: so it comes whole out of another process.
        self.position = position
        self.expected = tuple(expected)
        super().__init__(message, position, self.expected)

    def __str__(self) -> str:
        return str(self.args[0])

    def drawn(self, text: str) -> str:
        """Two lines for a terminal: the text around the position, what a terminal would obey as `.`, and a caret."""
        first = max(0, self.position - SHOWN_CHARACTERS // 2)
        line = "".join(
            character if character.isprintable() else "." for character in text[first : first + SHOWN_CHARACTERS]
        )
        return f"{line}\n{' ' * _columns(line[: self.position - first])}^"


class MomentError(QueryError):
    """A moment, or the time range that two of them make, cannot be understood."""


class BindError(SysloggerError):
    """An address or port cannot be bound: in use, not ours, or not allowed."""

    exit_code = ExitCode.BIND


class LockError(SysloggerError):
    """Another engine holds this engine's folder."""

    exit_code = ExitCode.BIND


class StoreError(SysloggerError):
    """The data directory or a day file cannot be read or written."""

    exit_code = ExitCode.WRITE


class AbandonedError(SysloggerError):
    """A drain's deadline passed: what was left is counted as abandoned."""

    exit_code = ExitCode.ABANDONED


class EngineDiedError(SysloggerError):
    """An engine ended by itself although nobody asked it to."""

    exit_code = ExitCode.CHILD_DIED


class SilentError(EngineDiedError):
    """A process that lives does not answer."""


class TimeLimitError(SysloggerError):
    """A question was given up: its process had to be killed when its time was over."""


class ReaderDiedError(SysloggerError):
    """The process that answered a question died, and so did the one that was asked in its place."""

    exit_code = ExitCode.CHILD_DIED


def _columns(text: str) -> int:
    """How wide a terminal shows a text."""
    narrow = sum(not unicodedata.combining(character) for character in text)
    return narrow + sum(unicodedata.east_asian_width(character) in "WF" for character in text)


def shown(value: object) -> str:
    """A value as a message may show it: at most one short line, control characters escaped."""
    if isinstance(value, str):
        # repr escapes what a terminal would obey: control characters, bidi overrides, lone surrogates.
        return repr(value if len(value) <= SHOWN_CHARACTERS else value[:SHOWN_CHARACTERS] + "…")
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    text = json.dumps(value, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
