"""A table of entries in a real file, and what a filter finds in it: for tests of conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from adbc_driver_sqlite import dbapi

from syslogger.query.conditions import Filter, compile_condition
from syslogger.query.model import Condition
from syslogger.query.quoting import quoted
from syslogger.storage.database import bound
from tests.query.strategies import COLUMNS, CONSTANTS, Rows

_ARROW = {"TEXT": pa.string(), "INTEGER": pa.int64()}


class Entries:
    """The rows of one day."""

    def __init__(self, connection: dbapi.Connection, columns: Mapping[str, str]) -> None:
        self._connection, self._columns = connection, columns
        self.run(f"CREATE TABLE entries ({', '.join(f'{quoted(name)} {kind}' for name, kind in columns.items())})")

    def hold(self, rows: Rows) -> None:
        """Have these rows, and no others."""
        self.run("DELETE FROM entries")
        made = {name: pa.array([row[name] for row in rows], _ARROW[kind]) for name, kind in self._columns.items()}
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest("entries", pa.table(made), mode="append")

    def found(self, condition: Condition | None) -> list[int]:
        """The ids of the rows that a condition means."""
        return self.matching(compile_condition(condition, self._columns, CONSTANTS))

    def matching(self, wanted: Filter) -> list[int]:
        """The ids of the rows that a filter means."""
        table = self.candidates(wanted)
        mask = wanted.mask(table)
        assert mask.dtype == np.bool_
        assert mask.shape == (table.num_rows,)
        ids: list[int] = table["id"].to_numpy()[mask].tolist()
        return ids

    def candidates(self, wanted: Filter) -> pa.Table:
        """The rows that the SQL of a filter finds, with what its mask needs."""
        shown = dict.fromkeys(("id", *wanted.columns))
        asked = [*map(quoted, shown), *(f"{sql} AS {alias}" for alias, sql, _ in wanted.computed)]
        values = [value for _, _, parameters in wanted.computed for value in parameters]
        sql = f"SELECT {', '.join(asked)} FROM entries WHERE id BETWEEN ? AND ? AND {wanted.sql} ORDER BY id"
        return self.run(sql, [*values, 1, 1 << 40, *wanted.parameters])

    def run(self, sql: str, parameters: list[int | str] | None = None) -> pa.Table:
        """The rows of a statement."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql, bound(parameters or []))
            return cursor.fetch_arrow_table()


@contextmanager
def entries(folder: Path, columns: Mapping[str, str] = COLUMNS) -> Iterator[Entries]:
    """A new file in a folder."""
    with closing(dbapi.connect(str(folder / "entries.db"), autocommit=True)) as connection:
        yield Entries(connection, columns)
