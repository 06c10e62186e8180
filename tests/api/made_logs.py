"""Stored days of two engines with four clients, for questions that must not answer what is others'.

word/main: office, branch; field number. paper/side: remote, and office once; field iban. One day of paper/side cannot
be read. The text of each row says whose it is.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

from adbc_driver_sqlite import dbapi

from tests.storage.made_days import DaySpec, Row, make_root
from tests.storage.making import us

# The first call opens a pipe that the process keeps; no test shall be blamed for it.
with closing(dbapi.connect()) as _connection, closing(_connection.cursor()) as _cursor:
    _cursor.execute("SELECT 1")

MAIN_ROWS, SIDE_ROWS = 6, 4
NOON = us("2026-11-20T12:00:00")
SECOND = 1_000_000
# What nobody may learn who sees word/main only, and who sees the client branch only.
OF_SIDE = ("side", "paper", "iban", "remote")
NOT_OF_BRANCH = (*OF_SIDE, "office")


def make_logs(root: Path) -> list[Row]:
    """Make the days; their rows, those of word/main first, each oldest first."""
    main = [
        {
            "received_at": NOON + number * SECOND,
            "client": "office" if number % 2 else "branch",
            "log_sender_ip": "10.0.0.1" if number % 2 else "10.0.0.2",
            "severity": 3 if number < 2 else 6,
            "number": str(number),
            "original_log": f"{'office' if number % 2 else 'branch'} of main says number {number}",
        }
        for number in range(MAIN_ROWS)
    ]
    side = [
        {
            "received_at": NOON + number * SECOND,
            "client": "office" if number == 1 else "remote",
            "log_sender_ip": "10.0.9.9",
            "iban": f"AT{number}",
            "original_log": f"{'office' if number == 1 else 'remote'} of side says iban AT{number}",
        }
        for number in range(SIDE_ROWS)
    ]
    specs = (DaySpec(main), DaySpec(side, class_name="paper", engine="side"))
    made = make_root(root, specs)
    (root / "paper" / "side" / f"{date(2026, 11, 19)}.db").write_bytes(b"no database")
    return made
