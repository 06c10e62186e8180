"""Exports: rows taken home whole, as a file of a format, without a limit.

Rules
1. An export is of one moment: its bound (the last id of each day, the time range as it was resolved, the columns) is
   frozen when it starts. What comes out depends on request and bound alone; where it is cut into chunks never shows.
2. A place says what has been given; whoever has it gets the rest, byte for byte as if nothing had happened.
3. A day that cannot be read is named and makes the export fail at its end, unless it may be left out.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import Field as Setting
from pydantic import model_validator

from syslogger.query.cursor import Word
from syslogger.query.model import MOST_VALUES, Frozen, Order, Query

DayPath = Annotated[str, Setting(pattern=r"^[a-z][a-z0-9_]*/[a-z][a-z0-9_]*/\d{4}-\d{2}-\d{2}$")]


class Format(StrEnum):
    """csv: RFC 4180. jsonl: an object a line. parquet. raw: the original lines. db: a day file."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    RAW = "raw"
    DB = "db"


class ExportRequest(Frozen):
    """What to take. `limit` of the query says nothing here, and its time range has been resolved.

    days: only rows of these day files (`class/engine/YYYY-MM-DD`); none: all. bom: CSV begins with a byte order mark.
    formula_safe: a CSV text that a spreadsheet would calculate gets a `'` before it. skip_damaged: a day that cannot
    be read is left out and named; otherwise the export fails at its end. scratch: the folder where a live day is copied
    before its copy is given (`db`). digest: of the request as it was asked; its time range has been resolved since.
    """

    kind: Literal["export"] = "export"
    query: Query = Query(order=Order.OLDEST)
    days: Annotated[tuple[DayPath, ...], Setting(max_length=MOST_VALUES)] = ()
    format: Format = Format.CSV
    bom: bool = False
    formula_safe: bool = False
    skip_damaged: bool = False
    scratch: Path | None = None
    digest: str = ""

    @model_validator(mode="after")
    def _fits_its_format(self) -> Self:
        if self.format is not Format.CSV and (self.bom or self.formula_safe):
            raise ValueError("bom and formula_safe are of CSV")
        if self.format is Format.RAW and self.query.columns:
            raise ValueError("raw has the original lines and no columns")
        if self.format is Format.DB and not self._is_one_day:
            raise ValueError("db is one whole day: name the day, and nothing that chooses rows or columns")
        return self

    @property
    def _is_one_day(self) -> bool:
        return len(self.days) == 1 and self.query.model_copy(update={"order": Order.OLDEST}) == Query(
            order=Order.OLDEST
        )

    @property
    def asked_as(self) -> str:
        """What a place is bound to: 16 hex digits. Whether damaged days may be left out can be decided later."""
        plain = self.model_dump(mode="json", exclude={"skip_damaged", "scratch", "digest"})
        return self.digest or hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def takes(self, name: str) -> bool:
        """Whether the day `class.engine.YYYY-MM-DD` is asked for."""
        return not self.days or name.replace(".", "/") in self.days


class ExportBound(Frozen):
    """One moment. last_ids: the last id of every day concerned, by its name; columns: name -> TEXT or INTEGER.

    file: size and time of change of a sealed day that is taken as it is.
    """

    since: int | None = None
    until: int | None = None
    last_ids: dict[str, int]
    columns: dict[str, str]
    file: tuple[int, int] | None = None


class ExportPlace(Word):
    """How far an export came. key: everything before it was given; None: nothing (`bytes` is 0), or everything.

    begun: the first and last ids that are still to be given of days of which something was, by name.
    bytes_digest: SHA-256 of the bytes given, of a format that has to begin anew to go on. left_out: rows without an
    original line, which `raw` cannot show.
    """

    bound: ExportBound
    key: tuple[int, str, str, str, int] | None = None
    begun: dict[str, list[tuple[int, int]]] = Setting(default_factory=dict)
    rows: int = 0
    bytes: int = 0
    left_out: int = 0
    damaged: dict[str, str] = Setting(default_factory=dict)
    bytes_digest: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes, and how many rows they are. after: the word of the place behind them; left: ids still to be looked at."""

    data: bytes
    rows: int
    after: str
    left: int


class Manifest(Frozen):
    """What lies beside a file that was exported: what is in it, and of when. started, finished: ISO 8601."""

    request: dict[str, Any]
    bound: dict[str, Any]
    rows: int
    bytes: int
    sha256: str
    started: str
    finished: str
    version: str
    left_out: int = 0
    damaged: dict[str, str] = Setting(default_factory=dict)
