"""A class of patterns -> columns: what a worker does with every batch, and what `syslogger try` shows of it.

Each field is Python's `re.search(pattern, text)`, group 1. Fields that provably mean the same in the column-wise engine
run there over all plain ASCII rows at once; the others, and the odd rows of all, run through `re` row by row. Both
roads are counted, per field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from syslogger.extract.address import split_columns
from syslogger.extract.pattern import Pattern, Road, compile_pattern, probe

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from syslogger.extract.text import Texts

ENDPOINT_SUFFIX = "_ip"
COLUMN_ROAD, RE_ROAD = 0, 1
VIEWS = pl.CompatLevel.newest()


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
    """All fields of a class. `rows_by_road` (uint64 (fields, 2)) counts the rows each road has searched.

    Probing runs a query: make one only in a process that never forks afterwards.
    """

    def __init__(self, fields: Sequence[tuple[str, str]], rows_by_road: np.ndarray | None = None) -> None:
        self.fields = [FieldExtractor(name, probe(compile_pattern(pattern))) for name, pattern in fields]
        self.rows_by_road = np.zeros((len(fields), 2), np.uint64) if rows_by_road is None else rows_by_road
        self._on_column = [place for place, field in enumerate(self.fields) if field.road is Road.COLUMN]
        self._on_re = [place for place, field in enumerate(self.fields) if field.road is Road.RE]
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
            else:
                strings = texts.strings() if strings is None else strings
                found.append(self._search_texts(place, strings))
        self._count(len(texts.views), len(texts.odd))
        return found

    def _search_columns(self, texts: Texts) -> dict[int, pl.Series]:
        if not self._expressions:
            return {}
        frame = texts.column.to_frame().select_seq(self._expressions)
        if not len(texts.odd):
            return {place: frame[str(place)] for place in self._on_column}
        places = pl.Series(texts.odd, dtype=pl.UInt32)
        return {
            place: frame[str(place)].scatter(places, self._search_texts(place, texts.odd_texts))
            for place in self._on_column
        }

    def _search_texts(self, place: int, texts: list[str]) -> pl.Series:
        field = self.fields[place]
        return pl.Series(field.name, [field.pattern.search(text) for text in texts], pl.String)

    def _count(self, rows: int, odd: int) -> None:
        # Others read these words at any moment: each is only ever raised, and to what is true.
        self.rows_by_road[self._on_column] += np.array([rows - odd, odd], np.uint64)
        self.rows_by_road[self._on_re, RE_ROAD] += np.uint64(rows)
