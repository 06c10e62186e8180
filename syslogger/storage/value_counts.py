"""Value counts: how often each value was seen in each step of time, in bounded memory.

Values of a day come as columns and stay columns: what is kept are cells (value, step, rows), one table for numbers and
one for texts, as classes may disagree on a field; 5 and "5" are two values. When there are too many cells the rare
values are let go: their rows are still counted, among the others, and the counts are approximate from then on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Numbers = NDArray[np.int64]
Value = int | str | None

MOST_CELLS = 200_000
_UNMERGED_CELLS = 250_000  # so many wait to be added up: grouping costs less when it is done seldom
TYPES = {"INTEGER": pl.Int64, "TEXT": pl.String}


@dataclass(frozen=True, slots=True)
class Busiest:
    """The most frequent values with their rows in each step, the rows of all others, and how many values there are.

    distinct: None when that is unknown, because rare values were let go.
    """

    values: list[tuple[Value, Numbers]]
    others: Numbers
    distinct: int | None


class ValueCounts:
    """Rows of values by step; `most_cells`: how many (value, step) are kept, of numbers and of texts."""

    def __init__(self, steps: int = 1, most_cells: int = MOST_CELLS) -> None:
        self._most_cells = most_cells
        self._missing = np.zeros(steps, np.int64)
        self._others = np.zeros(steps, np.int64)
        self._pruned = False
        self._frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in TYPES}
        self._many = 0

    def add_one(self, value: Value, by_step: Numbers) -> None:
        """So many rows of one value in each step."""
        if value is None:
            self._missing += by_step
            return
        steps = np.flatnonzero(by_step)
        kind = "INTEGER" if isinstance(value, int) else "TEXT"
        self.add(kind, pl.repeat(value, len(steps), dtype=TYPES[kind], eager=True), steps, by_step[steps])

    def add(self, kind: str, values: pl.Series | Sequence[Value], steps: Numbers, rows: Numbers) -> None:
        """Values of a column of this kind (INTEGER, TEXT), each with its step and how many rows it stands for."""
        frame = pl.DataFrame({"value": values, "step": steps, "rows": rows}, schema=_schema(kind))
        frame = frame.group_by("value", "step").agg(pl.col("rows").sum())
        self._missing += self._spread(frame.filter(pl.col("value").is_null()))
        self._add(kind, frame.filter(pl.col("value").is_not_null()))

    def take(self, other: ValueCounts) -> None:
        """Add what another one has counted."""
        self._missing += other._missing
        self._others += other._others
        self._pruned |= other._pruned
        for kind, frames in other._frames.items():
            for frame in frames:
                self._add(kind, frame)

    @property
    def rows(self) -> int:
        """All that was counted."""
        return int(self._missing.sum() + self._others.sum()) + sum(
            int(frame["rows"].sum()) for frames in self._frames.values() for frame in frames
        )

    def busiest(self, top: int) -> Busiest:
        """The `top` most frequent values; equals in the order: missing, numbers, texts."""
        self._merge()
        totals: list[tuple[Value, int]] = [(None, int(self._missing.sum()))] if self._missing.any() else []
        distinct = len(totals)
        for kind in TYPES:
            found = self._totals(kind)
            distinct += found.height
            totals += found.head(top).select("value", "rows").iter_rows()
        chosen = [(value, self._by_step(value)) for value, _ in sorted(totals, key=_rank)[:top]]
        rest = self._all() - sum((by_step for _, by_step in chosen), np.zeros_like(self._others))
        return Busiest(chosen, rest, None if self._pruned else distinct)

    def _by_step(self, value: Value) -> Numbers:
        if value is None:
            return self._missing
        return self._spread(self._frame("INTEGER" if isinstance(value, int) else "TEXT").filter(value=value))

    def _all(self) -> Numbers:
        return sum((self._spread(self._frame(kind)) for kind in TYPES), self._missing + self._others)

    def _spread(self, frame: pl.DataFrame) -> Numbers:
        """The rows of some cells by step."""
        by_step = np.zeros_like(self._others)
        np.add.at(by_step, frame["step"].to_numpy(), frame["rows"].to_numpy())
        return by_step

    def _frame(self, kind: str) -> pl.DataFrame:
        """The cells; `_merge` was called."""
        return self._frames[kind][0] if self._frames[kind] else pl.DataFrame(schema=_schema(kind))

    def _totals(self, kind: str) -> pl.DataFrame:
        """The values, the most frequent first, with their rows and how many cells they have."""
        found = self._frame(kind).group_by("value").agg(pl.col("rows").sum(), pl.len().alias("cells"))
        return found.sort("rows", "value", descending=[True, False])

    def _add(self, kind: str, frame: pl.DataFrame) -> None:
        if frame.height:
            self._frames[kind].append(frame)
            self._many += frame.height
        if self._many > len(TYPES) * self._most_cells + _UNMERGED_CELLS:
            self._merge()

    def _merge(self) -> None:
        for kind, frames in self._frames.items():
            if len(frames) > 1:
                frames[:] = [pl.concat(frames).group_by("value", "step").agg(pl.col("rows").sum())]
            if self._frame(kind).height > self._most_cells:
                self._prune(kind)
        self._many = sum(self._frame(kind).height for kind in TYPES)

    def _prune(self, kind: str) -> None:
        """Keep the most frequent values, as many as fill half of the cells."""
        frame, totals = self._frame(kind), self._totals(kind)
        kept = totals.filter(pl.col("cells").cum_sum() <= self._most_cells // 2)
        self._others += self._spread(frame.join(kept, on="value", how="anti"))
        self._frames[kind] = [frame.join(kept, on="value", how="semi")]
        self._pruned = True


def _schema(kind: str) -> dict[str, type[pl.DataType]]:
    return {"value": TYPES[kind], "step": pl.Int64, "rows": pl.Int64}


def _rank(counted: tuple[Value, int]) -> tuple[int, int, int | str]:
    value, rows = counted
    if value is None:
        return -rows, 0, 0
    return -rows, 1 if isinstance(value, int) else 2, value
