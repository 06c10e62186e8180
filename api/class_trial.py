"""What a class makes of lines, said so that a person can judge it: values, misses, costs, and what would change.

Pure: two trials of the factory in, one answer out.

Rules
- A line that is empty has no row: the trial's rows are those of the other lines, in their order.
- A miss is a line that is not empty and in which a field has no value.
- What would change is told field by field against the class as it is now: lines that gain a value, lose it, or get
  another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

import orjson
from pydantic import Field

from api.engine_bodies import Told

SHOWN_MISSES, SHOWN_CHANGES = 20, 10
# the factory takes a body of 1 MiB; what stands beside the lines is a class of some KB
MOST_LINES, MOST_LINE_BYTES = 1_000, 900_000

Trial = Mapping[str, Any]
Value = int | str | None


class FieldTrialBody(Told):
    """A field: the road its pattern takes and why, how often it is found, what it costs; misses: lines, from 0 on."""

    name: str
    road: str
    why: str
    hits: int
    hit_rate: float
    nanoseconds_per_line: float
    misses: list[int]


class LineTrialBody(Told):
    """A line and the values found in it; null: it is empty."""

    line: str
    values: dict[str, Value] | None


class ChangeBody(Told):
    """A value that would be another one; null: none."""

    line: int
    before: Value
    after: Value


class FieldChangesBody(Told):
    """A field in this many lines: another value, a value where there is none now, none where there is one now."""

    field: str
    changed: int
    gained: int
    lost: int
    examples: list[ChangeBody]


class AgainstBody(Told):
    """Against the class as it is now; too_slow: its patterns took too long on these lines to compare."""

    version: int
    added: list[str]
    removed: list[str]
    fields: list[FieldChangesBody]
    too_slow: bool = False


class TrialBody(Told):
    """hit_rate: the part of all fields of all lines that has a value; against: null for a class that is new."""

    lines: list[LineTrialBody]
    fields: list[FieldTrialBody]
    hit_rate: float
    empty: int
    against: Annotated[AgainstBody | None, Field(description="What would change.")] = None


def trial_body(trial: Trial, lines: Sequence[str]) -> TrialBody:
    """The answer, without what would change."""
    rows = list(rows_by_line(trial))
    misses = {each["name"]: _misses(rows, each["name"]) for each in trial["fields"]}
    rates = [rate for rate in trial["line_rates"] if rate is not None]
    return TrialBody(
        lines=[LineTrialBody(line=line, values=row) for line, row in zip(lines, rows, strict=True)],
        fields=[FieldTrialBody.model_validate({**each, "misses": misses[each["name"]]}) for each in trial["fields"]],
        hit_rate=sum(rates) / len(rates) if rates else 0.0,
        empty=trial["empty"],
    )


def rows_by_line(trial: Trial) -> Iterator[dict[str, Value] | None]:
    """The row of each line, None for an empty one."""
    rows = iter(trial["rows"])
    return (None if rate is None else next(rows) for rate in trial["line_rates"])


def _misses(rows: Sequence[Mapping[str, Value] | None], field: str) -> list[int]:
    missed = (number for number, row in enumerate(rows) if row is not None and row[field] is None)
    return list(islice(missed, SHOWN_MISSES))


def against(version: int, present: Trial, wanted: Trial) -> AgainstBody:
    """What would change from the present class to the wanted one."""
    old, new = list(rows_by_line(present)), list(rows_by_line(wanted))
    before, after = columns_of(present), columns_of(wanted)
    return AgainstBody(
        version=version,
        added=[name for name in after if name not in before],
        removed=[name for name in before if name not in after],
        fields=[found for name in after if name in before and (found := _changes(name, old, new))],
    )


def columns_of(trial: Trial) -> list[str]:
    """The columns that a class's fields become, ports of addresses with them; the factory tells them with its rows."""
    fields = [each["name"] for each in trial["fields"]]
    row: Mapping[str, Value] = next(iter(trial["rows"]), {})
    return [name for name in row if name not in ("facility", "severity")] or fields


def _changes(
    name: str, old: Sequence[Mapping[str, Value] | None], new: Sequence[Mapping[str, Value] | None]
) -> FieldChangesBody | None:
    pairs = [(line, a[name], b[name]) for line, (a, b) in enumerate(zip(old, new, strict=True)) if a and b]
    other = [ChangeBody(line=line, before=a, after=b) for line, a, b in pairs if a != b]
    if not other:
        return None
    gained, lost = (sum(getattr(each, end) is None for each in other) for end in ("before", "after"))
    changed = len(other) - gained - lost
    return FieldChangesBody(field=name, changed=changed, gained=gained, lost=lost, examples=other[:SHOWN_CHANGES])


def fitting(lines: Sequence[str]) -> list[str]:
    """As many of the lines, from the first on, as can be tried at once."""
    taken: list[str] = []
    left = MOST_LINE_BYTES
    for line in lines[:MOST_LINES]:
        left -= len(orjson.dumps(line)) + 1
        if left < 0:
            break
        taken.append(line)
    return taken
