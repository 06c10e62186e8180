"""Makes today's day file of an engine as it was before there were rollups: format 1, which a writer continues as it is.

Runs in: a process of its own, `python -m benchmarks.query.format_one`, fed with the engine's settings as JSON.
Reads: stdin. Writes: the day file. Ends when: it is made.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from zoneinfo import ZoneInfo

from syslogger.config import EngineSettings
from syslogger.storage.day import DayInterval, day_bounds, day_of
from syslogger.storage.partition import Partition

_BACK = (
    *(f"DROP TABLE {name}" for name in ("runs", "rollup_severity", "rollup_pairs", "rollup_senders")),
    "ALTER TABLE partition DROP COLUMN sealed_at",
    "UPDATE partition SET format_version = 1",
)


def make(settings: EngineSettings) -> None:
    """Make the file. Raises DatabaseError, sqlite3.Error."""
    zone = ZoneInfo(settings.time_zone)
    day = day_of(time.time_ns() // 1_000, zone)
    interval = DayInterval(day, *day_bounds(day, zone), zone.key)
    settings.folder.mkdir(parents=True)
    path = settings.folder / f"{day.isoformat()}.db"
    owner = (settings.log_class.name, settings.engine.name)
    Partition.open(path, interval, owner, settings.log_class, 0, print).database.close()
    with closing(sqlite3.connect(path)) as connection:
        for sql in _BACK:
            connection.execute(sql)
        connection.commit()


if __name__ == "__main__":
    make(EngineSettings.model_validate_json(sys.stdin.read()))
