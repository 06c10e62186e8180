"""A class of patterns -> columns: what a worker does with every batch, and what `syslogger try` shows of it.

Each field is Python's `re.search(pattern, text)`, group 1. Fields that provably mean the same in the column-wise engine
run there over all plain ASCII rows at once; the others, and the odd rows of all, run through `re` row by row. Both
roads are counted, per field, and so are hits and cost.

`re` may take exponential time, so whoever runs an extractor in service gives it a `Watch`: it is told of every pattern
and row before the search begins. A parked field is not searched: all NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from syslogger.extract.address import split_columns
from syslogger.extract.pattern import Pattern, Road, compile_pattern, probe

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pyarrow as pa

    from syslogger.extract.text import Texts

ENDPOINT_SUFFIX = "_ip"
COLUMN_ROAD, RE_ROAD = 0, 1
SAMPLE_BATCHES, SAMPLE_ROWS = 64, 512  # one search in so many batches is timed field by field, over so many rows
VIEWS = pl.CompatLevel.newest()


class Watch(Protocol):
    """Is told of every search by itself: so that somebody else can end it, and to know what it costs."""

    def begin(self, field: int) -> None:
        """The field at this place is searched from now on."""

    def row(self, row: int) -> None:
        """`re` takes this row of the batch next."""

    def end(self, field: int, rows: int) -> None:
        """So many rows were searched."""


class Unwatched:
    """For trying lines: nobody looks."""

    def begin(self, field: int) -> None:
        """Nobody looks."""

    def row(self, row: int) -> None:
        """Nobody looks."""

    def end(self, field: int, rows: int) -> None:
        """Nobody looks."""


class FieldExtractor:
    """One field of a class: its pattern, its road, and the columns it fills."""

    def __init__(self, name: str, pattern: Pattern) -> None:
        self.name = name
        self.pattern = pattern

    @property
    def road(self) -> Road:
        """How plain ASCII rows are searched."""
        return self.pattern.road

    @property
    def why(self) -> str:
        """Why this road, for an operator."""
        return self.pattern.why

    @property
    def is_endpoint(self) -> bool:
        """Whether its values are `address:port`, for two columns."""
        return self.name.endswith(ENDPOINT_SUFFIX)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it fills."""
        if self.is_endpoint:
            return self.name, self.name.removesuffix(ENDPOINT_SUFFIX) + "_port"
        return (self.name,)


class Extractor:
    """All fields of a class, those named in `parked` unsearched.

    Arrays of uint64, an item or more a field: `rows_by_road` (n, 2) counts the rows each road has searched, `hits` (n,)
    the values found. Probing runs a query: make one only in a process that never forks afterwards.
    """

    def __init__(
        self,
        fields: Sequence[tuple[str, str]],
        rows_by_road: np.ndarray | None = None,
        *,
        hits: np.ndarray | None = None,
        parked: Collection[str] = (),
        watch: Watch | None = None,
    ) -> None:
        self.fields = [FieldExtractor(name, probe(compile_pattern(pattern))) for name, pattern in fields]
        self.rows_by_road = np.zeros((len(fields), 2), np.uint64) if rows_by_road is None else rows_by_road
        self.hits = np.zeros(len(fields), np.uint64) if hits is None else hits
        self._watch = watch or Unwatched()
        self._batches = 0
        self._parked = {place for place, field in enumerate(self.fields) if field.name in parked}
        searched = [(place, self.fields[place].road) for place in range(len(fields)) if place not in self._parked]
        self._on_column = [place for place, road in searched if road is Road.COLUMN]
        self._on_re = [place for place, road in searched if road is Road.RE]
        self._expressions = [
            self.fields[place].pattern.expression("text").alias(str(place)) for place in self._on_column
        ]

    def extract(self, texts: Texts) -> dict[str, pa.Array]:
        """The class's columns for every text, in class order: string_view, ports uint16; null where no value is."""
        found = list(zip(self.fields, self.search(texts), strict=True))
        endpoints = iter(split_columns([values for field, values in found if field.is_endpoint]))
        columns: dict[str, pa.Array] = {}
        for field, values in found:
            filled = next(endpoints) if field.is_endpoint else (values.to_arrow(compat_level=VIEWS),)
            columns |= zip(field.columns, filled, strict=True)
        return columns

    def search(self, texts: Texts) -> list[pl.Series]:
        """Each field's values (String) before endpoints are split."""
        columnwise = self._search_columns(texts)
        strings: list[str] | None = None
        found = []
        for place in range(len(self.fields)):
            if place in columnwise:
                found.append(columnwise[place])
            elif place in self._parked:
                found.append(pl.Series(self.fields[place].name, [None], pl.String).new_from_index(0, len(texts.views)))
            else:
                strings = texts.strings() if strings is None else strings
                found.append(self._search_texts(place, strings, texts.rows))
        self._count(len(texts.views), len(texts.odd))
        self.hits[: len(found)] += np.array([len(each) - each.null_count() for each in found], np.uint64)
        return found

    def _search_columns(self, texts: Texts) -> dict[int, pl.Series]:
        if not self._expressions:
            return {}
        self._batches += 1
        if self._batches % SAMPLE_BATCHES == 2:  # the first batch compiles
            self._sample(texts.column.head(SAMPLE_ROWS).to_frame())
        frame = texts.column.to_frame().select_seq(self._expressions)
        if not len(texts.odd):
            return {place: frame[str(place)] for place in self._on_column}
        places = pl.Series(texts.odd, dtype=pl.UInt32)
        return {
            place: frame[str(place)].scatter(places, self._search_texts(place, texts.odd_texts, texts.rows[texts.odd]))
            for place in self._on_column
        }

    def _sample(self, frame: pl.DataFrame) -> None:
        """Time the fields of the column road one by one: together they cannot be told apart."""
        for place, expression in zip(self._on_column, self._expressions, strict=True):
            self._watch.begin(place)
            frame.select_seq(expression)
            self._watch.end(place, len(frame))

    def _search_texts(self, place: int, texts: list[str], rows: np.ndarray) -> pl.Series:
        field, at_row, found = self.fields[place], self._watch.row, []
        self._watch.begin(place)
        for row, text in zip(rows.tolist(), texts, strict=True):
            at_row(row)
            found.append(field.pattern.search(text))
        self._watch.end(place, len(found))
        return pl.Series(field.name, found, pl.String)

    def _count(self, rows: int, odd: int) -> None:
        # Others read these words at any moment: each is only ever raised, and to what is true.
        self.rows_by_road[self._on_column] += np.array([rows - odd, odd], np.uint64)
        self.rows_by_road[self._on_re, RE_ROAD] += np.uint64(rows)
