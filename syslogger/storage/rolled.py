"""Rolled: what of a question the rollups of a day answer, and which rows are left to look at.

Rules
1. Rollups speak of whole minutes. A range that cuts a minute is answered from them inside, and from the rows of the
   two minutes at its ends.
2. A condition on nothing but severity, or on nothing but client and sender, is put to the rollup as it would be to the
   rows: the same SQL over columns of the same names.
3. Rows of senders that share pair 0 are only counted together: where there are some, nothing is asked by client or
   sender, unless whoever asks says that they may be left out.
4. The rollup of a live day may know of rows that came after the question; none is left out or counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syslogger.query.model import ORIGINAL, SENDER, Phrase, SeverityAtLeast, fields_of, walk
from syslogger.storage.catalogue import Span, spans
from syslogger.storage.day import MINUTE_US
from syslogger.storage.rollup_sql import NO_SEVERITY, OTHERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from syslogger.query.model import Condition
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Search

_EVER = 1 << 62

_SEVERITY = f"(SELECT minute, nullif(severity, {NO_SEVERITY}) AS severity, rows FROM rollup_severity)"
_SENDERS = (
    f"(SELECT minute, client, sender AS {SENDER}, rows, bytes, received, refused, dropped FROM rollup_senders"
    f" JOIN rollup_pairs USING (pair) WHERE pair != {OTHERS})"
)
SHARED = f"SELECT 1 FROM rollup_pairs WHERE pair = {OTHERS} AND NOT complete"


@dataclass(frozen=True, slots=True)
class Rolled:
    """A day's share of an answer: the minutes [first, end) of a rollup, and the spans of rows that these leave out."""

    day: Day
    table: str
    first: int
    end: int
    spans: list[Span]

    def asked(self, search: Search, shown: str, grouped: str = "") -> list[tuple[Any, ...]]:
        """The rows of SELECT `shown` over these minutes, where the condition holds. Raises StoreError."""
        where = search.filter_of(self.day)
        sql = f"SELECT {shown} FROM {self.table} WHERE minute >= ? AND minute < ? AND ({where.sql}){grouped}"
        return search.files.of(self.day.path).rows(sql, (self.first, self.end, *where.parameters))


def rolled(search: Search, day: Day, fields: Collection[str] = (), *, named_only: bool = False) -> Rolled | None:
    """What the rollups of a day say of its matching rows by these fields; None: they do not.

    named_only: rows that are only counted together may be left out. Raises StoreError, FileNotFoundError.
    """
    table = _table(search, day, fields)
    if table is None:
        return None
    since, until = search.since, search.until
    first = -_EVER if since is None else -(-since // MINUTE_US)
    end = _EVER if until is None else until // MINUTE_US
    if first >= end or (table == _SENDERS and not named_only and search.files.of(day.path).rows(SHARED)):
        return None
    left: list[Span] = []
    if day.least is not None and since is not None and since % MINUTE_US:
        left += spans(day, search.files, since, first * MINUTE_US)
    if day.least is not None and until is not None and until % MINUTE_US:
        left += spans(day, search.files, end * MINUTE_US, until)
    return Rolled(day, table, first, end, left)


def _table(search: Search, day: Day, fields: Collection[str]) -> str | None:
    if not day.rollups or not search.filter_of(day).exact:
        return None
    # a column that a rollup lacks would not be an error there: SQLite takes a quoted name that it does not know as text
    asked = {*_read_by(search.where), *fields} & day.columns.keys()
    if asked <= {"severity"}:
        return _SEVERITY
    return _SENDERS if asked <= {"client", SENDER} else None


def _read_by(condition: Condition | None) -> set[str]:
    """The columns that a condition reads, also those it does not name."""
    unnamed: dict[type, str] = {SeverityAtLeast: "severity", Phrase: ORIGINAL}
    return fields_of(condition) | {unnamed[type(node)] for _, node in walk(condition) if type(node) in unnamed}
