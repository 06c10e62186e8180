"""What the benchmark's day holds: lines of the ingest benchmark with their fields, and some values to look for.

Every row of the day is one of 20,480 different lines, drawn from a fixed seed; ten, spread over the day, are a line
that stands nowhere else.
"""

from __future__ import annotations

from syslogger.bench.lines import PATTERNS, marked_line, trains
from syslogger.config import Field, LogClass

# Besides the shipped five: two that have few values, for facets and common values.
FIELDS = PATTERNS | {"chain": r"(prerouting|forward|postrouting):", "state": r"connection-state:(\S+)"}
CLASS = LogClass(name="mikrotik", fields=tuple(Field(name=name, pattern=text) for name, text in FIELDS.items()))

RARE = "zzrare7"
RARE_ROWS = 10
# Like those that are there and between them, so that neither the least nor the greatest value rules it out.
ABSENT = "Mmnothere"


def lines() -> list[bytes]:
    """The different lines, and the rare one last."""
    return [*(line for train in trains() for line in train.lines), marked_line(RARE)]
