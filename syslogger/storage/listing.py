"""Listing: the days there are and the fields they have; no row is read for it.

The state of a day
sealed   nothing changes it any more: its file may not be written
live     it is not over, by the clock of this machine and the interval that the file names
open     it is over and not sealed yet: a late row may still come
damaged  it cannot be read; `trouble` says why
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from syslogger.query.answers import DayRow, DaysAnswer, FieldsAnswer
from syslogger.storage.day_file import bytes_of
from syslogger.storage.sweep import searching

if TYPE_CHECKING:
    from syslogger.query.questions import Days, Fields
    from syslogger.storage.catalogue import Catalogue
    from syslogger.storage.day_file import Day
    from syslogger.storage.scan import Budget


def answer_fields(catalogue: Catalogue, asked: Fields, budget: Budget) -> FieldsAnswer:  # noqa: ARG001 as all answers
    """The columns of the days that a query covers, and what can be asked for like one. Classes that disagree: TEXT."""
    with searching(catalogue, asked.query) as search:
        fields: dict[str, str] = {}
        for day in search.days:
            for name, kind in (*day.columns.items(), *((name, "TEXT") for name in day.constants)):
                fields[name] = kind if fields.get(name, kind) == kind else "TEXT"
        search.searched |= {day.name for day in search.days}
        return FieldsAnswer(fields=fields, searched=search.told())


def answer_days(catalogue: Catalogue, asked: Days, budget: Budget) -> DaysAnswer:  # noqa: ARG001 as all answers
    """Every day of the engines that a query covers; with a time range, those that hold a stamp of it."""
    with searching(catalogue, asked.query) as search:
        if search.since is None and search.until is None:
            search.days = search.scope.days  # also those without a row
        search.searched |= {day.name for day in search.days}
        days = [_row(day, time.time_ns() // 1000) for day in search.days]
        damaged = [_damaged(catalogue, name, trouble) for name, trouble in search.scope.damaged.items()]
        listed = sorted(days + damaged, key=lambda row: (row.class_name, row.engine, row.day))
        return DaysAnswer(days=listed, searched=search.told())


def _row(day: Day, now_us: int) -> DayRow:
    return DayRow(
        name=day.name,
        class_name=day.class_name,
        engine=day.engine,
        day=day.day.isoformat(),
        state="sealed" if day.sealed else "live" if now_us < day.end else "open",
        rows=day.last_id,
        bytes=day.byte_count,
        least=day.least,
        greatest=day.greatest,
    )


def _damaged(catalogue: Catalogue, name: str, trouble: str) -> DayRow:
    class_name, engine, day = name.split(".")
    path = catalogue.root / class_name / engine / f"{day}.db"
    try:
        size = bytes_of(path)
    except FileNotFoundError:
        size = 0  # it was deleted this moment
    return DayRow(
        name=name,
        class_name=class_name,
        engine=engine,
        day=day,
        state="damaged",
        rows=0,
        bytes=size,
        least=None,
        greatest=None,
        trouble=trouble,
    )
