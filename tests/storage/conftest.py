"""What the library under the day files keeps once per process."""

from __future__ import annotations

from contextlib import closing

import pytest
from adbc_driver_sqlite import dbapi


@pytest.fixture(scope="session", autouse=True)
def adbc_has_its_pipe() -> None:
    """The first call opens a pipe that the process keeps; no test shall be blamed for it."""
    with closing(dbapi.connect()) as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT 1")
