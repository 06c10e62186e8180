"""The SQL of a day's rollups: what a minute holds by severity, and by client and sender.

Plain statements with their parameters, for whatever SQLite library runs them: the writer's transactions and the seal
share them. No imports.

rollup_severity  (minute, severity): rows and bytes of the datagrams. Severity 8: the row has none
rollup_pairs     client and sender address, by number. Client '': the address was nobody's client. A number without a
                 name counts as pair 0: its minutes are on their way there (`folding`)
rollup_senders   (minute, pair): rows and bytes by the minute of their stamp; received, refused and dropped by the
                 minute in which they were settled, as the ledger's

Rules
1. After every commit the rows of either table are as many as those of `entries`.
2. Pair 0 is all others together. What a pair had goes there whole when the pair is folded, minute by minute; until
   then it is theirs without a name, and a new pair never gets its number.
3. `complete`: every row of the pair is in its own minutes. A new pair takes what pair 0 says: that is 1 until the first
   rows go to pair 0. Of refused and dropped datagrams it says nothing.
"""

from __future__ import annotations

NO_SEVERITY = 8
OTHERS = 0
KEPT_PAIRS = 1_000
MOST_PAIRS = 4_096

TABLES = (
    (
        "CREATE TABLE rollup_severity (minute INTEGER NOT NULL, severity INTEGER NOT NULL, rows INTEGER NOT NULL,"
        " bytes INTEGER NOT NULL, PRIMARY KEY (minute, severity)) WITHOUT ROWID"
    ),
    (
        "CREATE TABLE rollup_pairs (pair INTEGER PRIMARY KEY, client TEXT NOT NULL, sender TEXT NOT NULL,"
        " complete INTEGER NOT NULL, UNIQUE (client, sender))"
    ),
    (
        "CREATE TABLE rollup_senders (minute INTEGER NOT NULL, pair INTEGER NOT NULL, rows INTEGER NOT NULL,"
        " bytes INTEGER NOT NULL, received INTEGER NOT NULL, refused INTEGER NOT NULL, dropped INTEGER NOT NULL,"
        " PRIMARY KEY (minute, pair)) WITHOUT ROWID"
    ),
    f"INSERT INTO rollup_pairs VALUES ({OTHERS}, '', '', 1)",
)

_ADDING = (
    " ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, bytes = bytes + excluded.bytes,"
    " received = received + excluded.received, refused = refused + excluded.refused,"
    " dropped = dropped + excluded.dropped"
)

# Each takes one parameter: a JSON array of arrays, one a row, in the order of the table's columns.
ADD_SEVERITIES = (
    "INSERT INTO rollup_severity SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?) WHERE true"
    " ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, bytes = bytes + excluded.bytes"
)
ADD_SENDERS = (
    "INSERT INTO rollup_senders SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6"
    f" FROM json_each(?) WHERE true{_ADDING}"
)
ADD_PAIRS = (
    "INSERT INTO rollup_pairs SELECT value->>0, value->>1, value->>2, others.complete"
    f" FROM json_each(?), rollup_pairs AS others WHERE others.pair = {OTHERS}"
)
PAIRS = f"SELECT pair, client, sender FROM rollup_pairs WHERE pair != {OTHERS}"
OTHERS_HOLD_ROWS = f"UPDATE rollup_pairs SET complete = 0 WHERE pair = {OTHERS}"

_FORGET = (
    "DELETE FROM rollup_pairs WHERE pair IN (SELECT pair FROM rollup_pairs LEFT JOIN"
    " (SELECT pair, sum(rows) AS rows, sum(received) AS received FROM rollup_senders GROUP BY 1) USING (pair)"
    f" WHERE pair != {OTHERS} ORDER BY rows DESC, received DESC, pair LIMIT -1 OFFSET ?)"
)
_GONE = "pair NOT IN (SELECT pair FROM rollup_pairs)"
_MOVE = (
    f"INSERT INTO rollup_senders SELECT minute, {OTHERS}, sum(rows), sum(bytes), sum(received), sum(refused),"
    f" sum(dropped) FROM rollup_senders WHERE {_GONE}%s GROUP BY minute{_ADDING}"
)
_DROP = f"DELETE FROM rollup_senders WHERE {_GONE}%s"

# The parts of a fold that is done in steps: windows are of minutes, [?1, ?2).
_WINDOW = " AND minute >= ?1 AND minute < ?2"
WINDOW_END = "SELECT minute FROM rollup_senders WHERE minute >= ? ORDER BY minute LIMIT 1 OFFSET ?"
# as one JSON text: thousands of rows would be thousands of Python objects on their way
TOTALS_OF_WINDOW = (
    "SELECT json_group_array(json_array(pair, rows, received)) FROM (SELECT pair, sum(rows) AS rows, sum(received) AS"
    f" received FROM rollup_senders WHERE pair != {OTHERS}{_WINDOW} GROUP BY pair)"
)
FORGET = "DELETE FROM rollup_pairs WHERE pair IN (SELECT value FROM json_each(?))"
MOVE_WINDOW, DROP_WINDOW = _MOVE % _WINDOW, _DROP % _WINDOW


def fold(kept: int) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Statements, each with its parameters, that leave the `kept` busiest pairs by name, and put the rest into pair 0.

    The busiest are those with the most rows, then with the most received. For one transaction, in this order: a day is
    over then, and nobody waits.
    """
    return (
        (_FORGET, (kept,)),
        (f"{OTHERS_HOLD_ROWS} AND EXISTS (SELECT 1 FROM rollup_senders WHERE rows > 0 AND {_GONE})", ()),
        (_MOVE % "", ()),
        (_DROP % "", ()),
    )
