"""Trial: lines through the extraction as the engine runs it, and what each field of the class costs.

Rules: the values come from the same calls in the same order as in a worker. The figures come from each field run alone,
on as many rows as a batch under load has: a call has a fixed price of some 50 microseconds, which one line alone would
pay whole. So few lines are repeated; where a pattern is slow, or lines are long, fewer rows are measured, and measuring
ends after about a second. The stopwatch is `timeit`'s; nothing else in this room knows what time it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice
from timeit import default_timer
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.batch import Batch
from syslogger.extract.header import priority
from syslogger.extract.log_class import Extractor
from syslogger.extract.text import read_texts, stripped_lengths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syslogger.config import LogClass
    from syslogger.extract.pattern import Road
    from syslogger.extract.text import Texts

Row = dict[str, str | int | None]

MEASURED_ROWS = 4_096
MEASURED_BYTES = 4 << 20
MEASURED_SECONDS = 0.5
GROWTH = 4
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class FieldTrial:
    """One field: the road it takes and why, how many lines gave it a value, what part of all lines that is, its cost.

    A value is what would be stored: an `_ip` field has none where the pattern found no valid address. The cost is that
    of a line which is not empty, the field run alone in full batches; 0 where there is no such line.
    """

    name: str
    road: Road
    why: str
    hits: int
    hit_rate: float
    nanoseconds_per_line: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What a class made of lines: its fields in order, a row for each line that is not empty, how many were empty.

    A row has facility, severity and the columns of the class.
    """

    fields: tuple[FieldTrial, ...]
    rows: list[Row]
    empty: int


def try_lines(log_class: LogClass, lines: Sequence[bytes], *, measure: bool = True) -> Trial:
    """Run lines (at most 65,535 bytes each, as datagrams are) through a class; no line raises anything.

    Runs queries, so the process must not fork afterwards. Takes the time of the extraction and about a second; without
    `measure` only the former, and no field has a cost.
    """
    patterns = [(field.name, field.pattern) for field in log_class.fields]
    extractor = Extractor(patterns)
    batch, rows, lengths = _kept(lines)
    columns = extractor.extract(read_texts(batch, rows, lengths))
    costs = [0.0] * len(patterns)
    if measure and len(rows):
        texts = _measurable([lines[row] for row in rows.tolist()], extractor)
        costs = _nanoseconds([Extractor([pattern]) for pattern in patterns], texts)
    fields = []
    for field, cost in zip(extractor.fields, costs, strict=True):
        hits = len(rows) - columns[field.name].null_count
        fields.append(FieldTrial(field.name, field.road, field.why, hits, hits / max(len(lines), 1), cost))
    return Trial(tuple(fields), _rows(*priority(batch, rows, lengths), columns), len(lines) - len(rows))


def _kept(lines: Sequence[bytes]) -> tuple[Batch, np.ndarray, np.ndarray]:
    """The lines as a batch, the places of those that are not empty, and their stripped lengths."""
    batch = Batch.of(lines)
    lengths = stripped_lengths(batch)
    rows = np.flatnonzero(lengths)
    return batch, rows, lengths[rows]


def _rows(values: np.ndarray, none: np.ndarray, columns: dict[str, pa.Array]) -> list[Row]:
    table = {"facility": pa.array(values >> 3, mask=none), "severity": pa.array(values & 7, mask=none), **columns}
    cells = zip(*(column.to_pylist() for column in table.values()), strict=True)
    return [dict(zip(table, row, strict=True)) for row in cells]


# -- what a field costs ------------------------------------------------------------------------------------------------


def _measurable(lines: list[bytes], extractor: Extractor) -> Texts:
    """As many of these lines, from the first on and again, as a batch has, or as can be measured in time."""
    most = min(MEASURED_ROWS, MEASURED_BYTES * len(lines) // sum(map(len, lines)))
    count = 1
    while True:
        texts = read_texts(*_kept(list(islice(cycle(lines), count))))
        if count * GROWTH > most or _seconds(extractor, texts) * GROWTH > MEASURED_SECONDS:
            return texts
        count *= GROWTH


def _nanoseconds(extractors: list[Extractor], texts: Texts) -> list[float]:
    """What each of them takes for a text at best, in several rounds."""
    rounds: list[list[float]] = []
    ends = default_timer() + MEASURED_SECONDS
    while len(rounds) < ROUNDS and (not rounds or default_timer() < ends):
        rounds.append([_seconds(extractor, texts) for extractor in extractors])
    return [min(seconds) * 1e9 / len(texts.views) for seconds in zip(*rounds, strict=True)]


def _seconds(extractor: Extractor, texts: Texts) -> float:
    began = default_timer()
    extractor.extract(texts)
    return default_timer() - began
