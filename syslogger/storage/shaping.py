"""Shaping: rows of a day as an export shows them, a column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from syslogger.errors import StoreError
from syslogger.query.model import ORIGINAL
from syslogger.storage.database import store_error
from syslogger.storage.local_time import iso_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from syslogger.storage.day_file import Day

ID, TIME, STAMP = "id", "time", "received_at"
_FIRST = (ID, TIME, "class", "engine", "client", "log_sender_ip", "facility", "severity")
_MADE = {ID: "TEXT", TIME: "TEXT", "class": "TEXT", "engine": "TEXT", "day": "TEXT"}


def columns_of(days: Iterable[Mapping[str, str]], asked: tuple[str, ...] = ()) -> dict[str, str]:
    """The columns of an export with their types: those asked for, or all of all days, the original line at the end.

    days: the columns of each. What is TEXT in one day and INTEGER in another is TEXT; what none has is TEXT, too.
    """
    kinds: dict[str, str] = {}
    for columns in days:
        for name, kind in columns.items():
            kinds[name] = kind if kinds.get(name, kind) == kind else "TEXT"
    fields = (name for name in kinds if name not in {*_FIRST, STAMP, ORIGINAL})
    return {name: (kinds | _MADE).get(name, "TEXT") for name in asked or (*_FIRST, *fields, ORIGINAL)}


def needed(columns: Iterable[str], day: Day) -> list[str]:
    """The columns of a day's file that these columns of an export are made of, beside `id`."""
    return [STAMP, *(name for name in columns if name in day.columns and name not in {*_MADE, STAMP})]


def shaped(day: Day, found: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows of a window, ascending, in the columns of an export. Raises StoreError for what is no text."""
    try:
        found.validate(full=True)  # SQLite hands on bytes that are no UTF-8; 0.08 us a row
        return pa.table([_column(day, found, field) for field in schema], schema=schema)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise store_error(day.path, ValueError("malformed text")) from error
    except ValueError as error:
        raise StoreError(f"{day.path}: {error}: set the clock right; its other rows can be exported by time") from error


def _column(day: Day, found: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    match field.name:
        case "id":
            return pc.binary_join_element_wise(f"{day.name}.", found[ID].cast(pa.string()), "")
        case "time" if field.type == pa.string():
            return iso_times(found[STAMP].to_numpy(), ZoneInfo(day.time_zone))
        case "time":
            return found[STAMP].cast(field.type)
        case name if name in day.constants:
            return pa.repeat(pa.scalar(day.constants[name], pa.string()), found.num_rows)
        case name if name in found.column_names:
            return found[name].cast(field.type)
        case _:
            return pa.nulls(found.num_rows, field.type)
